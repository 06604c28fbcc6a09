// Moving a lease off a node that does not serve, to the standby that was agreed (D6).
#include "core/handlers.h"
#include "core/node_state.h"
#include "core/rules/lease_money.h"

namespace swarm {

namespace {

// A lease that looks for a node.
struct Search {
  const sol::Context& context;
  Lease& lease;
  const Moment& now;
  bool found;
};

// Gives the lease to standby `index` if that may serve, else leaves everything as it is. What the
// caller got wrong (another account, one that is not writable) is an error and not a refusal, so
// that nobody can pass over a standby that would serve.
[[gnu::noinline]] sol::Error try_seat(Search& search, std::uint64_t index, sol::AccountView view,
                                      sol::AccountView position_view) {
  Lease& lease = search.lease;
  const Seat& seat = lease.seats[index];
  SOL_TRY(sol::open_address(view, sol::Is(seat.node)));
  // Any: its address has been looked at.
  const auto opened = sol::open_state<Node, sol::Write>(view, search.context, sol::Any{});
  // At its address a node was: what is not ours any more was closed.
  if (!opened.ok() && opened.error() == sol::Error(sol::Check::WrongOwner)) return sol::kOk;
  const auto node = SOL_TRY(opened);
  // Whoever registered the machine anew since has agreed to nothing.
  if (!(sol::as_key(node->owner) == sol::as_key(seat.owner))) return sol::kOk;
  const auto position = SOL_TRY((sol::open_state<Position, sol::Read>(position_view, search.context,
                                                                      sol::Is(node->position))));
  if (check_serves(*node, *position, lease.units, search.now.t) != sol::kOk) return sol::kOk;
  node->leased += lease.units;
  node->seq += 1;
  lease.seat = static_cast<std::uint8_t>(index);
  lease.down_seen = down_by(*node, search.now.t);
  search.found = true;
  return sol::kOk;
}

}  // namespace

sol::Error failover(const sol::Context& context,
                    const AccountsOf<InstructionTag::Failover>& accounts,
                    const ArgsOf<InstructionTag::Failover>&) {
  constexpr InstructionTag kSelf = InstructionTag::Failover;
  // Anybody's lease: where it may go was agreed when it was opened.
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  const auto node = SOL_TRY(open_serving<sol::Write>(SWARM_ACCOUNT(node), context, *lease));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (!is_quarantined(*node, now.t) && !is_retired(*node, now.t))
    return sol::Error(Fault::NodeServes);
  settle_lease(*lease, *node, now);
  if (now.t >= lease->end || lease->escrow == 0) return sol::Error(Fault::LeaseOver);

  const sol::AccountView standbys[] = {SWARM_ACCOUNT(standby_1), SWARM_ACCOUNT(standby_2)};
  const sol::AccountView positions[] = {SWARM_ACCOUNT(position_1), SWARM_ACCOUNT(position_2)};
  const std::uint64_t before = lease->seats[lease->seat % kSeats].rate;
  Search search{context, *lease, now, false};
  for (std::uint64_t i = lease->seat + std::uint64_t{1}; i < kSeats && !search.found; ++i) {
    if (sol::as_key(lease->seats[i].node).is_zero()) break;
    SOL_CHECK(try_seat(search, i, standbys[i - 1], positions[i - 1]));
  }
  if (!search.found) return sol::Error(Fault::NoStandby);
  node->leased -= lease->units;
  node->seq += 1;
  emit<event::FailedOver>(lease->seat, lease->seq, now, before,
                          lease->seats[lease->seat % kSeats].rate, lease->escrow);
  return sol::kOk;
}

}  // namespace swarm
