// The network as respond asks about it: classes, gateways, and what nothing may be done to.
// Worked out from the last Inventory, the settings and the entities a person vouched for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "config/settings.h"
#include "model/record.h"

namespace wardhive::respond {

// A list of prefixes and node names.
class EntityList {
 public:
  void add(std::string_view entry);
  void clear();
  // The entry that covers it; empty if none does.
  std::string covers(const Entity& entity) const;
  std::size_t size() const { return prefixes_.size() + names_.size(); }

 private:
  std::vector<IpPrefix> prefixes_;
  std::set<std::string, std::less<>> names_;
};

class Network {
 public:
  void rebuild(const Settings& settings, const Inventory& inventory,
               const std::vector<Entity>& vouched);

  const NodeInfo* find(std::string_view node) const;
  bool can_act(std::string_view node, std::string_view control) const;
  // Gateways that carry the node's traffic and can be told to stop.
  std::vector<std::string> gateways_of(std::string_view node) const;
  std::vector<std::string> with_control(std::string_view control) const;
  // The nodes of a class that serve jobs: no gateways, none that we only watch.
  const std::vector<std::string>& members(std::string_view node_class) const;

  // Why nothing may ever be done to it; empty if something may.
  std::string never_touch(const Entity& entity) const;
  // Which entry vouches for it; empty if none does.
  std::string allow_listed(const Entity& entity) const;
  std::size_t protected_count() const { return never_.size() + own_.size(); }

 private:
  std::map<std::string, NodeInfo, std::less<>> nodes_;
  std::map<std::string, std::vector<std::string>, std::less<>> classes_;
  EntityList never_;
  EntityList allowed_;
  std::map<IpAddress, std::string> own_;  // address -> node
};

}  // namespace wardhive::respond
