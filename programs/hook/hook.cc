// swarm_hook: what every transfer of a mint asks first. It refuses more than the mint's cap, and
// tokens of an owner whose position 0 in swarm_core is frozen, until the second that ends. It keeps
// no window, writes nothing and can be changed by nobody.
#include "abi/hook.h"

#include "abi/accounts.h"
#include "abi/hook_idl_sha256.h"
#include "sol/account.h"
#include "sol/bytes.h"
#include "sol/entrypoint.h"
#include "sol/event.h"
#include "sol/security_txt.h"
#include "sol/system.h"
#include "sol/sysvar.h"
#include "sol/token.h"

SOL_SECURITY_TXT(
    SOL_SECURITY_ENTRY("name", "Swarm hook")
        SOL_SECURITY_ENTRY("project_url", "https://wardhive.example")
            SOL_SECURITY_ENTRY("contacts", "link:https://wardhive.example/security")
                SOL_SECURITY_ENTRY("policy", "see SECURITY.md in the sources")
                    SOL_SECURITY_ENTRY("idl_anchor_sha256", SWARM_HOOK_IDL_ANCHOR_SHA256)
                        SOL_SECURITY_ENTRY("idl_codama_sha256", SWARM_HOOK_IDL_CODAMA_SHA256));

namespace swarm::hook {
namespace {

#define HOOK_ACCOUNT(slots, name) accounts.template at<::swarm::slot(slots, #name)>()

// ---- set_up

// How spl-tlv-account-resolution is told an address: as it is, or derived by the program that is
// account number n of the transfer.
constexpr std::uint8_t kLiteralAddress = 0;
constexpr std::uint8_t kDerivedBy = 0x80;
constexpr std::uint8_t kCoreIndex = slot(kExecuteSlots, "core");

// Seeds: 1, length, bytes; 4, account, offset, length of its data. The owner is read out of the
// source account. The authority of the transfer may be a delegate, by whom a frozen owner could
// move his tokens.
constexpr std::uint8_t kPositionSeeds[] = {
    1, 3, 'p', 'o', 's', 4, slot(kExecuteSlots, "source"), 32, 32, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0};
static_assert(sizeof(kPositionSeeds) <= 32);

void write_list(Metas& metas, const sol::Key& core) {
  sol::copy_exact<8>(metas.execute, kExecute);
  metas.list_size = kListBytes;
  metas.list_count = 2;
  metas.core_meta[0] = kLiteralAddress;
  sol::copy_exact<32>(metas.core_meta + 1, &core);
  metas.position_meta[0] = kDerivedBy + kCoreIndex;
  sol::copy_exact<sizeof(kPositionSeeds)>(metas.position_meta + 1, kPositionSeeds);
  sol::copy_exact<8>(metas.mark, kConfigMark);
  sol::store<std::uint32_t>(metas.config_size, kConfigBytes);
}

template <std::size_t kSize>
[[gnu::noinline]] sol::Error find_vault(const char (&seed)[kSize], const sol::Key& core,
                                        Key& vault) {
  sol::Seeds seeds(seed);
  sol::Key address;
  SOL_CHECK(seeds.find(core, address));
  sol::copy_exact<32>(&vault, &address);
  return sol::kOk;
}

using SetUpAccounts = sol::Accounts<std::size(kSetUpSlots)>;
using SetUpArgs = sol::Args<std::uint64_t>;
static_assert(SetUpArgs::kSize == arguments_size(kSetUpArguments));

sol::Error set_up(const sol::Context& context, const SetUpAccounts& accounts,
                  const SetUpArgs& args) {
  const auto payer =
      SOL_TRY(sol::open_signer<sol::Write>(HOOK_ACCOUNT(kSetUpSlots, payer), sol::Any{}));
  // Whether it is the mint's, the mint says below.
  const auto authority =
      SOL_TRY(sol::open_signer<sol::Read>(HOOK_ACCOUNT(kSetUpSlots, mint_authority), sol::Any{}));
  const auto token = SOL_TRY(sol::open_token_program(HOOK_ACCOUNT(kSetUpSlots, token_program)));
  const auto mint = SOL_TRY(sol::open_mint(HOOK_ACCOUNT(kSetUpSlots, mint), token, sol::Any{}));
  // Whichever program the mint's authority names: it is written down for everybody to see.
  const sol::AccountView core_view = HOOK_ACCOUNT(kSetUpSlots, core);
  const auto core = SOL_TRY(sol::open_program(core_view, core_view.key()));
  const auto system = SOL_TRY(sol::open_system_program(HOOK_ACCOUNT(kSetUpSlots, system_program)));
  if (!mint.has_mint_authority() || mint.mint_authority() != authority.key())
    return sol::Error(Fault::NotMintAuthority);
  bool has_hook = false;
  SOL_CHECK(sol::check_mint_is_harmless(mint, &context.program_id(), has_hook));
  if (!has_hook) return sol::Error(Fault::NoHook);
  const std::uint64_t cap = args.get<0>();
  if (cap == 0) return sol::Error(Fault::CapZero);

  sol::Seeds seeds("extra-account-metas", mint.key());
  const auto metas =
      SOL_TRY(sol::create_state<Metas>(SOL_TRY(sol::open_vacant(HOOK_ACCOUNT(kSetUpSlots, metas))),
                                       {context, payer, system}, seeds));
  sol::Clock now;
  SOL_CHECK(sol::read_clock(now));
  write_list(*metas, core.key());
  metas->config_version = 1;
  metas->bump = seeds.bump();
  metas->cap = cap;
  sol::copy_exact<32>(&metas->mint, &mint.key());
  sol::copy_exact<32>(&metas->core, &core.key());
  SOL_CHECK(find_vault("sv", core.key(), metas->vaults[0]));
  SOL_CHECK(find_vault("rv", core.key(), metas->vaults[1]));
  SOL_CHECK(find_vault("ev", core.key(), metas->vaults[2]));
  sol::emit(event::SetUp{static_cast<std::uint8_t>(EventTag::SetUp), 1, 0, 0, 1, now.slot, cap,
                         metas->core});
  return sol::kOk;
}

// ---- execute

// Rewards are paid out in one piece and refunds in full: a cap on what leaves swarm_core's vaults
// could block an exit. They have limits of their own.
[[gnu::noinline]] bool is_vault(const Metas& metas, const sol::Key& owner) {
  for (const Key& vault : metas.vaults) {
    if (owner == sol::as_key(vault)) return true;
  }
  return false;
}

// Nobody's position 0 exists before he opens it, and then nobody has frozen it.
[[gnu::always_inline]] inline sol::Error check_not_frozen(sol::AccountView view, const Metas& metas,
                                                          const sol::Key& owner) {
  // Token-2022 has derived the address; what lies there must be swarm_core's position of this
  // owner.
  const auto opened = sol::open_foreign(view, metas.core, sol::Any{});
  if (!opened.ok()) {
    const auto vacant = SOL_TRY(sol::open_foreign(view, sol::kSystemProgram, sol::Any{}));
    return vacant.size() == 0 ? sol::kOk : sol::Error(sol::Check::WrongLength);
  }
  const sol::Foreign position = opened.take();
  if (position.size() != sizeof(Position)) return sol::Error(sol::Check::WrongLength);
  if (SOL_TRY(position.get<std::uint8_t>(offsetof(Position, tag))) !=
      static_cast<std::uint8_t>(Position::kTag))
    return sol::Error(sol::Check::WrongTag);
  if (SOL_TRY(position.get<std::uint8_t>(offsetof(Position, version))) != Position::kVersion)
    return sol::Error(sol::Check::WrongVersion);
  if (*SOL_TRY(position.get_key(offsetof(Position, owner))) != owner ||
      SOL_TRY(position.get<std::uint64_t>(offsetof(Position, nonce))) != 0)
    return sol::Error(sol::Check::WrongLink);
  const auto until = SOL_TRY(position.get<std::uint64_t>(offsetof(Position, freeze_until)));
  if (until == 0) return sol::kOk;  // and no need to know the time
  sol::Clock now;
  SOL_CHECK(sol::read_clock(now));
  return static_cast<std::uint64_t>(now.unix_timestamp) < until ? sol::Error(Fault::Frozen)
                                                                : sol::kOk;
}

using ExecuteAccounts = sol::Accounts<std::size(kExecuteSlots)>;
using ExecuteArgs = sol::Args<std::array<std::uint8_t, 7>, std::uint64_t>;

// Not asked: whether a transfer is really under way. Whoever calls this himself learns an answer
// and changes nothing, as nothing is written.
sol::Error execute(const sol::Context& context, const ExecuteAccounts& accounts,
                   const ExecuteArgs& args) {
  if (sol::load<std::uint64_t>(context.data()) != sol::load<std::uint64_t>(kExecute))
    return sol::Error(sol::Check::UnknownInstruction);
  const auto metas = SOL_TRY((sol::open_state<Metas, sol::Read>(
      HOOK_ACCOUNT(kExecuteSlots, metas), context,
      sol::Linked<&Metas::mint>(HOOK_ACCOUNT(kExecuteSlots, mint).key()))));
  // Of which mint it is, Token-2022 has checked.
  const auto source = SOL_TRY(
      sol::open_foreign(HOOK_ACCOUNT(kExecuteSlots, source), sol::kToken2022Program, sol::Any{}));
  const sol::Key& owner = *SOL_TRY(source.get_key(32));
  if (args.get<1>() > metas->cap && !is_vault(*metas, owner)) return sol::Error(Fault::AboveCap);
  return check_not_frozen(HOOK_ACCOUNT(kExecuteSlots, position), *metas, owner);
}

}  // namespace
}  // namespace swarm::hook

extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  using Tag = swarm::hook::InstructionTag;
  return sol::dispatch<sol::On<static_cast<std::uint8_t>(Tag::Execute), swarm::hook::execute>,
                       sol::On<static_cast<std::uint8_t>(Tag::SetUp), swarm::hook::set_up>>(input,
                                                                                            data);
}
