// Lines for people. Programs talk to machines by events (event.h) and error numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/key.h"
#include "sol/syscall.h"

namespace sol {

// 100 units, whatever the length up to that.
template <std::size_t kSize>
[[gnu::always_inline]] inline void log(const char (&text)[kSize]) {
  syscall::sol_log_(reinterpret_cast<const std::uint8_t*>(text), kSize - 1);
}
[[gnu::always_inline]] inline void log(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0,
                                       std::uint64_t d = 0, std::uint64_t e = 0) {
  syscall::sol_log_64_(a, b, c, d, e);
}
[[gnu::always_inline]] inline void log(const Key& address) { syscall::sol_log_pubkey(&address); }

// The rest of the budget, into the log; for measuring only.
[[gnu::always_inline]] inline void log_compute_units() { syscall::sol_log_compute_units_(); }

}  // namespace sol
