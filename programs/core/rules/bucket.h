// One formula for all windows (D7): a bucket that leaks its whole capacity in one period.
#pragma once

#include <cstdint>

#include "abi/errors.h"
#include "sol/checked.h"
#include "sol/error.h"
#include "sol/wide.h"

namespace swarm {

struct Bucket {
  std::uint64_t level;
  std::uint64_t at;  // second in which the level was so
};

// level' = max(0, level - floor(cap x dt / period)), and 0 after a whole period: a level above the
// cap, left there by a cap that has fallen since, would else never go. A clock that goes back leaks
// nothing.
[[gnu::always_inline]] constexpr std::uint64_t level_now(const Bucket& bucket, std::uint64_t cap,
                                                         std::uint64_t period, std::uint64_t t) {
  const std::uint64_t dt = sol::saturating_sub(t, bucket.at);
  if (dt >= period) return 0;
  sol::U128 product{};
  sol::multiply(cap, dt, product);
  std::uint64_t rest = 0;
  // dt < period, so the quotient is at most cap.
  const std::uint64_t leak = sol::divide_narrow(product.hi, product.lo, period, rest);
  return sol::saturating_sub(bucket.level, leak);
}

// Takes x if level' + x <= cap, else leaves the bucket as it is and returns false. Each call rounds
// its leak down: asking often leaks less, never more, which is why capacities have a floor that is
// large against the period (kOutflowFloorMin).
[[gnu::always_inline]] constexpr bool take(Bucket& bucket, std::uint64_t x, std::uint64_t cap,
                                           std::uint64_t period, std::uint64_t t) {
  const std::uint64_t level = level_now(bucket, cap, period, t);
  if (x > cap || level > cap - x) return false;
  bucket = {level + x, t > bucket.at ? t : bucket.at};
  return true;
}

// The same, and an empty bucket admits one item that is larger than the cap: it fills it, so that
// the next must wait a whole period. `cap` > 0, or an item would stay in it for ever.
[[gnu::always_inline]] constexpr bool take_or_first(Bucket& bucket, std::uint64_t x,
                                                    std::uint64_t cap, std::uint64_t period,
                                                    std::uint64_t t) {
  if (x > cap && level_now(bucket, cap, period, t) == 0) x = cap;
  return take(bucket, x, cap, period, t);
}

}  // namespace swarm
