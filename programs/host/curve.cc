// Is it a point? x^2 = (y^2 - 1) / (d y^2 + 1) over 2^255 - 19 has a solution when the product of
// the two is a square or 0 (the denominator never is 0: -1/d is no square). Euler's criterion
// decides. Numbers are five limbs of 51 bits, as in every implementation of this field.
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "host/address.h"

namespace solhost {

namespace {

__extension__ typedef unsigned __int128 Wide;
using Field = std::array<std::uint64_t, 5>;
constexpr std::uint64_t kMask = (std::uint64_t{1} << 51) - 1;

// -121665/121666.
constexpr Field kD = {929955233495203, 466365720129213, 1662059464998953, 2033849074728123,
                      1442794654840575};
constexpr Field kOne = {1, 0, 0, 0, 0};

Field carry(const std::array<Wide, 5>& sums) {
  Field out{};
  Wide over = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const Wide sum = sums[i] + over;
    out[i] = static_cast<std::uint64_t>(sum) & kMask;
    over = sum >> 51;
  }
  // 2^255 = 19; what is left over is small enough for limb 0 to pass on only once more.
  const Wide low = over * 19 + out[0];
  out[0] = static_cast<std::uint64_t>(low) & kMask;
  out[1] += static_cast<std::uint64_t>(low >> 51);
  return out;
}

Field multiply(const Field& a, const Field& b) {
  std::array<Wide, 5> sums{};
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      const std::uint64_t factor = i + j >= 5 ? 19 * b[j] : b[j];
      sums[(i + j) % 5] += static_cast<Wide>(a[i]) * factor;
    }
  }
  return carry(sums);
}

Field square(Field a, int times) {
  for (int i = 0; i < times; ++i) a = multiply(a, a);
  return a;
}

Field add(const Field& a, const Field& b) {
  std::array<Wide, 5> sums{};
  for (std::size_t i = 0; i < 5; ++i) sums[i] = static_cast<Wide>(a[i]) + b[i];
  return carry(sums);
}

// a - b, kept positive by adding 4 p.
Field subtract(const Field& a, const Field& b) {
  std::array<Wide, 5> sums{};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::uint64_t four_p = 4 * (i == 0 ? kMask - 18 : kMask);
    sums[i] = static_cast<Wide>(a[i]) + four_p - b[i];
  }
  return carry(sums);
}

// a^((p - 1) / 2) = a^(2^254 - 10): 1 for a square, -1 for none, 0 for 0.
Field euler(const Field& a) {
  const Field a2 = square(a, 1);
  const Field a9 = multiply(square(a2, 2), a);
  const Field a11 = multiply(a9, a2);
  const Field e5 = multiply(square(a11, 1), a9);  // a^(2^5 - 1), and so on
  const Field e10 = multiply(square(e5, 5), e5);
  const Field e20 = multiply(square(e10, 10), e10);
  const Field e40 = multiply(square(e20, 20), e20);
  const Field e50 = multiply(square(e40, 10), e10);
  const Field e100 = multiply(square(e50, 50), e50);
  const Field e200 = multiply(square(e100, 100), e100);
  const Field e250 = multiply(square(e200, 50), e50);
  // 2^254 - 10 = (2^250 - 1) 2^4 + 6.
  return multiply(square(e250, 4), multiply(square(a2, 1), a2));
}

// The one representation below p.
Field reduced(Field a) {
  for (int pass = 0; pass < 2; ++pass) a = add(a, {});
  // a < 2^255: subtract p if a + 19 reaches 2^255.
  std::uint64_t over = 19;
  for (const std::uint64_t limb : a) over = (limb + over) >> 51;
  a[0] += 19 * over;
  std::uint64_t up = 0;
  for (std::uint64_t& limb : a) {
    limb += up;
    up = limb >> 51;
    limb &= kMask;
  }
  return a;
}

}  // namespace

bool is_on_curve(std::span<const std::uint8_t, 32> bytes) {
  std::array<std::uint64_t, 4> words{};
  std::memcpy(words.data(), bytes.data(), 32);
  const Field y = {words[0] & kMask, (words[0] >> 51 | words[1] << 13) & kMask,
                   (words[1] >> 38 | words[2] << 26) & kMask,
                   (words[2] >> 25 | words[3] << 39) & kMask, words[3] >> 12 & kMask};
  const Field yy = multiply(y, y);
  const Field product = multiply(subtract(yy, kOne), add(multiply(kD, yy), kOne));
  const Field symbol = reduced(euler(product));
  return symbol == kOne || symbol == Field{};
}

}  // namespace solhost
