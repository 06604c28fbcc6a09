#include "app/demo/chain.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "base/clock.h"
#include "chain/keypair.h"

namespace wardhive::demo {
namespace {

constexpr std::string_view kHost = "controller";  // the chain listens on its host's loopback only
constexpr std::string_view kUrl = "http://127.0.0.1:8899";
constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;
constexpr Duration kReadyMax = seconds(15);
constexpr Duration kAnswerMax = seconds(5);
constexpr std::string_view kRemedy =
    "`tools/walk --until 'An hour later' --keep FOLDER docs/guide/leasing.md` makes such a folder";

std::string inside(std::string_view name) {
  return fleet::Sandbox::inside(fmt::format("chain/{}", name)).string();
}

Result<Instant> time_in(const JsonValue& json, std::string_view key) {
  const auto* found = json.find(key);
  if (found == nullptr) return fail(ErrorCode::InvalidInput, fmt::format("no `{}`", key));
  if (found->is_null()) return Instant{};
  return parse_rfc3339(found->as_string());
}

Result<std::uint64_t> units_in(const JsonValue& json, std::string_view key) {
  const auto* found = json.find(key);
  if (found == nullptr || found->type() != JsonValue::Type::Int)
    return fail(ErrorCode::InvalidInput, fmt::format("no number `{}`", key));
  return static_cast<std::uint64_t>(found->as_int());
}

}  // namespace

const NodeOnChain* ChainSight::find(const std::string& account) const {
  const auto it = std::ranges::find(nodes, account, &NodeOnChain::account);
  return it == nodes.end() ? nullptr : &*it;
}

Result<NodeOnChain> parse_node_on_chain(const JsonValue& json) {
  NodeOnChain node;
  node.account = json.string_or("node", "");
  WARDHIVE_ASSIGN(node.quarantined_from, time_in(json, "quarantined_from"));
  WARDHIVE_ASSIGN(const auto until, time_in(json, "quarantined_until"));
  node.quarantined = until > node.quarantined_from;
  return node;
}

Result<LeaseOnChain> parse_lease_on_chain(const JsonValue& json) {
  LeaseOnChain lease;
  lease.account = json.string_or("lease", "");
  WARDHIVE_ASSIGN(lease.seat, units_in(json, "seat"));
  WARDHIVE_ASSIGN(lease.settled_to, time_in(json, "settled_to"));
  WARDHIVE_ASSIGN(lease.prepaid, units_in(json, "prepaid_units"));
  WARDHIVE_ASSIGN(lease.earned, units_in(json, "earned_units"));
  WARDHIVE_ASSIGN(lease.refunded, units_in(json, "refunded_units"));
  WARDHIVE_ASSIGN(lease.escrow, units_in(json, "escrow_units"));
  const auto* seats = json.find("seats");
  if (seats == nullptr) return fail(ErrorCode::InvalidInput, "no `seats`");
  for (const auto& item : seats->items()) {
    SeatOnChain seat{.node = item.string_or("node", "")};
    WARDHIVE_ASSIGN(seat.rate, units_in(item, "rate_units"));
    WARDHIVE_ASSIGN(seat.earned, units_in(item, "earned_units"));
    lease.seats.push_back(std::move(seat));
  }
  return lease;
}

Result<std::unique_ptr<DemoChain>> DemoChain::start(fleet::Sandbox& sandbox, const Path& folder) {
  std::unique_ptr<DemoChain> chain(new DemoChain(sandbox));
  WARDHIVE_TRY(chain->copy(folder));
  fleet::ProcessSpec process{.host = std::string(kHost),
                             .name = "devchain",
                             .argv = {std::string(fleet::kSelf), "devchain", "--port", "8899",
                                      "--ledger", inside("chain.ledger"), "--json"}};
  WARDHIVE_TRY(sandbox.spawn(process));
  WARDHIVE_TRY(chain->wait_ready());
  WARDHIVE_TRY(chain->find_lease());
  return chain;
}

Status DemoChain::copy(const Path& folder) {
  std::error_code error;
  std::filesystem::create_directories(sandbox_.outside("chain"), error);
  for (const auto* name : {"chain.ledger", "sentinel.json", "tenant.json"}) {
    const auto text = read_file(folder / name, kFileBytesMax);
    if (!text)
      return fail(text.error().code, fmt::format("--chain: {}; {}", text.error().message, kRemedy));
    WARDHIVE_TRY(
        write_file_atomically(sandbox_.outside(fmt::format("chain/{}", name)), *text, 0600));
  }
  const auto program = chain::Keypair::load(folder / "swarm_core-keypair.json");
  if (!program)
    return fail(program.error().code,
                fmt::format("--chain: {}; {}", program.error().message, kRemedy));
  program_ = program->pubkey().text();
  return ok();
}

Status DemoChain::wait_ready() {
  const auto deadline = system_clock().mono() + kReadyMax;
  const auto log = sandbox_.outside("log/devchain.log");
  for (;;) {
    const auto said = read_file(log, 64 * 1024).value_or("");
    if (const auto end = said.find('\n'); end != std::string::npos)
      if (const auto ready = JsonValue::parse(std::string_view(said).substr(0, end));
          ready && ready->find("ready") != nullptr) {
        genesis_ = ready->string_or("genesis", "");
        return ok();
      }
    if (!sandbox_.running("devchain") || system_clock().mono() > deadline)
      return fail(ErrorCode::Unavailable,
                  fmt::format("the development chain did not start; it says: {}", said));
    ::poll(nullptr, 0, 20);
  }
}

Status DemoChain::find_lease() {
  WARDHIVE_ASSIGN(const auto leases, ask({"lease", "list"}));
  if (leases.items().size() == 1) {
    WARDHIVE_ASSIGN(const auto lease, parse_lease_on_chain(leases.items().front()));
    if (lease.seat == 0 && lease.seats.size() == 2) {
      lease_ = lease.account;
      leased_ = lease.seats[0].node;
      standby_ = lease.seats[1].node;
      return ok();
    }
  }
  return fail(
      ErrorCode::InvalidInput,
      fmt::format("--chain: its ledger has {} leases; expected one, on its first node and with one "
                  "standby; {}",
                  leases.items().size(), kRemedy));
}

std::string DemoChain::settings() const {
  return fmt::format(
      "[chain]\nendpoints = [\"{}\"]\nprogram = \"{}\"\ngenesis = \"{}\"\nsentinel_keys = "
      "[\"{}\"]\n\n",
      kUrl, program_, genesis_, inside("sentinel.json"));
}

Result<JsonValue> DemoChain::ask(std::vector<std::string> command) {
  std::vector<std::string> argv{std::string(fleet::kSelf), "chain"};
  argv.insert(argv.end(), command.begin(), command.end());
  argv.insert(argv.end(), {"--program", program_, "--url", std::string(kUrl), "--json"});
  WARDHIVE_ASSIGN(const auto done, sandbox_.run(kHost, argv, kAnswerMax));
  if (done.code != 0)
    return fail(ErrorCode::Unavailable, fmt::format("wardhive chain {}: {}{}",
                                                    fmt::join(command, " "), done.err, done.out));
  return JsonValue::parse(done.out);
}

Result<NodeOnChain> DemoChain::node(const std::string& account) {
  WARDHIVE_ASSIGN(const auto json, ask({"node", "show", account}));
  return parse_node_on_chain(json);
}

Result<LeaseOnChain> DemoChain::lease() {
  WARDHIVE_ASSIGN(const auto json, ask({"lease", "show", lease_}));
  return parse_lease_on_chain(json);
}

Result<ChainSight> DemoChain::sight() {
  ChainSight sight;
  WARDHIVE_ASSIGN(sight.lease, lease());
  WARDHIVE_ASSIGN(const auto nodes, ask({"node", "list"}));
  for (const auto& json : nodes.items()) {
    WARDHIVE_ASSIGN(auto node, parse_node_on_chain(json));
    sight.nodes.push_back(std::move(node));
    WARDHIVE_ASSIGN(const auto positions,
                    ask({"position", "list", "--owner", json.string_or("owner", "")}));
    for (const auto& position : positions.items()) {
      WARDHIVE_ASSIGN(sight.staked[position.string_or("position", "")],
                      units_in(position, "staked_units"));
    }
  }
  return sight;
}

Status DemoChain::settle() {
  WARDHIVE_TRY(ask({"lease", "settle", lease_, "--keypair", inside("tenant.json")}));
  return ok();
}

}  // namespace wardhive::demo
