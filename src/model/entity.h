// Who or what something is about: a node of the network, an address that talks to it, an account on
// the chain, or the network itself. Text form "node/job-1", "address/192.0.2.7", "account/So1...",
// "fleet/".
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

enum class EntityKind : std::uint8_t { Fleet, Node, Address, Account };
inline std::span<const std::string_view> enum_names(EntityKind) {
  static constexpr std::array<std::string_view, 4> names{"fleet", "node", "address", "account"};
  return names;
}

struct Entity {
  EntityKind kind = EntityKind::Fleet;
  // node: [A-Za-z0-9._-]{1,63}; address: IpAddress::text(); account: 32 to 44 digits of base58
  std::string name;

  auto operator<=>(const Entity&) const = default;
  std::string text() const;
  // InvalidInput for an unknown kind, a bad name of a node or account, or an address that does
  // not parse; an address is brought to its one spelling.
  static Result<Entity> parse(std::string_view text);
};

Entity node(std::string_view name);
Entity address(std::string_view text);  // `text` must already be IpAddress::text()
Entity chain_account(std::string_view base58);
bool valid_node_name(std::string_view name);
// Looks like an address on Solana: whether it is 32 bytes is for who reads base58.
bool valid_account_name(std::string_view name);

struct EntityHash {
  std::size_t operator()(const Entity& e) const {
    return std::hash<std::string>{}(e.name) * 31 + static_cast<std::size_t>(e.kind);
  }
};

}  // namespace wardhive
