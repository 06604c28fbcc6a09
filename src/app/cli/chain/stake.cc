#include "app/cli/chain/stake.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "chain/pda.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;

constexpr std::size_t kWallet = 1, kPosition = 2;  // in watched(); the signer is 0

// Fields of a token account (spl-token state.rs); Token-2022 keeps them in the same places.
struct TokenState {
  Pubkey mint = {}, owner = {};
  std::uint64_t amount = 0;
  std::optional<Pubkey> delegate = {}, close_authority = {};
};
Pubkey key_at(const chain::Bytes& data, std::size_t at) {
  Pubkey key;
  std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(at), key.bytes.size(), key.bytes.begin());
  return key;
}
std::optional<TokenState> token_state(const std::optional<chain::Account>& account) {
  if (!account || account->data.size() < chain::programs::kTokenAccountBytes) return std::nullopt;
  const auto& data = account->data;
  TokenState state{.mint = key_at(data, 0), .owner = key_at(data, 32)};
  std::memcpy(&state.amount, data.data() + 64, sizeof state.amount);
  if (data[72] != 0) state.delegate = key_at(data, 76);
  if (data[129] != 0) state.close_authority = key_at(data, 133);
  return state;
}

std::optional<swarm::Position> position_in(const std::optional<chain::Account>& account,
                                           const Pubkey& program) {
  if (!account || account->owner != program) return std::nullopt;
  const auto position = chain::decode_account<swarm::Position>(account->data, "position");
  return position ? std::optional(*position) : std::nullopt;
}

std::uint64_t principal_of(const std::optional<swarm::Position>& position) {
  return position ? position->amount + position->unbonding : 0;
}

void compare_tokens(const TokenState& before, const TokenState& after, Effects& effects) {
  effects.tokens_out = before.amount > after.amount ? before.amount - after.amount : 0;
  effects.tokens_in = after.amount > before.amount ? after.amount - before.amount : 0;
  const auto changed = [&](std::string_view what, const std::optional<Pubkey>& was,
                           const std::optional<Pubkey>& is) {
    if (is && is != was)
      effects.new_authorities.push_back(
          fmt::format("{} of the token account: {}", what, is->text()));
  };
  changed("owner", before.owner, after.owner);
  changed("delegate", before.delegate, after.delegate);
  changed("close authority", before.close_authority, after.close_authority);
}

std::uint64_t lamports_of(const std::optional<chain::Account>& account) {
  return account ? account->lamports : 0;
}

}  // namespace

Result<Market> read_market(const chain::Rpc& rpc, const std::string& text) {
  WARDHIVE_ASSIGN(const auto program, Pubkey::parse(text));
  const chain::SwarmAddresses addresses(program);
  WARDHIVE_ASSIGN(const auto config,
                  chain::read_account<swarm::Config>(rpc, addresses.config, program, "config"));
  if (config.has_hook != 0)
    return fail(ErrorCode::Unsupported,
                fmt::format("the mint {} has a transfer hook, whose accounts this wardhive cannot "
                            "gather yet",
                            chain::pubkey_of(config.mint).text()));
  return Market{addresses, config, chain::pubkey_of(config.mint),
                chain::pubkey_of(config.token_program)};
}

Result<Wallet> find_wallet(const chain::Rpc& rpc, const Market& market, const Pubkey& owner,
                           const std::string& named) {
  Wallet wallet{.key = chain::associated_token_address(owner, market.mint, market.token_program)};
  if (!named.empty()) {
    WARDHIVE_ASSIGN(wallet.key, Pubkey::parse(named));
  }
  WARDHIVE_ASSIGN(const auto account, rpc.account(wallet.key));
  if (!account && named.empty()) {
    wallet.missing = true;
    return wallet;
  }
  const auto state = token_state(account);
  if (!state || account->owner != market.token_program || state->mint != market.mint)
    return fail(ErrorCode::InvalidInput, fmt::format("{} is no token account of the mint {}",
                                                     wallet.key.text(), market.mint.text()));
  if (state->owner != owner)
    return fail(ErrorCode::InvalidInput,
                fmt::format("the token account {} belongs to {}, not to {}", wallet.key.text(),
                            state->owner.text(), owner.text()));
  return wallet;
}

std::vector<Pubkey> watched(const Pubkey& signer, const Pubkey& wallet, const Pubkey& position) {
  return {signer, wallet, position};
}

Effects effects_of(const Outcome& outcome, const Pubkey& program) {
  Effects effects;
  const auto& before = outcome.before;
  const auto& after = outcome.after;
  effects.before = position_in(before[kPosition], program);
  effects.after = position_in(after[kPosition], program);
  const auto tokens_before = token_state(before[kWallet]);
  if (const auto tokens_after = token_state(after[kWallet])) {
    // One that is made now starts as its owner's and empty.
    const auto start = tokens_before.value_or(
        TokenState{.mint = tokens_after->mint, .owner = tokens_after->owner});
    compare_tokens(start, *tokens_after, effects);
  } else if (tokens_before) {
    effects.tokens_out = tokens_before->amount;
    effects.new_authorities.push_back("the token account is closed");
  }
  if (before[0] && after[0] && before[0]->owner != after[0]->owner)
    effects.new_authorities.push_back("owner of the wallet: " + after[0]->owner.text());
  for (const auto i : {kWallet, kPosition}) {
    const auto was = lamports_of(before[i]), is = lamports_of(after[i]);
    effects.rent_lamports += is > was ? is - was : 0;
  }
  const auto mine_before = principal_of(effects.before) + effects.tokens_out;
  const auto mine_after = principal_of(effects.after) + effects.tokens_in;
  effects.loss_max = mine_before > mine_after ? mine_before - mine_after : 0;
  return effects;
}

std::string_view role_name(std::uint8_t role) {
  static constexpr std::array<std::string_view, swarm::kRoles> kNames{"provider", "user",
                                                                      "operator"};
  return role < kNames.size() ? kNames[role] : "?";
}

std::string date_of(std::uint64_t unix_seconds) {
  // What a position holds is the chain's clock plus at most four years; more is damage.
  constexpr std::uint64_t kYear2200 = 7'258'118'400;
  return format_rfc3339(instant_from_ns(
      static_cast<std::int64_t>(std::min(unix_seconds, kYear2200)) * 1'000'000'000));
}

}  // namespace wardhive::cli_chain
