// A node goes bad: it is drained, nobody else is, and it comes back in stages when it is well.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenario/world.h"
#include "testkit/series.h"

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
  EXPECT_EQ(world.ledger.path(kBad),
            "detected containing contained verifying restoring watching resolved");
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

TEST(BadNodeDrain, MeetsOneOfTwoAndTheOtherIsHeldByCapacity) {
  World world;
  world.run(seconds(30));
  world.machine("job-2").fail(millis(400), 0.5);
  world.machine("job-4").fail(millis(400), 0.5);
  world.run(minutes(2));
  const auto out = (world.share_bps("job-2") == 0) + (world.share_bps("job-4") == 0);
  EXPECT_EQ(out, 1);
  const auto held = node(world.share_bps("job-2") == 0 ? "job-4" : "job-2");
  ASSERT_TRUE(world.ledger.is(held, Held));
  ASSERT_NE(world.ledger.failed_rail(held), nullptr);
  EXPECT_EQ(world.ledger.failed_rail(held)->rail, "capacity");
  EXPECT_TRUE(world.ledger.noticed(held.name));
  EXPECT_TRUE(world.ledger.actions_about(held.name).empty());
  EXPECT_GE(world.ledger.pages(), 1u) << "a person can help, so a person is called";
}

TEST(BadNodeDrain, DoesNotHappenWhenTheWholeClassFallsIllAtOnce) {
  World world;
  world.run(seconds(30));
  for (const auto& name : world.jobs) world.machine(name).fail(millis(400), 0.5);
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.actions.empty());
  EXPECT_TRUE(world.ledger.noticed("storm"));
  EXPECT_EQ(world.ledger.pages(), 1u) << "one storm, one page";
}

class BlindObserver : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Observer, BlindObserver, testing::Values("controller", "gw-1", "job-2"),
                         [](const auto& observer) {
                           std::string name(observer.param);
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(BlindObserver, IsolatesNobody) {
  World world;
  world.run(seconds(30));
  world.machine(GetParam()).sees = false;
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.actions.empty());
  world.machine(GetParam()).sees = true;
  world.run(minutes(1));
  EXPECT_TRUE(world.ledger.actions.empty());
}

TEST_P(BlindObserver, DoesNotHideABadNode) {
  World world;
  world.run(seconds(30));
  world.machine(GetParam()).sees = false;
  world.run(seconds(30));
  world.machine("job-5").die();
  world.run(seconds(20));
  EXPECT_EQ(world.share_bps("job-5"), 0u) << "three others see it";
  for (const auto& action : world.ledger.actions) EXPECT_EQ(action.key, "job-5");
}

TEST(BadNodeDrain, NeedsMoreThanASilentAgent) {
  World world;
  world.run(seconds(30));
  world.machine("job-3").agent_speaks = false;
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.actions.empty()) << "the service answers everybody who asks";
  EXPECT_EQ(world.gateway.client_failures(), 0u);
}

TEST(BadNodeDrain, HoldsAFlappingNodeDown) {
  World world;
  world.run(seconds(30));
  std::uint32_t drains = 0, last = 10'000;
  for (int flap = 0; flap < 30; ++flap) {
    if (flap % 2 == 0)
      world.machine("job-3").fail(millis(400), 0.5);
    else
      world.machine("job-3").recover();
    for (int i = 0; i < 100; ++i) {
      world.step();
      const auto share = world.share_bps("job-3");
      drains += share == 0 && last != 0;
      last = share;
    }
  }
  EXPECT_EQ(drains, 1u);
  EXPECT_EQ(last, 0u);
  expect_others_untouched(world);
}

