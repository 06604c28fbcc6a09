#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

void probes(Rig& rig, int count, bool ok, std::string_view vantage = "gw-1") {
  for (int i = 0; i < count; ++i) {
    rig.pass(millis(500));
    rig.probe("job-3", vantage, ok);
  }
}

TEST(Reachability, FailuresInARowAreRaisedOnceAndSuccessesInARowClearOnce) {
  Rig rig("reachability");
  probes(rig, 10, true);
  probes(rig, 2, false);
  EXPECT_TRUE(rig.out.findings.empty());
  probes(rig, 50, false);
  ASSERT_EQ(rig.out.findings.size(), 1u);
  const auto& f = rig.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::Unreachable);
  EXPECT_EQ(f.subject, node("job-3"));
  EXPECT_EQ(f.observer, node("gw-1"));
  EXPECT_EQ(f.strength, 100);
  EXPECT_EQ(f.at - f.since, seconds(1)) << "the third probe at 500 ms";
  EXPECT_EQ(f.evidence.counterfactual, "one answered probe among the last 3");
  probes(rig, 5, true);
  EXPECT_EQ(rig.cleared(), 0u);
  probes(rig, 20, true);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Reachability, EveryThirdProbeLostIsNoFinding) {
  Rig rig("reachability");
  for (int i = 0; i < 100; ++i) {
    probes(rig, 2, false);
    probes(rig, 1, true);
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(Reachability, OneObserversFailureSaysNothingForAnother) {
  Rig rig("reachability");
  probes(rig, 10, false, "gw-1");
  probes(rig, 10, true, "controller");
  ASSERT_EQ(rig.raised(), 1u);
  EXPECT_EQ(rig.out.findings[0].observer, node("gw-1"));
}

TEST(Reachability, ANaNIsNoLook) {
  Rig rig("reachability");
  const auto success = rig.look("probe_success", "job-3", "gw-1");
  for (int i = 0; i < 20; ++i) {
    rig.pass(millis(500));
    rig.sample(success, std::numeric_limits<double>::quiet_NaN());
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(Reachability, AVantageWithFewProbesStillSpeaks) {
  Rig rig("reachability");
  for (int i = 0; i < 3; ++i) {
    rig.pass(minutes(10));
    rig.probe("job-3", "far-1", false);
  }
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(Reachability, NobodySpeaksWithAnothersEyesOrAboutItself) {
  Rig rig("reachability");
  auto forged = rig.look("probe_success", "job-3", "gw-1");
  forged.entity = node("job-9");
  const auto own = rig.look("probe_success", "job-3", "job-3");
  for (int i = 0; i < 20; ++i) {
    rig.pass(millis(500));
    rig.sample(forged, 0);
    rig.sample(own, 0);
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

// The gateway's check and the prober beside it are one observer: one claim, cleared when both
// agree.
TEST(Reachability, TwoStreamsOfOneObserverMakeOneClaim) {
  Rig rig("reachability");
  const auto check = rig.look("gateway_check_ok", "job-3", "gw-1");
  const auto both = [&](int count, bool probe_ok, double check_ok) {
    for (int i = 0; i < count; ++i) {
      probes(rig, 1, probe_ok);
      rig.sample(check, check_ok);
    }
  };
  both(10, false, 0);
  EXPECT_EQ(rig.raised(), 1u);
  both(20, true, 0);
  EXPECT_EQ(rig.cleared(), 0u) << "the gateway still sees it failing";
  both(10, true, 1);
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(Reachability, AStreamThatEndedDoesNotHoldTheClaim) {
  Rig rig("reachability");
  const auto check = rig.look("gateway_check_ok", "job-3", "gw-1");
  for (int i = 0; i < 5; ++i) {
    rig.pass(seconds(1));
    rig.sample(check, 0);
  }
  probes(rig, 10, true);
  EXPECT_EQ(rig.cleared(), 0u);
  probes(rig, 20, true);
  EXPECT_EQ(rig.cleared(), 1u);
}

}  // namespace
}  // namespace wardhive
