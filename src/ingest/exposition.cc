#include "ingest/exposition.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/limits.h"

namespace wardhive {
namespace {

constexpr std::int64_t kTimestampMax =
    std::numeric_limits<std::int64_t>::max() / 1'000'000;  // ms; as ns it still fits

bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool name_part(char c) { return name_start(c) || (c >= '0' && c <= '9'); }

// Reads one line from the front; `what` says why when it cannot.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  bool read(ExpositionRow& row) {
    skip_space();
    std::string name;
    if (!read_name(name)) return what_ = "expected a metric name", false;
    row.labels.emplace_back("__name__", std::move(name));
    skip_space();
    if (take('{') && !read_labels(row.labels)) return false;
    skip_space();
    if (!read_value(row.value)) return what_ = "expected a number", false;
    skip_space();
    if (rest_.empty()) return true;
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), ms);
    if (error != std::errc())
      return what_ = "expected a timestamp in milliseconds or the end of the line", false;
    if (ms > kTimestampMax || ms < -kTimestampMax)
      return what_ = "timestamp is out of range", false;
    row.timestamp_ms = ms;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    skip_space();
    if (!rest_.empty()) what_ = "expected the end of the line";
    return rest_.empty();
  }
  std::string_view what() const { return what_; }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool read_name(std::string& name) {
    std::size_t length = 0;
    while (length < rest_.size() &&
           (length == 0 ? name_start(rest_[length]) : name_part(rest_[length])))
      ++length;
    name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return length > 0;
  }
  bool read_labels(Labels& labels) {
    for (;;) {
      skip_space();
      if (take('}')) return true;
      std::string name, value;
      if (!read_name(name)) return what_ = "expected a label name or }", false;
      skip_space();
      if (!take('=')) return what_ = "expected = after the label name", false;
      skip_space();
      if (!take('"')) return what_ = "expected a quoted label value", false;
      if (!read_quoted(value))
        return what_ = "label value does not end, or has an unknown escape", false;
      if (labels.size() >= limits::kLabelsPerSeriesMax) return what_ = "too many labels", false;
      labels.emplace_back(std::move(name), std::move(value));
      skip_space();
      if (!take(',') && (rest_.empty() || rest_[0] != '}')) return what_ = "expected , or }", false;
    }
  }
  bool read_quoted(std::string& value) {
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c != '\\') {
        value += c;
        continue;
      }
      if (rest_.empty()) return false;
      const char escaped = rest_[0];
      rest_.remove_prefix(1);
      if (escaped == 'n')
        value += '\n';
      else if (escaped == '\\' || escaped == '"')
        value += escaped;
      else
        return false;
    }
    return false;
  }
  bool read_value(double& value) {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] != ' ' && rest_[length] != '\t' &&
           rest_[length] != '\r')
      ++length;
    auto word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (word == "NaN" || word == "nan")
      return value = std::numeric_limits<double>::quiet_NaN(), true;
    if (word == "+Inf" || word == "Inf")
      return value = std::numeric_limits<double>::infinity(), true;
    if (word == "-Inf") return value = -std::numeric_limits<double>::infinity(), true;
    if (word.starts_with('+')) word.remove_prefix(1);
    if (word.empty() || !((word[0] >= '0' && word[0] <= '9') || word[0] == '-' || word[0] == '.'))
      return false;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end == word.data() + word.size();
  }

  std::string_view rest_;
  std::string_view what_;
};

}  // namespace

Result<std::vector<ExpositionRow>> parse_exposition(std::string_view text) {
  std::vector<ExpositionRow> rows;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos || line[start] == '#') continue;
    if (rows.size() >= limits::kSamplesPerRequestMax)
      return fail(ErrorCode::LimitReached,
                  fmt::format("page has more than {} samples", limits::kSamplesPerRequestMax));
    LineReader reader(line);
    if (!reader.read(rows.emplace_back()))
      return fail(ErrorCode::InvalidInput, fmt::format("line {}: {}", number, reader.what()));
  }
  return rows;
}

}  // namespace wardhive
