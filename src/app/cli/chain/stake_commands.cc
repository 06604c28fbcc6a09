// chain stake, unstake, withdraw, refresh, claim, fund: each one transaction with one signer.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/chain/stake.h"
#include "app/cli/chain/user.h"
#include "app/cli/chain/whole.h"
#include "app/cli/cli.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using chain::SwarmInstruction;
using swarm::InstructionTag;

struct StakeState {
  ChainOptions options;
  std::string amount, lock, role, source = "wallet", token_account, position;
  std::uint64_t nonce = 0;
  bool work = false, dry_run = false;
};

// A command's view of the chain, read once.
struct Scene {
  std::unique_ptr<Session> session;
  Market market;
  Pubkey owner, position;
  std::optional<swarm::Position> stake;

  SwarmInstruction instruction(InstructionTag tag) const {
    return SwarmInstruction(market.addresses, tag);
  }
};
Result<Scene> open_scene(const StakeState& state) {
  WARDHIVE_ASSIGN(auto session, open_session(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(session->rpc, state.options.program));
  const auto owner = session->payer.pubkey();
  auto position = market.addresses.position(owner, state.nonce);
  if (!state.position.empty()) {
    WARDHIVE_ASSIGN(position, Pubkey::parse(state.position));
  }
  WARDHIVE_ASSIGN(const auto account, session->rpc.account(position));
  std::optional<swarm::Position> stake;
  if (account) {
    WARDHIVE_TRY(chain::check_owner(account, position, market.addresses.program, "position"));
    WARDHIVE_ASSIGN(stake, chain::decode_account<swarm::Position>(account->data, "position"));
  }
  return Scene{std::move(session), market, owner, position, stake};
}
Result<Scene> open_scene_with_stake(const StakeState& state) {
  WARDHIVE_ASSIGN(auto scene, open_scene(state));
  if (!scene.stake)
    return chain::fault(
        ErrorCode::NotFound, "no_position",
        fmt::format("{} has no position number {} here (`wardhive chain position list` shows "
                    "all; `wardhive chain stake` opens one)",
                    scene.owner.text(), state.nonce));
  return scene;
}

// Simulates, signs, sends, and tells what it did.
Result<std::string> finish(const StakeState& state, const Scene& scene, std::string_view did,
                           Step step, const Pubkey& wallet) {
  step.watch = watched(scene.owner, wallet, scene.position);
  WARDHIVE_ASSIGN(const auto outcome,
                  perform(*scene.session, state.options, std::move(step), state.dry_run));
  const auto effects = effects_of(outcome, scene.market.addresses.program);
  const Account account{did, scene.market, scene.position, outcome, effects};
  return state.options.json ? to_json_text(account) : to_text(account);
}

// "ALL" is what there is.
Result<std::uint64_t> amount_of(const StakeState& state, const Market& market, std::uint64_t all) {
  if (state.amount == "ALL") return all;
  return parse_amount(state.amount, market.decimals());
}

// 0 where the option was not given.
Result<std::uint32_t> seconds_of(const std::string& text, std::string_view option) {
  if (text.empty()) return 0u;
  return whole_seconds(text, option);
}

// ---- stake

Result<SwarmInstruction> open_instruction(const StakeState& state, const Scene& scene,
                                          std::uint64_t amount, std::uint32_t lock) {
  std::uint8_t role = 0;
  while (role < swarm::kRoles && role_name(role) != state.role) ++role;
  if (role == swarm::kRoles || state.lock.empty())
    return fail(ErrorCode::InvalidInput,
                "a new position needs --role (provider, user, operator) and --lock (such as 90d)");
  if (state.source != "wallet")
    return fail(ErrorCode::InvalidInput,
                "a new position is staked from the wallet; --source is for one that exists");
  return scene.instruction(InstructionTag::OpenPosition)
      .number("role", role)
      .number("nonce", state.nonce)
      .number("amount", amount)
      .number("lock", lock);
}

Result<SwarmInstruction> add_instruction(const StakeState& state, const Scene& scene,
                                         std::uint64_t amount, std::uint32_t lock) {
  if (!state.role.empty() && state.role != role_name(scene.stake->role))
    return fail(ErrorCode::Conflict,
                fmt::format("position number {} is a {}'s; another role needs another --nonce",
                            state.nonce, role_name(scene.stake->role)));
  const auto source = state.source == "rewards"     ? swarm::Source::Rewards
                      : state.source == "unbonding" ? swarm::Source::Unbonding
                                                    : swarm::Source::Wallet;
  return scene.instruction(InstructionTag::AddStake)
      .number("source", static_cast<std::uint64_t>(source))
      .number("amount", amount)
      .number("lock", lock);
}

Result<std::string> stake(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto lock, seconds_of(state.lock, "--lock"));
  WARDHIVE_ASSIGN(const auto scene, open_scene(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, state.token_account));
  if (wallet.missing)
    return chain::fault(ErrorCode::NotFound, "no_tokens",
                        fmt::format("{} has no account of the token {}; get some first, or name "
                                    "the account with --from",
                                    scene.owner.text(), scene.market.mint.text()));
  WARDHIVE_ASSIGN(const auto amount, parse_amount(state.amount, scene.market.decimals()));
  WARDHIVE_ASSIGN(auto instruction, scene.stake ? add_instruction(state, scene, amount, lock)
                                                : open_instruction(state, scene, amount, lock));
  const bool from_rewards = scene.stake && state.source == "rewards";
  instruction.account("owner", scene.owner)
      .account("position", scene.position)
      .account("from", from_rewards ? scene.market.addresses.reward_vault : wallet.key)
      .account("mint", scene.market.mint)
      .account("token_program", scene.market.token_program);
  return finish(state, scene, "stake", {{instruction.build()}}, wallet.key);
}

