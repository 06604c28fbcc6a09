// Numbers in the sentences that people read.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace wardhive {

// "412 ms", "0.8 ms", "2.5 s"
inline std::string say_seconds(double s) {
  if (s >= 1) return fmt::format("{:.3g} s", s);
  if (s >= 0.01) return fmt::format("{:.0f} ms", s * 1e3);
  return fmt::format("{:.1f} ms", s * 1e3);
}
inline std::string say_percent(double share) { return fmt::format("{:.3g} %", share * 100); }

}  // namespace wardhive
