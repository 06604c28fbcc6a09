// All that risk remembers, and its bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "risk/scoring/allow_list.h"
#include "risk/scoring/entities.h"

namespace wardhive::scoring {

struct State {
  explicit State(std::size_t entities_max) : entities(entities_max) {}

  Ns now = 0;
  std::uint64_t entities_dropped = 0;
  std::uint64_t findings = 0;
  std::uint64_t claims_dropped = 0;
  std::uint64_t allow_refused = 0;
  AllowList allow_list;
  Entities entities;
};

// Equal states give equal bytes.
std::string save(const State& state);
// Into a fresh state. Corrupt for anything that `save` did not write, Unsupported for another
// version.
Status load(std::string_view bytes, State& state);

}  // namespace wardhive::scoring
