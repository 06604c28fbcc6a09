#include "enforce/enforcers/chain_hand.h"

#include <gmock/gmock.h>

#include "testkit/fake_endpoint.h"

namespace wardhive {
namespace {

using Kind = NextStep::Kind;
using testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  Instant wall() const override { return {}; }
  MonoTime mono() const override { return mono_now; }
  MonoTime mono_now{hours(5)};
};

class Hand : public testing::Test {
 protected:
  Hand() {
    task.account = chain.account;
    EXPECT_TRUE(hand.check().has_value());
  }

  void want(bool present, std::uint64_t version, bool may_sign = true) {
    task.take({.present = present, .seconds = 3'600, .version = version, .may_sign = may_sign});
  }
  Status step() {
    auto status = hand.step(task, still);
    clock.mono_now += seconds(1);
    ++chain.now;
    ++chain.height;
    return status;
  }
  unsigned sent() { return chain.asked["sendTransaction"]; }

  FakeEndpoint chain;
  ManualClock clock;
  std::unique_ptr<chain::Signer> signer =
      chain::make_local_signer({chain.sentinel}, chain.sentinel);
  chain::Rpc rpc{{.url = "chain", .retries = 0, .ask = chain.asker()}};
  ChainHand hand{rpc, *signer, chain.program, 50'000, clock};
  ChainTask task;
  std::function<bool()> still = [this] { return task.wanted.may_sign; };
};

TEST_F(Hand, SignsOnceAndFollowsUntilItIsReadBack) {
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  EXPECT_TRUE(task.in_flight.has_value());
  EXPECT_FALSE(task.settled());
  chain.quarantine(0, 7, 3'600);
  ASSERT_TRUE(step().has_value());
  ASSERT_TRUE(task.outcome.has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Holds);
  EXPECT_TRUE(task.settled());
  EXPECT_EQ(sent(), 1u);
}

TEST_F(Hand, WhatDoesNotLandIsSentAgainOnlyWhileItIsWanted) {
  want(true, 7);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(sent(), 3u) << "once, and at each fourth look";
  want(true, 7, false);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(sent(), 3u) << "nobody repeats the order";
  want(false, 8);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(sent(), 3u) << "it was reverted";
  EXPECT_FALSE(task.outcome.has_value()) << "and may still land, so it is not called gone";
  chain.height += 150;
  ASSERT_TRUE(step().has_value());
  ASSERT_TRUE(task.outcome.has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Gone);
}

// Endpoints here know no price: what was not included offers more by itself.
TEST_F(Hand, WhatWasCrowdedOutOffersMoreUntilItLands) {
  const auto price = [&]() -> std::uint64_t {
    const auto& all = task.in_flight->flight.transaction.message.instructions;
    std::uint64_t micro = 0;
    if (all.size() > 2) std::memcpy(&micro, all[1].data.data() + 1, sizeof micro);
    return micro;
  };
  constexpr std::uint64_t kMost = 50'000ull * 1'000'000 / 1'100;  // units of the simulation + 10 %
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(price(), 0u) << "nothing is offered where nobody crowds";
  for (const auto offer : {kMost / 8, kMost / 4, kMost / 2, kMost, kMost}) {
    chain.height += 151;
    ASSERT_TRUE(step().has_value());
    EXPECT_EQ(price(), offer);
  }
  chain.quarantine(0, 7, 3'600);
  ASSERT_TRUE(step().has_value());
  want(false, 8);
  ASSERT_TRUE(step().has_value());
  ASSERT_TRUE(task.in_flight.has_value()) << "its release";
  EXPECT_EQ(price(), 0u) << "and it begins anew";
}

TEST_F(Hand, ThatLandsAfterItsRevertIsReleased) {
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  want(false, 8);
  chain.quarantine(0, 7, 3'600);
  ASSERT_TRUE(step().has_value());
  EXPECT_FALSE(task.outcome.has_value());
  EXPECT_THAT(task.problem, HasSubstr("release as incident"));
  EXPECT_EQ(sent(), 2u);
  chain.release();
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Gone);
}

TEST_F(Hand, WhatWasFoundForOneOrderIsNoAnswerToTheNext) {
  chain.quarantine(0, 7, 3'600);
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  ASSERT_EQ(task.outcome->kind, Kind::Holds);
  want(false, 8);
  EXPECT_FALSE(task.outcome.has_value());
  EXPECT_FALSE(task.settled());
}

TEST_F(Hand, AnEndpointThatListsNoAccountsHidesNotThatTheQuarantineHolds) {
  chain.lists_accounts = false;
  chain.quarantine(0, 7, 3'600);
  want(true, 7);
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(step().has_value());
    ASSERT_EQ(task.outcome->kind, Kind::Holds);
    ASSERT_TRUE(task.settled());
  }
  EXPECT_THAT(task.leases.problem, HasSubstr("getProgramAccounts is disabled here"));
  EXPECT_LE(chain.asked["getProgramAccounts"], 16u) << "ever more seldom, a minute apart at last";
  chain.lists_accounts = true;
  for (int i = 0; i < 61; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(task.leases.problem, "");
}

TEST_F(Hand, LeasesAreLookedAtAgainEachMinuteAndAnewForANewIncident) {
  chain.quarantine(0, 7, 3'600);
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  const auto once = chain.asked["getProgramAccounts"];
  for (int i = 0; i < 58; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(chain.asked["getProgramAccounts"], once) << "not at each look";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(step().has_value());
  EXPECT_EQ(chain.asked["getProgramAccounts"], 2 * once);
  chain.quarantine(1, 9, 3'600);
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(chain.asked["getProgramAccounts"], 3 * once);
}

TEST_F(Hand, AFailoverOnItsWayHoldsNoReleaseBack) {
  chain.quarantine(0, 7, 3'600);
  chain.leased = true;
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  ASSERT_TRUE(task.leases.in_flight.has_value());
  EXPECT_FALSE(task.settled());
  chain.landed = false;
  want(false, 8);
  ASSERT_TRUE(step().has_value());
  EXPECT_TRUE(task.leases.in_flight.has_value()) << "still on its way";
  EXPECT_FALSE(task.outcome.has_value()) << "and the quarantine in force";
  ASSERT_TRUE(task.in_flight.has_value());
  EXPECT_THAT(task.in_flight->what, HasSubstr("release"));
  chain.release();
  chain.landed = true;
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Gone);
}

TEST_F(Hand, AnUnfundedPayerIsTheTasksTroubleAndSaid) {
  chain.simulation_error = R"("AccountNotFound")";
  want(true, 7);
  const auto stepped = step();
  ASSERT_FALSE(stepped.has_value());
  EXPECT_NE(stepped.error().code, ErrorCode::Unavailable);
  EXPECT_NE(stepped.error().code, ErrorCode::Timeout);
  EXPECT_EQ(sent(), 0u);
}

TEST_F(Hand, OthersEndingItIsNotAnswered) {
  chain.quarantine(0, 7, 3'600);
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  chain.release();
  ASSERT_TRUE(step().has_value());
  ASSERT_TRUE(task.outcome.has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Over);
  EXPECT_EQ(sent(), 0u);
}

TEST_F(Hand, WhatIsRevertedWhileTheChainIsBeingAskedIsNotSigned) {
  want(true, 7);
  still = [this] { return chain.asked["simulateTransaction"] == 0; };  // reverted in between
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(chain.asked["simulateTransaction"], 1u);
  EXPECT_EQ(sent(), 0u);
  EXPECT_FALSE(task.in_flight.has_value());
}

TEST_F(Hand, OneSlotThatNobodyIsAtStopsItForAMinuteAndNotForEver) {
  const auto height = std::exchange(chain.height, std::uint64_t{1} << 60);
  want(true, 7, false);
  ASSERT_TRUE(step().has_value());
  chain.height = height;
  want(true, 7);
  for (int i = 0; i < 60; ++i) ASSERT_FALSE(step().has_value()) << i;
  EXPECT_EQ(sent(), 0u);
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(sent(), 1u);
}

TEST_F(Hand, AnEndpointThatIsBehindSaysNothingAboutTheNode) {
  const auto before = chain.node;
  chain.quarantine(0, 7, 3'600);
  want(true, 7);
  ASSERT_TRUE(step().has_value());
  ASSERT_EQ(task.outcome->kind, Kind::Holds);
  const auto now = std::exchange(chain.node, before);
  chain.height -= 10;
  task.wanted.was_held = true;
  const auto stale = step();
  ASSERT_FALSE(stale.has_value());
  EXPECT_EQ(stale.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(task.outcome->kind, Kind::Holds) << "not over";
  chain.node = now;
  chain.height += 20;
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(task.outcome->kind, Kind::Holds);
}

}  // namespace
}  // namespace wardhive
