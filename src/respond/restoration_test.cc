// A node comes back only through every stage, and "no data" is not success.
#include <gmock/gmock.h>

#include "respond/harness.h"
#include "respond/transitions.h"

namespace wardhive {
namespace {

using enum IncidentState;
using testing::ElementsAre;
using testing::HasSubstr;

const Entity kJob1 = node("job-1");

// A world in which job-1 was drained and its fault is lifted.
World lifted(Settings settings = enforcing()) {
  World w(settings);
  w.pass(seconds(10));
  w.fault("job-1");
  EXPECT_TRUE(w.pass_until(kJob1, Contained));
  w.lift("job-1");
  return w;
}

TEST(Verification, NeedsFreshHealthFromEnoughVantages) {
  auto w = lifted();
  w.unseeing = {"job-2", "job-3"};
  w.pass(minutes(9));
  EXPECT_EQ(w.incident_of(kJob1)->state, Contained);
  EXPECT_EQ(w.share_of("job-1"), 0u);
}

TEST(Verification, NeedsAllOfThemHealthy) {
  auto w = lifted();
  w.sick["job-1"] = {"job-3"};
  w.pass(minutes(10));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_EQ(w.settlements.size(), 0u);
}

TEST(Verification, StartsAnewWhenAClaimComesBack) {
  auto w = lifted();
  ASSERT_TRUE(w.pass_until(kJob1, Verifying));
  w.pass(minutes(4));
  w.fault("job-1", FindingKind::Unreachable, {"controller"});
  w.pass(seconds(1));
  EXPECT_EQ(w.incident_of(kJob1)->state, Contained);
  w.lift("job-1", FindingKind::Unreachable);
  const auto again = w.now;
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  EXPECT_GE(w.now - again, minutes(5));
}

TEST(Verification, WaitsForTheNodesOwnAgent) {
  auto w = lifted();
  w.feed(w.finding(FindingKind::Silent, kJob1, "controller", FindingPhase::Raised));
  w.pass(minutes(10));
  EXPECT_EQ(w.share_of("job-1"), 0u);
}

TEST(Restoration, WithoutEnoughRequestsItStaysAndSaysSoOnce) {
  auto w = lifted();
  w.tweak = [](Health& health) {
    if (health.observer == node("gw-1") && health.subject == kJob1) health.requests = 0;
  };
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  w.pass(minutes(20));
  EXPECT_EQ(w.share_of("job-1"), 1'000u);
  EXPECT_EQ(std::count_if(w.notices.begin(), w.notices.end(),
                          [](const Notice& n) {
                            return n.text.find("too few to judge") != std::string::npos;
                          }),
            1);
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Active);
  EXPECT_GT(w.decision_of(kJob1)->expires_at, w.now);
}

TEST(Restoration, OverlappingWindowsAreCountedOnce) {
  auto settings = enforcing();
  settings.respond.restoration.requests_min = 300;  // 150 s at 10 requests per window of 5 s
  auto w = lifted(settings);
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  w.pass(seconds(145));  // each second's Health overlaps the last four
  EXPECT_EQ(w.share_of("job-1"), 1'000u) << "fewer than 300 requests were there";
  w.pass(seconds(20));
  EXPECT_EQ(w.share_of("job-1"), 5'000u);
}

TEST(Restoration, WorseThanItsPeersItIsTakenOutAgainForTwiceAsLong) {
  auto w = lifted();
  w.tweak = [](Health& health) {
    if (health.observer == node("gw-1") && health.subject == kJob1) health.error_bps = 300;
  };
  std::vector<Duration> waits;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(w.pass_until(kJob1, Restoring));
    ASSERT_TRUE(w.pass_until(kJob1, Contained));
    EXPECT_EQ(w.share_of("job-1"), 0u);
    const auto out = w.now;
    ASSERT_TRUE(w.pass_until(kJob1, Verifying));
    waits.push_back(w.now - out);
  }
  EXPECT_GT(waits[1], waits[0] + seconds(100));
  ASSERT_TRUE(w.pass_until(kJob1, Escalated));
  EXPECT_EQ(w.pages(), 1u);
  w.pass(minutes(20));
  EXPECT_EQ(w.incident_of(kJob1)->state, Escalated);
  EXPECT_EQ(w.share_of("job-1"), 0u) << "containment stays until a person decides";
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Active);

  w.tweak = nullptr;
  EXPECT_TRUE(w.command(CommandKind::Release, w.decision_of(kJob1)->id).accepted);
  EXPECT_TRUE(w.pass_until(kJob1, Resolved));
}

TEST(Restoration, OneErrorBesidePeersWithNoneIsNoFailure) {
  auto w = lifted();
  w.tweak = [](Health& health) {
    if (health.observer == node("gw-1") && health.subject == kJob1)
      health.error_bps = 40, health.p99_us = 35'000;
  };
  EXPECT_TRUE(w.pass_until(kJob1, Resolved));
  EXPECT_EQ(w.incident_of(kJob1)->cycles, 1u);
}

TEST(Restoration, WithoutPeersToCompareWithItStays) {
  auto w = lifted();
  w.tweak = [](Health& health) {
    if (health.observer == node("gw-1") && health.subject != kJob1) health.requests = 0;
  };
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  w.pass(minutes(10));
  EXPECT_EQ(w.share_of("job-1"), 1'000u);
}

TEST(Restoration, AClaimAtTenPercentTakesItOutAgain) {
  auto w = lifted();
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  w.fault("job-1", FindingKind::ErrorRateShift, {"gw-1"});
  w.pass(seconds(1));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_EQ(w.decisions.size(), 1u);
}

TEST(Restoration, ABlindObserverDoesNotTakeItOutAgain) {
  auto w = lifted();
  ASSERT_TRUE(w.pass_until(kJob1, Restoring));
  for (const auto& name : w.jobs) w.sick[name].insert("controller");
  w.pass(seconds(1));
  for (const auto& name : w.jobs)
    w.feed(w.finding(FindingKind::Unreachable, node(name), "controller", FindingPhase::Raised),
           {w.score(node(name), 45)});
  w.pass(minutes(1));
  EXPECT_EQ(w.share_of("job-1"), 1'000u);
}

TEST(Watching, AFaultThatComesBackIsContainedByANewDecision) {
  auto w = lifted();
  ASSERT_TRUE(w.pass_until(kJob1, Watching));
  const auto first = w.decision_of(kJob1)->id;
  w.fault("job-1");
  ASSERT_TRUE(w.pass_until(kJob1, Contained));
  EXPECT_NE(w.decision_of(kJob1)->id, first);
  EXPECT_EQ(w.decisions.at(first).state, DecisionState::Completed);
  EXPECT_EQ(w.incidents.size(), 1u);
  EXPECT_EQ(w.incident_of(kJob1)->cycles, 2u);
  EXPECT_THAT(w.path(kJob1), ElementsAre(Detected, Containing, Contained, Verifying, Restoring,
                                         Watching, Containing, Contained));
}

TEST(Expiry, ADrainThatNobodyCanSeeLapsesToTenPercentAndGoesNoFurther) {
  auto w = lifted();
  w.unseeing = {"controller", "gw-1", "job-2", "job-3"};
  w.pass(minutes(20));
  EXPECT_EQ(w.incident_of(kJob1)->state, Restoring);
  EXPECT_EQ(w.share_of("job-1"), 1'000u);
  EXPECT_THAT(w.incident_of(kJob1)->timeline.back().text,
              testing::AnyOf(HasSubstr("ran out"), HasSubstr("renewed"), HasSubstr("too few")));
  w.pass(minutes(15));
  EXPECT_EQ(w.share_of("job-1"), 1'000u);
  w.unseeing.clear();
  EXPECT_TRUE(w.pass_until(kJob1, Resolved)) << "through 50 and 100 % once it is seen well";
}

TEST(Expiry, EveryOrderThatPutsSomethingInForceExpires) {
  auto w = lifted();
  ASSERT_TRUE(w.pass_until(kJob1, Resolved));
  for (const auto& action : w.actions) {
    if (!action.present) continue;
    EXPECT_GT(action.expires_at, kStart);
    EXPECT_LE(action.expires_at, w.now + w.settings.respond.rails.expiry_max);
  }
}

TEST(Expiry, KeepsTheMinimumForDemoSettingsToo) {
  auto settings = enforcing();
  settings.respond.rails.expiry_min = seconds(30);
  World w(settings);
  w.pass(seconds(10));
  w.fault("job-1");
  w.pass(minutes(10));
  EXPECT_EQ(w.share_of("job-1"), 0u) << "renewed again and again while the fault is seen";
}

TEST(Transitions, OnlyTheTablesWaysExist) {
  using respond::may_follow;
  const auto states = static_cast<std::size_t>(Merged) + 1;
  std::size_t ways = 0;
  for (std::size_t from = 0; from < states; ++from)
    for (std::size_t to = 0; to < states; ++to)
      ways += may_follow(static_cast<IncidentState>(from), static_cast<IncidentState>(to)) ? 1 : 0;
  EXPECT_EQ(ways, 38u);
  for (const auto end : {Resolved, FalsePositive, Merged})
    for (std::size_t to = 0; to < states; ++to)
      EXPECT_FALSE(may_follow(end, static_cast<IncidentState>(to)));
  EXPECT_FALSE(may_follow(Detected, Contained)) << "nothing is contained without an order";
  EXPECT_FALSE(may_follow(Contained, Watching)) << "nothing is restored without its stages";
  EXPECT_FALSE(may_follow(Verifying, Watching));
}

TEST(Timeline, KeepsItsFirstAndNewestEntries) {
  Incident incident;
  for (int i = 0; i < 200; ++i)
    respond::note(incident, kStart + seconds(i), 0, fmt::format("{}", i));
  ASSERT_EQ(incident.timeline.size(), 64u);
  EXPECT_EQ(incident.timeline.front().text, "0");
  EXPECT_EQ(incident.timeline.back().text, "199");
}

}  // namespace
}  // namespace wardhive
