#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

struct Gateway {
  Rig& rig;
  double requests = 1'000, errors = 3;
  void report(double more, double failed) {
    requests += more;
    errors += failed;
    rig.pass(millis(500));
    send();
  }
  void send() {
    const auto r = rig.look("gateway_requests_total", "job-3", "gw-1");
    const auto e = rig.look("gateway_errors_total", "job-3", "gw-1");
    rig.monitor->observe({{r, e}, {{r.id, rig.now, requests}, {e.id, rig.now, errors}}}, rig.now,
                         rig.out);
  }
  void reports(int count, double more, double failed) {
    for (int i = 0; i < count; ++i) report(more, failed);
  }
};

void probes(Rig& rig, std::string_view pattern) {
  for (const char c : pattern) {
    rig.pass(millis(500));
    rig.probe("job-3", "gw-1", c == '+');
  }
}

TEST(ErrorShift, AThirdOfTheRequestsFailingIsFoundWithinTwoSeconds) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(60, 20, 0);
  const auto fault_at = rig.now;
  gateway.reports(20, 20, 7);
  ASSERT_GE(rig.raised(), 1u);
  EXPECT_LE(rig.out.findings[0].at - fault_at, seconds(2));
  EXPECT_LE(rig.raised(), 3u) << "said again only when stronger";
  EXPECT_GE(rig.out.findings[0].since, fault_at - millis(500));
  EXPECT_FALSE(rig.out.findings[0].evidence.inputs.empty());
  gateway.reports(30, 20, 0);
  EXPECT_EQ(rig.cleared(), 1u);
}

// A machine that stood still and is back: by the time its failures are enough to tell, none is new.
TEST(ErrorShift, WhatIsOverRaisesNothing) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(60, 2, 0);
  gateway.reports(2, 2, 2);  // 4 of 4: too few requests to tell
  gateway.reports(20, 2, 0);
  EXPECT_EQ(rig.raised(), 0u);
  gateway.reports(6, 2, 2);
  EXPECT_GE(rig.raised(), 1u) << "while it lasts it is told";
}

TEST(ErrorShift, ThreeLostLooksOfTenAreChanceFourAreNot) {
  for (const bool four : {false, true}) {
    Rig rig("error_shift");
    probes(rig, "++++++++++++++++++++++++++++++");
    probes(rig, four ? "-+-+-+-" : "-++-++-");
    EXPECT_EQ(rig.raised(), four ? 1u : 0u);
  }
}

TEST(ErrorShift, TwoErrorsOfTenRequestsAreTooFewToTell) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(200, 1, 0);
  gateway.reports(2, 1, 1);
  gateway.reports(20, 1, 0);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(ErrorShift, AShareThatWasAlwaysThereIsNoShift) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(400, 20, 5);
  EXPECT_TRUE(rig.out.findings.empty());
  gateway.reports(20, 20, 14);
  EXPECT_GE(rig.raised(), 1u);
}

TEST(ErrorShift, ARestartedGatewaysCountersAreNoErrors) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.requests = 1e6;
  gateway.errors = 9'000;
  gateway.reports(60, 20, 0);
  gateway.requests = gateway.errors = 0;
  gateway.reports(60, 20, 0);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(ErrorShift, TheFirstSampleOfACounterIsNoBurst) {
  Rig rig("error_shift");
  Gateway gateway{rig, 1e6, 9e5};
  gateway.reports(60, 20, 0);
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(ErrorShift, ProbesThatFlapAreFoundThoughNeverThreeInARow) {
  Rig rig("error_shift");
  probes(rig, "++++++++++++++++++++++++++++++");
  for (int i = 0; i < 4; ++i) probes(rig, "--+-+");
  EXPECT_GE(rig.raised(), 1u);
}

// A node that is gone is Unreachable; the same fact must not count as a second family of evidence.
TEST(ErrorShift, ANodeThatIsGoneIsNotAlsoErring) {
  Rig rig("error_shift");
  probes(rig, "++++++++++++++++++++++++++++++");
  for (int i = 0; i < 40; ++i) probes(rig, "-");
  for (int i = 0; i < 40; ++i) probes(rig, "+");
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(ErrorShift, ADrainedNodesClaimIsClearedByItsGoodLooks) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(60, 20, 0);
  gateway.reports(10, 20, 15);
  EXPECT_GE(rig.raised(), 1u);
  rig.quiet(seconds(30));
  EXPECT_EQ(rig.cleared(), 0u) << "no data is not success";
  for (int i = 0; i < 30; ++i) probes(rig, "+");
  EXPECT_EQ(rig.cleared(), 1u);
  const auto raised = rig.raised();
  gateway.reports(20, 20, 15);
  EXPECT_GT(rig.raised(), raised) << "what it did before the drain did not become its past";
}

TEST(ErrorShift, ErrorsAloneOrMoreThanRequestsAreHarmless) {
  Rig rig("error_shift");
  Gateway gateway{rig};
  gateway.reports(60, 0, 5);
  EXPECT_TRUE(rig.out.findings.empty());
}

}  // namespace
}  // namespace wardhive
