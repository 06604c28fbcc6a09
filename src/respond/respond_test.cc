// The two incidents from end to end, and their innocents.
#include <gmock/gmock.h>

#include "config/config.h"
#include "respond/harness.h"

namespace wardhive {
namespace {

using enum IncidentState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Entity kAttacker = address("203.0.113.66");
const Entity kJob1 = node("job-1");

TEST(BruteForce, EndsInABanOnTheNodeThatWasTried) {
  World w;
  w.pass(seconds(5));
  w.burst("203.0.113.66", "job-1");
  EXPECT_THAT(w.bans, ElementsAre("job-1 203.0.113.66"));
  ASSERT_NE(w.incident_of(kAttacker), nullptr);
  EXPECT_EQ(w.incident_of(kAttacker)->state, Contained);
  EXPECT_EQ(w.incident_of(kAttacker)->severity, "attack");
  const auto* decision = w.decision_of(kAttacker);
  EXPECT_EQ(decision->state, DecisionState::Active);
  EXPECT_EQ(decision->scope, "node/job-1");
  EXPECT_EQ(decision->expires_at, w.now + minutes(10)) << "until_below is nearer than expiry_min";
  EXPECT_EQ(w.actions.size(), 1u);
  EXPECT_EQ(w.actions[0].control, "nftables");
  EXPECT_EQ(w.pages(), 0u);
}

TEST(BruteForce, IsOverWhenTheBanExpiresAndTheSameEvidenceDoesNotBanAgain) {
  World w;
  w.burst("203.0.113.66", "job-1");
  w.pass(minutes(10));
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Expired);
  EXPECT_THAT(w.path(kAttacker), ElementsAre(Detected, Containing, Contained, Resolved));
  EXPECT_THAT(w.respond->standing_actions(), IsEmpty());
  w.pass(minutes(20));  // the claim is still raised, nothing new came
  EXPECT_EQ(w.incidents.size(), 1u);
}

TEST(BruteForce, ARepeatOffenderIsBannedFourTimesAsLongUpToADay) {
  World w;
  std::vector<Duration> lengths;
  for (int i = 0; i < 6; ++i) {
    w.burst("203.0.113.66", "job-1");
    lengths.push_back(w.decision_of(kAttacker)->expires_at - w.now);
    w.leap(lengths.back() - seconds(1));
    ASSERT_EQ(w.incident_of(kAttacker)->state, Contained);
    w.leap(seconds(1));
    ASSERT_EQ(w.incident_of(kAttacker)->state, Resolved);
  }
  EXPECT_THAT(lengths, ElementsAre(minutes(10), minutes(40), minutes(160), minutes(640), hours(24),
                                   hours(24)));
}

TEST(BruteForce, UntilBelowSetsTheLengthWithinItsBounds) {
  World w;
  auto score = w.score(kAttacker, 80);
  score.until_below = w.now + hours(3);
  w.feed(w.finding(FindingKind::AuthFailureBurst, kAttacker, "job-1", FindingPhase::Raised),
         {score});
  EXPECT_EQ(w.decision_of(kAttacker)->expires_at, w.now + hours(3));

  const auto other = address("203.0.113.67");
  score = w.score(other, 80);
  score.until_below.reset();
  w.feed(w.finding(FindingKind::AuthFailureBurst, other, "job-1", FindingPhase::Raised), {score});
  EXPECT_EQ(w.decision_of(other)->expires_at, w.now + hours(24));
}

TEST(BruteForce, NewEvidenceRenewsTheBanButNotMoreThanEachQuarterOfItsLife) {
  World w;
  w.burst("203.0.113.66", "job-1");
  const auto first = *w.decision_of(kAttacker);
  w.pass(minutes(1));
  w.burst("203.0.113.66", "job-1");
  EXPECT_EQ(w.actions.size(), 1u) << "a minute is less than a quarter of ten";
  w.pass(minutes(2));
  w.burst("203.0.113.66", "job-1");
  ASSERT_EQ(w.actions.size(), 2u);
  EXPECT_EQ(w.decision_of(kAttacker)->id, first.id);
  EXPECT_GT(w.decision_of(kAttacker)->version, first.version);
  EXPECT_EQ(w.actions[1].expires_at, w.now + minutes(10));
  EXPECT_EQ(w.incident_of(kAttacker)->state, Contained);
}

TEST(BruteForce, ASecondReporterIsProtectedToo) {
  World w;
  w.burst("203.0.113.66", "job-1");
  w.burst("203.0.113.66", "job-3");
  EXPECT_THAT(w.bans, ElementsAre("job-1 203.0.113.66", "job-3 203.0.113.66"));
  EXPECT_EQ(w.decisions.size(), 1u);
  EXPECT_EQ(w.decision_of(kAttacker)->scope, "node/job-1,node/job-3");
}

TEST(BruteForce, ALowScoreOpensNothing) {
  World w;
  w.burst("203.0.113.66", "job-1", 49);
  w.pass(minutes(1));
  EXPECT_TRUE(w.incidents.empty());
  EXPECT_TRUE(w.actions.empty());
}

TEST(BadNode, IsDrainedVerifiedAndComesBackInStages) {
  World w;
  w.pass(seconds(10));
  w.fault("job-1");
  w.pass(seconds(2));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_EQ(w.incident_of(kJob1)->state, Containing) << "a receipt alone contains nothing";
  ASSERT_TRUE(w.pass_until(kJob1, Contained));
  EXPECT_LE(w.incident_of(kJob1)->contained_at - w.incident_of(kJob1)->opened_at, seconds(10));
  w.pass(minutes(30));
  EXPECT_EQ(w.incident_of(kJob1)->state, Contained) << "the fault is still there";
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Active) << "renewed while it is";

