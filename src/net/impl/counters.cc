#include "net/impl/counters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace wardhive::net::detail {
namespace {

constexpr std::array<std::string_view, 14> kReasons{"connections_max",  "connections_per_address",
                                                    "file_descriptors", "malformed",
                                                    "header_bytes",     "header_lines",
                                                    "body_bytes",       "bodies_total",
                                                    "request_deadline", "answer_deadline",
                                                    "write_deadline",   "workers_busy",
                                                    "sse_slow_reader",  "bad_answer"};
static_assert(kReasons.size() == static_cast<std::size_t>(Refusal::BadAnswer) + 1);

}  // namespace

Counter& refused(Refusal why) {
  static const auto counters = [] {
    std::array<Counter*, kReasons.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] =
          &metrics().counter("net_refused_total", "requests, connections and streams turned away",
                             fmt::format("reason=\"{}\"", kReasons[i]));
    return all;
  }();
  return *counters[static_cast<std::size_t>(why)];
}

Counter& requests_total(int status) {
  static const auto counters = [] {
    std::array<Counter*, 5> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = &metrics().counter("net_requests_total", "answers sent, by class of status",
                                  fmt::format("class=\"{}xx\"", i + 1));
    return all;
  }();
  return *counters[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)];
}

Gauge& connections_open() {
  static Gauge& gauge = metrics().gauge("net_connections_open", "connections of all servers");
  return gauge;
}

Counter& connections_evicted() {
  static Counter& counter = metrics().counter("net_connections_evicted_total",
                                              "idle connections closed to make room for a new one");
  return counter;
}

}  // namespace wardhive::net::detail
