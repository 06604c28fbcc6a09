// The model's leases and their money: D5 of the design.
//
// Where the program may differ from what is ideal, and why:
//   - Outages that began after a lease (or its node) had ended and were over before it was settled
//     come off its bill, because D6 keeps one sum per node: it may be paid too little, never too
//     much. ModelNode::over_after() is exactly that.
//   - D1's skipped seconds come off after those that were out of service, so seconds that are both
//     count twice: again too little, never too much.
#include <algorithm>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;  // an account that is not there belongs to the System program
constexpr Code kWrongLink = 404;
constexpr Code kAlreadyExists = 501;
constexpr Code kWrongAuthority = 904;
constexpr Code kTokenInsufficient = 1;  // the Token program's own

Int positive(const Int& value) { return value > 0 ? value : Int(0); }

}  // namespace

// ---- Money of leases

// Seconds to bill at this moment, by the sums of D5 and D6.
Int Model::due(const ModelLease& lease) const {
  const ModelNode& node = fleet.nodes.at(lease.serving().node);
  Int until = std::min(t, lease.end);
  if (node.retire_at != 0) until = std::min(until, node.retire_at);
  const Int passed = positive(t - lease.settled_to);
  const Int skip = positive(passed - 2 * positive(slot - lease.settled_slot));
  const Int out = positive(node.down(until) - lease.down_seen);
  const Int bill = positive(positive(until - lease.settled_to) - skip - out);
  return std::min(Int(bill * lease.serving().rate), lease.escrow());
}

void Model::settle(ModelLease& lease) {
  const ModelNode& node = fleet.nodes.at(lease.serving().node);
  ModelSeat& seat = lease.serving();
  const Int pay = due(lease);
  Int until = std::min(t, lease.end);
  if (node.retire_at != 0) until = std::min(until, node.retire_at);
  if (!fleet.clock_fell) {
    // The same from the outages: served seconds, less what the head of this file explains.
    const Int served = node.served(lease.settled_to, until);
    const Int late = until < lease.settled_to ? Int(0) : node.over_after(until);
    const Int skip = positive(t - lease.settled_to - 2 * (slot - lease.settled_slot));
    const Int bill = positive(served - late - skip);
    if (pay != std::min(Int(bill * seat.rate), lease.escrow()))
      fleet.violation = "I6: a bill that is not for the seconds served";
    seat.truth += served;
  }
  const Int fee_before = lease.fee_due();
  seat.earned += pay;
  seat.see(t / lease.holdback);
  seat.nets[seat.window] += pay - (lease.fee_due() - fee_before);
  lease.down_seen = node.down(t);
  lease.settled_to = std::max(lease.settled_to, t);
  lease.settled_slot = std::max(lease.settled_slot, slot);
}

// ---- Leases

Code Model::open_lease(const ModelOrder& order) {
  if (!fleet.nodes.contains(order.node)) return kWrongOwner;
  if (paused(Pause::OpenLease)) return number(Fault::Paused);
  if (order.units == 0 || order.units > kUnitsMax) return number(Fault::UnitsOutOfRange);
  if (order.seconds < kLeaseSecondsMin || order.seconds > kLeaseSecondsMax)
    return number(Fault::LeaseTimeOutOfRange);
  if (order.amount > kSupplyMax) return number(Fault::SupplyTooLarge);
  if (const Code code = check_serves(order.node, order.units)) return code;
  if (fleet.leases.contains(order.lease)) return kAlreadyExists;
  ModelLease lease;
  const auto seat = [&](std::size_t at) {
    const ModelNode& node = fleet.nodes.at(at);
    ModelSeat& made = lease.seats.emplace_back();
    made.node = at;
    made.owner = node.owner;
    made.rate = node.price * order.units;
    return made.rate > order.max_rate ? number(Fault::RateTooHigh) : 0;
  };
  if (const Code code = seat(order.node)) return code;
  if (order.standbys >= kSeats) return number(Fault::UnknownKind);
  for (std::size_t i = 0; i < order.standbys; ++i) {
    const auto standby = fleet.nodes.find(order.standby[i]);
    if (standby == fleet.nodes.end()) return kWrongOwner;
    if (!standby->second.accepts_standby) return number(Fault::NotOptedIn);
    if (std::ranges::count(lease.seats, order.standby[i], &ModelSeat::node) != 0)
      return number(Fault::SameNode);
    if (const Code code = seat(order.standby[i])) return code;
  }
  if (lease.seats[0].rate * std::min(order.seconds, Int(kPrepaidSecondsMin)) > order.amount)
    return number(Fault::TooLittlePrepaid);
  lease.end = t + order.seconds;
  lease.fee_bps = market.fee_bps;
  if (order.discounted > 1) return number(Fault::UnknownKind);
  if (order.discounted != 0) {
    const auto found = positions.find(order.discount);
    if (found == positions.end()) return kWrongOwner;
    if (found->second.owner != order.tenant) return kWrongLink;
    if (found->second.role != static_cast<std::uint8_t>(Role::PlatformUser) ||
        found->second.amount < market.discount_stake || found->second.lock_end < lease.end ||
        market.discount_bps == 0)
      return number(Fault::NoDiscount);
    // Rounded up, as whatever the network gets.
    lease.fee_bps = (market.fee_bps * (kBpsOne - market.discount_bps) + kBpsOne - 1) / kBpsOne;
  }
  if (order.amount > wallets[order.tenant]) return kTokenInsufficient;
  lease.tenant = order.tenant;
  lease.units = order.units;
  lease.holdback = market.holdback;
  lease.prepaid = order.amount;
  lease.own = fleet.nodes.at(order.node).owner == order.tenant;
  lease.settled_to = lease.seats[0].since = t;
  lease.settled_slot = slot;
  lease.down_seen = fleet.nodes.at(order.node).down(t);
  wallets[order.tenant] -= order.amount;
  fleet.escrow_vault += order.amount;
  fleet.leases[order.lease] = lease;
  const std::size_t bond = fleet.nodes.at(order.node).position;
  if (positions.at(bond).amount - at_risk(bond) < fleet.bonded(bond))
    fleet.violation = "I7: a lease opened on a node whose bond is not covered";
  return 0;
}

