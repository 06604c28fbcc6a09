#include "risk/scoring/claims.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/limits.h"

namespace wardhive::scoring {
namespace {

constexpr std::size_t kSummaryBytesMax = 160;

// Into the old text's memory where it fits: a claim is repeated far more often than it is new.
void cut_into(std::string& out, std::string_view text) {
  if (text.size() <= kSummaryBytesMax) {
    out.assign(text);
    return;
  }
  auto end = kSummaryBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;  // not within a character
  out.assign(text.substr(0, end)).append("...");
}

const Family& family_of(const Claim& claim, const Weights& weights) {
  return weights.families[weights.family_of[static_cast<std::size_t>(claim.kind)]];
}

Claim* find(Claims& claims, const Finding& finding) {
  for (auto& claim : claims)
    if (claim.kind == finding.kind && claim.observer == finding.observer) return &claim;
  return nullptr;
}

// A new claim, in the place of the weakest if there is no other. Null if even that one is stronger.
Claim* make_room(Claims& claims, const Weights& weights, double weight, Ns now,
                 std::uint64_t& dropped) {
  if (claims.size() < limits::kClaimsPerEntityMax) return &claims.emplace_back();
  ++dropped;
  const auto weakest = std::ranges::min_element(
      claims, {}, [&](const Claim& c) { return amount_at(c, weights, now); });
  if (amount_at(*weakest, weights, now) >= weight) return nullptr;
  *weakest = Claim();
  return &*weakest;
}

}  // namespace

std::uint8_t value_of(std::int32_t log_odds_milli) {
  return static_cast<std::uint8_t>(std::lround(100 / (1 + std::exp(-log_odds_milli / 1e3))));
}

double amount_at(const Claim& claim, const Weights& weights, Ns now) {
  if (now <= claim.decays_from || claim.amount == 0) return claim.amount;
  return claim.amount * std::exp2(-static_cast<double>(now - claim.decays_from) /
                                  family_of(claim, weights).half_life_ns);
}

Sums sums_at(const Claims& claims, const Weights& weights, std::int32_t base_milli, Ns now) {
  Sums sums;
  for (const auto& claim : claims)
    sums.amount[weights.family_of[static_cast<std::size_t>(claim.kind)]] +=
        amount_at(claim, weights, now);
  sums.total_milli = base_milli;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    const double m = weights.families[f].cap;
    if (sums.amount[f] == 0 || m == 0) continue;
    sums.milli[f] =
        static_cast<std::int32_t>(std::lround(1'000 * m * std::tanh(sums.amount[f] / m)));
    sums.total_milli += sums.milli[f];
  }
  sums.value = value_of(sums.total_milli);
  return sums;
}

bool raise_claim(Claims& claims, const Weights& weights, const Finding& finding, Ns now,
                 std::uint64_t& dropped) {
  const double weight = weights.of(finding.kind, finding.strength);
  double said = 0;
  for (const auto& claim : claims)
    if (claim.observer == finding.observer) said += amount_at(claim, weights, now);

  auto* claim = find(claims, finding);
  if (claim == nullptr) claim = make_room(claims, weights, weight, now, dropped);
  if (claim == nullptr) return false;
  const bool repeated =
      claim->repeats > 0 && !claim->settled && now - claim->raised_at <= weights.repeat_window_ns;
  claim->repeats = static_cast<std::uint16_t>(repeated ? std::min(claim->repeats + 1, 60'000) : 1);
  claim->kind = finding.kind;
  claim->observer = finding.observer;

  const double room = std::max(0.0, weights.reporter_cap(finding.subject) - said);
  claim->amount =
      amount_at(*claim, weights, now) + std::min(weight / std::sqrt(claim->repeats), room);
  claim->decays_from = now + family_of(*claim, weights).hold_ns;
  claim->raised_at = now;
  claim->settled = false;
  cut_into(claim->summary, finding.evidence.summary);
  return true;
}

bool clear_claim(Claims& claims, const Finding& finding, Ns now) {
  auto* claim = find(claims, finding);
  if (claim == nullptr) return false;
  claim->decays_from = std::min(claim->decays_from, now);
  return true;
}

bool settle_claims(Claims& claims, Ns up_to) {
  bool any = false;
  for (auto& claim : claims) {
    if (claim.raised_at > up_to || claim.settled) continue;
    claim.settled = any = true;
    claim.amount = 0;
  }
  return any;
}

// S falls at most at ln 2 / h * min(A that decays, m * g(A / m)), where g(x), the greatest
// x * sech(x)^2 that is still to come, is 0.4477 until x has fallen to 0.772.
Ns next_change(const Claims& claims, const Weights& weights, const Sums& sums, Ns now) {
  std::array<double, kFamilies> decaying{};
  Ns next = kNever;
  for (const auto& claim : claims) {
    if (claim.amount == 0) continue;
    if (claim.decays_from > now)
      next = std::min(next, claim.decays_from);
    else
      decaying[weights.family_of[static_cast<std::size_t>(claim.kind)]] +=
          amount_at(claim, weights, now);
  }
  double rate = 0;  // log-odds per ns
  for (std::size_t f = 0; f < kFamilies; ++f) {
    if (decaying[f] == 0 || sums.milli[f] == 0) continue;
    const double m = weights.families[f].cap, x = sums.amount[f] / m,
                 s = sums.milli[f] / (1'000 * m);
    const double g =
        x >= 0.772 ? 0.4477 : x * (1 - s * s) * 1.01;  // s is rounded: stay on the safe side
    rate += std::numbers::ln2 / weights.families[f].half_life_ns * std::min(decaying[f], m * g);
  }
  if (rate == 0) return next;
  // Down to half a point under the value; the parts are rounded, so up to 2 thousandths earlier.
  static const auto boundary = [] {
    std::array<double, 101> under{};
    for (int v = 1; v <= 100; ++v)
      under[static_cast<std::size_t>(v)] = std::log((v - 0.5) / (100.5 - v));
    under[0] = -1e9;
    return under;
  }();
  const double distance = std::max(0.0, sums.total_milli / 1e3 - boundary[sums.value] - 0.002);
  const double wait = distance / rate;
  return wait >= static_cast<double>(next - now) ? next : now + static_cast<Ns>(wait);
}

Ns until_below(const Claims& claims, const Weights& weights, std::int32_t base_milli, Ns now) {
  const auto below = [&](Ns at) {
    return sums_at(claims, weights, base_milli, at).value < weights.release_threshold;
  };
  Ns low = now, high = now;
  for (const auto& claim : claims)  // by then each weighs a millionth
    high = std::max(high, std::max(now, claim.decays_from) +
                              static_cast<Ns>(20 * family_of(claim, weights).half_life_ns));
  if (below(low) || !below(high)) return 0;
  while (high - low > 1'000'000) {
    const Ns middle = low + (high - low) / 2;
    (below(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace wardhive::scoring
