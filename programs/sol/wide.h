// Products and quotients of more than 64 bits. LLVM's BPF back end has no 128-bit multiply, divide
// or variable shift, and returns no aggregate from a function: results go through out-parameters,
// and the same code runs natively.
//
//   multiply  schoolbook in 32-bit halves (Hacker's Delight, 8-2)
//   divide    Knuth's algorithm D with two 32-bit digits (TAOCP 4.3.1; Hacker's Delight, 9-4)
//   proofs    programs/proof/kernels; tests compare with the compiler's __int128
#pragma once

#include <cstdint>

#include "sol/error.h"

namespace sol {

// lo + hi x 2^64.
struct U128 {
  std::uint64_t lo;
  std::uint64_t hi;

  friend constexpr bool operator==(const U128&, const U128&) = default;
};

[[gnu::always_inline]] constexpr bool less(const U128& a, const U128& b) {
  return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

// a + b, in place; false if it does not fit (then `a` has wrapped).
[[gnu::always_inline]] constexpr bool add(U128& a, const U128& b) {
  const std::uint64_t lo = a.lo + b.lo;
  const std::uint64_t carry = lo < a.lo ? 1 : 0;
  const std::uint64_t hi = a.hi + b.hi;
  const bool fits = hi >= a.hi && hi + carry >= hi;
  a = {lo, hi + carry};
  return fits;
}

// a - b modulo 2^128: for accumulators, of which only differences mean something.
[[gnu::always_inline]] constexpr void subtract(U128& a, const U128& b) {
  a = {a.lo - b.lo, a.hi - b.hi - (a.lo < b.lo ? 1 : 0)};
}

// a x b, exactly. About 30 units.
[[gnu::noinline]] constexpr void multiply(std::uint64_t a, std::uint64_t b, U128& product) {
  constexpr std::uint64_t kLow = 0xffffffff;
  const std::uint64_t low = (a & kLow) * (b & kLow);
  const std::uint64_t cross = (a >> 32) * (b & kLow) + (low >> 32);  // at most 2^64 - 2^32
  const std::uint64_t other = (a & kLow) * (b >> 32) + (cross & kLow);
  product = {other << 32 | (low & kLow), (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32)};
}

namespace detail {

// One digit of Knuth's D: the largest q <= 2^32 - 1 with q x (d_hi:d_lo) <= (rest:digit), for a
// normalised divisor. Corrects the estimate at most twice.
[[gnu::always_inline]] constexpr std::uint64_t quotient_digit(std::uint64_t rest,
                                                              std::uint64_t digit,
                                                              std::uint64_t d_hi,
                                                              std::uint64_t d_lo) {
  std::uint64_t q = rest / d_hi;
  std::uint64_t left = rest - q * d_hi;
  while (q >> 32 != 0 || q * d_lo > (left << 32 | digit)) {
    --q;
    left += d_hi;
    if (left >> 32 != 0) break;
  }
  return q;
}

}  // namespace detail

// (hi:lo) / divisor where the quotient fits 64 bits, which is hi < divisor. The caller has made
// sure of that (so divisor > 0). About 15 units for hi = 0, 110 else.
[[gnu::noinline]] constexpr std::uint64_t divide_narrow(std::uint64_t hi, std::uint64_t lo,
                                                        std::uint64_t divisor,
                                                        std::uint64_t& remainder) {
  if (hi == 0) {
    remainder = lo % divisor;
    return lo / divisor;
  }
  constexpr std::uint64_t kLow = 0xffffffff;
  const int shift = __builtin_clzll(divisor);
  const std::uint64_t d = divisor << shift;
  const std::uint64_t top = shift == 0 ? hi : hi << shift | lo >> (64 - shift);
  const std::uint64_t low = lo << shift;
  const std::uint64_t q1 = detail::quotient_digit(top, low >> 32, d >> 32, d & kLow);
  const std::uint64_t middle =
      (top << 32 | low >> 32) - q1 * d;  // modulo 2^64; the true value fits
  const std::uint64_t q0 = detail::quotient_digit(middle, low & kLow, d >> 32, d & kLow);
  remainder = ((middle << 32 | (low & kLow)) - q0 * d) >> shift;
  return q1 << 32 | q0;
}

// value / divisor, all 128 bits of the quotient. `divisor` > 0.
[[gnu::always_inline]] constexpr void divide(const U128& value, std::uint64_t divisor,
                                             U128& quotient, std::uint64_t& remainder) {
  const std::uint64_t hi = value.hi / divisor;
  quotient.lo = divide_narrow(value.hi - hi * divisor, value.lo, divisor, remainder);
  quotient.hi = hi;
}

// floor(a x b / divisor). DivideByZero; Overflow if it does not fit 64 bits.
[[gnu::always_inline]] constexpr Result<std::uint64_t> mul_div(std::uint64_t a, std::uint64_t b,
                                                               std::uint64_t divisor) {
  if (divisor == 0) [[unlikely]]
    return Check::DivideByZero;
  U128 product{};
  multiply(a, b, product);
  if (product.hi >= divisor) [[unlikely]]
    return Check::Overflow;
  std::uint64_t rest = 0;
  return divide_narrow(product.hi, product.lo, divisor, rest);
}

// ceil(value / divisor). The same errors.
[[gnu::always_inline]] constexpr Result<std::uint64_t> div_ceil(const U128& value,
                                                                std::uint64_t divisor) {
  if (divisor == 0) [[unlikely]]
    return Check::DivideByZero;
  if (value.hi >= divisor) [[unlikely]]
    return Check::Overflow;
  std::uint64_t rest = 0;
  const std::uint64_t floor = divide_narrow(value.hi, value.lo, divisor, rest);
  if (rest == 0) return floor;
  if (floor + 1 == 0) [[unlikely]]
    return Check::Overflow;
  return floor + 1;
}

// a x b + c where the sum fits 128 bits: Overflow if it needs a third word. About 70 units.
[[gnu::always_inline]] constexpr Error multiply_add(std::uint64_t a, const U128& b, std::uint64_t c,
                                                    U128& sum) {
  U128 low{};
  U128 high{};
  multiply(a, b.lo, low);
  multiply(a, b.hi, high);
  if (high.hi != 0) [[unlikely]]
    return Error(Check::Overflow);
  if (!add(low, {c, high.lo})) [[unlikely]]
    return Error(Check::Overflow);
  sum = low;
  return kOk;
}

}  // namespace sol
