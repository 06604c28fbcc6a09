// The command line: one contract for every command (docs/reference/cli.md).
//
//   --json        machine output: an object, or an array ([] when empty), each object with
//                 schema_version; times RFC 3339, durations seconds
//   exit codes    0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 6 check failed,
//                 7 the audit is shorter than its checkpoint
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "config/settings.h"
#include "net/http.h"

namespace wardhive {

inline constexpr int kExitOk = 0, kExitFailed = 1, kExitUsage = 2, kExitNotFound = 3,
                     kExitDenied = 4, kExitUnreachable = 5, kExitCheckFailed = 6, kExitShorter = 7;

// What every command that talks to a running wardhive shares.
struct ClientOptions {
  std::string url;    // --url, $WARDHIVE_URL, the state directory's `url` file, else 127.0.0.1:8700
  std::string state;  // --state
  std::string token_file;  // --token-file, else the state directory's `token`
  bool json = false;
};
void add_client_options(CLI::App& command, ClientOptions& options);

// One request with the operator's token. A status of 400 and more is an Error with the server's
// words.
Result<JsonValue> call(const ClientOptions& options, net::Method method, const std::string& path,
                       const std::string& body = {});

// Prints and gives the exit code that belongs to it.
int report(const Error& error, bool json);
// Runs at once when the command was chosen; the exit code is what the process ends with.
using Run = std::function<int()>;
void on_chosen(CLI::App& command, Run run);
int chosen_exit_code();

void print(const std::string& text);  // to standard output, with a line break
void print_json(const JsonValue& json);
// Columns padded to their widest cell; the first row is the head.
void print_table(const std::vector<std::vector<std::string>>& rows);

// --config FILE, or the embedded defaults.
Result<Settings> load_settings(const std::string& file);

// Each adds its commands to the tree.
void add_server_commands(CLI::App& app);  // up, agent, demo
void add_replay_command(CLI::App& app);
void add_read_commands(CLI::App& app);  // status, nodes, incidents, decisions, risk, notices
void add_change_commands(
    CLI::App& app);  // decisions revert/hold/release, release, mode, allow, token
void add_proposal_commands(CLI::App& app);  // propose, proposals
void add_check_commands(CLI::App& app);     // check, audit, version
void add_anchor_command(CLI::App& audit);
void add_devchain_command(CLI::App& app);
void add_signer_command(CLI::App& app);
void add_chain_commands(CLI::App& app);  // keys, programs and stakes on Solana

}  // namespace wardhive
