#include "enforce/enforcers/chain_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"

namespace wardhive {
namespace {

// The chain's clock and ours may differ by this much: what ends a little later by its clock is no
// reason for an act.
constexpr std::uint64_t kClockSlack = 60;
// A transaction lands this much after its incident was numbered, at most: as long as it is valid.
constexpr std::uint64_t kLandsWithin = 120;
// Whoever releases a node has more keys than we act with: for so long nothing of ours answers it,
// even if we have forgotten that our order had a part in it.
constexpr std::uint64_t kReleaseStands = 3'600;

std::string date(std::uint64_t seconds_since_1970) {
  return format_rfc3339(
      instant_from_ns(static_cast<std::int64_t>(seconds_since_1970) * 1'000'000'000));
}

bool in_quarantine(const NodeOnChain& c) { return c.node.q_at <= c.now && c.now < c.node.q_until; }

// Keys of an older set count for nothing: the program starts anew with a changed set.
std::uint64_t acted_at(const NodeOnChain& c, std::size_t bit) {
  return c.node.key_set_seq == c.sentinels.seq ? c.node.key_at[bit] : 0;
}

bool is_of(const NodeOnChain& c, std::uint64_t version) {
  return c.node.last_incident % swarm::kIncidentsPerSecond == version % swarm::kIncidentsPerSecond;
}

// The latest act on it was one of ours. Another key's in the same second makes it another's, unless
// the incident has the order's number.
bool is_ours(const NodeOnChain& c, const WantedQuarantine& wanted, SetBits ours) {
  bool mine = false, others = false;
  for (std::size_t bit = 0; bit < std::min<std::size_t>(c.sentinels.size, ours.size()); ++bit)
    if (acted_at(c, bit) == c.node.q_at) (ours[bit] ? mine : others) = true;
  return mine && (!others || is_of(c, wanted.version));
}

// A key of the set acted for this very order before (ours, or that of another agent with it).
bool was_done(const NodeOnChain& c, const WantedQuarantine& wanted) {
  if (!is_of(c, wanted.version)) return false;
  const auto numbered = c.node.last_incident / swarm::kIncidentsPerSecond;
  for (std::size_t bit = 0; bit < c.sentinels.size; ++bit)
    if (const auto acted = acted_at(c, bit); acted >= numbered && acted <= numbered + kLandsWithin)
      return true;
  return false;
}

NextStep quarantine(const NodeOnChain& c, const WantedQuarantine& wanted, SetBits ours) {
  std::uint64_t free_at = UINT64_MAX;
  for (std::size_t bit = 0; bit < ours.size(); ++bit) {
    if (!ours[bit]) continue;
    const auto acted = acted_at(c, bit);
    const auto rests_to = acted == 0 ? 0 : acted + swarm::kKeyRest;
    free_at = std::min(free_at, rests_to);
    if (c.now < rests_to) continue;
    if (!wanted.may_sign) return {.says = "nobody asks for it any more"};
    // The least there is would outlast the order, and cost a key for a week.
    if (wanted.seconds < swarm::kQuarantineMin) return {.says = "it has too little time left"};
    const auto first = c.now * swarm::kIncidentsPerSecond;
    const auto incident =
        std::max(first + wanted.version % swarm::kIncidentsPerSecond, c.node.last_incident + 1);
    // The numbers of this second are used up: the next second has more.
    if (incident / swarm::kIncidentsPerSecond > c.now)
      return {.says = "another incident has this second's last number"};
    return {
        .kind = NextStep::Kind::Quarantine,
        .signers = SetBits(1u << bit),
        .incident = incident,
        .seconds = std::clamp<std::uint64_t>(wanted.seconds + kClockSlack / 2,
                                             swarm::kQuarantineMin, swarm::kQuarantineSentinelMax)};
  }
  if (free_at == UINT64_MAX)
    return {.kind = NextStep::Kind::Refuse, .says = "no key here is one of the sentinels'"};
  return {.kind = NextStep::Kind::Refuse,
          .says = fmt::format("every sentinel key here acted on this node within seven days; the "
                              "first may again at {}",
                              date(free_at))};
}

NextStep release(const NodeOnChain& c, const WantedQuarantine& wanted, SetBits ours) {
  if (c.node.q_until - c.now <= kClockSlack)
    return {.says = fmt::format("it ends by itself at {}", date(c.node.q_until))};
  if (ours.count() < c.sentinels.threshold)
    return {.says = fmt::format("a release needs {} sentinel keys and {} are here; it ends by "
                                "itself at {}",
                                c.sentinels.threshold, ours.count(), date(c.node.q_until))};
  if (!wanted.may_sign) return {.says = "nobody asks for its release any more"};
  NextStep step{.kind = NextStep::Kind::Release, .incident = c.node.last_incident};
  for (std::size_t bit = 0; step.signers.count() < c.sentinels.threshold; ++bit)
    if (ours[bit]) step.signers.set(bit);
  return step;
}

}  // namespace

NextStep next_step(const NodeOnChain& c, const WantedQuarantine& wanted, SetBits ours) {
  for (std::size_t bit = c.sentinels.size; bit < ours.size(); ++bit) ours.reset(bit);
  if (!in_quarantine(c)) {
    if (!wanted.present) return {.kind = NextStep::Kind::Gone, .says = "not in quarantine"};
    if (wanted.was_held || was_done(c, wanted))
      return {.kind = NextStep::Kind::Over,
              .says = fmt::format("it was in quarantine by this order and is so no more since {}: "
                                  "released on the chain, or over; nothing is signed twice for one "
                                  "order",
                                  date(c.node.q_until))};
    const bool released = c.node.q_at == c.node.q_until && c.node.q_until != 0;
    if (released && c.now < c.node.q_until + kReleaseStands)
      return {.kind = NextStep::Kind::Refuse,
              .says = fmt::format("others released it on the chain at {}, which stands for an hour",
                                  date(c.node.q_until))};
    return quarantine(c, wanted, ours);
  }
  const auto mine = is_ours(c, wanted, ours);
  if (!wanted.present) {
    if (mine) return release(c, wanted, ours);
    return {
        .kind = NextStep::Kind::Gone,
        .says = fmt::format("somebody else's quarantine holds it until {}", date(c.node.q_until))};
  }
  NextStep holds{.kind = NextStep::Kind::Holds,
                 .seconds = c.node.q_until,
                 .says = fmt::format("in quarantine on the chain until {} by incident {}",
                                     date(c.node.q_until), c.node.last_incident)};
  const bool enough = c.node.q_until + kClockSlack >= c.now + wanted.seconds;
  if (enough || mine || wanted.was_held || was_done(c, wanted)) return holds;
  auto step = quarantine(c, wanted, ours);
  if (step.kind != NextStep::Kind::Refuse) return step;
  holds.says += fmt::format(", which is shorter than asked for: {}", step.says);
  return holds;
}

}  // namespace wardhive
