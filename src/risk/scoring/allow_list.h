// Whom a person vouches for: the inventory's list, and single entities allowed by command.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "model/entity.h"

namespace wardhive::scoring {

// Bounded: limits::kSettingsListMax entries each; calls return how many were refused.
class AllowList {
 public:
  std::uint64_t replace(std::span<const std::string> texts);  // prefixes and node names
  std::uint64_t allow(const Entity& entity);
  void disallow(const Entity& entity) { commanded_.erase(entity); }
  bool has(const Entity& entity) const;  // O(prefixes) for an address

  std::vector<std::string> listed() const;
  const std::set<Entity>& commanded() const { return commanded_; }

 private:
  std::vector<IpPrefix> prefixes_;
  std::set<std::string, std::less<>> nodes_;
  std::set<Entity> commanded_;
};

}  // namespace wardhive::scoring
