// chain verify: is what runs there what these sources say, and can nobody change it?
#include <fmt/format.h>

#include "abi/idl_sha256.h"
#include "app/cli/chain/chain.h"
#include "app/cli/cli.h"
#include "chain/deploy.h"
#include "chain/security_txt.h"
#include "chain/swarm.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;

constexpr std::size_t kFileBytesMax = 10 * 1024 * 1024;

struct VerifyState {
  ChainOptions options;
  std::string file, hash, idl;
};

struct Check {
  std::string name, reason, message;  // reason: "" if it holds
};
template <class Self, class V>
void fields(Self& self, V& v) {
  const bool holds = self.reason.empty();
  v("check", self.name);
  v("ok", holds);
  v("reason", self.reason);
  v("message", self.message);
}

Check compare(std::string name, std::string reason, const std::string& found,
              const std::string& expected, std::string_view what) {
  if (found == expected) return {std::move(name), "", fmt::format("{} is {}", what, expected)};
  return {std::move(name), std::move(reason),
          fmt::format("{} is {}; expected {}", what, found, expected)};
}

// The hash that the program should have: of a file that was built, or as it was told.
Result<std::string> expected_hash(const VerifyState& state) {
  if (!state.file.empty()) {
    WARDHIVE_ASSIGN(const auto text, read_file(state.file, kFileBytesMax));
    return to_hex(chain::program_hash(as_bytes(text)));
  }
  Hash256 ignored;
  if (!from_hex(state.hash, ignored))
    return fail(ErrorCode::InvalidInput,
                "say what to compare with: --file with the .so that you built (`./dev build` puts "
                "it into build/release/programs), or --hash with its sha256");
  return state.hash;
}

Check check_authority(const chain::OnChainProgram& program) {
  if (!program.authority) return {"authority", "", "nobody can change the program"};
  return {"authority", "upgrade_authority",
          fmt::format("{} can change the program; expected nobody (`wardhive chain seal`)",
                      program.authority->text())};
}

// The interface that the program says it was built with is the one that we would use.
Result<Check> check_idl(const VerifyState& state, const chain::OnChainProgram& program) {
  const auto entries = chain::read_security_txt(program.file);
  if (!entries) return Check{"idl", "no_idl", entries.error().message};
  const auto said = [&](const char* key) {
    const auto found = entries->find(key);
    return found == entries->end() ? std::string("missing") : found->second;
  };
  const auto anchor = said("idl_anchor_sha256"), codama = said("idl_codama_sha256");
  if (state.idl.empty()) {
    auto check = compare("idl", "stale_idl", anchor, SWARM_IDL_ANCHOR_SHA256,
                         "the sha256 of its IDL (Anchor)");
    if (!check.reason.empty()) return check;
    return compare("idl", "stale_idl", codama, SWARM_IDL_CODAMA_SHA256,
                   "the sha256 of its IDL (Codama)");
  }
  WARDHIVE_ASSIGN(const auto text, read_file(state.idl, kFileBytesMax));
  const auto hash = to_hex(sha256(as_bytes(text)));
  if (hash == anchor || hash == codama)
    return Check{"idl", "", fmt::format("{} is the program's IDL", state.idl)};
  return Check{"idl", "stale_idl",
               fmt::format("{} has sha256 {}; the program was built with {} (Anchor) and {} "
                           "(Codama)",
                           state.idl, hash, anchor, codama)};
}

Check check_sealed(const chain::Rpc& rpc, const Pubkey& program) {
  const auto config = chain::read_account<swarm::Config>(rpc, chain::SwarmAddresses(program).config,
                                                         program, "config");
  if (!config) return {"sealed", "not_sealed", config.error().message};
  if (config->state == swarm::Config::kSealed) return {"sealed", "", "the program is sealed"};
  return {"sealed", "not_sealed",
          "the program is not sealed: it serves no user yet (`wardhive chain seal`)"};
}

int show(const VerifyState& state, const std::vector<Check>& checks) {
  bool all = true;
  for (const auto& check : checks) all = all && check.reason.empty();
  if (state.options.json) {
    print(fmt::format(R"({{"schema_version":1,"program":"{}","ok":{},"checks":{}}})",
                      state.options.program, all, to_json(checks)));
  } else {
    for (const auto& check : checks)
      print(fmt::format("{} {}: {}", check.reason.empty() ? "ok  " : "FAIL",
                        check.reason.empty() ? check.name : check.reason, check.message));
  }
  return all ? kExitOk : kExitCheckFailed;
}

Result<std::vector<Check>> verify(const VerifyState& state) {
  WARDHIVE_ASSIGN(const auto expected, expected_hash(state));
  WARDHIVE_ASSIGN(const auto program, Pubkey::parse(state.options.program));
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto found, chain::read_program(rpc, program));
  std::vector<Check> checks;
  checks.push_back(compare("bytes", "program_differs", to_hex(chain::program_hash(found.file)),
                           expected, "the program's sha256"));
  checks.push_back(check_authority(found));
  WARDHIVE_ASSIGN(auto idl, check_idl(state, found));
  checks.push_back(std::move(idl));
  checks.push_back(check_sealed(rpc, program));
  return checks;
}

}  // namespace

void add_verify_command(CLI::App& chain) {
  const auto state = std::make_shared<VerifyState>();
  auto* command = chain.add_subcommand(
      "verify", "is it these bytes and this IDL, sealed, and nobody's to change? 6 if not");
  add_program(*command, state->options);
  command->add_option("--file", state->file, "the .so that you built yourself");
  command->add_option("--hash", state->hash, "its sha256 instead (without the zeros at the end)");
  command->add_option("--idl", state->idl,
                      "IDL file to compare (default: the one of this wardhive's version)");
  add_cluster(*command, state->options);
  on_chosen(*command, [state] {
    const auto checks = verify(*state);
    return checks ? show(*state, *checks) : report(checks.error(), state->options.json);
  });
}

}  // namespace wardhive::cli_chain
