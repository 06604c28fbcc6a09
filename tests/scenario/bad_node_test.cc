// A node goes bad: it is drained, nobody else is, and it comes back in stages when it is well.
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

using enum IncidentState;

const Entity kBad = node("job-3");

void expect_others_untouched(const World& world) {
  for (const auto& name : world.jobs)
    if (node(name) != kBad) EXPECT_TRUE(world.ledger.actions_about(name).empty()) << name;
  for (const auto& [id, decision] : world.ledger.decisions) EXPECT_EQ(decision.target, kBad);
}

class BadNode : public testing::TestWithParam<bool> {
 protected:
  static Options options() {
    Options options;
    options.settings = GetParam() ? enforcing_demo() : enforcing();
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(Profile, BadNode, testing::Values(false, true),
                         [](const auto& profile) { return profile.param ? "demo" : "standard"; });

TEST_P(BadNode, SlowAndErringIsDrainedWithinFiveSecondsAndComesBackInStages) {
  World world(options());
  world.run(seconds(30));
  ASSERT_TRUE(world.ledger.decisions.empty());

  world.machine("job-3").fail(millis(400), 0.5);
  const auto drained = world.until_share("job-3", 0, seconds(5));
  ASSERT_TRUE(drained) << "not drained within 5 s of the fault";
  ASSERT_TRUE(world.until(kBad, Contained, seconds(15)));
  const auto before = world.gateway.requests_to("job-3");
  world.run(seconds(20));
  EXPECT_EQ(world.gateway.requests_to("job-3"), before) << "a drained node gets no traffic";

  // Still bad: it stays out.
  world.run(minutes(3));
  EXPECT_EQ(world.share_bps("job-3"), 0u);

  world.machine("job-3").recover();
  const auto& settings = world.options.settings;
  const auto& r = settings.respond.restoration;
  const auto slack = seconds(20);
  const auto well = world.clock.mono();
  ASSERT_TRUE(world.until_share("job-3", 1'000, r.verify_for + slack + minutes(1)));
  EXPECT_GE(world.clock.mono() - well, r.verify_for);
  auto began = world.clock.mono();
  ASSERT_TRUE(world.until_share("job-3", 5'000, r.stage_10 + slack));
  EXPECT_GE(world.clock.mono() - began, r.stage_10);
  began = world.clock.mono();
  ASSERT_TRUE(world.until_share("job-3", 10'000, r.stage_50 + slack));
  EXPECT_GE(world.clock.mono() - began, r.stage_50);
  ASSERT_TRUE(world.until(kBad, Resolved, r.watch + slack));
  EXPECT_EQ(world.ledger.path(kBad), "detected containing contained verifying restoring watching resolved");
  EXPECT_EQ(world.ledger.incident(kBad)->cycles, 1u);
  EXPECT_EQ(world.ledger.decision(kBad)->state, DecisionState::Completed);
  EXPECT_EQ(world.ledger.pages(), 0u);
  EXPECT_EQ(world.agent("gw-1").held(), 0u) << "nothing is held for a node that is whole again";
  expect_others_untouched(world);
}

TEST_P(BadNode, DeadMachineIsDrainedWithinTenSeconds) {
  World world(options());
  world.run(seconds(30));
  world.machine("job-3").die();
  ASSERT_TRUE(world.until_share("job-3", 0, seconds(10)));
  ASSERT_TRUE(world.until(kBad, Contained, seconds(15)));
  world.run(minutes(2));
  expect_others_untouched(world);
  EXPECT_EQ(world.share_bps("job-3"), 0u);
}

}  // namespace
}  // namespace wardhive::scenario
