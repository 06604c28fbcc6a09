// What the monitor costs: time per sample and bytes per series (ours, and what the heap says),
// events per second, and the tick of a large network. One thread; the generator's time is not
// counted.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cmath>

#include "monitor/detectors/anomaly_model.h"
#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

double heap_bytes() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

// A fleet's metrics: a fifth constant, a fifth counters, the rest noisy gauges; 1,000 series a
// node.
class Fleet {
 public:
  explicit Fleet(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto instance = "node-" + std::to_string(i / 1'000);
      Labels labels{{"__name__", (i % 5 == 1 ? "metric_" + std::to_string(i % 1'000) + "_total"
                                             : "metric_" + std::to_string(i % 1'000))},
                    {"device", "d" + std::to_string(i % 7)},
                    {"instance", instance},
                    {"job", "node"}};
      SeriesDefined series{{}, *canonical_labels(std::move(labels)), node(instance)};
      series.id = series_id(series.labels);
      batch_.defined.push_back(std::move(series));
      batch_.samples.push_back({batch_.defined.back().id, kStart, 0});
    }
    totals_.resize(count);
  }
  SampleBatch definitions() const { return {batch_.defined, {}}; }
  // The next value of every series.
  const SampleBatch& row(Instant at) {
    batch_.defined.clear();
    for (std::size_t i = 0; i < batch_.samples.size(); ++i) {
      seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
      const double noise = static_cast<double>(seed_ >> 40) / (1 << 24);
      auto& sample = batch_.samples[i];
      sample.at = at;
      sample.value = i % 5 == 0 ? 42 : i % 5 == 1 ? (totals_[i] += 10 + noise) : 100 + 20 * noise;
    }
    return batch_;
  }

 private:
  SampleBatch batch_;
  std::vector<double> totals_;
  std::uint64_t seed_ = 1;
};

void observe(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Fleet fleet(count);
  const auto definitions = fleet.definitions();
  fleet.row(kStart);
  const double heap_before = heap_bytes();
  Rig rig;
  rig.monitor->observe(definitions, rig.now, rig.out);
  const auto step = [&](Duration by) {
    rig.pass(by);
    const auto& row = fleet.row(rig.now);
    return [&] {
      rig.monitor->observe(row, rig.now, rig.out);
      rig.tick();
      rig.out = {};
    };
  };
  for (int i = 0; i < 24; ++i) step(hours(1))();  // a day, so that every model has its daily course
  for (int i = 0; i < 4; ++i) step(seconds(5))();
  for (auto _ : state) {
    state.PauseTiming();
    const auto run = step(seconds(5));
    state.ResumeTiming();
    run();
  }
  const auto samples = static_cast<double>(state.iterations()) * static_cast<double>(count);
  state.counters["samples/s"] = benchmark::Counter(samples, benchmark::Counter::kIsRate);
  state.counters["time/sample"] =
      benchmark::Counter(samples, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["B/series"] =
      static_cast<double>(rig.monitor->stats().state_bytes) / static_cast<double>(count);
  state.counters["heap_B/series"] = (heap_bytes() - heap_before) / static_cast<double>(count);
}
BENCHMARK(observe)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->MinTime(2);

void anomaly_model(benchmark::State& state) {
  AnomalyModel model;
  std::uint64_t seed = 1;
  Instant at = kStart;
  for (auto _ : state) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    at += seconds(5);
    benchmark::DoNotOptimize(model.step(static_cast<double>(seed >> 40), at));
  }
}
BENCHMARK(anomaly_model);

// Lines of 10,000 addresses, in turn; each soon is a burst. Making the record counts too.
void auth_events(benchmark::State& state) {
  Rig rig;
  std::vector<Event> events;
  for (int i = 0; i < 10'000; ++i)
    events.push_back({EventKind::AuthFailed,
                      address("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)),
                      node("job-1"),
                      {},
                      {{"user", "root"},
                       {"line",
                        "Dec 10 06:55:46 LabSZ sshd[24200]: Failed password for root from "
                        "203.0.113.66 port 4242 ssh2"}}});
  std::size_t next = 0;
  for (auto _ : state) {
    auto& event = events[next++ % events.size()];
    rig.pass(nanos(100'000));
    event.at = rig.now;
    rig.record(event);
    if (next % 10'000 == 0) rig.out = {};
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(auth_events);

// 1,000 nodes, each looked at by 4 vantages since the last tick.
void tick(benchmark::State& state) {
  Rig rig;
  const std::vector<std::string> vantages{"controller", "gw-1", "peer-1", "peer-2"};
  SampleBatch looks;
  for (int n = 0; n < 1'000; ++n)
    for (const auto& vantage : vantages)
      for (const auto* name : {"probe_success", "probe_duration_seconds"}) {
        looks.defined.push_back(rig.look(name, "job-" + std::to_string(n), vantage));
        looks.samples.push_back({looks.defined.back().id, {}, name[6] == 's' ? 1 : 0.01});
      }
  for (auto _ : state) {
    state.PauseTiming();
    rig.out = {};
    for (int half = 0; half < 2; ++half) {
      rig.pass(millis(500));
      for (auto& sample : looks.samples) sample.at = rig.now;
      rig.monitor->observe(looks, rig.now, rig.out);
      looks.defined.clear();
    }
    state.ResumeTiming();
    rig.tick();
  }
  state.counters["B/pair"] = static_cast<double>(rig.monitor->stats().state_bytes) / 4'000;
}
BENCHMARK(tick)->Unit(benchmark::kMicrosecond);

// 4,000 looks, each a success and a duration, through every detector that wants them.
void looks(benchmark::State& state) {
  Rig rig;
  SampleBatch batch;
  for (int n = 0; n < 1'000; ++n)
    for (const auto* vantage : {"controller", "gw-1", "peer-1", "peer-2"})
      for (const auto* name : {"probe_success", "probe_duration_seconds"}) {
        batch.defined.push_back(rig.look(name, "job-" + std::to_string(n), vantage));
        batch.samples.push_back({batch.defined.back().id, {}, name[6] == 's' ? 1 : 0.01});
      }
  for (auto _ : state) {
    rig.pass(millis(500));
    for (auto& sample : batch.samples) sample.at = rig.now;
    rig.monitor->observe(batch, rig.now, rig.out);
    batch.defined.clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch.samples.size()));
}
BENCHMARK(looks)->Unit(benchmark::kMicrosecond);

void save_and_load(benchmark::State& state) {
  Fleet fleet(100'000);
  Rig rig;
  rig.monitor->observe(fleet.definitions(), rig.now, rig.out);
  for (int i = 0; i < 26; ++i) {
    rig.pass(hours(1));
    rig.monitor->observe(fleet.row(rig.now), rig.now, rig.out);
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto snapshot = rig.monitor->save();
    bytes = snapshot.size();
    WARDHIVE_ASSERT(rig.monitor->load(snapshot).has_value());
  }
  state.counters["snapshot_B/series"] = static_cast<double>(bytes) / 100'000;
}
BENCHMARK(save_and_load)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wardhive
