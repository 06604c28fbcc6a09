#include "respond/recovery/peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "respond/rails/rails.h"

namespace wardhive::respond {
namespace {

constexpr std::uint64_t kErrorFloorBps = 50;
constexpr std::uint64_t kP99FloorUs = 20'000;

std::uint64_t median(std::vector<std::uint64_t>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::uint64_t allowed(std::uint64_t peers, std::uint64_t ratio_percent, std::uint64_t floor) {
  return std::max(peers * ratio_percent / 100, peers + floor);
}

}  // namespace

Comparison compare_with_peers(Step& s, const Case& c) {
  const auto& name = c.incident.subject.name;
  const auto* info = s.network.find(name);
  if (info == nullptr || c.stage.requests == 0) return {};
  std::vector<std::uint64_t> errors, p99s;
  for (const auto& peer : s.network.members(info->node_class)) {
    const auto views = s.state.views.find(peer);
    if (peer == name || views == s.state.views.end() || taken_out(s.state, peer)) continue;
    for (const auto& effect : c.effects) {
      const auto view = views->second.find(effect.action.agent);
      if (view == views->second.end() || view->second.requests == 0) continue;
      if (s.now - view->second.fresh_at > s.settings.monitor.vantage_fresh) continue;
      errors.push_back(view->second.error_bps);
      p99s.push_back(view->second.p99_us);
    }
  }
  if (errors.empty()) return {};
  const auto ratio = s.restoration().peer_ratio_percent;
  const auto error = c.stage.error_bps_sum / c.stage.requests,
             p99 = c.stage.p99_us_sum / c.stage.requests;
  const auto error_max = allowed(median(errors), ratio, kErrorFloorBps),
             p99_max = allowed(median(p99s), ratio, kP99FloorUs);
  return {
      true, error <= error_max && p99 <= p99_max,
      fmt::format("{} requests, errors {}.{:02} % (at most {}.{:02} %), p99 {} ms (at most {} ms)",
                  c.stage.requests, error / 100, error % 100, error_max / 100, error_max % 100,
                  p99 / 1'000, p99_max / 1'000)};
}

}  // namespace wardhive::respond
