// What is held against one entity, and what it amounts to at a time. Times are log time in ns,
// never negative; log-odds unless the name ends in _milli.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string>

#include "model/record.h"
#include "risk/scoring/weights.h"

namespace wardhive::scoring {

using Ns = std::int64_t;
inline constexpr Ns kTimeMax = Ns{1}
                               << 62;  // year 2116; sums with any hold or half-life stay in 64 bits
inline constexpr Ns kNever = std::int64_t{1} << 62;

// One observer's claim of one kind. The decay's clock starts at `decays_from`, which lies ahead
// while the claim is held.
struct Claim {
  double amount = 0;  // as it was until `decays_from`
  Ns decays_from = 0;
  Ns raised_at = 0;           // last time
  std::uint16_t repeats = 0;  // findings within the repeat window
  FindingKind kind = FindingKind::Silent;
  bool settled = false;
  Entity observer;
  std::string summary;  // of the last finding, cut
};
using Claims = boost::container::small_vector<Claim, 1>;  // most entities have one

struct Sums {
  std::array<double, kFamilies> amount{};
  std::array<std::int32_t, kFamilies> milli{};  // damped
  std::int32_t total_milli = 0;                 // with the base
  std::uint8_t value = 0;
};

std::uint8_t value_of(std::int32_t log_odds_milli);
double amount_at(const Claim& claim, const Weights& weights, Ns now);
Sums sums_at(const Claims& claims, const Weights& weights, std::int32_t base_milli, Ns now);

// False if there was no room for it.
bool raise_claim(Claims& claims, const Weights& weights, const Finding& finding, Ns now,
                 std::uint64_t& dropped);
// False if nobody had claimed it.
bool clear_claim(Claims& claims, const Finding& finding, Ns now);
// False if there was nothing up to then.
bool settle_claims(Claims& claims, Ns up_to);

// Not later than the next change of the integer value by decay, kNever if none comes. Cheap; may be
// early.
Ns next_change(const Claims& claims, const Weights& weights, const Sums& sums, Ns now);
// First time (to a millisecond) at which the value is under the release threshold; 0 if it is now
// or never will be.
Ns until_below(const Claims& claims, const Weights& weights, std::int32_t base_milli, Ns now);

}  // namespace wardhive::scoring
