// chain lease open, top-up, settle, payout, close, failover, show, list.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/chain/market.h"
#include "app/cli/chain/whole.h"
#include "chain/market.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

// A lease and who serves it, read once.
struct Found : chain::KeyedLease {
  Desk desk;
};
Result<Found> find_lease(const MarketState& state) {
  WARDHIVE_ASSIGN(auto desk, open_desk(state));
  auto key = desk.market.addresses.lease(desk.signer, state.nonce);
  if (!state.lease.empty()) {
    WARDHIVE_ASSIGN(key, Pubkey::parse(state.lease));
  }
  WARDHIVE_ASSIGN(const auto lease, desk.read<swarm::Lease>(key, "lease"));
  return Found{{key, lease}, std::move(desk)};
}

Result<std::string> open_lease(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto lasts, whole_seconds(state.duration, "--for"));
  WARDHIVE_ASSIGN(const auto node_key, Pubkey::parse(state.node));
  if (state.standbys.size() + 1 > swarm::kSeats)
    return fail(ErrorCode::InvalidInput, "at most two standbys: --standby NODE [--standby NODE]");
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto node, desk.read<swarm::Node>(node_key, "node"));
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(desk.session->rpc, desk.market, desk.signer, state.token_account));
  if (wallet.missing)
    return chain::fault(ErrorCode::NotFound, "no_tokens",
                        fmt::format("{} has no account of the token {}", desk.signer.text(),
                                    desk.market.mint.text()));
  WARDHIVE_ASSIGN(const auto amount, parse_amount(state.amount, desk.market.decimals()));
  // Not above what the nodes ask now, so that nobody can raise it in between.
  auto ceiling = node.price * state.units;
  std::array<Pubkey, 2> standbys{node_key, node_key};
  for (std::size_t i = 0; i < state.standbys.size(); ++i) {
    WARDHIVE_ASSIGN(standbys[i], Pubkey::parse(state.standbys[i]));
    WARDHIVE_ASSIGN(const auto standby, desk.read<swarm::Node>(standbys[i], "standby"));
    ceiling = std::max(ceiling, standby.price * state.units);
  }
  if (!state.max_rate.empty()) {
    WARDHIVE_ASSIGN(ceiling, parse_amount(state.max_rate, desk.market.decimals()));
  }
  const auto key = desk.market.addresses.lease(desk.signer, state.nonce);
  const auto instruction =
      desk.instruction(InstructionTag::OpenLease)
          .account("tenant", desk.signer)
          .account("node", node_key)
          .account("position", chain::pubkey_of(node.position))
          .account("standby_1", state.standbys.empty() ? desk.market.addresses.pool : standbys[0])
          .account("standby_2",
                   state.standbys.size() < 2 ? desk.market.addresses.pool : standbys[1])
          .account("discount", desk.market.addresses.position(desk.signer, 0))
          .account("lease", key)
          .account("from", wallet.key)
          .account("mint", desk.market.mint)
          .account("token_program", desk.market.token_program)
          .number("nonce", state.nonce)
          .number("units", state.units)
          .number("seconds", lasts)
          .number("amount", amount)
          .number("max_rate", ceiling)
          .number("standbys", state.standbys.size())
          .number("discounted", state.discount ? 1 : 0)
          .build();
  return do_it(state, desk,
               {.did = "lease open", .step = {{instruction}}, .wallet = wallet.key, .shown = key});
}

Result<std::string> top_up(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto found, find_lease(state));
  const auto& desk = found.desk;
  WARDHIVE_ASSIGN(const auto wallet,
                  find_wallet(desk.session->rpc, desk.market, desk.signer, state.token_account));
  WARDHIVE_ASSIGN(const auto amount, parse_amount(state.amount, desk.market.decimals()));
  const auto instruction = desk.instruction(InstructionTag::TopUp)
                               .account("payer", desk.signer)
                               .account("lease", found.key)
                               .account("node", found.serving())
                               .account("from", wallet.key)
                               .account("mint", desk.market.mint)
                               .account("token_program", desk.market.token_program)
                               .number("amount", amount)
                               .build();
  return do_it(
      state, desk,
      {.did = "lease top-up", .step = {{instruction}}, .wallet = wallet.key, .shown = found.key});
}

