// A scenario file: what happens to the fleet, and when. Strict YAML. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace wardhive::demo {

struct Step {
  Duration at{};  // since the program's start
  std::string action;
  std::map<std::string, std::string> with;
};

struct Scenario {
  std::string name;
  int version = 1;
  Duration contained_within{}, restored_within{};
  std::vector<Step> steps;  // by time

  // The first step of that kind; nullptr if there is none.
  const Step* find(std::string_view action) const;
};

// InvalidInput "FILE:LINE: ..." for an unknown or repeated key, an absent one, an action that is
// not known or lacks an argument.
Result<Scenario> parse_scenario(std::string_view yaml, std::string_view file_name);

}  // namespace wardhive::demo
