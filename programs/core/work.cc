// Rewards for work: cumulative roots that wait a day, can be taken back meanwhile, and are claimed
// by leaf (D12).
#include "core/handlers.h"
#include "core/rules/growth.h"
#include "core/rules/merkle.h"
#include "core/sets.h"
#include "sol/checked.h"

namespace swarm {

namespace {

// A pending root whose time has come is the active one.
[[gnu::always_inline]] inline void promote(Work& work, const Moment& now) {
  if (work.pending.n == 0 || !passed(work.active_at, work.active_slot, now)) return;
  work.active = work.pending;
  work.pending = {};
}

}  // namespace

sol::Error post_root(const sol::Context& context,
                     const AccountsOf<InstructionTag::PostRoot>& accounts,
                     const ArgsOf<InstructionTag::PostRoot>& args) {
  constexpr InstructionTag kSelf = InstructionTag::PostRoot;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto work =
      SOL_TRY((sol::open_state<Work, sol::Write>(SWARM_ACCOUNT(work), context, sol::Singleton{})));
  const auto sentinel = SOL_TRY(open_set(SWARM_ACCOUNT(sentinel), context, SetKind::Sentinel));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::PostRoot, now));
  SOL_CHECK(check_signature(
      sentinel, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), sentinel->threshold},
      accounts, now));

  promote(*work, now);
  if (work->pending.n != 0) return sol::Error(Fault::RootPending);
  const std::uint64_t n = SWARM_ARGUMENT(n);
  if (n != work->last_n + 1) return sol::Error(Fault::WrongRootNumber);
  const std::uint64_t size = SWARM_ARGUMENT(size);
  if (size == 0 || size > kLeavesMax) return sol::Error(Fault::OutOfBounds);
  const std::uint64_t before = work->active.cum_total;
  const std::uint64_t total = SWARM_ARGUMENT(cum_total);
  const std::uint64_t epoch = epoch_of(now.t);
  if (total < before || total - before > growth_max(*work, config->work_cap, epoch))
    return sol::Error(Fault::WorkCapExceeded);

  assign(work->pending.root, SWARM_ARGUMENT(root));
  work->pending.size = size;
  work->pending.cum_total = total;
  work->pending.n = n;
  work->active_at = now.t + kRootDelay;
  work->active_slot = now.slot + kRootDelay;
  work->last_n = n;
  work->prior_epoch = work->last_epoch;
  if (epoch > work->last_epoch) work->last_epoch = epoch;
  emit<event::RootPosted>(0, work->seq, now, n, size, before, total, work->active_at);
  return sol::kOk;
}

sol::Error disable_root(const sol::Context& context,
                        const AccountsOf<InstructionTag::DisableRoot>& accounts,
                        const ArgsOf<InstructionTag::DisableRoot>& args) {
  constexpr InstructionTag kSelf = InstructionTag::DisableRoot;
  const auto work =
      SOL_TRY((sol::open_state<Work, sol::Write>(SWARM_ACCOUNT(work), context, sol::Singleton{})));
  // Guardian or resolver, as its kind says below.
  const auto set =
      SOL_TRY((sol::open_state<Set, sol::Read>(SWARM_ACCOUNT(set), context, sol::Any{})));
  if (set->kind == static_cast<std::uint8_t>(SetKind::Sentinel)) return sol::Error(Fault::WrongSet);
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(
      check_signature(set, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), set->threshold},
                      accounts, now));

  promote(*work, now);
  const std::uint64_t n = SWARM_ARGUMENT(n);
  if (n == 0 || work->pending.n != n) return sol::Error(Fault::NoPendingRoot);
  work->pending = {};
  work->last_epoch = work->prior_epoch;
  emit<event::RootDisabled>(set->kind, work->seq, now, n, work->active.cum_total);
  return sol::kOk;
}

sol::Error claim_work(const sol::Context& context,
                      const AccountsOf<InstructionTag::ClaimWork>& accounts,
                      const ArgsOf<InstructionTag::ClaimWork>& args) {
  constexpr InstructionTag kSelf = InstructionTag::ClaimWork;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto work =
      SOL_TRY((sol::open_state<Work, sol::Write>(SWARM_ACCOUNT(work), context, sol::Singleton{})));
  // Anybody's position: the leaf says whose it is, and the credit goes there.
  const auto position = SOL_TRY(
      (sol::open_state<Position, sol::Write>(SWARM_ACCOUNT(position), context, sol::Any{})));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Claim, now));

  const sol::Slice proof = args.rest();
  if (proof.size % 32 != 0 || proof.size > 32 * kProofMax) return sol::Error(Fault::ProofTooLong);
  promote(*work, now);
  if (work->active.n == 0) return sol::Error(Fault::NoRoot);
  const std::uint64_t cumulative = SWARM_ARGUMENT(cumulative);
  sol::Key leaf;
  work_leaf(config.key(), position.key(), position->id, cumulative, leaf);
  SOL_CHECK(
      check_inclusion(work->active, SWARM_ARGUMENT(index), proof.data, proof.size / 32, leaf));

  const std::uint64_t before = position->work_claimed;
  if (cumulative <= before) return sol::Error(Fault::NothingNew);
  const std::uint64_t x = cumulative - before;
  // Leaves that add up to more than their root said pay no more than it said.
  if (x > work->active.cum_total - work->claimed) return sol::Error(Fault::AboveTotal);
  work->claimed += x;
  position->work_claimed = cumulative;
  position->owed = SOL_TRY(sol::checked_add(position->owed, x));
  work->seq += 1;
  emit<event::WorkClaimed>(0, position->seq, now, position->id, before, cumulative, position->owed);
  return sol::kOk;
}

}  // namespace swarm
