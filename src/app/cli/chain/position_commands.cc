// chain position show, list: what somebody has at stake.
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

struct PositionState {
  ChainOptions options;
  std::string owner, address;
  std::uint64_t nonce = 0;
};

Result<Pubkey> owner_of(const PositionState& state) {
  if (!state.owner.empty()) return Pubkey::parse(state.owner);
  WARDHIVE_ASSIGN(const auto pair, chain::Keypair::load(keypair_path(state.options)));
  return pair.pubkey();
}

// What a claim would pay now: the program itself is asked, in a simulation that needs no key.
// Empty if it would refuse (not sealed, paused, an owner without SOL).
std::optional<std::uint64_t> claimable(const chain::Rpc& rpc, const Market& market,
                                       const Pubkey& key, const swarm::Position& position) {
  const auto owner = chain::pubkey_of(position.owner);
  const auto wallet = find_wallet(rpc, market, owner, "");
  if (!wallet) return std::nullopt;
  chain::Plan plan{.payer = owner};
  plan.instructions.push_back(
      chain::programs::create_associated_token(owner, owner, market.mint, market.token_program));
  plan.instructions.push_back(
      chain::SwarmInstruction(market.addresses, swarm::InstructionTag::Claim)
          .account("owner", owner)
          .account("position", key)
          .account("to", wallet->key)
          .account("mint", market.mint)
          .account("token_program", market.token_program)
          .build());
  const auto watch = watched(owner, wallet->key, key);
  auto before = rpc.accounts(watch);
  auto prepared = chain::prepare(rpc, plan, watch);
  if (!before || !prepared) return std::nullopt;
  const Outcome outcome{.before = std::move(*before),
                        .after = std::move(prepared->simulation.accounts)};
  return effects_of(outcome, market.addresses.program).tokens_in;
}

Result<std::string> show(const PositionState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  Pubkey key;
  if (state.address.empty()) {
    WARDHIVE_ASSIGN(const auto owner, owner_of(state));
    key = market.addresses.position(owner, state.nonce);
  } else {
    WARDHIVE_ASSIGN(key, Pubkey::parse(state.address));
  }
  WARDHIVE_ASSIGN(const auto position, chain::read_account<swarm::Position>(
                                           rpc, key, market.addresses.program, "position"));
  const auto now = claimable(rpc, market, key, position);
  return state.options.json ? position_json(market, key, position, now)
                            : position_text(market, key, position, now);
}

Result<std::string> list(const PositionState& state) {
  WARDHIVE_ASSIGN(const auto owner, owner_of(state));
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  const std::array filters{
      chain::Filter{0, {static_cast<std::uint8_t>(swarm::AccountTag::Position)}},
      chain::Filter{16, {owner.bytes.begin(), owner.bytes.end()}}};
  WARDHIVE_ASSIGN(auto found, rpc.program_accounts(market.addresses.program, filters));
  std::ranges::sort(found, {}, &chain::KeyedAccount::key);
  std::string text;
  for (const auto& [key, account] : found) {
    WARDHIVE_ASSIGN(const auto position,
                    chain::decode_account<swarm::Position>(account.data, "position"));
    if (!text.empty()) text += state.options.json ? "," : "\n";
    text += state.options.json ? position_json(market, key, position, std::nullopt)
                               : position_text(market, key, position, std::nullopt);
  }
  if (state.options.json) return "[" + text + "]";
  return text.empty() ? owner.text() + " has nothing at stake here" : text;
}

void add(CLI::App& parent, const char* name, const char* what,
         Result<std::string> (*action)(const PositionState&), bool one) {
  const auto state = std::make_shared<PositionState>();
  auto* command = parent.add_subcommand(name, what);
  if (one) {
    command->add_option("POSITION", state->address, "its address (default: by owner and --nonce)");
    command->add_option("--nonce", state->nonce, "number of the owner's position (default 0)")
        ->check(whole());
  }
  command->add_option("--owner", state->owner, "whose (default: that of --keypair)");
  add_program(*command, state->options);
  add_cluster(*command, state->options);
  on_run(*command, state, action);
}

}  // namespace

void add_position_readers(CLI::App& parent) {
  add(parent, "show", "one position, and what a claim would pay now", show, true);
  add(parent, "list", "all positions of an owner", list, false);
}

void add_position_commands(CLI::App& chain) {
  auto* position = chain.add_subcommand("position", "what somebody has at stake");
  position->require_subcommand(1);
  add_position_readers(*position);
}

}  // namespace wardhive::cli_chain
