// chain quarantine, release, pause: what sentinels and guardians do against an attack.
#include <fmt/format.h>

#include <array>

#include "app/cli/chain/market.h"
#include "app/cli/chain/whole.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

swarm::SetKind set_of(const MarketState& state) {
  return state.guardian ? swarm::SetKind::Guardian : swarm::SetKind::Sentinel;
}
Pubkey address_of(const MarketState& state, const Desk& desk) {
  return state.guardian ? desk.market.addresses.guardian : desk.market.addresses.sentinel;
}

Result<std::string> quarantine(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto lasts, whole_seconds(state.duration, "--for"));
  WARDHIVE_ASSIGN(const auto target, Pubkey::parse(state.target));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto signers,
                  set_signers(desk, set_of(state), state.keys, state.guardian ? 0 : 1));
  auto instruction = desk.instruction(InstructionTag::Quarantine);
  instruction.account("set", address_of(state, desk))
      .account("target", target)
      .number("kind", state.is_position ? 1 : 0)
      .number("incident", state.incident)
      .number("seconds", lasts)
      .number("reason", state.reason);
  signers.sign(instruction);
  return do_it(
      state, desk,
      {.did = "quarantine", .step = {{instruction.build()}, signers.pointers()}, .shown = target});
}

Result<std::string> release(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto target, Pubkey::parse(state.target));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, set_of(state), state.keys));
  auto instruction = desk.instruction(InstructionTag::Release);
  instruction.account("set", address_of(state, desk))
      .account("target", target)
      .number("kind", state.is_position ? 1 : 0)
      .number("incident", state.incident);
  signers.sign(instruction);
  return do_it(
      state, desk,
      {.did = "release", .step = {{instruction.build()}, signers.pointers()}, .shown = target});
}

struct Part {
  std::string_view name;
  swarm::Pause bit;
};
constexpr std::array kParts{
    Part{"stake-in", swarm::Pause::StakeIn},     Part{"claim", swarm::Pause::Claim},
    Part{"withdraw", swarm::Pause::Withdraw},    Part{"nodes", swarm::Pause::Nodes},
    Part{"open-lease", swarm::Pause::OpenLease}, Part{"post-root", swarm::Pause::PostRoot},
    Part{"incident", swarm::Pause::Incident}};

Result<std::string> pause(const MarketState& state) {
  std::uint64_t what = 0;
  for (const auto& name : state.parts) {
    for (const auto& part : kParts)
      if (part.name == name) what |= static_cast<std::uint64_t>(part.bit);
  }
  std::uint32_t lasts = 0;  // resumes
  if (!state.all) {
    WARDHIVE_ASSIGN(lasts, whole_seconds(state.duration, "--for"));
  }
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto signers,
                  set_signers(desk, set_of(state), state.keys, state.guardian ? 0 : 1));
  auto instruction = desk.instruction(InstructionTag::Breaker);
  instruction.account("set", address_of(state, desk)).number("what", what).number("seconds", lasts);
  signers.sign(instruction);
  return do_it(state, desk,
               {.did = state.all ? "resume" : "pause",
                .step = {{instruction.build()}, signers.pointers()},
                .shown = desk.market.addresses.fleet});
}

void add_keys(CLI::App& command, const std::shared_ptr<MarketState>& state) {
  command.add_option("--key", state->keys, "key file of the set; once for each")->required();
  command.add_flag("--guardian", state->guardian, "the keys are guardians', not sentinels'");
}

}  // namespace

void add_response_commands(CLI::App& chain) {
  auto state = std::make_shared<MarketState>();
  state->reason = swarm::kReasonsNetwork;
  auto* command =
      add_market(chain, "quarantine",
                 "take a node out of service, or freeze a position, for a time", state, quarantine);
  command->add_option("TARGET", state->target, "address of the node or position")->required();
  command->add_flag("--position", state->is_position, "it is a position");
  command->add_option("--incident", state->incident, "number; acts once on a target")
      ->required()
      ->check(whole());
  command->add_option("--for", state->duration, "60s to 24h; guardians 7d")->required();
  command->add_option("--reason", state->reason, "code from 20000 (default)")
      ->check(whole(swarm::kReasonsNetwork, UINT16_MAX));
  add_keys(*command, state);

  state = std::make_shared<MarketState>();
  command = add_market(chain, "release", "end a quarantine before its time", state, release);
  command->add_option("TARGET", state->target, "address of the node or position")->required();
  command->add_flag("--position", state->is_position, "it is a position");
  command->add_option("--incident", state->incident, "the number that holds it")
      ->required()
      ->check(whole());
  add_keys(*command, state);

  std::vector<std::string> names;
  for (const auto& part : kParts) names.emplace_back(part.name);
  for (const bool resumes : {false, true}) {
    state = std::make_shared<MarketState>();
    state->all = resumes;
    command = add_market(chain, resumes ? "resume" : "pause",
                         resumes ? "let paused parts run again (guardians)"
                                 : "stop parts of the program for a time (the breaker)",
                         state, pause);
    command->add_option("PART", state->parts, "what")->required()->check(CLI::IsMember(names));
    if (!resumes)
      command->add_option("--for", state->duration, "at most 1h; guardians 72h")->required();
    add_keys(*command, state);
  }
}

}  // namespace wardhive::cli_chain
