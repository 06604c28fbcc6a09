// Privileged acts on their way to the chain, in simulated time.
#include "app/acting.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstring>
#include <set>

#include "app/acting_desk.h"
#include "base/bytes.h"

namespace wardhive {
namespace {

using swarm::InstructionTag;
using testing::HasSubstr;

struct Said {
  Outcome outcome;
  bool verified;
  bool operator==(const Said&) const = default;
};
std::vector<Said> outcomes(const ActingDesk& desk) {
  std::vector<Said> all;
  for (const auto& receipt : desk.said) all.push_back({receipt.outcome, receipt.verified});
  return all;
}
constexpr Said kConfirmed{Outcome::Applied, false}, kFinal{Outcome::Applied, true},
    kTakenBack{Outcome::Failed, false}, kRefused{Outcome::Refused, false};

class ActingTest : public testing::Test {
 protected:
  void start() { ASSERT_TRUE(desk.start().has_value()); }
  ActingDesk desk;
};

TEST_F(ActingTest, TellsThatItIsOnTheChainAndThenThatItIsFinal) {
  desk.order(ActKind::ReleaseNode);
  start();
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kConfirmed, kFinal));
  for (const auto& receipt : desk.said) {
    EXPECT_EQ(receipt.action, desk.proposals[0].order);
    EXPECT_EQ(receipt.agent, Entity{}) << "no node's agent may send it";
    EXPECT_TRUE(desk.chain.flights.contains(receipt.detail)) << "the signature";
    EXPECT_GT(receipt.at, Instant{});
  }
}

TEST_F(ActingTest, WhatIsTakenAgainIsNotSentAgain) {
  desk.order(ActKind::Pause);
  start();
  for (int i = 0; i < 40; ++i) {
    desk.acting->take(desk.proposals[0]);
    desk.pass();
  }
  ASSERT_TRUE(desk.done());
  auto stale = desk.proposals[0];
  for (const auto state : {ProposalState::Ordered, ProposalState::Confirmed}) {
    stale.state = state;
    desk.acting->take(stale);
  }
  for (int i = 0; i < 40; ++i) desk.pass();
  EXPECT_EQ(desk.chain.flights.size(), 1u);
  EXPECT_EQ(desk.said.size(), 2u);
}

TEST_F(ActingTest, OnlyWhatIsOrderedIsTaken) {
  start();
  for (const auto state : {ProposalState::Open, ProposalState::Done, ProposalState::Failed,
                           ProposalState::Expired, ProposalState::Withdrawn}) {
    auto proposal = desk.order(ActKind::Pause);
    proposal.state = state;
    desk.acting->take(proposal);
  }
  auto without = desk.order(ActKind::Pause);
  without.order = {};
  desk.acting->take(without);
  for (int i = 0; i < 20; ++i) desk.pass();
  EXPECT_EQ(desk.chain.asked["simulateTransaction"], 0u);
  EXPECT_TRUE(desk.said.empty());
}

TEST_F(ActingTest, NothingIsSentWhileItCannotBeKept) {
  desk.order(ActKind::ReleaseNode);
  desk.disk_full = true;
  start();
  for (int i = 0; i < 15; ++i) desk.pass();
  EXPECT_GT(desk.chain.asked["simulateTransaction"], 0u) << "it was signed";
  EXPECT_EQ(desk.sent, 0u);
  desk.disk_full = false;
  desk.run();
  EXPECT_TRUE(desk.done());
  EXPECT_EQ(desk.sent_unkept, 0u);
}

TEST_F(ActingTest, AReceiptThatWasNotStoredIsSaidAgain) {
  desk.order(ActKind::ReleaseNode);
  desk.log_full = true;
  start();
  for (int i = 0; i < 30; ++i) desk.pass();
  EXPECT_TRUE(desk.said.empty());
  desk.log_full = false;
  desk.pass();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kFinal));
  for (int i = 0; i < 5; ++i) desk.pass();
  EXPECT_EQ(desk.said.size(), 1u);
}

TEST_F(ActingTest, WhatAForkTakesBackIsToldAndSentAgainAsItWas) {
  desk.chain.fate = Fate::IsForked;
  desk.order(ActKind::OpenIncident);
  start();
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kConfirmed, kTakenBack, kConfirmed, kFinal));
  EXPECT_THAT(desk.said[1].detail, HasSubstr("a fork took it back"));
  EXPECT_EQ(desk.chain.flights.size(), 1u) << "the same bytes";
}

TEST_F(ActingTest, WhatCanNeverLandIsSignedAnew) {
  desk.chain.fate = Fate::IsDropped;
  desk.chain.drops = 2;
  desk.order(ActKind::Pause);
  std::set<std::uint64_t> offers;  // priority, micro-lamports a unit
  desk.chain.on_send = [&](const std::string& base64) {
    const auto bytes = *from_base64(base64);
    const auto transaction = *chain::decode_transaction(as_bytes(bytes));
    const auto& all = transaction.message.instructions;
    std::uint64_t offer = 0;
    if (all.size() > 2) std::memcpy(&offer, all[1].data.data() + 1, sizeof offer);
    offers.insert(offer);
  };
  start();
  const auto before = desk.chain.height;
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kConfirmed, kFinal));
  EXPECT_EQ(offers.size(), 3u) << "nothing at first, then more each time";
  EXPECT_TRUE(offers.contains(0));
  EXPECT_EQ(desk.chain.flights.size(), 3u);
  for (const auto& [signature, flight] : desk.chain.flights)
    EXPECT_EQ(flight.landed(), !flight.dropped);
  // Two whole lives, and each known to be over only when the blocks behind it are final.
  EXPECT_GE(desk.chain.height - before, 2 * (ActsChain::kValid + ActsChain::kFinalLag));
}

