// chain deploy, init, seal: from a file to a program that nobody can change.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "app/cli/chain/chain.h"
#include "app/cli/cli.h"
#include "chain/deploy.h"
#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive::cli_chain {
namespace {

using chain::Keypair;
using chain::Pubkey;
using chain::SwarmAddresses;
using chain::SwarmInstruction;
using swarm::InstructionTag;

constexpr std::size_t kProgramBytesMax = 10 * 1024 * 1024;

// ---- deploy

struct DeployState {
  ChainOptions options;
  std::string file, program_id;
  bool abandon = false;
};

// The key in `path`, made on first use.
Result<Keypair> key_at(const Path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return Keypair::load(path);
  auto pair = Keypair::generate();
  WARDHIVE_TRY(pair.save(path));
  return pair;
}

Result<chain::Bytes> read_program_file(const std::string& path) {
  WARDHIVE_ASSIGN(const auto text, read_file(path, kProgramBytesMax));
  if (!text.starts_with("\x7f"
                        "ELF"))
    return fail(ErrorCode::InvalidInput, path + " is no ELF file; name the program's .so");
  return chain::Bytes(text.begin(), text.end());
}

void show_progress(std::size_t bytes, std::size_t all) {
  std::fprintf(stderr, "wardhive: %zu of %zu bytes are on the chain\n", bytes, all);
}

// The SOL in a half-filled buffer comes back.
Result<std::string> abandon(const DeployState& state, const Session& session,
                            const Path& buffer_file) {
  std::error_code ignored;
  if (!std::filesystem::exists(buffer_file, ignored))
    return chain::fault(ErrorCode::NotFound, "no_buffer",
                        fmt::format("no deployment of {} is under way: there is no {}", state.file,
                                    buffer_file.string()));
  WARDHIVE_ASSIGN(const auto buffer, Keypair::load(buffer_file));
  WARDHIVE_ASSIGN(const auto lamports, chain::abandon(session.rpc, session.payer, buffer.pubkey()));
  std::filesystem::remove(buffer_file, ignored);
  if (state.options.json)
    return fmt::format(R"({{"schema_version":1,"abandoned":"{}","lamports":{}}})",
                       buffer.pubkey().text(), lamports);
  return fmt::format("the deployment is given up; {} SOL are back", format_amount(lamports, 9));
}

Result<std::string> deploy(const DeployState& state) {
  WARDHIVE_ASSIGN(auto file, read_program_file(state.file));
  WARDHIVE_ASSIGN(const auto session, open_session(state.options));
  const auto key_file = state.program_id.empty()
                            ? Path(state.file).replace_extension().concat("-keypair.json")
                            : Path(state.program_id);
  const auto buffer_file = Path(key_file).concat(".buffer");
  if (state.abandon) return abandon(state, *session, buffer_file);
  WARDHIVE_ASSIGN(const auto program, key_at(key_file));
  WARDHIVE_ASSIGN(const auto buffer, key_at(buffer_file));
  chain::Deployment deployment{.file = std::move(file),
                               .payer = &session->payer,
                               .program = &program,
                               .buffer = &buffer,
                               .unit_price_micro_lamports = state.options.unit_price};
  if (!state.options.json) deployment.progress = show_progress;
  WARDHIVE_ASSIGN(const auto deployed, chain::deploy(session->rpc, deployment));
  std::error_code ignored;
  std::filesystem::remove(buffer_file, ignored);  // deploying has used the buffer up

  const auto id = program.pubkey().text();
  const auto hash = to_hex(chain::program_hash(deployment.file));
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"program":"{}","sha256":"{}","bytes":{},"was_there":{},"bytes_written":{},"authority":"{}"}})",
        id, hash, deployment.file.size(), deployed.was_there, deployed.bytes_written,
        session->payer.pubkey().text());
  return fmt::format(
      "program {} {}, sha256 {}\n{} may still change it: `wardhive chain seal` ends "
      "that",
      id, deployed.was_there ? "was there already" : "is deployed", hash,
      session->payer.pubkey().text());
}

// ---- init

struct InitState {
  ChainOptions options;
  std::string mint, hook;
  std::array<std::string, swarm::kSetKinds> sets;
  std::string outflow_floor, work_cap;
  std::array<std::string, swarm::kRoles> min_stakes;
};
constexpr std::array<std::string_view, swarm::kSetKinds> kSetNames{"guardian", "sentinel",
                                                                   "resolver"};

