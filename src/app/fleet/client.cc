#include "app/fleet/client.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <thread>
#include <vector>

#include "app/fleet/http_message.h"
#include "app/fleet/witness.h"
#include "base/clock.h"
#include "base/json_text.h"

namespace wardhive::fleet {
namespace {

constexpr int kWorkersMax = 64;

// A server's connection, opened when needed and kept while both sides want it.
class Connection {
 public:
  explicit Connection(const Endpoint& server)
      : server_(server), host_(fmt::format("{}:{}", server.address.text(), server.port)) {}

  Result<HttpMessage> get(const std::string& target, MonoTime deadline) {
    const bool fresh = !fd_;
    auto answer = exchange(target, deadline);
    // The other side may close a kept connection at any time; that says nothing about a request.
    const bool stale = !fresh && !answer && answer.error().code == ErrorCode::Unavailable;
    if (stale) answer = exchange(target, deadline);
    return answer;
  }

 private:
  Result<HttpMessage> exchange(const std::string& target, MonoTime deadline) {
    auto answer = try_exchange(target, deadline);
    if (!answer || !answer->head.keep_alive) {
      fd_.reset();
      buffer_.clear();
    }
    return answer;
  }

  Result<HttpMessage> try_exchange(const std::string& target, MonoTime deadline) {
    if (!fd_) {
      auto fd = connect_tcp(server_, deadline);
      if (!fd) return std::unexpected(describe(fd.error()));
      fd_ = std::move(*fd);
    }
    if (const auto sent = write_all(fd_.get(), http_get(host_, target), deadline); !sent)
      return std::unexpected(describe(sent.error()));
    WARDHIVE_ASSIGN(auto answer, read_http(fd_.get(), buffer_, deadline));
    if (!answer) return fail(ErrorCode::Unavailable, "http: closed without an answer");
    return std::move(*answer);
  }

  Error describe(int error) const {
    if (error == ETIMEDOUT) return {ErrorCode::Timeout, host_ + " does not answer in time"};
    return {ErrorCode::Unavailable, system_error(error, host_).message};
  }

  const Endpoint server_;
  const std::string host_;
  Fd fd_;
  std::string buffer_;
};

int status_of(const HttpMessage& answer) {
  int status = 0;
  const auto& text = answer.head.second;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

struct Totals {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> good{0};
};

void request_once(const ClientOptions& options, Connection& connection, Totals& totals) {
  const auto at = system_clock().wall();
  const auto started = system_clock().mono();
  const auto answer = connection.get(options.path, started + millis(options.timeout_ms));
  const auto ms = to_seconds(system_clock().mono() - started) * 1e3;
  const int status = answer ? status_of(*answer) : 0;

  std::string line = fmt::format(R"({{"at_ns":{},"status":{},"node":)", to_ns(at), status);
  append_json_string(line, answer ? answer->head.header("x-node") : std::string_view());
  line += fmt::format(R"(,"ms":{:.2f})", ms);
  if (!answer) {
    line += R"(,"error":)";
    append_json_string(line, answer.error().message);
  }
  print_line(line + "}");
  ++totals.requests;
  if (status >= 200 && status < 300) ++totals.good;
}

}  // namespace

Status run_client(const ClientOptions& options) {
  if (options.workers < 1 || options.workers > kWorkersMax)
    return fail(ErrorCode::InvalidInput,
                fmt::format("client has 1 to {} workers, not {}", kWorkersMax, options.workers));
  StopSignal stop;
  Totals totals;
  std::atomic<bool> stopping{false};
  std::vector<std::jthread> workers;
  if (wait_for_start(options.start_file, stop)) {
    for (int i = 0; i < options.workers; ++i)
      workers.emplace_back([&] {
        Connection connection(options.gateway);
        while (!stopping) {
          request_once(options, connection, totals);
          std::this_thread::sleep_for(millis(options.pause_ms));  // the closed loop's think time
        }
      });
    while (!stop.arrived_by(system_clock().mono() + hours(1))) {
    }
  }
  stopping = true;
  workers.clear();  // joins
  const std::uint64_t requests = totals.requests;
  const std::uint64_t good = totals.good;
  print_line(fmt::format(R"({{"summary":true,"requests":{},"ok":{},"failed":{}}})", requests, good,
                         requests - good));
  return ok();
}

Result<int> print_get(const Endpoint& server, const std::string& target, int timeout_ms) {
  Connection connection(server);
  WARDHIVE_ASSIGN(const auto answer,
                  connection.get(target, system_clock().mono() + millis(timeout_ms)));
  fmt::print(stdout, "{}", answer.body);
  fmt::print(stderr, "{} {}\n", answer.head.second, answer.head.third);
  return status_of(answer);
}

}  // namespace wardhive::fleet