TEST_F(ActingTest, NothingIsSignedAnewOnceItsTimeIsOver) {
  desk.chain.fate = Fate::IsDropped;
  desk.chain.drops = 100;
  desk.order(ActKind::Pause, seconds(20));
  start();
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kRefused));
  EXPECT_THAT(desk.said[0].detail, HasSubstr("not signed before its time was over"));
  EXPECT_THAT(desk.said[0].detail, HasSubstr("what was signed before can never land"));
  for (const auto& [signature, flight] : desk.chain.flights)
    EXPECT_LE(flight.last_valid, 1'000 + 50 + ActsChain::kValid) << "signed within 50 blocks";
}

TEST_F(ActingTest, AnOrderWhoseTimeIsCutShortIsNotSignedAndWhatIsOutGoesItsWay) {
  desk.chain.limited = true;  // it waits for the chain
  auto& stopped = desk.order(ActKind::Pause);
  start();
  for (int i = 0; i < 5; ++i) desk.pass();
  stopped.expires_at = desk.clock.wall() - seconds(1);
  desk.acting->take(stopped);
  desk.chain.limited = false;
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kRefused));
  EXPECT_EQ(desk.sent, 0u);

  desk.said.clear();
  auto& late = desk.order(ActKind::Pause);
  desk.acting->take(late);
  while (desk.sent == 0) desk.pass();
  late.expires_at = desk.clock.wall() - seconds(1);
  desk.acting->take(late);
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kConfirmed, kFinal)) << "it was signed before";
}

TEST_F(ActingTest, WhatTheProgramRefusesIsToldInItsWordsAndNotSent) {
  desk.chain.simulation_error = R"({"InstructionError":[1,{"Custom":301}]})";
  desk.order(ActKind::Pause);
  start();
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kRefused));
  EXPECT_THAT(desk.said[0].detail, HasSubstr("was refused"));
  EXPECT_EQ(desk.sent, 0u);
}

TEST_F(ActingTest, AFailureOnTheChainIsToldWhenItIsFinal) {
  desk.chain.failure = R"({"InstructionError":[1,{"Custom":301}]})";
  desk.order(ActKind::ReleaseNode);
  start();
  const auto passes = desk.run();
  EXPECT_GE(passes, ActsChain::kFinalLag) << "a fork may undo a failure too";
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kRefused));
  EXPECT_THAT(desk.said[0].detail, HasSubstr(desk.chain.program.text()));
}

TEST_F(ActingTest, AChainThatIsSilentIsWaitedForUntilTheTimeIsOverAndThatIsSaidOnce) {
  desk.chain.limited = true;
  desk.order(ActKind::ReleaseNode, seconds(30));
  desk.order(ActKind::Pause, minutes(10));
  start();
  for (int i = 0; i < 4; ++i) desk.pass();
  EXPECT_TRUE(desk.said.empty()) << "what is over in a moment needs nobody";
  for (int i = 0; i < 96; ++i) desk.pass();
  ASSERT_THAT(outcomes(desk), testing::ElementsAre(kTakenBack, kTakenBack, kRefused));
  for (int waits = 0; waits < 2; ++waits) {
    EXPECT_THAT(desk.said[waits].detail, testing::StartsWith(std::string(kNotSignedYet)));
    EXPECT_FALSE(desk.said[waits].verified);
  }
  EXPECT_THAT(desk.said[2].detail, HasSubstr("not signed before its time was over"));
  EXPECT_THAT(desk.said[2].detail, HasSubstr("before that: ")) << "and what was the matter";
  desk.chain.limited = false;
  desk.run();
  EXPECT_EQ(desk.proposals[1].state, ProposalState::Done);
}

// The records are older than the journal: what is on the chain must not be signed again.
TEST_F(ActingTest, WhatWasConfirmedIsFollowedWhereItsRecordsAreLost) {
  desk.order(ActKind::Pause);
  start();
  while (desk.said.empty()) desk.pass();
  ASSERT_EQ(desk.proposals[0].state, ProposalState::Confirmed);
  desk.kept.reset();
  start();
  const auto sent = desk.sent;
  desk.run();
  EXPECT_EQ(desk.proposals[0].state, ProposalState::Done);
  EXPECT_EQ(desk.said.back().detail, desk.said.front().detail) << "the signature that it had";
  EXPECT_EQ(desk.chain.flights.size(), 1u);
  EXPECT_EQ(desk.sent, sent) << "there is nothing to send";
}

