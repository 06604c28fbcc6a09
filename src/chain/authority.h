// Who holds which power over an account, and what changed between two looks at it. Pure.
//
//   knows    programs and program data (upgrade), stake accounts (stake, withdraw, lockup), mints
//            (mint, freeze, and the authorities of Token-2022's extensions), token accounts (owner,
//            delegate, close), token multisigs (signers, threshold), durable nonces (who may use
//            it), and swarm_core's accounts by its schema: key sets with their threshold, and every
//            field of the configuration
//   others   an account of another program: its owner, its length, and nothing of what is in it
//   foreign  bytes of any kind; what does not fit its program's layout is "unreadable", which is a
//            state like any other: turning into it is a change
//   limit    two changes between two looks that cancel out are not seen, except where the account
//            counts them (key sets, program data)
//   source   solana-sdk loader_v3, stake state; spl-token and token-2022 state, multisig.rs,
//            extension/mod.rs
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "chain/rpc.h"

namespace wardhive::chain {

struct Authorities {
  std::string kind = {};  // "program data", "stake account", "mint", "key set", ..., "nothing"
  // Power -> who holds it: "upgrade" -> key or "nobody", "threshold" -> "2 of 3", "signer KEY" ->
  // "yes". A power that is not there is held by nobody.
  std::map<std::string, std::string> powers = {};
  bool operator==(const Authorities&) const = default;
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Authorities>
void fields(Self& self, V& v) {
  v("kind", self.kind);
  v("powers", self.powers);
}

// The first bytes of an account that say all of this; ask for no more (`Rpc::accounts`).
inline constexpr std::size_t kAuthorityBytes = 4'096;

// `account` may be cut off at kAuthorityBytes. `swarm_core`: whose accounts are read by the schema.
Authorities authorities_of(const std::optional<Account>& account, const Pubkey& swarm_core);

struct AuthorityChange {
  std::string power = {};
  std::string before = {}, after = {};  // "" was not there, or is no longer
};
std::vector<AuthorityChange> compare(const Authorities& before, const Authorities& after);

// "upgrade authority of program data KEY went from A to B".
std::string describe(const AuthorityChange& change, std::string_view kind, const Pubkey& account);

// The program data account that a program account names; nullopt if it is none.
std::optional<Pubkey> program_data_of(const Account& program);

}  // namespace wardhive::chain
