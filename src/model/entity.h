// Who or what something is about: a node of the network, an address that talks to it, or the
// network itself. Text form "node/job-1", "address/192.0.2.7", "fleet/".
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive {

enum class EntityKind : std::uint8_t { Fleet, Node, Address };
inline std::span<const std::string_view> enum_names(EntityKind) {
  static constexpr std::array<std::string_view, 3> names{"fleet", "node", "address"};
  return names;
}

struct Entity {
  EntityKind kind = EntityKind::Fleet;
  std::string name;  // node: [A-Za-z0-9._-]{1,63}; address: IpAddress::text()

  auto operator<=>(const Entity&) const = default;
  std::string text() const;
  // InvalidInput for an unknown kind, a bad node name, or an address that does not parse; an
  // address is brought to its one spelling.
  static Result<Entity> parse(std::string_view text);
};

Entity node(std::string_view name);
Entity address(std::string_view text);  // `text` must already be IpAddress::text()
bool valid_node_name(std::string_view name);

struct EntityHash {
  std::size_t operator()(const Entity& e) const {
    return std::hash<std::string>{}(e.name) * 31 + static_cast<std::size_t>(e.kind);
  }
};

}  // namespace wardhive
