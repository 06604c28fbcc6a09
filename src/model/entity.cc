#include "model/entity.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/json.h"

namespace wardhive {

std::string Entity::text() const { return fmt::format("{}/{}", name_of(kind), name); }

Result<Entity> Entity::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no entity; expected node/NAME, address/IP or account/KEY",
                            text.substr(0, 100)));
  Entity entity;
  WARDHIVE_ASSIGN(entity.kind, enum_from_name<EntityKind>(text.substr(0, slash)));
  const auto name = text.substr(slash + 1);
  if (entity.kind == EntityKind::Address) {
    WARDHIVE_ASSIGN(const auto parsed, IpAddress::parse(name));
    entity.name = parsed.text();
  } else if (entity.kind == EntityKind::Node && !valid_node_name(name)) {
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("node name \"{}\" must be 1 to 63 of letters, digits, dot, dash, underscore",
                    name.substr(0, 100)));
  } else if (entity.kind == EntityKind::Account && !valid_account_name(name)) {
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("account \"{}\" must be 32 to 44 digits of base58", name.substr(0, 100)));
  } else {
    entity.name = name;
  }
  return entity;
}

Entity node(std::string_view name) { return {EntityKind::Node, std::string(name)}; }
Entity address(std::string_view text) { return {EntityKind::Address, std::string(text)}; }

Entity chain_account(std::string_view base58) { return {EntityKind::Account, std::string(base58)}; }

bool valid_account_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= '1' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'l') ||
           (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O');
  };
  return name.size() >= 32 && name.size() <= 44 && std::all_of(name.begin(), name.end(), fits);
}

bool valid_node_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace wardhive
