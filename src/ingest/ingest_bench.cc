// What taking in costs: remote-write requests, sshd's lines, exposition pages. One thread, no I/O.
#include <benchmark/benchmark.h>

#include "ingest/exposition.h"
#include "ingest/impl/write_request.h"
#include "ingest/remote_write.h"
#include "ingest/sshd_log.h"

namespace wardhive {
namespace {

constexpr int kSeries = 2'000;

// Eight labels each, as node_exporter behind a relabelling has them.
Labels labels_of(int i) {
  return {{"__name__", "node_cpu_seconds_total"},
          {"cluster", "frankfurt-1"},
          {"cpu", std::to_string(i % 64)},
          {"instance", "10.0.0." + std::to_string(i % 250) + ":9100"},
          {"job", "node"},
          {"mode", "mode-" + std::to_string(i)},
          {"rack", "r" + std::to_string(i % 20)},
          {"region", "eu-central"}};
}

// Items are samples; all series are known after the first request, as they are in practice.
void remote_write_decoded(benchmark::State& state) {
  std::vector<testing::SentSeries> sent;
  for (int i = 0; i < kSeries; ++i) {
    sent.push_back({labels_of(i), {}});
    for (int s = 0; s < state.range(0); ++s)
      sent.back().samples.emplace_back(1'700'000'000'000 + 15'000 * s, i + 0.5 * s);
  }
  const auto body = testing::packed(testing::write_request(sent));
  RemoteWriteDecoder decoder("instance", {});
  for (auto _ : state)
    benchmark::DoNotOptimize(decoder.decode(body, "application/x-protobuf", "snappy"));
  state.SetItemsProcessed(state.iterations() * kSeries * state.range(0));
}
BENCHMARK(remote_write_decoded)->Arg(1)->Arg(10);

// The same when no series is known: after a start.
void remote_write_defined(benchmark::State& state) {
  std::vector<testing::SentSeries> sent;
  for (int i = 0; i < kSeries; ++i) sent.push_back({labels_of(i), {{1'700'000'000'000, 1}}});
  const auto body = testing::packed(testing::write_request(sent));
  RemoteWriteDecoder decoder("instance", {});
  for (auto _ : state) {
    decoder.forget_series();
    benchmark::DoNotOptimize(decoder.decode(body, "application/x-protobuf", "snappy"));
  }
  state.SetItemsProcessed(state.iterations() * kSeries);
}
BENCHMARK(remote_write_defined);

// A guess each second line; the others are what sshd and PAM say beside it.
void sshd_lines_parsed(benchmark::State& state) {
  std::vector<std::string> lines;
  for (int i = 0; i < 1'000; ++i) {
    const auto head = "Nov 22 11:59:58 gate sshd[" + std::to_string(10'000 + i) + "]: ";
    const auto origin = "203.0.113." + std::to_string(i % 250);
    lines.push_back(
        head +
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=" +
        origin);
    lines.push_back(head + "Failed password for invalid user admin from " + origin +
                    " port 4000 ssh2");
  }
  SshdLogParser parser(node("gate"), {});
  const auto now = instant_from_ns(1'795'000'000'000'000'000);
  for (auto _ : state)
    for (const auto& line : lines) benchmark::DoNotOptimize(parser.parse(line, now));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()));
}
BENCHMARK(sshd_lines_parsed);

void exposition_parsed(benchmark::State& state) {
  std::string page;
  for (int i = 0; i < kSeries; ++i)
    page += "node_cpu_seconds_total{cpu=\"" + std::to_string(i % 64) + "\",mode=\"mode-" +
            std::to_string(i) + "\"} " + std::to_string(i * 1.25) + "\n";
  for (auto _ : state) benchmark::DoNotOptimize(parse_exposition(page));
  state.SetItemsProcessed(state.iterations() * kSeries);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}
BENCHMARK(exposition_parsed);

}  // namespace
}  // namespace wardhive
