#include "respond/vantages.h"

#include <algorithm>

namespace wardhive::respond {
namespace {

const Suspect* suspect_of(const State& state, std::string_view node) {
  const auto found = state.suspects.find("node/" + std::string(node));
  return found == state.suspects.end() ? nullptr : &found->second;
}

bool claims(const Suspect* suspect, std::string_view observer,
            const std::vector<FindingKind>* kinds) {
  if (suspect == nullptr) return false;
  return std::any_of(suspect->claims.begin(), suspect->claims.end(), [&](const Finding& claim) {
    return claim.observer.name == observer && seen_from_outside(claim) &&
           (kinds == nullptr ||
            std::find(kinds->begin(), kinds->end(), claim.kind) != kinds->end());
  });
}

}  // namespace

Vantages::Vantages(const State& state, const Settings& settings, Instant now)
    : state_(state), settings_(settings), now_(now) {
  for (const auto& [node, observers] : state.views) {
    const auto* suspect = suspect_of(state, node);
    for (const auto& [observer, health] : observers) {
      if (observer == node || !fresh(health)) continue;
      auto& eyes = eyes_[observer];
      ++eyes.targets;
      if (!health.healthy || claims(suspect, observer, nullptr))
        ++eyes.failing;
      else if (eyes.well.size() < 2)
        eyes.well.insert(node);
    }
  }
  for (const auto& [observer, eyes] : eyes_) {
    // With a single target nothing tells its own fault from the target's: it stays, and `proven`
    // asks for somebody who can tell.
    const auto share = std::uint64_t{eyes.failing} * 10'000;
    if (eyes.targets >= 2 &&
        share > std::uint64_t{eyes.targets} * settings.respond.rails.observer_blind_share_bps)
      blind_.insert(observer);
  }
}

bool Vantages::fresh(const Health& health) const {
  return now_ - health.fresh_at <= settings_.monitor.vantage_fresh;
}

Verdict Vantages::of(std::string_view node, const std::vector<FindingKind>& kinds) const {
  Verdict verdict;
  const auto* suspect = suspect_of(state_, node);
  if (suspect != nullptr)
    verdict.silent =
        std::any_of(suspect->claims.begin(), suspect->claims.end(),
                    [](const Finding& claim) { return claim.kind == FindingKind::Silent; });
  const auto views = state_.views.find(std::string(node));
  if (views == state_.views.end()) return verdict;
  for (const auto& [observer, health] : views->second) {
    if (observer == node || !fresh(health)) continue;
    if (blind(observer)) {
      verdict.blind.push_back(observer);
      continue;
    }
    ++verdict.looking;
    if (claims(suspect, observer, &kinds)) {
      ++verdict.claiming;
      const auto& well = eyes_.find(observer)->second.well;
      verdict.proven |= well.size() > (well.contains(node) ? 1u : 0u);
    } else if (health.healthy) {
      ++verdict.healthy;
    }
  }
  return verdict;
}

bool Vantages::serving(std::string_view node) const {
  static const std::vector<FindingKind> outside{FindingKind::Unreachable, FindingKind::LatencyShift,
                                                FindingKind::ErrorRateShift,
                                                FindingKind::ThresholdCrossed};
  const auto verdict = of(node, outside);
  return verdict.healthy > 0 && verdict.claiming < settings_.respond.rails.vantages_agree;
}

}  // namespace wardhive::respond
