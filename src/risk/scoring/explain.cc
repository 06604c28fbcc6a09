#include "risk/scoring/explain.h"

#include <algorithm>

namespace wardhive::scoring {
namespace {

constexpr double kCounts = 0.0005;  // less would round away

// Distinct observers of the claims that `counted` accepts.
template <class F>
std::uint32_t reporters(const Claims& claims, F&& counted) {
  std::uint32_t count = 0;
  for (auto claim = claims.begin(); claim != claims.end(); ++claim) {
    if (!counted(*claim)) continue;
    const auto same = [&](const Claim& c) { return counted(c) && c.observer == claim->observer; };
    if (std::find_if(claims.begin(), claim, same) == claim) ++count;
  }
  return count;
}

Contribution contribution(std::size_t family, const Claims& claims, const Weights& weights,
                          const Sums& sums, Ns now) {
  Contribution part;
  part.family = weights.families[family].name;
  part.milli = sums.milli[family];
  const auto counted = [&](const Claim& c) {
    return weights.family_of[static_cast<std::size_t>(c.kind)] == family &&
           amount_at(c, weights, now) >= kCounts;
  };
  part.reporters = reporters(claims, counted);
  const Claim* top = nullptr;
  for (const auto& claim : claims) {
    if (weights.family_of[static_cast<std::size_t>(claim.kind)] != family) continue;
    if (counted(claim)) part.findings += claim.repeats;
    part.newest = std::max(part.newest, instant_from_ns(claim.raised_at));
    if (top == nullptr || amount_at(claim, weights, now) > amount_at(*top, weights, now))
      top = &claim;
  }
  part.top_evidence = (top->settled ? "settled: " : "") + top->summary;
  return part;
}

}  // namespace

Score explain(const Entity& subject, const Claims& claims, const Weights& weights, Ns now) {
  const auto base = weights.base_milli(subject);
  const auto sums = sums_at(claims, weights, base, now);
  Score score;
  score.subject = subject;
  score.at = instant_from_ns(now);
  score.value = sums.value;
  score.log_odds_milli = sums.total_milli;
  score.model = weights.model;
  score.contributions.push_back({"base", base, 0, 0, "", {}});

  bool learned_only = true;
  std::array<bool, kFamilies> known{};
  for (const auto& claim : claims)
    known[weights.family_of[static_cast<std::size_t>(claim.kind)]] = true;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    if (!known[f]) continue;
    score.contributions.push_back(contribution(f, claims, weights, sums, now));
    if (sums.milli[f] <= 0) continue;
    ++score.families;
    learned_only &= weights.families[f].learned;
    score.counterfactuals.push_back(
        {std::string(weights.families[f].name), value_of(sums.total_milli - sums.milli[f])});
  }
  score.learned_only = score.families > 0 && learned_only;
  score.reporters =
      reporters(claims, [&](const Claim& c) { return amount_at(c, weights, now) >= kCounts; });
  if (const auto until = until_below(claims, weights, base, now); until != 0)
    score.until_below = instant_from_ns(until);
  return score;
}

}  // namespace wardhive::scoring
