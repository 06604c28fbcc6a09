#include "net/impl/response_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "base/clock.h"

namespace wardhive::net::detail {
namespace {

constexpr std::array<std::string_view, 4> kOurs{"Content-Length", "Transfer-Encoding", "Connection",
                                                "Date"};

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.contains(c);
  });
}

bool is_value(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

bool is_ours(std::string_view name) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](auto ours) { return equal_ignoring_case(ours, name); });
}

// IMF-fixdate, made once a second per thread.
std::string_view date_now() {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::time_t made_for = -1;
  thread_local std::string text;
  const auto now = static_cast<std::time_t>(to_ns(system_clock().wall()) / 1'000'000'000);
  if (now != made_for) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                       kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
    made_for = now;
  }
  return text;
}

bool append(std::string& out, const Headers& headers, const Headers* unless_in) {
  for (const auto& [name, value] : headers.lines()) {
    if (!is_token(name) || !is_value(value)) return false;
    if (is_ours(name) || (unless_in != nullptr && unless_in->contains(name))) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return true;
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::optional<std::string> response_head(const Response& response, const HeadOptions& options) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                reason_of(response.status), date_now());
  if (!append(out, response.headers, nullptr)) return std::nullopt;
  if (options.defaults != nullptr && !append(out, *options.defaults, &response.headers))
    return std::nullopt;
  if (options.body_length_known && may_have_body(response.status))
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  if (!options.keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

}  // namespace wardhive::net::detail
