// What is tried with the market, and with its nodes. Mostly what could work, so that leases really
// run; the rest is around what must be refused.
#include <algorithm>

#include "proof/sequence.h"

namespace swarm::proof {

namespace {

std::uint64_t u64(const Int& value) { return static_cast<std::uint64_t>(value); }

}  // namespace

// A whole life is about as likely as what keeps it going.
Sequence::Planned Sequence::plan_market() {
  static constexpr Plan kPlans[] = {
      &Sequence::plan_top_up,        &Sequence::plan_settle,      &Sequence::plan_settle,
      &Sequence::plan_payout,        &Sequence::plan_payout,      &Sequence::plan_failover,
      &Sequence::plan_failover,      &Sequence::plan_close_lease, &Sequence::plan_open_lease,
      &Sequence::plan_open_lease,    &Sequence::plan_quarantine,  &Sequence::plan_release,
      &Sequence::plan_attest_node,   &Sequence::plan_attest_node, &Sequence::plan_set_terms,
      &Sequence::plan_register_node, &Sequence::plan_retire_node};
  bool stuck = false;
  for (std::size_t i = 0; i < kLeases; ++i) stuck = stuck || is_stuck(i);
  if (stuck && choices_.one_in(4)) return plan_failover();
  bool running = false;
  for (std::size_t i = 0; i < kLeases; ++i) running = running || is_running(i);
  if (!running && choices_.one_in(2)) return (this->*instead_of(&Sequence::plan_open_lease))();
  const Plan plan = kPlans[choices_.below(std::size(kPlans))];
  return (this->*(choices_.one_in(12) ? plan : instead_of(plan)))();
}

// What nothing is there for is replaced by what it needs first.
Sequence::Plan Sequence::instead_of(Plan plan) {
  const ModelFleet& market = model_.fleet;
  const auto lease = [&](const auto& wanted) {
    return std::ranges::any_of(market.leases, [&](const auto& each) { return wanted(each.first); });
  };
  const auto node = [&](const auto& wanted) {
    return std::ranges::any_of(market.nodes, [&](const auto& each) { return wanted(each.first); });
  };
  if (plan == &Sequence::plan_release && !is_anything_held()) plan = &Sequence::plan_quarantine;
  if (plan == &Sequence::plan_failover && !lease([&](std::size_t i) { return is_stuck(i); }))
    plan = &Sequence::plan_quarantine;
  const bool on_running = plan == &Sequence::plan_top_up || plan == &Sequence::plan_quarantine ||
                          plan == &Sequence::plan_close_lease || plan == &Sequence::plan_settle;
  if ((on_running && !lease([&](std::size_t i) { return is_running(i); })) ||
      (plan == &Sequence::plan_payout && market.leases.empty()))
    plan = &Sequence::plan_open_lease;
  if (plan == &Sequence::plan_open_lease && market.leases.size() + 2 >= kLeases)
    plan = lease([&](std::size_t i) { return is_over(i); }) ? &Sequence::plan_close_lease
                                                            : &Sequence::plan_payout;
  if (plan == &Sequence::plan_open_lease && !node([&](std::size_t i) { return has_room(i); }))
    plan = &Sequence::plan_attest_node;
  if (plan == &Sequence::plan_retire_node && market.nodes.size() < kNodes / 2)
    plan = &Sequence::plan_set_terms;
  if ((plan == &Sequence::plan_attest_node || plan == &Sequence::plan_set_terms) &&
      !node([&](std::size_t i) { return market.nodes.at(i).retire_at == 0; }))
    plan = &Sequence::plan_register_node;
  if (plan == &Sequence::plan_register_node &&
      std::ranges::none_of(model_.positions, [](const auto& each) {
        return each.second.role == 0 && each.second.amount > 0;
      }))
    plan = &Sequence::plan_open;
  return plan;
}

bool Sequence::is_running(std::size_t at) const {
  const auto found = model_.fleet.leases.find(at);
  return found != model_.fleet.leases.end() && !found->second.closed &&
         model_.t < found->second.end && model_.due(found->second) < found->second.escrow();
}

bool Sequence::is_over(std::size_t at) const {
  const auto found = model_.fleet.leases.find(at);
  return found != model_.fleet.leases.end() && !found->second.closed && !is_running(at);
}

bool Sequence::is_stuck(std::size_t at) const {
  if (!is_running(at)) return false;
  const ModelLease& lease = model_.fleet.leases.at(at);
  const ModelNode& node = model_.fleet.nodes.at(lease.serving().node);
  return lease.seat + 1 < lease.seats.size() &&
         (node.is_out(model_.t) || node.is_retired(model_.t));
}

bool Sequence::is_anything_held() const {
  return std::ranges::any_of(model_.fleet.nodes,
                             [&](const auto& each) { return each.second.is_out(model_.t); }) ||
         std::ranges::any_of(model_.positions,
                             [&](const auto& each) { return model_.t < each.second.freeze_until; });
}

bool Sequence::has_room(std::size_t at) const {
  const auto found = model_.fleet.nodes.find(at);
  return found != model_.fleet.nodes.end() && !found->second.is_out(model_.t) &&
         found->second.retire_at == 0 && model_.t < found->second.attested_until &&
         model_.fleet.room(at) > 0;
}

std::size_t Sequence::pick(std::size_t limit, const std::function<bool(std::size_t)>& is_wanted) {
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < limit; ++i) {
    if (is_wanted(i)) wanted.push_back(i);
  }
  if (wanted.empty() || choices_.one_in(16)) return choices_.below(limit);
  return wanted[choices_.below(wanted.size())];
}

