#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "monitor/detectors/anomaly_model.h"
#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

// The same in every run: a day's wave with noise, one value per 5 minutes.
class Wave {
 public:
  double operator()(int i) {
    seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
    const double noise = static_cast<double>(seed_ >> 40) / (1 << 24) - 0.5;
    return 100 + 30 * std::sin(i * 2 * 3.14159265 / 288) + 4 * noise;
  }

 private:
  std::uint64_t seed_ = 7;
};
Instant at(int i) { return kStart + minutes(5) * i; }

TEST(AnomalyModel, ASpikeStandsOutAndItsReasonIsNamed) {
  AnomalyModel model;
  Wave wave;
  float most_usual = 0;
  for (int i = 0; i < 3'000; ++i) {
    const float score = model.step(wave(i), at(i));
    if (i > 1'000) most_usual = std::max(most_usual, score);
  }
  const float spike = model.step(400, at(3'000));
  EXPECT_GT(spike, 1.5f);
  EXPECT_GT(spike, 1.3f * most_usual);
  EXPECT_NE(model.reason(), AnomalyModel::Liveliness);
}

// The unit of the score: the same share of noise is odd, whatever its distribution.
TEST(AnomalyModel, OneValueInAThousandOfNoiseIsOdd) {
  std::mt19937_64 bits(1);
  const auto uniform = [&] {
    return (static_cast<double>(bits() >> 11) + 0.5) / 9007199254740992.0;
  };
  const auto normal = [&] {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307 * uniform());
  };
  double walk = 0;
  const std::function<double()> noises[] = {normal, uniform, [&] { return std::exp(normal()); },
                                            [&] { return walk += normal(); },
                                            [&] { return bits() % 50 == 0 ? 10 + normal() : 0; }};
  for (const auto& noise : noises) {
    int odd = 0;
    for (int series = 0; series < 20; ++series) {
      AnomalyModel model;
      for (int i = 0; i < 3'000; ++i) odd += model.step(noise(), at(i)) >= 1 && i >= 500;
    }
    EXPECT_GE(odd, 25);  // of 50,000
    EXPECT_LE(odd, 100);
  }
}

TEST(AnomalyModel, AUsualDayRaisesFewAlarms) {
  AnomalyModel model;
  Wave wave;
  int alarms = 0;
  for (int i = 0; i < 20'000; ++i) alarms += model.step(wave(i), at(i)) >= 1;
  EXPECT_LE(alarms, 20'000 / 800);
}

TEST(AnomalyModel, ANightValueAtNoonIsOddThoughWithinItsRange) {
  AnomalyModel model;
  Wave wave;
  for (int i = 0; i < 288 * 14 + 72; ++i) model.step(wave(i), at(i));
  float most = 0;
  for (int i = 0; i < 6; ++i) most = std::max(most, model.step(75, at(288 * 14 + 72 + i)));
  EXPECT_GE(most, 1.0f);
}

TEST(AnomalyModel, NothingIsOddBeforeItHasAPast) {
  AnomalyModel model;
  for (std::uint32_t i = 0; i < AnomalyModel::kWarmup; ++i)
    EXPECT_EQ(model.step(i % 2 ? 1e9 : -1e9, at(static_cast<int>(i))), 0);
}

// Whatever follows cannot change what was said: two runs that part later agree before.
TEST(AnomalyModel, TheFutureDoesNotReachBack) {
  AnomalyModel a, b;
  Wave wave_a, wave_b;
  std::vector<float> scores_a, scores_b;
  for (int i = 0; i < 2'000; ++i) {
    const double v = wave_a(i), w = wave_b(i);
    scores_a.push_back(a.step(v, at(i)));
    scores_b.push_back(b.step(i < 1'000 ? w : 1e6, at(i)));
  }
  scores_a.resize(1'000);
  scores_b.resize(1'000);
  EXPECT_EQ(scores_a, scores_b);
}

TEST(AnomalyModel, TheUnitDoesNotMatter) {
  AnomalyModel bytes, gigabytes;
  Wave wave;
  for (int i = 0; i < 2'000; ++i) {
    const double v = wave(i);
    EXPECT_NEAR(bytes.step(v * (1 << 30), at(i)), gigabytes.step(v, at(i)), 0.05);
  }
}

TEST(Anomaly, IsRaisedOnceForAnEpisodeAndClearedWhenItIsOver) {
  Rig rig("anomaly");
  Wave wave;
  const auto load = rig.define("node_load1", {}, node("job-1"));
  const auto feed = [&](int from, int to, double more) {
    for (int i = from; i < to; ++i) {
      rig.pass(minutes(5));
      rig.sample(load, wave(i) + more);
      rig.tick();
    }
  };
  feed(0, 3'000, 0);
  rig.out.findings.clear();
  feed(3'000, 3'004, 300);
  ASSERT_GE(rig.raised(), 1u);
  EXPECT_LE(rig.raised(), 2u);
  EXPECT_EQ(rig.out.findings[0].kind, FindingKind::Anomaly);
  EXPECT_EQ(rig.out.findings[0].subject, node("job-1"));
  EXPECT_LE(rig.out.findings[0].strength, 60);
  rig.quiet(minutes(10));
  EXPECT_EQ(rig.cleared(), 1u);
}

// One odd value among a thousand series is what chance brings; a fifth of them at once is not.
TEST(Anomaly, OneOfManySeriesIsNoFindingMuchOfThemIs) {
  Rig rig("anomaly");
  std::vector<SeriesDefined> series;
  for (int s = 0; s < 200; ++s)
    series.push_back(rig.define("m", {{"s", std::to_string(s)}}, node("job-1")));
  Wave wave;
  const auto row = [&](int odd_count) {
    rig.pass(seconds(5));
    SampleBatch batch;
    for (int s = 0; s < 200; ++s)
      batch.samples.push_back(
          {series[static_cast<std::size_t>(s)].id, rig.now,
           wave(s) - 30 * std::sin(s * 2 * 3.14159265 / 288) + (s < odd_count ? 500 : 0)});
    rig.monitor->observe(batch, rig.now, rig.out);
    rig.tick();
  };
  rig.monitor->observe({series, {}}, rig.now, rig.out);
  for (int i = 0; i < 600; ++i) row(0);
  EXPECT_EQ(rig.raised(), 0u);
  row(1);
  EXPECT_EQ(rig.raised(), 0u);
  for (int i = 0; i < 50; ++i) row(0);
  row(40);
  EXPECT_TRUE(rig.raised() == 1 || rig.raised() == 2) << "once, and perhaps stronger";
}

TEST(Anomaly, ScoresAreGivenOnlyWhenAskedForOnePerRow) {
  Rig rig("anomaly");
  const auto load = rig.define("node_load1", {}, node("job-1"));
  rig.sample(load, 1);
  EXPECT_TRUE(rig.out.scores.empty());
  rig.monitor->want_scores(true);
  for (int i = 0; i < 10; ++i) {
    rig.pass(seconds(1));
    rig.sample(load, i == 5 ? std::nan("") : i);
  }
  ASSERT_EQ(rig.out.scores.size(), 10u);
  rig.sample_at(load, 1, rig.now - seconds(5));
  ASSERT_EQ(rig.out.scores.size(), 11u) << "a late row is not stepped, but has its line";
  EXPECT_EQ(rig.out.scores[0].series, load.id);
  EXPECT_EQ(rig.out.scores[0].threshold, 1);
}

TEST(Anomaly, LooksAndASwitchedOffDetectorCostNothing) {
  Settings off;
  off.monitor.anomaly = false;
  Rig with("anomaly"), without("anomaly", off);
  for (auto* rig : {&with, &without}) rig->monitor->want_scores(true);
  with.probe("job-1", "gw-1", true);
  without.sample(without.define("node_load1", {}, node("job-1")), 1);
  EXPECT_TRUE(with.out.scores.empty());
  EXPECT_TRUE(without.out.scores.empty());
}

TEST(Anomaly, AConstantSeriesStaysSmall) {
  Rig rig("anomaly");
  const auto steady = rig.define("a", {}, node("job-1")),
             moving = rig.define("b", {}, node("job-2"));
  rig.sample(steady, 42);
  const auto before = rig.monitor->stats().state_bytes;
  for (int i = 0; i < 1'000; ++i) {
    rig.pass(seconds(1));
    rig.sample(steady, 42);
  }
  EXPECT_EQ(rig.monitor->stats().state_bytes, before);
  rig.sample(moving, 1);
  rig.pass(seconds(1));
  rig.sample(moving, 2);
  EXPECT_GT(rig.monitor->stats().state_bytes, before + 128);
}

TEST(Anomaly, ASteadyCounterIsUsualAndAStandstillIsNot) {
  Rig rig("anomaly");
  rig.monitor->want_scores(true);
  const auto work = rig.define("node_cpu_seconds_total", {}, node("job-1"));
  Wave wave;
  double total = 0;
  for (int i = 0; i < 2'000; ++i) {
    rig.pass(seconds(5));
    rig.sample(work, total += 5 + 0.01 * wave(0));
  }
  rig.out.scores.clear();
  for (int i = 0; i < 20; ++i) {
    rig.pass(seconds(5));
    rig.sample(work, total);
  }
  EXPECT_TRUE(std::any_of(rig.out.scores.begin(), rig.out.scores.end(),
                          [](const auto& s) { return s.score >= 1; }));
}

}  // namespace
}  // namespace wardhive