// At the demo's pace verification takes 5 s: a flap of 10 s passes it, but ever more seldom.
TEST(BadNodeDrain, LetsAFlappingNodeBackLessAndLessOften) {
  Options options;
  options.settings = enforcing_demo();
  World world(options);
  world.run(seconds(30));
  std::uint32_t drains = 0, last = 10'000;
  for (int flap = 0; flap < 90; ++flap) {
    if (flap % 2 == 0)
      world.machine("job-3").fail(millis(400), 0.5);
    else
      world.machine("job-3").recover();
    for (int i = 0; i < 100; ++i) {
      world.step();
      const auto share = world.share_bps("job-3");
      drains += share == 0 && last != 0;
      last = share;
    }
  }
  EXPECT_LE(drains, options.settings.respond.restoration.attempts + 1);
  EXPECT_NE(last, 10'000u);
}

TEST(BadNodeDrain, IsNeverForOddnessAlone) {
  Options options;
  options.requests_per_second = 0;
  World world(options);
  for (int i = 0; i < 800; ++i) {
    SampleBatch batch;
    add_own(batch, world.clock.wall(), "node_hwmon_temp_celsius", "job-3",
            (i < 700 ? 50 : 500) + i % 3);
    world.submit({{}, {batch}, "job-3", 0, {}, {}});
    world.run(seconds(1));
  }
  const auto odd = std::ranges::count_if(
      world.ledger.findings, [](const Finding& f) { return f.kind == FindingKind::Anomaly; });
  EXPECT_GT(odd, 0) << "or this test says nothing";
  EXPECT_TRUE(world.ledger.actions.empty());
}

// The gateway's agent says "applied, read back", but the counters go on.
TEST(BadNodeDrain, IsNotBelievedWhileTheGatewayStillSeesTraffic) {
  World world;
  world.run(seconds(30));
  world.agent("gw-1").manner = FakeAgent::Manner::Lying;
  world.machine("job-3").fail(millis(400), 0);  // the gateway's own check does not mind
  ASSERT_TRUE(world.until(kBad, Containing, seconds(5)));
  const auto escalated = world.until(kBad, Escalated, minutes(1) + seconds(2));
  ASSERT_TRUE(escalated) << "a breach has a minute";
  EXPECT_EQ(world.ledger.incident(kBad)->contained_at, Instant{});
  EXPECT_GE(world.ledger.pages(), 1u);

  // The liar is repaired and the decision released: asked again, it is contained.
  world.agent("gw-1").manner = FakeAgent::Manner::Honest;
  EXPECT_TRUE(world.command(CommandKind::Release, world.ledger.decision(kBad)->id).accepted);
  EXPECT_TRUE(world.until(kBad, Contained, seconds(20)));
}

TEST(BadNodeDrain, ThatFailsCallsAPerson) {
  for (const auto manner : {FakeAgent::Manner::Failing, FakeAgent::Manner::Mute}) {
    World world;
    world.run(seconds(30));
    world.agent("gw-1").manner = manner;
    world.machine("job-3").fail(millis(400), 0.5);
    ASSERT_TRUE(world.until(kBad, Escalated, minutes(1) + seconds(10)));
    EXPECT_GE(world.ledger.pages(), 1u);
    EXPECT_LE(world.ledger.actions_about("job-3").size(),
              world.options.settings.respond.action_attempts);
    EXPECT_LE(world.agent("gw-1").changes(), 1u) << "asked again, not done again";
  }
}

TEST(BadNodeDrain, ThatIsRefusedIsHeldAndNotAskedAgain) {
  World world;
  world.run(seconds(30));
  world.agent("gw-1").manner = FakeAgent::Manner::Refusing;
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Held, seconds(10)));
  world.run(minutes(2));
  EXPECT_EQ(world.ledger.actions_about("job-3").size(), 1u);
  EXPECT_GE(world.ledger.pages(), 1u);
}

TEST(BadNodeDrain, IsOnlyShownInShadowMode) {
  Options options;
  options.settings.respond.mode = Mode::Shadow;
  World world(options);
  world.run(seconds(30));
  world.machine("job-3").fail(millis(400), 0.5);
  world.run(minutes(2));
  EXPECT_TRUE(world.ledger.actions.empty());
  EXPECT_EQ(world.share_bps("job-3"), 10'000u);
  ASSERT_NE(world.ledger.decision(kBad), nullptr);
  EXPECT_EQ(world.ledger.decision(kBad)->state, DecisionState::Shadow);
}

TEST(BadNodeDrain, SurvivesLossDelayAndRepeats) {
  Options options;
  options.loss = 0.02;
  options.delay_max = millis(300);
  World world(options);
  world.repeats = true;
  world.run(seconds(30));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until_share("job-3", 0, seconds(8)));
  ASSERT_TRUE(world.until(kBad, Contained, seconds(15)));
  EXPECT_EQ(world.agent("gw-1").changes(), 1u);
  expect_others_untouched(world);
}

}  // namespace
}  // namespace wardhive::scenario
