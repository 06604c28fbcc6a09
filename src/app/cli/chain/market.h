// What the commands for nodes, leases and quarantine share: reading them, showing them, key sets
// that sign, and telling what a transaction did.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/chain/stake.h"
#include "chain/trial.h"

namespace wardhive::cli_chain {

struct MarketState {
  ChainOptions options;
  std::string amount, price, max_rate, duration, token_account, node, lease, machine, sha256,
      target, category, claim, evidence, evidence_file, verdict, file;
  std::vector<std::string> standbys, keys;
  std::uint64_t nonce = 0, units = 0, incident = 0;
  std::uint32_t reason = 0;
  std::uint8_t seat = 0;
  bool accept_standby = false, discount = false, guardian = false, dry_run = false,
       is_position = false, all = false;
  std::vector<std::string> parts;
};

// A command's view of the chain: who signs and pays, and the program.
struct Desk {
  std::unique_ptr<Session> session;
  Market market;
  chain::Pubkey signer;

  chain::SwarmInstruction instruction(swarm::InstructionTag tag) const {
    return chain::SwarmInstruction(market.addresses, tag);
  }
  template <class T>
  Result<T> read(const chain::Pubkey& key, std::string_view name) const {
    return chain::read_account<T>(session->rpc, key, market.addresses.program, name);
  }
};
Result<Desk> open_desk(const MarketState& state);

// Keys of a set, from files, in the order in which the program wants them.
struct SetSigners {
  std::uint16_t mask = 0;
  std::uint64_t valid_until_slot = 0;
  std::vector<chain::Keypair> keys = {};

  void sign(chain::SwarmInstruction& instruction) const;
  std::vector<const chain::Keypair*> pointers() const;
};
// InvalidInput for a key that the set does not have, or too few of them (`needed` 0: its
// threshold).
Result<SetSigners> set_signers(const Desk& desk, swarm::SetKind kind,
                               const std::vector<std::string>& files, std::size_t needed = 0);

// The owner's token account; `step` makes it where it is missing, so that it can be paid.
Result<Wallet> payable_wallet(const Desk& desk, const chain::Pubkey& owner, Step& step);

// Simulates, signs, sends; says what it did, and shows `shown` (a node, lease, position or
// incident) as it is afterwards.
struct Deed {
  std::string_view did;
  Step step = {};
  chain::Pubkey wallet = {};  // whose tokens are counted; zero: none
  chain::Pubkey shown = {};
  chain::TrialClock now = {};  // of an incident or work rewards
};
Result<std::string> do_it(const MarketState& state, const Desk& desk, Deed deed);

std::string node_json(const Market& market, const chain::Pubkey& key, const swarm::Node& node);
std::string lease_json(const Market& market, const chain::Pubkey& key, const swarm::Lease& lease);
std::string node_text(const Market& market, const chain::Pubkey& key, const swarm::Node& node);
std::string lease_text(const Market& market, const chain::Pubkey& key, const swarm::Lease& lease);

std::string work_json(const swarm::Work& work, const chain::TrialClock& now);
std::string work_text(const Market& market, const swarm::Work& work, const chain::TrialClock& now);

// Adds a command with --program, the cluster's options and, if it writes, --dry-run.
template <class State>
CLI::App* add_market(CLI::App& parent, const char* name, const char* what,
                     const std::shared_ptr<State>& state, Result<std::string> (*run)(const State&),
                     bool writes = true) {
  auto* command = parent.add_subcommand(name, what);
  add_program(*command, state->options);
  add_cluster(*command, state->options);
  if (writes)
    command->add_flag("--dry-run", state->dry_run, "only simulate it and say what it would do");
  on_run(*command, state, run);
  return command;
}

}  // namespace wardhive::cli_chain