// ---- unstake, withdraw, refresh

Result<std::string> unstake(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto scene, open_scene_with_stake(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, ""));
  WARDHIVE_ASSIGN(const auto amount, amount_of(state, scene.market, scene.stake->amount));
  const auto instruction = scene.instruction(InstructionTag::RequestUnstake)
                               .account("owner", scene.owner)
                               .account("position", scene.position)
                               .number("amount", amount)
                               .build();
  return finish(state, scene, "unstake", {{instruction}}, wallet.key);
}

// What pays into the signer's wallet makes it first where it is missing.
Step into_wallet(const Scene& scene, const Wallet& wallet) {
  Step step;
  if (wallet.missing)
    step.instructions.push_back(chain::programs::create_associated_token(
        scene.owner, scene.owner, scene.market.mint, scene.market.token_program));
  return step;
}

Result<std::string> withdraw(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto scene, open_scene_with_stake(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, state.token_account));
  WARDHIVE_ASSIGN(const auto amount, amount_of(state, scene.market, scene.stake->unbonding));
  auto step = into_wallet(scene, wallet);
  step.instructions.push_back(scene.instruction(InstructionTag::Withdraw)
                                  .account("owner", scene.owner)
                                  .account("position", scene.position)
                                  .account("to", wallet.key)
                                  .account("rent_to", chain::pubkey_of(scene.stake->rent_to))
                                  .account("mint", scene.market.mint)
                                  .account("token_program", scene.market.token_program)
                                  .number("amount", amount)
                                  .build());
  return finish(state, scene, "withdraw", std::move(step), wallet.key);
}

Result<std::string> refresh(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto scene, open_scene_with_stake(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, ""));
  const auto instruction =
      scene.instruction(InstructionTag::Refresh).account("position", scene.position).build();
  return finish(state, scene, "refresh", {{instruction}}, wallet.key);
}

// ---- rewards

Result<std::string> claim(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto scene, open_scene_with_stake(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, state.token_account));
  auto step = into_wallet(scene, wallet);
  step.instructions.push_back(scene.instruction(InstructionTag::Claim)
                                  .account("owner", scene.owner)
                                  .account("position", scene.position)
                                  .account("to", wallet.key)
                                  .account("mint", scene.market.mint)
                                  .account("token_program", scene.market.token_program)
                                  .build());
  return finish(state, scene, "claim", std::move(step), wallet.key);
}

