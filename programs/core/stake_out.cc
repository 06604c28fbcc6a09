// The one way out for principal: request, wait, withdraw.
#include "core/handlers.h"
#include "core/rules/bucket.h"
#include "core/rules/stream.h"
#include "core/rules/weight.h"
#include "core/vault.h"

namespace swarm {

namespace {

// What may leave the stake vault in a day.
[[gnu::always_inline]] inline sol::Error take_outflow(Pool& pool, const Config& config,
                                                      std::uint64_t x, const Moment& now) {
  std::uint64_t cap = SOL_TRY(sol::mul_div(pool.principal, config.outflow_bps, kBpsOne));
  if (cap < config.outflow_floor) cap = config.outflow_floor;
  Bucket bucket{pool.outflow, pool.outflow_at};
  if (!take(bucket, x, cap, kOutflowPeriod, now.t)) return sol::Error(Fault::OutflowFull);
  pool.outflow = bucket.level;
  pool.outflow_at = bucket.at;
  return sol::kOk;
}

// Nothing left, so nobody loses anything by closing it (less than one token unit of `frac`).
[[gnu::always_inline]] inline bool is_empty(const Position& position) {
  return (position.amount | position.unbonding | position.owed | position.bonded |
          position.at_risk | position.recovering) == 0;
}

}  // namespace

sol::Error request_unstake(const sol::Context& context,
                           const AccountsOf<InstructionTag::RequestUnstake>& accounts,
                           const ArgsOf<InstructionTag::RequestUnstake>& args) {
  constexpr InstructionTag kSelf = InstructionTag::RequestUnstake;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Linked<&Position::owner>(owner.key()))));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_not_frozen(*position, now));

  const std::uint64_t x = SWARM_ARGUMENT(amount);
  if (x == 0) return sol::Error(Fault::AmountZero);
  if (x > position->amount) return sol::Error(Fault::TooMuch);
  if (!passed(position->lock_end, position->lock_slot, now)) return sol::Error(Fault::LockNotOver);
  const std::uint64_t left = position->amount - x;
  if (left < position->bonded) return sol::Error(Fault::StakeBonded);
  const RoleRules& rules = config->roles[position->role];
  if (left != 0 && left < rules.min_stake) return sol::Error(Fault::BelowMinimum);
  // A ticket that is ready would be locked again by starting it anew.
  if (position->unbonding != 0 && passed(position->unbond_end, position->unbond_slot, now))
    return sol::Error(Fault::TicketMatured);

  settle_pool(*pool, now);
  SOL_CHECK(settle_position(*pool, *position));
  const std::uint64_t before = position->amount;
  SOL_CHECK(remove_amount(*pool, *position, x));
  position->unbonding += x;
  position->unbond_end = now.t + rules.unbond;
  position->unbond_slot = now.slot + rules.unbond;
  pool->seq += 1;
  emit<event::UnstakeRequested>(0, position->seq, now, position->id, before, position->amount,
                                position->unbonding, position->unbond_end);
  return sol::kOk;
}

sol::Error withdraw(const sol::Context& context,
                    const AccountsOf<InstructionTag::Withdraw>& accounts,
                    const ArgsOf<InstructionTag::Withdraw>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Withdraw;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Linked<&Position::owner>(owner.key()))));
  const auto rent_to =
      SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(position->rent_to)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Withdraw, now));
  SOL_CHECK(check_not_frozen(*position, now));

  const std::uint64_t x = SWARM_ARGUMENT(amount);
  if (x > position->unbonding) return sol::Error(Fault::TooMuch);
  if (x == 0 && !is_empty(*position)) return sol::Error(Fault::AmountZero);
  if (x != 0 && !passed(position->unbond_end, position->unbond_slot, now))
    return sol::Error(Fault::StillUnbonding);
  if (position->amount + position->unbonding - x < position->at_risk)
    return sol::Error(Fault::StakeAtRisk);
  if (x != 0) SOL_CHECK(take_outflow(*pool, *config, x, now));
  const std::uint64_t before = position->unbonding;
  position->unbonding -= x;
  pool->principal -= x;
  pool->seq += 1;
  const bool closes = is_empty(*position);
  emit<event::Withdrawn>(closes ? 1 : 0, position->seq, now, position->id, before,
                         position->unbonding, pool->outflow);
  if (x != 0) {
    const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
    const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
    const auto to = SOL_TRY(open_wallet(SWARM_ACCOUNT(to), token, config));
    const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(stake_vault), token, config->stake_vault));
    SOL_CHECK(pay_out(accounts, config, token, {vault, mint, to, vault, x}, "sv",
                      config->stake_vault_bump));
  } else if (accounts.trailing_count() != 0) {
    return sol::Error(sol::Check::SurplusAccounts);
  }
  if (closes) sol::close_state(position, rent_to);
  return sol::kOk;
}

sol::Error refresh(const sol::Context& context, const AccountsOf<InstructionTag::Refresh>& accounts,
                   const ArgsOf<InstructionTag::Refresh>&) {
  constexpr InstructionTag kSelf = InstructionTag::Refresh;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  // Anybody's position: what a lock no longer earns is everybody's business.
  const auto position = SOL_TRY(
      (sol::open_state<Position, sol::Write>(SWARM_ACCOUNT(position), context, sol::Any{})));
  Moment now{};
  SOL_CHECK(read_moment(now));
  // Both clocks here too: one that jumps ahead must not let strangers take weight from a lock that
  // still holds.
  if (now.t < position->lock_end || now.slot < position->lock_slot)
    return sol::Error(Fault::LockNotOver);

  settle_pool(*pool, now);
  SOL_CHECK(settle_position(*pool, *position));
  const RoleRules& rules = config->roles[position->role];
  const std::uint64_t before = position->weight;
  set_weight(*pool, *position, SOL_TRY(weigh(position->amount, expired_multiplier(rules))));
  pool->seq += 1;
  emit<event::Refreshed>(0, position->seq, now, position->id, before, position->weight);
  return sol::kOk;
}

}  // namespace swarm
