// chain incident dispute, resolve, execute, compensate, recover, show, list: a slash with a trial.
// Its opening is in incident_open.cc.
#include "app/cli/chain/incident.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/chain/market.h"
#include "app/cli/chain/user.h"
#include "app/cli/chain/whole.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using chain::TrialStage;
using swarm::InstructionTag;

constexpr std::array<std::string_view, 3> kVerdicts{"uphold", "reject", "draw"};  // by Verdict

// ---- What all of them read

struct Trial {
  Desk desk;
  Pubkey key;
  swarm::Incident incident;
  chain::TrialClock now;

  TrialStage stage() const { return chain::stage_of(incident, now); }
};
Result<swarm::Incident> read_incident(const chain::Rpc& rpc, const Market& market,
                                      const Pubkey& key, std::uint64_t id) {
  auto incident =
      chain::read_account<swarm::Incident>(rpc, key, market.addresses.program, "incident");
  if (incident || incident.error().code != ErrorCode::NotFound) return incident;
  return chain::fault(ErrorCode::NotFound, "no_incident",
                      fmt::format("there is no incident {} here: it was never opened, or it ended "
                                  "(rejected, drawn, or all of it paid, given back and burned)",
                                  id));
}
Result<Trial> read_trial(const MarketState& state) {
  WARDHIVE_ASSIGN(auto desk, open_desk(state));
  const auto key = desk.market.addresses.incident(state.incident);
  WARDHIVE_ASSIGN(const auto incident,
                  read_incident(desk.session->rpc, desk.market, key, state.incident));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(desk.session->rpc));
  return Trial{std::move(desk), key, incident, now};
}

std::unexpected<Error> too_late(std::string_view reason, const Trial& trial,
                                std::string_view what) {
  return chain::fault(
      ErrorCode::Conflict, reason,
      fmt::format("incident {}: {} until {} (slot {}); the chain's clock is {} (slot {})",
                  trial.incident.id, what, date_of(trial.incident.deadline),
                  trial.incident.deadline_slot, date_of(trial.now.seconds), trial.now.slot));
}

Result<std::string> done(const MarketState& state, const Trial& trial, std::string_view did,
                         Step step, Pubkey wallet = {}) {
  return do_it(state, trial.desk,
               {.did = did,
                .step = std::move(step),
                .wallet = wallet,
                .shown = trial.key,
                .now = trial.now});
}

// ---- dispute, resolve

Result<std::string> dispute(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto trial, read_trial(state));
  const auto owner = chain::pubkey_of(trial.incident.owner);
  if (owner != trial.desk.signer)
    return chain::fault(
        ErrorCode::PermissionDenied, "not_the_accused",
        fmt::format("incident {} accuses {}, who alone may dispute it; this key is {}",
                    trial.incident.id, owner.text(), trial.desk.signer.text()));
  if (trial.stage() == TrialStage::Undisputed)
    return too_late("dispute_over", trial, "could be disputed");
  const auto instruction = trial.desk.instruction(InstructionTag::Dispute)
                               .account("owner", trial.desk.signer)
                               .account("incident", trial.key)
                               .build();
  return done(state, trial, "incident dispute", {{instruction}});
}

// After the resolvers' time it is a draw, which needs no key.
Result<SetSigners> judges_of(const MarketState& state, const Trial& trial) {
  if (trial.stage() != TrialStage::Undecided)
    return set_signers(trial.desk, swarm::SetKind::Resolver, state.keys);
  WARDHIVE_ASSIGN(const auto slot, trial.desk.session->rpc.slot());
  return SetSigners{.valid_until_slot = slot + swarm::kSignatureSlotsMax / 2};
}

