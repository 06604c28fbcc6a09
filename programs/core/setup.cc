// Creating the program's accounts, its vaults and its key sets; nothing of it works for anybody but
// the upgrade authority, so nobody can be first (D10).
#include "core/finality.h"
#include "core/handlers.h"
#include "core/sets.h"
#include "core/vault.h"
#include "sol/system.h"

namespace swarm {

namespace {

constexpr std::uint64_t kHookedAccountBytes = 171;  // with the TransferHookAccount extension

void start_roles(Config& config, const std::uint64_t (&min_stakes)[kRoles]) {
  for (std::uint8_t role = 0; role < kRoles; ++role) {
    const RoleBounds& bounds = kRoleBounds[role];
    config.roles[role] = {min_stakes[role],  bounds.lock_min,   bounds.lock_max,
                          bounds.weight_min, bounds.weight_max, bounds.unbond_max};
  }
}

// Until an op says otherwise: a unit of capacity is bonded like the smallest provider, fees are
// burned whole, and nobody has a discount.
void start_market(Config& config) {
  const std::uint64_t least = config.roles[static_cast<int>(Role::HardwareProvider)].min_stake;
  config.bond_per_unit = least < kBondPerUnitMax ? least : kBondPerUnitMax;
  config.notice = kNoticeStart;
  config.holdback = kHoldbackStart;
  config.fee_bps = kFeeBpsStart;
}

struct NewVault {
  const sol::Creation& creation;
  const sol::TokenProgram& token;
  const sol::Mint& mint;
  std::uint64_t size;
};

template <std::size_t kSize>
[[gnu::noinline]] sol::Error create_vault(const NewVault& wanted, const sol::Vacant& place,
                                          const char (&seed)[kSize], std::uint8_t& bump) {
  sol::Seeds seeds(seed);
  SOL_CHECK(sol::create_token_account(place, wanted.creation, wanted.token, wanted.mint,
                                      place.key(), seeds, wanted.size));
  bump = seeds.bump();
  return sol::kOk;
}

}  // namespace

sol::Error init(const sol::Context& context, const AccountsOf<InstructionTag::Init>& accounts,
                const ArgsOf<InstructionTag::Init>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Init;
  const auto authority =
      SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(authority), sol::Any{}));
  SOL_CHECK(check_upgrade_authority(context, SWARM_ACCOUNT(program), SWARM_ACCOUNT(program_data),
                                    authority.key()));
  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Any{}));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));

  const sol::Key& hook = SWARM_ARGUMENT(hook);
  bool has_hook = false;
  SOL_CHECK(sol::check_mint_is_harmless(mint, hook.is_zero() ? nullptr : &hook, has_hook));
  if (mint.supply() > kSupplyMax) return sol::Error(Fault::SupplyTooLarge);
  const std::uint64_t min_stakes[kRoles] = {SWARM_ARGUMENT(provider_min_stake),
                                            SWARM_ARGUMENT(user_min_stake),
                                            SWARM_ARGUMENT(operator_min_stake)};
  const std::uint64_t floor = SWARM_ARGUMENT(outflow_floor);
  const std::uint64_t work_cap = SWARM_ARGUMENT(work_cap);
  if (floor < kOutflowFloorMin || floor > kSupplyMax || work_cap > kSupplyMax)
    return sol::Error(Fault::OutOfBounds);
  for (const std::uint64_t stake : min_stakes) {
    if (stake == 0 || stake > kSupplyMax) return sol::Error(Fault::OutOfBounds);
  }
  Moment now{};
  SOL_CHECK(read_moment(now));

  const sol::Creation creation{context, authority, system};
  sol::Seeds config_seeds("cfg");
  const auto config = SOL_TRY(sol::create_state<Config>(
      SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(config))), creation, config_seeds));
  sol::Seeds pool_seeds("pool");
  const auto pool = SOL_TRY(sol::create_state<Pool>(SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(pool))),
                                                    creation, pool_seeds));
  sol::Seeds fleet_seeds("flt");
  SOL_TRY(sol::create_state<Fleet>(SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(fleet))), creation,
                                   fleet_seeds));
  sol::Seeds work_seeds("wrk");
  const auto work = SOL_TRY(sol::create_state<Work>(SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(work))),
                                                    creation, work_seeds));

  const NewVault vault{creation, token, mint,
                       has_hook ? kHookedAccountBytes : sol::kTokenAccountBytes};
  const auto stake_vault = SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(stake_vault)));
  SOL_CHECK(create_vault(vault, stake_vault, "sv", config->stake_vault_bump));
  const auto reward_vault = SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(reward_vault)));
  SOL_CHECK(create_vault(vault, reward_vault, "rv", config->reward_vault_bump));
  const auto escrow_vault = SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(escrow_vault)));
  SOL_CHECK(create_vault(vault, escrow_vault, "ev", config->escrow_vault_bump));

  assign(config->mint, mint.key());
  assign(config->token_program, token.key());
  if (has_hook) assign(config->hook, hook);
  assign(config->stake_vault, stake_vault.key());
  assign(config->reward_vault, reward_vault.key());
  assign(config->escrow_vault, escrow_vault.key());
  config->decimals = mint.decimals();
  config->has_hook = has_hook ? 1 : 0;
  config->outflow_bps = kOutflowBpsStart;
  config->outflow_floor = floor;
  config->work_cap = work_cap;
  config->sentinel_pause = kSentinelPauseMax;
  start_roles(*config, min_stakes);
  start_market(*config);
  pool->start = pool->end = pool->last = now.t;
  pool->last_slot = now.slot;
  pool->next_id = 1;
  work->last_epoch = work->prior_epoch = epoch_of(now.t);
  return sol::kOk;
}

