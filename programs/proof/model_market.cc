// The model's nodes, and what must hold of the market: D5 and D6 of the design, by lists of what
// happened.
#include <algorithm>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;  // an account that is not there belongs to the System program
constexpr Code kWrongLink = 404;
constexpr Code kAlreadyExists = 501;

Int positive(const Int& value) { return value > 0 ? value : Int(0); }

// Seconds that [a, b) and [c, d) share.
Int shared(const Int& a, const Int& b, const Int& c, const Int& d) {
  return positive(std::min(b, d) - std::max(a, c));
}

}  // namespace

// ---- What happened, added up

bool ModelNode::is_out(const Int& t) const {
  return !outages.empty() && outages.back().at <= t && t < outages.back().until;
}

void ModelNode::begin_outage(const Int& t, const Int& until) {
  if (!outages.empty()) {
    ModelOutage& latest = outages.back();
    latest.until = std::max(latest.at, std::min(latest.until, t));
  }
  outages.push_back({t, until});
}

Int ModelNode::down(const Int& t) const {
  if (outages.empty()) return 0;
  Int sum = 0;
  for (std::size_t i = 0; i + 1 < outages.size(); ++i) sum += outages[i].until - outages[i].at;
  return sum + positive(std::min(t, outages.back().until) - outages.back().at);
}

Int ModelNode::served(const Int& from, const Int& to) const {
  Int sum = positive(to - from);
  for (const ModelOutage& outage : outages) sum -= shared(outage.at, outage.until, from, to);
  return sum;
}

Int ModelNode::over_after(const Int& to) const {
  Int sum = 0;
  for (std::size_t i = 0; i + 1 < outages.size(); ++i)
    sum += positive(outages[i].until - std::max(outages[i].at, to));
  return sum;
}

Int ModelSeat::held(int back) const {
  const auto found = nets.find(window - back);
  return found == nets.end() ? Int(0) : found->second;
}

Int ModelSeat::payable() const {
  Int sum = -paid;
  for (const auto& [when, net] : nets) {
    if (when + 1 < window) sum += net;
  }
  return sum;
}

Int ModelLease::earned() const {
  Int sum = 0;
  for (const ModelSeat& each : seats) sum += each.earned;
  return sum;
}

Int ModelLease::paid() const {
  Int sum = 0;
  for (const ModelSeat& each : seats) sum += each.paid;
  return sum;
}

Int ModelLease::waiting() const {
  Int sum = 0;
  for (const ModelSeat& each : seats) sum += each.payable() + each.held(0) + each.held(1);
  return sum;
}

Int ModelFleet::units_total() const {
  Int sum = 0;
  for (const auto& [at, node] : nodes) sum += node.attested;
  return sum;
}

Int ModelFleet::bonded(std::size_t position) const {
  Int sum = 0;
  for (const auto& [at, node] : nodes) sum += node.position == position ? node.bond : Int(0);
  return sum;
}

Int ModelFleet::leased(std::size_t node) const {
  Int sum = 0;
  for (const auto& [at, lease] : leases) {
    if (!lease.closed && lease.serving().node == node) sum += lease.units;
  }
  return sum;
}

Int ModelFleet::room(std::size_t at) const {
  const ModelNode& node = nodes.at(at);
  const Int by_level = Int(1) << static_cast<unsigned>(node.level);
  return positive(std::min(by_level, node.attested) - leased(at));
}

bool ModelFleet::has_digest(std::size_t digest) const {
  return std::ranges::any_of(nodes, [&](const auto& each) {
    return each.second.attested_until != 0 && each.second.digest == digest;
  });
}

// ---- Nodes

Code Model::check_terms(const ModelTerms& terms) const {
  if (terms.units == 0 || terms.units > kUnitsMax) return number(Fault::UnitsOutOfRange);
  if (terms.price == 0 || terms.price > kPriceMax) return number(Fault::PriceOutOfRange);
  return terms.standby > 1 ? number(Fault::UnknownKind) : 0;
}

Code Model::check_bond(const ModelNode& node, const Int& bond) const {
  const Int others = fleet.bonded(node.position) - node.bond;
  return bond > kSupplyMax || !covers(node.position, others + bond) ? number(Fault::BondNotCovered)
                                                                    : 0;
}

Code Model::register_node(std::size_t at, std::size_t owner, std::size_t position,
                          const ModelTerms& terms) {
  const auto found = positions.find(position);
  if (found == positions.end()) return kWrongOwner;
  if (found->second.owner != owner) return kWrongLink;
  if (paused(Pause::Nodes)) return number(Fault::Paused);
  if (frozen(found->second)) return number(Fault::Frozen);
  if (found->second.role != static_cast<std::uint8_t>(Role::HardwareProvider))
    return number(Fault::WrongRole);
  if (const Code code = check_terms(terms)) return code;
  if (fleet.nodes.contains(at)) return kAlreadyExists;
  ModelNode node;
  node.owner = owner;
  node.position = position;
  if (const Code code = check_bond(node, terms.units * market.bond_per_unit)) return code;
  node.units = terms.units;
  node.price = terms.price;
  node.bond = terms.units * market.bond_per_unit;
  node.accepts_standby = terms.standby != 0;
  fleet.nodes[at] = node;
  return 0;
}