  w.lift("job-1");
  std::vector<std::pair<std::uint32_t, Duration>> steps;
  const auto lifted = w.now;
  std::uint32_t share = 0;
  while (w.incident_of(kJob1)->state != Resolved && w.now - lifted < hours(1)) {
    w.second();
    if (w.share_of("job-1") == share) continue;
    share = w.share_of("job-1");
    steps.emplace_back(share, w.now - lifted);
  }
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].first, 1'000u);
  EXPECT_GE(steps[0].second, minutes(5)) << "verified for five minutes";
  EXPECT_EQ(steps[1].first, 5'000u);
  EXPECT_GE(steps[1].second - steps[0].second, minutes(2));
  EXPECT_EQ(steps[2].first, 10'000u);
  EXPECT_GE(steps[2].second - steps[1].second, minutes(5));
  EXPECT_THAT(w.path(kJob1), ElementsAre(Detected, Containing, Contained, Verifying, Restoring,
                                         Watching, Resolved));
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Completed);
  EXPECT_EQ(w.decisions.size(), 1u) << "one decision for the whole containment";
  ASSERT_EQ(w.settlements.size(), 1u);
  EXPECT_EQ(w.settlements[0].by, w.incident_of(kJob1)->id.text());
  EXPECT_EQ(w.pages(), 0u);
  for (int i = 2; i <= 5; ++i)
    EXPECT_FALSE(w.shares.contains(fmt::format("job-{}", i))) << "an innocent was touched";
  EXPECT_THAT(w.respond->standing_actions(), IsEmpty());
}

TEST(BadNode, IsDrainedWithinFiveSeconds) {
  World w;
  w.pass(seconds(10));
  const auto fault = w.now;
  w.fault("job-1");
  while (w.share_of("job-1") != 0 && w.now - fault < minutes(1)) w.second();
  EXPECT_LE(w.now - fault, seconds(3));
}

TEST(BadNode, TrafficAfterTheReceiptMeansNotContained) {
  World w;
  w.pass(seconds(10));
  w.tweak = [](Health& health) {
    if (health.observer == node("gw-1") && health.subject == kJob1) health.requests = 7;
  };
  w.fault("job-1");
  w.pass(minutes(2));
  EXPECT_EQ(w.incident_of(kJob1)->state, Escalated);
  EXPECT_EQ(w.pages(), 1u);
  EXPECT_EQ(w.share_of("job-1"), 0u) << "containment stays";
  w.tweak = nullptr;
  EXPECT_TRUE(w.pass_until(kJob1, Contained)) << "late, but it is true now";
}

// The demo's durations; its caps, states and order are the same.
TEST(BadNode, IsBackWithinFortySecondsInTheDemo) {
  auto settings = enforcing();
  apply_demo_profile(settings);
  settings.respond.mode = Mode::Enforce;
  World w(settings);
  w.pass(seconds(10));
  w.fault("job-1");
  ASSERT_TRUE(w.pass_until(kJob1, Contained));
  w.pass(seconds(5));
  const auto lifted = w.now;
  w.lift("job-1");
  ASSERT_TRUE(w.pass_until(kJob1, Watching));
  EXPECT_LE(w.now - lifted, seconds(40));
  EXPECT_THAT(w.path(kJob1),
              ElementsAre(Detected, Containing, Contained, Verifying, Restoring, Watching));
}

