// chain incident open: an accusation, and whose stake answers for it.
#include <fmt/format.h>

#include "app/cli/chain/incident.h"
#include "app/cli/chain/market.h"
#include "app/cli/chain/whole.h"
#include "base/bytes.h"
#include "base/file.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

constexpr std::size_t kEvidenceBytesMax = 64 * 1024 * 1024;
constexpr unsigned kPercentDecimals = 2;  // of a claim: bps

Result<Pubkey> evidence_of(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto digits, evidence_digest(state.evidence, state.evidence_file));
  Pubkey digest;
  WARDHIVE_TRY(from_hex(digits, digest.bytes));
  return digest;
}

struct Charge {
  std::uint8_t category = 0;
  std::uint16_t bps = 0;
  Pubkey evidence = {};
};
Result<Charge> charge_of(const MarketState& state) {
  Charge charge;
  while (chain::category_name(charge.category) != state.category) ++charge.category;
  WARDHIVE_ASSIGN(charge.bps, claim_in_bps(state.claim));
  const auto cap = swarm::kCategoryBps[charge.category];
  if (charge.bps > cap)
    return chain::fault(
        ErrorCode::InvalidInput, "claim_too_large",
        fmt::format("--claim {}: an accusation of {} may claim at most {} %", state.claim,
                    state.category, format_amount(cap, kPercentDecimals)));
  WARDHIVE_ASSIGN(charge.evidence, evidence_of(state));
  return charge;
}

// Whom it is about: a node's address accuses the stake behind it, a position's that stake alone.
struct Accused {
  Pubkey position = {};
  std::optional<Pubkey> node = {};
};
Result<Accused> accused_of(const MarketState& state, const Desk& desk) {
  WARDHIVE_ASSIGN(const auto target, Pubkey::parse(state.target));
  WARDHIVE_ASSIGN(const auto account, desk.session->rpc.account(target));
  WARDHIVE_TRY(
      chain::check_owner(account, target, desk.market.addresses.program, "node or position"));
  if (const auto node = chain::decode_account<swarm::Node>(account->data, "node"))
    return Accused{chain::pubkey_of(node->position), target};
  if (!chain::decode_account<swarm::Position>(account->data, "position"))
    return fail(ErrorCode::InvalidInput, state.target + " is neither a node nor a position");
  return Accused{target, std::nullopt};
}

Result<Pubkey> bond_position_of(const MarketState& state, const Desk& desk) {
  const auto key = desk.market.addresses.position(desk.signer, state.nonce);
  const auto bond = desk.read<swarm::Position>(key, "position");
  const bool none = !bond && bond.error().code == ErrorCode::NotFound;
  if (!bond && !none) return std::unexpected(bond.error());
  if (none || bond->role != static_cast<std::uint8_t>(swarm::Role::NetworkOperator))
    return chain::fault(
        ErrorCode::InvalidInput, "no_bond",
        fmt::format("{} has no network operator's stake under number {}, with which "
                    "an accuser answers: `wardhive chain stake AMOUNT --role "
                    "operator --lock 365d`, or name another with --nonce",
                    desk.signer.text(), state.nonce));
  return key;
}

Result<std::string> open_incident(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto charge, charge_of(state));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto accused, accused_of(state, desk));
  WARDHIVE_ASSIGN(const auto bond_position, bond_position_of(state, desk));
  if (bond_position == accused.position)
    return chain::fault(ErrorCode::InvalidInput, "self_accused",
                        state.target + " is one's own stake: nobody accuses himself");
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, swarm::SetKind::Sentinel, state.keys));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(desk.session->rpc));
  const auto key = desk.market.addresses.incident(state.incident);
  auto instruction = desk.instruction(InstructionTag::OpenIncident);
  instruction.account("opener", desk.signer)
      .account("bond_position", bond_position)
      .account("position", accused.position)
      .account("node", accused.node.value_or(desk.market.addresses.pool))
      .account("incident", key)
      .number("id", state.incident)
      .number("category", charge.category)
      .number("bps", charge.bps)
      .number("on_node", accused.node ? 1 : 0)
      .key("evidence", charge.evidence);
  signers.sign(instruction);
  return do_it(state, desk,
               {.did = "incident open",
                .step = {{instruction.build()}, signers.pointers()},
                .shown = key,
                .now = now});
}

}  // namespace

Result<std::uint16_t> claim_in_bps(const std::string& text) {
  const std::string_view number(text.data(), text.size() - (text.ends_with('%') ? 1 : 0));
  const auto bps = parse_amount(number, kPercentDecimals);
  if (!bps || *bps == 0 || *bps > swarm::kBpsOne)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("--claim {}: expected a share of the stake in percent, above 0 and with "
                    "at most two decimals, such as 2.5%",
                    text.substr(0, 40)));
  return static_cast<std::uint16_t>(*bps);
}

Result<std::string> evidence_digest(const std::string& digits, const std::string& file) {
  if (digits.empty() == file.empty())
    return fail(ErrorCode::InvalidInput,
                "say what the evidence is: either --evidence SHA256 or --evidence-file FILE");
  if (!file.empty()) {
    WARDHIVE_ASSIGN(const auto bytes, read_file(file, kEvidenceBytesMax));
    return to_hex(sha256(as_bytes(bytes)));
  }
  Hash256 digest;
  if (auto status = from_hex(digits, digest); !status)
    return fail(ErrorCode::InvalidInput, "--evidence: " + status.error().message);
  return to_hex(digest);
}

void add_incident_open(CLI::App& incident) {
  const auto state = std::make_shared<MarketState>();
  auto* command = add_market(
      incident, "open", "accuse a provider's stake, answering with one's own (sentinel quorum)",
      state, open_incident);
  std::vector<std::string> categories;
  for (std::uint8_t i = 0; i < swarm::kCategories; ++i)
    categories.emplace_back(chain::category_name(i));
  command->add_option("TARGET", state->target, "address of the node, or of a position")->required();
  command->add_option("--incident", state->incident, "number of the case, never used before")
      ->required()
      ->check(whole());
  command
      ->add_option("--category", state->category, "of what: caps the claim at 1, 3, 10, 20 or 50 %")
      ->required()
      ->check(CLI::IsMember(categories));
  command->add_option("--claim", state->claim, "share of the stake, such as 2.5%")->required();
  command->add_option("--evidence", state->evidence,
                      "SHA-256 of what is kept off the chain, in hex");
  command->add_option("--evidence-file", state->evidence_file,
                      "the evidence itself, to be hashed here");
  command->add_option("--nonce", state->nonce, "number of one's own operator position (default 0)")
      ->check(whole());
  command->add_option("--key", state->keys, "key file of a sentinel; once for each")->required();
}

}  // namespace wardhive::cli_chain
