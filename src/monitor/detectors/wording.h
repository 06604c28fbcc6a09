// Numbers and foreign words in the sentences that people read.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "model/record.h"

namespace wardhive {

// "412 ms", "0.8 ms", "2.5 s"
inline std::string say_seconds(double s) {
  if (s >= 1) return fmt::format("{:.3g} s", s);
  if (s >= 0.01) return fmt::format("{:.0f} ms", s * 1e3);
  return fmt::format("{:.1f} ms", s * 1e3);
}
inline std::string say_percent(double share) { return fmt::format("{:.3g} %", share * 100); }
// An attribute that somebody else wrote, cut to `bytes_max` and printable; `absent` without it.
inline std::string tame_attribute(const Event& event, const std::string& key, std::size_t bytes_max,
                                  std::string_view absent = "") {
  const auto found = event.attributes.find(key);
  if (found == event.attributes.end()) return std::string(absent);
  auto text = found->second.substr(0, bytes_max);
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace wardhive
