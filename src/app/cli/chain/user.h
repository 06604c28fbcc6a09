// Commands that stand under `wardhive chain` and, for people who stake, lease or earn, at the top
// as well: the same code, under the words that they look for.
#pragma once

#include <CLI/CLI.hpp>

namespace wardhive::cli_chain {

void add_stake_command(CLI::App& parent, const char* name);
void add_leaving_commands(CLI::App& parent);  // unstake, withdraw, refresh
void add_claim_command(CLI::App& parent);
void add_position_readers(CLI::App& parent);  // show, list
void add_work_reader(CLI::App& parent);       // work
void add_claim_work_command(CLI::App& parent);
void add_dispute_command(CLI::App& parent);
void add_penalty_command(CLI::App& parent);

// wardhive stake, lease, reward, dispute, penalty-estimate.
void add_user_commands(CLI::App& app);

}  // namespace wardhive::cli_chain
