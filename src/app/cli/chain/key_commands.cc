// chain keygen, address, balance, airdrop.
#include <fmt/format.h>

#include "app/cli/chain/chain.h"
#include "app/cli/cli.h"

namespace wardhive::cli_chain {
namespace {

using chain::Keypair;
using chain::Pubkey;

constexpr unsigned kSolDecimals = 9;

struct KeygenState {
  ChainOptions options;
  std::string out;
  bool force = false;
};
Result<std::string> keygen(const KeygenState& state) {
  const Path path = state.out.empty() ? keypair_path(state.options) : Path(state.out);
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  const auto pair = Keypair::generate();
  WARDHIVE_TRY(pair.save(path, state.force));
  if (state.options.json)
    return fmt::format(R"({{"schema_version":1,"address":"{}","file":{}}})", pair.pubkey().text(),
                       to_json(path.string()));
  return fmt::format("{}  (key in {}: whoever reads that file is its owner; keep a copy)",
                     pair.pubkey().text(), path.string());
}

// The address that was named, else that of --keypair.
Result<Pubkey> address_of(const ChainOptions& options, const std::string& named) {
  if (!named.empty()) return Pubkey::parse(named);
  WARDHIVE_ASSIGN(const auto pair, Keypair::load(keypair_path(options)));
  return pair.pubkey();
}

struct AddressState {
  ChainOptions options;
};
Result<std::string> address(const AddressState& state) {
  WARDHIVE_ASSIGN(const auto pair, Keypair::load(keypair_path(state.options)));
  const auto text = pair.pubkey().text();
  return state.options.json ? fmt::format(R"({{"schema_version":1,"address":"{}"}})", text) : text;
}

struct BalanceState {
  ChainOptions options;
  std::string address;
};
Result<std::string> balance(const BalanceState& state) {
  WARDHIVE_ASSIGN(const auto address, address_of(state.options, state.address));
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto lamports, rpc.balance(address));
  if (state.options.json)
    return fmt::format(R"({{"schema_version":1,"address":"{}","lamports":{}}})", address.text(),
                       lamports);
  return format_amount(lamports, kSolDecimals) + " SOL";
}

struct AirdropState {
  ChainOptions options;
  std::string amount, address;
};
Result<std::string> airdrop(const AirdropState& state) {
  WARDHIVE_ASSIGN(const auto lamports, parse_amount(state.amount, kSolDecimals));
  WARDHIVE_ASSIGN(const auto address, address_of(state.options, state.address));
  WARDHIVE_ASSIGN(const auto cluster, chain::cluster_of(state.options.url));
  if (cluster.name == "mainnet-beta")
    return fail(ErrorCode::InvalidInput, "mainnet-beta gives nothing away; use a test cluster");
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto signature, rpc.airdrop(address, lamports));
  WARDHIVE_TRY(chain::await_signature(rpc, signature, seconds(60)));
  WARDHIVE_ASSIGN(const auto now, rpc.balance(address));
  if (state.options.json)
    return fmt::format(R"({{"schema_version":1,"address":"{}","signature":"{}","lamports":{}}})",
                       address.text(), signature.text(), now);
  return fmt::format("{} has {} SOL", address.text(), format_amount(now, kSolDecimals));
}

}  // namespace

void add_key_commands(CLI::App& chain) {
  const auto key = std::make_shared<KeygenState>();
  auto* command = chain.add_subcommand("keygen", "make a key and its file");
  command->add_option("-o,--outfile", key->out, "file to write (default: that of --keypair)");
  command->add_flag("--force", key->force, "overwrite a key that is there: it is lost for ever");
  add_keypair(*command, key->options);
  on_run(*command, key, keygen);

  const auto own = std::make_shared<AddressState>();
  command = chain.add_subcommand("address", "the address of a key file");
  add_keypair(*command, own->options);
  on_run(*command, own, address);

  const auto held = std::make_shared<BalanceState>();
  command = chain.add_subcommand("balance", "how much SOL an address has");
  command->add_option("ADDRESS", held->address, "default: that of --keypair");
  add_cluster(*command, held->options);
  on_run(*command, held, balance);

  const auto gift = std::make_shared<AirdropState>();
  command = chain.add_subcommand("airdrop", "SOL from a test cluster's faucet");
  command->add_option("AMOUNT", gift->amount, "SOL")->required();
  command->add_option("ADDRESS", gift->address, "default: that of --keypair");
  add_cluster(*command, gift->options);
  on_run(*command, gift, airdrop);
}

}  // namespace wardhive::cli_chain
