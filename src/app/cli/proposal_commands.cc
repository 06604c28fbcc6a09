// propose, proposals: acts on the chain that nothing does by itself.
#include <fmt/format.h>

#include <memory>

#include "app/cli/chain/chain.h"
#include "app/cli/chain/incident.h"
#include "app/cli/chain/whole.h"
#include "app/cli/cli.h"
#include "model/proposal.h"

namespace wardhive {
namespace {

struct ProposeState {
  ClientOptions client;
  std::string node, category, claim, evidence, evidence_file, duration, reason;
  std::uint64_t incident = 0;
  std::vector<std::string> parts;
};

Result<ChainAct> release_act(const ProposeState& state) {
  return ChainAct{
      .kind = ActKind::ReleaseNode, .target = node(state.node), .incident = state.incident};
}

Result<ChainAct> incident_act(const ProposeState& state) {
  ChainAct act{
      .kind = ActKind::OpenIncident, .target = node(state.node), .category = state.category};
  WARDHIVE_ASSIGN(act.claim_bps, cli_chain::claim_in_bps(state.claim));
  WARDHIVE_ASSIGN(act.evidence, cli_chain::evidence_digest(state.evidence, state.evidence_file));
  return act;
}

Result<ChainAct> pause_act(const ProposeState& state) {
  WARDHIVE_ASSIGN(const auto lasts, cli_chain::whole_seconds(state.duration, "--for"));
  return ChainAct{.kind = ActKind::Pause, .parts = state.parts, .lasts = seconds(lasts)};
}

int post(const ClientOptions& options, const std::string& path, const std::string& body) {
  const auto answer = call(options, net::Method::Post, path, body);
  if (!answer) return report(answer.error(), options.json);
  if (options.json)
    print_json(*answer);
  else
    print(answer->string_or("says", "done"));
  return kExitOk;
}

int propose(const ProposeState& state, Result<ChainAct> (*make)(const ProposeState&)) {
  const auto act = make(state);
  if (!act) return report(act.error(), state.client.json);
  if (const auto fit = check_act(*act); !fit) return report(fit.error(), state.client.json);
  auto body = to_json(*act);
  body.insert(body.size() - 1, fmt::format(R"(,"reason":{})", to_json(state.reason)));
  return post(state.client, "/api/v1/proposals", body);
}

CLI::App* propose_command(CLI::App& group, const char* name, const char* about,
                          const std::shared_ptr<ProposeState>& state,
                          Result<ChainAct> (*make)(const ProposeState&)) {
  auto* command = group.add_subcommand(name, about);
  command->add_option("--reason", state->reason, "kept in the audit")->required();
  add_client_options(*command, state->client);
  on_chosen(*command, [state, make] { return propose(*state, make); });
  return command;
}

void add_propose(CLI::App& app) {
  auto* group = app.add_subcommand("propose", "an act on the chain that nothing does by itself");
  group->require_subcommand(1);

  auto state = std::make_shared<ProposeState>();
  auto* command = propose_command(*group, "release", "end a node's quarantine before its time",
                                  state, release_act);
  command->add_option("NODE", state->node, "name")->required();
  command
      ->add_option("--incident", state->incident,
                   "the number that holds it: last_incident of `wardhive chain node show`")
      ->required()
      ->check(cli_chain::whole(1));

  state = std::make_shared<ProposeState>();
  command = propose_command(*group, "incident",
                            "accuse the stake behind a node, answering with the payer's own", state,
                            incident_act);
  command->add_option("NODE", state->node, "name")->required();
  command->add_option("--category", state->category, "of what")
      ->required()
      ->check(CLI::IsMember(
          std::vector<std::string>(kChargeCategories.begin(), kChargeCategories.end())));
  command->add_option("--claim", state->claim, "share of the stake, such as 2.5%")->required();
  command->add_option("--evidence", state->evidence,
                      "SHA-256 of what is kept off the chain, in hex");
  command->add_option("--evidence-file", state->evidence_file,
                      "the evidence itself, to be hashed here");

  state = std::make_shared<ProposeState>();
  command = propose_command(*group, "pause", "stop parts of the program for a time (the breaker)",
                            state, pause_act);
  std::vector<std::string> parts;
  for (const auto part : kPausableParts)
    if (part != "withdraw") parts.emplace_back(part);
  command->add_option("PART", state->parts, "what")->required()->check(CLI::IsMember(parts));
  command->add_option("--for", state->duration, "60s to 1h")->required();
}

// Somebody else's words, in one line and without what a terminal would obey: a reason must not look
// like an approval.
std::string quoted_line(std::string_view text) {
  const auto quoted = to_json(std::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

void print_proposal(const JsonValue& json) {
  const auto read = from_json<Proposal>(json);
  if (!read) return print(read.error().message);
  const auto& p = *read;
  print(fmt::format("{}  {}  {}", p.id.text(), name_of(p.state), words_of(p.act)));
  if (!p.reason.empty()) print("  because " + quoted_line(p.reason));
  for (const auto& approval : p.approvals)
    print(fmt::format("  {}  approved by {}", format_rfc3339(approval.at), approval.by));
  if (p.state == ProposalState::Open)
    print(fmt::format("  {} of {} approvals until {}: wardhive proposals approve {}",
                      p.approvals.size(), p.needed, format_rfc3339(p.expires_at), p.id.text()));
  if (!p.act.evidence.empty()) print("  evidence " + p.act.evidence);
  const bool landed = p.state == ProposalState::Confirmed || p.state == ProposalState::Done;
  if (!p.detail.empty()) print((landed ? "  on the chain as " : "  ") + quoted_line(p.detail));
}

int list(const ClientOptions& options, bool all) {
  const auto answer = call(options, net::Method::Get,
                           all ? "/api/v1/proposals?state=all&limit=1000" : "/api/v1/proposals");
  if (!answer) return report(answer.error(), options.json);
  if (options.json)
    print_json(*answer);
  else if (answer->items().empty())
    print("no proposal is open");
  else
    for (const auto& item : answer->items()) print_proposal(item);
  return kExitOk;
}

struct OneState {
  ClientOptions client;
  std::string id, reason;
};
std::string path_of(const OneState& state, std::string_view verb = "") {
  return "/api/v1/proposals/" + net::percent_encode(state.id) + std::string(verb);
}

void add_answer(CLI::App& group, const std::string& verb, const std::string& about) {
  const auto state = std::make_shared<OneState>();
  auto* command = group.add_subcommand(verb, about);
  command->add_option("ID", state->id)->required();
  command->add_option("--reason", state->reason, "kept in the audit");
  add_client_options(*command, state->client);
  on_chosen(*command, [state, verb] {
    return post(state->client, path_of(*state, "/" + verb),
                fmt::format(R"({{"reason":{}}})", to_json(state->reason)));
  });
}

void add_proposals(CLI::App& app) {
  auto* group = app.add_subcommand("proposals", "what waits for approval, and what came of it");
  group->require_subcommand(1);

  const auto listed = std::make_shared<ClientOptions>();
  const auto all = std::make_shared<bool>(false);
  auto* command = group->add_subcommand("list", "open proposals");
  command->add_flag("--all", *all, "ended ones too");
  add_client_options(*command, *listed);
  on_chosen(*command, [listed, all] { return list(*listed, *all); });

  const auto shown = std::make_shared<OneState>();
  command = group->add_subcommand("show", "one proposal");
  command->add_option("ID", shown->id)->required();
  add_client_options(*command, shown->client);
  on_chosen(*command, [shown] {
    const auto answer = call(shown->client, net::Method::Get, path_of(*shown));
    if (!answer) return report(answer.error(), shown->client.json);
    shown->client.json ? print_json(*answer) : print_proposal(*answer);
    return kExitOk;
  });
  add_answer(*group, "approve", "agree, in one's own name; with the last one it is signed");
  add_answer(*group, "withdraw", "take it back while it is open");
}

}  // namespace

void add_proposal_commands(CLI::App& app) {
  add_propose(app);
  add_proposals(app);
}

}  // namespace wardhive
