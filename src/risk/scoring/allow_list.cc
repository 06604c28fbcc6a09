#include "risk/scoring/allow_list.h"

#include <algorithm>

#include "base/limits.h"

namespace wardhive::scoring {

std::uint64_t AllowList::replace(std::span<const std::string> texts) {
  prefixes_.clear();
  nodes_.clear();
  std::uint64_t refused = 0;
  for (const auto& text : texts) {
    const bool room = prefixes_.size() + nodes_.size() < limits::kSettingsListMax;
    if (const auto prefix = IpPrefix::parse(text); prefix && room)
      prefixes_.push_back(*prefix);
    else if (valid_node_name(text) && room)
      nodes_.insert(text);
    else
      ++refused;
  }
  return refused;
}

std::uint64_t AllowList::allow(const Entity& entity) {
  if (commanded_.size() >= limits::kSettingsListMax && !commanded_.contains(entity)) return 1;
  commanded_.insert(entity);
  return 0;
}

bool AllowList::has(const Entity& entity) const {
  if (commanded_.contains(entity)) return true;
  if (entity.kind == EntityKind::Node) return nodes_.contains(entity.name);
  if (entity.kind != EntityKind::Address || prefixes_.empty()) return false;
  const auto ip = IpAddress::parse(entity.name);
  return ip && std::ranges::any_of(prefixes_, [&](const IpPrefix& p) { return p.contains(*ip); });
}

std::vector<std::string> AllowList::listed() const {
  std::vector<std::string> texts(nodes_.begin(), nodes_.end());
  for (const auto& prefix : prefixes_) texts.push_back(prefix.text());
  return texts;
}

}  // namespace wardhive::scoring