Code Model::top_up(std::size_t at, std::size_t payer, const Int& x) {
  const auto found = fleet.leases.find(at);
  if (found == fleet.leases.end()) return kWrongOwner;
  ModelLease& lease = found->second;
  if (lease.closed) return number(Fault::LeaseOver);
  if (x == 0) return number(Fault::AmountZero);
  if (t >= lease.end) return number(Fault::LeaseOver);
  if (lease.prepaid + x > kSupplyMax) return number(Fault::SupplyTooLarge);
  if (x > wallets[payer]) return kTokenInsufficient;
  settle(lease);
  lease.prepaid += x;
  wallets[payer] -= x;
  fleet.escrow_vault += x;
  return 0;
}

Code Model::settle_lease(std::size_t at) {
  const auto found = fleet.leases.find(at);
  if (found == fleet.leases.end()) return kWrongOwner;
  if (found->second.closed) return number(Fault::LeaseOver);
  settle(found->second);
  return 0;
}

Code Model::payout(std::size_t at, std::size_t index, bool right) {
  const auto found = fleet.leases.find(at);
  if (found == fleet.leases.end()) return kWrongOwner;
  if (index >= found->second.seats.size()) return number(Fault::UnknownKind);
  const ModelLease before = found->second;
  ModelLease& lease = found->second;
  if (!lease.closed) settle(lease);
  ModelSeat& seat = lease.seats[index];
  seat.see(t / lease.holdback);
  const Int pay = seat.payable();
  const Int fees = lease.fees();
  const Int treasury = fees * market.treasury_bps / kBpsOne;
  if (!right && (pay > 0 || treasury > 0)) {
    lease = before;
    return kWrongAuthority;
  }
  seat.paid += pay;
  lease.fees_paid += fees;
  fleet.purses[seat.owner] += pay;
  if (treasury > 0) fleet.treasuries[fleet.owners_by_key.at(market.treasury)] += treasury;
  fleet.supply -= fees - treasury;
  fleet.escrow_vault -= pay + fees;
  if (lease.closed && lease.escrow() == 0 && lease.waiting() == 0) fleet.leases.erase(found);
  return 0;
}

Code Model::close_lease(std::size_t at, std::size_t who, const Int& reason, bool right) {
  const auto found = fleet.leases.find(at);
  if (found == fleet.leases.end()) return kWrongOwner;
  ModelLease& lease = found->second;
  if (lease.closed) return number(Fault::LeaseOver);
  const ModelLease before = lease;
  const auto refuse = [&](Code code) {
    lease = before;
    return code;
  };
  settle(lease);
  const bool over = t >= lease.end || lease.escrow() == 0;
  const bool tenant = who == lease.tenant;
  const bool provider = !tenant && who == fleet.nodes.at(lease.serving().node).owner;
  if (!tenant && !provider && !over) return refuse(number(Fault::MayNotClose));
  const Int kind = reason / kReasonsProvider;  // by ten thousands
  if (reason == 0 || (tenant ? kind != 0 : provider ? kind != 1 : kind < 2))
    return refuse(number(Fault::ReasonOutOfRange));
  lease.reason = reason;
  if (provider && !over) {
    lease.end = std::min(lease.end, Int(t + market.notice));
    return 0;
  }
  const Int refund = lease.escrow();
  if (!right && refund > 0) return refuse(kWrongAuthority);
  lease.refunded += refund;
  wallets[lease.tenant] += refund;
  fleet.escrow_vault -= refund;
  lease.closed = true;
  lease.end = std::min(lease.end, t);
  return 0;
}

Code Model::failover(std::size_t at) {
  const auto found = fleet.leases.find(at);
  if (found == fleet.leases.end()) return kWrongOwner;
  ModelLease& lease = found->second;
  if (lease.closed) return number(Fault::LeaseOver);
  const ModelNode& from = fleet.nodes.at(lease.serving().node);
  if (!from.is_out(t) && !from.is_retired(t)) return number(Fault::NodeServes);
  const ModelLease before = lease;
  settle(lease);
  if (t >= lease.end || lease.escrow() == 0) {
    lease = before;
    return number(Fault::LeaseOver);
  }
  for (std::size_t i = lease.seat + 1; i < lease.seats.size(); ++i) {
    const auto standby = fleet.nodes.find(lease.seats[i].node);
    // Who registered the machine anew has agreed to nothing.
    if (standby == fleet.nodes.end() || standby->second.owner != lease.seats[i].owner) continue;
    if (check_serves(standby->first, lease.units) != 0) continue;
    lease.seat = i;
    lease.serving().since = t;
    lease.down_seen = standby->second.down(t);
    return 0;
  }
  lease = before;
  return number(Fault::NoStandby);
}

}  // namespace swarm::proof
