#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace wardhive {
namespace {

// Reads exactly `digits` decimal digits at `pos`; -1 if they are not there.
int read_digits(std::string_view text, std::size_t pos, std::size_t digits) {
  if (pos + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool has(std::string_view text, std::size_t pos, char c) {
  return pos < text.size() && text[pos] == c;
}

std::unexpected<Error> bad_time(std::string_view text) {
  return fail(ErrorCode::InvalidInput,
              fmt::format("time \"{}\" is not RFC 3339; expected e.g. 2026-11-22T16:40:55Z", text));
}

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array<Unit, 7> kUnits{{{"d", hours(24)},
                                      {"h", hours(1)},
                                      {"m", minutes(1)},
                                      {"s", seconds(1)},
                                      {"ms", millis(1)},
                                      {"us", nanos(1000)},
                                      {"ns", nanos(1)}}};

}  // namespace

Duration from_seconds(double s) {
  if (std::isnan(s)) return Duration::zero();
  const double ns = s * 1e9;
  if (ns >= 9.2e18) return Duration::max();
  if (ns <= -9.2e18) return Duration::min();
  return Duration(static_cast<std::int64_t>(std::llround(ns)));
}

std::string format_rfc3339(Instant at) {
  using namespace std::chrono;
  const auto ns = at.time_since_epoch();
  const auto day = floor<days>(ns);
  const year_month_day date{sys_days(day)};
  const hh_mm_ss<Duration> clock(ns - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    auto decimals = fmt::format(".{:09}", fraction);
    while (decimals.back() == '0') decimals.pop_back();
    text += decimals;
  }
  return text + "Z";
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const int year = read_digits(text, 0, 4), month = read_digits(text, 5, 2),
            day = read_digits(text, 8, 2);
  const int hour = read_digits(text, 11, 2), minute = read_digits(text, 14, 2),
            second = read_digits(text, 17, 2);
  const bool shaped = year >= 0 && month >= 1 && day >= 1 && hour >= 0 && minute >= 0 &&
                      second >= 0 && has(text, 4, '-') && has(text, 7, '-') &&
                      (has(text, 10, 'T') || has(text, 10, ' ')) && has(text, 13, ':') &&
                      has(text, 16, ':');
  if (!shaped || month > 12 || hour > 23 || minute > 59 || second > 60) return bad_time(text);
  using namespace std::chrono;
  const year_month_day date(std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  // Outside these years nanoseconds since 1970 leave 64 bits.
  if (!date.ok() || year < 1700 || year > 2200) return bad_time(text);

  std::size_t pos = 19;
  std::int64_t fraction = 0;
  if (has(text, pos, '.')) {
    ++pos;
    int digits = 0;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, ++digits) {
      if (digits == 9) return bad_time(text);
      fraction = fraction * 10 + (text[pos] - '0');
    }
    if (digits == 0) return bad_time(text);
    for (; digits < 9; ++digits) fraction *= 10;
  }
  Duration offset{};
  if (has(text, pos, 'Z') || has(text, pos, 'z')) {
    ++pos;
  } else if (has(text, pos, '+') || has(text, pos, '-')) {
    const int off_hour = read_digits(text, pos + 1, 2), off_minute = read_digits(text, pos + 4, 2);
    if (off_hour < 0 || off_minute < 0 || !has(text, pos + 3, ':') || off_hour > 23 ||
        off_minute > 59)
      return bad_time(text);
    offset = hours(off_hour) + minutes(off_minute);
    if (text[pos] == '-') offset = -offset;
    pos += 6;
  } else {
    return bad_time(text);
  }
  if (pos != text.size()) return bad_time(text);
  const auto since_epoch = sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                           std::chrono::minutes(minute) + std::chrono::seconds(second);
  return Instant(Duration(since_epoch) + nanos(fraction) - offset);
}

std::string format_duration(Duration d) {
  if (d == Duration::zero()) return "0s";
  std::string text;
  if (d < Duration::zero()) {
    text = "-";
    d = d == Duration::min() ? Duration::max() : -d;
  }
  if (d >= seconds(1))
    d = Duration((d.count() + 500'000) / 1'000'000 * 1'000'000);  // people do not read ns
  int parts = 0;
  for (const auto& unit : kUnits) {
    if (d < unit.length || parts == 2) continue;
    text += fmt::format("{}{}", d / unit.length, unit.name);
    d %= unit.length;
    ++parts;
  }
  return text;
}

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorCode::InvalidInput,
                fmt::format("duration \"{}\" is not understood; expected a number and a unit, "
                            "e.g. 250ms, 15s, 1m30s, 2h, 7d",
                            text));
  };
  if (text == "0") return Duration::zero();
  Duration total{};
  std::string_view rest = text;
  if (rest.empty()) return bad();
  while (!rest.empty()) {
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc()) return bad();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::size_t length = 0;
    while (length < rest.size() && rest[length] >= 'a' && rest[length] <= 'z') ++length;
    const auto name = rest.substr(0, length);
    const Unit* found = nullptr;
    for (const auto& unit : kUnits)
      if (unit.name == name) found = &unit;
    if (found == nullptr || count > Duration::max() / found->length) return bad();
    const Duration part = found->length * count;
    if (total > Duration::max() - part) return bad();
    total += part;
    rest.remove_prefix(length);
  }
  return total;
}

}  // namespace wardhive
