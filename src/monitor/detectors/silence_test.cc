#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

void beat(Rig& rig, std::string_view node, int beats) {
  for (int i = 0; i < beats; ++i) {
    rig.pass(seconds(1));
    rig.monitor->heard(node, rig.now);
    rig.tick();
  }
}

TEST(Silence, IsRaisedInTwoStagesOncePerGapAndClearedOnce) {
  Rig rig("silence");
  beat(rig, "job-1", 5);
  const auto heard_at = rig.now;
  rig.quiet(seconds(60));
  ASSERT_EQ(rig.out.findings.size(), 2u);
  const auto& suspect = rig.out.findings[0];
  EXPECT_EQ(suspect.kind, FindingKind::Silent);
  EXPECT_EQ(suspect.subject, node("job-1"));
  EXPECT_EQ(suspect.observer, node("controller"));
  EXPECT_EQ(suspect.strength, 40);
  EXPECT_EQ(suspect.at, heard_at + seconds(3));
  EXPECT_EQ(suspect.since, heard_at);
  EXPECT_EQ(suspect.evidence.summary, "nothing heard from job-1 for 3 s, bound 3 s");
  EXPECT_EQ(rig.out.findings[1].strength, 100);
  EXPECT_EQ(rig.out.findings[1].at, heard_at + seconds(6));

  beat(rig, "job-1", 5);
  ASSERT_EQ(rig.out.findings.size(), 3u);
  EXPECT_EQ(rig.out.findings[2].phase, FindingPhase::Cleared);
}

TEST(Silence, ANodeNeverHeardFromIsUnknownNotSilent) {
  Rig rig("silence");
  rig.record(Inventory{{{"job-1", "gpu", {}, {}, {}, true}}, {}, {}});
  rig.quiet(minutes(5));
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(Silence, ANodeThatSaysItStopsIsNotSilentUntilItCameBack) {
  Rig rig("silence");
  beat(rig, "job-1", 3);
  rig.event(EventKind::AgentStopping, node("job-1"), "job-1");
  rig.quiet(minutes(5));
  EXPECT_TRUE(rig.out.findings.empty());
  beat(rig, "job-1", 1);
  rig.quiet(seconds(10));
  EXPECT_EQ(rig.raised(), 2u);
}

TEST(Silence, NobodyStopsAnotherNode) {
  Rig rig("silence");
  beat(rig, "job-1", 3);
  rig.event(EventKind::AgentStopping, node("job-1"), "job-2");
  rig.quiet(seconds(4));
  ASSERT_EQ(rig.raised(), 1u);
  EXPECT_EQ(rig.out.findings[0].subject, node("job-1"));
}

// The observer failed, not the subject: a controller that slept for 20 s could not hear anyone.
TEST(Silence, OurOwnPauseIsNotTheNodesSilence) {
  Rig rig("silence");
  beat(rig, "job-1", 5);
  rig.pass(seconds(20));
  rig.tick();
  EXPECT_TRUE(rig.out.findings.empty());
  rig.quiet(seconds(2));
  EXPECT_TRUE(rig.out.findings.empty()) << "the count starts again at the end of the pause";
  rig.quiet(seconds(1));
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(Silence, AClockJumpStartsTheCountAgain) {
  Rig rig("silence");
  beat(rig, "job-1", 5);
  rig.quiet(seconds(2));
  rig.record(ClockJumped{minutes(5)});
  rig.quiet(seconds(2));
  EXPECT_TRUE(rig.out.findings.empty());
  rig.quiet(seconds(2));
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(Silence, AClaimSurvivesAPauseUntilTheNodeSpeaks) {
  Rig rig("silence");
  beat(rig, "job-1", 5);
  rig.quiet(seconds(10));
  rig.pass(seconds(20));
  rig.tick();
  EXPECT_EQ(rig.cleared(), 0u);
  beat(rig, "job-1", 1);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Silence, SamplesDatedIntoTheFutureBuyNoSilence) {
  Rig rig("silence");
  const auto load = rig.define("node_load1", {}, node("job-1"));
  for (int i = 0; i < 5; ++i) {
    rig.pass(seconds(1));
    rig.sample_at(load, i, rig.now + hours(10));
    rig.tick();
  }
  rig.quiet(seconds(10));
  EXPECT_EQ(rig.raised(), 2u);
}

// Prometheus brings a node's samples every 15 s: that is its rhythm, not its silence.
TEST(Silence, ANodeKnownOnlyBySamplesIsJudgedByItsOwnRhythm) {
  Rig rig("silence");
  const auto load = rig.define("node_load1", {}, node("db-1"));
  for (int i = 0; i < 20; ++i) {
    rig.sample(load, i);
    rig.quiet(seconds(15));
  }
  EXPECT_TRUE(rig.out.findings.empty());
  rig.quiet(seconds(30));
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(Silence, AFlappingNodeGetsTwoRaisesAndOneClearPerGap) {
  Rig rig("silence");
  for (int gap = 0; gap < 10; ++gap) {
    beat(rig, "job-1", 3);
    rig.quiet(seconds(8));
  }
  beat(rig, "job-1", 1);
  EXPECT_EQ(rig.raised(), 20u);
  EXPECT_EQ(rig.cleared(), 10u);
}

TEST(Silence, ANodeThatLeftTheInventoryIsForgotten) {
  Rig rig("silence");
  rig.record(Inventory{{{"job-1", "gpu", {}, {}, {}, true}}, {}, {}});
  beat(rig, "job-1", 3);
  rig.quiet(seconds(4));
  EXPECT_EQ(rig.raised(), 1u);
  rig.record(Inventory{});
  EXPECT_EQ(rig.cleared(), 1u);
  rig.quiet(minutes(1));
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(Silence, AnEnrolledAgentHasTheRightOfWayOverInventedNames) {
  Rig rig("silence", {}, {.nodes = 50});
  for (int i = 0; i < 150; ++i)
    rig.sample(rig.define("up", {{"n", std::to_string(i)}}, node("x" + std::to_string(i))), 1);
  EXPECT_EQ(rig.monitor->stats().nodes_refused, 100u);
  beat(rig, "job-1", 1);
  rig.quiet(seconds(4));
  EXPECT_EQ(rig.raised(), 1u);
}

}  // namespace
}  // namespace wardhive