std::size_t Sequence::pick_node() {
  return pick(kNodes, [&](std::size_t i) { return model_.fleet.nodes.contains(i); });
}

std::size_t Sequence::pick_lease() {
  return pick(kLeases, [&](std::size_t i) { return is_running(i); });
}

Key Sequence::serving_node(std::size_t lease) {
  const auto found = model_.fleet.leases.find(lease);
  return world_.node(found == model_.fleet.leases.end() ? choices_.below(kNodes)
                                                        : found->second.serving().node);
}

// ---- Nodes

ModelTerms Sequence::pick_terms(std::size_t at, const Int& least_units) {
  const auto position = model_.positions.find(at);
  const Int free = position == model_.positions.end()
                       ? Int(0)
                       : Int(position->second.amount - model_.fleet.bonded(at));
  const Int most = free > 0 ? Int(free / model_.market.bond_per_unit) : Int(0);
  ModelTerms terms;
  const Int units[] = {1, 2, 4, 9, least_units, most / 3, most, most + 1, 0, kUnitsMax + 1};
  terms.units = units[choices_.below(choices_.one_in(2) ? std::size(units) : 5)];
  if (terms.units > kUnitsMax + 1) terms.units = kUnitsMax;
  const Int prices[] = {1, 7, 300, 1'000'003, kPriceMax, 0, Int(kPriceMax) + 1};
  terms.price = prices[choices_.below(choices_.one_in(4) ? std::size(prices) : 4)];
  terms.standby = static_cast<std::uint8_t>(choices_.one_in(16) ? 2 : choices_.one_in(4) ? 0 : 1);
  return terms;
}

Sequence::Planned Sequence::plan_register_node() {
  const std::size_t at =
      pick(kNodes, [&](std::size_t i) { return !model_.fleet.nodes.contains(i); });
  const std::size_t position = pick(kPositions, [&](std::size_t i) {
    const auto found = model_.positions.find(i);
    return found != model_.positions.end() && found->second.role == 0 && found->second.amount > 0;
  });
  const std::size_t owner =
      choices_.one_in(32) ? choices_.below(kOwners) : position / kPositionsPerOwner;
  const ModelTerms terms = pick_terms(position, 1);
  return {world_.make(InstructionTag::RegisterNode,
                      {{"owner", world_.owner(owner)},
                       {"identity", world_.identity(at)},
                       {"position", world_.position(position)},
                       {"node", world_.node(at)}},
                      Writer().u32(u64(terms.units)).u64(u64(terms.price)).u8(terms.standby)),
          [=, this] { return model_.register_node(at, owner, position, terms); }};
}

Sequence::Planned Sequence::plan_attest_node() {
  const bool anew = choices_.one_in(2);
  const std::size_t at = pick(kNodes, [&](std::size_t i) {
    const auto node = model_.fleet.nodes.find(i);
    return node != model_.fleet.nodes.end() && node->second.retire_at == 0 &&
           (anew || node->second.attested_until <= model_.t);
  });
  const auto found = model_.fleet.nodes.find(at);
  Int units = 1;
  std::size_t digest = pick(kDigests, [&](std::size_t i) { return !model_.fleet.has_digest(i); });
  if (found != model_.fleet.nodes.end()) {
    const ModelNode& node = found->second;
    units = node.units;
    if (node.attested_until != 0 && !choices_.one_in(16)) digest = node.digest;
  }
  if (choices_.one_in(8)) units = units + 1 - choices_.below(3);
  const Int lives[] = {kAttestationMin, 30 * kDay, kAttestationMax, kAttestationMin - 1,
                       kAttestationMax + 1};
  const Int until = model_.t + lives[choices_.below(choices_.one_in(8) ? std::size(lives) : 3)];
  const Signers signers =
      sign(SetKind::Sentinel, model_.sets[static_cast<std::size_t>(SetKind::Sentinel)].threshold);
  return {world_.make(InstructionTag::AttestNode,
                      {{"payer", world_.authority},
                       {"node", world_.node(at)},
                       {"digest", world_.marker(digest)}},
                      Writer()
                          .key(world_.hardware(digest))
                          .u32(u64(units))
                          .u64(u64(until))
                          .u16(signers.signing.mask)
                          .u64(u64(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.attest_node(signers.signing, at, digest, units, until); }};
}

Sequence::Planned Sequence::plan_set_terms() {
  const std::size_t at = pick_node();
  const auto found = model_.fleet.nodes.find(at);
  const bool exists = found != model_.fleet.nodes.end();
  const std::size_t position = exists ? found->second.position : choices_.below(kPositions);
  const ModelTerms terms = pick_terms(position, model_.fleet.leased(at));
  return {world_.make(InstructionTag::SetTerms,
                      {{"owner", world_.owner(exists ? found->second.owner : 0)},
                       {"position", world_.position(position)},
                       {"node", world_.node(at)}},
                      Writer().u32(u64(terms.units)).u64(u64(terms.price)).u8(terms.standby)),
          [=, this] { return model_.set_terms(at, terms); }};
}

Sequence::Planned Sequence::plan_retire_node() {
  const std::size_t at = pick_node();
  const auto found = model_.fleet.nodes.find(at);
  const bool exists = found != model_.fleet.nodes.end();
  const Key owner = world_.owner(exists ? found->second.owner : 0);
  return {world_.make(InstructionTag::RetireNode,
                      {{"owner", owner},
                       {"position", world_.position(exists ? found->second.position : 0)},
                       {"node", world_.node(at)},
                       {"digest", world_.marker(exists ? found->second.digest : 0)},
                       {"rent_to", owner},
                       {"digest_rent_to", world_.authority}}),
          [=, this] { return model_.retire_node(at); }};
}

}  // namespace swarm::proof
