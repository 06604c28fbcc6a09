// Taking a node out of service, or freezing a position, for a time (D6, D7): one write, to the
// target and the Fleet, never to the Pool. It ends by itself; nothing that was earned or staked
// changes.
#include "core/handlers.h"
#include "core/rules/bucket.h"
#include "core/rules/downtime.h"
#include "core/sets.h"

namespace swarm {

namespace {

struct Wanted {
  std::uint64_t incident;
  std::uint64_t seconds;
  std::uint64_t reason;
  std::uint64_t mask;
  bool guardian;
};

// Each incident acts once on a target: sent twice, the second is refused by name and changes
// nothing. Its number is not above what the clock allows, so that a later one can always follow.
[[gnu::noinline]] sol::Error check_incident(std::uint64_t last, std::uint64_t incident,
                                            const Moment& now) {
  if (incident == last) return sol::Error(Fault::AlreadyHandled);
  if (incident < last) return sol::Error(Fault::StaleIncident);
  return incident / kIncidentsPerSecond <= now.t ? sol::kOk : sol::Error(Fault::IncidentAhead);
}

// Every sentinel key that signs may do so once in seven days on this node. A changed set counts
// anew, as its keys are others.
[[gnu::noinline]] sol::Error spend_keys(Node& node, const Set& set, std::uint64_t mask,
                                        const Moment& now) {
  if (node.key_set_seq != set.seq) {
    for (std::uint64_t& at : node.key_at) at = 0;
    node.key_set_seq = set.seq;
  }
  std::uint64_t* at = node.key_at;
  for (; mask != 0; mask >>= 1, ++at) {
    if ((mask & 1) == 0) continue;
    if (*at != 0 && now.t < *at + kKeyRest) return sol::Error(Fault::KeyAtRest);
    *at = now.t;
  }
  return sol::kOk;
}

[[gnu::always_inline]] inline sol::Error quarantine_node(sol::AccountView view,
                                                         const sol::Context& context, Fleet& fleet,
                                                         const Set& set, const Wanted& wanted,
                                                         const Moment& now) {
  // Any node: the keys say which.
  const auto node = SOL_TRY((sol::open_state<Node, sol::Write>(view, context, sol::Any{})));
  SOL_CHECK(check_incident(node->last_incident, wanted.incident, now));
  std::uint64_t used = fleet.quarantined;
  if (!wanted.guardian) {
    SOL_CHECK(spend_keys(*node, set, wanted.mask, now));
    // What was never attested serves nobody: a wave of fakes must not use up the budget.
    // units_total is at most 2^61 / bond, so the product fits.
    std::uint64_t cap = fleet.units_total * kQuarantineBps / kBpsOne;
    if (cap == 0) cap = 1;
    Bucket bucket{fleet.quarantined, fleet.quarantined_at};
    if (node->attested_units != 0 &&
        !take_or_first(bucket, node->attested_units, cap, kQuarantinePeriod, now.t))
      return sol::Error(Fault::QuarantineBudgetSpent);
    fleet.quarantined = used = bucket.level;
    fleet.quarantined_at = bucket.at;
  }
  node->last_incident = wanted.incident;
  // A later incident only adds time: else one key could end in a minute what guardians set for a
  // week.
  std::uint64_t until = now.t + wanted.seconds;
  if (is_quarantined(*node, now.t) && until < node->q_until) until = node->q_until;
  begin_quarantine(*node, now.t, until);
  emit<event::Quarantined>(static_cast<std::uint32_t>(wanted.reason), node->seq, now,
                           wanted.incident, node->q_until, std::uint64_t{node->attested_units},
                           node->down, used);
  return sol::kOk;
}

[[gnu::always_inline]] inline sol::Error freeze_position(sol::AccountView view,
                                                         const sol::Context& context, Fleet& fleet,
                                                         const Wanted& wanted, const Moment& now) {
  // Any position: the keys say which.
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(view, context, sol::Any{})));
  SOL_CHECK(check_incident(position->last_incident, wanted.incident, now));
  if (!wanted.guardian) {
    // One key must not hold exits back: a few positions a day, and each once in seven days.
    Bucket bucket{fleet.frozen, fleet.frozen_at};
    const bool rests = position->frozen_at != 0 && now.t < position->frozen_at + kFreezeRest;
    if (rests || !take(bucket, 1, kFreezesPerDay, kDay, now.t))
      return sol::Error(Fault::FreezeBudgetSpent);
    fleet.frozen = bucket.level;
    fleet.frozen_at = bucket.at;
    position->frozen_at = now.t;
  }
  position->last_incident = wanted.incident;
  const std::uint64_t until = now.t + wanted.seconds;
  if (position->freeze_until < until) position->freeze_until = until;
  emit<event::PositionFrozen>(static_cast<std::uint32_t>(wanted.reason), position->seq, now,
                              wanted.incident, position->freeze_until);
  return sol::kOk;
}

