// Paying into the reward vault, and out of it to whoever earned it.
#include "core/handlers.h"
#include "core/rules/stream.h"
#include "core/vault.h"
#include "sol/checked.h"

namespace swarm {

namespace {

// Books the payment; the tokens move afterwards.
[[gnu::always_inline]] inline sol::Error fund_pool(sol::AccountView view,
                                                   const sol::Context& context, std::uint64_t x,
                                                   std::uint64_t seconds, const Moment& now) {
  const auto pool = SOL_TRY((sol::open_state<Pool, sol::Write>(view, context, sol::Singleton{})));
  settle_pool(*pool, now);
  const std::uint64_t before = pool->total;
  SOL_CHECK(fund_stream(*pool, x, seconds, now));
  emit<event::Funded>(static_cast<std::uint32_t>(Purse::Stream), pool->seq, now, x, before,
                      pool->total, pool->end);
  return sol::kOk;
}

[[gnu::always_inline]] inline sol::Error fund_work(sol::AccountView view,
                                                   const sol::Context& context, std::uint64_t x,
                                                   std::uint64_t seconds, const Moment& now) {
  const auto work = SOL_TRY((sol::open_state<Work, sol::Write>(view, context, sol::Singleton{})));
  if (seconds != 0) return sol::Error(Fault::DurationOutOfRange);
  if (x == 0) return sol::Error(Fault::AmountZero);
  // Tokens that come round again count again, so the sum has a bound of its own.
  const std::uint64_t before = work->funded;
  work->funded = SOL_TRY(sol::checked_add(before, x));
  emit<event::Funded>(static_cast<std::uint32_t>(Purse::Work), work->seq, now, x, before,
                      work->funded, std::uint64_t{0});
  return sol::kOk;
}

}  // namespace

sol::Error fund(const sol::Context& context, const AccountsOf<InstructionTag::Fund>& accounts,
                const ArgsOf<InstructionTag::Fund>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Fund;
  const auto payer = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(payer), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto from = SOL_TRY(open_wallet(SWARM_ACCOUNT(from), token, config));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(reward_vault), token, config->reward_vault));
  Moment now{};
  SOL_CHECK(read_moment(now));

  const std::uint64_t x = SWARM_ARGUMENT(amount);
  const std::uint64_t seconds = SWARM_ARGUMENT(seconds);
  switch (static_cast<Purse>(SWARM_ARGUMENT(purse))) {
    case Purse::Stream:
      SOL_CHECK(fund_pool(SWARM_ACCOUNT(purse), context, x, seconds, now));
      break;
    case Purse::Work:
      SOL_CHECK(fund_work(SWARM_ACCOUNT(purse), context, x, seconds, now));
      break;
    default:
      return sol::Error(Fault::UnknownKind);
  }
  return move_tokens(accounts, config, token, {from, mint, vault, payer, x}, sol::kNoSeeds);
}

sol::Error claim(const sol::Context& context, const AccountsOf<InstructionTag::Claim>& accounts,
                 const ArgsOf<InstructionTag::Claim>&) {
  constexpr InstructionTag kSelf = InstructionTag::Claim;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Linked<&Position::owner>(owner.key()))));
  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto to = SOL_TRY(open_wallet(SWARM_ACCOUNT(to), token, config));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(reward_vault), token, config->reward_vault));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Claim, now));
  SOL_CHECK(check_not_frozen(*position, now));

  settle_pool(*pool, now);
  SOL_CHECK(settle_position(*pool, *position));
  const std::uint64_t pay = position->owed;
  position->owed = 0;
  pool->seq += 1;
  emit<event::Claimed>(0, position->seq, now, position->id, pay);
  // Nothing earned yet is no mistake: a wallet may put a claim before every unstake.
  if (pay == 0)
    return accounts.trailing_count() == 0 ? sol::kOk : sol::Error(sol::Check::SurplusAccounts);
  return pay_out(accounts, config, token, {vault, mint, to, vault, pay}, "rv",
                 config->reward_vault_bump);
}

}  // namespace swarm
