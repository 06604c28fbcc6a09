// Slashing (D7, D8): how much may be claimed and taken, for how long one may object, and where it
// goes. Whatever is taken is rounded up, whatever is given out of it is rounded down.
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "abi/incident.h"
#include "abi/lease.h"
#include "core/rules/bucket.h"
#include "core/rules/moment.h"
#include "core/rules/weight.h"
#include "sol/checked.h"
#include "sol/error.h"
#include "sol/wide.h"

namespace swarm {

[[gnu::always_inline]] constexpr std::uint64_t lesser(std::uint64_t a, std::uint64_t b) {
  return a < b ? a : b;
}

// ceil(base x bps / 10^4): at most base, as bps is at most one.
[[gnu::always_inline]] constexpr sol::Result<std::uint64_t> claim_of(std::uint64_t base,
                                                                     std::uint64_t bps) {
  sol::U128 product{};
  sol::multiply(base, bps, product);
  return sol::div_ceil(product, kBpsOne);
}

// What the opener has at risk for a claim of `loss` > 0. No more than the least stake of its role:
// whoever has much at stake must not be safe from accusations by being large.
[[gnu::always_inline]] constexpr std::uint64_t accuser_bond(std::uint64_t loss,
                                                            std::uint64_t min_stake) {
  const std::uint64_t part = loss / kBondPart + (loss % kBondPart != 0 ? 1 : 0);
  return lesser(part, min_stake == 0 ? 1 : min_stake);
}

// Seconds to dispute a claim of so much.
[[gnu::always_inline]] constexpr std::uint64_t dispute_time(std::uint64_t bps) {
  if (bps <= kSmallClaimBps) return kDisputeSmall;
  return bps < kLargeClaimBps ? kDisputeMiddle : kDisputeLarge;
}

// Counts `bps` in the position's window of now; false if it and the window before would have more
// than the cap, whatever the stake was then. A clock that goes back opens no older window.
[[gnu::always_inline]] constexpr bool take_slash_window(Position& position, std::uint64_t bps,
                                                        std::uint64_t t) {
  const std::uint64_t window = t / kSlashWindow;
  if (window > position.slash_window) {
    position.slash_prev =
        window == position.slash_window + std::uint64_t{1} ? position.slash_cur : std::uint16_t{0};
    position.slash_cur = 0;
    position.slash_window = static_cast<std::uint32_t>(window);
  }
  const std::uint64_t sum = position.slash_cur + bps;
  if (sum + position.slash_prev > kSlashWindowsBps) return false;
  position.slash_cur = static_cast<std::uint16_t>(sum);
  return true;
}

// Takes `loss` from the day's budget of all slashes. An empty one admits a larger one.
[[gnu::always_inline]] constexpr sol::Error take_slash_budget(Fleet& fleet, std::uint64_t principal,
                                                              std::uint64_t loss, std::uint64_t t) {
  std::uint64_t cap = SOL_TRY(sol::mul_div(principal, kSlashBps, kBpsOne));
  if (cap == 0) cap = 1;
  Bucket bucket{fleet.slashed, fleet.slashed_at};
  if (!take_or_first(bucket, loss, cap, kSlashPeriod, t))
    return sol::Error(Fault::SlashBudgetSpent);
  fleet.slashed = bucket.level;
  fleet.slashed_at = bucket.at;
  return sol::kOk;
}

// Takes x <= amount + unbonding out of a settled position: first what is on its way out, so that
// it loses the same whether it has asked for its stake or not. Does not touch the principal.
[[gnu::noinline]] constexpr sol::Error take_stake(Pool& pool, Position& position, std::uint64_t x) {
  const std::uint64_t leaving = lesser(x, position.unbonding);
  position.unbonding -= leaving;
  return leaving == x ? sol::kOk : remove_amount(pool, position, x - leaving);
}

// Puts x into the stake of a settled position, with the weight of its lock's rest. Not refused
// below the role's minimum: nobody chose this.
[[gnu::noinline]] constexpr sol::Error give_stake(Pool& pool, Position& position,
                                                  const RoleRules& rules, std::uint64_t x,
                                                  std::uint64_t t) {
  const std::uint64_t left = sol::saturating_sub(position.lock_end, t);
  const std::uint64_t added = SOL_TRY(weigh(x, multiplier(rules, left)));
  set_weight(pool, position, position.weight + added);
  position.amount += x;
  return sol::kOk;
}

// Where incident.loss goes; returns what is burned. Without a node there is nobody to compensate.
[[gnu::always_inline]] constexpr std::uint64_t split_loss(Incident& incident, bool on_node) {
  const std::uint64_t loss = incident.loss;  // at most 2^61: times 10^4 in parts
  const std::uint64_t whole = loss / kBpsOne;
  const std::uint64_t rest = loss % kBpsOne;
  const bool fraud = incident.category == static_cast<std::uint8_t>(Category::Fraud);
  incident.pot = on_node ? whole * kPotBps + rest * kPotBps / kBpsOne : 0;
  incident.recoverable = fraud ? 0 : whole * kRecoverableBps + rest * kRecoverableBps / kBpsOne;
  return loss - incident.pot - incident.recoverable;
}

// Of what may come back, how much has by now: a part for each full epoch since the execution, by
// both clocks.
[[gnu::always_inline]] constexpr sol::Result<std::uint64_t> recovered_by(const Incident& incident,
                                                                         const Moment& now) {
  const std::uint64_t elapsed = lesser(sol::saturating_sub(now.t, incident.executed_at),
                                       sol::saturating_sub(now.slot, incident.executed_slot));
  if (elapsed == 0) return std::uint64_t{0};
  // passed() is strict: an epoch is over in the second after its last.
  const std::uint64_t epochs = lesser((elapsed - 1) / kEpochSeconds, kRecoverEpochs);
  return sol::mul_div(incident.recoverable, epochs, kRecoverEpochs);
}

// What a tenant gets for `gap` seconds without the node: what they would have cost, and no more
// than half of what the node earned on the lease, or than is left.
[[gnu::always_inline]] constexpr std::uint64_t compensation(const Seat& seat, std::uint64_t gap,
                                                            std::uint64_t pot) {
  sol::U128 worth{};
  sol::multiply(seat.rate, gap, worth);
  std::uint64_t most = lesser(seat.earned / 2, pot);
  if (worth.hi == 0) most = lesser(most, worth.lo);
  return most;
}

}  // namespace swarm
