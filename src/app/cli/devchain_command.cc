// devchain: the development chain is JavaScript (programs/vm/devchain). This finds it and becomes
// it, so signals, standard output and the exit code are its own.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "app/cli/cli.h"

namespace wardhive {
namespace {

struct DevchainState {
  std::string folder;
  std::string port, ledger, features, slot_ms;
  std::vector<std::string> programs;
  bool json = false;
};

// What the chain's own command line gets; it judges the values.
std::vector<std::string> arguments_of(const DevchainState& state, const Path& folder) {
  std::vector<std::string> out{(folder.parent_path() / "node").string(),
                               (folder / "main.js").string()};
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    out.emplace_back(name);
    out.push_back(value);
  };
  add("--port", state.port);
  add("--ledger", state.ledger);
  for (const auto& program : state.programs) add("--program", program);
  add("--features", state.features);
  add("--slot-ms", state.slot_ms);
  if (state.json) out.emplace_back("--json");
  return out;
}

Error become(const DevchainState& state) {
  std::error_code failed;
  const auto folder = std::filesystem::weakly_canonical(state.folder, failed);
  auto arguments = arguments_of(state, folder);
  for (const auto& file : {arguments[1], arguments[0]})
    if (failed || ::access(file.c_str(), R_OK) != 0)
      return {ErrorCode::NotFound,
              fmt::format("no development chain in {}: {} is missing; it is in Wardhive's source "
                          "tree: name that with --devchain .../programs/vm/devchain",
                          folder.string(), file)};
  std::vector<char*> raw;
  for (auto& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  ::execv(raw[0], raw.data());
  return {ErrorCode::Unavailable,
          fmt::format("cannot run {}: {}", arguments[0], std::strerror(errno))};
}

}  // namespace

void add_devchain_command(CLI::App& app) {
  const auto state = std::make_shared<DevchainState>();
  state->folder = WARDHIVE_SOURCE_DIR "/programs/vm/devchain";
  auto* command = app.add_subcommand(
      "devchain", "a Solana chain for development: RPC and websocket on this machine only");
  command->add_option("--port", state->port, "of RPC and websocket (default 8899; 0: any)");
  command->add_option("--ledger", state->ledger, "file to start from, and to save in when stopped");
  command->add_option("--program", state->programs, "ADDRESS=FILE.so to load; may be repeated");
  command->add_option("--features", state->features, "gates: mainnet (default), or all of them on");
  command->add_option("--slot-ms", state->slot_ms, "length of a slot (default 400)");
  command->add_flag("--json", state->json, "the ready line as JSON");
  command->add_option("--devchain", state->folder, "its folder, if the source tree has moved")
      ->envname("WARDHIVE_DEVCHAIN");
  on_chosen(*command, [state] { return report(become(*state), state->json); });
}

}  // namespace wardhive
