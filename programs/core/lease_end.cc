// Money out of leases: to who served, to who paid too much, and the fees.
#include "core/handlers.h"
#include "core/node_state.h"
#include "core/rules/lease_money.h"
#include "core/vault.h"

namespace swarm {

namespace {

// The token accounts that every payment out of the escrow vault needs.
struct Escrow {
  const ConfigState& config;
  const sol::TokenProgram& token;
  const sol::Mint& mint;
  const Vault& vault;
};

// A token account of the mint that belongs to `owner`.
[[gnu::always_inline]] inline sol::Result<Vault> open_wallet_of(sol::AccountView view,
                                                                const sol::TokenProgram& token,
                                                                const Config& config,
                                                                const Key& owner) {
  return sol::open_token_account<sol::Write>(view, token, sol::Any{}, sol::MintIs(config.mint),
                                             sol::AuthorityIs(owner));
}

template <class A>
[[gnu::noinline]] sol::Error pay_from_escrow(const A& accounts, const Escrow& escrow,
                                             sol::AccountView to, const Key& owner,
                                             std::uint64_t amount) {
  if (amount == 0) return sol::kOk;
  const auto wallet = SOL_TRY(open_wallet_of(to, escrow.token, *escrow.config, owner));
  return pay_out(accounts, escrow.config, escrow.token,
                 {escrow.vault, escrow.mint, wallet, escrow.vault, amount}, "ev",
                 escrow.config->escrow_vault_bump);
}

[[gnu::noinline]] sol::Error burn_from_escrow(const Escrow& escrow, sol::AccountView mint,
                                              std::uint64_t amount) {
  if (amount == 0) return sol::kOk;
  // Any: the account of this slot was opened as the mint. Its supply changes.
  SOL_TRY(sol::open_recipient(mint, sol::Any{}));
  sol::Seeds seeds("ev");
  seeds.set_bump(escrow.config->escrow_vault_bump);
  const sol::SignerSeeds signer = seeds.signer();
  return sol::burn_checked(escrow.token,
                           {escrow.vault, mint, escrow.vault, amount, escrow.config->decimals},
                           {&signer, 1});
}

// Who closes, as far as the lease goes by it.
enum class Closer : std::uint8_t { Tenant, Provider, Anyone };

[[gnu::always_inline]] inline sol::Error check_reason(Closer closer, std::uint64_t reason) {
  const std::uint64_t from = closer == Closer::Tenant     ? kReasonsTenant
                             : closer == Closer::Provider ? kReasonsProvider
                                                          : kReasonsNetwork;
  const std::uint64_t to = closer == Closer::Tenant     ? kReasonsProvider
                           : closer == Closer::Provider ? kReasonsNetwork
                                                        : 0x10000;
  return reason >= from && reason < to ? sol::kOk : sol::Error(Fault::ReasonOutOfRange);
}

}  // namespace

sol::Error payout(const sol::Context& context, const AccountsOf<InstructionTag::Payout>& accounts,
                  const ArgsOf<InstructionTag::Payout>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Payout;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  // Anybody's lease: it pays only who earned it.
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  const auto rent_to =
      SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(lease->rent_to)));
  const std::uint64_t index = SWARM_ARGUMENT(seat);
  if (index >= kSeats || sol::as_key(lease->seats[index].node).is_zero())
    return sol::Error(Fault::UnknownKind);
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (lease->state != Lease::kClosed) {
    const auto node = SOL_TRY(open_serving<sol::Read>(SWARM_ACCOUNT(node), context, *lease));
    settle_lease(*lease, *node, now);
  }
  Seat& seat = lease->seats[index];
  credit_seat(seat, lease->holdback, 0, now.t);
  const std::uint64_t pay = seat.payable;
  const std::uint64_t fees = lease->fees;
  // Rounded down for the treasury.
  const std::uint64_t treasury = SOL_TRY(sol::mul_div(fees, config->treasury_bps, kBpsOne));
  seat.payable = 0;
  lease->paid += pay;
  lease->fees = 0;
  emit<event::PaidOut>(static_cast<std::uint32_t>(index), lease->seq, now, pay, treasury,
                       fees - treasury);
  // Not left to the transfers: where all of it is burned, there is none.
  if ((config->has_hook == 0 || (pay | treasury) == 0) && accounts.trailing_count() != 0)
    return sol::Error(sol::Check::SurplusAccounts);
  if ((pay | fees) != 0) {
    const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
    const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
    const auto vault =
        SOL_TRY(open_vault(SWARM_ACCOUNT(escrow_vault), token, config->escrow_vault));
    const Escrow escrow{config, token, mint, vault};
    SOL_CHECK(pay_from_escrow(accounts, escrow, SWARM_ACCOUNT(to), seat.owner, pay));
    SOL_CHECK(
        pay_from_escrow(accounts, escrow, SWARM_ACCOUNT(treasury), config->treasury, treasury));
    SOL_CHECK(burn_from_escrow(escrow, SWARM_ACCOUNT(mint), fees - treasury));
  }
  if (lease->state == Lease::kClosed && is_paid_out(*lease)) sol::close_state(lease, rent_to);
  return sol::kOk;
}

sol::Error close_lease(const sol::Context& context,
                       const AccountsOf<InstructionTag::CloseLease>& accounts,
                       const ArgsOf<InstructionTag::CloseLease>& args) {
  constexpr InstructionTag kSelf = InstructionTag::CloseLease;
  const auto who = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(who), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  // Any lease: what its closer may do is decided below.
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  const auto node = SOL_TRY(open_serving<sol::Write>(SWARM_ACCOUNT(node), context, *lease));
  Moment now{};
  SOL_CHECK(read_moment(now));
  settle_lease(*lease, *node, now);

  const bool over = now.t >= lease->end || lease->escrow == 0;
  const Closer closer = who.key() == sol::as_key(lease->tenant) ? Closer::Tenant
                        : who.key() == sol::as_key(node->owner) ? Closer::Provider
                                                                : Closer::Anyone;
  if (closer == Closer::Anyone && !over) return sol::Error(Fault::MayNotClose);
  const std::uint16_t reason = SWARM_ARGUMENT(reason);
  SOL_CHECK(check_reason(closer, reason));
  lease->reason = reason;
  if (closer == Closer::Provider && !over) {
    // Its tenant has the notice to move; an end that is nearer stays.
    if (lease->end > now.t + config->notice) lease->end = now.t + config->notice;
    emit<event::LeaseClosed>(reason, lease->seq, now, lease->end, std::uint64_t{0}, lease->earned);
    return accounts.trailing_count() == 0 ? sol::kOk : sol::Error(sol::Check::SurplusAccounts);
  }
  const std::uint64_t refund = lease->escrow;
  lease->escrow = 0;
  lease->refunded += refund;
  lease->state = Lease::kClosed;
  if (now.t < lease->end) lease->end = now.t;
  node->leased -= lease->units;
  node->seq += 1;
  emit<event::LeaseClosed>(reason, lease->seq, now, lease->end, refund, lease->earned);
  if (refund == 0)
    return accounts.trailing_count() == 0 ? sol::kOk : sol::Error(sol::Check::SurplusAccounts);
  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(escrow_vault), token, config->escrow_vault));
  return pay_from_escrow(accounts, {config, token, mint, vault}, SWARM_ACCOUNT(to), lease->tenant,
                         refund);
}

}  // namespace swarm
