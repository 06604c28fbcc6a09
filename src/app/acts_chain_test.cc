// Privileged acts on a real chain: runs where tests/e2e/acts_test.py has made a market and names it
// in WARDHIVE_TEST_ACTS. What they did is asked there.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <condition_variable>
#include <cstdlib>
#include <map>

#include "app/acting.h"
#include "base/json.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

class ActsOnAChain : public testing::Test {
 protected:
  void SetUp() override {
    const char* market = std::getenv("WARDHIVE_TEST_ACTS");
    if (market == nullptr) GTEST_SKIP() << "tests/e2e/acts_test.py runs this";
    const auto json = JsonValue::parse(market);
    ASSERT_TRUE(json.has_value());
    settings.endpoints = {json->string_or("url", "")};
    settings.program = json->string_or("program", "");
    settings.signer = json->string_or("signer", "");
    const auto account = json->string_or("node", "");
    acts = {{.target = node("job-1"), .account = account, .incident = 1},
            {.kind = ActKind::OpenIncident,
             .target = node("job-1"),
             .account = account,
             .incident = 77,
             .category = "sla-breach",
             .claim_bps = 250,
             .evidence = std::string(64, 'a')},
            {.kind = ActKind::Pause, .parts = {"open-lease"}, .lasts = minutes(10)}};
  }
  // The last receipt of each act, by its number, from a process that knows nothing of another.
  std::map<std::uint64_t, Receipt> carry_out() {
    std::mutex mutex;
    std::condition_variable more;
    std::map<std::uint64_t, Receipt> last;
    const auto ended = [&] {
      return last.size() == acts.size() && std::ranges::all_of(last, [](const auto& one) {
               return one.second.verified || one.second.outcome == Outcome::Refused;
             });
    };
    auto acting = Acting::make(
        settings, {}, [](const std::string&) { return ok(); },
        [&](Receipt receipt) {
          const std::lock_guard lock(mutex);
          last[receipt.action.offset] = std::move(receipt);
          more.notify_all();
          return true;
        },
        system_clock());
    EXPECT_TRUE(acting.has_value()) << acting.error().message;
    (*acting)->start();
    for (std::size_t i = 0; i < acts.size(); ++i)
      (*acting)->take({.act = acts[i],
                       .state = ProposalState::Ordered,
                       .expires_at = system_clock().wall() + minutes(2),
                       .order = {i + 1, 0}});
    std::unique_lock lock(mutex);
    EXPECT_TRUE(more.wait_for(lock, std::chrono::seconds(90), ended));
    lock.unlock();
    (*acting)->stop();
    return last;
  }

  ChainSettings settings;
  std::vector<ChainAct> acts;
};

TEST_F(ActsOnAChain, EachHasItsEffect) {
  for (const auto& [number, receipt] : carry_out()) {
    EXPECT_EQ(receipt.outcome, Outcome::Applied) << number << ": " << receipt.detail;
    EXPECT_TRUE(receipt.verified);
    EXPECT_TRUE(chain::Signature::parse(receipt.detail).has_value());
  }
}

// A state directory that was copied: what was done is asked for again.
TEST_F(ActsOnAChain, WhoKnowsNothingOfThemDoesNotRepeatThem) {
  acts.pop_back();  // a pause has no number that would keep it from being lengthened
  const auto last = carry_out();
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last.at(1).outcome, Outcome::Refused);
  EXPECT_THAT(last.at(1).detail, HasSubstr("quarantine 1 of job-1 is over"));
  EXPECT_EQ(last.at(2).outcome, Outcome::Refused);
  EXPECT_THAT(last.at(2).detail, HasSubstr("77 is an incident's on the chain already"));
}

}  // namespace
}  // namespace wardhive
