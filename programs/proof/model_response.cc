// The model's quarantines and freezes: D7.
#include <algorithm>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;

// Numbers rise, and none is beyond what the second allows.
Code check_incident(const Int& last, const Int& incident, const Int& t) {
  if (incident == last) return number(Fault::AlreadyHandled);
  if (incident < last) return number(Fault::StaleIncident);
  return incident >= (t + 1) * kIncidentsPerSecond ? number(Fault::IncidentAhead) : 0;
}

}  // namespace

void Model::pass(const Int& now, const Int& now_slot) {
  fleet.clock_fell = fleet.clock_fell || now < t;
  t = now;
  slot = now_slot;
}

// I14: what was earned up to this second stays earned. (Of leases that are over already, see the
// head of model_leases.cc.)
void Model::begin_outage(std::size_t at, const Int& until) {
  ModelNode& node = fleet.nodes.at(at);
  std::map<std::size_t, Int> before;
  for (const auto& [number, lease] : fleet.leases) {
    if (!lease.closed && lease.serving().node == at && t <= lease.end && !node.is_retired(t))
      before[number] = due(lease);
  }
  node.begin_outage(t, until);
  for (const auto& [number, pay] : before) {
    if (due(fleet.leases.at(number)) != pay)
      fleet.violation = "I14: a quarantine or its end changed what was earned before";
  }
}

Code Model::quarantine(const Signing& signing, SetKind kind, const ModelAlarm& alarm) {
  if (kind == SetKind::Resolver) return number(Fault::WrongSet);
  const bool guardian = kind == SetKind::Guardian;
  const ModelSet& set = sets[static_cast<std::size_t>(kind)];
  if (const Code code = check(signing, set, guardian ? set.threshold : 1)) return code;
  if (alarm.seconds < kQuarantineMin ||
      alarm.seconds > (guardian ? kQuarantineGuardianMax : kQuarantineSentinelMax))
    return number(Fault::TtlOutOfRange);
  if (alarm.reason < kReasonsNetwork) return number(Fault::ReasonOutOfRange);
  switch (static_cast<Target>(alarm.kind)) {
    case Target::Node:
      return quarantine_node(signing, guardian, alarm);
    case Target::Position:
      return freeze_position(guardian, alarm);
  }
  return number(Fault::UnknownKind);
}

Code Model::quarantine_node(const Signing& signing, bool guardian, const ModelAlarm& alarm) {
  const auto found = fleet.nodes.find(alarm.target);
  if (found == fleet.nodes.end()) return kWrongOwner;
  if (const Code code = check_incident(found->second.last_incident, alarm.incident, t)) return code;
  ModelNode node = found->second;  // until nothing can be refused any more
  if (!guardian) {
    const std::uint64_t seq = sets[static_cast<std::size_t>(SetKind::Sentinel)].seq;
    if (node.key_set_seq != seq) node.key_at.clear();
    node.key_set_seq = seq;
    for (std::size_t key = 0; key < kSetKeysMax; ++key) {
      if ((signing.mask >> key & 1) == 0) continue;
      const auto before = node.key_at.find(key);
      if (before != node.key_at.end() && t < before->second + kKeyRest)
        return number(Fault::KeyAtRest);
      node.key_at[key] = t;
    }
    const Int cap = std::max(Int(1), Int(fleet.units_total() * kQuarantineBps / kBpsOne));
    if (node.attested != 0 && !take_or_first(fleet.quarantined, fleet.quarantined_at, node.attested,
                                             cap, kQuarantinePeriod, t))
      return number(Fault::QuarantineBudgetSpent);
  }
  node.last_incident = alarm.incident;
  found->second = node;
  // A later incident only adds time.
  const Int until = node.is_out(t) ? node.outages.back().until : Int(0);
  begin_outage(alarm.target, std::max(until, Int(t + alarm.seconds)));
  return 0;
}

Code Model::freeze_position(bool guardian, const ModelAlarm& alarm) {
  const auto found = positions.find(alarm.target);
  if (found == positions.end()) return kWrongOwner;
  ModelPosition& position = found->second;
  if (const Code code = check_incident(position.last_incident, alarm.incident, t)) return code;
  if (!guardian) {
    if (position.frozen_at != 0 && t < position.frozen_at + kFreezeRest)
      return number(Fault::FreezeBudgetSpent);
    if (!take(fleet.frozen, fleet.frozen_at, 1, kFreezesPerDay, kDay, t))
      return number(Fault::FreezeBudgetSpent);
    position.frozen_at = t;
  }
  position.last_incident = alarm.incident;
  position.freeze_until = std::max(position.freeze_until, Int(t + alarm.seconds));
  return 0;
}

Code Model::release(const Signing& signing, SetKind kind, const ModelAlarm& alarm) {
  if (kind == SetKind::Resolver) return number(Fault::WrongSet);
  const ModelSet& set = sets[static_cast<std::size_t>(kind)];
  if (const Code code = check(signing, set, set.threshold)) return code;
  if (alarm.kind == static_cast<std::uint8_t>(Target::Node)) {
    const auto found = fleet.nodes.find(alarm.target);
    if (found == fleet.nodes.end()) return kWrongOwner;
    if (found->second.last_incident != alarm.incident || !found->second.is_out(t))
      return number(Fault::NotThisIncident);
    begin_outage(alarm.target, t);
    return 0;
  }
  if (alarm.kind == static_cast<std::uint8_t>(Target::Position)) {
    const auto found = positions.find(alarm.target);
    if (found == positions.end()) return kWrongOwner;
    if (found->second.last_incident != alarm.incident || !frozen(found->second))
      return number(Fault::NotThisIncident);
    found->second.freeze_until = t;
    return 0;
  }
  return number(Fault::UnknownKind);
}

}  // namespace swarm::proof
