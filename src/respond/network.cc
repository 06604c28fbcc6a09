#include "respond/network.h"

#include <fmt/format.h>

#include <algorithm>

namespace wardhive::respond {
namespace {

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

void EntityList::add(std::string_view entry) {
  if (const auto prefix = IpPrefix::parse(entry))
    prefixes_.push_back(*prefix);
  else
    names_.emplace(entry);
}

void EntityList::clear() {
  prefixes_.clear();
  names_.clear();
}

std::string EntityList::covers(const Entity& entity) const {
  if (entity.kind == EntityKind::Node)
    return names_.contains(entity.name) ? entity.name : std::string();
  const auto address = IpAddress::parse(entity.name);
  if (!address) return {};
  for (const auto& prefix : prefixes_)
    if (prefix.contains(*address)) return prefix.text();
  return {};
}

void Network::rebuild(const Settings& settings, const Inventory& inventory,
                      const std::vector<Entity>& vouched) {
  nodes_.clear();
  classes_.clear();
  own_.clear();
  never_.clear();
  allowed_.clear();
  for (const auto& entry : settings.guard.never_touch) never_.add(entry);
  for (const auto& entry : inventory.never_touch) never_.add(entry);
  for (const auto& entry : settings.guard.allow_list) allowed_.add(entry);
  for (const auto& entry : inventory.allow_list) allowed_.add(entry);
  for (const auto& entity : vouched) allowed_.add(entity.name);
  for (const auto& node : inventory.nodes) {
    if (!nodes_.emplace(node.name, node).second) continue;
    for (const auto& text : node.addresses)
      if (const auto address = IpAddress::parse(text)) own_.emplace(*address, node.name);
    if (node.acts && node.backends.empty()) classes_[node.node_class].push_back(node.name);
  }
}

const NodeInfo* Network::find(std::string_view node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? nullptr : &found->second;
}

bool Network::can_act(std::string_view node, std::string_view control) const {
  const auto* info = find(node);
  return info != nullptr && has(info->controls, control);
}

std::vector<std::string> Network::gateways_of(std::string_view node) const {
  std::vector<std::string> gateways;
  for (const auto& [name, info] : nodes_)
    if (has(info.backends, node) && can_act(name, "haproxy")) gateways.push_back(name);
  return gateways;
}

std::vector<std::string> Network::with_control(std::string_view control) const {
  std::vector<std::string> names;
  for (const auto& [name, info] : nodes_)
    if (can_act(name, control)) names.push_back(name);
  return names;
}

const std::vector<std::string>& Network::members(std::string_view node_class) const {
  static const std::vector<std::string> none;
  const auto found = classes_.find(node_class);
  return found == classes_.end() ? none : found->second;
}

std::string Network::never_touch(const Entity& entity) const {
  if (const auto entry = never_.covers(entity); !entry.empty())
    return fmt::format("{} is on the never-touch list ({})", entity.name, entry);
  if (entity.kind == EntityKind::Node) {
    if (entity.name == "controller") return "the controller is never acted on";
    const auto* info = find(entity.name);
    if (info == nullptr)
      return fmt::format("{} is not in the inventory: watched, never acted on", entity.name);
    if (!info->backends.empty()) return fmt::format("{} is a gateway", entity.name);
    if (!info->acts) return fmt::format("{} is only watched", entity.name);
    return {};
  }
  const auto address = IpAddress::parse(entity.name);
  if (entity.kind != EntityKind::Address || !address)
    return fmt::format("\"{}\" is neither node nor address", entity.name.substr(0, 100));
  if (address->is_loopback() || address->is_unspecified())
    return fmt::format("{} is this machine", entity.name);
  const auto own = own_.find(*address);
  if (own != own_.end()) return fmt::format("{} is {}'s own address", entity.name, own->second);
  return {};
}

std::string Network::allow_listed(const Entity& entity) const { return allowed_.covers(entity); }

}  // namespace wardhive::respond
