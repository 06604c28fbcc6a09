#include "app/cli/chain/market.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "app/cli/chain/incident.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;

constexpr std::uint64_t kSignedSlots = 150;  // a minute, as a blockhash lasts

// What a deed's account holds afterwards, as an object or as a line.
std::string shown_as(const Market& market, const Pubkey& key,
                     const std::optional<chain::Account>& account, const chain::TrialClock& now,
                     bool json) {
  if (!account || account->data.empty()) return json ? "null" : key.text() + " is closed";
  const auto kind = static_cast<swarm::AccountTag>(account->data[0]);
  if (kind == swarm::AccountTag::Node) {
    if (const auto node = chain::decode_account<swarm::Node>(account->data, "node"))
      return json ? node_json(market, key, *node) : node_text(market, key, *node);
  } else if (kind == swarm::AccountTag::Lease) {
    if (const auto lease = chain::decode_account<swarm::Lease>(account->data, "lease"))
      return json ? lease_json(market, key, *lease) : lease_text(market, key, *lease);
  } else if (kind == swarm::AccountTag::Position) {
    if (const auto position = chain::decode_account<swarm::Position>(account->data, "position"))
      return json ? position_json(market, key, *position, std::nullopt)
                  : position_text(market, key, *position, std::nullopt);
  } else if (kind == swarm::AccountTag::Incident) {
    if (const auto incident = chain::decode_account<swarm::Incident>(account->data, "incident"))
      return json ? incident_json(market, key, *incident, now)
                  : incident_text(market, key, *incident, now);
  } else if (kind == swarm::AccountTag::Work) {
    if (const auto work = chain::decode_account<swarm::Work>(account->data, "work rewards"))
      return json ? work_json(*work, now) : work_text(market, *work, now);
  }
  return json ? "null" : key.text();
}

std::uint64_t tokens_in(const std::optional<chain::Account>& account) {
  std::uint64_t amount = 0;
  if (account && account->data.size() >= 72) std::memcpy(&amount, account->data.data() + 64, 8);
  return amount;
}

std::string optional_date(std::uint64_t t) { return t == 0 ? "null" : "\"" + date_of(t) + "\""; }

}  // namespace

Result<Desk> open_desk(const MarketState& state) {
  WARDHIVE_ASSIGN(auto session, open_session(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(session->rpc, state.options.program));
  const auto signer = session->payer.pubkey();
  return Desk{std::move(session), market, signer};
}

void SetSigners::sign(chain::SwarmInstruction& instruction) const {
  instruction.number("mask", mask).number("valid_until_slot", valid_until_slot);
  for (const auto& key : keys) instruction.set_signer(key.pubkey());
}

std::vector<const chain::Keypair*> SetSigners::pointers() const {
  std::vector<const chain::Keypair*> all;
  for (const auto& key : keys) all.push_back(&key);
  return all;
}

Result<SetSigners> set_signers(const Desk& desk, swarm::SetKind kind,
                               const std::vector<std::string>& files, std::size_t needed) {
  static constexpr std::string_view kNames[] = {"guardian", "sentinel", "resolver"};
  const auto name = kNames[static_cast<std::size_t>(kind)];
  WARDHIVE_ASSIGN(const auto set,
                  desk.read<swarm::Set>(*desk.market.addresses.find(name), "key set"));
  std::vector<std::pair<std::size_t, chain::Keypair>> found;
  for (const auto& file : files) {
    WARDHIVE_ASSIGN(const auto key, chain::Keypair::load(file));
    std::size_t bit = 0;
    while (bit < set.size && chain::pubkey_of(set.keys[bit]) != key.pubkey()) ++bit;
    if (bit == set.size)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{} ({}) is no key of the {} set", file, key.pubkey().text(), name));
    found.emplace_back(bit, key);
  }
  std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
  SetSigners signers;
  for (const auto& [bit, key] : found) {
    if ((signers.mask >> bit & 1) != 0)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("the key {} is given twice", key.pubkey().text()));
    signers.mask |= static_cast<std::uint16_t>(1u << bit);
    signers.keys.push_back(key);
  }
  const std::size_t least = needed == 0 ? set.threshold : needed;
  if (signers.keys.size() < least)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} keys of the {} set given, {} needed: name each with --key FILE",
                            signers.keys.size(), name, least));
  WARDHIVE_ASSIGN(const auto slot, desk.session->rpc.slot());
  signers.valid_until_slot = slot + kSignedSlots;
  return signers;
}

Result<Wallet> payable_wallet(const Desk& desk, const Pubkey& owner, Step& step) {
  WARDHIVE_ASSIGN(const auto wallet, find_wallet(desk.session->rpc, desk.market, owner, ""));
  if (wallet.missing)
    step.instructions.push_back(chain::programs::create_associated_token(
        desk.signer, owner, desk.market.mint, desk.market.token_program));
  return wallet;
}

