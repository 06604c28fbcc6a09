// The three vaults: token accounts at program addresses, each its own authority, so that a mistake
// in one purse cannot reach another.
#pragma once

#include <cstdint>

#include "core/common.h"
#include "sol/pda.h"
#include "sol/token.h"
#include "sol/token_cpi.h"

namespace swarm {

using Vault = sol::TokenAccount<sol::Write>;

[[gnu::always_inline]] inline sol::Result<Vault> open_vault(sol::AccountView view,
                                                            const sol::TokenProgram& token,
                                                            const Key& address) {
  return sol::open_token_account<sol::Write>(view, token, sol::Is(address), sol::AnyMint{},
                                             sol::AnyAuthority{});
}

// Somebody's token account of the pool's mint.
[[gnu::always_inline]] inline sol::Result<Vault> open_wallet(sol::AccountView view,
                                                             const sol::TokenProgram& token,
                                                             const ConfigState& config) {
  return sol::open_token_account<sol::Write>(view, token, sol::Any{}, sol::MintIs(config->mint),
                                             sol::AnyAuthority{});
}

// TransferChecked, with the hook's accounts behind the instruction's own if the mint has a hook,
// and with none if it has none.
template <class A>
[[gnu::always_inline]] inline sol::Error move_tokens(const A& accounts, const ConfigState& config,
                                                     const sol::TokenProgram& token,
                                                     const sol::TokenTransfer& transfer,
                                                     const sol::Signers& signers) {
  if (config->has_hook != 0) [[unlikely]]
    return sol::transfer_checked_with_hook(token, transfer, signers, accounts);
  if (accounts.trailing_count() != 0) [[unlikely]]
    return sol::Error(sol::Check::SurplusAccounts);
  return sol::transfer_checked(token, transfer, signers);
}

// Out of a vault, signed by its seeds.
template <class A, std::size_t kSize>
[[gnu::always_inline]] inline sol::Error pay_out(const A& accounts, const ConfigState& config,
                                                 const sol::TokenProgram& token,
                                                 const sol::TokenTransfer& transfer,
                                                 const char (&seed)[kSize], std::uint8_t bump) {
  sol::Seeds seeds(seed);
  seeds.set_bump(bump);
  const sol::SignerSeeds signer = seeds.signer();
  return move_tokens(accounts, config, token, transfer, {&signer, 1});
}

}  // namespace swarm