// Guardian or sentinel set, and whether it is the guardians'.
[[gnu::always_inline]] inline sol::Result<SetState> open_responders(sol::AccountView view,
                                                                    const sol::Context& context) {
  const auto set = SOL_TRY((sol::open_state<Set, sol::Read>(view, context, sol::Any{})));
  if (set->kind == static_cast<std::uint8_t>(SetKind::Resolver)) return Fault::WrongSet;
  return set;
}

}  // namespace

sol::Error quarantine(const sol::Context& context,
                      const AccountsOf<InstructionTag::Quarantine>& accounts,
                      const ArgsOf<InstructionTag::Quarantine>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Quarantine;
  SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto set = SOL_TRY(open_responders(SWARM_ACCOUNT(set), context));
  const bool guardian = set->kind == static_cast<std::uint8_t>(SetKind::Guardian);
  Moment now{};
  SOL_CHECK(read_moment(now));
  const std::uint64_t needed = guardian ? set->threshold : 1;
  SOL_CHECK(check_signature(set, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), needed},
                            accounts, now));
  const Wanted wanted{SWARM_ARGUMENT(incident), SWARM_ARGUMENT(seconds), SWARM_ARGUMENT(reason),
                      SWARM_ARGUMENT(mask), guardian};
  if (wanted.seconds < kQuarantineMin ||
      wanted.seconds > (guardian ? kQuarantineGuardianMax : kQuarantineSentinelMax))
    return sol::Error(Fault::TtlOutOfRange);
  if (wanted.reason < kReasonsNetwork) return sol::Error(Fault::ReasonOutOfRange);
  fleet->seq += 1;
  switch (static_cast<Target>(SWARM_ARGUMENT(kind))) {
    case Target::Node:
      return quarantine_node(SWARM_ACCOUNT(target), context, *fleet, *set, wanted, now);
    case Target::Position:
      return freeze_position(SWARM_ACCOUNT(target), context, *fleet, wanted, now);
  }
  return sol::Error(Fault::UnknownKind);
}

sol::Error release(const sol::Context& context, const AccountsOf<InstructionTag::Release>& accounts,
                   const ArgsOf<InstructionTag::Release>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Release;
  SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto set = SOL_TRY(open_responders(SWARM_ACCOUNT(set), context));
  Moment now{};
  SOL_CHECK(read_moment(now));
  // More than one key even of the sentinels: else a stolen one would undo what the others contain.
  SOL_CHECK(
      check_signature(set, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), set->threshold},
                      accounts, now));
  const std::uint64_t incident = SWARM_ARGUMENT(incident);
  switch (static_cast<Target>(SWARM_ARGUMENT(kind))) {
    case Target::Node: {
      // Any node: the keys say which.
      const auto node =
          SOL_TRY((sol::open_state<Node, sol::Write>(SWARM_ACCOUNT(target), context, sol::Any{})));
      if (node->last_incident != incident || !is_quarantined(*node, now.t))
        return sol::Error(Fault::NotThisIncident);
      begin_quarantine(*node, now.t, now.t);
      emit<event::Released>(0, node->seq, now, incident, node->down);
      return sol::kOk;
    }
    case Target::Position: {
      // Any position: the keys say which.
      const auto position = SOL_TRY(
          (sol::open_state<Position, sol::Write>(SWARM_ACCOUNT(target), context, sol::Any{})));
      if (position->last_incident != incident || now.t >= position->freeze_until)
        return sol::Error(Fault::NotThisIncident);
      position->freeze_until = now.t;
      emit<event::PositionReleased>(0, position->seq, now, incident);
      return sol::kOk;
    }
  }
  return sol::Error(Fault::UnknownKind);
}

}  // namespace swarm