struct KeySet {
  std::uint8_t threshold = 0;
  chain::Bytes keys = {};
};
// "2:KEY,KEY,KEY": two of three must sign.
Result<KeySet> parse_set(std::string_view name, std::string_view text) {
  KeySet set;
  const auto colon = text.find(':');
  const auto threshold = text.substr(0, colon);
  const auto read =
      std::from_chars(threshold.data(), threshold.data() + threshold.size(), set.threshold);
  if (colon == std::string_view::npos || threshold.empty() || read.ec != std::errc() ||
      read.ptr != threshold.data() + threshold.size())
    return fail(ErrorCode::InvalidInput,
                fmt::format("--{} \"{}\": expected THRESHOLD:KEY,KEY,... such as 2:A,B,C", name,
                            text.substr(0, 60)));
  for (auto left = text.substr(colon + 1); !left.empty();) {
    const auto comma = left.find(',');
    WARDHIVE_ASSIGN(const auto key, Pubkey::parse(left.substr(0, comma)));
    set.keys.insert(set.keys.end(), key.bytes.begin(), key.bytes.end());
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  return set;
}

struct MintFacts {
  Pubkey token_program;
  unsigned decimals = 0;
};
Result<MintFacts> read_mint(const chain::Rpc& rpc, const Pubkey& mint) {
  WARDHIVE_ASSIGN(const auto account, rpc.account(mint));
  if (!account || account->data.size() < chain::programs::kMintBytes ||
      (account->owner != chain::programs::kToken && account->owner != chain::programs::kToken2022))
    return fail(ErrorCode::InvalidInput,
                mint.text() + " is no mint of a token program on this cluster; check --mint");
  return MintFacts{account->owner, account->data[44]};
}

Result<SwarmInstruction> init_instruction(const InitState& state, const SwarmAddresses& addresses,
                                          const Pubkey& mint, const MintFacts& facts,
                                          const Pubkey& authority) {
  SwarmInstruction init(addresses, InstructionTag::Init);
  Pubkey hook;
  if (!state.hook.empty()) {
    WARDHIVE_ASSIGN(hook, Pubkey::parse(state.hook));
  }
  init.account("authority", authority)
      .account("mint", mint)
      .account("token_program", facts.token_program)
      .key("hook", hook);
  const std::array<std::pair<const char*, const std::string*>, 5> amounts{
      {{"outflow_floor", &state.outflow_floor},
       {"work_cap", &state.work_cap},
       {"provider_min_stake", &state.min_stakes[0]},
       {"user_min_stake", &state.min_stakes[1]},
       {"operator_min_stake", &state.min_stakes[2]}}};
  for (const auto& [name, text] : amounts) {
    WARDHIVE_ASSIGN(const auto units, parse_amount(*text, facts.decimals));
    init.number(name, units);
  }
  return init;
}

Result<std::string> init(const InitState& state) {
  WARDHIVE_ASSIGN(const auto program, Pubkey::parse(state.options.program));
  WARDHIVE_ASSIGN(const auto mint, Pubkey::parse(state.mint));
  std::array<KeySet, swarm::kSetKinds> sets;
  for (std::size_t kind = 0; kind < sets.size(); ++kind) {
    WARDHIVE_ASSIGN(sets[kind], parse_set(kSetNames[kind], state.sets[kind]));
  }
  WARDHIVE_ASSIGN(const auto session, open_session(state.options));
  const SwarmAddresses addresses(program);
  const auto authority = session->payer.pubkey();
  WARDHIVE_ASSIGN(const auto facts, read_mint(session->rpc, mint));
  WARDHIVE_ASSIGN(const auto there, session->rpc.account(addresses.config));
  if (!there) {
    WARDHIVE_ASSIGN(const auto first, init_instruction(state, addresses, mint, facts, authority));
    WARDHIVE_ASSIGN(const auto done, perform(*session, state.options, {{first.build()}}, false));
    (void)done;
  }
  // One after another, from where an earlier call stopped.
  WARDHIVE_ASSIGN(const auto config, chain::read_account<swarm::Config>(
                                         session->rpc, addresses.config, program, "config"));
  if (chain::pubkey_of(config.mint) != mint)
    return fail(ErrorCode::Conflict, fmt::format("the program is set up for the mint {} already",
                                                 chain::pubkey_of(config.mint).text()));
  for (std::uint8_t kind = config.sets; kind < swarm::kSetKinds; ++kind) {
    SwarmInstruction set(addresses, InstructionTag::InitSet);
    set.account("authority", authority)
        .number("kind", kind)
        .number("threshold", sets[kind].threshold)
        .rest("keys", sets[kind].keys);
    WARDHIVE_ASSIGN(const auto done, perform(*session, state.options, {{set.build()}}, false));
    (void)done;
  }
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"program":"{}","config":"{}","mint":"{}","sets":{}}})",
        program.text(), addresses.config.text(), mint.text(), swarm::kSetKinds);
  return fmt::format(
      "program {} is set up for the mint {} with its three key sets; users can "
      "stake once it is sealed",
      program.text(), mint.text());
}

