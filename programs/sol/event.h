// Records for indexers, as "Program data:" log lines. Logs can be cut: state is the record, an
// event only a hint where to look.
#pragma once

#include <cstdint>
#include <type_traits>

#include "sol/syscall.h"

namespace sol {

inline constexpr std::uint64_t kEventBytesMax = 64;

// A record of plain bytes without padding, so that no stack rubbish gets into the log.
template <class T>
concept EventRecord = std::is_trivially_copyable_v<T> &&
                      std::has_unique_object_representations_v<T> && sizeof(T) <= kEventBytesMax;

// 200 units and its length.
template <EventRecord T>
[[gnu::always_inline]] inline void emit(const T& record) {
  const Slice slice{reinterpret_cast<const std::uint8_t*>(&record), sizeof(T)};
  syscall::sol_log_data(&slice, 1);
}

}  // namespace sol
