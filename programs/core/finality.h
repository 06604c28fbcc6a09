// What the loader's own accounts say about who can change this program (D10).
#pragma once

#include <cstdint>

#include "core/common.h"

namespace swarm {

// The bytes of ProgramData that matter: u32 tag 3, u64 slot, then an Option<Pubkey>.
struct UpgradeAuthority {
  bool exists;
  const sol::Key* key;  // null without one
};

// Reads the authority of the program that runs, through its Program account. The loader wrote both,
// and their addresses are checked, so neither can be made up.
[[gnu::noinline]] inline sol::Error read_upgrade_authority(const sol::Context& context,
                                                           sol::AccountView program_view,
                                                           sol::AccountView data_view,
                                                           UpgradeAuthority& authority) {
  constexpr std::uint32_t kProgramTag = 2;
  constexpr std::uint32_t kProgramDataTag = 3;
  const auto program = SOL_TRY(
      sol::open_foreign(program_view, sol::kUpgradeableLoader, sol::Is(context.program_id())));
  if (SOL_TRY(program.get<std::uint32_t>(0)) != kProgramTag)
    return sol::Error(sol::Check::WrongTag);
  const sol::Key* address = SOL_TRY(program.get_key(4));
  const auto data =
      SOL_TRY(sol::open_foreign(data_view, sol::kUpgradeableLoader, sol::Is(*address)));
  if (SOL_TRY(data.get<std::uint32_t>(0)) != kProgramDataTag)
    return sol::Error(sol::Check::WrongTag);
  authority.exists = SOL_TRY(data.get<std::uint8_t>(12)) != 0;
  authority.key = authority.exists ? SOL_TRY(data.get_key(13)) : nullptr;
  return sol::kOk;
}

// NotUpgradeAuthority unless `signer` may still replace the program.
[[gnu::always_inline]] inline sol::Error check_upgrade_authority(const sol::Context& context,
                                                                 sol::AccountView program,
                                                                 sol::AccountView data,
                                                                 const sol::Key& signer) {
  UpgradeAuthority authority{};
  SOL_CHECK(read_upgrade_authority(context, program, data, authority));
  if (!authority.exists || !(*authority.key == signer))
    return sol::Error(Fault::NotUpgradeAuthority);
  return sol::kOk;
}

}  // namespace swarm
