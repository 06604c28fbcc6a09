// Ids of derived things are (offset, index): the log offset of the record that caused them and
// their place among its consequences. So every replica, and every replay, gives the same ids.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive {

namespace detail {
std::string format_id(std::string_view prefix, std::uint64_t offset, std::uint32_t index);
Status parse_id(std::string_view prefix, std::string_view text, std::uint64_t& offset,
                std::uint32_t& index);
}  // namespace detail

// Text form "inc-1042" (index 0) or "inc-1042-3". {0, 0} means "none" and prints as "".
template <class Tag>
struct Id {
  std::uint64_t offset = 0;
  std::uint32_t index = 0;

  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return offset != 0 || index != 0; }

  std::string text() const {
    return *this ? detail::format_id(Tag::prefix, offset, index) : std::string();
  }
  // "" reads as none. InvalidInput for another prefix or shape.
  static Result<Id> parse(std::string_view text) {
    Id id;
    if (text.empty()) return id;
    WARDHIVE_TRY(detail::parse_id(Tag::prefix, text, id.offset, id.index));
    return id;
  }
};

}  // namespace wardhive
