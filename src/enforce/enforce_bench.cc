// How fast a decision becomes a rule, and a full set becomes a table. Runs in a network namespace
// of its own; everything that is measured is one process, this one, and the kernel.
//
//   p50_us, p99_us   per call, verified by reading back
//   haproxy_share    needs WARDHIVE_HAPROXY; the other process is HAProxy, idle
//   peer             the `nft` program doing the same one thing with the same sets loaded
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "enforce/actuator.h"
#include "enforce/enforcers/catalog.h"
#include "enforce/enforcers/netns_for_test.h"

namespace wardhive {
namespace {

const bool kInNamespace = enter_namespace();  // before anything starts a thread

class Timings {
 public:
  template <class Call>
  void measure(Call call) {
    const auto start = system_clock().mono();
    call();
    micros_.push_back(to_seconds(system_clock().mono() - start) * 1e6);
  }
  void report(benchmark::State& state) {
    std::ranges::sort(micros_);
    state.counters["p50_us"] = micros_[micros_.size() / 2];
    state.counters["p99_us"] = micros_[micros_.size() * 99 / 100];
    state.counters["max_us"] = micros_.back();
  }

 private:
  std::vector<double> micros_;
};

DesiredItem ban(std::string key) {
  DesiredItem item;
  item.action = {.offset = 1, .index = 0};
  item.verb = Verb::BanAddress;
  item.control = "nftables";
  item.key = std::move(key);
  item.epoch = 1;
  item.expires_in = hours(1);
  return item;
}

std::string host(int i) {
  return "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
         std::to_string(i & 255);
}
std::string range(int i) {
  return "20." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255) + ".0/24";
}

std::vector<Wanted> many(int count, std::string (*key)(int)) {
  std::vector<Wanted> wanted;
  for (int i = 0; i < count; ++i) wanted.push_back({ban(key(i)), hours(1)});
  return wanted;
}

// What was not verified was not done, and its time means nothing.
void require(const Result<Applied>& applied) {
  if (applied.has_value() && applied->verified) return;
  std::fprintf(stderr, "%s\n",
               applied.has_value() ? applied->detail.c_str() : applied.error().message.c_str());
  std::exit(1);
}
void require(const Status& status) {
  if (status.has_value()) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::exit(1);
}

// A started enforcer with `count` bans, half hosts and half ranges.
std::unique_ptr<Enforcer> loaded(std::int64_t count) {
  if (!kInNamespace) require(Applied{false, "user and network namespaces are refused here"});
  auto enforcer = *make_nftables({});
  require(enforcer->start());
  require(enforcer->release_all());
  require(enforcer->start());
  for (const auto key : {host, range})
    for (const auto& result : enforcer->apply_all(many(static_cast<int>(count / 2), key)))
      require(result);
  return enforcer;
}

void ban_one(benchmark::State& state) {
  const auto enforcer = loaded(state.range(0));
  Timings timings;
  int i = 0;
  for (auto _ : state) {
    const auto item = ban((i % 2 == 0 ? host : range)(30'000 + i));
    ++i;
    timings.measure([&] { require(enforcer->apply(item, hours(1))); });
  }
  timings.report(state);
}
BENCHMARK(ban_one)->Arg(0)->Arg(50'000)->Iterations(2'000)->Unit(benchmark::kMicrosecond);

void renew_one(benchmark::State& state) {
  const auto enforcer = loaded(50'000);
  Timings timings;
  int i = 0;
  for (auto _ : state) {
    const auto item = ban((i % 2 == 0 ? host : range)(i));
    ++i;
    timings.measure([&] { require(enforcer->apply(item, hours(2))); });
  }
  timings.report(state);
}
BENCHMARK(renew_one)->Iterations(2'000)->Unit(benchmark::kMicrosecond);

void peer_nft_adds_one(benchmark::State& state) {
  const auto enforcer = loaded(state.range(0));
  Timings timings;
  int i = 0;
  for (auto _ : state) {
    const auto command =
        "nft add element inet wardhive banned4 '{ " + host(40'000 + i++) + " timeout 1h }'";
    timings.measure([&] { benchmark::DoNotOptimize(std::system(command.c_str())); });
  }
  timings.report(state);
}
BENCHMARK(peer_nft_adds_one)->Arg(0)->Arg(50'000)->Iterations(50)->Unit(benchmark::kMicrosecond);

void load_50000(benchmark::State& state, std::string (*key)(int)) {
  const auto wanted = many(50'000, key);
  for (auto _ : state) {
    state.PauseTiming();
    const auto enforcer = loaded(0);
    state.ResumeTiming();
    for (const auto& result : enforcer->apply_all(wanted)) require(result);
  }
}
BENCHMARK_CAPTURE(load_50000, hosts, host)->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(load_50000, ranges, range)->Iterations(3)->Unit(benchmark::kMillisecond);

void list_50000(benchmark::State& state) {
  const auto enforcer = loaded(50'000);
  for (auto _ : state) benchmark::DoNotOptimize(enforcer->list());
}
BENCHMARK(list_50000)->Iterations(10)->Unit(benchmark::kMillisecond);

// What an agent does between hearing of an item and its receipt: store, sync, apply, read back.
void receive_to_receipt(benchmark::State& state) {
  if (!kInNamespace) require(Applied{false, "user and network namespaces are refused here"});
  const auto directory =
      std::filesystem::temp_directory_path() / ("enforce_bench." + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  std::vector<std::unique_ptr<Enforcer>> enforcers;
  enforcers.push_back(*make_nftables({}));
  auto actuator = *Actuator::open({directory / "desired.jsonl", {}, minutes(1), "boot"},
                                  std::move(enforcers), system_clock());
  actuator->start();
  std::vector<DesiredItem> held;
  for (int i = 0; i < state.range(0); ++i) held.push_back(ban(host(i)));
  actuator->apply_full(held, 1);
  Timings timings;
  int i = 0;
  for (auto _ : state) {
    const auto item = ban(range(i++));
    timings.measure([&] {
      const auto receipts = actuator->apply({&item, 1});
      require(Applied{receipts.at(0).verified, receipts[0].detail});
    });
  }
  timings.report(state);
  std::vector<Receipt> receipts;
  (void)actuator->release_all(receipts);
  std::filesystem::remove_all(directory);
}
BENCHMARK(receive_to_receipt)
    ->Arg(0)
    ->Arg(45'000)
    ->Iterations(1'000)
    ->Unit(benchmark::kMicrosecond);

// Drain and back, each verified; what a drain costs when the gateway has little else to do.
void haproxy_share(benchmark::State& state) {
  const char* program = std::getenv("WARDHIVE_HAPROXY");
  if (program == nullptr) return state.SkipWithError("set WARDHIVE_HAPROXY=$(tools/peers haproxy)");
  const auto directory =
      std::filesystem::temp_directory_path() / ("haproxy_bench." + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const auto socket = directory / "api.sock";
  std::ofstream(directory / "haproxy.cfg")
      << "global\n stats socket " << socket.string() << " mode 600 level admin\n"
      << "defaults\n mode http\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n"
      << "backend jobs\n server job-1 127.0.0.1:9001 weight 100\n server job-2 127.0.0.1:9002 "
         "weight 100\n";
  const auto pid = ::fork();
  if (pid == 0) {
    ::execl(program, program, "-db", "-q", "-f", (directory / "haproxy.cfg").c_str(), nullptr);
    ::_exit(1);
  }
  const auto enforcer = *make_haproxy({socket, "jobs"});
  require(eventually([&] { return enforcer->start().has_value(); }) ? ok() : enforcer->start());
  auto item = ban("job-1");
  item.verb = Verb::SetNodeShare;
  Timings timings;
  for (auto _ : state) {
    item.share_bps = item.share_bps == 0 ? 1'000 : 0;
    timings.measure([&] { require(enforcer->apply(item, hours(1))); });
  }
  timings.report(state);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  std::filesystem::remove_all(directory);
}
BENCHMARK(haproxy_share)->Iterations(1'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wardhive
