// Clock and rent, by syscall only: an account that claims to be a sysvar is never believed.
#pragma once

#include <cstdint>

#include "sol/error.h"
#include "sol/layout.h"
#include "sol/syscall.h"

namespace sol {

struct Clock {
  std::uint64_t slot;
  std::int64_t epoch_start_timestamp;
  std::uint64_t epoch;
  std::uint64_t leader_schedule_epoch;
  std::int64_t unix_timestamp;
};
SOL_FIELD(Clock, slot, 0);
SOL_FIELD(Clock, unix_timestamp, 32);
SOL_SIZE(Clock, 40);

struct Rent {
  std::uint64_t lamports_per_byte_year;
  std::uint64_t exemption_threshold_bits;  // an IEEE double: there is no floating point on chain
  std::uint8_t burn_percent;
  std::uint8_t pad[7];
};
SOL_FIELD(Rent, exemption_threshold_bits, 8);
SOL_SIZE(Rent, 24);

// About 140 units. NegativeTime before 1970: no rule of ours knows such a time.
[[gnu::always_inline]] inline Error read_clock(Clock& clock) {
  if (syscall::sol_get_clock_sysvar(&clock) != 0) [[unlikely]]
    return Error(Check::CallFailed);
  if (clock.unix_timestamp < 0) [[unlikely]]
    return Error(Check::NegativeTime);
  return kOk;
}

// (128 + size) x price x threshold, in integers. Exact when the threshold has at most 13
// significant bits, as 1 and 2 have; else a little more than the runtime asks for. UnknownRent
// outside [1, 2^10].
[[gnu::noinline]] inline Error rent_exempt_minimum(const Rent& rent, std::uint64_t size,
                                                   std::uint64_t& lamports) {
  constexpr std::uint64_t kAccountOverhead = 128;
  constexpr std::uint64_t kSizeMax = 10u * 1024 * 1024;
  constexpr std::uint64_t kPriceMax = 1u << 20;
  constexpr int kKept = 12;  // mantissa bits kept below the leading one
  constexpr int kDropped = 52 - kKept;

  const std::uint64_t exponent =
      rent.exemption_threshold_bits >> 52;  // the sign makes it too large
  if (exponent < 1023 || exponent > 1023 + 10) [[unlikely]]
    return Error(Check::UnknownRent);
  if (size > kSizeMax || rent.lamports_per_byte_year > kPriceMax) [[unlikely]]
    return Error(Check::UnknownRent);
  const std::uint64_t fraction = rent.exemption_threshold_bits & ((std::uint64_t{1} << 52) - 1);
  const bool inexact = (fraction & ((std::uint64_t{1} << kDropped) - 1)) != 0;
  const std::uint64_t mantissa =
      (std::uint64_t{1} << kKept | fraction >> kDropped) + (inexact ? 1 : 0);
  // At most 24 + 20 + 13 bits, and 10 more are shifted out of the 12 again.
  lamports = ((kAccountOverhead + size) * rent.lamports_per_byte_year * mantissa) >>
             (kKept - (exponent - 1023));
  return kOk;
}

// What an account of `size` bytes must hold, from the rent that is in force. About 150 units.
[[gnu::always_inline]] inline Error rent_exempt_minimum(std::uint64_t size,
                                                        std::uint64_t& lamports) {
  Rent rent{};
  if (syscall::sol_get_rent_sysvar(&rent) != 0) [[unlikely]]
    return Error(Check::CallFailed);
  return rent_exempt_minimum(rent, size, lamports);
}

}  // namespace sol
