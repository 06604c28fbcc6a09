#include <fmt/format.h>

#include "app/cli/chain/incident.h"
#include "base/bytes.h"
#include "base/json.h"
#include "chain/swarm.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using chain::TrialStage;

std::string address(const swarm::Key& key) { return chain::pubkey_of(key).text(); }
bool on_node(const swarm::Incident& incident) { return incident.node != swarm::Key{}; }

std::string deadline_of(const swarm::Incident& incident) {
  return fmt::format("{} (and slot {}, if that is later)", date_of(incident.deadline),
                     incident.deadline_slot);
}

std::string stage_in_words(TrialStage stage, const swarm::Incident& incident) {
  switch (stage) {
    case TrialStage::Disputable:
      return "accused; may be disputed until " + deadline_of(incident);
    case TrialStage::Undisputed:
      return "nobody disputed in time";
    case TrialStage::Disputed:
      return "disputed; the resolvers decide until " + deadline_of(incident);
    case TrialStage::Undecided:
      return "disputed, and not decided in time: a draw";
    case TrialStage::Upheld:
      return "upheld by the resolvers";
    case TrialStage::Executed:
      break;
  }
  return "executed at " + date_of(incident.executed_at);
}

std::vector<NextStep> after_execution(const Market& market, const swarm::Incident& incident,
                                      const chain::TrialClock& now) {
  const auto tokens = [&](std::uint64_t units) { return format_amount(units, market.decimals()); };
  std::vector<NextStep> steps;
  const bool late = chain::tenants_are_late(incident, now);
  if (incident.pot != 0 && !late)
    steps.push_back(
        {"tenants of the node (anyone for them)",
         fmt::format("may have their part of the {} tokens that are left until {}: "
                     "`wardhive chain incident compensate {} LEASE`",
                     tokens(incident.pot), date_of(chain::tenants_until(incident)), incident.id)});
  if (incident.pot != 0 && late)
    steps.push_back({"anyone", fmt::format("may burn the {} tokens no tenant asked for: `wardhive "
                                           "chain incident recover {}`",
                                           tokens(incident.pot), incident.id)});
  if (incident.recovered != incident.recoverable) {
    const auto due = chain::comes_back_now(incident, now);
    const auto next = chain::next_part_at(incident, now);
    const auto left = tokens(incident.recoverable - incident.recovered);
    auto what = due == 0 ? fmt::format("may give back the next part of {} tokens", left)
                         : fmt::format("may give back {} of {} tokens now", tokens(due), left);
    what += fmt::format(
        " to the accused, or burn it if a later slash or the position's end has forfeited it: "
        "`wardhive chain incident recover {}`",
        incident.id);
    if (next != 0) what += "; the next part is due at " + date_of(next);
    steps.push_back({"anyone", what});
  }
  return steps;
}

// What is at stake for the two sides, once and for all.
std::string stakes_in_words(const Market& market, const swarm::Incident& incident,
                            TrialStage stage) {
  const auto tokens = [&](std::uint64_t units) { return format_amount(units, market.decimals()); };
  const auto split = chain::split_of(incident);
  if (stage == TrialStage::Executed)
    return fmt::format(
        "taken: {} tokens; {} of them set aside to come back ({} did), {} left for "
        "tenants; the rest went to tenants or was burned",
        tokens(incident.loss), tokens(incident.recoverable), tokens(incident.recovered),
        tokens(incident.pot));
  auto text = fmt::format(
      "at most lost by the accused: {} tokens ({} for tenants of the node, {} burned, {} of them "
      "may "
      "come back over 30 days)",
      tokens(incident.loss), tokens(split.tenants), tokens(split.burned), tokens(split.comes_back));
  if (incident.bond != 0)
    text += fmt::format(
        "\n  at most lost by the accuser: the bond of {} tokens, to the accused, if "
        "the resolvers reject it",
        tokens(incident.bond));
  return text;
}

}  // namespace

