// Arithmetic that refuses to wrap. `SOL_TRY(checked_add(a, b))`, about two units each.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "sol/error.h"

namespace sol {

template <std::unsigned_integral T>
[[gnu::always_inline]] constexpr Result<T> checked_add(T a, std::type_identity_t<T> b) {
  const T sum = static_cast<T>(a + b);
  if (sum < a) [[unlikely]]
    return Check::Overflow;
  return sum;
}

template <std::unsigned_integral T>
[[gnu::always_inline]] constexpr Result<T> checked_sub(T a, std::type_identity_t<T> b) {
  if (b > a) [[unlikely]]
    return Check::Underflow;
  return static_cast<T>(a - b);
}

// 64 bits by 64; the quotient's check costs a division. Where a product may exceed 64 bits on
// purpose, use wide.h.
[[gnu::always_inline]] constexpr Result<std::uint64_t> checked_mul(std::uint64_t a,
                                                                   std::uint64_t b) {
  const std::uint64_t product = a * b;
  if (a != 0 && product / a != b) [[unlikely]]
    return Check::Overflow;
  return product;
}

// 0 where the difference would be negative: for times, which may stand still.
template <std::unsigned_integral T>
[[gnu::always_inline]] constexpr T saturating_sub(T a, std::type_identity_t<T> b) {
  return a > b ? static_cast<T>(a - b) : T{0};
}

}  // namespace sol
