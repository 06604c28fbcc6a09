// The battery: what holds for every detector, run over the whole catalogue.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

Settings settings() {
  Settings s;
  s.chain.endpoints = {"http://127.0.0.1:8899"};
  s.thresholds = {{"node_load1", 8, 6, seconds(5), 30}, {"node_load1", 12, 9, seconds(2), 60}};
  return s;
}

// Everything that came out, byte for byte.
std::string fingerprint(const MonitorOutput& out) {
  std::string text;
  for (const auto& f : out.findings) text += encode_record(f) + "\n";
  for (const auto& h : out.health) text += encode_record(h) + "\n";
  BinaryWriter scores;
  for (const auto& s : out.scores) {
    scores(s.at);
    scores(s.score);
  }
  return text + scores.bytes();
}

// Five nodes, three vantages and an attacker for a while, with every kind of trouble in it: a slow
// node, an erring one, a dead one, a high load, a burst, a clock jump. The same in each run.
class Play {
 public:
  explicit Play(Rig& rig) : rig_(rig) { rig_.monitor->want_scores(true); }

  virtual ~Play() = default;
  virtual void before_step(int) {}
  virtual double value(double v) { return v; }
  virtual Instant dated(Instant at) { return at; }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      rig_.pass(millis(500));
      before_step(step);
      looks(step);
      metrics(step);
      chain(step);
      if (step == 150) rig_.record(Inventory{{{"job-1", "gpu", {}, {}, {}, true}}, {}, {}});
      if (step == 260) rig_.record(ClockJumped{seconds(9)});
      if (step > 100 && step < 130)
        rig_.event(EventKind::AuthFailed, address("203.0.113.66"), "job-1");
      if (step % 40 == 7) rig_.event(EventKind::AuthFailed, address("203.0.113.9"), "job-2");
      if (step == 140 || step == 180)
        rig_.record(Event{EventKind::AuthorityChanged,
                          chain_account("Stake11111111111111111111111111111111111111"),
                          node("controller"),
                          rig_.now,
                          {{"power", "withdraw"}, {"says", "somebody else may withdraw"}}});
      if (step > 60 && step < 100) registered(step);
      if (step > 100 && step < 110)
        rig_.record(Event{EventKind::CredentialShared,
                          node("job-3"),
                          node("controller"),
                          rig_.now,
                          {{"process", "a"}, {"other_process", "b"}, {"turns", "1"}}});
      if (step == 150 || step == 200)
        rig_.record(Event{EventKind::ProgramEventGap,
                          chain_account("Vote111111111111111111111111111111111111111"),
                          node("controller"),
                          rig_.now,
                          {{"sequence", "position 7"}, {"first", "2"}, {"last", "4"}}});
      if (step == 300) rig_.event(EventKind::AgentStopping, node("job-4"), "job-4");
      if (step % 2 == 0) rig_.tick();
    }
  }

 private:
  double noise() {
    seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(seed_ >> 40) / (1 << 24);
  }
  // Each series is defined once, before its first sample; `place` is its own.
  template <class Make>
  void add(int place, double v, Make&& make) {
    const auto [it, is_new] = ids_.try_emplace(place);
    if (is_new) {
      batch_.defined.push_back(make());
      it->second = batch_.defined.back().id;
    }
    batch_.samples.push_back({it->second, dated(rig_.now), value(v)});
  }
  void look(int place, std::string_view name, int subject, const char* vantage, double v) {
    add(100 * subject + place, v,
        [&] { return rig_.look(name, "job-" + std::to_string(subject), vantage); });
  }
  void metric(int place, std::string_view name, int n, double v) {
    const auto instance = [n] { return "job-" + std::to_string(n); };
    add(100 * n + place, v,
        [&] { return rig_.define(name, {{"instance", instance()}}, node(instance())); });
  }
  void send() {
    rig_.monitor->observe(batch_, rig_.now, rig_.out);
    batch_ = {};
  }
  void looks(int step) {
    for (int n = 0; n < 5; ++n) {
      const bool bad = n == 1 && step > 120 && step < 220,
                 gone = n == 3 && step > 160 && step < 240;
      int place = 0;
      for (const auto* vantage : {"controller", "gw-1", "peer-1"}) {
        look(place++, "probe_success", n, vantage, gone ? 0 : 1);
        look(place++, "probe_duration_seconds", n, vantage,
             gone ? 1 : (bad ? 0.4 : 0.01) + 0.002 * noise());
      }
      look(place++, "gateway_requests_total", n, "gw-1", requests_[n] += 20);
      look(place++, "gateway_errors_total", n, "gw-1", errors_[n] += bad ? 9 : 0);
      look(place++, "gateway_latency_seconds", n, "gw-1", bad ? 0.4 : 0.012);
      look(place++, "gateway_check_ok", n, "gw-1", gone ? 0 : 1);
      send();
    }
  }
  void metrics(int step) {
    for (int n = 0; n < 5; ++n) {
      if (n == 3 && step > 160 && step < 240) continue;
      metric(50, "node_load1", n, n == 2 && step > 200 && step < 280 ? 15 : 2 + noise());
      metric(51, "node_boot_time_seconds", n, 1.7e9);
      metric(52, "node_cpu_seconds_total", n, work_[n] += 10 + noise());
      send();
    }
  }

  void registered(int step) {
    rig_.record(Event{EventKind::ProgramEvent,
                      chain_account("Stake11111111111111111111111111111111111111"),
                      node("controller"),
                      rig_.now,
                      {{"name", "NodeRegistered"}, {"slot", std::to_string(5'000 + step)}}});
  }
  // Two endpoints that fail both for a while, and a cluster that stands still before that.
  void chain(int step) {
    const auto series = [&](int place, std::string_view name, Labels labels, double v) {
      add(1'000 + place, v, [&] { return rig_.define(name, labels, Entity{}); });
    };
    const bool down = step > 200 && step < 260;
    for (int e = 0; e < 2; ++e) {
      const Labels labels{{"endpoint", "rpc-" + std::to_string(e)}};
      series(3 * e, "chain_endpoint_up", labels, down ? 0 : 1);
      series(3 * e + 1, "chain_slot_lag", labels, e == 1 && step > 20 && step < 120 ? 20 : 0);
      series(3 * e + 2, "chain_rpc_latency_seconds", labels, 0.01 + 0.01 * noise());
    }
    if (!down) {
      if (step < 130 || step > 180) slot_ += 1.25;
      series(6, "chain_slot", {}, std::floor(slot_));
      series(7, "chain_skipped_slots_total", {}, std::floor(slot_ / 30));
      series(8, "chain_confirmation_seconds", {}, 1 + noise());
    }
    send();
  }

  Rig& rig_;
  SampleBatch batch_;
  double slot_ = 1'000;
  std::map<int, SeriesId> ids_;
  std::uint64_t seed_ = 1;
  std::map<int, double> requests_, errors_, work_;
};
constexpr int kSteps = 400;

class Catalog : public testing::TestWithParam<std::string_view> {
 protected:
  Rig rig(MonitorBounds bounds = {}) const { return Rig(GetParam(), settings(), bounds); }
};
INSTANTIATE_TEST_SUITE_P(All, Catalog, testing::ValuesIn([] {
                           std::vector<std::string_view> names;
                           for (const auto& entry : detector_catalog()) names.push_back(entry.name);
                           return names;
                         }()),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Catalog, SaysNothingAboutNothing) {
  auto r = rig();
  r.monitor->observe({}, r.now, r.out);
  r.quiet(minutes(10));
  r.record(ClockJumped{hours(-1)});
  r.record(Tick{});
  EXPECT_EQ(fingerprint(r.out), "");
}

TEST_P(Catalog, FindsItsTroubleInThePlay) {
  auto r = rig();
  Play(r).run(kSteps);
  EXPECT_NE(fingerprint(r.out), "");
}

TEST_P(Catalog, EachClaimIsRaisedThenClearedAndSaysWhatItRestsOn) {
  auto r = rig();
  Play(r).run(kSteps);
  std::map<std::tuple<FindingKind, Entity, Entity>, std::uint8_t> raised;
  for (const auto& f : r.out.findings) {
    const auto claim = std::tuple(f.kind, f.subject, f.observer);
    EXPECT_LE(f.since, f.at);
    EXPECT_FALSE(f.evidence.detector.empty());
    EXPECT_FALSE(f.evidence.summary.empty());
    if (f.phase == FindingPhase::Cleared) {
      EXPECT_EQ(raised.erase(claim), 1u) << f.evidence.summary;
      continue;
    }
    EXPECT_TRUE(f.strength >= 1 && f.strength <= 100);
    EXPECT_GE(f.strength, raised[claim]) << f.evidence.summary;
    EXPECT_FALSE(f.evidence.counterfactual.empty());
    EXPECT_TRUE(!f.evidence.inputs.empty() && f.evidence.inputs.size() <= 8) << f.evidence.summary;
    raised[claim] = f.strength;
  }
}

TEST_P(Catalog, ReplayGivesTheSameBytes) {
  auto a = rig(), b = rig();
  Play(a).run(kSteps);
  Play(b).run(kSteps);
  EXPECT_EQ(fingerprint(a.out), fingerprint(b.out));
  EXPECT_EQ(a.monitor->save(), b.monitor->save());
}

// Killed and brought back every few steps.
TEST_P(Catalog, SaveAndLoadMidwayChangeNothing) {
  struct Restarting final : Play {
    explicit Restarting(Rig& r) : Play(r), rig(r) {}
    void before_step(int step) override {
      if (step % 19 != 3) return;
      rig.restart();
      rig.monitor->want_scores(true);
    }
    Rig& rig;
  };
  auto straight = rig(), restarted = rig();
  Play(straight).run(kSteps);
  Restarting(restarted).run(kSteps);
  EXPECT_EQ(fingerprint(straight.out), fingerprint(restarted.out));
  EXPECT_EQ(straight.monitor->save(), restarted.monitor->save());
}

TEST_P(Catalog, NumbersThatAreNoneAreNoInput) {
  struct Broken final : Play {
    using Play::Play;
    double value(double v) override {
      const double none[] = {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             1e308,
                             -1e308,
                             5e-324};
      return ++n % 3 == 0 ? none[n / 3 % 6] : v;
    }
    unsigned n = 0;
  };
  auto r = rig();
  Broken(r).run(kSteps);
  for (const auto& s : r.out.scores) ASSERT_TRUE(std::isfinite(s.score) && s.score >= 0);
  for (const auto& h : r.out.health) ASSERT_LE(h.error_bps, 10'000u);
  r.restart();
}

TEST_P(Catalog, SamplesFromTheFutureCountAsNow) {
  struct Ahead final : Play {
    using Play::Play;
    Instant dated(Instant at) override { return at + hours(24 * 365 * 50); }
  };
  auto straight = rig(), ahead = rig();
  Play(straight).run(kSteps);
  Ahead(ahead).run(kSteps);
  EXPECT_EQ(fingerprint(straight.out), fingerprint(ahead.out));
}

TEST_P(Catalog, TimeGoingBackIsTimeStandingStill) {
  auto r = rig();
  Play(r).run(kSteps / 2);
  r.now -= hours(1);
  Play(r).run(kSteps / 2);
  r.now = Instant::min();
  r.tick();
  r.now = Instant::max();
  r.tick();
  Instant last = kNever;
  for (const auto& f : r.out.findings) {
    EXPECT_GE(f.at, last);
    EXPECT_LE(f.since, f.at);
    last = f.at;
  }
  r.restart();
}

TEST_P(Catalog, ARepeatedSampleIsNoNews) {
  auto r = rig();
  const auto load = r.define("node_load1", {}, node("job-1"));
  const auto probe = r.look("probe_success", "job-1", "gw-1");
  for (int i = 0; i < 100; ++i) {
    r.sample(load, i % 3);
    r.sample(probe, 1);
    r.pass(seconds(1));
  }
  const auto late = r.monitor->stats().samples_late;
  for (int i = 0; i < 100; ++i) {
    r.sample_at(load, 1'000, r.now - seconds(1));
    r.sample_at(probe, 0, r.now - seconds(1));
  }
  EXPECT_EQ(r.monitor->stats().samples_late, late + 200);
  EXPECT_TRUE(r.out.findings.empty());
}

TEST_P(Catalog, TenTimesTooManyOfEverythingAreCountedNotKept) {
  const MonitorBounds small{
      .nodes = 20, .pairs = 20, .sources = 20, .series = 20, .look_series = 40};
  auto fill = [&](int times) {
    auto r = rig(small);
    for (int i = 0; i < 20 * times; ++i) {
      const auto name = "n" + std::to_string(i);
      r.probe(name, "gw-1", true);
      r.sample(r.define("node_load1", {{"i", name}}, node("job-1")), i);
      r.event(EventKind::AuthFailed, address("192.0.2." + std::to_string(i)), "job-1");
      r.monitor->heard(name, r.now);
    }
    r.quiet(seconds(10));
    return r;
  };
  const auto full = fill(1), flooded = fill(10);
  EXPECT_LE(flooded.monitor->stats().state_bytes, 2 * full.monitor->stats().state_bytes);
  EXPECT_EQ(flooded.monitor->stats().series, 60u);
  EXPECT_EQ(flooded.monitor->stats().series_refused, 180u + 2 * 180u);
}

TEST_P(Catalog, ADamagedSnapshotIsRefusedAndTheMonitorIsAsNew) {
  auto r = rig();
  Play(r).run(50);
  const auto snapshot = r.monitor->save();
  const auto fresh = rig().monitor->save();
  for (std::size_t at = 0; at < snapshot.size(); at += 1 + snapshot.size() / 25) {
    auto damaged = snapshot;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    auto other = rig();
    const auto loaded = other.monitor->load(damaged);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(other.monitor->save(), fresh);
    EXPECT_FALSE(other.monitor->load(std::string_view(snapshot).substr(0, at)).has_value());
  }
}

}  // namespace
}  // namespace wardhive
