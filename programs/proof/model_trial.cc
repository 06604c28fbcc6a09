// The model's trials: D8 and the buckets of D7, and what decision 37 adds to them.
#include <algorithm>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;  // an account that is not there belongs to the System program
constexpr Code kWrongLink = 404;
constexpr Code kAlreadyExists = 501;
constexpr Code kWrongAuthority = 904;

Int positive(const Int& value) { return value > 0 ? value : Int(0); }
Int up(const Int& value, const Int& divisor) { return (value + divisor - 1) / divisor; }

// 24 h up to 3 %, 7 d from 20 % on, else 72 h.
Int time_to_dispute(const Int& bps) {
  if (bps <= 300) return 24 * kHour;
  return bps >= 2'000 ? 7 * kDay : 72 * kHour;
}

}  // namespace

// ---- What is claimed, added up

Int Model::at_risk(std::size_t position) const {
  Int sum = 0;
  for (const auto& [id, incident] : incidents) {
    if (incident.position == position && !incident.is_executed()) sum += incident.loss;
    if (incident.bond_position == position) sum += incident.bond;
  }
  return sum;
}

bool Model::comes_back(std::size_t position) const {
  return std::ranges::any_of(incidents, [&](const auto& each) {
    const ModelIncident& incident = each.second;
    return incident.is_executed() && incident.position == position && !is_forfeited(incident) &&
           incident.recovered < incident.recoverable;
  });
}

// Slashed again, or gone.
bool Model::is_forfeited(const ModelIncident& incident) const {
  const auto found = positions.find(incident.position);
  return found == positions.end() || found->second.id != incident.position_id ||
         found->second.slashes.size() != incident.slash_number;
}

// A part for each full epoch since the execution, by both clocks, thirty at most.
Int Model::back_by_now(const ModelIncident& incident) const {
  int epochs = 0;
  while (epochs < 30 && passed(incident.executed_at + (epochs + 1) * kDay,
                               incident.executed_slot + (epochs + 1) * kDay))
    epochs += 1;
  return incident.recoverable * epochs / 30;
}

// Rate x gap, the gap cut at the lease's end, and at most half of what the node earned there.
Int Model::compensation(const ModelIncident& incident, const ModelLease& lease,
                        const ModelSeat& seat) const {
  const Int gap = std::min(incident.gap, Int(lease.end - incident.since));
  return std::min({Int(seat.rate * gap), Int(seat.earned / 2), incident.pot});
}

// ---- Stake that moves

void Model::lose(ModelPosition& position, const Int& x) {
  const Int leaving = std::min(x, position.unbonding);
  position.unbonding -= leaving;
  const Int rest = x - leaving;
  if (rest == 0) return;
  change_weight(position, position.weight * (position.amount - rest) / position.amount);
  position.amount -= rest;
}

void Model::gain(ModelPosition& position, const Int& x) {
  const Int left = positive(position.lock_end - t);
  change_weight(position, position.weight + x * multiplier(roles[position.role], left) / kBpsOne);
  position.amount += x;
}

void Model::burn_stake(const Int& x) {
  stake_vault -= x;
  fleet.supply -= x;
}

// ---- Instructions

