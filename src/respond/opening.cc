#include "respond/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "respond/containment.h"
#include "respond/evidence.h"
#include "respond/explain.h"

namespace wardhive::respond {
namespace {

Incident new_incident(Step& s, const Plan& plan, const Entity& subject) {
  Incident incident;
  incident.id = s.next_incident();
  incident.playbook = plan.name;
  incident.severity = plan.severity;
  incident.subject = subject;
  incident.opened_at = s.now;
  incident.deadline_at = s.now + deadline_of(plan.severity);
  incident.first_evidence_at = s.now;
  for (const auto* claim : claims_for(s.state, subject, plan.kinds)) {
    incident.first_evidence_at =
        std::min(incident.first_evidence_at, claim->since == Instant{} ? claim->at : claim->since);
    if (incident.summary.empty()) incident.summary = claim->evidence.summary;
  }
  if (incident.summary.empty()) incident.summary = fmt::format("{} needs attention", subject.name);
  return incident;
}

std::string opening_text(const Case& c) {
  if (!c.decision.id) return c.incident.summary;
  const auto would = c.decision.state == DecisionState::Shadow ? "would " : "";
  return fmt::format("{}{}: {}", would, what_it_does(c), c.decision.reason);
}

void open_incident(Step& s, const Playbook& book, std::uint8_t threshold, const Entity& subject) {
  auto& cases = s.state.cases;
  if (cases.size() >= limits::kIncidentsOpenMax) {
    ++s.state.incidents_refused;
    return;
  }
  auto& c = cases[case_key(subject, book.name)];
  c.plan = {book.name,     fmt::format("{}/{}@{}", book.name, book.version, book.digest),
            book.severity, book.kinds,
            Verb::Notify,  PlaybookScope::Reporter,
            book.recovery, threshold,
            false};
  for (const auto& step : book.steps) {
    if (step.verb == Verb::Notify)
      c.plan.notify = true;
    else
      std::tie(c.plan.verb, c.plan.on) = std::pair(step.verb, step.on);
  }
  c.incident = new_incident(s, c.plan, subject);
  c.entered_at = s.now;
  s.remark(c, c.incident.summary);
  consider(s, c, true);
  // What a rail held back was told already, with the rail.
  if (c.plan.notify && c.incident.state != IncidentState::Held)
    s.notify(c, false, fmt::format("{}: {}", c.plan.severity, opening_text(c)));
}

std::uint8_t threshold_of(const Step& s, const Playbook& book) {
  if (book.score_min != 0) return static_cast<std::uint8_t>(book.score_min);
  for (const auto& step : book.steps) {
    if (step.verb == Verb::BanAddress)
      return static_cast<std::uint8_t>(s.rails().ban_address_score);
    if (step.verb == Verb::DrainNode) return static_cast<std::uint8_t>(s.rails().drain_node_score);
    if (step.verb == Verb::IsolateNode || step.verb == Verb::QuarantineNode)
      return static_cast<std::uint8_t>(s.rails().isolate_node_score);
  }
  return 0;
}

// On the chain only what has an account there can be acted on; for other nodes that is no gap.
bool concerns(const Step& s, const Playbook& book, const Entity& subject) {
  const auto* info = s.network.find(subject.name);
  return !acts_on_chain(book) || (info != nullptr && !info->account.empty());
}

}  // namespace

void open_incidents(Step& s, const std::vector<Playbook>& playbooks, const Entity& subject) {
  for (const auto& book : playbooks) {
    const auto threshold = threshold_of(s, book);
    if (concerns(s, book, subject) && triggered(s, subject, book, threshold) &&
        !s.state.cases.contains(case_key(subject, book.name)))
      open_incident(s, book, threshold, subject);
  }
}

}  // namespace wardhive::respond
