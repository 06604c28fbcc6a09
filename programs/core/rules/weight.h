// How much a stake counts (D4).
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "abi/errors.h"
#include "core/rules/moment.h"
#include "sol/checked.h"
#include "sol/error.h"
#include "sol/wide.h"

namespace swarm {

// What an unlocked stake counts, in bps: never more than one.
[[gnu::always_inline]] constexpr std::uint64_t expired_multiplier(const RoleRules& rules) {
  return rules.weight_min < kBpsOne ? rules.weight_min : kBpsOne;
}

// m(r) in bps, r the lock's seconds left.
[[gnu::always_inline]] constexpr std::uint64_t multiplier(const RoleRules& rules,
                                                          std::uint64_t left) {
  if (left < rules.lock_min) return expired_multiplier(rules);
  const std::uint64_t range = rules.lock_max - rules.lock_min;
  if (range == 0 || left >= rules.lock_max) return rules.weight_max;
  const std::uint64_t span = rules.weight_max - rules.weight_min;
  return rules.weight_min + span * (left - rules.lock_min) / range;  // below 2^16 x 2^32
}

// floor(x x bps / 10^4). For x <= 2^61 and bps <= 40,000 it fits.
[[gnu::always_inline]] constexpr sol::Result<std::uint64_t> weigh(std::uint64_t x,
                                                                  std::uint64_t bps) {
  return sol::mul_div(x, bps, kBpsOne);
}

// Changes a settled position's weight, and the pool's sum with it.
[[gnu::always_inline]] constexpr void set_weight(Pool& pool, Position& position,
                                                 std::uint64_t weight) {
  pool.weight = pool.weight - position.weight + weight;  // the sum contains the position's
  position.weight = weight;
}

struct Addition {
  std::uint64_t amount;  // token units, may be 0
  std::uint64_t lock;    // seconds from now; 0 keeps the lock
};

// Puts more at stake in a settled position. If the lock is extended, the whole position weighs by
// the new one, even if that is less. Neither of the lock's two ends ever moves back: a clock that
// has jumped ahead must not turn a long lock into a short one. Who starts again from nothing starts
// with the role's minimum, as request_unstake leaves nothing or that.
[[gnu::noinline]] constexpr sol::Error add_amount(Pool& pool, Position& position,
                                                  const RoleRules& rules, const Addition& addition,
                                                  const Moment& now) {
  const auto [x, lock] = addition;
  if (position.amount == 0 && x < rules.min_stake) return sol::Error(Fault::BelowMinimum);
  // Both are part of principal <= 2^61, so the sum fits.
  const std::uint64_t amount = position.amount + x;
  if (lock == 0) {
    const std::uint64_t left = sol::saturating_sub(position.lock_end, now.t);
    const std::uint64_t added = SOL_TRY(weigh(x, multiplier(rules, left)));
    set_weight(pool, position, position.weight + added);
  } else {
    if (lock < rules.lock_min || lock > rules.lock_max) return sol::Error(Fault::LockOutOfRange);
    if (now.t + lock < position.lock_end) return sol::Error(Fault::LockShortened);
    position.lock_end = now.t + lock;
    const std::uint64_t slot = now.slot + lock;
    if (slot > position.lock_slot) position.lock_slot = slot;
    set_weight(pool, position, SOL_TRY(weigh(amount, multiplier(rules, lock))));
  }
  position.amount = amount;
  return sol::kOk;
}

// Takes x <= amount out of a settled position, its weight in proportion.
[[gnu::noinline]] constexpr sol::Error remove_amount(Pool& pool, Position& position,
                                                     std::uint64_t x) {
  const std::uint64_t amount = position.amount - x;
  const std::uint64_t weight = SOL_TRY(sol::mul_div(position.weight, amount, position.amount));
  set_weight(pool, position, weight);
  position.amount = amount;
  return sol::kOk;
}

}  // namespace swarm