Code Model::open_incident(const Signing& signing, const ModelCharge& charge) {
  const auto bond_found = positions.find(charge.bond_position);
  if (bond_found == positions.end()) return kWrongOwner;
  if (bond_found->second.owner != charge.opener) return kWrongLink;
  const auto found = positions.find(charge.position);
  if (found == positions.end()) return kWrongOwner;
  if (paused(Pause::Incident)) return number(Fault::Paused);
  const ModelSet& sentinel = sets[static_cast<std::size_t>(SetKind::Sentinel)];
  if (const Code code = check(signing, sentinel, sentinel.threshold)) return code;
  const ModelPosition& accused = found->second;
  const ModelPosition& answers = bond_found->second;
  if (accused.owner == charge.opener) return number(Fault::SelfAccused);
  if (answers.role != static_cast<std::uint8_t>(Role::NetworkOperator))
    return number(Fault::NotOperator);
  if (frozen(answers)) return number(Fault::Frozen);
  static const Int kCaps[] = {100, 300, 1'000, 2'000, 5'000};
  if (charge.category >= std::size(kCaps)) return number(Fault::UnknownKind);
  if (charge.bps == 0 || charge.bps > kCaps[charge.category]) return number(Fault::ClaimOutOfRange);
  ModelIncident incident;
  incident.base = accused.amount + accused.unbonding - at_risk(charge.position);
  if (incident.base == 0) return number(Fault::NothingAtStake);
  incident.bps = charge.bps;
  incident.loss = std::min(up(incident.base * charge.bps, kBpsOne), incident.base);
  const Int least =
      std::max(Int(1), roles[static_cast<std::size_t>(Role::NetworkOperator)].min_stake);
  incident.bond = std::min(up(incident.loss, 10), least);
  if (answers.amount + answers.unbonding - at_risk(charge.bond_position) < incident.bond)
    return number(Fault::AccuserBondNotCovered);
  if (incidents.contains(charge.id)) return kAlreadyExists;
  if (charge.on_node > 1) return number(Fault::UnknownKind);
  if (charge.on_node != 0) {
    const auto node = fleet.nodes.find(charge.node);
    if (node == fleet.nodes.end()) return kWrongOwner;
    if (node->second.position != charge.position) return kWrongLink;
    incident.node = charge.node;
    // The quarantine that is open, or the one that carries this number; else from now on.
    const bool out = node->second.is_out(t) ||
                     (!node->second.outages.empty() && node->second.last_incident == charge.id);
    incident.since = out ? node->second.outages.back().at : t;
    incident.down = node->second.down(incident.since);
  }
  incident.position = charge.position;
  incident.position_id = accused.id;
  incident.owner = accused.owner;
  incident.opener = charge.opener;
  incident.bond_position = charge.bond_position;
  incident.category = charge.category;
  incident.deadline = t + time_to_dispute(charge.bps);
  incident.deadline_slot = slot + time_to_dispute(charge.bps);
  incidents[charge.id] = incident;
  return 0;
}

Code Model::dispute(std::uint64_t id, std::size_t owner) {
  const auto found = incidents.find(id);
  if (found == incidents.end()) return kWrongOwner;
  ModelIncident& incident = found->second;
  if (incident.owner != owner) return kWrongLink;
  if (incident.state != IncidentState::Open) return number(Fault::IncidentDecided);
  if (passed(incident.deadline, incident.deadline_slot)) return number(Fault::DisputeOver);
  incident.state = IncidentState::Disputed;
  incident.deadline = t + 14 * kDay;
  incident.deadline_slot = slot + 14 * kDay;
  return 0;
}

Code Model::resolve(const Signing& signing, std::uint64_t id, std::uint8_t verdict,
                    const Int& bps) {
  const auto found = incidents.find(id);
  if (found == incidents.end()) return kWrongOwner;
  ModelIncident& incident = found->second;
  if (incident.state != IncidentState::Disputed) return number(Fault::NotDisputed);
  const bool silence = passed(incident.deadline, incident.deadline_slot);
  if (silence && verdict != static_cast<std::uint8_t>(Verdict::Draw))
    return number(Fault::ResolveOver);
  const ModelSet& resolver = sets[static_cast<std::size_t>(SetKind::Resolver)];
  if (const Code code = check(signing, resolver, silence ? 0 : resolver.threshold)) return code;
  switch (static_cast<Verdict>(verdict)) {
    case Verdict::Uphold:
      if (bps == 0 || bps > incident.bps) return number(Fault::ClaimOutOfRange);
      incident.bps = bps;
      incident.loss = up(incident.base * bps, kBpsOne);
      incident.bond = 0;
      incident.state = IncidentState::Upheld;
      return 0;
    case Verdict::Reject: {
      ModelPosition& from = positions.at(incident.bond_position);
      ModelPosition& to = positions.at(incident.position);
      settle();
      settle(from);
      settle(to);
      lose(from, incident.bond);
      gain(to, incident.bond);
      incidents.erase(found);
      return 0;
    }
    case Verdict::Draw:
      incidents.erase(found);
      return 0;
  }
  return number(Fault::UnknownKind);
}

Code Model::execute(std::uint64_t id) {
  const auto found = incidents.find(id);
  if (found == incidents.end()) return kWrongOwner;
  ModelIncident& incident = found->second;
  if (paused(Pause::Incident)) return number(Fault::Paused);
  if (incident.state == IncidentState::Open) {
    if (!passed(incident.deadline, incident.deadline_slot)) return number(Fault::DisputeRunning);
  } else if (incident.state != IncidentState::Upheld) {
    return number(Fault::NotUpheld);
  }
  ModelPosition& position = positions.at(incident.position);
  Int window = t / (30 * kDay);
  if (!position.slashes.empty()) window = std::max(window, position.slashes.back().window);
  if (position.slashed(window) + position.slashed(window - 1) + incident.bps > 6'000)
    return number(Fault::SlashCapReached);
  const Int cap = std::max(Int(1), Int(principal * 200 / kBpsOne));
  if (!take_or_first(slashed, slashed_at, incident.loss, cap, kDay, t))
    return number(Fault::SlashBudgetSpent);
  taken.push_back({t, std::min(incident.loss, cap), cap});

  settle();
  settle(position);
  const Int before = position.amount + position.unbonding;
  lose(position, incident.loss);
  if (before - position.amount - position.unbonding != incident.loss)
    fleet.violation = "I10: a slash took another amount than was claimed at opening";
  principal -= incident.loss;
  position.slashes.push_back({window, incident.bps});
  incident.slash_number = position.slashes.size();
  incident.bond = 0;
  incident.state = IncidentState::Executed;
  incident.executed_at = t;
  incident.executed_slot = slot;
  if (incident.node) note_gap(incident);
  incident.pot = incident.node ? Int(incident.loss * 3 / 10) : Int(0);
  const bool fraud = incident.category == static_cast<std::uint8_t>(Category::Fraud);
  incident.recoverable = fraud ? Int(0) : Int(incident.loss / 2);
  burn_stake(incident.loss - incident.pot - incident.recoverable);
  if (incident.is_spent()) incidents.erase(found);
  return 0;
}

// D6's sum; and, while the clock only went on, the outages themselves.
void Model::note_gap(ModelIncident& incident) {
  const ModelNode& node = fleet.nodes.at(*incident.node);
  incident.gap = positive(node.down(t) - incident.down);
  if (fleet.clock_fell) return;
  if (incident.gap != t - incident.since - node.served(incident.since, t))
    fleet.violation = "D8: a gap that is not the seconds out of service";
}

Code Model::compensate(std::uint64_t id, std::size_t at, std::size_t index, bool right) {
  const auto found = incidents.find(id);
  if (found == incidents.end()) return kWrongOwner;
  const auto lease_found = fleet.leases.find(at);
  if (lease_found == fleet.leases.end()) return kWrongOwner;
  ModelIncident& incident = found->second;
  ModelLease& lease = lease_found->second;
  if (!incident.is_executed()) return number(Fault::NotExecuted);
  if (passed(incident.executed_at + 30 * kDay, incident.executed_slot + 30 * kDay))
    return number(Fault::PotOver);
  if (index >= kSeats) return number(Fault::UnknownKind);
  if (index >= lease.seats.size() || !incident.node) return number(Fault::LeaseNotHit);
  ModelSeat& seat = lease.seats[index];
  if (seat.node != *incident.node || seat.owner != incident.owner)
    return number(Fault::LeaseNotHit);
  if (lease.tenant == incident.owner) return number(Fault::OwnNode);
  if (seat.compensated) return number(Fault::AlreadyCompensated);
  if (lease.opened_at() > incident.since || lease.end <= incident.since)
    return number(Fault::LeaseNotHit);
  const Int x = compensation(incident, lease, seat);
  if (x == 0) return number(Fault::LeaseNotHit);
  if (!right) return kWrongAuthority;
  incident.pot -= x;
  seat.compensated = true;
  stake_vault -= x;
  wallets[lease.tenant] += x;
  return 0;
}

Code Model::recover(std::uint64_t id) {
  const auto found = incidents.find(id);
  if (found == incidents.end()) return kWrongOwner;
  ModelIncident& incident = found->second;
  if (!incident.is_executed()) return number(Fault::NotExecuted);
  bool anything = incident.is_spent();  // then it is only to be closed
  if (incident.pot > 0 &&
      passed(incident.executed_at + 30 * kDay, incident.executed_slot + 30 * kDay)) {
    burn_stake(incident.pot);
    incident.pot = 0;
    anything = true;
  }
  if (incident.recovered < incident.recoverable) {
    if (is_forfeited(incident)) {
      burn_stake(incident.recoverable - incident.recovered);
      incident.recoverable = incident.recovered;
      anything = true;
    } else if (const Int x = back_by_now(incident) - incident.recovered; x > 0) {
      ModelPosition& position = positions.at(incident.position);
      settle();
      settle(position);
      gain(position, x);
      principal += x;
      incident.recovered += x;
      anything = true;
    }
  }
  if (!anything) return number(Fault::NothingToRecover);
  if (incident.is_spent()) incidents.erase(found);
  return 0;
}

// ---- Invariants

std::string Model::broken_trial_invariant() const {
  Int kept = 0;
  for (const auto& [id, incident] : incidents) {
    kept += incident.pot + incident.recoverable - incident.recovered;
    if (incident.pot * 10 > incident.loss * 3 || incident.recoverable * 2 > incident.loss ||
        incident.recovered > incident.recoverable)
      return "D8: an incident keeps more than its parts";
    if (incident.loss * kBpsOne > incident.base * incident.bps + kBpsOne - 1)
      return "I9: more is claimed than the category's cap";
  }
  if (stake_vault != principal + kept)
    return "I1: the stake vault is not stakes and what was taken";
  for (const auto& [at, position] : positions) {
    if (at_risk(at) > position.amount + position.unbonding)
      return "D8: more is at risk than there is";
    for (const ModelSlash& slash : position.slashes) {
      if (position.slashed(slash.window) + position.slashed(slash.window - 1) > 6'000)
        return "I9: more than 60 % in two windows";
    }
  }
  // A bucket's level and its leak in a day are at most its capacity each.
  Int sum = 0, most = 0;
  for (const ModelTaken& each : taken) {
    if (fleet.clock_fell || each.at + kDay <= t) continue;
    sum += each.counted;
    most = std::max(most, each.cap);
  }
  if (sum > 2 * most) return "I9: more than the day's budget was taken";
  Int tokens = stake_vault + reward_vault + fleet.escrow_vault + elsewhere;
  for (const auto* purses : {&wallets, &fleet.purses, &fleet.treasuries}) {
    for (const Int& each : *purses) tokens += each;
  }
  return tokens == fleet.supply ? "" : "tokens were made or lost";
}

}  // namespace swarm::proof
