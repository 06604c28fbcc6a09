// Durable commits, and what a store of a million audit records costs: opening, asking, verifying.
// The files lie in $TMPDIR (/tmp): it must be a disk for the commits to mean anything.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "store/store.h"

namespace wardhive {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kIds = 50'000;

class Directory {
 public:
  Directory() : path_((std::filesystem::temp_directory_path() / "wardhive-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Path path() const { return path_; }

 private:
  std::string path_;
};

std::unique_ptr<Store> open_or_stop(const Path& directory) {
  auto store = Store::open(directory);
  if (store) return std::move(*store);
  std::fprintf(stderr, "%s\n", store.error().message.c_str());
  std::exit(1);
}
void stop_unless(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::exit(1);
}

// `count` events of 220 bytes and one decision of 1 KB for every tenth.
Commit events(std::uint64_t first, std::uint64_t count) {
  Commit commit;
  for (auto offset = first; offset < first + count; ++offset) {
    commit.log.push_back({offset, LogStream::Control,
                          instant_from_ns(static_cast<std::int64_t>(offset)), "event",
                          std::string(220, 'e')});
    if (offset % 10 == 0)
      commit.journal.push_back({offset, 0, commit.log.back().at, "decision",
                                fmt::format("dec-{}", offset), std::string(1'000, 'd')});
  }
  return commit;
}

void CommitDurable(benchmark::State& state) {
  const Directory directory;
  const auto store = open_or_stop(directory.path());
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) stop_unless(store->commit(events(store->next_offset(), count)));
  state.counters["records/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(count),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(CommitDurable)
    ->Arg(1)
    ->Arg(100)
    ->Arg(1'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// 5,000 samples of 24 bytes, one batch a commit, not synced; the log is trimmed as it would be.
void CommitSamples(benchmark::State& state) {
  const Directory directory;
  const auto store = open_or_stop(directory.path());
  const std::string batch(5'000 * 24, 's');
  for (auto _ : state) {
    const auto offset = store->next_offset();
    stop_unless(store->commit(
        {.log = {{offset, LogStream::Samples, instant_from_ns(static_cast<std::int64_t>(offset)),
                  "samples", batch}},
         .journal = {}}));
    if (offset % 200 == 0) stop_unless(store->trim_log(offset - 100));
  }
  state.counters["samples/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * 5'000,
                                                   benchmark::Counter::kIsRate);
}
BENCHMARK(CommitSamples)->UseRealTime()->Unit(benchmark::kMillisecond);

// A million decisions (500 bytes) over 50,000 ids with their audit records, and a million scores.
const Path& million() {
  static const Directory directory;
  static const Path path = [] {
    const auto store = open_or_stop(directory.path());
    for (std::uint64_t first = 1; first <= kMillion; first += 10'000) {
      Commit commit;
      for (auto offset = first; offset < first + 10'000; ++offset) {
        const auto at = instant_from_ns(static_cast<std::int64_t>(offset) * 1'000'000'000);
        commit.log.push_back({offset, LogStream::Control, at, "tick", "{}"});
        commit.journal.push_back({offset, 0, at, "decision", fmt::format("dec-{}", offset % kIds),
                                  std::string(500, 'd')});
        commit.journal.push_back(
            {offset, 1, at, "score", fmt::format("node/{}", offset % 20), std::string(200, 's')});
      }
      stop_unless(store->commit(commit));
    }
    std::fprintf(stderr, "%.1f MB on disk\n", static_cast<double>(store->bytes_on_disk()) / 1e6);
    return directory.path();
  }();
  return path;
}

void OpenMillion(benchmark::State& state) {
  million();
  for (auto _ : state) benchmark::DoNotOptimize(open_or_stop(million()));
}
BENCHMARK(OpenMillion)->UseRealTime()->Unit(benchmark::kMillisecond);

void VerifyMillion(benchmark::State& state) {
  const auto store = open_or_stop(million());
  for (auto _ : state)
    if (store->verify_audit(nullptr)->records != kMillion) std::abort();
  state.counters["records/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kMillion, benchmark::Counter::kIsRate);
}
BENCHMARK(VerifyMillion)->UseRealTime()->Unit(benchmark::kMillisecond);

void Ask(benchmark::State& state, const JournalQuery& query, std::size_t rows) {
  const auto store = open_or_stop(million());
  for (auto _ : state)
    if (store->journal(query)->size() != rows) std::abort();
}
BENCHMARK_CAPTURE(Ask, newest_100_decisions, {.kind = "decision", .limit = 100}, 100)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Ask, all_50k_decisions, {.kind = "decision", .limit = kIds}, kIds)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Ask, newest_20_scores_of_a_million, {.kind = "score", .limit = 100}, 20)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Ask, state_of_one_id, {.kind = "decision", .id = "dec-77"}, 1)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Ask, history_of_one_id,
                  {.kind = "decision", .id = "dec-77", .newest_per_id = false}, 20)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(
    Ask, page_in_the_middle,
    {.kind = "score", .newest_per_id = false, .before_offset = kMillion / 2, .limit = 100}, 100)
    ->Unit(benchmark::kMicrosecond);

void ScanMillion(benchmark::State& state) {
  const auto store = open_or_stop(million());
  for (auto _ : state) stop_unless(store->scan_log(0, [](const LogEntry&) { return true; }));
}
BENCHMARK(ScanMillion)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wardhive