// A level more per epoch, unless a quarantine ran in it: what was released is no blemish.
Code Model::attest_node(const Signing& signing, std::size_t at, std::size_t digest,
                        const Int& units, const Int& until) {
  const auto found = fleet.nodes.find(at);
  if (found == fleet.nodes.end()) return kWrongOwner;
  if (paused(Pause::Nodes)) return number(Fault::Paused);
  const ModelSet& sentinel = sets[static_cast<std::size_t>(SetKind::Sentinel)];
  if (const Code code = check(signing, sentinel, sentinel.threshold)) return code;
  ModelNode& node = found->second;
  if (node.retire_at != 0) return number(Fault::NodeRetiring);
  if (node.is_out(t)) return number(Fault::NodeQuarantined);
  if (units == 0 || units > node.units) return number(Fault::UnitsOutOfRange);
  if (until < t + kAttestationMin || until > t + kAttestationMax)
    return number(Fault::AttestationOutOfRange);
  const Int epoch = t / kEpochSeconds;
  if (node.attested_until == 0) {
    if (fleet.has_digest(digest)) return kAlreadyExists;
    node.digest = digest;
    node.level_epoch = epoch;
  } else {
    if (node.digest != digest) return number(Fault::OtherHardware);
    if (epoch > node.level_epoch) {
      const bool clean = node.outages.empty() ||
                         node.outages.back().at == node.outages.back().until ||
                         node.outages.back().until / kEpochSeconds < epoch;
      if (clean && node.level < kLevelMax) node.level += 1;
      node.level_epoch = epoch;
    }
  }
  node.attested = units;
  node.attested_until = until;
  return 0;
}

Code Model::set_terms(std::size_t at, const ModelTerms& terms) {
  const auto found = fleet.nodes.find(at);
  if (found == fleet.nodes.end()) return kWrongOwner;
  ModelNode& node = found->second;
  if (frozen(positions.at(node.position))) return number(Fault::Frozen);
  if (node.retire_at != 0) return number(Fault::NodeRetiring);
  if (const Code code = check_terms(terms)) return code;
  if (terms.units < fleet.leased(at)) return number(Fault::UnitsOutOfRange);
  if (const Code code = check_bond(node, terms.units * market.bond_per_unit)) return code;
  node.bond = terms.units * market.bond_per_unit;
  node.units = terms.units;
  node.price = terms.price;
  node.attested = std::min(node.attested, terms.units);
  node.accepts_standby = terms.standby != 0;
  return 0;
}

Code Model::retire_node(std::size_t at) {
  const auto found = fleet.nodes.find(at);
  if (found == fleet.nodes.end()) return kWrongOwner;
  ModelNode& node = found->second;
  if (node.is_out(t)) return number(Fault::NodeQuarantined);
  if (frozen(positions.at(node.position))) return number(Fault::Frozen);
  if (fleet.leased(at) == 0) {
    if (at_risk(node.position) != 0) return number(Fault::StakeAtRisk);
    fleet.nodes.erase(found);
    return 0;
  }
  if (node.is_retired(t)) return number(Fault::LeasesLeft);
  if (node.retire_at != 0) return number(Fault::NoticeRunning);
  node.retire_at = t + market.notice;
  return 0;
}

Code Model::check_serves(std::size_t at, const Int& units) const {
  const ModelNode& node = fleet.nodes.at(at);
  if (node.is_out(t)) return number(Fault::NodeQuarantined);
  if (node.retire_at != 0) return number(Fault::NodeRetiring);
  if (t >= node.attested_until) return number(Fault::NotAttested);
  if (!covers(node.position, fleet.bonded(node.position))) return number(Fault::BondNotCovered);
  return units > fleet.room(at) ? number(Fault::NoRoom) : 0;
}

// ---- Invariants

std::string Model::broken_market_invariant() const {
  if (!fleet.violation.empty()) return fleet.violation;
  Int held = 0;
  for (const auto& [at, lease] : fleet.leases) {
    held += lease.escrow() + lease.waiting() + lease.fees();
    if (lease.escrow() < 0 || lease.fees() < 0) return "I5: a lease owes more than it was given";
    if (lease.prepaid != lease.paid() + lease.refunded + lease.escrow() + lease.waiting() +
                             lease.fees_paid + lease.fees())
      return "I5: a lease's money does not add up";
    for (const ModelSeat& seat : lease.seats) {
      if (!fleet.clock_fell && seat.earned > seat.rate * seat.truth)
        return "I6: a seat earned more than its seconds";
    }
    if (lease.closed || fleet.clock_fell) continue;
    const ModelNode& node = fleet.nodes.at(lease.serving().node);
    Int until = std::min(lease.settled_to, lease.end);
    if (node.retire_at != 0) until = std::min(until, node.retire_at);
    if (lease.serving().truth != node.served(lease.serving().since, until))
      return "I6: settlements left seconds out, or counted some twice";
  }
  if (fleet.escrow_vault < held) return "I4: the escrow vault is short";
  for (const auto& [at, node] : fleet.nodes) {
    if (fleet.leased(at) > node.units || node.attested > node.units)
      return "I7: more units leased or attested than the node has";
  }
  return broken_trial_invariant();
}

}  // namespace swarm::proof
