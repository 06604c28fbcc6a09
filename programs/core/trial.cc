// An accusation, the objection to it, and the verdict (D8). The stake that is claimed stays where
// it is and earns; it cannot leave. Whatever anybody does or does not do, the claim ends: by
// execute once nobody has objected in time, by a verdict, or by a draw when there is none.
#include "core/handlers.h"
#include "core/rules/downtime.h"
#include "core/rules/slash.h"
#include "core/rules/stream.h"
#include "core/sets.h"
#include "sol/system.h"

namespace swarm {

namespace {

// What the sum of a position is, without what other incidents claim. withdraw() keeps at_risk
// within it.
[[gnu::always_inline]] inline std::uint64_t free_stake(const Position& position) {
  return position.amount + position.unbonding - position.at_risk;
}

// From when on the node has been out of service, as far as this incident goes: since its present
// quarantine, or the one by this incident's number; else from now on. No quarantine has the number
// 0, which is what a node has that was never in one.
[[gnu::always_inline]] inline void note_outage(Incident& incident, const Node& node,
                                               std::uint64_t t) {
  const bool named = incident.id != 0 && node.last_incident == incident.id;
  const bool out = is_quarantined(node, t) || named;
  incident.since = out ? node.q_at : t;
  incident.down = out ? node.down : down_by(node, t);
}

// No verdict in one's own case.
[[gnu::noinline]] sol::Error check_impartial(const Set& set, std::uint64_t mask,
                                             const Incident& incident) {
  for (std::uint64_t bit = 0; bit < kSetKeysMax; ++bit) {
    if ((mask >> bit & 1) == 0) continue;
    const sol::Key& key = sol::as_key(set.keys[bit]);
    if (key == sol::as_key(incident.opener) || key == sol::as_key(incident.owner))
      return sol::Error(Fault::PartyDecides);
  }
  return sol::kOk;
}

// Lowers the claim to what is upheld; the opener was right and is free.
[[gnu::always_inline]] inline sol::Error uphold(Incident& incident, Position& accused,
                                                std::uint64_t bps) {
  if (bps == 0 || bps > incident.bps) return sol::Error(Fault::ClaimOutOfRange);
  const std::uint64_t loss = SOL_TRY(claim_of(incident.base, bps));
  accused.at_risk -= incident.loss - loss;
  incident.loss = loss;
  incident.bps = static_cast<std::uint16_t>(bps);
  incident.bond = 0;
  incident.state = static_cast<std::uint8_t>(IncidentState::Upheld);
  return sol::kOk;
}

// The opener's bond, of which nothing is at risk any more, becomes the accused's stake.
[[gnu::always_inline]] inline sol::Error move_bond(Pool& pool, Position& from, Position& to,
                                                   const RoleRules& rules, std::uint64_t bond,
                                                   std::uint64_t t) {
  SOL_CHECK(settle_position(pool, from));
  SOL_CHECK(settle_position(pool, to));
  SOL_CHECK(take_stake(pool, from, bond));
  pool.seq += 1;
  return give_stake(pool, to, rules, bond, t);
}

}  // namespace

sol::Error open_incident(const sol::Context& context,
                         const AccountsOf<InstructionTag::OpenIncident>& accounts,
                         const ArgsOf<InstructionTag::OpenIncident>& args) {
  constexpr InstructionTag kSelf = InstructionTag::OpenIncident;
  const auto opener = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(opener), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto sentinel = SOL_TRY(open_set(SWARM_ACCOUNT(sentinel), context, SetKind::Sentinel));
  const auto bond_position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(bond_position), context, sol::Linked<&Position::owner>(opener.key()))));
  // Anybody's position: the keys say whose.
  const auto position = SOL_TRY(
      (sol::open_state<Position, sol::Write>(SWARM_ACCOUNT(position), context, sol::Any{})));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Incident, now));
  SOL_CHECK(check_signature(
      sentinel, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), sentinel->threshold},
      accounts, now));
  if (sol::as_key(position->owner) == opener.key()) return sol::Error(Fault::SelfAccused);
  if (bond_position->role != static_cast<std::uint8_t>(Role::NetworkOperator))
    return sol::Error(Fault::NotOperator);
  SOL_CHECK(check_not_frozen(*bond_position, now));
  const std::uint8_t category = SWARM_ARGUMENT(category);
  const std::uint64_t bps = SWARM_ARGUMENT(bps);
  if (category >= kCategories) return sol::Error(Fault::UnknownKind);
  if (bps == 0 || bps > kCategoryBps[category]) return sol::Error(Fault::ClaimOutOfRange);

  const std::uint64_t base = free_stake(*position);
  if (base == 0) return sol::Error(Fault::NothingAtStake);
  const std::uint64_t loss = SOL_TRY(claim_of(base, bps));
  const std::uint64_t bond =
      accuser_bond(loss, config->roles[static_cast<std::size_t>(Role::NetworkOperator)].min_stake);
  if (free_stake(*bond_position) < bond) return sol::Error(Fault::AccuserBondNotCovered);

  const std::uint64_t id = SWARM_ARGUMENT(id);
  sol::Seeds seeds("inc", id);
  const auto incident = SOL_TRY(sol::create_state<Incident>(
      SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(incident))), {context, opener, system}, seeds));
  incident->id = id;
  const std::uint8_t on_node = SWARM_ARGUMENT(on_node);
  if (on_node > 1) return sol::Error(Fault::UnknownKind);
  if (on_node != 0) {
    const auto node = SOL_TRY((sol::open_state<Node, sol::Read>(
        SWARM_ACCOUNT(node), context, sol::Linked<&Node::position>(position.key()))));
    assign(incident->node, node.key());
    note_outage(*incident, *node, now.t);
  }
  assign(incident->position, position.key());
  assign(incident->owner, sol::as_key(position->owner));
  assign(incident->opener, opener.key());
  assign(incident->bond_position, bond_position.key());
  assign(incident->evidence, SWARM_ARGUMENT(evidence));
  const std::uint64_t time = dispute_time(bps);
  incident->position_id = position->id;
  incident->base = base;
  incident->loss = loss;
  incident->bond = bond;
  incident->deadline = now.t + time;
  incident->deadline_slot = now.slot + time;
  incident->bps = static_cast<std::uint16_t>(bps);
  incident->category = category;
  position->at_risk += loss;
  position->seq += 1;
  bond_position->at_risk += bond;
  bond_position->seq += 1;
  emit<event::IncidentOpened>(category, incident->seq, now, id, loss, bond, bps,
                              incident->deadline);
  return sol::kOk;
}

