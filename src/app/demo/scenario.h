// A scenario file: what happens to the fleet, and when. Strict YAML. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace wardhive::demo {

// What a step's time counts from: the program's start, or the moment when the first broken node is
// back at 100 %.
enum class Since : std::uint8_t { Start, Restored };

struct Step {
  Duration at{};
  Since since = Since::Start;
  bool needs_chain = false;  // left out of a demo without one
  std::string action;
  std::map<std::string, std::string> with;
};

struct Scenario {
  std::string name;
  int version = 1;
  Duration contained_within{}, restored_within{};
  Duration isolated_within{};  // of a lost node, since its loss; 0 if no node is lost
  std::vector<Step> steps;     // by time, those since the restoration last

  // The first step of that kind; nullptr if there is none.
  const Step* find(std::string_view action) const;
  // Without the steps that need a chain; how many there were.
  std::size_t leave_chain_out();
};

// InvalidInput "FILE:LINE: ..." for an unknown or repeated key, an absent one, an action that is
// not known or lacks an argument, and for steps out of order or waiting for what no step causes.
Result<Scenario> parse_scenario(std::string_view yaml, std::string_view file_name);

}  // namespace wardhive::demo
