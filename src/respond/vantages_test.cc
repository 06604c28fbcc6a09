// "Observer failed" never reads as "subject failed".
#include <gmock/gmock.h>

#include "respond/harness.h"

namespace wardhive {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const Entity kJob1 = node("job-1");

TEST(Vantages, AnObserverThatGoesBlindIsolatesNobody) {
  World w;
  w.pass(seconds(10));
  for (const auto& name : w.jobs) w.fault(name, FindingKind::Unreachable, {"gw-1"});
  w.pass(minutes(3));
  EXPECT_THAT(w.actions, IsEmpty());
  for (const auto& name : w.jobs) {
    expect_held(w, node(name), "vantages", "0 of 3 vantages");
    EXPECT_THAT(w.rail(node(name), "vantages")->says,
                HasSubstr("cannot see most of their targets: gw-1"));
  }
  EXPECT_FALSE(w.respond->stats().storm);
  EXPECT_EQ(w.pages(), 0u);
}

TEST(Vantages, TwoBlindObserversIsolateNobodyEither) {
  World w;
  w.pass(seconds(10));
  for (const auto& name : w.jobs) w.fault(name, FindingKind::Unreachable, {"gw-1", "controller"});
  w.pass(minutes(3));
  EXPECT_THAT(w.actions, IsEmpty());
}

TEST(Vantages, OneAmongFourIsNotEnough) {
  World w;
  w.pass(seconds(10));
  w.fault("job-1", FindingKind::Unreachable, {"controller"});
  w.pass(minutes(1));
  expect_held(w, kJob1, "vantages", "1 of 4 vantages speak against it; needed 2 of at least 3");
  EXPECT_THAT(w.actions, IsEmpty());
}

TEST(Vantages, FewerThanThreeOnlyNotify) {
  World w;
  w.unseeing = {"job-2", "job-3"};
  w.pass(seconds(20));
  w.fault("job-1", FindingKind::Unreachable, {"controller", "gw-1"});
  w.pass(minutes(1));
  expect_held(w, kJob1, "vantages", "2 of 2 vantages");
  EXPECT_THAT(w.actions, IsEmpty());
  EXPECT_FALSE(w.notices.empty());
}

TEST(Vantages, AThirdOneThatComesLaterIsHeardWithinSeconds) {
  World w;
  w.unseeing = {"job-2", "job-3"};
  w.pass(seconds(20));
  w.fault("job-1", FindingKind::Unreachable, {"controller", "gw-1"});
  w.pass(seconds(3));
  w.unseeing.clear();
  w.pass(seconds(4));
  EXPECT_EQ(w.share_of("job-1"), 0u);
}

TEST(Vantages, TheNodesOwnSilenceIsNone) {
  World w;
  w.pass(seconds(10));
  w.feed(w.finding(FindingKind::Silent, kJob1, "controller", FindingPhase::Raised),
         {w.score(kJob1, 71)});
  w.feed(w.finding(FindingKind::ErrorRateShift, kJob1, "job-1", FindingPhase::Raised),
         {w.score(kJob1, 71)});
  w.pass(seconds(10));
  expect_held(w, kJob1, "vantages", "0 of 4 vantages");
}

TEST(Vantages, AClaimOfAnObserverThatStoppedLookingDoesNotCount) {
  World w;
  w.pass(seconds(10));
  w.unseeing = {"controller", "gw-1"};
  w.pass(seconds(20));
  w.fault("job-1", FindingKind::Unreachable, {"controller", "gw-1"});
  w.pass(seconds(10));
  expect_held(w, kJob1, "vantages", "0 of 2 vantages");
}

TEST(Vantages, ObserversWithASingleTargetNeedOneWithProvenEyes) {
  auto inventory = five_nodes();
  World w(enforcing(), {bad_node()}, inventory);
  // Everybody looks at job-1 only.
  w.tweak = [](Health& health) {
    if (health.subject != kJob1) health.observer = health.subject;
  };
  w.pass(seconds(10));
  w.fault("job-1", FindingKind::Unreachable);
  w.pass(seconds(10));
  expect_held(w, kJob1, "vantages", "none of them sees any other node well");
}

}  // namespace
}  // namespace wardhive
