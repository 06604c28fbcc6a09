// The storm brake: when many nodes of a class fall ill within a short time, the cause is more
// likely a bad roll-out, a network fault or ourselves than so many bad nodes. Nobody is isolated.
#include <fmt/format.h>

#include <algorithm>

#include "respond/rails/rails.h"

namespace wardhive::respond {
namespace {

std::map<std::string, std::size_t> fresh_suspects(const Step& s) {
  std::map<std::string, std::size_t> count;  // by class
  const std::string prefix = "node/";
  const auto& suspects = s.state.suspects;
  for (auto at = suspects.lower_bound(prefix);
       at != suspects.end() && at->first.starts_with(prefix); ++at) {
    const auto since = at->second.suspect_since;
    const auto* info = s.network.find(at->first.substr(prefix.size()));
    const bool counts = info != nullptr && info->acts && info->backends.empty();
    if (counts && since != Instant{} && s.now - since <= s.rails().storm_window)
      ++count[info->node_class];
  }
  return count;
}

}  // namespace

void watch_storms(Step& s) {
  for (const auto& [node_class, suspects] : fresh_suspects(s)) {
    const auto nodes = s.network.members(node_class).size();
    if (suspects < s.rails().storm_nodes || suspects * 10'000 <= nodes * s.rails().storm_share_bps)
      continue;
    auto& storm = s.state.storms[node_class];
    storm.until = s.now + s.rails().storm_cooldown;
    if (storm.told) continue;
    storm.told = true;
    s.out.notices.push_back(
        {{},
         s.now,
         "breach",
         true,
         fmt::format(
             "storm: {} of {} nodes of class \"{}\" fell ill within {}; nothing is isolated. "
             "Check what they share (roll-out, network, power) and this controller itself",
             suspects, nodes, node_class, format_duration(s.rails().storm_window))});
  }
  std::erase_if(s.state.storms, [&](const auto& item) { return s.now >= item.second.until; });
}

}  // namespace wardhive::respond
