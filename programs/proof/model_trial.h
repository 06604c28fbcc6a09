// Accusations as the model keeps them. What a position has at risk, and whether something can come
// back to it, is added up anew whenever it is asked for.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>

#include "abi/program.h"

namespace swarm::proof {

// An executed slash of a position.
struct ModelSlash {
  using Int = boost::multiprecision::cpp_int;
  Int window, bps;  // of 30 days; a clock that goes back opens no older one
};

// One of all positions, for the day's budget.
struct ModelTaken {
  using Int = boost::multiprecision::cpp_int;
  Int at, counted, cap;  // what the budget counted of it, and what the budget was then
};

struct ModelIncident {
  using Int = boost::multiprecision::cpp_int;
  std::size_t position = 0, owner = 0;        // the accused
  std::size_t opener = 0, bond_position = 0;  // who accuses
  std::optional<std::size_t> node;
  Int position_id = 0;
  std::uint8_t category = 0;
  IncidentState state = IncidentState::Open;
  Int base = 0, bps = 0, loss = 0, bond = 0;
  Int deadline = 0, deadline_slot = 0;
  Int since = 0, down = 0, gap = 0;  // when the node went out, its down time before, and since
  Int executed_at = 0, executed_slot = 0;
  Int pot = 0, recoverable = 0, recovered = 0;
  std::size_t slash_number = 0;  // how many the position had then, this one with them

  bool is_executed() const { return state == IncidentState::Executed; }
  bool is_spent() const { return pot == 0 && recovered == recoverable; }
};

// What the opener says.
struct ModelCharge {
  std::uint64_t id = 0;
  std::uint8_t category = 0, on_node = 0;
  boost::multiprecision::cpp_int bps;
  std::size_t opener = 0, bond_position = 0, position = 0, node = 0;
};

}  // namespace swarm::proof
