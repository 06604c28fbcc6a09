// What must hold between settings, whatever they were read from.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace wardhive::config {

struct Violation {
  std::string key;    // "monitor.silence_suspect"
  std::string other;  // the setting it disagrees with, "" if none
  std::string says;   // "is 10s; it must be ..."
};

// Each single value within its bounds.
std::vector<Violation> bound_violations(const Settings& settings);
// Values that fit their bounds but not each other, and texts that do not parse.
std::vector<Violation> cross_violations(const Settings& settings);

}  // namespace wardhive::config
