// What is tried with quarantines; and whether the market that the program keeps is the model's.
#include "proof/sequence.h"

namespace swarm::proof {

namespace {

std::uint64_t u64(const Int& value) { return static_cast<std::uint64_t>(value); }

void check(std::string& text, const char* name, const Int& program, const Int& model) {
  if (program != model)
    text += std::string(name) + " is " + program.str() + ", the model's " + model.str() + "; ";
}

void check_key(std::string& text, const char* name, const void* program, const Key& model) {
  if (std::memcmp(program, model.bytes(), 32) != 0) text += std::string(name) + " is another; ";
}

}  // namespace

Sequence::Planned Sequence::plan_quarantine() {
  ModelAlarm alarm;
  alarm.kind = static_cast<std::uint8_t>(choices_.one_in(32) ? 2 : choices_.one_in(4));
  Int last = 0;
  Key target{};
  if (alarm.kind == 1) {
    alarm.target = pick(kPositions, [&](std::size_t i) { return model_.positions.contains(i); });
    target = world_.position(alarm.target);
    if (const auto found = model_.positions.find(alarm.target); found != model_.positions.end())
      last = found->second.last_incident;
  } else {
    // Rather one that serves.
    const bool any = choices_.one_in(4);
    alarm.target = pick(kNodes, [&](std::size_t i) {
      return model_.fleet.nodes.contains(i) && (any || model_.fleet.leased(i) != 0);
    });
    target = world_.node(alarm.target);
    if (const auto found = model_.fleet.nodes.find(alarm.target); found != model_.fleet.nodes.end())
      last = found->second.last_incident;
  }
  alarm.incident = last + 1;
  if (choices_.one_in(8)) alarm.incident = last;
  if (choices_.one_in(8) && last > 0) alarm.incident = last - 1;
  if (choices_.one_in(16))
    alarm.incident = (model_.t + 1) * kIncidentsPerSecond - choices_.below(2);
  const auto kind =
      choices_.one_in(32) ? SetKind::Resolver : static_cast<SetKind>(choices_.below(2));
  const bool guardian = kind == SetKind::Guardian;
  const Int most = guardian ? kQuarantineGuardianMax : kQuarantineSentinelMax;
  const Int lives[] = {kHour, 6 * kHour, most, 60, 59, most + 1};
  alarm.seconds = lives[choices_.below(choices_.one_in(8) ? std::size(lives) : 4)];
  alarm.reason = choices_.one_in(32) ? 19'999 : 20'000 + choices_.below(3);
  const Signers signers =
      sign(kind, guardian ? model_.sets[static_cast<std::size_t>(kind)].threshold : 1);
  return {world_.make(InstructionTag::Quarantine, {{"set", world_.set(kind)}, {"target", target}},
                      Writer()
                          .u8(alarm.kind)
                          .u64(u64(alarm.incident))
                          .u32(u64(alarm.seconds))
                          .u16(u64(alarm.reason))
                          .u16(signers.signing.mask)
                          .u64(u64(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.quarantine(signers.signing, kind, alarm); }};
}

Sequence::Planned Sequence::plan_release() {
  ModelAlarm alarm;
  alarm.kind = static_cast<std::uint8_t>(choices_.one_in(32) ? 2 : choices_.one_in(4));
  Key target{};
  if (alarm.kind == 1) {
    alarm.target = pick(kPositions, [&](std::size_t i) {
      const auto found = model_.positions.find(i);
      return found != model_.positions.end() && model_.t < found->second.freeze_until;
    });
    target = world_.position(alarm.target);
    if (const auto found = model_.positions.find(alarm.target); found != model_.positions.end())
      alarm.incident = found->second.last_incident;
  } else {
    alarm.target = pick(kNodes, [&](std::size_t i) {
      const auto found = model_.fleet.nodes.find(i);
      return found != model_.fleet.nodes.end() && found->second.is_out(model_.t);
    });
    target = world_.node(alarm.target);
    if (const auto found = model_.fleet.nodes.find(alarm.target); found != model_.fleet.nodes.end())
      alarm.incident = found->second.last_incident;
  }
  if (choices_.one_in(8)) alarm.incident += 1;
  const auto kind =
      choices_.one_in(32) ? SetKind::Resolver : static_cast<SetKind>(choices_.below(2));
  const Signers signers = sign(kind, model_.sets[static_cast<std::size_t>(kind)].threshold);
  return {world_.make(InstructionTag::Release, {{"set", world_.set(kind)}, {"target", target}},
                      Writer()
                          .u8(alarm.kind)
                          .u64(u64(alarm.incident))
                          .u16(signers.signing.mask)
                          .u64(u64(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.release(signers.signing, kind, alarm); }};
}

// ---- Comparing

std::string Sequence::market_differs() const {
  const ModelFleet& market = model_.fleet;
  std::string text;
  const Fleet fleet = world_.read<Fleet>(world_.address("fleet"));
  check(text, "fleet.units_total", fleet.units_total, market.units_total());
  check(text, "fleet.quarantined", fleet.quarantined, market.quarantined);
  check(text, "fleet.quarantined_at", fleet.quarantined_at, market.quarantined_at);
  check(text, "fleet.frozen", fleet.frozen, market.frozen);
  check(text, "fleet.frozen_at", fleet.frozen_at, market.frozen_at);
  const Config config = world_.read<Config>(world_.address("config"));
  check(text, "config.fee_bps", config.fee_bps, model_.market.fee_bps);
  check(text, "config.bond_per_unit", config.bond_per_unit, model_.market.bond_per_unit);
  for (const auto& [at, model] : model_.positions) {
    const Position position = world_.read<Position>(world_.position(at));
    check(text, "position.bonded", position.bonded, market.bonded(at));
    check(text, "position.freeze_until", position.freeze_until, model.freeze_until);
    check(text, "position.frozen_at", position.frozen_at, model.frozen_at);
    check(text, "position.last_incident", position.last_incident, model.last_incident);
  }
  for (std::size_t i = 0; i < kOwners; ++i) {
    check(text, "a purse", world_.tokens(world_.purse(i)), market.purses[i]);
    check(text, "a treasury", world_.tokens(world_.treasury(i)), market.treasuries[i]);
  }
  check(text, "the escrow vault", world_.tokens(world_.address("escrow_vault")),
        market.escrow_vault);
  std::uint64_t supply = 0;
  std::memcpy(&supply, &world_.bank.data(world_.mint)[36], 8);
  check(text, "the supply", supply, market.supply);
  for (std::size_t at = 0; at < kDigests; ++at) {
    if (world_.exists(world_.marker(at)) != market.has_digest(at))
      text += "a digest exists for one only; ";
  }
  for (std::size_t at = 0; at < kNodes; ++at) {
    const auto found = market.nodes.find(at);
    const bool exists = world_.exists(world_.node(at));
    if (exists != (found != market.nodes.end())) text += "a node exists for one only; ";
    if (exists && found != market.nodes.end()) text += node_differs(at, found->second);
  }
  for (std::size_t at = 0; at < kLeases; ++at) {
    const auto found = market.leases.find(at);
    const bool exists = world_.exists(world_.lease(at));
    if (exists != (found != market.leases.end())) text += "a lease exists for one only; ";
    if (exists && found != market.leases.end()) text += lease_differs(at, found->second);
  }
  return text + trial_differs();
}

std::string Sequence::node_differs(std::size_t at, const ModelNode& model) const {
  std::string text;
  const Node node = world_.read<Node>(world_.node(at));
  check_key(text, "node.owner", &node.owner, world_.owner(model.owner));
  check_key(text, "node.position", &node.position, world_.position(model.position));
  if (model.attested_until != 0)
    check_key(text, "node.digest", &node.digest, world_.hardware(model.digest));
  check(text, "node.price", node.price, model.price);
  check(text, "node.bond", node.bond, model.bond);
  check(text, "node.units", node.units, model.units);
  check(text, "node.accept_standby", node.accept_standby, model.accepts_standby ? 1 : 0);
  check(text, "node.attested_units", node.attested_units, model.attested);
  check(text, "node.attested_until", node.attested_until, model.attested_until);
  check(text, "node.level", node.level, model.level);
  check(text, "node.level_epoch", node.level_epoch, model.level_epoch);
  check(text, "node.retire_at", node.retire_at, model.retire_at);
  check(text, "node.last_incident", node.last_incident, model.last_incident);
  check(text, "node.leased", node.leased, model_.fleet.leased(at));
  check(text, "node.key_set_seq", node.key_set_seq, model.key_set_seq);
  for (std::size_t key = 0; key < kSetKeysMax; ++key) {
    const auto used = model.key_at.find(key);
    check(text, "node.key_at", node.key_at[key],
          used == model.key_at.end() ? Int(0) : used->second);
  }
  const bool never = model.outages.empty();
  check(text, "node.q_at", node.q_at, never ? Int(0) : model.outages.back().at);
  check(text, "node.q_until", node.q_until, never ? Int(0) : model.outages.back().until);
  check(text, "node.down", node.down, never ? Int(0) : model.down(model.outages.back().at));
  return text;
}

std::string Sequence::lease_differs(std::size_t at, const ModelLease& model) const {
  std::string text;
  const Lease lease = world_.read<Lease>(world_.lease(at));
  check_key(text, "lease.tenant", &lease.tenant, world_.owner(model.tenant));
  check(text, "lease.state", lease.state, model.closed ? 1 : 0);
  check(text, "lease.escrow", lease.escrow, model.escrow());
  check(text, "lease.prepaid", lease.prepaid, model.prepaid);
  check(text, "lease.paid", lease.paid, model.paid());
  check(text, "lease.refunded", lease.refunded, model.refunded);
  check(text, "lease.earned", lease.earned, model.earned());
  check(text, "lease.fee_charged", lease.fee_charged, model.fee_due());
  check(text, "lease.fees", lease.fees, model.fees());
  check(text, "lease.settled_to", lease.settled_to, model.settled_to);
  check(text, "lease.settled_slot", lease.settled_slot, model.settled_slot);
  check(text, "lease.down_seen", lease.down_seen, model.down_seen);
  check(text, "lease.end", lease.end, model.end);
  check(text, "lease.units", lease.units, model.units);
  check(text, "lease.holdback", lease.holdback, model.holdback);
  check(text, "lease.fee_bps", lease.fee_bps, model.fee_bps);
  check(text, "lease.reason", lease.reason, model.reason);
  check(text, "lease.seat", lease.seat, model.seat);
  check(text, "lease.own", lease.own, model.own ? 1 : 0);
  check(text, "lease.opened_at", lease.opened_at, model.opened_at());
  unsigned compensated = 0;
  for (std::size_t i = 0; i < model.seats.size(); ++i)
    compensated |= model.seats[i].compensated ? 1u << i : 0u;
  check(text, "lease.compensated", lease.compensated, compensated);
  for (std::size_t i = 0; i < kSeats; ++i) {
    const Seat& seat = lease.seats[i];
    if (i >= model.seats.size()) {
      check_key(text, "an empty seat", &seat.node, Key{});
      continue;
    }
    const ModelSeat& expected = model.seats[i];
    check_key(text, "seat.node", &seat.node, world_.node(expected.node));
    check_key(text, "seat.owner", &seat.owner, world_.owner(expected.owner));
    check(text, "seat.rate", seat.rate, expected.rate);
    check(text, "seat.earned", seat.earned, expected.earned);
    check(text, "seat.payable", seat.payable, expected.payable());
    check(text, "seat.prev", seat.prev, expected.held(1));
    check(text, "seat.cur", seat.cur, expected.held(0));
    check(text, "seat.window", seat.window, expected.window);
  }
  return text;
}

}  // namespace swarm::proof
