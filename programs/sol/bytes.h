// Copy, clear and compare. Short ones are unrolled words, long ones a syscall: LLVM's BPF back end
// refuses memcpy and memset of more than about 1 KiB or of unknown size.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/key.h"
#include "sol/syscall.h"

namespace sol {

// Below this a loop of words costs less than the syscall (10 units and the call).
inline constexpr std::uint64_t kInlineBytesMax = 64;

// The ranges must not overlap.
[[gnu::always_inline]] inline void copy_bytes(void* to, const void* from, std::uint64_t size) {
  syscall::sol_memcpy_(static_cast<std::uint8_t*>(to), static_cast<const std::uint8_t*>(from),
                       size);
}
[[gnu::always_inline]] inline void fill_bytes(void* to, std::uint8_t value, std::uint64_t size) {
  syscall::sol_memset_(static_cast<std::uint8_t*>(to), value, size);
}

// The same for a size the compiler knows.
template <std::size_t kSize>
[[gnu::always_inline]] inline void copy_exact(void* to, const void* from) {
  if constexpr (kSize > kInlineBytesMax) {
    copy_bytes(to, from, kSize);
  } else {
    auto* target = static_cast<std::uint8_t*>(to);
    const auto* source = static_cast<const std::uint8_t*>(from);
    std::size_t at = 0;
    for (; at + 8 <= kSize; at += 8)
      store<std::uint64_t>(target + at, load<std::uint64_t>(source + at));
    for (; at < kSize; ++at) target[at] = source[at];
  }
}

inline bool equal_bytes(const void* a, const void* b, std::uint64_t size) {
  std::int32_t order = 0;
  syscall::sol_memcmp_(static_cast<const std::uint8_t*>(a), static_cast<const std::uint8_t*>(b),
                       size, &order);
  return order == 0;
}

}  // namespace sol