// ---- seal

struct SealState {
  ChainOptions options;
  bool yes = false, dry_run = false;
};
Result<std::string> seal(const SealState& state) {
  WARDHIVE_ASSIGN(const auto program, Pubkey::parse(state.options.program));
  WARDHIVE_ASSIGN(const auto session, open_session(state.options));
  WARDHIVE_ASSIGN(const auto found, chain::read_program(session->rpc, program));
  const SwarmAddresses addresses(program);
  WARDHIVE_ASSIGN(const auto config,
                  chain::read_account<swarm::Config>(session->rpc, addresses.config, program,
                                                     "config (`wardhive chain init` makes it)"));
  if (!state.yes && !state.dry_run)
    return fail(ErrorCode::InvalidInput,
                "sealing cannot be undone: nobody can change the program afterwards, or repair it; "
                "look at it with `wardhive chain verify` and --dry-run, then say --yes");
  // One transaction: if the program refuses, the authority is still there.
  Step step;
  if (found.authority)
    step.instructions.push_back(
        chain::programs::set_upgrade_authority(program, session->payer.pubkey(), std::nullopt));
  step.instructions.push_back(SwarmInstruction(addresses, InstructionTag::Seal)
                                  .account("token_program", chain::pubkey_of(config.token_program))
                                  .build());
  WARDHIVE_ASSIGN(const auto outcome,
                  perform(*session, state.options, std::move(step), state.dry_run));
  const auto signature = outcome.signature ? outcome.signature->text() : std::string();
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"program":"{}","sealed":{},"dry_run":{},"signature":"{}"}})",
        program.text(), outcome.signature.has_value(), state.dry_run, signature);
  return state.dry_run
             ? fmt::format("would seal {}: nobody could change it any more", program.text())
             : fmt::format("program {} is sealed: nobody can change it any more ({})",
                           program.text(), signature);
}

void add_init_command(CLI::App& chain) {
  const auto state = std::make_shared<InitState>();
  auto* command = chain.add_subcommand("init", "set a deployed program up: its mint and key sets");
  add_program(*command, state->options);
  command->add_option("--mint", state->mint, "of the token that is staked")->required();
  command->add_option("--hook", state->hook, "the mint's transfer hook program, if it has one");
  command->add_option("--guardian", state->sets[0], "THRESHOLD:KEY,KEY,...")->required();
  command->add_option("--sentinel", state->sets[1], "THRESHOLD:KEY,KEY,...")->required();
  command->add_option("--resolver", state->sets[2], "THRESHOLD:KEY,KEY,...")->required();
  command->add_option("--outflow-floor", state->outflow_floor, "tokens that may always leave a day")
      ->required();
  command->add_option("--work-cap", state->work_cap, "tokens a day for work, at most")->required();
  command->add_option("--provider-min", state->min_stakes[0], "tokens")->required();
  command->add_option("--user-min", state->min_stakes[1], "tokens")->required();
  command->add_option("--operator-min", state->min_stakes[2], "tokens")->required();
  add_cluster(*command, state->options);
  on_run(*command, state, init);
}

}  // namespace

void add_program_commands(CLI::App& chain) {
  const auto state = std::make_shared<DeployState>();
  auto* command = chain.add_subcommand(
      "deploy", "put a program on the chain; again after a break, goes on where it stopped");
  command->add_option("FILE", state->file, "the program's .so")->required();
  command->add_option("--program-id", state->program_id,
                      "key file of its address (default: FILE-keypair.json, made if missing)");
  command->add_flag("--abandon", state->abandon,
                    "give an unfinished deployment up instead: its SOL comes back");
  add_cluster(*command, state->options);
  on_run(*command, state, deploy);

  add_init_command(chain);

  const auto seal_state = std::make_shared<SealState>();
  command = chain.add_subcommand("seal", "give the upgrade authority up and open it to users");
  add_program(*command, seal_state->options);
  command->add_flag("--yes", seal_state->yes, "yes, for ever");
  command->add_flag("--dry-run", seal_state->dry_run, "only simulate");
  add_cluster(*command, seal_state->options);
  on_run(*command, seal_state, seal);
}

}  // namespace wardhive::cli_chain
