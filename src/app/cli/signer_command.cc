// signer: holds keys for a controller and signs what its policy lets through.
#include <fmt/format.h>

#include <memory>

#include "app/cli/cli.h"
#include "app/cli/stop_signals.h"
#include "chain/signer_door.h"
#include "net/server.h"

namespace wardhive {
namespace {

struct SignerState {
  std::vector<std::string> keys, allowed{"quarantine", "failover"};
  std::string payer, program, listen;
  unsigned per_minute = 20;
  std::uint64_t fee_max = ChainSettings{}.priority_fee_max;
  std::uint64_t fees_per_day = chain::SignerPolicy{}.fees_lamports_per_day;
};

struct Held {
  std::vector<chain::Keypair> keys;
  chain::Keypair payer;
};
Result<Held> load(const SignerState& state) {
  std::vector<chain::Keypair> keys;
  for (const auto& file : state.keys) {
    WARDHIVE_ASSIGN(auto key, chain::Keypair::load(file));
    keys.push_back(std::move(key));
  }
  auto payer = keys.front();
  if (!state.payer.empty()) {
    WARDHIVE_ASSIGN(payer, chain::Keypair::load(state.payer));
  }
  return Held{std::move(keys), std::move(payer)};
}

Status serve(const SignerState& state) {
  const StopSignals signals;
  chain::SignerPolicy policy{.fee_lamports_max = state.fee_max,
                             .per_minute = state.per_minute,
                             .fees_lamports_per_day = state.fees_per_day};
  WARDHIVE_ASSIGN(policy.program, chain::Pubkey::parse(state.program));
  for (const auto& name : state.allowed) {
    WARDHIVE_ASSIGN(const auto tag, chain::signable(name));
    policy.allowed.insert(tag);
  }
  WARDHIVE_ASSIGN(auto held, load(state));
  WARDHIVE_ASSIGN(const auto address, net::ListenAddress::parse(state.listen));
  if (address.kind == net::ListenAddress::Kind::Tcp)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("a signer listens on no port, for whoever reaches it may ask; {} is one, "
                    "expected unix:PATH or fd:N",
                    state.listen));
  chain::SignerDoor door(std::move(held.keys), std::move(held.payer), std::move(policy),
                         system_clock());
  net::Router router;
  door.add_routes(router);
  net::Server server({}, router);
  WARDHIVE_ASSIGN(const auto port, server.listen("signer", address));
  if (port != 0)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("{} is a socket with port {}; hand over one of AF_UNIX", state.listen, port));
  server.start();
  print(fmt::format("wardhive signer holds {} key{} and listens on {}", state.keys.size(),
                    state.keys.size() == 1 ? "" : "s", state.listen));
  (void)signals.wait();
  server.stop();
  return ok();
}

}  // namespace

void add_signer_command(CLI::App& app) {
  const auto state = std::make_shared<SignerState>();
  auto* command = app.add_subcommand(
      "signer", "hold keys in a process of its own, which signs nothing but what it is told to");
  command->add_option("--key", state->keys, "key file of a sentinel; may be repeated")
      ->required()
      ->take_all();
  command->add_option("--payer", state->payer, "key file that pays fees (default: the first key)");
  command->add_option("--program", state->program, "address of swarm_core")->required();
  command->add_option("--listen", state->listen, "unix:PATH, readable by its owner alone, or fd:N")
      ->required();
  command
      ->add_option(
          "--allow", state->allowed,
          "quarantine, release, failover, incident, pause (default: quarantine and failover)")
      ->delimiter(',');
  command->add_option("--per-minute", state->per_minute, "messages at most (default 20)")
      ->check(CLI::Range(1, 10'000));
  command
      ->add_option("--fee-max", state->fee_max,
                   "priority fee of one message at most, lamports (default 50000)")
      ->check(CLI::Range(0ull, 1'000'000'000ull));
  command
      ->add_option("--fees-per-day", state->fees_per_day,
                   "all fees of the messages of a day at most, lamports (default 100000000)")
      ->check(CLI::Range(0ull, 1'000'000'000'000ull));
  on_chosen(*command, [state] {
    const auto served = serve(*state);
    return served ? kExitOk : report(served.error(), false);
  });
}

}  // namespace wardhive
