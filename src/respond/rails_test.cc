// What automation must not do, rail by rail.
#include <gmock/gmock.h>

#include "respond/harness.h"

namespace wardhive {
namespace {

using enum IncidentState;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Entity kAttacker = address("203.0.113.66");
const Entity kJob1 = node("job-1");
const Entity kJob2 = node("job-2");

TEST(NeverTouch, OwnProtectedAndLoopbackAddressesAreNeverBanned) {
  World w;
  for (const auto* text : {"10.0.0.7", "10.0.1.2", "127.0.0.1", "::1", "0.0.0.0"}) {
    w.burst(text, "job-1", 99);
    expect_held(w, address(text), "never_touch", "");
  }
  w.pass(minutes(1));
  EXPECT_THAT(w.actions, IsEmpty());
  EXPECT_EQ(w.pages(), 0u) << "the rail means it";
}

TEST(NeverTouch, GatewaysWatchedAndUnknownNodesAreNeverDrained) {
  auto inventory = five_nodes();
  inventory.nodes[0].acts = false;
  World w(enforcing(), {brute_force(), bad_node()}, inventory);
  w.pass(seconds(10));
  for (const auto* name : {"gw-1", "job-1", "stranger", "controller"}) {
    for (const auto* observer : {"controller", "job-2", "job-3"})
      w.feed(w.finding(FindingKind::Unreachable, node(name), observer, FindingPhase::Raised),
             {w.score(node(name), 99)});
  }
  w.pass(seconds(5));
  expect_held(w, node("gw-1"), "never_touch", "is a gateway");
  expect_held(w, kJob1, "never_touch", "only watched");
  expect_held(w, node("stranger"), "never_touch", "not in the inventory");
  expect_held(w, node("controller"), "never_touch", "controller is never");
  EXPECT_THAT(w.actions, IsEmpty());
}

TEST(AllowList, AnAllowListedAttackerIsShownAndLeftAlone) {
  auto inventory = five_nodes();
  inventory.allow_list = {"203.0.113.0/24", "job-1"};
  World w(enforcing(), {brute_force(), bad_node()}, inventory);
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1", 99);
  w.fault("job-1");
  w.pass(minutes(3));
  expect_held(w, kAttacker, "allow_list", "vouched for by 203.0.113.0/24");
  expect_held(w, kJob1, "allow_list", "vouched for by job-1");
  EXPECT_THAT(w.actions, IsEmpty());
  EXPECT_EQ(w.pages(), 0u);
}

TEST(AllowList, RisksWordIsEnough) {
  World w;
  auto score = w.score(kAttacker, 90);
  score.allow_listed = true;
  w.feed(w.finding(FindingKind::AuthFailureBurst, kAttacker, "job-1", FindingPhase::Raised),
         {score});
  expect_held(w, kAttacker, "allow_list", "");
}

TEST(LearnedOnly, MachineLearningAloneNeverPunishes) {
  World w;
  auto score = w.score(kAttacker, 90);
  score.learned_only = true;
  w.feed(w.finding(FindingKind::AuthFailureBurst, kAttacker, "job-1", FindingPhase::Raised),
         {score});
  expect_held(w, kAttacker, "learned_only", "nothing but machine learning");
}

TEST(Capacity, OfTwoBadNodesAmongFiveTheSecondIsHeldUntilTheFirstIsBack) {
  World w;
  w.pass(seconds(10));
  w.fault("job-1");
  w.fault("job-2");
  w.pass(seconds(30));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_EQ(w.share_of("job-2"), 10'000u);
  expect_held(w, kJob2, "capacity", "1 of at most 1 of 5 nodes of class \"gpu\"");
  EXPECT_EQ(w.decision_of(kJob2)->rails.size(), 12u) << "every rail is listed, passed or not";
  w.pass(minutes(2));
  EXPECT_EQ(w.pages(), 1u) << "once, when its deadline passed";
  w.lift("job-1");
  ASSERT_TRUE(w.pass_until(kJob1, Watching));
  w.pass(minutes(1));
  EXPECT_EQ(w.share_of("job-2"), 0u);
}

TEST(MinHealthy, ANodeNobodySeesIsNoHealthyNode) {
  auto inventory = five_nodes();
  inventory.nodes.erase(inventory.nodes.begin() + 3,
                        inventory.nodes.begin() + 5);  // three are left
  World w(enforcing(), {bad_node()}, inventory);
  w.pass(seconds(10));
  w.tweak = [](Health& health) {
    if (health.subject == node("job-3")) health.fresh_at = kStart;
  };
  w.pass(seconds(15));
  w.fault("job-1");
  w.pass(seconds(5));
  expect_held(w, kJob1, "min_healthy", "1 other nodes");
  EXPECT_THAT(w.actions, IsEmpty());
}

TEST(Storm, AWholeClassBadAtOnceIsolatesNobodyAndPagesOnce) {
  World w;
  w.pass(seconds(10));
  for (const auto& name : w.jobs) w.fault(name, FindingKind::ErrorRateShift);
  w.pass(minutes(4));
  EXPECT_THAT(w.actions, IsEmpty());
  for (const auto& name : w.jobs) expect_held(w, node(name), "storm", "fell ill at once");
  EXPECT_EQ(w.pages(), 1u);
  EXPECT_THAT(w.notices.front().text, HasSubstr("storm: 3 of 5 nodes"));
  EXPECT_TRUE(w.respond->stats().storm);
  for (const auto& name : w.jobs) w.lift(name, FindingKind::ErrorRateShift);
  w.pass(minutes(5));
  EXPECT_FALSE(w.respond->stats().storm);
  EXPECT_EQ(w.respond->stats().incidents_open, 0u);
}

TEST(Storm, SlowlyMoreBadNodesAreNone) {
  auto settings = enforcing();
  World w(settings);
  w.pass(seconds(10));
  for (const auto* name : {"job-1", "job-2", "job-3"}) {
    w.fault(name);
    w.pass(seconds(61));
  }
  EXPECT_FALSE(w.respond->stats().storm);
  EXPECT_EQ(w.share_of("job-1"), 0u);
  expect_held(w, kJob2, "capacity", "");
}

TEST(Clock, NothingIsIsolatedForAMinuteAfterAJump) {
  World w;
  w.pass(seconds(10));
  w.feed(ClockJumped{hours(3)});
  w.fault("job-1");
  w.pass(seconds(50));
  expect_held(w, kJob1, "clock", "the clock jumped");
  EXPECT_THAT(w.actions, IsEmpty());
  w.pass(seconds(50));
  EXPECT_EQ(w.share_of("job-1"), 0u);
}

Inventory sixty_nodes() {
  Inventory inventory;
  NodeInfo gateway{"gw-1", "gateway", {}, {"haproxy"}, {}, true};
  for (int i = 1; i <= 60; ++i) {
    inventory.nodes.push_back({fmt::format("job-{}", i), "gpu", {}, {}, {}, true});
    gateway.backends.push_back(inventory.nodes.back().name);
  }
  inventory.nodes.push_back(gateway);
  return inventory;
}

TEST(Rate, TheSixthIsolationWithinAMinuteWaits) {
  World w(enforcing(), {bad_node()}, sixty_nodes());
  w.pass(seconds(10));
  for (int i = 1; i <= 6; ++i) w.fault(fmt::format("job-{}", i * 7));
  w.pass(seconds(10));
  const auto drained = [&] {
    return std::count_if(w.shares.begin(), w.shares.end(),
                         [](const auto& item) { return item.second == 0; });
  };
  EXPECT_EQ(drained(), 5);
  w.pass(minutes(2));
  EXPECT_EQ(drained(), 6);
}

TEST(Capacity, IsATenthOfALargeClass) {
  World w(enforcing(), {bad_node()}, sixty_nodes());
  w.pass(seconds(10));
  for (int i = 1; i <= 8; ++i) {
    w.fault(fmt::format("job-{}", i * 7));
    w.pass(seconds(40));
  }
  EXPECT_EQ(w.active(), 6u);
  expect_held(w, node("job-56"), "capacity", "6 of at most 6 of 60");
}

TEST(Cycles, AFlappingNodeIsHeldDownLongerEachTimeAndThenHandedToAPerson) {
  World w;
  w.pass(seconds(10));
  std::vector<Duration> out;
  for (int cycle = 0; cycle < 3; ++cycle) {
    w.fault("job-1");
    ASSERT_TRUE(w.pass_until(kJob1, Contained));
    const auto contained = w.now;
    w.lift("job-1");
    ASSERT_TRUE(w.pass_until(kJob1, Verifying));
    out.push_back(w.now - contained);
    ASSERT_TRUE(w.pass_until(kJob1, Resolved));
  }
  EXPECT_LT(out[0], seconds(10));
  EXPECT_GT(out[1], seconds(100));
  EXPECT_GT(out[2], out[1] + seconds(100));
  w.fault("job-1");
  w.pass(seconds(10));
  expect_held(w, kJob1, "cycles", "contained 3 of at most 3 times in 1d");
  EXPECT_EQ(w.pages(), 1u);
  EXPECT_EQ(w.share_of("job-1"), 10'000u);
}

TEST(IsolateNode, NeedsTwoFamiliesFromTwoReporters) {
  auto book = bad_node();
  book.steps[0].verb = Verb::IsolateNode;
  World w(enforcing(), {book});
  w.pass(seconds(10));
  w.fault("job-1");
  w.pass(seconds(5));
  expect_held(w, kJob1, "families", "1 evidence families from 1 reporters");
  auto score = w.score(kJob1, 80);
  score.families = score.reporters = 2;
  w.feed(w.finding(FindingKind::Unreachable, kJob1, "controller", FindingPhase::Raised), {score});
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Active);
  EXPECT_EQ(w.actions.back().verb, Verb::IsolateNode);
  EXPECT_EQ(w.decision_of(kJob1)->threshold, 70);
}

TEST(FleetBan, NeedsTwoReportersElseTheReporterOnly) {
  auto book = brute_force();
  book.steps[0].on = PlaybookScope::Fleet;
  World w(enforcing(), {book});
  w.burst("203.0.113.66", "job-1");
  EXPECT_THAT(w.bans, ElementsAre("job-1 203.0.113.66"));
  EXPECT_THAT(w.rail(kAttacker, "reporters")->says,
              AllOf(HasSubstr("1 of 2 reporters"), HasSubstr("acts on job-1")));
  w.burst("203.0.113.66", "job-2");
  EXPECT_EQ(w.bans.size(), 6u);
  EXPECT_EQ(w.decision_of(kAttacker)->scope, "fleet");
}

TEST(Actuator, WithoutAnAgentThatCanActNothingIsOrdered) {
  auto inventory = five_nodes();
  inventory.nodes[0].controls = {};
  inventory.nodes.back().controls = {};
  World w(enforcing(), {brute_force(), bad_node()}, inventory);
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1");
  w.fault("job-1");
  w.pass(seconds(5));
  expect_held(w, kAttacker, "actuator", "no agent with nftables on job-1");
  expect_held(w, kJob1, "actuator", "no gateway with haproxy carries job-1");
  w.pass(minutes(1));
  EXPECT_EQ(w.pages(), 2u) << "a person can help here";
}

TEST(Rails, ABlockedCaseIsToldOnceAndNotWrittenEachSecond) {
  World w;
  w.pass(seconds(10));
  w.burst("10.0.0.7", "job-1");
  const auto written = w.journal.size();
  const auto notices = w.notices.size();
  w.pass(minutes(5));
  EXPECT_EQ(w.journal.size(), written);
  EXPECT_EQ(w.notices.size(), notices);
  EXPECT_EQ(w.respond->stats().rails_blocked, 1u);
}

TEST(Rails, AnEntityThatBecomesProtectedIsLetGo) {
  World w;
  w.burst("203.0.113.66", "job-1");
  ASSERT_EQ(w.bans.size(), 1u);
  auto inventory = five_nodes();
  inventory.never_touch.push_back("203.0.113.0/24");
  w.feed(inventory);
  EXPECT_THAT(w.bans, IsEmpty());
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Reverted);
  w.pass(minutes(1));
  EXPECT_THAT(w.bans, IsEmpty());
}

}  // namespace
}  // namespace wardhive
