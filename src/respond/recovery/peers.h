// Whether a node on probation does as well as the nodes beside it.
#pragma once

#include <string>

#include "respond/step.h"

namespace wardhive::respond {

struct Comparison {
  bool known = false;  // a gateway sees at least one undrained peer with traffic
  bool passed = false;
  std::string says;
};

// Errors and p99 of the stage's traffic against peer_ratio_percent of the peers' median, and never
// stricter than 50 bps and 20 ms above it: one failed request is no failure beside peers with none.
Comparison compare_with_peers(Step& s, const Case& c);

}  // namespace wardhive::respond
