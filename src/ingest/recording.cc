#include "ingest/recording.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace wardhive {
namespace {

constexpr std::size_t kColumnsMax = 4'096;
constexpr std::size_t kLineBytesMax = 1024 * 1024;

// zlib's gz calls read plain files as they are.
class GzLines final : public LineSource {
 public:
  GzLines(gzFile file, std::string name, double bytes)
      : file_(file), name_(std::move(name)), bytes_(bytes) {}
  ~GzLines() override { gzclose_r(file_); }

  // Not gzgets: it gives no length, so a zero byte in a line would lose the rest of it.
  Result<bool> next(std::string& line) override {
    line.clear();
    ++number_;
    for (;;) {
      const auto end = buffered_.find('\n');
      line += buffered_.substr(0, end);
      if (line.size() > kLineBytesMax)
        return fail(ErrorCode::InvalidInput, fmt::format("{}:{}: line has more than {} bytes",
                                                         name_, number_, kLineBytesMax));
      if (end != std::string_view::npos) {
        buffered_.remove_prefix(end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return true;
      }
      const int count = gzread(file_, buffer_.data(), static_cast<unsigned>(buffer_.size()));
      buffered_ = {buffer_.data(), static_cast<std::size_t>(std::max(count, 0))};
      if (count > 0) continue;
      int code = Z_OK;
      const char* what = gzerror(file_, &code);
      if (code != Z_OK && code != Z_STREAM_END)
        return fail(ErrorCode::Corrupt, fmt::format("{}:{}: {}", name_, number_, what));
      return !line.empty();
    }
  }
  double progress() const override {
    return bytes_ > 0 ? std::min(1.0, static_cast<double>(gzoffset(file_)) / bytes_) : 1.0;
  }

 private:
  gzFile file_;
  const std::string name_;
  const double bytes_;
  std::uint64_t number_ = 0;  // of the line being read
  std::array<char, 16 * 1024> buffer_;
  std::string_view buffered_;  // of buffer_: not yet given
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const auto comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos || cells.size() > kColumnsMax) return cells;
    line.remove_prefix(comma + 1);
  }
}

std::optional<double> number_of(std::string_view cell) {
  if (cell.empty() || cell == "NaN" || cell == "nan" || cell == "NA")
    return std::numeric_limits<double>::quiet_NaN();
  if (cell.front() == '+') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

std::optional<Instant> time_of(std::string_view cell) {
  if (auto at = parse_rfc3339(cell)) return *at;
  if (auto at = parse_rfc3339(std::string(cell) + "Z")) return *at;
  const auto seconds_since = number_of(cell);
  if (!seconds_since || !std::isfinite(*seconds_since) || std::abs(*seconds_since) > 9e9)
    return std::nullopt;
  return Instant(from_seconds(*seconds_since));
}

}  // namespace

Result<std::unique_ptr<LineSource>> LineSource::open(const Path& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0)
    return std::unexpected(system_error(errno, "open " + path.string()));
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return std::unexpected(system_error(errno, "open " + path.string()));
  gzbuffer(file, 256 * 1024);
  return std::make_unique<GzLines>(file, path.string(), static_cast<double>(info.st_size));
}

std::unexpected<Error> SeriesRecording::bad(std::string what) const {
  return fail(ErrorCode::InvalidInput, fmt::format("{}:{}: {}", file_, line_number_, what));
}

Result<std::unique_ptr<SeriesRecording>> SeriesRecording::open(const Path& path,
                                                               SeriesOptions options) {
  std::unique_ptr<SeriesRecording> recording(new SeriesRecording);
  auto& r = *recording;
  r.file_ = path.string();
  r.options_ = options;
  WARDHIVE_ASSIGN(r.lines_, LineSource::open(path));
  std::string line;
  WARDHIVE_ASSIGN(const bool any, r.lines_->next(line));
  r.line_number_ = 1;
  if (!any) return r.bad("file is empty");
  const auto cells = cells_of(line);
  if (cells.size() > kColumnsMax) return r.bad(fmt::format("more than {} columns", kColumnsMax));
  r.timed_ = cells[0] == "timestamp" || cells[0] == "time";
  if (r.timed_) {
    for (std::size_t i = 1; i < cells.size(); ++i)
      r.names_.emplace_back(cells[i].empty() ? fmt::format("column_{}", i) : std::string(cells[i]));
    if (r.names_.empty()) return r.bad("no column besides the time");
    return recording;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!number_of(cells[i]))
      return r.bad(fmt::format(
          "\"{}\" is no number; expected a head that starts with `timestamp`, or numbers only",
          cells[i].substr(0, 50)));
    r.names_.push_back(fmt::format("column_{}", i));
  }
  if (!options.start || !options.step || *options.step <= Duration::zero())
    return r.bad("the table has no times; say them with --start 2026-01-01T00:00:00Z --step 60s");
  r.first_ = std::move(line);
  return recording;
}

Result<bool> SeriesRecording::next(Instant& at, std::vector<double>& values) {
  std::string line;
  if (first_) {
    line = std::move(*first_);
    first_.reset();
    return parse(line, at, values);
  }
  do {
    WARDHIVE_ASSIGN(const bool more, lines_->next(line));
    if (!more) return false;
    ++line_number_;
  } while (line.empty());
  return parse(line, at, values);
}

Result<bool> SeriesRecording::parse(const std::string& line, Instant& at,
                                    std::vector<double>& values) {
  const auto cells = cells_of(line);
  const std::size_t expected = names_.size() + (timed_ ? 1 : 0);
  if (cells.size() != expected)
    return bad(fmt::format("row has {} cells; expected {}", cells.size(), expected));
  if (timed_) {
    const auto time = time_of(cells[0]);
    if (!time)
      return bad(fmt::format(
          "\"{}\" is no time; expected RFC 3339, 2014-02-14 14:30:00, or seconds since 1970",
          cells[0].substr(0, 50)));
    at = *time;
  } else {
    at = *options_.start + *options_.step * static_cast<std::int64_t>(row_);
  }
  ++row_;
  values.clear();
  for (std::size_t i = timed_ ? 1 : 0; i < cells.size(); ++i) {
    const auto value = number_of(cells[i]);
    if (!value)
      return bad(fmt::format("cell {} \"{}\" is no number", i + 1, cells[i].substr(0, 50)));
    values.push_back(*value);
  }
  return true;
}

}  // namespace wardhive
