#include "respond/explain.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "respond/evidence.h"

namespace wardhive::respond {
namespace {

std::string claim_text(const Finding& claim) {
  if (!claim.evidence.summary.empty()) return claim.evidence.summary;
  return fmt::format("{} of {} seen by {}", name_of(claim.kind), claim.subject.name,
                     claim.observer.name);
}

std::string counterfactual_text(const Decision& decision) {
  std::string text;
  const auto add = [&](std::string_view part) {
    if (!text.empty()) text += "; ";
    text += part;
  };
  for (const auto& other : decision.score.counterfactuals)
    add(fmt::format("without {} the score is {}", other.without, other.value));
  for (const auto& claim : decision.evidence) {
    if (claim.evidence.counterfactual.empty()) continue;
    add(claim.evidence.counterfactual);
    break;
  }
  if (text.empty())
    add(fmt::format("a score below {} would not have led here", decision.threshold));
  return text;
}

}  // namespace

void explain(const Step& s, Case& c) {
  auto& decision = c.decision;
  const auto claims = claims_for(s.state, c.incident.subject, c.plan.kinds);
  decision.evidence.clear();
  for (const auto* claim : claims) {
    if (decision.evidence.size() == limits::kEvidencePerDecisionMax) break;
    decision.evidence.push_back(*claim);
  }
  if (const auto* score = score_of(s.state, c.incident.subject)) decision.score = *score;
  decision.threshold = c.plan.threshold;
  decision.reason = fmt::format("{}; score {} >= {}",
                                claims.empty() ? c.incident.summary : claim_text(*claims.front()),
                                decision.score.value, decision.threshold);
  decision.counterfactual = counterfactual_text(decision);
  decision.undo = fmt::format("wardhive decisions revert {}", decision.id.text());
}

std::string what_it_does(const Case& c) {
  switch (c.plan.verb) {
    case Verb::BanAddress:
      return fmt::format("ban {} on {}", c.incident.subject.name, c.decision.scope);
    case Verb::DrainNode:
      return fmt::format("drain {} at {}", c.incident.subject.name, c.decision.scope);
    case Verb::IsolateNode:
      return fmt::format("isolate {} at {}", c.incident.subject.name, c.decision.scope);
    case Verb::QuarantineNode:
      return fmt::format("quarantine {} on the chain through {}", c.incident.subject.name,
                         c.decision.scope);
    case Verb::SetNodeShare:
    case Verb::Notify:
      break;
  }
  return fmt::format("notify about {}", c.incident.subject.name);
}

}  // namespace wardhive::respond
