// What is tried with leases.
#include <algorithm>

#include "proof/sequence.h"

namespace swarm::proof {

namespace {

std::uint64_t u64(const Int& value) { return static_cast<std::uint64_t>(value); }

}  // namespace

Sequence::Planned Sequence::plan_open_lease() {
  ModelOrder order;
  order.lease = pick(kLeases, [&](std::size_t i) { return !model_.fleet.leases.contains(i); });
  order.tenant = order.lease / kLeasesPerOwner;
  order.node = pick(kNodes, [&](std::size_t i) { return has_room(i); });
  const auto found = model_.fleet.nodes.find(order.node);
  const bool exists = found != model_.fleet.nodes.end();
  const Int room = exists ? model_.fleet.room(order.node) : Int(1);
  const Int units[] = {1, 1, room, room / 2 + 1, room + 1, 0, kUnitsMax + 1};
  order.units = units[choices_.below(choices_.one_in(8) ? std::size(units) : 3)];
  const Int lives[] = {kDay,  6 * kHour, 8 * kDay, 30 * kDay,     366 * kDay,
                       kHour, 60,        59,       366 * kDay + 1};
  order.seconds = lives[choices_.below(choices_.one_in(8) ? std::size(lives) : 7)];
  const Int rate = exists ? Int(found->second.price * order.units) : Int(1);
  const Int least = rate * std::min(order.seconds, Int(kHour));
  const Int amounts[] = {least,
                         rate * order.seconds / 2 + least,
                         rate * order.seconds,
                         rate * order.seconds * 2,
                         least - 1,
                         Int(kSupplyMax) + 1,
                         model_.wallets[order.tenant] + 1};
  order.amount = std::min(amounts[choices_.below(choices_.one_in(8) ? std::size(amounts) : 4)],
                          Int(UINT64_MAX));
  if (order.amount < 0) order.amount = 0;
  order.max_rate = choices_.one_in(16) ? rate - (rate > 0 ? 1 : 0) : Int(1) << 62;
  order.standbys = static_cast<std::uint8_t>(choices_.one_in(32) ? 3 : 2 - choices_.below(8) / 3);
  for (std::size_t& standby : order.standby) {
    standby = pick(kNodes, [&](std::size_t i) {
      const auto node = model_.fleet.nodes.find(i);
      return i != order.node && node != model_.fleet.nodes.end() && node->second.accepts_standby;
    });
    // The node itself in two places is an alias, refused before anything is looked at. Not drawn
    // again: spent choices are zeros for ever.
    if (standby == order.node) standby = (standby + 1) % kNodes;
  }
  if (order.standby[0] == order.standby[1] && !choices_.one_in(4))
    order.standbys = std::min<std::uint8_t>(order.standbys, 1);
  order.discounted = static_cast<std::uint8_t>(choices_.one_in(32) ? 2 : choices_.one_in(4));
  order.discount = pick(kPositions, [&](std::size_t i) {
    const auto position = model_.positions.find(i);
    return position != model_.positions.end() && position->second.owner == order.tenant &&
           position->second.role == 1;
  });
  return {world_.make(InstructionTag::OpenLease,
                      {{"tenant", world_.owner(order.tenant)},
                       {"node", world_.node(order.node)},
                       {"position", world_.position(exists ? found->second.position : 0)},
                       {"standby_1", world_.node(order.standby[0])},
                       {"standby_2", world_.node(order.standby[1])},
                       {"discount", world_.position(order.discount)},
                       {"lease", world_.lease(order.lease)},
                       {"from", world_.wallet(order.tenant)}},
                      Writer()
                          .u64(order.lease % kLeasesPerOwner)
                          .u32(u64(order.units))
                          .u32(u64(order.seconds))
                          .u64(u64(order.amount))
                          .u64(u64(order.max_rate))
                          .u8(order.standbys)
                          .u8(order.discounted)),
          [=, this] { return model_.open_lease(order); }};
}

Sequence::Planned Sequence::plan_top_up() {
  const std::size_t at = pick_lease();
  const std::size_t payer = choices_.below(kOwners);
  const auto found = model_.fleet.leases.find(at);
  const Int rate = found == model_.fleet.leases.end() ? Int(1) : Int(found->second.serving().rate);
  const std::uint64_t amount =
      choices_.one_in(4) ? choices_.amount(model_.wallets[payer]) : choices_.amount(rate * kDay);
  return {world_.make(InstructionTag::TopUp,
                      {{"payer", world_.owner(payer)},
                       {"lease", world_.lease(at)},
                       {"node", serving_node(at)},
                       {"from", world_.wallet(payer)}},
                      Writer().u64(amount)),
          [=, this] { return model_.top_up(at, payer, amount); }};
}

Sequence::Planned Sequence::plan_settle() {
  const std::size_t at = pick_lease();
  return {world_.make(InstructionTag::Settle,
                      {{"lease", world_.lease(at)}, {"node", serving_node(at)}}),
          [=, this] { return model_.settle_lease(at); }};
}

Sequence::Planned Sequence::plan_payout() {
  const std::size_t at =
      pick(kLeases, [&](std::size_t i) { return model_.fleet.leases.contains(i); });
  const auto found = model_.fleet.leases.find(at);
  const bool exists = found != model_.fleet.leases.end();
  const std::size_t seats = exists ? found->second.seats.size() : 1;
  const std::size_t seat = choices_.one_in(16) ? seats + choices_.below(3) : choices_.below(seats);
  const std::size_t provider = exists && seat < seats ? found->second.seats[seat].owner : 0;
  const auto treasurer = model_.fleet.owners_by_key.find(model_.market.treasury);
  const std::size_t treasury =
      treasurer == model_.fleet.owners_by_key.end() ? 0 : treasurer->second;
  const bool right = !choices_.one_in(16);
  const std::size_t off = right ? 0 : 1;  // both are somebody else's
  return {world_.make(InstructionTag::Payout,
                      {{"lease", world_.lease(at)},
                       {"node", serving_node(at)},
                       {"to", world_.purse((provider + off) % kOwners)},
                       {"treasury", world_.treasury((treasury + off) % kOwners)},
                       {"rent_to", world_.owner(at / kLeasesPerOwner)}},
                      Writer().u8(seat)),
          [=, this] { return model_.payout(at, seat, right); }};
}

Sequence::Planned Sequence::plan_close_lease() {
  const bool over = choices_.below(4) != 0;
  const std::size_t at =
      over ? pick(kLeases, [&](std::size_t i) { return is_over(i); }) : pick_lease();
  const std::size_t tenant = at / kLeasesPerOwner;
  const auto found = model_.fleet.leases.find(at);
  std::size_t who = choices_.below(kOwners);
  std::size_t provider = kOwners;
  if (found != model_.fleet.leases.end()) {
    provider = model_.fleet.nodes.contains(found->second.serving().node)
                   ? model_.fleet.nodes.at(found->second.serving().node).owner
                   : kOwners;
    if (choices_.one_in(3)) who = found->second.tenant;
  }
  std::uint64_t reason = who == tenant ? 9'999 : who == provider ? 10'000 : 20'000;
  if (choices_.one_in(8)) reason = reason + 10'000 * choices_.below(2) - choices_.below(2);
  if (choices_.one_in(32)) reason = 0;
  const bool right = !choices_.one_in(16);
  return {world_.make(InstructionTag::CloseLease,
                      {{"who", world_.owner(who)},
                       {"lease", world_.lease(at)},
                       {"node", serving_node(at)},
                       {"to", world_.wallet((tenant + (right ? 0 : 1)) % kOwners)}},
                      Writer().u16(reason)),
          [=, this] { return model_.close_lease(at, who, reason, right); }};
}

Sequence::Planned Sequence::plan_failover() {
  const std::size_t at = pick(kLeases, [&](std::size_t i) { return is_stuck(i); });
  // Where no standby was agreed, any accounts will do: config, which is no node.
  Key nodes[2] = {world_.address("config"), world_.address("config")};
  Key positions[2] = {world_.address("config"), world_.address("config")};
  if (const auto found = model_.fleet.leases.find(at); found != model_.fleet.leases.end()) {
    for (std::size_t i = 1; i < found->second.seats.size(); ++i) {
      const std::size_t number = found->second.seats[i].node;
      // The one that serves stands in its own place too; its slot is not looked at.
      if (i != found->second.seat) nodes[i - 1] = world_.node(number);
      const auto node = model_.fleet.nodes.find(number);
      if (node != model_.fleet.nodes.end())
        positions[i - 1] = world_.position(node->second.position);
    }
  }
  return {world_.make(InstructionTag::Failover, {{"lease", world_.lease(at)},
                                                 {"node", serving_node(at)},
                                                 {"standby_1", nodes[0]},
                                                 {"position_1", positions[0]},
                                                 {"standby_2", nodes[1]},
                                                 {"position_2", positions[1]}}),
          [=, this] { return model_.failover(at); }};
}

}  // namespace swarm::proof
