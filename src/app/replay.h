// Runs recorded material through the same pipeline as fast as it can, with the recording's clock.
// Nothing is stored and nothing is applied; the mode is shadow.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/pipeline.h"
#include "base/file.h"
#include "config/settings.h"

namespace wardhive {

struct ReplayOptions {
  Path file;
  bool logs = false;              // else a table of series
  std::string node = "recorded";  // whose log or series it is
  int year = 0;                   // of the first line; 0: the present one. Syslog times carry none
  Duration utc_offset{};          // of the log's local time
  std::optional<Instant> start;   // wide table without times: of the first row ...
  std::optional<Duration> step;   // ... and between rows
  bool scores = false;            // one line per row instead of findings
};

struct ReplaySummary {
  std::uint64_t rows = 0;  // lines or table rows
  std::uint64_t used = 0;  // lines that were events, cells that had a value
  std::uint64_t findings = 0, decisions = 0, incidents = 0;
  Instant first_at{}, last_at{};
};

// `line` gets each JSON line of output (docs/reference/replay.md), `progress` a share from 0 to 1
// now and then. InvalidInput names file and line of what cannot be read.
Result<ReplaySummary> replay(const Settings& settings, const ReplayOptions& options,
                             const std::function<void(const std::string&)>& line,
                             const std::function<void(double)>& progress);

}  // namespace wardhive
