// Plain types of the wire: what accounts, instructions and events are made of. Freestanding, and
// the same for the program, the tools that describe it and the clients that talk to it.
#pragma once

#include <cstdint>

namespace swarm {

// An address or a SHA-256. Every layout keeps it at a multiple of eight.
struct Key {
  std::uint64_t words[4];

  friend constexpr bool operator==(const Key&, const Key&) = default;
};
static_assert(sizeof(Key) == 32);

// lo + hi x 2^64, little endian: the bytes of a u128.
struct U128 {
  std::uint64_t lo;
  std::uint64_t hi;

  friend constexpr bool operator==(const U128&, const U128&) = default;
};
static_assert(sizeof(U128) == 16);

// Token units, seconds since 1970 and slots are all u64; the field's name says which.

}  // namespace swarm
