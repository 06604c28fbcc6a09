#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

TEST(Health, SumsUpTheWindowOncePerTickAndPair) {
  Rig rig("health");
  for (int i = 0; i < 20; ++i) {
    rig.pass(millis(500));
    rig.probe("job-1", "controller", i % 5 != 0, 0.010);
    rig.probe("job-1", "gw-1", true, 0.020);
  }
  rig.tick();
  ASSERT_EQ(rig.out.health.size(), 2u);
  const auto& h = rig.out.health[0];
  EXPECT_EQ(h.subject, node("job-1"));
  EXPECT_EQ(h.observer, node("controller"));
  EXPECT_EQ(h.fresh_at, rig.now);
  EXPECT_EQ(h.probes, 11u) << "5 s at 500 ms, both ends";
  EXPECT_EQ(h.probes_failed, 2u);
  EXPECT_EQ(h.requests, 9u);
  EXPECT_EQ(h.p99_us, 10'000u);
  EXPECT_TRUE(h.healthy);
}

TEST(Health, NoLookNoHealth) {
  Rig rig("health");
  rig.probe("job-1", "gw-1", true);
  rig.tick();
  EXPECT_EQ(rig.out.health.size(), 1u);
  rig.quiet(seconds(30));
  EXPECT_EQ(rig.out.health.size(), 1u);
}

TEST(Health, RealTrafficCountsBeforeProbes) {
  Rig rig("health");
  const auto requests = rig.look("gateway_requests_total", "job-1", "gw-1");
  const auto errors = rig.look("gateway_errors_total", "job-1", "gw-1");
  const auto latency = rig.look("gateway_latency_seconds", "job-1", "gw-1");
  for (int i = 0; i <= 4; ++i) {
    rig.pass(seconds(1));
    rig.probe("job-1", "gw-1", true, 0.001);
    rig.sample(requests, 1'000 + 100 * i);
    rig.sample(errors, 10 + 5 * i);
    rig.sample(latency, 0.2);
  }
  rig.tick();
  ASSERT_EQ(rig.out.health.size(), 1u);
  EXPECT_EQ(rig.out.health[0].requests, 400u);
  EXPECT_EQ(rig.out.health[0].error_bps, 500u);
  EXPECT_EQ(rig.out.health[0].p99_us, 200'000u);
}

TEST(Health, AGatewaysChecksAreNoRequests) {
  Rig rig("health");
  const auto requests = rig.look("gateway_requests_total", "job-1", "gw-1");
  const auto check = rig.look("gateway_check_ok", "job-1", "gw-1");
  for (int i = 0; i < 10; ++i) {
    rig.pass(millis(500));
    rig.sample(requests, 1'000);
    rig.sample(check, 1);
  }
  rig.tick();
  ASSERT_EQ(rig.out.health.size(), 1u);
  EXPECT_EQ(rig.out.health[0].requests, 0u);
  EXPECT_EQ(rig.out.health[0].error_bps, 0u);
}

TEST(Health, AnIdleGatewaysReportIsNoLook) {
  Rig rig("health");
  const auto requests = rig.look("gateway_requests_total", "job-1", "gw-1");
  for (int i = 0; i < 10; ++i) {
    rig.pass(seconds(1));
    rig.sample(requests, 1'000);
    rig.tick();
  }
  EXPECT_TRUE(rig.out.health.empty());
}

TEST(Health, IsUnhealthyWhileThisObserverSpeaksAgainstTheSubject) {
  Rig rig;
  const auto looks = [&](int count, bool ok) {
    for (int i = 0; i < count; ++i) {
      rig.pass(millis(500));
      rig.probe("job-1", "gw-1", ok);
      rig.probe("job-1", "controller", true);
    }
    rig.out.health.clear();
    rig.tick();
    ASSERT_EQ(rig.out.health.size(), 2u);
  };
  looks(20, true);
  EXPECT_TRUE(rig.out.health[0].healthy);
  looks(4, false);
  EXPECT_FALSE(rig.out.health[0].healthy);
  EXPECT_TRUE(rig.out.health[1].healthy) << "the controller still reaches it";
  looks(20, true);
  EXPECT_TRUE(rig.out.health[0].healthy);
}

}  // namespace
}  // namespace wardhive
