// Addresses on the host: text, hashes, and program-derived addresses as the runtime derives them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "sol/key.h"
#include "sol/syscall.h"

namespace solhost {

using sol::Key;

std::string to_base58(const Key& key);
// Nothing unless `text` is base58 of exactly 32 bytes.
std::optional<Key> from_base58(std::string_view text);

using Digest = std::array<std::uint8_t, 32>;
Digest sha256(std::span<const sol::Slice> parts);
// The original Keccak with padding byte 1, as Ethereum and Solana use it; not SHA3-256.
Digest keccak256(std::span<const sol::Slice> parts);

// Whether the bytes decompress to a point of edwards25519, as curve25519-dalek decides it: y is
// taken modulo p (not necessarily reduced), the sign bit is ignored, points of small order count. 4
// us.
bool is_on_curve(std::span<const std::uint8_t, 32> bytes);

enum class SeedError : std::uint8_t { None, TooLong, OnCurve };

// At most 16 seeds of at most 32 bytes; a bump is a seed like any other. Repeated ones cost a hash.
SeedError create_address(std::span<const sol::Slice> seeds, const Key& program, Key& address);
// The canonical bump: the highest from 255 down to 1. False if there is none.
bool find_address(std::span<const sol::Slice> seeds, const Key& program, Key& address,
                  std::uint8_t& bump);

// For tests: find_address({text("vault"), pool, number_bytes}, program).
struct Seed {
  Seed(std::string_view text)  // NOLINT: a seed is any of these
      : slice{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()} {}
  Seed(const char* text) : Seed(std::string_view(text)) {}                          // NOLINT
  Seed(const Key& key) : slice{key.bytes(), 32} {}                                  // NOLINT
  Seed(std::span<const std::uint8_t> bytes) : slice{bytes.data(), bytes.size()} {}  // NOLINT
  sol::Slice slice;
};
struct Derived {
  Key key{};
  std::uint8_t bump = 0;
};
Derived derive(std::initializer_list<Seed> seeds, const Key& program);

}  // namespace solhost
