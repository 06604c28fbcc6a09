// The way back: stage by stage, never on missing evidence, and a person can end it at any point.
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

using enum IncidentState;

const Entity kBad = node("job-3");

Options demo() {
  Options options;
  options.settings = enforcing_demo();
  return options;
}

// A world whose job-3 is drained, and well again.
struct Recovering : World {
  Recovering() : World(demo()) {
    run(seconds(20));
    machine("job-3").fail(millis(400), 0.5);
    EXPECT_TRUE(until(kBad, Contained, seconds(20)));
    machine("job-3").recover();
  }
};

TEST(Restoration, GoesBackToZeroWhenTheFaultReturnsAtHalf) {
  Recovering world;
  ASSERT_TRUE(world.until_share("job-3", 5'000, minutes(2)));
  world.run(seconds(3));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until_share("job-3", 0, seconds(5)));
  world.run(seconds(10));
  EXPECT_EQ(world.share_bps("job-3"), 0u);
  world.machine("job-3").recover();
  ASSERT_TRUE(world.until(kBad, Resolved, minutes(5)));
  EXPECT_EQ(world.ledger.incidents.size(), 1u) << "the same incident, not another one";
}

TEST(Restoration, WaitsInAStageWithoutTraffic) {
  Recovering world;
  ASSERT_TRUE(world.until_share("job-3", 1'000, minutes(2)));
  world.requests_per_second = 0;
  world.run(minutes(5));
  EXPECT_EQ(world.share_bps("job-3"), 1'000u) << "no data is not success";
  EXPECT_TRUE(world.ledger.noticed("too few to judge"));
  world.requests_per_second = 100;
  EXPECT_TRUE(world.until(kBad, Resolved, minutes(3)));
}

TEST(Restoration, DoesNotBeginWhileTooFewSeeTheNode) {
  Recovering world;
  for (const auto* vantage : {"job-4", "job-5"}) world.machine(vantage).agent_speaks = false;
  world.run(seconds(12));  // what they saw is no longer fresh
  const auto share = world.share_bps("job-3");
  world.run(minutes(3));
  EXPECT_EQ(world.share_bps("job-3"), share) << "two vantages are fewer than three";
  EXPECT_NE(share, 10'000u);
}

TEST(Restoration, StaysOutWhileAPersonHoldsIt) {
  Recovering world;
  const auto id = world.ledger.decision(kBad)->id;
  ASSERT_TRUE(world.command(CommandKind::Hold, id).accepted);
  world.run(minutes(10));
  EXPECT_EQ(world.share_bps("job-3"), 0u);
  ASSERT_TRUE(world.command(CommandKind::Release, id).accepted);
  EXPECT_TRUE(world.until(kBad, Resolved, minutes(3)));
}

struct At {
  IncidentState state;
  std::uint32_t share_bps;
};
class Revert : public testing::TestWithParam<At> {};
INSTANTIATE_TEST_SUITE_P(State, Revert,
                         testing::Values(At{Containing, 0}, At{Contained, 0}, At{Verifying, 0},
                                         At{Restoring, 1'000}, At{Restoring, 5'000}),
                         [](const auto& at) {
                           return std::string(name_of(at.param.state)) +
                                  std::to_string(at.param.share_bps);
                         });

TEST_P(Revert, GivesTheNodeBackAtOnceAndForGood) {
  World world(demo());
  world.run(seconds(20));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Containing, seconds(20)));
  if (GetParam().state != Containing) {
    ASSERT_TRUE(world.until(kBad, Contained, seconds(20)));
    world.machine("job-3").recover();
  }
  ASSERT_TRUE(world.until(
      [&] {
        return world.ledger.is(kBad, GetParam().state) &&
               world.ledger.decision(kBad)->share_bps == GetParam().share_bps;
      },
      minutes(2)));
  const auto result = world.command(CommandKind::Revert, world.ledger.decision(kBad)->id);
  EXPECT_TRUE(result.accepted) << result.says;
  EXPECT_TRUE(world.until_share("job-3", 10'000, seconds(2)));
  EXPECT_TRUE(world.ledger.is(kBad, FalsePositive));
  EXPECT_EQ(world.ledger.decision(kBad)->state, DecisionState::Reverted);
  // What it was taken out for does not take it out again.
  world.run(seconds(15));
  EXPECT_EQ(world.share_bps("job-3"), 10'000u);
  EXPECT_EQ(world.agent("gw-1").held(), 0u);
}

TEST(Revert, OfABanLetsTheAddressInAtOnce) {
  World world(demo());
  auto& guest = world.guest({.address = "203.0.113.66", .node = "job-2", .every = millis(500)});
  ASSERT_TRUE(world.until([&] { return guest.dropped > 0; }, seconds(30)));
  guest.active = false;
  ASSERT_TRUE(world.command(CommandKind::Revert, world.ledger.decision(address("203.0.113.66"))->id)
                  .accepted);
  EXPECT_TRUE(world.until([&] { return !world.agent("job-2").bans("203.0.113.66"); }, seconds(2)));
  EXPECT_TRUE(world.ledger.is(address("203.0.113.66"), FalsePositive));
}

TEST(Revert, OfEverythingLeavesNothingInForce) {
  World world(demo());
  world.guest({.address = "203.0.113.66", .node = "job-2"});
  world.run(seconds(20));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Contained, seconds(20)));
  ASSERT_TRUE(world.command(CommandKind::SetMode, {}, {}, Mode::Shadow).accepted);
  ASSERT_TRUE(world.command(CommandKind::ReleaseAll).accepted);
  world.run(seconds(5));
  for (const auto& name : world.jobs) EXPECT_EQ(world.agent(name).held(), 0u) << name;
  EXPECT_EQ(world.agent("gw-1").held(), 0u);
}

}  // namespace
}  // namespace wardhive::scenario
