// Opening and feeding leases, and crediting what was served.
#include "core/handlers.h"
#include "core/node_state.h"
#include "core/rules/lease_money.h"
#include "core/vault.h"
#include "sol/system.h"
#include "sol/wide.h"

namespace swarm {

namespace {

// What a seat costs for the whole lease: price x units, and no more than the tenant pays at most.
[[gnu::noinline]] sol::Error take_seat(Seat& seat, const sol::Key& key, const Node& node,
                                       std::uint64_t units, std::uint64_t max_rate) {
  const std::uint64_t rate = node.price * units;  // 2^40 x 2^20 fits
  if (rate > max_rate) return sol::Error(Fault::RateTooHigh);
  assign(seat.node, key);
  assign(seat.owner, sol::as_key(node.owner));
  seat.rate = rate;
  return sol::kOk;
}

// A standby that its owner lets be one, and that is not in the lease already.
[[gnu::noinline]] sol::Error take_standby(Lease& lease, std::uint64_t index, sol::AccountView view,
                                          const sol::Context& context, std::uint64_t max_rate) {
  // Any node whose owner accepts it: the tenant chooses.
  const auto node = SOL_TRY((sol::open_state<Node, sol::Read>(view, context, sol::Any{})));
  if (node->accept_standby == 0) return sol::Error(Fault::NotOptedIn);
  for (std::uint64_t i = 0; i < index; ++i) {
    if (sol::as_key(lease.seats[i].node) == node.key()) return sol::Error(Fault::SameNode);
  }
  return take_seat(lease.seats[index], node.key(), *node, lease.units, max_rate);
}

// The fee of a user who has enough locked until the lease ends.
[[gnu::always_inline]] inline sol::Result<std::uint16_t> discounted_fee(sol::AccountView view,
                                                                        const sol::Context& context,
                                                                        const Config& config,
                                                                        const sol::Key& tenant,
                                                                        std::uint64_t end) {
  const auto position = SOL_TRY(
      (sol::open_state<Position, sol::Read>(view, context, sol::Linked<&Position::owner>(tenant))));
  if (position->role != static_cast<std::uint8_t>(Role::PlatformUser) ||
      position->amount < config.discount_stake || position->lock_end < end ||
      config.discount_bps == 0)
    return Fault::NoDiscount;
  const std::uint64_t left = kBpsOne - config.discount_bps;
  return static_cast<std::uint16_t>((config.fee_bps * left + kBpsOne - 1) / kBpsOne);
}

}  // namespace

sol::Error open_lease(const sol::Context& context,
                      const AccountsOf<InstructionTag::OpenLease>& accounts,
                      const ArgsOf<InstructionTag::OpenLease>& args) {
  constexpr InstructionTag kSelf = InstructionTag::OpenLease;
  const auto tenant = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(tenant), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  // Any node: the tenant chooses.
  const auto node =
      SOL_TRY((sol::open_state<Node, sol::Write>(SWARM_ACCOUNT(node), context, sol::Any{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Read>(
      SWARM_ACCOUNT(position), context, sol::Is(node->position))));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::OpenLease, now));

  const std::uint64_t units = SWARM_ARGUMENT(units);
  const std::uint64_t seconds = SWARM_ARGUMENT(seconds);
  const std::uint64_t amount = SWARM_ARGUMENT(amount);
  if (units == 0 || units > kUnitsMax) return sol::Error(Fault::UnitsOutOfRange);
  if (seconds < kLeaseSecondsMin || seconds > kLeaseSecondsMax)
    return sol::Error(Fault::LeaseTimeOutOfRange);
  if (amount > kSupplyMax) return sol::Error(Fault::SupplyTooLarge);
  SOL_CHECK(check_serves(*node, *position, units, now.t));

  const std::uint64_t nonce = SWARM_ARGUMENT(nonce);
  sol::Seeds seeds("lse", tenant.key(), nonce);
  const auto lease = SOL_TRY(sol::create_state<Lease>(
      SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(lease))), {context, tenant, system}, seeds));
  lease->units = static_cast<std::uint32_t>(units);
  const std::uint64_t max_rate = SWARM_ARGUMENT(max_rate);
  Seat* const seats = lease->seats;
  SOL_CHECK(take_seat(seats[0], node.key(), *node, units, max_rate));
  const sol::AccountView standbys[] = {SWARM_ACCOUNT(standby_1), SWARM_ACCOUNT(standby_2)};
  const std::uint64_t count = SWARM_ARGUMENT(standbys);
  if (count >= kSeats) return sol::Error(Fault::UnknownKind);
  for (std::uint64_t i = 0; i < count; ++i)
    SOL_CHECK(take_standby(*lease, i + 1, standbys[i], context, max_rate));
  const std::uint64_t least = seconds < kPrepaidSecondsMin ? seconds : kPrepaidSecondsMin;
  sol::U128 asked{};
  sol::multiply(seats[0].rate, least, asked);
  if (asked.hi != 0 || asked.lo > amount) return sol::Error(Fault::TooLittlePrepaid);

  assign(lease->tenant, tenant.key());
  assign(lease->rent_to, tenant.key());
  lease->nonce = nonce;
  lease->escrow = lease->prepaid = amount;
  lease->settled_to = lease->opened_at = now.t;
  lease->settled_slot = now.slot;
  lease->down_seen = down_by(*node, now.t);
  lease->end = now.t + seconds;
  lease->holdback = config->holdback;
  lease->own = sol::as_key(node->owner) == tenant.key() ? 1 : 0;
  lease->fee_bps = config->fee_bps;
  const std::uint8_t discounted = SWARM_ARGUMENT(discounted);
  if (discounted > 1) return sol::Error(Fault::UnknownKind);
  if (discounted != 0)
    lease->fee_bps = SOL_TRY(
        discounted_fee(SWARM_ACCOUNT(discount), context, *config, tenant.key(), lease->end));
  node->leased += static_cast<std::uint32_t>(units);
  node->seq += 1;
  emit<event::LeaseOpened>(lease->own, lease->seq, now, nonce, seats[0].rate, units, amount,
                           lease->end);

  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto from = SOL_TRY(open_wallet(SWARM_ACCOUNT(from), token, config));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(escrow_vault), token, config->escrow_vault));
  return move_tokens(accounts, config, token, {from, mint, vault, tenant, amount}, sol::kNoSeeds);
}

