#include "chain/penalty.h"

#include <algorithm>

#include "core/rules/slash.h"

namespace wardhive::chain {

Penalty penalty_of(const swarm::Position& position, std::uint64_t operator_min,
                   std::uint8_t category, std::uint16_t bps, bool on_node) {
  Penalty penalty{.category = category, .bps = bps};
  // What the chain holds keeps at_risk within the sum; bytes of a lying endpoint need not.
  const auto sum = position.amount + position.unbonding;
  penalty.base = sum > position.at_risk ? sum - position.at_risk : 0;
  auto loss = swarm::claim_of(penalty.base, bps);
  penalty.loss = loss.ok() ? loss.take() : penalty.base;
  swarm::Incident incident{};
  incident.loss = penalty.loss;
  incident.category = category;
  incident.node.words[0] = on_node ? 1 : 0;
  penalty.split = split_of(incident);
  penalty.bond = penalty.loss == 0 ? 0 : swarm::accuser_bond(penalty.loss, operator_min);
  penalty.dispute_seconds = swarm::dispute_time(bps);
  return penalty;
}

std::uint16_t slashable_bps(const swarm::Position& position, std::uint64_t now_seconds) {
  auto copy = position;
  (void)swarm::take_slash_window(copy, 0, now_seconds);  // only moves the windows on
  const auto used = std::uint64_t{copy.slash_cur} + copy.slash_prev;
  return static_cast<std::uint16_t>(swarm::kSlashWindowsBps -
                                    std::min<std::uint64_t>(used, swarm::kSlashWindowsBps));
}

SlashBudget slash_budget(const swarm::Fleet& fleet, const swarm::Pool& pool,
                         std::uint64_t now_seconds) {
  auto cap = sol::mul_div(pool.principal, swarm::kSlashBps, swarm::kBpsOne);
  SlashBudget budget{.cap = std::max<std::uint64_t>(cap.ok() ? cap.take() : 0, 1)};
  const auto level = swarm::level_now({fleet.slashed, fleet.slashed_at}, budget.cap,
                                      swarm::kSlashPeriod, now_seconds);
  budget.left = budget.cap > level ? budget.cap - level : 0;
  return budget;
}

}  // namespace wardhive::chain