TEST(Explanation, AnswersEverything) {
  World w;
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1");
  w.fault("job-2");
  w.pass(seconds(2));
  ASSERT_EQ(w.decisions.size(), 2u);
  for (const auto& [id, decision] : w.decisions) {
    EXPECT_THAT(decision.reason,
                HasSubstr(fmt::format("score {} >= {}", decision.score.value, decision.threshold)));
    EXPECT_THAT(decision.counterfactual, HasSubstr("without evidence the score is 12"));
    EXPECT_EQ(decision.undo, "wardhive decisions revert " + id.text());
    EXPECT_THAT(decision.playbook, HasSubstr("/1@"));
    EXPECT_FALSE(decision.evidence.empty());
    EXPECT_GE(decision.rails.size(), 6u);
    for (const auto& check : decision.rails) EXPECT_FALSE(check.says.empty()) << check.rail;
  }
}

TEST(Shadow, DecidesAndShowsButActsOnNothingUntilEnforced) {
  Settings settings;
  World w(settings);
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1");
  w.fault("job-1");
  w.pass(minutes(3));
  EXPECT_TRUE(w.actions.empty());
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Shadow);
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Shadow);
  EXPECT_EQ(w.incident_of(kJob1)->state, Detected);
  EXPECT_THAT(w.incident_of(kJob1)->timeline.back().text, HasSubstr("would drain job-1"));
  EXPECT_EQ(w.pages(), 0u);

  EXPECT_TRUE(w.command(CommandKind::SetMode, {}, {}, "", Mode::Enforce).accepted);
  EXPECT_THAT(w.bans, ElementsAre("job-1 203.0.113.66"));
  EXPECT_EQ(w.share_of("job-1"), 0u);
}

TEST(Shadow, ResolvesWhenTheEvidenceIsGone) {
  Settings settings;
  World w(settings);
  w.burst("203.0.113.66", "job-1");
  w.quiet("203.0.113.66", "job-1");
  EXPECT_EQ(w.incident_of(kAttacker)->state, Resolved);
}

TEST(NotifyOnly, TellsAPersonAndEndsWithItsEvidence) {
  Playbook book{"odd",
                1,
                "suspicious",
                {FindingKind::Anomaly},
                0,
                {},
                {{Verb::Notify, {}}},
                Recovery::Expire,
                "cccccccccccc"};
  World w(enforcing(), {book});
  w.feed(w.finding(FindingKind::Anomaly, kJob1, "controller", FindingPhase::Raised),
         {w.score(kJob1, 30)});
  EXPECT_EQ(w.incident_of(kJob1)->state, Watching);
  EXPECT_EQ(w.notices.size(), 1u);
  EXPECT_TRUE(w.decisions.empty());
  w.feed(w.finding(FindingKind::Anomaly, kJob1, "controller", FindingPhase::Cleared));
  w.pass(seconds(1));
  EXPECT_EQ(w.incident_of(kJob1)->state, Resolved);
}

// Nothing was done, so nothing was completed.
TEST(Respond, WhatWasNeverInForceLapses) {
  for (const auto mode : {Mode::Enforce, Mode::Shadow}) {
    auto settings = enforcing();
    settings.respond.mode = mode;
    auto inventory = five_nodes();
    if (mode == Mode::Enforce) inventory.nodes[0].controls.clear();  // nobody can act: held
    World w(settings, {brute_force()}, inventory);
    w.burst("203.0.113.66", "job-1");
    const auto subject = address("203.0.113.66");
    ASSERT_EQ(w.decision_of(subject)->state,
              mode == Mode::Enforce ? DecisionState::Held : DecisionState::Shadow);
    w.quiet("203.0.113.66", "job-1");
    w.pass(seconds(2));
    EXPECT_EQ(w.incident_of(subject)->state, IncidentState::Resolved);
    EXPECT_EQ(w.decision_of(subject)->state, DecisionState::Lapsed);
    EXPECT_NE(w.decision_of(subject)->ended_at, Instant{});
  }
}

TEST(Respond, RefusesTwoPlaybooksForOneKind) {
  auto other = bad_node();
  other.name = "other";
  const auto made = Respond::make(enforcing(), {bad_node(), other});
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message,
              HasSubstr("playbooks bad-node and other both want silent findings"));
}

TEST(Respond, RefusesASettingOutOfRange) {
  auto settings = enforcing();
  settings.respond.rails.min_healthy = 0;
  EXPECT_FALSE(Respond::make(settings, {}).has_value());
}

}  // namespace
}  // namespace wardhive