TEST_F(ActingTest, WhatWasConfirmedAndNeverCameBackIsSignedAnewWithItsRecordsLost) {
  desk.order(ActKind::Pause);
  desk.proposals[0].state = ProposalState::Confirmed;
  desk.proposals[0].detail = chain::Signature{}.text();
  start();
  const auto before = desk.chain.height;
  while (desk.sent == 0 && desk.chain.height < before + 600) desk.pass();
  EXPECT_GT(desk.chain.height - before, 300u) << "not before it can never land";
  desk.run();
  EXPECT_EQ(desk.proposals[0].state, ProposalState::Done);
  EXPECT_EQ(desk.chain.effects(InstructionTag::Breaker), 1u);
}

TEST_F(ActingTest, AConfirmedActWithoutASignatureIsNotSigned) {
  desk.order(ActKind::Pause);
  desk.proposals[0].state = ProposalState::Confirmed;
  desk.proposals[0].detail = "soon";
  start();
  desk.run();
  EXPECT_THAT(outcomes(desk), testing::ElementsAre(kRefused));
  EXPECT_THAT(desk.said[0].detail, HasSubstr("\"soon\", which is no signature"));
  EXPECT_EQ(desk.sent, 0u);
}

TEST_F(ActingTest, RecordsThatCannotBeReadStopIt) {
  desk.kept = "{\"version\":";
  EXPECT_EQ(desk.start().error().code, ErrorCode::Corrupt);
  desk.kept = R"({"version":2,"items":[],"done":[]})";
  EXPECT_EQ(desk.start().error().code, ErrorCode::Unsupported);
  desk.kept.reset();
  desk.settings.sentinel_keys.clear();
  EXPECT_THAT(desk.start().error().message, HasSubstr("sentinel's key file"));
}

TEST_F(ActingTest, MoreThanTheOutboxHoldsWaitForTheirTurn) {
  for (int i = 0; i < 70; ++i) desk.order(ActKind::Pause);
  start();
  desk.run();
  EXPECT_TRUE(desk.done());
  for (const auto& proposal : desk.proposals) EXPECT_EQ(proposal.state, ProposalState::Done);
}

// Two endpoints, one of them with a later view: an answer about never is one endpoint's.
TEST_F(ActingTest, HeightAndSignatureAreOneEndpointsAndTheHeightIsFinal) {
  std::vector<std::pair<int, std::string>> asked;
  bool first_fails = false;
  const auto asker = [&](int who) -> chain::Asker {
    return [&, who](std::string_view method, const std::string& params) {
      if (method == "getBlockHeight" || method == "getSignatureStatuses") {
        EXPECT_EQ(method == "getBlockHeight", params.find("finalized") != params.npos);
        asked.emplace_back(who, method);
        if (who == 0 && first_fails && method == "getSignatureStatuses")
          return chain::RpcAttempt{.answer = fail(ErrorCode::Unavailable, "gone")};
      }
      return desk.chain.asker()(method, params);
    };
  };
  desk.settings.endpoints = {"http://one/", "http://two/"};
  desk.order(ActKind::ReleaseNode);
  desk.acting = *Acting::make(
      desk.settings, {}, [](const std::string&) { return ok(); },
      [](const Receipt&) { return true; }, desk.clock, {asker(0), asker(1)});
  desk.acting->take(desk.proposals[0]);
  for (int i = 0; i < 40; ++i) {
    first_fails = i % 7 == 3;
    desk.pass();
  }
  ASSERT_GT(asked.size(), 4u);
  for (std::size_t i = 0; i + 1 < asked.size(); i += 2) {
    EXPECT_EQ(asked[i].second, "getBlockHeight");
    EXPECT_EQ(asked[i + 1].second, "getSignatureStatuses");
    EXPECT_EQ(asked[i].first, asked[i + 1].first);
  }
}

// Goes on by itself, as no test waits for it.
class TickingClock final : public Clock {
 public:
  Instant wall() const override { return instant_from_ns(1'800'000'000LL * 1'000'000'000); }
  MonoTime mono() const override { return MonoTime(seconds(1) * ++ticks_); }

 private:
  mutable std::atomic<int> ticks_{0};
};

TEST_F(ActingTest, RunsOnAThreadOfItsOwnAndStops) {
  const TickingClock clock;
  std::mutex mutex;
  std::condition_variable said;
  bool final = false;
  auto made = Acting::make(
      desk.settings, {}, [](const std::string&) { return ok(); },
      [&](const Receipt& receipt) {
        const std::lock_guard lock(mutex);
        final = receipt.verified;
        said.notify_all();
        return true;
      },
      clock, {[&](std::string_view method, const std::string& params) {
        for (int i = 0; i < 3; ++i) desk.chain.block();
        return desk.chain.asker()(method, params);
      }});
  ASSERT_TRUE(made.has_value());
  (*made)->start();
  (*made)->take(desk.order(ActKind::ReleaseNode));
  std::unique_lock lock(mutex);
  EXPECT_TRUE(said.wait_for(lock, std::chrono::seconds(30), [&] { return final; }));
  lock.unlock();
  (*made)->stop();
}

}  // namespace
}  // namespace wardhive