sol::Error dispute(const sol::Context& context, const AccountsOf<InstructionTag::Dispute>& accounts,
                   const ArgsOf<InstructionTag::Dispute>&) {
  constexpr InstructionTag kSelf = InstructionTag::Dispute;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto incident = SOL_TRY((sol::open_state<Incident, sol::Write>(
      SWARM_ACCOUNT(incident), context, sol::Linked<&Incident::owner>(owner.key()))));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (incident->state != static_cast<std::uint8_t>(IncidentState::Open))
    return sol::Error(Fault::IncidentDecided);
  if (passed(incident->deadline, incident->deadline_slot, now))
    return sol::Error(Fault::DisputeOver);
  incident->state = static_cast<std::uint8_t>(IncidentState::Disputed);
  incident->deadline = now.t + kResolveTime;
  incident->deadline_slot = now.slot + kResolveTime;
  emit<event::IncidentDisputed>(0, incident->seq, now, incident->id, incident->deadline);
  return sol::kOk;
}

sol::Error resolve(const sol::Context& context, const AccountsOf<InstructionTag::Resolve>& accounts,
                   const ArgsOf<InstructionTag::Resolve>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Resolve;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto resolver = SOL_TRY(open_set(SWARM_ACCOUNT(resolver), context, SetKind::Resolver));
  // Any incident: the keys say which, or its time is over.
  const auto incident = SOL_TRY(
      (sol::open_state<Incident, sol::Write>(SWARM_ACCOUNT(incident), context, sol::Any{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Is(incident->position))));
  const auto bond_position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(bond_position), context, sol::Is(incident->bond_position))));
  const auto rent_to =
      SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(incident->opener)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (incident->state != static_cast<std::uint8_t>(IncidentState::Disputed))
    return sol::Error(Fault::NotDisputed);
  const std::uint8_t verdict = SWARM_ARGUMENT(verdict);
  const std::uint16_t mask = SWARM_ARGUMENT(mask);
  // Silence is a draw: then no key is needed, so that a claim ends even if all keys are lost.
  const bool late = passed(incident->deadline, incident->deadline_slot, now);
  if (late && verdict != static_cast<std::uint8_t>(Verdict::Draw))
    return sol::Error(Fault::ResolveOver);
  SOL_CHECK(check_signature(
      resolver,
      {mask, SWARM_ARGUMENT(valid_until_slot), late ? std::uint64_t{0} : resolver->threshold},
      accounts, now));
  SOL_CHECK(check_impartial(*resolver, mask, *incident));

  const std::uint64_t bond = incident->bond;
  bond_position->at_risk -= bond;
  bond_position->seq += 1;
  position->seq += 1;
  if (verdict == static_cast<std::uint8_t>(Verdict::Uphold)) {
    SOL_CHECK(uphold(*incident, *position, SWARM_ARGUMENT(bps)));
    emit<event::IncidentResolved>(verdict, incident->seq, now, incident->id, incident->loss, bond);
    return sol::kOk;
  }
  if (verdict > static_cast<std::uint8_t>(Verdict::Draw)) return sol::Error(Fault::UnknownKind);
  position->at_risk -= incident->loss;
  if (verdict == static_cast<std::uint8_t>(Verdict::Reject)) {
    settle_pool(*pool, now);
    SOL_CHECK(move_bond(*pool, *bond_position, *position, config->roles[position->role % kRoles],
                        bond, now.t));
  }
  emit<event::IncidentResolved>(verdict, incident->seq, now, incident->id, std::uint64_t{0}, bond);
  sol::close_state(incident, rent_to);
  return sol::kOk;
}

}  // namespace swarm
