// chain token create, token mint, warp: what a network for trying things out needs.
#include <fmt/format.h>

#include "app/cli/chain/chain.h"
#include "app/cli/cli.h"
#include "chain/pda.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

namespace programs = chain::programs;

struct TokenState {
  ChainOptions options;
  std::string supply, mint, owner;
  unsigned decimals = 6;
};
Result<std::string> create(const TokenState& state) {
  WARDHIVE_ASSIGN(const auto units, parse_amount(state.supply, state.decimals));
  WARDHIVE_ASSIGN(const auto session, open_session(state.options));
  const auto owner = session->payer.pubkey();
  const auto mint = chain::Keypair::generate();  // not needed again: the owner is its authority
  const auto account = chain::associated_token_address(owner, mint.pubkey(), programs::kToken);
  WARDHIVE_ASSIGN(const auto rent, session->rpc.rent_exempt_minimum(programs::kMintBytes));
  Step step;
  step.signers = {&mint};
  step.instructions = {
      programs::create_account(owner, mint.pubkey(), rent, programs::kMintBytes, programs::kToken),
      programs::initialize_mint(mint.pubkey(), static_cast<std::uint8_t>(state.decimals), owner,
                                programs::kToken),
      programs::create_associated_token(owner, owner, mint.pubkey(), programs::kToken),
      programs::mint_to(mint.pubkey(), account, owner, units, programs::kToken)};
  WARDHIVE_ASSIGN(const auto outcome, perform(*session, state.options, std::move(step), false));
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"mint":"{}","token_account":"{}","supply_units":{},"decimals":{},"signature":"{}"}})",
        mint.pubkey().text(), account.text(), units, state.decimals, outcome.signature->text());
  return fmt::format("mint {}: {} tokens in {}", mint.pubkey().text(), state.supply,
                     account.text());
}

// More of a token, by its mint authority, into somebody's associated account.
Result<std::string> mint_more(const TokenState& state) {
  constexpr std::size_t kDecimals = 44;  // in a mint (spl-token state.rs)
  WARDHIVE_ASSIGN(const auto mint, chain::Pubkey::parse(state.mint));
  WARDHIVE_ASSIGN(const auto owner, chain::Pubkey::parse(state.owner));
  WARDHIVE_ASSIGN(const auto session, open_session(state.options));
  WARDHIVE_ASSIGN(const auto account, session->rpc.account(mint));
  if (!account || account->owner != programs::kToken ||
      account->data.size() != programs::kMintBytes)
    return fail(ErrorCode::InvalidInput, mint.text() + " is no mint of the Token program");
  WARDHIVE_ASSIGN(const auto units, parse_amount(state.supply, account->data[kDecimals]));
  const auto payer = session->payer.pubkey();
  const auto to = chain::associated_token_address(owner, mint, programs::kToken);
  Step step;
  step.instructions = {programs::create_associated_token(payer, owner, mint, programs::kToken),
                       programs::mint_to(mint, to, payer, units, programs::kToken)};
  WARDHIVE_ASSIGN(const auto outcome, perform(*session, state.options, std::move(step), false));
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"mint":"{}","token_account":"{}","units":{},"signature":"{}"}})",
        mint.text(), to.text(), units, outcome.signature->text());
  return fmt::format("{} tokens to {}", state.supply, to.text());
}

struct WarpState {
  ChainOptions options;
  std::string duration;
};
// Locks are over in seconds and in slots, both, so both clocks go on.
Result<std::string> warp(const WarpState& state) {
  WARDHIVE_ASSIGN(const auto duration, parse_duration(state.duration));
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  const auto whole = duration / seconds(1);
  WARDHIVE_ASSIGN(
      const auto answer,
      rpc.call("devchain_warp", fmt::format(R"([{{"seconds":{0},"slots":{0}}}])", whole)));
  WARDHIVE_ASSIGN(const auto slot, rpc.slot());
  if (state.options.json)
    return fmt::format(R"({{"schema_version":1,"seconds":{},"slot":{}}})", whole, slot);
  return fmt::format("{} later (slot {})", state.duration, slot);
}

}  // namespace

void add_token_commands(CLI::App& chain) {
  auto* token = chain.add_subcommand("token", "a token of your own, for trying things out");
  token->require_subcommand(1);
  const auto made = std::make_shared<TokenState>();
  auto* command = token->add_subcommand(
      "create", "a mint that nobody can freeze, and all its tokens in your wallet");
  command->add_option("SUPPLY", made->supply, "tokens")->required();
  command->add_option("--decimals", made->decimals, "of one token (default 6)")
      ->check(CLI::Range(0, 9));
  add_cluster(*command, made->options);
  on_run(*command, made, create);

  const auto more = std::make_shared<TokenState>();
  command = token->add_subcommand("mint", "more of a token, for somebody; by its mint authority");
  command->add_option("AMOUNT", more->supply, "tokens")->required();
  command->add_option("OWNER", more->owner, "who gets them, in the associated account")->required();
  command->add_option("--mint", more->mint, "the token")->required();
  add_cluster(*command, more->options);
  on_run(*command, more, mint_more);

  const auto later = std::make_shared<WarpState>();
  command = chain.add_subcommand("warp", "let time pass on a development chain");
  command->add_option("DURATION", later->duration, "such as 30d")->required();
  add_cluster(*command, later->options);
  on_run(*command, later, warp);
}

}  // namespace wardhive::cli_chain
