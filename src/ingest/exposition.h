// Prometheus text exposition format 0.0.4.
//   https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
// Sans I/O; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/sample.h"

namespace wardhive {

struct ExpositionRow {
  Labels labels;  // with __name__; in the order of the text, not yet canonical
  double value = 0;
  std::optional<std::int64_t> timestamp_ms;
};

// InvalidInput "line 12: ..." for the first line that is none; comments and empty lines are passed
// over. LimitReached past limits::kSamplesPerRequestMax rows.
Result<std::vector<ExpositionRow>> parse_exposition(std::string_view text);

}  // namespace wardhive
