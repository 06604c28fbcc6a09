// Two times that cannot be mixed up. `Instant` is log time: ns since the Unix epoch, stamped by the
// log, the only time that pure rooms, records and snapshots know. `MonoTime` is the OS's monotonic
// clock: deadlines at the rim, never stored.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive {

using Duration = std::chrono::nanoseconds;

struct LogTimeline {  // no now(): log time comes with a record
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LogTimeline, Duration>;
  static constexpr bool is_steady = false;
};
struct MonoTimeline {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonoTimeline, Duration>;
  static constexpr bool is_steady = true;
};
using Instant = LogTimeline::time_point;
using MonoTime = MonoTimeline::time_point;

constexpr Duration nanos(std::int64_t n) { return Duration(n); }
constexpr Duration millis(std::int64_t n) { return std::chrono::milliseconds(n); }
constexpr Duration seconds(std::int64_t n) { return std::chrono::seconds(n); }
constexpr Duration minutes(std::int64_t n) { return std::chrono::minutes(n); }
constexpr Duration hours(std::int64_t n) { return std::chrono::hours(n); }

constexpr double to_seconds(Duration d) { return static_cast<double>(d.count()) * 1e-9; }
// Saturates instead of overflowing; NaN is zero.
Duration from_seconds(double s);
constexpr Instant instant_from_ns(std::int64_t ns) { return Instant(Duration(ns)); }
constexpr std::int64_t to_ns(Instant at) { return at.time_since_epoch().count(); }

// "2026-11-22T16:40:55.123456Z" (RFC 3339, UTC, at most 9 decimals, trailing zeros dropped).
std::string format_rfc3339(Instant at);
// Accepts an offset ("+02:00") and 0-9 decimals. InvalidInput otherwise.
Result<Instant> parse_rfc3339(std::string_view text);

// "15s", "1m30s", "250ms": for people. JSON carries seconds as a number instead.
std::string format_duration(Duration d);
// "15s", "250ms", "2h", "1m30s", "7d"; unit required. InvalidInput otherwise.
Result<Duration> parse_duration(std::string_view text);

// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's days_from_civil).
constexpr std::int64_t days_from_civil(int year, int month, int day) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day).time_since_epoch().count();
}

}  // namespace wardhive
