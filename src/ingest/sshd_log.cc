#include "ingest/sshd_log.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/address.h"
#include "base/limits.h"

namespace wardhive {
namespace {

constexpr std::size_t kSessionsMax = 1'024;
constexpr std::size_t kUserBytesMax = 64;
constexpr std::size_t kEvidenceBytesMax = 512;
constexpr std::uint32_t kRepeatsMax = 1'000;

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}
bool take_end(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// Drops a final " WORD" and gives WORD.
std::string_view take_last_word(std::string_view& text) {
  const auto space = text.rfind(' ');
  if (space == std::string_view::npos) return {};
  const auto word = text.substr(space + 1);
  text = text.substr(0, space);
  return word;
}

// "... from IP" or "... from IP port N" at the very end: what stands before it, and the IP.
std::optional<IpAddress> take_origin(std::string_view& text, std::string_view before_address) {
  auto rest = text;
  auto word = take_last_word(rest);
  std::uint16_t port = 0;
  if (read_number(word, port)) {
    auto without_port = rest;
    if (take_last_word(without_port) == "port") {
      rest = without_port;
      word = take_last_word(rest);
    }
  }
  const auto address = IpAddress::parse(word);
  if (!address) return std::nullopt;
  if (!before_address.empty() && take_last_word(rest) != before_address) return std::nullopt;
  text = rest;
  return *address;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out(text.substr(0, bytes_max));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, '?');
  return out;
}

}  // namespace

SshdLogParser::SshdLogParser(Entity observer, SyslogTime time)
    : observer_(std::move(observer)), time_(time) {}

SshdLogParser::Session& SshdLogParser::session(std::uint32_t pid) {
  if (const auto it = sessions_.find(pid); it != sessions_.end()) return it->second;
  if (order_.size() >= kSessionsMax) {
    sessions_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(pid);
  return sessions_[pid];
}

// Takes the time and the space behind it off the line.
std::optional<Instant> SshdLogParser::read_time(std::string_view& line, Instant now) {
  if (!line.empty() && line[0] >= '0' && line[0] <= '9') {
    const auto space = line.find(' ');
    const auto at = parse_rfc3339(line.substr(0, space));
    if (!at || space == std::string_view::npos) return std::nullopt;
    line.remove_prefix(space + 1);
    return *at;
  }
  static constexpr std::array<std::string_view, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (line.size() < 16 || line[3] != ' ' || line[6] != ' ' || line[9] != ':' || line[12] != ':' ||
      line[15] != ' ')
    return std::nullopt;
  const auto month =
      std::find(months.begin(), months.end(), line.substr(0, 3)) - months.begin() + 1;
  int day = 0, hour = 0, minute = 0, second = 0;
  const bool read = read_number(line[4] == ' ' ? line.substr(5, 1) : line.substr(4, 2), day) &&
                    read_number(line.substr(7, 2), hour) &&
                    read_number(line.substr(10, 2), minute) &&
                    read_number(line.substr(13, 2), second);
  if (!read || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  line.remove_prefix(16);
  const auto in_year = [&](int year) {
    return Instant(hours(24) * days_from_civil(year, static_cast<int>(month), day) + hours(hour) +
                   minutes(minute) + seconds(second)) -
           time_.utc_offset;
  };
  if (time_.year != 0) {
    if (month < last_month_ - 6) ++time_.year;  // from December to January
    last_month_ = static_cast<int>(month);
    return in_year(time_.year);
  }
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<Duration>(now.time_since_epoch())));
  const int year = static_cast<int>(today.year());
  const auto at = in_year(year);
  return at > now + hours(24) ? in_year(year - 1) : at;  // December's line read in January
}

