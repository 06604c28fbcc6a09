// What the commands for stakers share: the program's market, token accounts, and what a transaction
// would do to whoever signs it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/chain/chain.h"
#include "chain/swarm.h"

namespace wardhive::cli_chain {

// The program and the token that is staked in it.
struct Market {
  chain::SwarmAddresses addresses;
  swarm::Config config;
  chain::Pubkey mint, token_program;

  unsigned decimals() const { return config.decimals; }
};
// Unsupported for a mint with a transfer hook: its accounts are not gathered yet.
Result<Market> read_market(const chain::Rpc& rpc, const std::string& program);

// The owner's token account: the one that was named, else where it is by convention. InvalidInput
// if it is not the owner's or of another mint; `missing` says that it is still to be made.
struct Wallet {
  chain::Pubkey key = {};
  bool missing = false;
};
Result<Wallet> find_wallet(const chain::Rpc& rpc, const Market& market, const chain::Pubkey& owner,
                           const std::string& named);

// What a transaction does, from the simulation that precedes it: exact, in token units.
struct Effects {
  std::uint64_t tokens_out = 0, tokens_in = 0;  // of the signer's token account
  // Who may move the signer's money afterwards and could not before; in words.
  std::vector<std::string> new_authorities = {};
  std::uint64_t rent_lamports = 0;                         // put into accounts
  std::optional<swarm::Position> before = {}, after = {};  // `after` empty: it closes
  // What leaves the wallet and is not the signer's stake afterwards. No instruction of this program
  // but the owner's own withdraw takes principal from a position.
  std::uint64_t loss_max = 0;
};
// The accounts in `Step::watch` that effects_of() wants, in its order; perform() looks at them.
std::vector<chain::Pubkey> watched(const chain::Pubkey& signer, const chain::Pubkey& wallet,
                                   const chain::Pubkey& position);
Effects effects_of(const Outcome& outcome, const chain::Pubkey& program);

// For people and for machines. `did` names the command.
struct Account {
  std::string_view did;
  const Market& market;
  const chain::Pubkey& position;
  const Outcome& outcome;
  const Effects& effects;
};
std::string to_json_text(const Account& account);
std::string to_text(const Account& account);

// A position as an object, and as lines.
std::string position_json(const Market& market, const chain::Pubkey& key,
                          const swarm::Position& position, std::optional<std::uint64_t> claimable);
std::string position_text(const Market& market, const chain::Pubkey& key,
                          const swarm::Position& position, std::optional<std::uint64_t> claimable);
std::string_view role_name(std::uint8_t role);
// RFC 3339 of seconds since 1970.
std::string date_of(std::uint64_t unix_seconds);

}  // namespace wardhive::cli_chain
