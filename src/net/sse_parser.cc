#include "net/sse_parser.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace wardhive::net {

Status SseParser::feed(std::string_view bytes,
                       const std::function<void(const SseEvent&)>& on_event) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() + data_.size() > bytes_max_)
      return fail(ErrorCode::LimitReached,
                  fmt::format("an event is larger than {} bytes", bytes_max_));
    line_ += part;
    if (end == std::string_view::npos) return ok();
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(on_event);
    line_.clear();
  }
  return ok();
}

void SseParser::take_line(const std::function<void(const SseEvent&)>& on_event) {
  std::string_view line = line_;
  if (std::exchange(first_line_, false) && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  if (line.empty()) {
    if (has_data_) {
      data_.pop_back();  // the line feed after the last data line
      on_event({event_.empty() ? "message" : event_, data_, last_id_});
    }
    event_.clear();
    data_.clear();
    has_data_ = false;
    return;
  }
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value).append("\n");
    has_data_ = true;
  } else if (name == "event") {
    event_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) last_id_ = value;
  } else if (name == "retry") {
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), ms);
    // Digits only, and within a day: more would be a way to switch us off.
    if (error == std::errc() && end == value.data() + value.size() && ms >= 0 && ms <= 86'400'000)
      retry_ = millis(ms);
  }
}

}  // namespace wardhive::net
