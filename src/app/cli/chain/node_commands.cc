// chain node register, attest, terms, retire, show, list: a provider's machines.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/chain/market.h"
#include "app/cli/chain/whole.h"
#include "base/bytes.h"
#include "chain/market.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

Result<Pubkey> sha256_of(const std::string& hex) {
  Pubkey value;
  if (auto status = from_hex(hex, value.bytes); !status)
    return fail(ErrorCode::InvalidInput, "--hardware: " + status.error().message);
  return value;
}

Result<std::string> register_node(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto machine, chain::Keypair::load(state.machine));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto price, parse_amount(state.price, desk.market.decimals()));
  const auto node = desk.market.addresses.node(machine.pubkey());
  const auto instruction =
      desk.instruction(InstructionTag::RegisterNode)
          .account("owner", desk.signer)
          .account("identity", machine.pubkey())
          .account("position", desk.market.addresses.position(desk.signer, state.nonce))
          .account("node", node)
          .number("units", state.units)
          .number("price", price)
          .number("accept_standby", state.accept_standby ? 1 : 0)
          .build();
  return do_it(state, desk,
               {.did = "node register", .step = {{instruction}, {&machine}}, .shown = node});
}

Result<std::string> attest(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto hardware, sha256_of(state.sha256));
  WARDHIVE_ASSIGN(const auto lasts, whole_seconds(state.duration, "--for"));
  WARDHIVE_ASSIGN(const auto key, Pubkey::parse(state.node));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, swarm::SetKind::Sentinel, state.keys));
  WARDHIVE_ASSIGN(const auto now, chain::chain_time(desk.session->rpc));
  auto instruction = desk.instruction(InstructionTag::AttestNode);
  instruction.account("payer", desk.signer)
      .account("node", key)
      .account("digest", desk.market.addresses.digest(hardware))
      .key("sha256", hardware)
      .number("units", state.units)
      .number("until", now + lasts);
  signers.sign(instruction);
  return do_it(
      state, desk,
      {.did = "node attest", .step = {{instruction.build()}, signers.pointers()}, .shown = key});
}

Result<std::string> terms(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto key, Pubkey::parse(state.node));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto node, desk.read<swarm::Node>(key, "node"));
  auto price = node.price;
  if (!state.price.empty()) {
    WARDHIVE_ASSIGN(price, parse_amount(state.price, desk.market.decimals()));
  }
  const bool accepts = state.all ? state.accept_standby : node.accept_standby != 0;
  const auto instruction = desk.instruction(InstructionTag::SetTerms)
                               .account("owner", desk.signer)
                               .account("position", chain::pubkey_of(node.position))
                               .account("node", key)
                               .number("units", state.units == 0 ? node.units : state.units)
                               .number("price", price)
                               .number("accept_standby", accepts ? 1 : 0)
                               .build();
  return do_it(state, desk, {.did = "node terms", .step = {{instruction}}, .shown = key});
}

Result<std::string> retire(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto key, Pubkey::parse(state.node));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto node, desk.read<swarm::Node>(key, "node"));
  const auto digest = desk.market.addresses.digest(chain::pubkey_of(node.digest));
  auto digest_rent_to = desk.signer;
  if (node.attested_until != 0) {
    WARDHIVE_ASSIGN(const auto marker, desk.read<swarm::Digest>(digest, "hardware digest"));
    digest_rent_to = chain::pubkey_of(marker.rent_to);
  }
  const auto instruction = desk.instruction(InstructionTag::RetireNode)
                               .account("owner", desk.signer)
                               .account("position", chain::pubkey_of(node.position))
                               .account("node", key)
                               .account("digest", digest)
                               .account("rent_to", chain::pubkey_of(node.owner))
                               .account("digest_rent_to", digest_rent_to)
                               .build();
  return do_it(state, desk, {.did = "node retire", .step = {{instruction}}, .shown = key});
}

Result<std::string> show(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto key, Pubkey::parse(state.node));
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  WARDHIVE_ASSIGN(const auto node,
                  chain::read_account<swarm::Node>(rpc, key, market.addresses.program, "node"));
  return state.options.json ? node_json(market, key, node) : node_text(market, key, node);
}

Result<std::string> list(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  const std::array filters{chain::Filter{0, {static_cast<std::uint8_t>(swarm::AccountTag::Node)}}};
  WARDHIVE_ASSIGN(auto found, rpc.program_accounts(market.addresses.program, filters));
  std::ranges::sort(found, {}, &chain::KeyedAccount::key);
  std::string text;
  for (const auto& [key, account] : found) {
    WARDHIVE_ASSIGN(const auto node, chain::decode_account<swarm::Node>(account.data, "node"));
    if (!text.empty()) text += state.options.json ? "," : "\n";
    text += state.options.json ? node_json(market, key, node) : node_text(market, key, node);
  }
  if (state.options.json) return "[" + text + "]";
  return text.empty() ? "there are no nodes yet" : text;
}

using State = std::shared_ptr<MarketState>;
State fresh() { return std::make_shared<MarketState>(); }

}  // namespace

void add_node_commands(CLI::App& chain) {
  auto* node = chain.add_subcommand("node", "a provider's machines");
  node->require_subcommand(1);

  State state = fresh();
  auto* command = add_market(*node, "register", "make a machine a node; its stake is bonded", state,
                             register_node);
  command->add_option("--machine", state->machine, "key file of the machine itself")->required();
  command->add_option("--units", state->units, "capacity, such as the number of GPUs")
      ->required()
      ->check(whole(1, swarm::kUnitsMax));
  command->add_option("--price", state->price, "tokens per second and unit")->required();
  command->add_flag("--accept-standby", state->accept_standby, "may be another lease's standby");
  command->add_option("--nonce", state->nonce, "number of the position that stands for it")
      ->check(whole());

  state = fresh();
  command =
      add_market(*node, "attest", "vouch for a node's hardware (sentinel quorum)", state, attest);
  command->add_option("NODE", state->node, "its address")->required();
  command->add_option("--hardware", state->sha256, "SHA-256 of what was measured, in hex")
      ->required();
  command->add_option("--units", state->units, "units that were found")
      ->required()
      ->check(whole(1, swarm::kUnitsMax));
  command->add_option("--for", state->duration, "how long it holds, such as 30d")->required();
  command->add_option("--key", state->keys, "key file of a sentinel; once for each")->required();

  state = fresh();
  command = add_market(*node, "terms", "change units, price, or being a standby", state, terms);
  command->add_option("NODE", state->node, "its address")->required();
  command->add_option("--units", state->units, "new capacity")->check(whole(1, swarm::kUnitsMax));
  command->add_option("--price", state->price, "new price; running leases keep theirs");
  auto* accept = command->add_flag("--accept-standby,!--no-standby", state->accept_standby,
                                   "may be another lease's standby, or not");
  accept->each([state](const std::string&) { state->all = true; });

  state = fresh();
  command =
      add_market(*node, "retire", "end a node; again after the notice to close it", state, retire);
  command->add_option("NODE", state->node, "its address")->required();

  state = fresh();
  command = add_market(*node, "show", "one node", state, show, false);
  command->add_option("NODE", state->node, "its address")->required();
  state = fresh();
  add_market(*node, "list", "all nodes", state, list, false);
}

}  // namespace wardhive::cli_chain
