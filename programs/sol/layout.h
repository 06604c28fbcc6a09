// Byte layouts that both ends of a wire agree on, checked where they are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

// Fixes the offset of a field, and the whole size, for ever: one line per field under the struct.
#define SOL_FIELD(type, field, offset)             \
  static_assert(offsetof(type, field) == (offset), \
                #type "." #field " has moved; accounts on chain have not")
#define SOL_SIZE(type, size)                                                                    \
  static_assert(sizeof(type) == (size), #type " changed its size; accounts on chain have not"); \
  static_assert(std::is_trivially_copyable_v<type> && std::is_standard_layout_v<type>,          \
                #type " must be plain bytes")

namespace sol {

// The first 16 bytes of every account that open_state() reads. A layout may begin with this struct
// or with fields of its own at the same offsets.
struct AccountHeader {
  std::uint8_t tag;
  std::uint8_t version;
  std::uint8_t bump;
  std::uint8_t state;
  std::uint32_t pad;
  std::uint64_t seq;
};
SOL_FIELD(AccountHeader, tag, 0);
SOL_FIELD(AccountHeader, version, 1);
SOL_FIELD(AccountHeader, bump, 2);
SOL_FIELD(AccountHeader, state, 3);
SOL_FIELD(AccountHeader, seq, 8);
SOL_SIZE(AccountHeader, 16);

// What open_state() accepts: a layout that names its tag and version and is as long as the account.
template <class T>
concept StateLayout = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> &&
                      sizeof(T) >= sizeof(AccountHeader) && sizeof(T) % 8 == 0 && requires {
                        static_cast<std::uint8_t>(T::kTag);
                        static_cast<std::uint8_t>(T::kVersion);
                      };

}  // namespace sol
