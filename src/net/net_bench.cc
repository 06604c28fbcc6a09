// Requests per second through the real server over loopback. The generator is in this process:
// one thread with raw keep-alive sockets, so client and server share the machine's cores. The
// figure to trust is `server_cpu_us`: CPU time of the I/O thread per request.
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <time.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/impl/raw_client.h"
#include "net/impl/request_reader.h"
#include "net/server.h"

namespace wardhive::net {
namespace {

constexpr std::string_view kRequest =
    "GET /api/v1/nodes/node-7 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n";

double cpu_seconds(clockid_t clock) {
  timespec spent{};
  clock_gettime(clock, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

// Each turn sends one request on every connection, then reads every answer.
void served_over_loopback(benchmark::State& state) {
  Router router;
  router.add({.name = "node", .pattern = "/api/v1/nodes/{node}"},
             [](const Request&) { return Response::json(R"({"node":"node-7","score":12})"); });
  Server server({}, router);
  const auto port = *server.listen("bench", *ListenAddress::parse("127.0.0.1:0"));
  std::thread io([&] { server.run(); });
  clockid_t io_clock{};
  pthread_getcpuclockid(io.native_handle(), &io_clock);

  std::vector<std::unique_ptr<testing::RawClient>> clients;
  for (int i = 0; i < state.range(0); ++i)
    clients.push_back(std::make_unique<testing::RawClient>(port));
  const double before = cpu_seconds(io_clock);
  for (auto _ : state) {
    for (const auto& client : clients) client->send(kRequest);
    for (const auto& client : clients)
      if (client->read_answer().size() < 100) return state.SkipWithError("no answer");
  }
  const auto requests =
      static_cast<double>(state.iterations()) * static_cast<double>(clients.size());
  state.counters["server_cpu_us"] = (cpu_seconds(io_clock) - before) * 1e6 / requests;
  state.counters["requests"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
  server.stop();
  io.join();
}
BENCHMARK(served_over_loopback)->Arg(1)->Arg(64)->UseRealTime();

// The grammar alone, for the ratio: what of the above is reading the request.
void request_read(benchmark::State& state) {
  detail::RequestReader reader;
  for (auto _ : state) {
    reader.feed(kRequest);
    reader.accept_body(0);
    benchmark::DoNotOptimize(reader.take());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(request_read);

}  // namespace
}  // namespace wardhive::net