sol::Error init_set(const sol::Context& context,
                    const AccountsOf<InstructionTag::InitSet>& accounts,
                    const ArgsOf<InstructionTag::InitSet>& args) {
  constexpr InstructionTag kSelf = InstructionTag::InitSet;
  const auto authority =
      SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(authority), sol::Any{}));
  SOL_CHECK(check_upgrade_authority(context, SWARM_ACCOUNT(program), SWARM_ACCOUNT(program_data),
                                    authority.key()));
  const auto config = SOL_TRY(
      (sol::open_state<Config, sol::Write>(SWARM_ACCOUNT(config), context, sol::Singleton{})));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  const std::uint8_t kind = SWARM_ARGUMENT(kind);
  if (kind >= kSetKinds) return sol::Error(Fault::UnknownKind);
  if (kind != config->sets) return sol::Error(Fault::SetsOutOfOrder);

  const sol::Slice bytes = args.rest();
  if (bytes.size % 32 != 0) return sol::Error(sol::Check::TrailingData);
  const KeyList list{reinterpret_cast<const sol::Key*>(bytes.data), bytes.size / 32};
  const std::uint8_t threshold = SWARM_ARGUMENT(threshold);
  SOL_CHECK(check_threshold(kind, list.size, threshold));
  SOL_CHECK(check_distinct(list));
  // Sets are made in the order of their kinds, so all that exist are looked at.
  const sol::AccountView views[kSetKinds] = {SWARM_ACCOUNT(guardian), SWARM_ACCOUNT(sentinel),
                                             SWARM_ACCOUNT(resolver)};
  for (std::uint8_t other = 0; other < kind; ++other) {
    const auto set = SOL_TRY(open_set(views[other], context, static_cast<SetKind>(other)));
    SOL_CHECK(check_disjoint(list, *set));
  }

  sol::Seeds seeds("set", kind);
  const auto set = SOL_TRY(sol::create_state<Set>(SOL_TRY(sol::open_vacant(views[kind])),
                                                  {context, authority, system}, seeds));
  set->kind = kind;
  set->size = static_cast<std::uint8_t>(list.size);
  set->threshold = threshold;
  for (std::uint64_t i = 0; i < list.size; ++i) assign(set->keys[i], list.keys[i]);
  config->sets += 1;
  return sol::kOk;
}

sol::Error seal(const sol::Context& context, const AccountsOf<InstructionTag::Seal>& accounts,
                const ArgsOf<InstructionTag::Seal>&) {
  constexpr InstructionTag kSelf = InstructionTag::Seal;
  UpgradeAuthority authority{};
  SOL_CHECK(read_upgrade_authority(context, SWARM_ACCOUNT(program), SWARM_ACCOUNT(program_data),
                                   authority));
  if (authority.exists) return sol::Error(Fault::StillUpgradeable);
  const auto config = SOL_TRY(
      (sol::open_state<Config, sol::Write>(SWARM_ACCOUNT(config), context, sol::Singleton{})));
  if (config->state == Config::kSealed) return sol::Error(Fault::AlreadySealed);
  if (config->sets != kSetKinds) return sol::Error(Fault::SetsOutOfOrder);
  SOL_TRY(open_set(SWARM_ACCOUNT(guardian), context, SetKind::Guardian));
  SOL_TRY(open_set(SWARM_ACCOUNT(sentinel), context, SetKind::Sentinel));
  SOL_TRY(open_set(SWARM_ACCOUNT(resolver), context, SetKind::Resolver));

  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const sol::AccountView views[] = {SWARM_ACCOUNT(stake_vault), SWARM_ACCOUNT(reward_vault),
                                    SWARM_ACCOUNT(escrow_vault)};
  const Key* const addresses[] = {&config->stake_vault, &config->reward_vault,
                                  &config->escrow_vault};
  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto vault = SOL_TRY(sol::open_token_account<sol::Read>(
        views[i], token, sol::Is(*addresses[i]), sol::MintIs(config->mint),
        sol::AuthorityIs(*addresses[i])));
    SOL_CHECK(sol::check_vault_is_sole(vault));
  }
  Moment now{};
  SOL_CHECK(read_moment(now));
  config->state = Config::kSealed;
  emit<event::Sealed>(0, config->seq, now);
  return sol::kOk;
}

}  // namespace swarm