Result<std::string> settle(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto found, find_lease(state));
  const auto instruction = found.desk.instruction(InstructionTag::Settle)
                               .account("lease", found.key)
                               .account("node", found.serving())
                               .build();
  return do_it(state, found.desk,
               {.did = "lease settle", .step = {{instruction}}, .shown = found.key});
}

Result<std::string> payout(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto found, find_lease(state));
  const auto& desk = found.desk;
  if (state.seat >= swarm::kSeats || found.seat(state.seat) == Pubkey{})
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("--seat {}: the lease has no such seat (0 is its first node)", state.seat));
  Deed deed{.did = "lease payout", .shown = found.key};
  WARDHIVE_ASSIGN(
      const auto wallet,
      payable_wallet(desk, chain::pubkey_of(found.lease.seats[state.seat].owner), deed.step));
  deed.wallet = wallet.key;
  auto treasury = chain::programs::kSystem;  // any account where there is no treasury
  if (desk.market.config.treasury_bps != 0) {
    WARDHIVE_ASSIGN(const auto its,
                    payable_wallet(desk, chain::pubkey_of(desk.market.config.treasury), deed.step));
    treasury = its.key;
  }
  deed.step.instructions.push_back(desk.instruction(InstructionTag::Payout)
                                       .account("lease", found.key)
                                       .account("node", found.serving())
                                       .account("to", wallet.key)
                                       .account("treasury", treasury)
                                       .account("rent_to", chain::pubkey_of(found.lease.rent_to))
                                       .account("mint", desk.market.mint)
                                       .account("token_program", desk.market.token_program)
                                       .number("seat", state.seat)
                                       .build());
  return do_it(state, desk, std::move(deed));
}

Result<std::string> close(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto found, find_lease(state));
  const auto& desk = found.desk;
  Deed deed{.did = "lease close", .shown = found.key};
  WARDHIVE_ASSIGN(const auto wallet,
                  payable_wallet(desk, chain::pubkey_of(found.lease.tenant), deed.step));
  deed.wallet = wallet.key;
  const bool tenant = chain::pubkey_of(found.lease.tenant) == desk.signer;
  const auto& seat = found.lease.seats[std::min<std::size_t>(found.lease.seat, 2)];
  const bool provider = chain::pubkey_of(seat.owner) == desk.signer;
  const auto usual = tenant     ? swarm::kReasonsTenant
                     : provider ? swarm::kReasonsProvider
                                : swarm::kReasonsNetwork;
  deed.step.instructions.push_back(desk.instruction(InstructionTag::CloseLease)
                                       .account("who", desk.signer)
                                       .account("lease", found.key)
                                       .account("node", found.serving())
                                       .account("to", wallet.key)
                                       .account("mint", desk.market.mint)
                                       .account("token_program", desk.market.token_program)
                                       .number("reason", state.reason == 0 ? usual : state.reason)
                                       .build());
  return do_it(state, desk, std::move(deed));
}

Result<std::string> failover(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto found, find_lease(state));
  const auto& desk = found.desk;
  WARDHIVE_ASSIGN(const auto instruction,
                  chain::failover_instruction(desk.session->rpc, desk.market.addresses, found));
  return do_it(state, desk, {.did = "lease failover", .step = {{instruction}}, .shown = found.key});
}

Result<std::string> show(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  WARDHIVE_ASSIGN(const auto key, Pubkey::parse(state.lease));
  WARDHIVE_ASSIGN(const auto lease,
                  chain::read_account<swarm::Lease>(rpc, key, market.addresses.program, "lease"));
  return state.options.json ? lease_json(market, key, lease) : lease_text(market, key, lease);
}

