#include "app/fleet/job.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <random>
#include <thread>

#include "app/fleet/http_message.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "base/log.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kFaultBytesMax = 4 * 1024;
constexpr int kLatencyMsMax = 60'000;
constexpr Duration kIdleMax = seconds(60);
constexpr Duration kWriteMax = seconds(10);

template <class T>
bool read_number(std::string_view text, T min, T max, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= min && out <= max;
}

Status take_fault_line(std::string_view line, int number, Fault& fault) {
  const auto equals = line.find('=');
  const auto key = line.substr(0, equals);
  const auto value =
      equals == std::string_view::npos ? std::string_view() : line.substr(equals + 1);
  const auto wrong = [&](std::string_view expected) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("fault:{}: \"{}\"; expected {}", number, line, expected));
  };
  if (key == "latency_ms")
    return read_number(value, 0, kLatencyMsMax, fault.latency_ms) ? ok()
                                                                  : wrong("latency_ms=0 to 60000");
  if (key == "error_percent")
    return read_number(value, 0.0, 100.0, fault.error_percent) ? ok()
                                                               : wrong("error_percent=0 to 100");
  if (key == "health_fail") {
    int flag = 0;
    if (!read_number(value, 0, 1, flag)) return wrong("health_fail=0 or 1");
    fault.health_fail = flag == 1;
    return ok();
  }
  return wrong("latency_ms=, error_percent= or health_fail=");
}

class Service {
 public:
  explicit Service(const JobOptions& options) : options_(options) {}

  void serve(const Fd& connection) {
    std::minstd_rand random{std::random_device{}()};
    std::string buffer;
    const auto now = [] { return system_clock().mono(); };
    for (bool open = true; open;) {
      const auto request = read_http(connection.get(), buffer, now() + kIdleMax);
      if (!request && request.error().code != ErrorCode::Timeout &&
          request.error().code != ErrorCode::Unavailable)
        (void)write_all(connection.get(),
                        http_response(400, "text/plain", request.error().message + "\n",
                                      "Connection: close\r\n"),
                        now() + kWriteMax);
      if (!request || !*request) return;
      const auto& head = (*request)->head;
      open = head.keep_alive;
      const auto response = answer(head, open ? "" : "Connection: close\r\n", random);
      if (!write_all(connection.get(), response, now() + kWriteMax)) return;
    }
  }

  void turn_away() { metrics_.count_turned_away(); }

 private:
  std::string answer(const HttpHead& head, std::string_view close, std::minstd_rand& random) {
    if (head.first != "GET") return http_response(405, "text/plain", "only GET\n", close);
    const auto path = std::string_view(head.second).substr(0, head.second.find('?'));
    if (path == "/work") return work(close, random);
    if (path == "/metrics")
      return http_response(200, "text/plain; version=0.0.4", metrics_.render(), close);
    if (path == "/healthz")
      return fault().health_fail ? http_response(503, "text/plain", "failing\n", close)
                                 : http_response(200, "text/plain", "ok\n", close);
    return http_response(404, "text/plain", "try /work, /healthz or /metrics\n", close);
  }

  std::string work(std::string_view close, std::minstd_rand& random) {
    const auto started = system_clock().mono();
    const auto now_bad = fault();
    const int base_ms =
        std::uniform_int_distribution(options_.base_ms_min, options_.base_ms_max)(random);
    std::this_thread::sleep_for(millis(base_ms + now_bad.latency_ms));  // this is the work
    const bool errs = std::uniform_real_distribution(0.0, 100.0)(random) < now_bad.error_percent;
    const int code = errs ? 500 : 200;
    metrics_.count(code, system_clock().mono() - started);

    std::string body = errs ? R"({"error":"fault","node":)" : R"({"node":)";
    append_json_string(body, options_.node);
    body += R"(,"job":)";
    append_json_string(body, options_.job);
    body += "}\n";
    return http_response(code, "application/json", body,
                         fmt::format("X-Node: {}\r\n{}", options_.node, close));
  }

  Fault fault() {
    if (options_.fault_file.empty()) return {};
    const auto text = read_file(options_.fault_file, kFaultBytesMax);
    const std::lock_guard lock(mutex_);
    if (!text && text.error().code == ErrorCode::NotFound) return fault_ = Fault{};
    const auto read = text ? parse_fault(*text) : Result<Fault>(std::unexpected(text.error()));
    if (read) return fault_ = *read;
    if (complaint_ != read.error().message)
      log::warn("job.fault_file", {{"error", read.error().message}});
    complaint_ = read.error().message;
    return fault_;
  }

  const JobOptions options_;
  JobMetrics metrics_;
  std::mutex mutex_;
  Fault fault_;            // the last good one; guarded by mutex_
  std::string complaint_;  // the last one, said once; guarded by mutex_
};

}  // namespace

Result<Fault> parse_fault(std::string_view text) {
  Fault fault;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (!line.empty()) WARDHIVE_TRY(take_fault_line(line, number, fault));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return fault;
}

void JobMetrics::count(int code, Duration took) {
  const auto seconds = to_seconds(took);
  std::size_t bucket = 0;
  while (bucket < kBucketSeconds.size() && seconds > kBucketSeconds[bucket]) ++bucket;
  const std::lock_guard lock(mutex_);
  ++by_code_[code];
  ++buckets_[bucket];
  seconds_sum_ += seconds;
}

void JobMetrics::count_turned_away() {
  const std::lock_guard lock(mutex_);
  ++turned_away_;
}

std::string JobMetrics::render() const {
  const std::lock_guard lock(mutex_);
  std::string out =
      "# HELP job_requests_total Requests for work, by answer.\n# TYPE job_requests_total "
      "counter\n";
  for (const auto& [code, count] : by_code_)
    out += fmt::format("job_requests_total{{code=\"{}\"}} {}\n", code, count);
  out +=
      "# HELP job_request_duration_seconds Time to answer a request for work.\n"
      "# TYPE job_request_duration_seconds histogram\n";
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    total += buckets_[i];
    const auto bound =
        i < kBucketSeconds.size() ? fmt::format("{}", kBucketSeconds[i]) : std::string("+Inf");
    out += fmt::format("job_request_duration_seconds_bucket{{le=\"{}\"}} {}\n", bound, total);
  }
  out += fmt::format("job_request_duration_seconds_sum {}\njob_request_duration_seconds_count {}\n",
                     seconds_sum_, total);
  out += fmt::format(
      "# HELP job_connections_turned_away_total Connections above the bound.\n"
      "# TYPE job_connections_turned_away_total counter\njob_connections_turned_away_total {}\n",
      turned_away_);
  return out;
}

Status run_job(const JobOptions& options) {
  WARDHIVE_ASSIGN(const auto listener, listen_tcp(options.port));
  const auto service = std::make_shared<Service>(options);  // its threads may outlive this call
  return serve_connections(
      listener.get(), options.connections_max,
      [service](Fd connection, Endpoint) { service->serve(connection); },
      [service] { service->turn_away(); });
}

}  // namespace wardhive::fleet