Result<std::string> fund(const StakeState& state) {
  WARDHIVE_ASSIGN(const auto duration, seconds_of(state.lock, "--duration"));
  if (state.work == (duration != 0))
    return fail(ErrorCode::InvalidInput,
                "say either --duration for the stream (such as 30d) or --work");
  WARDHIVE_ASSIGN(const auto scene, open_scene(state));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(scene.session->rpc, scene.market, scene.owner, state.token_account));
  WARDHIVE_ASSIGN(const auto amount, parse_amount(state.amount, scene.market.decimals()));
  const auto& addresses = scene.market.addresses;
  const auto purse = state.work ? swarm::Purse::Work : swarm::Purse::Stream;
  const auto instruction = scene.instruction(InstructionTag::Fund)
                               .account("payer", scene.owner)
                               .account("purse", state.work ? addresses.work : addresses.pool)
                               .account("from", wallet.key)
                               .account("mint", scene.market.mint)
                               .account("token_program", scene.market.token_program)
                               .number("purse", static_cast<std::uint64_t>(purse))
                               .number("amount", amount)
                               .number("seconds", duration)
                               .build();
  return finish(state, scene, "fund", {{instruction}}, wallet.key);
}

// ---- the tree

using Action = Result<std::string> (*)(const StakeState&);

CLI::App* add(CLI::App& chain, const char* name, const char* what, Action action,
              const std::shared_ptr<StakeState>& state) {
  auto* command = chain.add_subcommand(name, what);
  add_program(*command, state->options);
  command->add_flag("--dry-run", state->dry_run,
                    "only simulate: exact tokens, dates, new authorities, maximum loss");
  add_cluster(*command, state->options);
  on_run(*command, state, action);
  return command;
}
void add_nonce(CLI::App& command, const std::shared_ptr<StakeState>& state) {
  command.add_option("--nonce", state->nonce, "number of the owner's position (default 0)")
      ->check(whole());
}

}  // namespace

void add_stake_command(CLI::App& parent, const char* name) {
  const auto state = std::make_shared<StakeState>();
  auto* command = add(parent, name, "open a position, or add to it", stake, state);
  command->add_option("AMOUNT", state->amount, "tokens; 0 with --lock only extends the lock")
      ->required();
  command->add_option("--role", state->role, "of a new position: provider, user or operator")
      ->check(CLI::IsMember({"provider", "user", "operator"}));
  command->add_option("--lock", state->lock, "for how long from now, such as 90d");
  command->add_option("--source", state->source, "wallet (default), rewards or unbonding")
      ->check(CLI::IsMember({"wallet", "rewards", "unbonding"}));
  command->add_option("--from", state->token_account,
                      "token account (default: the associated one)");
  add_nonce(*command, state);
}

void add_leaving_commands(CLI::App& parent) {
  const auto leaving = std::make_shared<StakeState>();
  auto* command =
      add(parent, "unstake", "start unbonding, once the lock is over", unstake, leaving);
  command->add_option("AMOUNT", leaving->amount, "tokens, or ALL")->required();
  add_nonce(*command, leaving);

  const auto out = std::make_shared<StakeState>();
  out->amount = "ALL";
  command = add(parent, "withdraw", "take out what has unbonded", withdraw, out);
  command->add_option("AMOUNT", out->amount, "tokens, or ALL (default)");
  command->add_option("--to", out->token_account, "token account (default: the associated one)");
  add_nonce(*command, out);

  const auto weight = std::make_shared<StakeState>();
  command =
      add(parent, "refresh", "lower a position's weight once its lock is over", refresh, weight);
  command->add_option("--position", weight->position, "anybody's (default: the one of --nonce)");
  add_nonce(*command, weight);
}

void add_claim_command(CLI::App& parent) {
  const auto earned = std::make_shared<StakeState>();
  auto* command = add(parent, "claim", "pay out the rewards earned so far", claim, earned);
  command->add_option("--to", earned->token_account, "token account (default: the associated one)");
  add_nonce(*command, earned);
}

void add_stake_commands(CLI::App& chain) {
  add_stake_command(chain, "stake");
  add_leaving_commands(chain);
  add_claim_command(chain);

  const auto gift = std::make_shared<StakeState>();
  auto* command =
      add(chain, "fund", "pay rewards in: a stream for stakers, or for work", fund, gift);
  command->add_option("AMOUNT", gift->amount, "tokens")->required();
  command->add_option("--duration", gift->lock, "of the stream, such as 30d");
  command->add_flag("--work", gift->work, "for work instead");
  command->add_option("--from", gift->token_account, "token account (default: the associated one)");
}

}  // namespace wardhive::cli_chain