std::vector<NextStep> next_steps(const Market& market, const swarm::Incident& incident,
                                 const chain::TrialClock& now) {
  const auto command = [&](std::string_view verb, std::string_view rest = "") {
    return fmt::format("`wardhive chain incident {} {}{}`", verb, incident.id, rest);
  };
  switch (chain::stage_of(incident, now)) {
    case TrialStage::Disputable:
      return {{"the accused", "may dispute until " + date_of(incident.deadline) +
                                  ", without a bond: " + command("dispute")},
              {"anyone", "may execute it after that, if nobody did: " + command("execute")}};
    case TrialStage::Undisputed:
    case TrialStage::Upheld:
      return {{"anyone", "may execute it now: " + command("execute")}};
    case TrialStage::Disputed:
      return {{"the resolvers", "uphold (all of it or less), reject or draw until " +
                                    date_of(incident.deadline) + ": " +
                                    command("resolve", " --verdict VERDICT --key FILE")},
              {"anyone", "may end it as a draw after that, if they did not: " +
                             command("resolve", " --verdict draw")}};
    case TrialStage::Undecided:
      return {{"anyone", "may end it as a draw now; nobody loses anything: " +
                             command("resolve", " --verdict draw")}};
    case TrialStage::Executed:
      break;
  }
  return after_execution(market, incident, now);
}

std::string incident_line(const Market& market, const swarm::Incident& incident,
                          const chain::TrialClock& now) {
  return fmt::format("incident {}: {} accuses {} of {}, {} tokens; {}", incident.id,
                     address(incident.opener), address(incident.owner),
                     chain::category_name(incident.category),
                     format_amount(incident.loss, market.decimals()),
                     stage_in_words(chain::stage_of(incident, now), incident));
}

std::string incident_text(const Market& market, const Pubkey& key, const swarm::Incident& incident,
                          const chain::TrialClock& now) {
  const auto tokens = [&](std::uint64_t units) { return format_amount(units, market.decimals()); };
  const auto stage = chain::stage_of(incident, now);
  auto text = fmt::format("incident {} ({}): {} accuses {} of {}", incident.id, key.text(),
                          address(incident.opener), address(incident.owner),
                          chain::category_name(incident.category));
  if (on_node(incident)) text += "\n  about node " + address(incident.node);
  text += fmt::format("\n  evidence, kept off the chain, SHA-256: {}",
                      to_hex(chain::pubkey_of(incident.evidence).bytes));
  text += fmt::format("\n  claim: {} % of the {} tokens that were free at {}: {} tokens",
                      format_amount(incident.bps, 2), tokens(incident.base),
                      address(incident.position), tokens(incident.loss));
  text += "\n  state: " + stage_in_words(stage, incident);
  text += "\n  " + stakes_in_words(market, incident, stage);
  for (const auto& [who, what] : next_steps(market, incident, now))
    text += fmt::format("\n  next: {} {}", who, what);
  return text;
}

std::string incident_json(const Market& market, const Pubkey& key, const swarm::Incident& incident,
                          const chain::TrialClock& now) {
  const auto stage = chain::stage_of(incident, now);
  const auto split = chain::split_of(incident);
  const auto date = [](std::uint64_t t) { return t == 0 ? "null" : "\"" + date_of(t) + "\""; };
  std::string steps;
  for (const auto& [who, what] : next_steps(market, incident, now)) {
    if (!steps.empty()) steps += ",";
    steps += fmt::format(R"({{"who":{},"what":{}}})", to_json(who), to_json(what));
  }
  return fmt::format(
      R"({{"schema_version":1,"incident":"{}","id":{},"stage":"{}","category":"{}","accused":"{}","position":"{}","node":{},)"
      R"("opener":"{}","bond_position":"{}","evidence":"{}","claim_bps":{},"base_units":{},"claim_units":{},"bond_units":{},)"
      R"("deadline":{},"deadline_slot":{},"tenants_units":{},"comes_back_units":{},"burned_units":{},"executed_at":{},)"
      R"("out_of_service_seconds":{},"tenants_left_units":{},"recoverable_units":{},"recovered_units":{},"recoverable_now_units":{},)"
      R"("next":[{}]}})",
      key.text(), incident.id, chain::name_of(stage), chain::category_name(incident.category),
      address(incident.owner), address(incident.position),
      on_node(incident) ? "\"" + address(incident.node) + "\"" : "null", address(incident.opener),
      address(incident.bond_position), to_hex(chain::pubkey_of(incident.evidence).bytes),
      incident.bps, incident.base, incident.loss, incident.bond, date(incident.deadline),
      incident.deadline_slot, split.tenants, split.comes_back, split.burned,
      date(incident.executed_at), incident.gap, incident.pot, incident.recoverable,
      incident.recovered, stage == TrialStage::Executed ? chain::comes_back_now(incident, now) : 0,
      steps);
}

}  // namespace wardhive::cli_chain
