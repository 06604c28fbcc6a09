// Whether a node may take a lease: the same question when one is opened and when one fails over.
#pragma once

#include <cstdint>

#include "abi/lease.h"
#include "abi/node.h"
#include "core/common.h"
#include "core/rules/downtime.h"

namespace swarm {

// The stake that no incident claims covers `bonded`, which stands for nodes.
[[gnu::always_inline]] constexpr bool covers_bond(const Position& position, std::uint64_t bonded) {
  return position.amount >= position.at_risk && position.amount - position.at_risk >= bonded;
}

// Ok if `units` more may be leased on the node now, whose bond is `position`.
[[gnu::noinline]] inline sol::Error check_serves(const Node& node, const Position& position,
                                                 std::uint64_t units, std::uint64_t t) {
  if (is_quarantined(node, t)) return sol::Error(Fault::NodeQuarantined);
  if (node.retire_at != 0) return sol::Error(Fault::NodeRetiring);
  if (t >= node.attested_until) return sol::Error(Fault::NotAttested);
  if (!covers_bond(position, position.bonded)) return sol::Error(Fault::BondNotCovered);
  return units <= room_of(node) ? sol::kOk : sol::Error(Fault::NoRoom);
}

// The node that serves the lease. LeaseOver if it is closed: then nothing serves it.
template <sol::AccessMode A>
[[gnu::always_inline]] inline sol::Result<sol::State<Node, A>> open_serving(
    sol::AccountView view, const sol::Context& context, const Lease& lease) {
  if (lease.state == Lease::kClosed) return Fault::LeaseOver;
  return sol::open_state<Node, A>(view, context, sol::Is(lease.seats[lease.seat % kSeats].node));
}

}  // namespace swarm
