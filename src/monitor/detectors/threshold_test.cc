#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

Settings settings() {
  Settings s;
  s.thresholds = {{"node_load1", 8, 6, seconds(15), 30}, {"node_load1", 32, 20, seconds(5), 60}};
  return s;
}
void run(Rig& rig, const SeriesDefined& series, double value, int samples,
         Duration every = seconds(5)) {
  for (int i = 0; i < samples; ++i) {
    rig.pass(every);
    rig.sample(series, value);
  }
}

TEST(Threshold, IsRaisedAfterItsHoldAndClearedBelowItsLowerBound) {
  Rig rig("threshold", settings());
  const auto load = rig.define("node_load1", {}, node("job-1"));
  run(rig, load, 10, 3);
  EXPECT_TRUE(rig.out.findings.empty());
  run(rig, load, 10, 10);
  ASSERT_EQ(rig.out.findings.size(), 1u);
  EXPECT_EQ(rig.out.findings[0].evidence.summary, "node_load1 is 10, above 8 for 15 s");
  EXPECT_EQ(rig.out.findings[0].strength, 30);
  run(rig, load, 7, 10);
  EXPECT_EQ(rig.cleared(), 0u) << "between the bounds nothing changes";
  run(rig, load, 5, 10);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Threshold, FlappingAroundTheBoundIsNoFinding) {
  Rig rig("threshold", settings());
  const auto load = rig.define("node_load1", {}, node("job-1"));
  for (int i = 0; i < 100; ++i) {
    run(rig, load, 9, 3);
    run(rig, load, 7.9, 1);
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(Threshold, AHoldDoesNotSpanAGapOrAClockJump) {
  Rig rig("threshold", settings());
  const auto load = rig.define("node_load1", {}, node("job-1"));
  run(rig, load, 10, 1);
  rig.pass(hours(1));
  run(rig, load, 10, 3);
  EXPECT_TRUE(rig.out.findings.empty());
  rig.record(ClockJumped{hours(1)});
  run(rig, load, 10, 3);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(Threshold, SeriesOfOneEntityMakeOneClaimAndTheStrongerIsSaid) {
  Rig rig("threshold", settings());
  const auto a = rig.define("node_load1", {{"cpu", "a"}}, node("job-1"));
  const auto b = rig.define("node_load1", {{"cpu", "b"}}, node("job-1"));
  run(rig, a, 10, 6);
  run(rig, b, 10, 6);
  EXPECT_EQ(rig.raised(), 1u);
  run(rig, b, 40, 6);
  ASSERT_EQ(rig.raised(), 2u);
  EXPECT_EQ(rig.out.findings[1].strength, 60);
  run(rig, b, 0, 1);
  EXPECT_EQ(rig.cleared(), 0u);
  run(rig, a, 0, 1);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Threshold, ASeriesThatEndsIsClearedAfterFiveMinutes) {
  Rig rig("threshold", settings());
  run(rig, rig.define("node_load1", {}, node("job-1")), 10, 6);
  rig.quiet(minutes(5));
  EXPECT_EQ(rig.cleared(), 0u);
  rig.quiet(seconds(2));
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Threshold, ASnapshotOfOtherThresholdsDoesNotLoad) {
  Rig rig("threshold", settings());
  auto other = settings();
  other.thresholds[0].above = 7;
  EXPECT_FALSE(Rig("threshold", other).monitor->load(rig.monitor->save()));
}

}  // namespace
}  // namespace wardhive
