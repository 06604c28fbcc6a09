// Keccak-f[1600] with rate 136 (keccak.team, specifications summary): the tables are computed as
// that page defines them, which is shorter than quoting them and as easy to check.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "host/address.h"

namespace solhost {

namespace {

using Lanes = std::array<std::uint64_t, 25>;
constexpr std::size_t kRate = 136;

constexpr std::array<std::uint64_t, 24> round_constants() {
  std::array<std::uint64_t, 24> constants{};
  unsigned lfsr = 1;
  for (std::uint64_t& constant : constants) {
    for (unsigned j = 0; j < 7; ++j) {
      if (lfsr & 1) constant |= std::uint64_t{1} << ((1u << j) - 1);
      lfsr = ((lfsr << 1) ^ (lfsr & 0x80 ? 0x171u : 0u)) & 0xff;
    }
  }
  return constants;
}

void permute(Lanes& a) {
  static constexpr std::array<std::uint64_t, 24> kConstants = round_constants();
  for (const std::uint64_t constant : kConstants) {
    std::array<std::uint64_t, 5> column{};
    for (std::size_t i = 0; i < 25; ++i) column[i % 5] ^= a[i];
    for (std::size_t i = 0; i < 25; ++i)
      a[i] ^= column[(i + 4) % 5] ^ std::rotl(column[(i + 1) % 5], 1);

    // Lane (x, y) moves to (y, 2x + 3y), turned by the next triangular number.
    std::size_t x = 1;
    std::size_t y = 0;
    std::uint64_t moving = a[1];
    for (int t = 1; t <= 24; ++t) {
      x = std::exchange(y, (2 * x + 3 * y) % 5);
      const int turn = t * (t + 1) / 2 % 64;
      moving = std::exchange(a[x + 5 * y], std::rotl(moving, turn));
    }

    for (std::size_t row = 0; row < 25; row += 5) {
      std::array<std::uint64_t, 5> old{};
      for (std::size_t i = 0; i < 5; ++i) old[i] = a[row + i];
      for (std::size_t i = 0; i < 5; ++i)
        a[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
    }
    a[0] ^= constant;
  }
}

class Sponge {
 public:
  void absorb(std::uint8_t byte) {
    lanes_[at_ / 8] ^= std::uint64_t{byte} << (8 * (at_ % 8));
    if (++at_ < kRate) return;
    permute(lanes_);
    at_ = 0;
  }
  Digest squeeze() {
    lanes_[at_ / 8] ^= std::uint64_t{1} << (8 * (at_ % 8));
    lanes_[kRate / 8 - 1] ^= std::uint64_t{1} << 63;
    permute(lanes_);
    Digest digest;
    std::memcpy(digest.data(), lanes_.data(), digest.size());
    return digest;
  }

 private:
  Lanes lanes_{};
  std::size_t at_ = 0;
};

}  // namespace

Digest keccak256(std::span<const sol::Slice> parts) {
  Sponge sponge;
  for (const sol::Slice& part : parts) {
    for (std::uint64_t i = 0; i < part.size; ++i) sponge.absorb(part.data[i]);
  }
  return sponge.squeeze();
}

}  // namespace solhost
