#include "chain/send.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chain/programs.h"
#include "net/url.h"

namespace wardhive::chain {
namespace {

constexpr std::uint32_t kUnitsMax = 1'400'000;    // per transaction, the chain's
constexpr std::uint64_t kFeeMax = 1'000'000'000;  // lamports; times a million is a number still
constexpr auto kAskEvery = millis(400);
constexpr unsigned kSendEvery = 4;  // looks

Result<Message> message_of(const Plan& plan, std::uint32_t units, std::uint64_t unit_price,
                           const Blockhash& blockhash) {
  std::vector<Instruction> all{programs::set_compute_unit_limit(units)};
  if (unit_price > 0) all.push_back(programs::set_compute_unit_price(unit_price));
  all.insert(all.end(), plan.instructions.begin(), plan.instructions.end());
  return compile(plan.payer, all, blockhash);
}

// Micro-lamports a unit, for this message with this limit.
std::uint64_t unit_price_of(const Rpc& rpc, const Plan& plan, const Message& message,
                            std::uint32_t units) {
  const auto& fee = plan.priority_fee;
  if (fee.lamports_max == 0 || units == 0) return 0;
  std::vector<Pubkey> written;
  for (std::size_t i = 0; i < message.keys.size(); ++i)
    if (message.is_writable(i)) written.push_back(message.keys[i]);
  const auto most = std::min(fee.lamports_max, kFeeMax) * 1'000'000 / units;
  const auto asked = rpc.recent_unit_price(written).value_or(0);
  const auto raised = fee.tries == 0 ? 0 : most >> (fee.tries < 4 ? 4 - fee.tries : 0);
  return std::min(std::max(asked, raised), most);
}

bool reached(const SignatureState& state, Commitment wanted) {
  return state.reached.has_value() && *state.reached >= wanted;
}

struct KnownCluster {
  std::string_view shorthand, name, url, genesis;
};
constexpr std::array kClusters{
    KnownCluster{"m", "mainnet-beta", "https://api.mainnet-beta.solana.com",
                 "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"},
    KnownCluster{"t", "testnet", "https://api.testnet.solana.com",
                 "4uhcVJyU9pJkvQyS88uRDiswHScSGY3YQhkEBQsyD1vY"},
    KnownCluster{"d", "devnet", "https://api.devnet.solana.com",
                 "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"},
    KnownCluster{"l", "localhost", "http://127.0.0.1:8899", ""},
};

}  // namespace

Result<Prepared> prepare(const Rpc& rpc, const Plan& plan, std::span<const Pubkey> watch) {
  WARDHIVE_ASSIGN(const auto latest, rpc.latest_blockhash());
  // With a price, as it may be signed: setting one takes units of its own.
  auto price = plan.unit_price_micro_lamports;
  const bool open = price == 0 && plan.priority_fee.lamports_max > 0;
  WARDHIVE_ASSIGN(auto draft, message_of(plan, kUnitsMax, open ? 1 : price, latest.hash));
  Prepared prepared{.last_valid_height = latest.last_valid_height};
  WARDHIVE_ASSIGN(prepared.simulation,
                  rpc.simulate(unsigned_transaction(std::move(draft)), watch, plan.slot_min));
  const auto units = (std::min<std::uint64_t>(prepared.simulation.units, kUnitsMax) * 11 + 9) / 10;
  prepared.units_limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(units, kUnitsMax));
  WARDHIVE_ASSIGN(prepared.message, message_of(plan, prepared.units_limit, price, latest.hash));
  if (!open) return prepared;
  price = unit_price_of(rpc, plan, prepared.message, prepared.units_limit);
  WARDHIVE_ASSIGN(prepared.message, message_of(plan, prepared.units_limit, price, latest.hash));
  return prepared;
}

Result<FlightLook> look_at(const Rpc& rpc, Flight& flight, const std::function<bool()>& may_send) {
  using enum FlightLook::At;
  WARDHIVE_ASSIGN(const auto height, rpc.block_height());
  // Asked after the height: what is not there when the height has passed will never be.
  WARDHIVE_ASSIGN(const auto state, rpc.signature_state(flight.signature));
  if (state.error)
    return FlightLook{Over, transaction_error(*state.error, flight.transaction.message,
                                              rpc.config().error_names, nullptr)};
  if (reached(state, rpc.config().commitment)) return FlightLook{Landed};
  if (height > flight.last_valid_height && !state.reached)
    return FlightLook{
        Over, fault(ErrorCode::Timeout, reason::kBlockhashExpired,
                    fmt::format("{} was not included before its blockhash expired (block height "
                                "{}, valid to {}); nothing was changed, send it again",
                                flight.signature.text(), height, flight.last_valid_height))
                  .error()};
  // Told again where nodes drop it; what it says then was said at the first time.
  if (++flight.looks % kSendEvery == 0 && !state.reached && (!may_send || may_send()))
    (void)rpc.send(flight.transaction, true);
  return FlightLook{};
}

Result<Signature> send_and_confirm(const Rpc& rpc, const Transaction& transaction,
                                   std::uint64_t last_valid_height) {
  Flight flight{.transaction = transaction, .last_valid_height = last_valid_height};
  WARDHIVE_ASSIGN(flight.signature, rpc.send(transaction));
  for (;;) {
    WARDHIVE_ASSIGN(auto look, look_at(rpc, flight));
    if (look.at == FlightLook::At::Landed) return flight.signature;
    if (look.at == FlightLook::At::Over) return std::unexpected(std::move(look.why));
    rpc.pause(kAskEvery);
  }
}

Status await_signature(const Rpc& rpc, const Signature& signature, Duration patience) {
  for (auto waited = Duration::zero(); waited <= patience; waited += kAskEvery) {
    WARDHIVE_ASSIGN(const auto state, rpc.signature_state(signature));
    if (state.error)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{} failed: {}", signature.text(), to_json(*state.error)));
    if (reached(state, rpc.config().commitment)) return ok();
    rpc.pause(kAskEvery);
  }
  return fail(ErrorCode::Timeout, fmt::format("{} was not confirmed within {}", signature.text(),
                                              format_duration(patience)));
}

Result<Cluster> cluster_of(const std::string& name_or_url) {
  for (const auto& known : kClusters)
    if (name_or_url == known.name || name_or_url == known.shorthand)
      return Cluster{std::string(known.name), std::string(known.url), std::string(known.genesis)};
  const auto url = net::Url::parse(name_or_url);
  if (!url)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("\"{}\" is neither a cluster (mainnet-beta, testnet, devnet, localhost) nor "
                    "an http(s) URL: {}",
                    name_or_url, url.error().message));
  return Cluster{.url = name_or_url};
}

Status check_genesis(const Rpc& rpc, const std::string& wanted) {
  if (wanted.empty()) return ok();
  WARDHIVE_ASSIGN(const auto found, rpc.genesis_hash());
  if (found.text() == wanted) return ok();
  return fault(
      ErrorCode::Conflict, reason::kWrongCluster,
      fmt::format("{} is another cluster: its genesis hash is {}, expected {}; nothing was "
                  "sent (check --url and --genesis)",
                  rpc.config().url, found.text(), wanted));
}

}  // namespace wardhive::chain
