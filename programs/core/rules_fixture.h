// A stream that begins in a second of its own, for the tests of the rules.
#pragma once

#include <cstdint>
#include <limits>

#include "abi/program.h"
#include "core/rules/moment.h"
#include "sol/error.h"

namespace swarm {

inline constexpr std::uint64_t kStart = 1'000'000;  // second in which every stream here begins
inline constexpr std::uint64_t kSlot = 5'000;
inline constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// `dt` seconds and as many slots after the beginning: no second is skipped.
constexpr Moment after(std::uint64_t dt) { return {kStart + dt, kSlot + dt}; }

inline Pool quiet_pool(std::uint64_t weight) {
  Pool pool{};
  pool.weight = weight;
  pool.start = pool.end = pool.last = kStart;
  pool.last_slot = kSlot;
  return pool;
}

// `total` units in `seconds` among `weight`.
inline Pool running_pool(std::uint64_t weight, std::uint64_t total, std::uint64_t seconds) {
  Pool pool = quiet_pool(weight);
  pool.total = total;
  pool.end = kStart + seconds;
  return pool;
}

inline Position staked(std::uint64_t amount, std::uint64_t weight) {
  Position position{};
  position.amount = amount;
  position.weight = weight;
  return position;
}

inline constexpr sol::Error kFine = sol::kOk;
constexpr sol::Error because(Fault fault) { return sol::Error(fault); }

}  // namespace swarm