Result<std::string> do_it(const MarketState& state, const Desk& desk, Deed deed) {
  deed.step.watch = {deed.shown, deed.wallet};
  WARDHIVE_ASSIGN(const auto outcome,
                  perform(*desk.session, state.options, std::move(deed.step), state.dry_run));
  const auto before = tokens_in(outcome.before[1]), after = tokens_in(outcome.after[1]);
  const auto out = before > after ? before - after : 0, in = after > before ? after - before : 0;
  const auto shown =
      shown_as(desk.market, deed.shown, outcome.after[0], deed.now, state.options.json);
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"command":"{}","dry_run":{},"signature":{},"tokens_out_units":{},"tokens_in_units":{},)"
        R"("fee_lamports":{},"compute_unit_limit":{},"account":{}}})",
        deed.did, !outcome.signature.has_value(),
        outcome.signature ? "\"" + outcome.signature->text() + "\"" : "null", out, in,
        outcome.fee_lamports, outcome.units_limit, shown);
  auto text = fmt::format(
      "{}{}: {} tokens out, {} in; fee {} SOL\n{}", outcome.signature ? "" : "would ", deed.did,
      format_amount(out, desk.market.decimals()), format_amount(in, desk.market.decimals()),
      format_amount(outcome.fee_lamports, 9), shown);
  if (outcome.signature) text += "\nsigned and confirmed: " + outcome.signature->text();
  return text;
}

std::string node_json(const Market&, const Pubkey& key, const swarm::Node& node) {
  return fmt::format(
      R"({{"schema_version":1,"node":"{}","machine":"{}","owner":"{}","position":"{}","units":{},"attested_units":{},)"
      R"("leased_units":{},"level":{},"price_units":{},"bond_units":{},"accept_standby":{},"attested_until":{},)"
      R"("quarantined_from":{},"quarantined_until":{},"down_seconds":{},"last_incident":{},"retires_at":{}}})",
      key.text(), chain::pubkey_of(node.identity).text(), chain::pubkey_of(node.owner).text(),
      chain::pubkey_of(node.position).text(), node.units, node.attested_units, node.leased,
      node.level, node.price, node.bond, node.accept_standby != 0,
      optional_date(node.attested_until), optional_date(node.q_at), optional_date(node.q_until),
      node.down, node.last_incident, optional_date(node.retire_at));
}

std::string node_text(const Market& market, const Pubkey& key, const swarm::Node& node) {
  auto text = fmt::format(
      "node {} (machine {}): {} units, {} attested, {} leased, level {}; {} tokens a second and "
      "unit",
      key.text(), chain::pubkey_of(node.identity).text(), node.units, node.attested_units,
      node.leased, node.level, format_amount(node.price, market.decimals()));
  text += node.attested_until == 0 ? "\n  never attested"
                                   : "\n  attested until " + date_of(node.attested_until);
  if (node.q_until > node.q_at)
    text += fmt::format("\n  quarantined from {} to {} by incident {}", date_of(node.q_at),
                        date_of(node.q_until), node.last_incident);
  if (node.retire_at != 0) text += "\n  retires at " + date_of(node.retire_at);
  return text;
}

std::string lease_json(const Market&, const Pubkey& key, const swarm::Lease& lease) {
  std::string seats;
  for (const auto& seat : lease.seats) {
    const auto node = chain::pubkey_of(seat.node);
    if (node == Pubkey{}) continue;
    if (!seats.empty()) seats += ",";
    seats += fmt::format(
        R"({{"node":"{}","owner":"{}","rate_units":{},"earned_units":{},"payable_units":{},"held_back_units":{}}})",
        node.text(), chain::pubkey_of(seat.owner).text(), seat.rate, seat.earned, seat.payable,
        seat.prev + seat.cur);
  }
  return fmt::format(
      R"({{"schema_version":1,"lease":"{}","tenant":"{}","nonce":{},"closed":{},"units":{},"ends_at":"{}","escrow_units":{},)"
      R"("prepaid_units":{},"earned_units":{},"paid_units":{},"refunded_units":{},"fee_bps":{},"fees_units":{},)"
      R"("settled_to":"{}","reason":{},"own":{},"seat":{},"seats":[{}]}})",
      key.text(), chain::pubkey_of(lease.tenant).text(), lease.nonce,
      lease.state == swarm::Lease::kClosed, lease.units, date_of(lease.end), lease.escrow,
      lease.prepaid, lease.earned, lease.paid, lease.refunded, lease.fee_bps, lease.fees,
      date_of(lease.settled_to), lease.reason, lease.own != 0, lease.seat, seats);
}

std::string lease_text(const Market& market, const Pubkey& key, const swarm::Lease& lease) {
  const auto tokens = [&](std::uint64_t units) { return format_amount(units, market.decimals()); };
  auto text = fmt::format(
      "lease {}: {} units until {}{}; {} prepaid, {} earned, {} refunded, {} in escrow", key.text(),
      lease.units, date_of(lease.end),
      std::string(lease.state == swarm::Lease::kClosed ? " (closed)" : "") +
          (lease.own != 0 ? " (of one's own node: it is no work)" : ""),
      tokens(lease.prepaid), tokens(lease.earned), tokens(lease.refunded), tokens(lease.escrow));
  for (std::size_t i = 0; i < swarm::kSeats; ++i) {
    const auto& seat = lease.seats[i];
    if (chain::pubkey_of(seat.node) == Pubkey{}) continue;
    text += fmt::format("\n  {} {}: {} tokens a second, {} earned, {} payable, {} held back{}",
                        i == 0 ? "node" : "standby", chain::pubkey_of(seat.node).text(),
                        tokens(seat.rate), tokens(seat.earned), tokens(seat.payable),
                        tokens(seat.prev + seat.cur), i == lease.seat ? " (serves)" : "");
  }
  return text;
}

}  // namespace wardhive::cli_chain
