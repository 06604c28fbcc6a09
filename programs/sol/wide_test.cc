// The wide arithmetic against the compiler's 128-bit integers.
#include "sol/wide.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>

namespace sol {
namespace {

__extension__ typedef unsigned __int128 Native;

constexpr int kRandomCases = 2'000'000;

Native native(const U128& value) { return Native{value.hi} << 64 | value.lo; }

// Where carries, normalisation and the corrections of Knuth's D happen.
constexpr std::array<std::uint64_t, 17> kEdges = {0,
                                                  1,
                                                  2,
                                                  3,
                                                  0x7fffffff,
                                                  0x80000000,
                                                  0xfffffffe,
                                                  0xffffffff,
                                                  0x100000000,
                                                  0x100000001,
                                                  0x7fffffffffffffff,
                                                  0x8000000000000000,
                                                  0x8000000000000001,
                                                  0xffffffff00000000,
                                                  0xfffffffeffffffff,
                                                  0xfffffffffffffffe,
                                                  0xffffffffffffffff};

// Numbers of every length, often with runs of ones and zeros: uniform ones never meet an edge.
class Numbers {
 public:
  std::uint64_t next() {
    const std::uint64_t kind = engine_();
    if (kind % 8 == 0) return kEdges[(kind >> 8) % kEdges.size()];
    if (kind % 8 == 1) return kEdges[(kind >> 8) % kEdges.size()] + ((kind >> 16) % 5) - 2;
    return engine_() >> (kind >> 32) % 64;
  }

 private:
  std::mt19937_64 engine_{20'261'125};
};

void check_divide(std::uint64_t hi, std::uint64_t lo, std::uint64_t divisor) {
  const Native value = Native{hi} << 64 | lo;
  U128 quotient{};
  std::uint64_t remainder = 0;
  divide({lo, hi}, divisor, quotient, remainder);
  ASSERT_TRUE(native(quotient) == value / divisor) << hi << ":" << lo << " / " << divisor;
  ASSERT_EQ(remainder, static_cast<std::uint64_t>(value % divisor)) << hi << ":" << lo;

  const Result<std::uint64_t> ceiling = div_ceil({lo, hi}, divisor);
  const Native expected = value / divisor + (value % divisor != 0 ? 1 : 0);
  if (expected >> 64 != 0) {
    ASSERT_EQ(ceiling.error(), Error(Check::Overflow));
  } else {
    ASSERT_TRUE(ceiling.ok());
    ASSERT_EQ(ceiling.take(), static_cast<std::uint64_t>(expected));
  }
}

void check_product(std::uint64_t a, std::uint64_t b, std::uint64_t divisor) {
  U128 product{};
  multiply(a, b, product);
  ASSERT_TRUE(native(product) == Native{a} * b) << a << " x " << b;
  const Result<std::uint64_t> scaled = mul_div(a, b, divisor);
  if (divisor == 0) {
    ASSERT_EQ(scaled.error(), Error(Check::DivideByZero));
  } else if (Native{a} * b / divisor >> 64 != 0) {
    ASSERT_EQ(scaled.error(), Error(Check::Overflow));
  } else {
    ASSERT_TRUE(scaled.ok());
    ASSERT_EQ(scaled.take(), static_cast<std::uint64_t>(Native{a} * b / divisor));
  }
}

void check_sums(const U128& a, const U128& b) {
  U128 sum = a;
  ASSERT_EQ(add(sum, b), native(a) + native(b) >= native(a));
  ASSERT_TRUE(native(sum) == native(a) + native(b));
  U128 difference = a;
  subtract(difference, b);
  ASSERT_TRUE(native(difference) == native(a) - native(b));
  ASSERT_EQ(less(a, b), native(a) < native(b));
}

// a x b + c in three words by hand: the native type has no room for what must be refused.
void check_multiply_add(std::uint64_t a, const U128& b, std::uint64_t c) {
  const Native low = Native{a} * b.lo;
  const Native high = Native{a} * b.hi + (low >> 64);
  const Native first = (low & UINT64_MAX) + c;
  const Native middle = high + (first >> 64);
  U128 sum{};
  const Error error = multiply_add(a, b, c, sum);
  if (middle >> 64 != 0) {
    ASSERT_EQ(error, Error(Check::Overflow));
  } else {
    ASSERT_EQ(error, kOk);
    ASSERT_TRUE(native(sum) == (middle << 64 | (first & UINT64_MAX)));
  }
}

TEST(Wide, AgreesWithTheCompilerAtEveryEdge) {
  for (const std::uint64_t a : kEdges) {
    for (const std::uint64_t b : kEdges) {
      for (const std::uint64_t c : kEdges) {
        check_product(a, b, c);
        if (c != 0) check_divide(a, b, c);
        check_sums({a, b}, {b, c});
        check_sums({a, b}, {c, a});
        check_multiply_add(a, {b, c}, a ^ c);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(Wide, AgreesWithTheCompilerOnMillions) {
  Numbers numbers;
  for (int i = 0; i < kRandomCases; ++i) {
    const std::uint64_t a = numbers.next();
    const std::uint64_t b = numbers.next();
    const std::uint64_t c = numbers.next();
    check_product(a, b, c);
    if (c != 0) check_divide(a, b, c);
    check_sums({a, b}, {c, numbers.next()});
    check_multiply_add(a, {b, numbers.next() >> (i % 64)}, c);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The kernels are constant expressions too: tables may be built by the compiler.
static_assert([] {
  U128 product{};
  multiply(UINT64_MAX, UINT64_MAX, product);
  return product == U128{1, UINT64_MAX - 1};
}());

}  // namespace
}  // namespace sol
