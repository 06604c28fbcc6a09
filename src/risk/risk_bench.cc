// What a million scored entities cost. The generator is this process: addresses in random order, so
// that each visit misses the caches.
//   update+read   the arithmetic and the table: find, raise, sum, place
//   explained     the same through Risk::record, with the full explanation that is journalled
//   tick          one second of a million decaying entities
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <random>

#include "risk/risk.h"
#include "risk/scoring/entities.h"

namespace wardhive {
namespace {

Finding burst(std::uint32_t i) {
  Finding f;
  f.kind = FindingKind::AuthFailureBurst;
  f.subject = address(IpAddress::parse("10." + std::to_string(i >> 16 & 255) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255))->text());
  f.observer = node("job-1");
  f.strength = 80;
  f.evidence.summary = "8 failed log-ins within 2m from this address, at least 5 are a burst";
  return f;
}

void update_and_read(benchmark::State& state) {
  using namespace scoring;
  const Weights weights{Settings()};
  const auto count = static_cast<std::uint32_t>(state.range(0));
  std::vector<Finding> findings;
  for (std::uint32_t i = 0; i < count; ++i) findings.push_back(burst(i));
  std::uint64_t dropped = 0;
  Ns now = hours(1).count();
  const auto before = mallinfo2().uordblks;
  auto entities = std::make_unique<Entities>(count);
  const auto step = [&](const Finding& finding) {
    auto* scored = entities->find(finding.subject);
    if (scored == nullptr) scored = &entities->insert(finding.subject, dropped);
    raise_claim(scored->claims, weights, finding, now, dropped);
    const auto sums = sums_at(scored->claims, weights, weights.base_milli(finding.subject), now);
    scored->value = sums.value;
    entities->place(*scored, next_change(scored->claims, weights, sums, now) / 1'000'000'000);
    return sums.value;
  };
  for (const auto& finding : findings) step(finding);
  state.counters["bytes_per_entity"] = static_cast<double>(mallinfo2().uordblks - before) / count;
  std::mt19937 random(1);
  std::shuffle(findings.begin(), findings.end(), random);
  std::size_t at = 0;
  for (auto _ : state) {
    now += 1'000'000;
    benchmark::DoNotOptimize(step(findings[at]));
    if (++at == findings.size()) at = 0;
  }
}
BENCHMARK(update_and_read)->Arg(1'000)->Arg(1'000'000);

void explained(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  auto risk = *Risk::make({});
  std::vector<LoggedRecord> records;
  std::vector<Score> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    records.push_back({i, Instant(hours(1)), burst(i)});
    out.clear();
    risk->record(records.back(), out);
  }
  std::mt19937 random(1);
  std::shuffle(records.begin(), records.end(), random);
  std::size_t at = 0;
  Instant now(hours(1));
  for (auto _ : state) {
    now += millis(1);
    records[at].at = now;
    out.clear();
    risk->record(records[at], out);
    if (++at == records.size()) at = 0;
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
    out.clear();
    risk->record({i, now, burst(i)}, out);
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