Result<std::string> resolve(const MarketState& state) {
  const auto verdict =
      static_cast<std::uint64_t>(std::ranges::find(kVerdicts, state.verdict) - kVerdicts.begin());
  const bool upholds = verdict == static_cast<std::uint64_t>(swarm::Verdict::Uphold);
  if (!upholds && !state.claim.empty())
    return fail(ErrorCode::InvalidInput,
                "--claim says how much is upheld: only with --verdict uphold");
  WARDHIVE_ASSIGN(const auto trial, read_trial(state));
  if (trial.stage() == TrialStage::Undecided &&
      verdict != static_cast<std::uint64_t>(swarm::Verdict::Draw))
    return too_late("resolve_over", trial, "could be decided");
  auto bps = upholds ? trial.incident.bps : std::uint16_t{0};
  if (!state.claim.empty()) {
    WARDHIVE_ASSIGN(bps, claim_in_bps(state.claim));
  }
  WARDHIVE_ASSIGN(const auto signers, judges_of(state, trial));
  auto instruction = trial.desk.instruction(InstructionTag::Resolve);
  instruction.account("incident", trial.key)
      .account("position", chain::pubkey_of(trial.incident.position))
      .account("bond_position", chain::pubkey_of(trial.incident.bond_position))
      .account("rent_to", chain::pubkey_of(trial.incident.opener))
      .number("verdict", verdict)
      .number("bps", bps);
  signers.sign(instruction);
  return done(state, trial, "incident resolve", {{instruction.build()}, signers.pointers()});
}

// ---- execute, compensate, recover

Result<std::string> execute(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto trial, read_trial(state));
  if (trial.stage() == TrialStage::Disputable)
    return too_late("dispute_running", trial, "can be disputed, and not executed,");
  const auto& [desk, key, incident, now] = trial;
  const auto node = chain::pubkey_of(incident.node);
  const auto instruction =
      desk.instruction(InstructionTag::Execute)
          .account("incident", key)
          .account("position", chain::pubkey_of(incident.position))
          .account("bond_position", chain::pubkey_of(incident.bond_position))
          // Any account where there is none, but none that stands in another place.
          .account("node", node == Pubkey{} ? chain::programs::kSystem : node)
          .account("rent_to", chain::pubkey_of(incident.opener))
          .account("mint", desk.market.mint)
          .account("token_program", desk.market.token_program)
          .build();
  return done(state, trial, "incident execute", {{instruction}});
}

Result<std::string> compensate(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto lease_key, Pubkey::parse(state.lease));
  WARDHIVE_ASSIGN(const auto trial, read_trial(state));
  const auto& desk = trial.desk;
  WARDHIVE_ASSIGN(const auto lease, desk.read<swarm::Lease>(lease_key, "lease"));
  std::size_t seat = 0;
  while (seat < swarm::kSeats && lease.seats[seat].node != trial.incident.node) ++seat;
  if (seat == swarm::kSeats || trial.incident.node == swarm::Key{})
    return chain::fault(
        ErrorCode::InvalidInput, "lease_not_hit",
        fmt::format(
            "the lease {} has nothing to do with incident {}: {}", state.lease, trial.incident.id,
            trial.incident.node == swarm::Key{}
                ? "it is not about a node"
                : "it never named the node " + chain::pubkey_of(trial.incident.node).text()));
  Step step;
  WARDHIVE_ASSIGN(const auto wallet, payable_wallet(desk, chain::pubkey_of(lease.tenant), step));
  step.instructions.push_back(desk.instruction(InstructionTag::Compensate)
                                  .account("incident", trial.key)
                                  .account("lease", lease_key)
                                  .account("to", wallet.key)
                                  .account("mint", desk.market.mint)
                                  .account("token_program", desk.market.token_program)
                                  .number("seat", seat)
                                  .build());
  return done(state, trial, "incident compensate", std::move(step), wallet.key);
}

// Whether a call would change anything: what came back, what is forfeit by a later slash, what no
// tenant asked for, or an account with nothing left.
Result<bool> has_effect(const Trial& trial) {
  const auto& incident = trial.incident;
  if (trial.stage() != TrialStage::Executed) return true;  // the program says what is missing
  if (chain::comes_back_now(incident, trial.now) != 0) return true;
  if (chain::tenants_are_late(incident, trial.now) && incident.pot != 0) return true;
  if (incident.recovered == incident.recoverable) return incident.pot == 0;
  const auto position =
      trial.desk.read<swarm::Position>(chain::pubkey_of(incident.position), "position");
  if (!position && position.error().code != ErrorCode::NotFound)
    return std::unexpected(position.error());
  return !position || position->id != incident.position_id ||
         position->slashes != incident.slash_number;
}

