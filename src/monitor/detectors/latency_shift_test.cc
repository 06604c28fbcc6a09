#include <gtest/gtest.h>

#include <cmath>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

// About 11 ms with some noise, the same in every run.
double usual(int i) { return 0.0105 + 0.001 * ((i * 7919) % 100) / 100; }

void probes(Rig& rig, int count, double took_s = 0, bool ok = true) {
  for (int i = 0; i < count; ++i) {
    rig.pass(millis(500));
    rig.probe("job-3", "gw-1", ok, took_s > 0 ? took_s : usual(i));
  }
}

TEST(LatencyShift, IsFoundInThreeLooksAndClearedAfterSix) {
  Rig rig("latency_shift");
  probes(rig, 60);
  EXPECT_TRUE(rig.out.findings.empty());
  const auto fault_at = rig.now;
  probes(rig, 20, 0.412);
  ASSERT_EQ(rig.raised(), 1u);
  const auto& f = rig.out.findings[0];
  EXPECT_LE(f.at - fault_at, millis(1'500));
  EXPECT_EQ(f.strength, 100);
  EXPECT_EQ(f.evidence.summary,
            "probe of job-3 by gw-1 took 412 ms, usual 11 ms, bound 61 ms, 3 looks in a row");
  EXPECT_EQ(f.evidence.inputs.size(), 3u);
  probes(rig, 5);
  EXPECT_EQ(rig.cleared(), 0u);
  probes(rig, 30);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(LatencyShift, WhatStaysSlowStaysOdd) {
  Rig rig("latency_shift");
  probes(rig, 60);
  probes(rig, 3'000, 0.412);
  EXPECT_EQ(rig.raised(), 1u);
  EXPECT_EQ(rig.cleared(), 0u);
}

TEST(LatencyShift, SingleSlowLooksAreNoShift) {
  Rig rig("latency_shift");
  for (int i = 0; i < 200; ++i) {
    probes(rig, 8);
    probes(rig, 2, 0.5);
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(LatencyShift, AFewMillisecondsMoreAreNoShiftHoweverManyTimesTheMedian) {
  Rig rig("latency_shift");
  probes(rig, 60, 0.0005);
  probes(rig, 60, 0.020);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(LatencyShift, NothingIsSaidBeforeItsOwnPastIsKnown) {
  Rig rig("latency_shift");
  probes(rig, 4);
  probes(rig, 4, 0.5);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(LatencyShift, AFailedProbesDurationIsNoLatency) {
  Rig rig("latency_shift");
  probes(rig, 60);
  probes(rig, 60, 1.0, false);
  EXPECT_TRUE(rig.out.findings.empty());
  probes(rig, 60, 0.0001, false);
  probes(rig, 60);
  EXPECT_TRUE(rig.out.findings.empty());
}

// The verdict on a probe may come before its duration, or after.
TEST(LatencyShift, TheOrderOfAProbesTwoSamplesDoesNotMatter) {
  Rig rig("latency_shift");
  const auto success = rig.look("probe_success", "job-3", "gw-1");
  const auto duration = rig.look("probe_duration_seconds", "job-3", "gw-1");
  for (int i = 0; i < 70; ++i) {
    rig.pass(millis(500));
    rig.sample(duration, i < 60 ? usual(i) : 0.4);
    rig.sample(success, 1);
  }
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(LatencyShift, AGatewayWithoutTrafficNeitherRaisesNorHolds) {
  Rig rig("latency_shift");
  const auto latency = rig.look("gateway_latency_seconds", "job-3", "gw-1");
  for (int i = 0; i < 60; ++i) {
    rig.pass(seconds(1));
    rig.sample(latency, usual(i));
  }
  rig.quiet(minutes(10));
  EXPECT_TRUE(rig.out.findings.empty());
  for (int i = 0; i < 5; ++i) {
    rig.pass(seconds(1));
    rig.sample(latency, 0.5);
  }
  EXPECT_EQ(rig.raised(), 1u);
  rig.quiet(minutes(1));  // drained: no traffic, so nothing more from this stream
  EXPECT_EQ(rig.cleared(), 0u) << "no data is not success";
  probes(rig, 40);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(LatencyShift, AShiftThatGrowsIsSaidAgainAFewTimesAtMost) {
  Rig rig("latency_shift");
  probes(rig, 60);
  for (int i = 0; i < 200; ++i) probes(rig, 1, 0.070 + 0.002 * i);
  EXPECT_GE(rig.raised(), 2u);
  EXPECT_LE(rig.raised(), 3u);
}

TEST(LatencyShift, ASlowCreepWithinSecondsDoesNotBecomeThePast) {
  Rig rig("latency_shift");
  probes(rig, 200);
  for (int i = 0; i < 60; ++i) probes(rig, 1, 0.010 * std::exp2(i / 10.0));
  EXPECT_GE(rig.raised(), 1u);
}

}  // namespace
}  // namespace wardhive
