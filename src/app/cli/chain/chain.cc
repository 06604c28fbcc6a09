#include "app/cli/chain/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "app/cli/chain/user.h"
#include "app/cli/cli.h"
#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive {

void add_chain_commands(CLI::App& app) {
  auto* command = app.add_subcommand("chain", "keys, programs and stakes on Solana");
  command->require_subcommand(1);
  cli_chain::add_key_commands(*command);
  cli_chain::add_program_commands(*command);
  cli_chain::add_verify_command(*command);
  cli_chain::add_check_command(*command);
  cli_chain::add_stake_commands(*command);
  cli_chain::add_position_commands(*command);
  cli_chain::add_node_commands(*command);
  cli_chain::add_lease_commands(*command);
  cli_chain::add_response_commands(*command);
  cli_chain::add_incident_commands(*command);
  cli_chain::add_op_commands(*command);
  cli_chain::add_work_commands(*command);
  cli_chain::add_token_commands(*command);
  cli_chain::add_user_commands(app);
}

namespace cli_chain {

void add_json(CLI::App& command, ChainOptions& options) {
  command.add_flag("--json", options.json, "machine output");
}

void add_keypair(CLI::App& command, ChainOptions& options) {
  command
      .add_option("-k,--keypair", options.keypair,
                  "key file, mode 0600 (default ~/.config/solana/id.json)")
      ->envname("WARDHIVE_KEYPAIR");
  add_json(command, options);
}

void add_cluster(CLI::App& command, ChainOptions& options) {
  command
      .add_option("-u,--url", options.url,
                  "RPC endpoint, or mainnet-beta, testnet, devnet, localhost (default localhost)")
      ->envname("WARDHIVE_CHAIN_URL");
  command
      .add_option("--commitment", options.commitment, "processed, confirmed (default) or finalized")
      ->check(CLI::IsMember({"processed", "confirmed", "finalized"}));
  command
      .add_option("--genesis", options.genesis,
                  "hash of the cluster's first block: refuse every other cluster")
      ->envname("WARDHIVE_GENESIS");
  command
      .add_option("--with-compute-unit-price", options.unit_price,
                  "priority fee, micro-lamports a unit (default 0)")
      ->type_name("N");
  add_keypair(command, options);
}

void add_program(CLI::App& command, ChainOptions& options) {
  command.add_option("--program", options.program, "address of the program")
      ->envname("WARDHIVE_PROGRAM")
      ->required();
}

Path keypair_path(const ChainOptions& options) {
  if (!options.keypair.empty()) return options.keypair;
  const char* home = std::getenv("HOME");
  return Path(home == nullptr ? "." : home) / ".config/solana/id.json";
}

Result<chain::Rpc> connect(const ChainOptions& options) {
  WARDHIVE_ASSIGN(const auto cluster, chain::cluster_of(options.url));
  chain::RpcConfig config{.url = cluster.url};
  WARDHIVE_ASSIGN(config.commitment, enum_from_name<chain::Commitment>(options.commitment));
  if (!options.program.empty()) {
    WARDHIVE_ASSIGN(const auto program, chain::Pubkey::parse(options.program));
    config.error_names = chain::swarm_error_names(program);
  }
  chain::Rpc rpc(std::move(config));
  WARDHIVE_TRY(
      chain::check_genesis(rpc, options.genesis.empty() ? cluster.genesis : options.genesis));
  return rpc;
}

Result<std::unique_ptr<Session>> open_session(const ChainOptions& options) {
  WARDHIVE_ASSIGN(auto payer, chain::Keypair::load(keypair_path(options)));
  WARDHIVE_ASSIGN(auto rpc, connect(options));
  return std::make_unique<Session>(Session{std::move(rpc), std::move(payer)});
}

Result<Outcome> perform(const Session& session, const ChainOptions& options, Step step,
                        bool dry_run) {
  Outcome outcome;
  if (!step.watch.empty()) {
    WARDHIVE_ASSIGN(outcome.before, session.rpc.accounts(step.watch));
  }
  chain::Plan plan{.instructions = std::move(step.instructions),
                   .payer = session.payer.pubkey(),
                   .unit_price_micro_lamports = options.unit_price};
  WARDHIVE_ASSIGN(auto prepared, chain::prepare(session.rpc, plan, step.watch));
  outcome.after = std::move(prepared.simulation.accounts);
  outcome.units_limit = prepared.units_limit;
  outcome.fee_lamports = 5'000ull * prepared.message.signers +
                         (options.unit_price * prepared.units_limit + 999'999) / 1'000'000;
  if (dry_run) return outcome;
  std::vector<const chain::Keypair*> signers{&session.payer};
  signers.insert(signers.end(), step.signers.begin(), step.signers.end());
  WARDHIVE_ASSIGN(const auto transaction, chain::sign(std::move(prepared.message), signers));
  WARDHIVE_ASSIGN(outcome.signature,
                  chain::send_and_confirm(session.rpc, transaction, prepared.last_valid_height));
  return outcome;
}

Result<std::uint64_t> parse_amount(std::string_view text, unsigned decimals) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("amount \"{}\" {}; expected a number such as 12.5 with at most {} "
                            "decimals",
                            text.substr(0, 40), why, decimals));
  };
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty()))
    return wrong("is no number");
  if (fraction.size() > decimals) return wrong("has too many decimals");
  std::string digits(whole);
  digits += fraction;
  digits.append(decimals - fraction.size(), '0');
  std::uint64_t units = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return wrong("is no number");
    if (__builtin_mul_overflow(units, 10u, &units) ||
        __builtin_add_overflow(units, static_cast<unsigned>(c - '0'), &units))
      return wrong("is too large");
  }
  return units;
}

Result<std::uint32_t> whole_seconds(const std::string& text, std::string_view option) {
  WARDHIVE_ASSIGN(const auto duration, parse_duration(text));
  const auto whole = duration / seconds(1);
  if (duration % seconds(1) != Duration::zero() || whole < 0 || whole > UINT32_MAX)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} {}: expected whole seconds, such as 90m", option, text));
  return static_cast<std::uint32_t>(whole);
}

std::string format_amount(std::uint64_t units, unsigned decimals) {
  auto text = std::to_string(units);
  if (decimals == 0) return text;
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  text.insert(text.size() - decimals, ".");
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace cli_chain
}  // namespace wardhive
