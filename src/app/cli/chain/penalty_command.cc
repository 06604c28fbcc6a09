// wardhive penalty-estimate: what a stake could lose, from what the chain says now; and the
// commands for people at the top of the tree.
#include <fmt/format.h>

#include "app/cli/chain/incident.h"
#include "app/cli/chain/market.h"
#include "app/cli/chain/user.h"
#include "chain/market.h"
#include "chain/penalty.h"

namespace wardhive::cli_chain {
namespace {

using chain::Penalty;
using chain::Pubkey;

constexpr unsigned kPercentDecimals = 2;  // of a share: bps

// All that an estimate is made of, read once; nothing is signed.
struct Estimate {
  Market market;
  Pubkey position_key = {};
  swarm::Position position = {};
  std::optional<Pubkey> node = {};
  std::uint64_t served_rate = 0;  // token units a second of the leases that the node serves
  std::uint16_t slashable_bps = 0;
  chain::SlashBudget budget = {};
  std::vector<Penalty> penalties = {};
};

template <class T>
Result<T> read(const chain::Rpc& rpc, const Market& market, const Pubkey& key,
               std::string_view name) {
  return chain::read_account<T>(rpc, key, market.addresses.program, name);
}

// A node stands for the position that is bonded for it.
Status read_target(const MarketState& state, const chain::Rpc& rpc, Estimate& estimate) {
  const auto& market = estimate.market;
  WARDHIVE_ASSIGN(estimate.position_key, Pubkey::parse(state.target));
  const auto node = read<swarm::Node>(rpc, market, estimate.position_key, "node");
  if (node) {
    estimate.node = estimate.position_key;
    estimate.position_key = chain::pubkey_of(node->position);
    WARDHIVE_ASSIGN(const auto leases,
                    chain::leases_served_by(rpc, market.addresses.program, *estimate.node));
    for (const auto& [key, lease] : leases) estimate.served_rate += lease.seats[lease.seat].rate;
  } else if (node.error().code != ErrorCode::InvalidInput) {
    return std::unexpected(node.error());  // it is not there, or the endpoint does not answer
  }
  WARDHIVE_ASSIGN(estimate.position,
                  read<swarm::Position>(rpc, market, estimate.position_key, "node or position"));
  return {};
}

// What was asked for, else each category at its cap.
Result<std::vector<Penalty>> penalties_of(const MarketState& state, const Estimate& estimate) {
  const auto operator_min =
      estimate.market.config.roles[static_cast<std::size_t>(swarm::Role::NetworkOperator)]
          .min_stake;
  std::vector<Penalty> penalties;
  for (std::uint8_t category = 0; category < swarm::kCategories; ++category) {
    if (!state.category.empty() && chain::category_name(category) != state.category) continue;
    auto bps = swarm::kCategoryBps[category];
    if (!state.claim.empty()) {
      WARDHIVE_ASSIGN(const auto wanted, claim_in_bps(state.claim));
      if (wanted > bps && !state.category.empty())
        return chain::fault(
            ErrorCode::InvalidInput, "claim_too_large",
            fmt::format("--claim {}: an accusation of {} may claim at most {} %", state.claim,
                        state.category, format_amount(bps, kPercentDecimals)));
      bps = std::min(bps, wanted);
    }
    penalties.push_back(chain::penalty_of(estimate.position, operator_min, category, bps,
                                          estimate.node.has_value()));
  }
  return penalties;
}

std::string to_json_text(const Estimate& estimate) {
  std::string rows;
  for (const auto& one : estimate.penalties) {
    if (!rows.empty()) rows += ",";
    rows += fmt::format(
        R"({{"category":"{}","claim_bps":{},"loss_units":{},"tenants_units":{},"comes_back_units":{},"burned_units":{},)"
        R"("accuser_bond_units":{},"dispute_seconds":{}}})",
        chain::category_name(one.category), one.bps, one.loss, one.split.tenants,
        one.split.comes_back, one.split.burned, one.bond, one.dispute_seconds);
  }
  const auto& position = estimate.position;
  return fmt::format(
      R"({{"schema_version":1,"position":"{}","node":{},"staked_units":{},"unbonding_units":{},"at_risk_units":{},)"
      R"("base_units":{},"penalties":[{}],"slashable_bps":{},"network_budget_units":{},"network_budget_left_units":{},)"
      R"("unpaid_units_per_hour_of_quarantine":{}}})",
      estimate.position_key.text(),
      estimate.node ? "\"" + estimate.node->text() + "\"" : std::string("null"), position.amount,
      position.unbonding, position.at_risk, estimate.penalties.front().base, rows,
      estimate.slashable_bps, estimate.budget.cap, estimate.budget.left,
      estimate.served_rate * swarm::kHour);
}

std::string to_text(const Estimate& estimate) {
  const auto tokens = [&](std::uint64_t units) {
    return format_amount(units, estimate.market.decimals());
  };
  const auto& position = estimate.position;
  auto text = fmt::format(
      "position {}: {} staked + {} unbonding - {} claimed by incidents already = {} tokens that an "
      "accusation may count on",
      estimate.position_key.text(), tokens(position.amount), tokens(position.unbonding),
      tokens(position.at_risk), tokens(estimate.penalties.front().base));
  for (const auto& one : estimate.penalties)
    text += fmt::format(
        "\n  {}: {} % = {} tokens: {} to tenants, {} may come back over 30 days, {} burned; {} "
        "hours "
        "to dispute; the accuser answers with {}",
        chain::category_name(one.category), format_amount(one.bps, kPercentDecimals),
        tokens(one.loss), tokens(one.split.tenants), tokens(one.split.comes_back),
        tokens(one.split.burned), one.dispute_seconds / swarm::kHour, tokens(one.bond));
  text += fmt::format(
      "\n  however many there are: {} % more can be taken of this position now (60 % in two "
      "windows "
      "of 30 days)",
      format_amount(estimate.slashable_bps, kPercentDecimals));
  text += fmt::format(
      "\n  of all positions together {} tokens a day can be taken, {} of them still today; a "
      "larger "
      "one waits for an empty day",
      tokens(estimate.budget.cap), tokens(estimate.budget.left));
  if (estimate.node)
    text += fmt::format(
        "\n  quarantine takes nothing; while it lasts the leases served now do not pay: {} tokens "
        "an "
        "hour",
        tokens(estimate.served_rate * swarm::kHour));
  return text + "\n  rewards and what leases have paid are never taken";
}

Result<std::string> estimate(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  Estimate estimate{.market = market};
  WARDHIVE_TRY(read_target(state, rpc, estimate));
  WARDHIVE_ASSIGN(const auto fleet,
                  read<swarm::Fleet>(rpc, market, market.addresses.fleet, "fleet"));
  WARDHIVE_ASSIGN(const auto pool, read<swarm::Pool>(rpc, market, market.addresses.pool, "pool"));
  WARDHIVE_ASSIGN(const auto now, chain::chain_time(rpc));
  estimate.slashable_bps = chain::slashable_bps(estimate.position, now);
  estimate.budget = chain::slash_budget(fleet, pool, now);
  WARDHIVE_ASSIGN(estimate.penalties, penalties_of(state, estimate));
  return state.options.json ? to_json_text(estimate) : to_text(estimate);
}

}  // namespace

void add_penalty_command(CLI::App& parent) {
  const auto state = std::make_shared<MarketState>();
  auto* command =
      add_market(parent, "penalty-estimate", "what a stake could lose, and why; nothing is signed",
                 state, estimate, false);
  std::vector<std::string> categories;
  for (std::uint8_t i = 0; i < swarm::kCategories; ++i)
    categories.emplace_back(chain::category_name(i));
  command->add_option("TARGET", state->target, "address of a node or of a position")->required();
  command->add_option("--category", state->category, "only this one (default: all)")
      ->check(CLI::IsMember(categories));
  command->add_option("--claim", state->claim,
                      "share of the stake, such as 2.5% (default: the cap)");
}

void add_user_commands(CLI::App& app) {
  auto* stake = app.add_subcommand("stake", "put tokens at stake, see them, take them out");
  stake->require_subcommand(1);
  add_stake_command(*stake, "add");
  add_leaving_commands(*stake);
  add_position_readers(*stake);

  add_lease_commands(app);

  auto* reward = app.add_subcommand("reward", "what a stake and its work earned");
  reward->require_subcommand(1);
  add_claim_command(*reward);
  add_work_reader(*reward);
  add_claim_work_command(*reward);

  add_dispute_command(app);
  add_penalty_command(app);
}

}  // namespace wardhive::cli_chain
