// The stream of rewards (D3): exact, the same for whoever pokes when, and nobody earns for the
// past.
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "abi/errors.h"
#include "core/rules/moment.h"
#include "sol/checked.h"
#include "sol/error.h"
#include "sol/wide.h"

namespace swarm {

// Of `total`, what has been given out by second t. t >= start, as the callers keep it.
[[gnu::always_inline]] constexpr std::uint64_t emitted_by(const Pool& pool, std::uint64_t t) {
  if (pool.end == pool.start) return 0;
  const std::uint64_t until = t < pool.end ? t : pool.end;
  sol::U128 product{};
  sol::multiply(pool.total, sol::saturating_sub(until, pool.start), product);
  std::uint64_t rest = 0;
  // until <= end, so the quotient is at most total.
  return sol::divide_narrow(product.hi, product.lo, pool.end - pool.start, rest);
}

// Brings the accumulator up to now. Time that cannot have passed (more than two seconds per slot)
// and time in which (almost) nobody is staked moves the stream instead of being paid.
[[gnu::noinline]] constexpr void settle_pool(Pool& pool, const Moment& now) {
  const std::uint64_t dt = sol::saturating_sub(now.t, pool.last);
  const std::uint64_t slots = sol::saturating_sub(now.slot, pool.last_slot);
  const std::uint64_t skip = slots < dt / 2 + 1 ? sol::saturating_sub(dt, 2 * slots) : 0;
  if (dt != 0) pool.last = now.t;
  if (slots != 0) pool.last_slot = now.slot;
  const std::uint64_t shift = pool.weight < kWeightMin ? dt : skip;
  pool.start += shift;
  pool.end += shift;
  if (dt == shift) return;

  const std::uint64_t emitted = emitted_by(pool, pool.last);
  const std::uint64_t fresh = emitted - pool.emitted;
  pool.emitted = emitted;
  sol::U128 growth{};
  sol::divide({pool.carry, fresh}, pool.weight, growth, pool.carry);
  sol::U128 acc{pool.acc.lo, pool.acc.hi};
  (void)sol::add(acc, growth);  // modulo 2^128: only differences are used
  pool.acc = {acc.lo, acc.hi};
}

// Adds x token units to the stream, for `seconds` if nothing is left of it, else for the mean of
// both times weighted by their amounts. The pool has been settled at now.
[[gnu::noinline]] constexpr sol::Error fund_stream(Pool& pool, std::uint64_t x,
                                                   std::uint64_t seconds, const Moment& now) {
  if (x == 0) return sol::Error(Fault::AmountZero);
  if (seconds < kStreamSecondsMin || seconds > kStreamSecondsMax)
    return sol::Error(Fault::DurationOutOfRange);
  const std::uint64_t rest = pool.total - pool.emitted;
  if (x > kSupplyMax || rest > kSupplyMax - x) return sol::Error(Fault::SupplyTooLarge);
  const std::uint64_t t = now.t > pool.last ? now.t : pool.last;
  const std::uint64_t left = sol::saturating_sub(pool.end, t);
  std::uint64_t duration = seconds;
  if (rest != 0) {
    sol::U128 sum{};
    sol::U128 fresh{};
    sol::multiply(rest, left, sum);
    sol::multiply(x, seconds, fresh);
    (void)sol::add(sum, fresh);  // both below 2^61 x 2^40
    duration = SOL_TRY(sol::div_ceil(sum, rest + x));
    sol::U128 now_paid{};
    sol::U128 then_paid{};
    sol::multiply(rest, duration, now_paid);
    sol::multiply(rest + x, left, then_paid);
    if (sol::less(then_paid, now_paid)) return sol::Error(Fault::RateWouldFall);
  }
  if (rest + x < duration) return sol::Error(Fault::TooLittleForDuration);
  pool.total = rest + x;
  pool.emitted = 0;
  pool.start = t;
  pool.end = t + duration;
  return sol::kOk;
}

// Credits what the position has earned since it was settled. The pool has been settled.
// Overflow cannot happen: a position's share is in the vault (programs/proof).
[[gnu::noinline]] constexpr sol::Error settle_position(const Pool& pool, Position& position) {
  sol::U128 earned{pool.acc.lo, pool.acc.hi};
  sol::subtract(earned, {position.paid.lo, position.paid.hi});
  sol::U128 product{};
  SOL_CHECK(sol::multiply_add(position.weight, earned, position.frac, product));
  const std::uint64_t owed = position.owed + product.hi;
  if (owed < position.owed) [[unlikely]]
    return sol::Error(sol::Check::Overflow);
  position.owed = owed;
  position.frac = product.lo;
  position.paid = pool.acc;
  return sol::kOk;
}

}  // namespace swarm
