// `wardhive chain ...`: what its commands share. Options are named as the `solana` tools name them.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/cli.h"
#include "chain/keypair.h"
#include "chain/rpc.h"
#include "chain/send.h"

namespace wardhive::cli_chain {

struct ChainOptions {
  std::string url = "localhost";
  std::string keypair;  // empty: ~/.config/solana/id.json
  std::string commitment = "confirmed";
  std::string genesis;  // expected hash; empty: that of the named cluster, or any
  std::string program;  // of commands about one program
  std::uint64_t unit_price = 0;
  bool json = false;
};
void add_json(CLI::App& command, ChainOptions& options);
void add_keypair(CLI::App& command, ChainOptions& options);  // and --json
void add_cluster(CLI::App& command, ChainOptions& options);  // and --keypair and --json
void add_program(CLI::App& command, ChainOptions& options);

Path keypair_path(const ChainOptions& options);
// One endpoint, known to be of the cluster that was asked for.
Result<chain::Rpc> connect(const ChainOptions& options);
struct Session {
  chain::Rpc rpc;
  chain::Keypair payer;
};
// The key first: a wallet that is not fit is told without the network.
Result<std::unique_ptr<Session>> open_session(const ChainOptions& options);

// A command's transaction: told what it would do, and done.
struct Step {
  std::vector<chain::Instruction> instructions = {};
  std::vector<const chain::Keypair*> signers = {};  // beside the payer
  std::vector<chain::Pubkey> watch = {};            // accounts to compare before and after
};
struct Outcome {
  std::vector<std::optional<chain::Account>> before = {}, after = {};  // of `watch`; simulated
  std::uint32_t units_limit = 0;
  std::uint64_t fee_lamports = 0;
  std::optional<chain::Signature> signature = {};  // empty: only simulated
};
Result<Outcome> perform(const Session& session, const ChainOptions& options, Step step,
                        bool dry_run);

// "12.5" of a mint with 6 decimals is 12'500'000. InvalidInput for anything but digits and a point,
// for more decimals than the mint has, and for what does not fit 64 bits.
Result<std::uint64_t> parse_amount(std::string_view text, unsigned decimals);
std::string format_amount(std::uint64_t units, unsigned decimals);
// Whole seconds of a duration such as "90d"; InvalidInput names `option`.
Result<std::uint32_t> whole_seconds(const std::string& text, std::string_view option);

// Runs a command of a State with `options`: prints its text, or reports its error.
template <class State>
void on_run(CLI::App& command, const std::shared_ptr<State>& state,
            Result<std::string> (*run)(const State&)) {
  on_chosen(command, [state, run] {
    const auto text = run(*state);
    if (!text) return report(text.error(), state->options.json);
    print(*text);
    return kExitOk;
  });
}

void add_key_commands(CLI::App& chain);      // keygen, address, balance, airdrop
void add_program_commands(CLI::App& chain);  // deploy, init, seal
void add_verify_command(CLI::App& chain);
void add_check_command(CLI::App& chain);   // check-tx
void add_stake_commands(CLI::App& chain);  // stake, unstake, withdraw, refresh, claim, fund
void add_position_commands(CLI::App& chain);
void add_node_commands(CLI::App& chain);
void add_lease_commands(CLI::App& chain);
void add_response_commands(CLI::App& chain);  // quarantine, release, pause, resume
void add_incident_commands(CLI::App& chain);  // the trial
void add_op_commands(CLI::App& chain);        // op: changes behind a delay
void add_work_commands(CLI::App& chain);      // work, post-root, disable-root, claim-work
void add_token_commands(CLI::App& chain);     // token create, token mint, warp

}  // namespace wardhive::cli_chain