Result<std::string> recover(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto trial, read_trial(state));
  WARDHIVE_ASSIGN(const bool changes, has_effect(trial));
  if (!changes) {
    const bool parts = trial.incident.recovered != trial.incident.recoverable;
    return chain::fault(
        ErrorCode::Conflict, "nothing_to_recover",
        fmt::format("incident {}: nothing yet; {} at {}", trial.incident.id,
                    parts ? "the next part comes back" : "what no tenant asked for may be burned",
                    date_of(parts ? chain::next_part_at(trial.incident, trial.now)
                                  : chain::tenants_until(trial.incident))));
  }
  const auto& desk = trial.desk;
  const auto instruction = desk.instruction(InstructionTag::Recover)
                               .account("incident", trial.key)
                               .account("position", chain::pubkey_of(trial.incident.position))
                               .account("rent_to", chain::pubkey_of(trial.incident.opener))
                               .account("mint", desk.market.mint)
                               .account("token_program", desk.market.token_program)
                               .build();
  return done(state, trial, "incident recover", {{instruction}});
}

// ---- show, list

Result<std::string> show(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  const auto key = market.addresses.incident(state.incident);
  WARDHIVE_ASSIGN(const auto incident, read_incident(rpc, market, key, state.incident));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(rpc));
  return state.options.json ? incident_json(market, key, incident, now)
                            : incident_text(market, key, incident, now);
}

Result<std::string> list(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  std::vector<chain::Filter> filters{{0, {static_cast<std::uint8_t>(swarm::AccountTag::Incident)}}};
  if (!state.target.empty()) {
    WARDHIVE_ASSIGN(const auto owner, Pubkey::parse(state.target));
    filters.push_back({offsetof(swarm::Incident, owner), {owner.bytes.begin(), owner.bytes.end()}});
  }
  WARDHIVE_ASSIGN(const auto found, rpc.program_accounts(market.addresses.program, filters));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(rpc));
  std::vector<std::pair<Pubkey, swarm::Incident>> all;
  for (const auto& [key, account] : found) {
    WARDHIVE_ASSIGN(const auto incident,
                    chain::decode_account<swarm::Incident>(account.data, "incident"));
    all.emplace_back(key, incident);
  }
  std::ranges::sort(all, {}, [](const auto& one) { return one.second.id; });
  std::string text;
  for (const auto& [key, incident] : all) {
    if (!text.empty()) text += state.options.json ? "," : "\n";
    text += state.options.json ? incident_json(market, key, incident, now)
                               : incident_line(market, incident, now);
  }
  if (state.options.json) return "[" + text + "]";
  return text.empty() ? "there are no incidents" : text;
}

// ---- the tree

using State = std::shared_ptr<MarketState>;
State fresh() { return std::make_shared<MarketState>(); }

CLI::App* of_incident(CLI::App& parent, const char* name, const char* what, const State& state,
                      Result<std::string> (*run)(const MarketState&), bool writes = true) {
  auto* command = add_market(parent, name, what, state, run, writes);
  command->add_option("ID", state->incident, "number of the incident")->required()->check(whole());
  return command;
}

}  // namespace

void add_dispute_command(CLI::App& parent) {
  of_incident(parent, "dispute", "object, as the accused; then resolvers decide", fresh(), dispute);
}

void add_incident_commands(CLI::App& chain) {
  auto* incident = chain.add_subcommand("incident", "accusations and their trial");
  incident->require_subcommand(1);
  add_incident_open(*incident);
  add_dispute_command(*incident);

  State state = fresh();
  auto* command = of_incident(*incident, "resolve",
                              "decide a disputed one (resolvers); a draw when they did not: anyone",
                              state, resolve);
  command->add_option("--verdict", state->verdict, "uphold, reject or draw")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(kVerdicts.begin(), kVerdicts.end())));
  command->add_option("--claim", state->claim,
                      "how much is upheld (default: all that was claimed)");
  command->add_option("--key", state->keys, "key file of a resolver; once for each");

  of_incident(*incident, "execute", "take what nobody disputed, or what was upheld; anyone may",
              fresh(), execute);
  state = fresh();
  command = of_incident(*incident, "compensate", "pay a tenant of the node his part; anyone may",
                        state, compensate);
  command->add_option("LEASE", state->lease, "address of the lease")->required();
  of_incident(*incident, "recover", "give back what has come back, burn what is due; anyone may",
              fresh(), recover);
  of_incident(*incident, "show",
              "one, in plain words: what happened, what may follow, what is at stake", fresh(),
              show, false);
  state = fresh();
  command = add_market(*incident, "list", "all that are not over", state, list, false);
  command->add_option("--accused", state->target, "only this owner's");
}

}  // namespace wardhive::cli_chain
