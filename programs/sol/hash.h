// Hashes, by syscall.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/key.h"
#include "sol/syscall.h"

namespace sol {

// SHA-256 over the parts, one after the other. 85 units, 10 or more per part.
template <std::size_t kParts>
[[gnu::always_inline]] inline void sha256(const Slice (&parts)[kParts], Key& digest) {
  syscall::sol_sha256(parts, kParts, reinterpret_cast<std::uint8_t*>(&digest));
}

// The bytes of a value, as a part. The value must outlive it.
template <class T>
[[gnu::always_inline]] inline Slice slice_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)};
}
template <class T>
Slice slice_of(const T&&) = delete;

// The bytes of a literal without its final zero.
template <std::size_t kSize>
[[gnu::always_inline]] inline Slice slice_of_text(const char (&text)[kSize]) {
  return {reinterpret_cast<const std::uint8_t*>(text), kSize - 1};
}

}  // namespace sol
