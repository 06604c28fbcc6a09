#include "app/inventory.h"

#include <algorithm>

#include "base/address.h"
#include "base/limits.h"

namespace wardhive {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto item = text.substr(0, comma); !item.empty()) items.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return items;
}

std::string join_list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

InventoryKeeper::InventoryKeeper(const Settings& settings, std::string self,
                                 std::vector<std::string> own)
    : settings_(settings), self_(std::move(self)), own_(std::move(own)) {}

void InventoryKeeper::agent_started(const std::string& node, const Event& hello) {
  const auto attribute = [&](const char* name) {
    const auto it = hello.attributes.find(name);
    return it == hello.attributes.end() ? std::string() : it->second;
  };
  {
    const std::lock_guard lock(mutex_);
    if (hellos_.size() >= limits::kNodesMax && !hellos_.contains(node)) return;
    auto& known = hellos_[node];
    known.controls = split_list(attribute("controls"));
    known.addresses.clear();
    for (const auto& text : split_list(attribute("addresses")))
      if (const auto address = IpAddress::parse(text); address && !address->is_loopback())
        known.addresses.push_back(address->text());
  }
  if (on_change_) on_change_(compose());
}

void InventoryKeeper::remember(const Inventory& earlier) {
  const std::lock_guard lock(mutex_);
  for (const auto& node : earlier.nodes)
    if (!node.controls.empty() && node.name != self_)
      hellos_.try_emplace(node.name, Hello{node.controls, node.addresses});
}

Inventory InventoryKeeper::compose() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, NodeInfo> nodes;
  for (const auto& [name, settings] : settings_.nodes) {
    auto& info = nodes[name];
    info.node_class = settings.node_class;
    info.addresses = settings.addresses;
    info.backends = settings.backends;
    info.account = settings.account;
  }
  // Scraped but not named under [nodes]: watched, never acted on.
  for (const auto& target : settings_.ingest.scrape)
    if (!target.node.empty() && !nodes.contains(target.node)) nodes[target.node].acts = false;
  for (const auto& [name, hello] : hellos_) {
    auto& info = nodes[name];
    info.controls = hello.controls;
    for (const auto& address : hello.addresses)
      if (std::find(info.addresses.begin(), info.addresses.end(), address) == info.addresses.end())
        info.addresses.push_back(address);
  }
  if (!self_.empty()) nodes[self_].acts = false;
  Inventory inventory;
  for (auto& [name, info] : nodes) {
    info.name = name;
    inventory.nodes.push_back(std::move(info));
  }
  inventory.never_touch = {"127.0.0.0/8", "::1"};
  for (const auto* list : {&own_, &settings_.guard.never_touch})
    for (const auto& prefix : *list)
      if (std::find(inventory.never_touch.begin(), inventory.never_touch.end(), prefix) ==
          inventory.never_touch.end())
        inventory.never_touch.push_back(prefix);
  inventory.allow_list = settings_.guard.allow_list;
  return inventory;
}

std::vector<ProbeTarget> InventoryKeeper::probes_of(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ring;  // nodes that are probed and have an agent to probe with
  for (const auto& [name, settings] : settings_.nodes)
    if (!settings.probe_url.empty() && hellos_.contains(name)) ring.push_back(name);
  std::vector<ProbeTarget> targets;
  for (const auto& [name, settings] : settings_.nodes) {
    if (settings.probe_url.empty() || name == node) continue;
    bool asked = node == "controller";
    if (!settings.probers.empty()) {
      asked = asked || std::find(settings.probers.begin(), settings.probers.end(), node) !=
                           settings.probers.end();
    } else if (const auto at = std::find(ring.begin(), ring.end(), name); !ring.empty()) {
      // Two peers each: the next two in the ring, so that no node looks at everybody.
      const auto start = static_cast<std::size_t>(at == ring.end() ? 0 : at - ring.begin() + 1);
      for (std::size_t i = 0; i < std::min<std::size_t>(2, ring.size()); ++i)
        asked = asked || ring[(start + i) % ring.size()] == node;
    }
    if (asked) targets.push_back({name, settings.probe_url});
  }
  return targets;
}

std::vector<std::string> InventoryKeeper::agents() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, hello] : hellos_) names.push_back(name);
  return names;
}

}  // namespace wardhive
