// What a million scored entities cost. The generator is this process: addresses in random order, so
// that each visit misses the caches.
//   lookup        the floor: the same visits to a plain std::unordered_map that holds one number
//   each update+read   find, raise, sum: what a score costs placed        and ranked, with its next
//   look in the wheel explained     the same through Risk::record, with the full explanation that
//   is journalled tick          one second of a million decaying entities
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <random>
#include <unordered_map>

#include "risk/risk.h"
#include "risk/scoring/entities.h"

namespace wardhive {
namespace {

Entity attacker(std::uint32_t i) {
  return address(fmt::format("10.{}.{}.{}", i >> 16 & 255, i >> 8 & 255, i & 255));
}

// The one finding of a bench, as hot as one that has just arrived; only its subject changes.
Finding burst() {
  Finding f;
  f.kind = FindingKind::AuthFailureBurst;
  f.observer = node("job-1");
  f.strength = 80;
  f.evidence.summary = "8 failed log-ins within 2m from this address, at least 5 are a burst";
  return f;
}

std::vector<Entity> attackers(std::int64_t count) {
  std::vector<Entity> subjects;
  for (std::uint32_t i = 0; i < count; ++i) subjects.push_back(attacker(i));
  std::shuffle(subjects.begin(), subjects.end(), std::mt19937(1));
  return subjects;
}

// Endlessly through all of them in an order that is not that of memory.
class Rounds {
 public:
  explicit Rounds(std::vector<Entity> subjects) : subjects_(std::move(subjects)) {}
  const Entity& next() {
    if (++at_ >= subjects_.size()) at_ = 0;
    return subjects_[at_];
  }

 private:
  std::vector<Entity> subjects_;
  std::size_t at_ = 0;
};

void lookup(benchmark::State& state) {
  std::unordered_map<Entity, double, EntityHash> table;
  for (std::uint32_t i = 0; i < state.range(0); ++i) table[attacker(i)] = 1;
  Rounds rounds(attackers(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(table.find(rounds.next())->second += 1);
}
BENCHMARK(lookup)->Arg(1'000)->Arg(1'000'000);

void update_and_read(benchmark::State& state, bool placed) {
  using namespace scoring;
  const Weights weights{Settings()};
  std::uint64_t dropped = 0;
  Ns now = hours(1).count();
  const auto before = mallinfo2().uordblks;
  auto entities = std::make_unique<Entities>(static_cast<std::size_t>(state.range(0)));
  auto finding = burst();
  const auto step = [&](bool place) {
    auto* scored = entities->find(finding.subject);
    if (scored == nullptr) scored = &entities->insert(finding.subject, dropped);
    raise_claim(scored->claims, weights, finding, now, dropped);
    const auto sums = sums_at(scored->claims, weights, weights.base_milli(finding.subject), now);
    scored->value = sums.value;
    if (place)
      entities->place(*scored, next_change(scored->claims, weights, sums, now) / 1'000'000'000);
    return sums.value;
  };
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    finding.subject = attacker(i);
    step(true);
  }
  state.counters["bytes_per_entity"] =
      static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(state.range(0));
  Rounds rounds(attackers(state.range(0)));
  for (auto _ : state) {
    now += 1'000'000;
    finding.subject = rounds.next();
    benchmark::DoNotOptimize(step(placed));
  }
}
BENCHMARK_CAPTURE(update_and_read, score, false)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(update_and_read, placed, true)->Arg(1'000)->Arg(1'000'000);

void explained(benchmark::State& state) {
  auto risk = *Risk::make({});
  std::vector<Score> out;
  LoggedRecord record{1, Instant(hours(1)), burst()};
  const auto step = [&](const Entity& subject) {
    std::get<Finding>(record.record).subject = subject;
    out.clear();
    risk->record(record, out);
  };
  for (std::uint32_t i = 0; i < state.range(0); ++i) step(attacker(i));
  Rounds rounds(attackers(state.range(0)));
  for (auto _ : state) {
    record.at += millis(1);
    step(rounds.next());
  }
}
BENCHMARK(explained)->Arg(1'000)->Arg(1'000'000);

void tick(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  auto risk = *Risk::make({});
  std::vector<Score> out;
  Instant now(hours(1));
  for (std::uint32_t i = 0; i < count; ++i) {
    now += nanos(3'600'000'000'000 / count);  // an hour's worth of attackers
    auto finding = burst();
    finding.subject = attacker(i);
    out.clear();
    risk->record({i, now, std::move(finding)}, out);
  }
  double given = 0;
  for (auto _ : state) {
    now += seconds(1);
    out.clear();
    risk->record({1, now, Tick{}}, out);
    given += static_cast<double>(out.size());
  }
  state.counters["scores_per_tick"] = given / static_cast<double>(state.iterations());
}
BENCHMARK(tick)->Arg(1'000'000)->Iterations(600)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wardhive