std::optional<Event> SshdLogParser::parse(std::string_view line, Instant now) {
  if (line.size() >= limits::kLogLineBytesMax)
    return std::nullopt;  // cut off where the address stands
  take_end(line, "\r");
  const auto whole = line;
  const auto at = read_time(line, now);
  if (!at) return std::nullopt;
  const auto host_end = line.find(' ');
  if (host_end == std::string_view::npos) return std::nullopt;
  line.remove_prefix(host_end + 1);
  if (!take(line, "sshd[") && !take(line, "sshd-session[")) return std::nullopt;
  const auto pid_end = line.find("]: ");
  std::uint32_t pid = 0;
  if (pid_end == std::string_view::npos || !read_number(line.substr(0, pid_end), pid))
    return std::nullopt;
  auto message = line.substr(pid_end + 3);

  std::uint32_t repeats = 1;
  if (take(message, "message repeated ")) {
    const auto digits = message.find(" times: [ ");
    if (digits == std::string_view::npos || !read_number(message.substr(0, digits), repeats) ||
        !take_end(message, "]"))
      return std::nullopt;
    message.remove_prefix(digits + 10);
    repeats = std::min(repeats, kRepeatsMax);
  }
  auto event = read_message(message, session(pid));
  if (!event) return std::nullopt;
  event->at = *at;
  event->observer = observer_;
  event->attributes["service"] = "sshd";
  event->attributes["line"] = printable(whole, kEvidenceBytesMax);
  if (repeats > 1) event->attributes["count"] = std::to_string(repeats);
  return event;
}

std::optional<Event> SshdLogParser::read_message(std::string_view message, Session& session) {
  const auto event = [](EventKind kind, const IpAddress& origin, std::string_view user) {
    Event e;
    e.kind = kind;
    e.subject = address(origin.text());
    e.attributes["user"] = printable(user, kUserBytesMax);
    return e;
  };
  const auto failed = [&](const std::optional<IpAddress>& origin,
                          std::string_view user) -> std::optional<Event> {
    if (!origin) return std::nullopt;
    session.counted = true;
    return event(EventKind::AuthFailed, *origin, user);
  };

  if (take(message, "Accepted ")) {
    // The account exists on this host, so it holds no space: read from the front, as what follows
    // "ssh2" (key, fingerprint) is sshd's.
    const auto method_end = message.find(" for ");
    if (method_end == std::string_view::npos) return std::nullopt;
    message.remove_prefix(method_end + 5);
    const auto user = message.substr(0, message.find(' '));
    message.remove_prefix(user.size());
    if (!take(message, " from ")) return std::nullopt;
    const auto origin = IpAddress::parse(message.substr(0, message.find(' ')));
    if (!origin) return std::nullopt;
    auto accepted = event(EventKind::AuthSucceeded, *origin, user);
    message.remove_prefix(std::min(message.find(' '), message.size()));
    std::uint16_t port = 0;
    if (take(message, " port ") && read_number(message.substr(0, message.find(' ')), port))
      accepted.attributes["port"] = std::to_string(port);
    return accepted;
  }
  if (take(message, "Failed password for ")) {
    if (!take_end(message, " ssh2")) return std::nullopt;
    const auto origin = take_origin(message, "from");
    const bool invalid = take(message, "invalid user ") || take(message, "illegal user ");
    if (invalid && std::exchange(session.invalid_pending, false)) return std::nullopt;
    return failed(origin, message);
  }
  if (take(message, "Invalid user ") || take(message, "Illegal user ")) {
    const auto origin = take_origin(message, "from");
    if (origin) session.invalid_pending = true;
    return failed(origin, message);
  }
  if (take(message, "error: PAM: Authentication failure for ")) {
    const auto origin = take_origin(message, "from");
    if (take(message, "illegal user ") && std::exchange(session.invalid_pending, false))
      return std::nullopt;
    return failed(origin, message);
  }
  if (take(message, "Connection closed by ") || take(message, "Connection reset by ") ||
      take(message, "Disconnected from ")) {
    // A server that takes only keys says no more of a guess than this.
    if (session.counted || !take_end(message, " [preauth]")) return std::nullopt;
    if (!take(message, "authenticating user ") && !take(message, "invalid user "))
      return std::nullopt;
    const auto origin = take_origin(message, "");
    return failed(origin, message);
  }
  return std::nullopt;
}

}  // namespace wardhive
