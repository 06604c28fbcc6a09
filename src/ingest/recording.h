// Recorded material for `wardhive replay`, plain or gzip, read in one pass.
//
//   thread  one
//   errors  "FILE:LINE: what was found, what was expected"
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive {

// Lines of a file that may be gzip. A line longer than 1 MB is InvalidInput.
class LineSource {
 public:
  static Result<std::unique_ptr<LineSource>> open(const Path& path);
  virtual ~LineSource() = default;
  // False at the end. `line` comes without its line break.
  virtual Result<bool> next(std::string& line) = 0;
  virtual double progress() const = 0;  // 0 to 1, by bytes of the file
};

using LogRecording = LineSource;

struct SeriesOptions {
  std::optional<Instant> start;  // of the first row, for a table without times
  std::optional<Duration> step;
};

// A table: either a first line with names, `timestamp` or `time` first (then every row starts with
// a time: RFC 3339, "2014-02-14 14:30:00" in UTC, or seconds since 1970), or only numbers, when
// `start` and `step` say the times. Commas; an empty cell or NaN is a missing value (NaN).
class SeriesRecording {
 public:
  // InvalidInput if it has neither times nor start and step, or more than 4,096 columns.
  static Result<std::unique_ptr<SeriesRecording>> open(const Path& path, SeriesOptions options);
  Result<bool> next(Instant& at, std::vector<double>& values);
  const std::vector<std::string>& names() const { return names_; }
  double progress() const { return lines_->progress(); }

 private:
  Result<bool> parse(const std::string& line, Instant& at, std::vector<double>& values);
  std::unexpected<Error> bad(std::string what) const;

  std::string file_;
  SeriesOptions options_;
  std::unique_ptr<LineSource> lines_;
  std::vector<std::string> names_;
  std::optional<std::string>
      first_;  // a wide table's first row, read while its columns were counted
  bool timed_ = false;
  std::uint64_t line_number_ = 0;
  std::uint64_t row_ = 0;
};

}  // namespace wardhive