Result<std::string> list(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  std::vector<chain::Filter> filters{{0, {static_cast<std::uint8_t>(swarm::AccountTag::Lease)}}};
  if (!state.node.empty()) {
    WARDHIVE_ASSIGN(const auto tenant, Pubkey::parse(state.node));
    filters.push_back({16, {tenant.bytes.begin(), tenant.bytes.end()}});
  }
  WARDHIVE_ASSIGN(auto found, rpc.program_accounts(market.addresses.program, filters));
  std::ranges::sort(found, {}, &chain::KeyedAccount::key);
  std::string text;
  for (const auto& [key, account] : found) {
    WARDHIVE_ASSIGN(const auto lease, chain::decode_account<swarm::Lease>(account.data, "lease"));
    if (!text.empty()) text += state.options.json ? "," : "\n";
    text += state.options.json ? lease_json(market, key, lease) : lease_text(market, key, lease);
  }
  if (state.options.json) return "[" + text + "]";
  return text.empty() ? "there are no leases" : text;
}

using State = std::shared_ptr<MarketState>;

CLI::App* of_lease(CLI::App& parent, const char* name, const char* what, const State& state,
                   Result<std::string> (*run)(const MarketState&)) {
  auto* command = add_market(parent, name, what, state, run);
  command->add_option("LEASE", state->lease, "its address (default: one's own of --nonce)");
  command->add_option("--nonce", state->nonce, "number of one's own lease (default 0)")
      ->check(whole());
  return command;
}

void add_open(CLI::App& lease) {
  const auto state = std::make_shared<MarketState>();
  auto* command =
      add_market(lease, "open", "lease units of a node and prepay them", state, open_lease);
  command->add_option("NODE", state->node, "whose units")->required();
  command->add_option("--units", state->units, "how many")
      ->required()
      ->check(whole(1, swarm::kUnitsMax));
  command->add_option("--for", state->duration, "how long, such as 2d")->required();
  command->add_option("--prepay", state->amount, "tokens; what is not used comes back")->required();
  command->add_option("--standby", state->standbys, "node that takes over; at most two, in order");
  command->add_option("--max-rate", state->max_rate,
                      "tokens per second at most (default: what the nodes ask now)");
  command->add_flag("--discount", state->discount, "by one's own user position number 0");
  command->add_option("--nonce", state->nonce, "number of the new lease (default 0)")
      ->check(whole());
  command->add_option("--from", state->token_account,
                      "token account (default: the associated one)");
}

}  // namespace

void add_lease_commands(CLI::App& chain) {
  auto* lease = chain.add_subcommand("lease", "leases of nodes' units");
  lease->require_subcommand(1);
  add_open(*lease);

  const auto fresh = [] { return std::make_shared<MarketState>(); };
  State state = fresh();
  auto* command = of_lease(*lease, "top-up", "pay more in; anyone may", state, top_up);
  command->add_option("--amount", state->amount, "tokens")->required();
  command->add_option("--from", state->token_account,
                      "token account (default: the associated one)");
  of_lease(*lease, "settle", "credit the seconds served; anyone may", fresh(), settle);
  state = fresh();
  command =
      of_lease(*lease, "payout", "pay who served, after the holdback; anyone may", state, payout);
  command->add_option("--seat", state->seat, "0: the first node (default), 1, 2: the standbys")
      ->check(whole(0, swarm::kSeats - 1));
  state = fresh();
  command = of_lease(*lease, "close", "end it and refund the rest", state, close);
  command
      ->add_option("--reason", state->reason,
                   "tenant 1-9999, provider 10000-19999, others from 20000")
      ->check(whole(1, UINT16_MAX));
  of_lease(*lease, "failover", "move it off a node that does not serve; anyone may", fresh(),
           failover);
  state = fresh();
  command = add_market(*lease, "show", "one lease", state, show, false);
  command->add_option("LEASE", state->lease, "its address")->required();
  state = fresh();
  command = add_market(*lease, "list", "all leases", state, list, false);
  command->add_option("--tenant", state->node, "only his");
}

}  // namespace wardhive::cli_chain
