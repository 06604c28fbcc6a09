// What a stake could lose on the chain, by the program's own rules (D7, D8; programs/core/rules).
// Pure, any thread.
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "chain/trial.h"

namespace wardhive::chain {

// An accusation as it would be if it were opened now and executed.
struct Penalty {
  std::uint8_t category = 0;  // swarm::Category
  std::uint16_t bps = 0;      // of base
  std::uint64_t base = 0;     // token units that no other incident claims
  std::uint64_t loss = 0;     // of them; rounded up
  TrialSplit split = {};      // of loss
  std::uint64_t bond = 0;     // token units that the accuser has at risk meanwhile
  std::uint64_t dispute_seconds = 0;
};
// `bps` at most the category's cap; `operator_min` is the least stake of a network operator.
// `on_node`: about a node, whose tenants are compensated first.
Penalty penalty_of(const swarm::Position& position, std::uint64_t operator_min,
                   std::uint8_t category, std::uint16_t bps, bool on_node);

// Of the 60 % that may be taken from one position in two windows of 30 days: what is left, in bps.
// More has to wait.
std::uint16_t slashable_bps(const swarm::Position& position, std::uint64_t now_seconds);

// Of what may be taken of all positions in a day (2 % of the principal): token units left now. An
// empty day admits one larger slash.
struct SlashBudget {
  std::uint64_t cap = 0, left = 0;  // token units
};
SlashBudget slash_budget(const swarm::Fleet& fleet, const swarm::Pool& pool,
                         std::uint64_t now_seconds);

}  // namespace wardhive::chain
