#include "api/explain.h"

#include <fmt/format.h>

namespace wardhive {
namespace {

std::string log_odds(std::int32_t milli) { return fmt::format("{:+.3f}", milli / 1000.0); }

std::string what_of(const Decision& d) {
  auto text = fmt::format("{} {}", name_of(d.verb), d.target.name);
  if (!d.scope.empty()) text += " on " + d.scope;
  if (d.verb == Verb::DrainNode || d.verb == Verb::SetNodeShare)
    text += fmt::format(" (share {} %)", d.share_bps / 100.0);
  text += fmt::format(", {}", name_of(d.state));
  if (d.state == DecisionState::Active)
    text += d.kept ? ", kept by a person" : " until " + format_rfc3339(d.expires_at);
  if (d.state == DecisionState::Shadow) text += ": would have been applied";
  if (d.state == DecisionState::Lapsed)
    text += ": its reason went away before anything was applied";
  return text;
}

}  // namespace

Explanation explain(const Decision& d) {
  Explanation e;
  e.what = what_of(d);
  e.why = d.reason;
  e.score = fmt::format("{} of 100, threshold {}", d.score.value, d.threshold);
  for (const auto& part : d.score.contributions) {
    auto line = fmt::format("{:<14} {}", part.family, log_odds(part.milli));
    if (part.findings > 0)
      line += fmt::format("  {} finding{} from {} reporter{}", part.findings,
                          part.findings == 1 ? "" : "s", part.reporters,
                          part.reporters == 1 ? "" : "s");
    if (!part.top_evidence.empty()) line += ": " + part.top_evidence;
    e.parts.push_back(std::move(line));
  }
  e.parts.push_back(fmt::format("{:<14} {}", "sum", log_odds(d.score.log_odds_milli)));
  for (const auto& finding : d.evidence) {
    e.evidence.push_back(fmt::format("{} {} by {} ({}): {}", format_rfc3339(finding.at),
                                     name_of(finding.kind), finding.observer.text(),
                                     finding.evidence.detector, finding.evidence.summary));
    for (const auto& input : finding.evidence.inputs)
      e.evidence.push_back(fmt::format(
          "  {} {}{}", format_rfc3339(input.at), input.text,
          input.sha256.empty() ? "" : fmt::format(" [sha256 {}]", input.sha256.substr(0, 12))));
  }
  for (const auto& rail : d.rails)
    e.rails.push_back(
        fmt::format("{} {}: {}", rail.passed ? "passed" : "BLOCKED", rail.rail, rail.says));
  e.would_have_changed = d.counterfactual;
  e.undo = d.undo;
  e.made_by = fmt::format("playbook {}, risk model {}", d.playbook, d.score.model);
  return e;
}

std::string format_explanation(const Explanation& e) {
  std::string text = fmt::format("what    {}\nwhy     {}\nscore   {}\n", e.what, e.why, e.score);
  const auto lines = [&](std::string_view head, const std::vector<std::string>& all) {
    for (std::size_t i = 0; i < all.size(); ++i)
      text += fmt::format("{:<8}{}\n", i == 0 ? head : "", all[i]);
  };
  lines("parts", e.parts);
  lines("seen", e.evidence);
  lines("rails", e.rails);
  text +=
      fmt::format("unless  {}\nundo    {}\nby      {}\n", e.would_have_changed, e.undo, e.made_by);
  return text;
}

}  // namespace wardhive
