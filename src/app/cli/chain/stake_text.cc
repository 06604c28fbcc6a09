// How stakes and what happens to them are shown.
#include <fmt/format.h>

#include "app/cli/chain/stake.h"

namespace wardhive::cli_chain {
namespace {

std::string sol(std::uint64_t lamports) { return format_amount(lamports, 9) + " SOL"; }

}  // namespace

std::string position_json(const Market& market, const chain::Pubkey& key,
                          const swarm::Position& position, std::optional<std::uint64_t> claimable) {
  return fmt::format(
      R"({{"schema_version":1,"position":"{}","position_id":{},"owner":"{}","nonce":{},"role":"{}","mint":"{}","decimals":{},)"
      R"("staked_units":{},"weight":{},"unlock_at":"{}","unbonding_units":{},"withdrawable_at":{},)"
      R"("bonded_units":{},"at_risk_units":{},"work_claimed_units":{},"rewards_settled_units":{},"rewards_claimable_units":{}}})",
      key.text(), position.id, chain::pubkey_of(position.owner).text(), position.nonce,
      role_name(position.role), market.mint.text(), market.decimals(), position.amount,
      position.weight, date_of(position.lock_end), position.unbonding,
      position.unbonding == 0 ? "null" : "\"" + date_of(position.unbond_end) + "\"",
      position.bonded, position.at_risk, position.work_claimed, position.owed,
      claimable ? std::to_string(*claimable) : "null");
}

std::string position_text(const Market& market, const chain::Pubkey& key,
                          const swarm::Position& position, std::optional<std::uint64_t> claimable) {
  auto text = fmt::format(
      "position {} ({}): {} staked, locked until {}", key.text(), role_name(position.role),
      format_amount(position.amount, market.decimals()), date_of(position.lock_end));
  if (position.unbonding != 0)
    text += fmt::format("\n  {} unbonding, to be withdrawn from {}",
                        format_amount(position.unbonding, market.decimals()),
                        date_of(position.unbond_end));
  if (position.bonded != 0)
    text += fmt::format("\n  {} of it stand for nodes",
                        format_amount(position.bonded, market.decimals()));
  if (position.at_risk != 0)
    text += fmt::format("\n  {} claimed by incidents (`wardhive chain incident list --accused {}`)",
                        format_amount(position.at_risk, market.decimals()),
                        chain::pubkey_of(position.owner).text());
  if (claimable)
    text +=
        fmt::format("\n  {} of rewards to claim now", format_amount(*claimable, market.decimals()));
  return text;
}

std::string to_json_text(const Account& account) {
  const auto& effects = account.effects;
  return fmt::format(
      R"({{"schema_version":1,"command":"{}","dry_run":{},"signature":{},"tokens_out_units":{},"tokens_in_units":{},)"
      R"("new_authorities":{},"maximum_loss_units":{},"fee_lamports":{},"rent_lamports":{},"compute_unit_limit":{},"position":{}}})",
      account.did, !account.outcome.signature.has_value(),
      account.outcome.signature ? "\"" + account.outcome.signature->text() + "\"" : "null",
      effects.tokens_out, effects.tokens_in, to_json(effects.new_authorities), effects.loss_max,
      account.outcome.fee_lamports, effects.rent_lamports, account.outcome.units_limit,
      effects.after ? position_json(account.market, account.position, *effects.after, std::nullopt)
                    : "null");
}

std::string to_text(const Account& account) {
  const auto& effects = account.effects;
  const auto tokens = [&](std::uint64_t units) {
    return format_amount(units, account.market.decimals());
  };
  const bool done = account.outcome.signature.has_value();
  auto text = fmt::format("{}{}: {} tokens out, {} in; fee {}", done ? "" : "would ", account.did,
                          tokens(effects.tokens_out), tokens(effects.tokens_in),
                          sol(account.outcome.fee_lamports));
  if (effects.rent_lamports != 0)
    text +=
        fmt::format(", rent {} (comes back when the account closes)", sol(effects.rent_lamports));
  if (effects.after)
    text += "\n" + position_text(account.market, account.position, *effects.after, std::nullopt);
  else if (effects.before)
    text += fmt::format("\nposition {} closes", account.position.text());
  text += "\nnew authorities: ";
  text += effects.new_authorities.empty()
              ? "none"
              : fmt::format("{}", fmt::join(effects.new_authorities, ", "));
  text += fmt::format("\nmaximum loss: {} tokens and the fee", tokens(effects.loss_max));
  if (done) text += "\nsigned and confirmed: " + account.outcome.signature->text();
  return text;
}

}  // namespace wardhive::cli_chain
