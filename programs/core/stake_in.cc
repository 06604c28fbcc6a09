// Putting tokens at stake.
#include "core/handlers.h"
#include "core/rules/stream.h"
#include "core/rules/weight.h"
#include "core/vault.h"
#include "sol/system.h"

namespace swarm {

namespace {

// The sum of all principal stays within what weights are proved for.
[[gnu::always_inline]] inline sol::Error check_room(const Pool& pool, std::uint64_t x) {
  return x > kSupplyMax || pool.principal > kSupplyMax - x ? sol::Error(Fault::SupplyTooLarge)
                                                           : sol::kOk;
}

}  // namespace

sol::Error open_position(const sol::Context& context,
                         const AccountsOf<InstructionTag::OpenPosition>& accounts,
                         const ArgsOf<InstructionTag::OpenPosition>& args) {
  constexpr InstructionTag kSelf = InstructionTag::OpenPosition;
  const auto owner = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto from = SOL_TRY(open_wallet(SWARM_ACCOUNT(from), token, config));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(stake_vault), token, config->stake_vault));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::StakeIn, now));

  const std::uint8_t role = SWARM_ARGUMENT(role);
  if (role >= kRoles) return sol::Error(Fault::UnknownKind);
  const RoleRules& rules = config->roles[role];
  const std::uint64_t amount = SWARM_ARGUMENT(amount);
  const std::uint64_t lock = SWARM_ARGUMENT(lock);
  if (amount == 0) return sol::Error(Fault::AmountZero);
  if (amount < rules.min_stake) return sol::Error(Fault::BelowMinimum);
  if (lock < rules.lock_min || lock > rules.lock_max) return sol::Error(Fault::LockOutOfRange);
  SOL_CHECK(check_room(*pool, amount));

  const std::uint64_t nonce = SWARM_ARGUMENT(nonce);
  sol::Seeds seeds("pos", owner.key(), nonce);
  const auto position = SOL_TRY(sol::create_state<Position>(
      SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(position))), {context, owner, system}, seeds));
  settle_pool(*pool, now);
  assign(position->owner, owner.key());
  assign(position->rent_to, owner.key());
  position->nonce = nonce;
  position->id = pool->next_id++;
  position->role = role;
  position->lock_end = now.t + lock;
  position->lock_slot = now.slot + lock;
  position->paid = pool->acc;
  position->amount = amount;
  set_weight(*pool, *position, SOL_TRY(weigh(amount, multiplier(rules, lock))));
  pool->principal += amount;
  pool->seq += 1;
  emit<event::PositionOpened>(role, position->seq, now, position->id, amount, position->weight,
                              position->lock_end);
  return move_tokens(accounts, config, token, {from, mint, vault, owner, amount}, sol::kNoSeeds);
}

sol::Error add_stake(const sol::Context& context,
                     const AccountsOf<InstructionTag::AddStake>& accounts,
                     const ArgsOf<InstructionTag::AddStake>& args) {
  constexpr InstructionTag kSelf = InstructionTag::AddStake;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Linked<&Position::owner>(owner.key()))));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::StakeIn, now));

  const std::uint64_t x = SWARM_ARGUMENT(amount);
  const std::uint64_t lock = SWARM_ARGUMENT(lock);
  if (x == 0 && lock == 0) return sol::Error(Fault::AmountZero);
  settle_pool(*pool, now);
  SOL_CHECK(settle_position(*pool, *position));
  const std::uint8_t source = SWARM_ARGUMENT(source);
  switch (static_cast<Source>(source)) {
    case Source::Wallet:
      SOL_CHECK(check_room(*pool, x));
      pool->principal += x;
      break;
    case Source::Rewards:
      SOL_CHECK(check_running(fleet, Pause::Claim, now));
      SOL_CHECK(check_room(*pool, x));
      if (x > position->owed) return sol::Error(Fault::TooMuch);
      position->owed -= x;
      pool->principal += x;
      break;
    case Source::Unbonding:
      if (x > position->unbonding) return sol::Error(Fault::TooMuch);
      position->unbonding -= x;
      break;
    default:
      return sol::Error(Fault::UnknownKind);
  }
  const std::uint64_t before = position->amount;
  SOL_CHECK(add_amount(*pool, *position, config->roles[position->role], {x, lock}, now));
  pool->seq += 1;
  emit<event::StakeAdded>(source, position->seq, now, position->id, before, position->amount,
                          position->weight, position->lock_end);
  if (x == 0 || static_cast<Source>(source) == Source::Unbonding) {
    return accounts.trailing_count() == 0 ? sol::kOk : sol::Error(sol::Check::SurplusAccounts);
  }

  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(stake_vault), token, config->stake_vault));
  if (static_cast<Source>(source) == Source::Wallet) {
    const auto from = SOL_TRY(open_wallet(SWARM_ACCOUNT(from), token, config));
    return move_tokens(accounts, config, token, {from, mint, vault, owner, x}, sol::kNoSeeds);
  }
  const auto from = SOL_TRY(open_vault(SWARM_ACCOUNT(from), token, config->reward_vault));
  return pay_out(accounts, config, token, {from, mint, vault, from, x}, "rv",
                 config->reward_vault_bump);
}

}  // namespace swarm
