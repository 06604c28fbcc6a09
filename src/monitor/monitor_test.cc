// What only the whole monitor shows: routing, bounds, settings, snapshots.
#include "monitor/monitor.h"

#include <gtest/gtest.h>

#include <set>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

TEST(Monitor, RefusesASettingOutsideItsRange) {
  Settings settings;
  settings.monitor.shift_probes = 1;
  const auto made = Monitor::make(settings);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(made.error().message, "monitor.shift_probes is 1; it must be 2 to 50");
  settings = {};
  settings.monitor.silence_dead = hours(2);
  EXPECT_EQ(Monitor::make(settings).error().message,
            "monitor.silence_dead is 2h; it must be 1s to 1h");
}

TEST(Monitor, CountsWhatItDoesNotStep) {
  Rig rig;
  const auto load = rig.define("node_load1", {}, node("job-1"));
  rig.monitor->observe({{}, {{load.id, rig.now, 1}}}, rig.now, rig.out);
  rig.sample(load, 1);
  rig.sample_at(load, 2, rig.now - seconds(1));
  const auto stats = rig.monitor->stats();
  EXPECT_EQ(stats.samples, 3u);
  EXPECT_EQ(stats.samples_unknown, 1u);
  EXPECT_EQ(stats.samples_late, 1u);
  EXPECT_EQ(stats.series, 1u);
}

TEST(Monitor, JunkSeriesDoNotCrowdOutProbes) {
  Rig rig({}, {}, {.series = 10});
  for (int i = 0; i < 100; ++i)
    rig.sample(rig.define("junk", {{"i", std::to_string(i)}}, node("x")), 1);
  EXPECT_EQ(rig.monitor->stats().series_refused, 90u);
  for (int i = 0; i < 4; ++i) {
    rig.pass(millis(500));
    rig.probe("job-1", "gw-1", false);
  }
  EXPECT_EQ(rig.findings(FindingKind::Unreachable).size(), 1u);
}

// The second incident of the demo: a job service that slows down and errs, seen by three vantages.
TEST(Monitor, ABadNodeIsFoundByEachVantageWithinTwoAndAHalfSecondsAndItsNeighbourIsNot) {
  Rig rig;
  double requests = 0, errors = 0;
  const auto second = [&](bool bad) {
    for (int half = 0; half < 2; ++half) {
      rig.pass(millis(500));
      for (const auto* vantage : {"controller", "peer-1", "peer-2"}) {
        rig.probe("job-3", vantage, true, bad ? 0.4 : 0.011);
        rig.probe("job-4", vantage, true, 0.011);
      }
      requests += 30;
      errors += bad ? 10 : 0;
      rig.sample(rig.look("gateway_requests_total", "job-3", "gw-1"), requests);
      rig.sample(rig.look("gateway_errors_total", "job-3", "gw-1"), errors);
    }
    rig.tick();
  };
  for (int s = 0; s < 30; ++s) second(false);
  EXPECT_TRUE(rig.out.findings.empty());
  const auto fault_at = rig.now;
  for (int s = 0; s < 3; ++s) second(true);
  std::set<Entity> observers;
  for (const auto& f : rig.out.findings) {
    EXPECT_EQ(f.subject, node("job-3"));
    if (f.at - fault_at <= millis(2'500)) observers.insert(f.observer);
  }
  EXPECT_EQ(observers,
            (std::set<Entity>{node("controller"), node("gw-1"), node("peer-1"), node("peer-2")}));
}

TEST(Monitor, ASnapshotOfOtherDetectorsIsUnsupported) {
  Rig whole;
  EXPECT_EQ(Rig("silence").monitor->load(whole.monitor->save()).error().code,
            ErrorCode::Unsupported);
  EXPECT_EQ(whole.monitor->load("").error().code, ErrorCode::Corrupt);
}

TEST(Monitor, ASnapshotLoadsWhateverWasDefinedLast) {
  Rig rig;
  rig.sample(rig.define("node_load1", {}, node("job-1")), 1);
  rig.probe("job-1", "gw-1", true);
  rig.restart();
  rig.sample(rig.define("node_load1", {{"cpu", "0"}}, node("job-2")), 1);
  rig.restart();
  EXPECT_EQ(rig.monitor->stats().series, 4u);
}

TEST(Monitor, AControllerThatWasDownDoesNotCallTheNodesSilent) {
  Rig rig;
  for (int i = 0; i < 5; ++i) {
    rig.pass(seconds(1));
    rig.monitor->heard("job-1", rig.now);
    rig.tick();
  }
  rig.restart();
  rig.pass(minutes(10));
  rig.tick();
  EXPECT_TRUE(rig.out.findings.empty());
}

}  // namespace
}  // namespace wardhive
