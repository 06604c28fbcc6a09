// Checked integers, rent, seeds, walks over extensions: whatever of `sol` needs no account.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "sol/checked.h"
#include "sol/entrypoint.h"
#include "sol/key.h"
#include "sol/sysvar.h"
#include "sol/token.h"

namespace sol {
namespace {

template <class T>
void expect_value(const Result<T>& result, T value) {
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.take(), value);
}

TEST(Checked, RefusesToWrap) {
  expect_value(checked_add<std::uint64_t>(UINT64_MAX - 1, 1), UINT64_MAX);
  EXPECT_EQ(checked_add<std::uint64_t>(UINT64_MAX, 1).error(), Error(Check::Overflow));
  expect_value(checked_sub<std::uint64_t>(5, 5), std::uint64_t{0});
  EXPECT_EQ(checked_sub<std::uint64_t>(5, 6).error(), Error(Check::Underflow));
  EXPECT_EQ(saturating_sub<std::uint64_t>(5, 6), 0u);
  EXPECT_EQ(saturating_sub<std::uint64_t>(6, 5), 1u);
}

// Small types must not be saved by integer promotion.
TEST(Checked, SmallTypesWrapAtTheirOwnWidth) {
  EXPECT_EQ(checked_add<std::uint8_t>(200, 56).error(), Error(Check::Overflow));
  expect_value(checked_add<std::uint8_t>(200, 55), std::uint8_t{255});
  EXPECT_EQ(checked_add<std::uint16_t>(65'535, 1).error(), Error(Check::Overflow));
  EXPECT_EQ(checked_sub<std::uint8_t>(1, 2).error(), Error(Check::Underflow));
}

TEST(Checked, MultipliesUpToTheLastBit) {
  expect_value(checked_mul(0, UINT64_MAX), std::uint64_t{0});
  expect_value(checked_mul(UINT64_MAX, 1), UINT64_MAX);
  expect_value(checked_mul(0xffffffff, 0x100000001), UINT64_MAX);
  EXPECT_EQ(checked_mul(0x100000000, 0x100000000).error(), Error(Check::Overflow));
  EXPECT_EQ(checked_mul(UINT64_MAX, 2).error(), Error(Check::Overflow));
  std::mt19937_64 random(7);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t a = random() >> random() % 64;
    const std::uint64_t b = random() >> random() % 64;
    std::uint64_t product = 0;
    const bool wraps = __builtin_mul_overflow(a, b, &product);
    const auto result = checked_mul(a, b);
    ASSERT_EQ(result.ok(), !wraps) << a << " x " << b;
    if (!wraps) ASSERT_EQ(result.take(), product);
  }
}

std::uint64_t minimum(double threshold, std::uint64_t price, std::uint64_t size) {
  const Rent rent{price, std::bit_cast<std::uint64_t>(threshold), 50, {}};
  std::uint64_t lamports = 0;
  EXPECT_EQ(rent_exempt_minimum(rent, size, lamports), kOk) << threshold;
  return lamports;
}

TEST(Rent, IsTheRuntimesOwnNumber) {
  EXPECT_EQ(minimum(2.0, 3480, 0), 890'880u);
  EXPECT_EQ(minimum(2.0, 3480, 165), 2'039'280u);
  EXPECT_EQ(minimum(1.0, 6960, 165), 2'039'280u);  // SIMD-0194: half the threshold, twice the price
}

// Whatever a vote may set it to: never less than the runtime asks for, and hardly more.
TEST(Rent, NeverAsksForLessThanTheRuntime) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 200'000; ++i) {
    const double threshold = std::ldexp(1.0 + static_cast<double>(random() >> 11) * 0x1p-53,
                                        static_cast<int>(random() % 10));
    const std::uint64_t price = random() % ((1u << 20) + 1);
    const std::uint64_t size = random() % (10 * 1024 * 1024 + 1);
    const auto asked =
        static_cast<std::uint64_t>(static_cast<double>((128 + size) * price) * threshold);
    const std::uint64_t ours = minimum(threshold, price, size);
    ASSERT_GE(ours, asked) << threshold << " " << price << " " << size;
    ASSERT_LE(ours, asked + asked / 4096 + 1) << threshold << " " << price << " " << size;
  }
}

TEST(Rent, RefusesWhatItCannotCompute) {
  const auto refused = [](std::uint64_t bits, std::uint64_t price, std::uint64_t size) {
    std::uint64_t lamports = 0;
    return rent_exempt_minimum({price, bits, 50, {}}, size, lamports) == Error(Check::UnknownRent);
  };
  for (const double threshold : {0.0, 0.5, -2.0, 2048.0, 1e300})
    EXPECT_TRUE(refused(std::bit_cast<std::uint64_t>(threshold), 3480, 100)) << threshold;
  EXPECT_TRUE(refused(0x7ff0000000000000, 3480, 100));  // infinity
  EXPECT_TRUE(refused(0x7ff8000000000000, 3480, 100));  // not a number
  EXPECT_TRUE(refused(std::bit_cast<std::uint64_t>(2.0), (1u << 20) + 1, 100));
  EXPECT_TRUE(refused(std::bit_cast<std::uint64_t>(2.0), 3480, 10 * 1024 * 1024 + 1));
}

TEST(Key, IsParsedByTheCompiler) {
  static_assert(kSystemProgram == key("11111111111111111111111111111111"));
  const std::uint8_t token[] = {6,  221, 246, 225, 215, 101, 161, 147, 217, 203, 225,
                                70, 206, 235, 121, 172, 28,  180, 133, 237, 95,  91,
                                55, 145, 58,  140, 245, 133, 126, 255, 0,   169};
  EXPECT_EQ(load_key(token), kTokenProgram);
}

// The extension list of a mint: what the walk finds in these bytes, or that it refuses them.
struct Walked {
  std::vector<std::uint16_t> types;
  Error error = kOk;
};
Walked walk(const std::vector<std::uint8_t>& bytes) {
  Walked walked;
  ExtensionWalk extensions(bytes.data(), bytes.size());
  for (;;) {
    ExtensionEntry entry{};
    bool found = false;
    walked.error = extensions.next(entry, found);
    if (walked.error != kOk || !found) return walked;
    walked.types.push_back(entry.type);
  }
}

TEST(Extensions, AreWalkedToTheEndAndNoFurther) {
  EXPECT_EQ(walk({}).types, (std::vector<std::uint16_t>{}));
  EXPECT_EQ(walk({18, 0, 2, 0, 7, 7, 14, 0, 0, 0}).types, (std::vector<std::uint16_t>{18, 14}));
  EXPECT_EQ(walk({18, 0, 0, 0, 0, 0, 0, 0, 0}).types, (std::vector<std::uint16_t>{18}));
  EXPECT_EQ(walk({18, 0, 3, 0, 7, 7}).error, Error(Check::NotAMint));  // leaves the account
  EXPECT_EQ(walk({18, 0, 255, 255, 7}).error, Error(Check::NotAMint));
  EXPECT_EQ(walk({0, 0, 0, 0, 14, 0, 0, 0}).error,
            Error(Check::NotAMint));                                // hidden behind the end
  EXPECT_EQ(walk({18, 0, 0, 0, 9}).error, Error(Check::NotAMint));  // rubbish
}

}  // namespace
}  // namespace sol
