// A node's job service: small HTTP work that can be made to go bad through a local file.
//   GET /work     {"node", "job"} after the base latency; header X-Node
//   GET /healthz  200, or 503 under health_fail; at once
//   GET /metrics  Prometheus text 0.0.4: job_requests_total{code}, job_request_duration_seconds
//                 (histogram), job_connections_turned_away_total; /work only is counted
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive::fleet {

// What a fault file says: one `key=value` per line. latency_ms is added to the base latency.
struct Fault {
  int latency_ms = 0;        // 0 to 60000
  double error_percent = 0;  // 0 to 100, answered with 500
  bool health_fail = false;  // 0 or 1

  bool operator==(const Fault&) const = default;
};

// Pure. InvalidInput names line, key and range. Empty text is no fault.
Result<Fault> parse_fault(std::string_view text);

// Any thread.
class JobMetrics {
 public:
  void count(int code, Duration took);
  void count_turned_away();
  std::string render() const;

 private:
  static constexpr std::array kBucketSeconds{0.005, 0.01, 0.025, 0.05, 0.1,
                                             0.25,  0.5,  1.0,   2.5,  5.0};
  mutable std::mutex mutex_;  // guards all below
  std::map<int, std::uint64_t> by_code_;
  std::array<std::uint64_t, kBucketSeconds.size() + 1> buckets_{};
  double seconds_sum_ = 0;
  std::uint64_t turned_away_ = 0;
};

struct JobOptions {
  std::string node;
  std::string job = "job";
  std::uint16_t port = 8080;
  Path fault_file;  // read per request; absent file: no fault. A bad one keeps the last good.
  int base_ms_min = 5;
  int base_ms_max = 15;
  std::size_t connections_max = 128;
};

// Serves until the process is ended; returns only with an error.
Status run_job(const JobOptions& options);

}  // namespace wardhive::fleet