sol::Error top_up(const sol::Context& context, const AccountsOf<InstructionTag::TopUp>& accounts,
                  const ArgsOf<InstructionTag::TopUp>& args) {
  constexpr InstructionTag kSelf = InstructionTag::TopUp;
  const auto payer = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(payer), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  // Anybody's lease: it is a gift to its tenant.
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  const auto node = SOL_TRY(open_serving<sol::Read>(SWARM_ACCOUNT(node), context, *lease));
  Moment now{};
  SOL_CHECK(read_moment(now));
  const std::uint64_t x = SWARM_ARGUMENT(amount);
  if (x == 0) return sol::Error(Fault::AmountZero);
  if (now.t >= lease->end) return sol::Error(Fault::LeaseOver);
  if (x > kSupplyMax || lease->prepaid > kSupplyMax - x) return sol::Error(Fault::SupplyTooLarge);
  // First what was served: time without funds stays unpaid.
  settle_lease(*lease, *node, now);
  const std::uint64_t before = lease->escrow;
  lease->escrow += x;
  lease->prepaid += x;
  emit<event::ToppedUp>(0, lease->seq, now, before, lease->escrow);

  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto from = SOL_TRY(open_wallet(SWARM_ACCOUNT(from), token, config));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(escrow_vault), token, config->escrow_vault));
  return move_tokens(accounts, config, token, {from, mint, vault, payer, x}, sol::kNoSeeds);
}

sol::Error settle(const sol::Context& context, const AccountsOf<InstructionTag::Settle>& accounts,
                  const ArgsOf<InstructionTag::Settle>&) {
  constexpr InstructionTag kSelf = InstructionTag::Settle;
  // Anybody's lease: what was served is owed whoever says so.
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  const auto node = SOL_TRY(open_serving<sol::Read>(SWARM_ACCOUNT(node), context, *lease));
  Moment now{};
  SOL_CHECK(read_moment(now));
  const std::uint64_t pay = settle_lease(*lease, *node, now);
  emit<event::Settled>(lease->seat, lease->seq, now, pay, lease->escrow, lease->earned,
                       lease->fees);
  return sol::kOk;
}

}  // namespace swarm
