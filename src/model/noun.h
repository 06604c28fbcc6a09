// What every noun is made with: names of enums, lists of fields, and ids.
#pragma once

#include <array>
#include <concepts>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace wardhive {

#define WARDHIVE_NAMES(Enum, ...)                                                 \
  inline std::span<const std::string_view> enum_names(Enum) {                     \
    static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__}); \
    return names;                                                                 \
  }
// Opens the one list of a noun's fields, for const and mutable alike.
#define WARDHIVE_FIELDS(Type)                              \
  template <class Self, class V>                           \
    requires std::same_as<std::remove_const_t<Self>, Type> \
  void fields(Self& self, V& v)

struct IncidentTag {
  static constexpr std::string_view prefix = "inc";
};
struct DecisionTag {
  static constexpr std::string_view prefix = "dec";
};
struct ActionTag {
  static constexpr std::string_view prefix = "act";
};
struct ProposalTag {
  static constexpr std::string_view prefix = "pro";
};
using IncidentId = Id<IncidentTag>;
using DecisionId = Id<DecisionTag>;
using ActionId = Id<ActionTag>;
using ProposalId = Id<ProposalTag>;

}  // namespace wardhive
