#include "respond/step.h"

#include <algorithm>

#include "respond/transitions.h"

namespace wardhive::respond {
namespace {

// Closed, and every agent has answered or was given up.
bool is_done(const Case& c) {
  return !is_open(c.incident.state) &&
         std::none_of(c.effects.begin(), c.effects.end(),
                      [](const Effect& e) { return e.state == EffectState::Asked; });
}

}  // namespace

const Vantages& Step::vantages() {
  if (!vantages_) vantages_.emplace(state, settings, now);
  return *vantages_;
}

void Step::touch(Case& c) {
  if (c.touched) return;
  c.touched = true;
  touched_.push_back(case_key(c.incident.subject, c.plan.name));
}

void Step::touch_decision(Case& c) {
  touch(c);
  c.decision_changed = true;
}

void Step::move(Case& c, IncidentState to, std::string text) {
  enter(c.incident, to, now, c.decision.share_bps, std::move(text));
  c.entered_at = now;
  c.incident_changed = true;
  touch(c);
}

void Step::remark(Case& c, std::string text) {
  note(c.incident, now, c.decision.share_bps, std::move(text));
  c.incident_changed = true;
  touch(c);
}

void Step::notify(const Case& c, bool page, std::string text) {
  out.notices.push_back({c.incident.id, now, c.incident.severity, page, std::move(text)});
}

void Step::settle(const Case& c, std::string by) {
  out.settlements.push_back({c.incident.subject, now, std::move(by)});
}

void Step::finish() {
  for (const auto& key : touched_) {
    const auto found = state.cases.find(key);
    auto& c = found->second;
    if (c.incident_changed) out.incidents.push_back(c.incident);
    if (c.decision_changed) out.decisions.push_back(c.decision);
    for (auto& effect : c.effects) {
      if (effect.changed) out.actions.push_back(effect.action);
      effect.changed = false;
    }
    c.touched = c.incident_changed = c.decision_changed = false;
    if (!is_done(c)) continue;
    for (const auto& effect : c.effects) by_action.erase(effect.action.id);
    state.cases.erase(found);
  }
}

std::vector<Case*> cases_of(State& state, const Entity& subject) {
  const auto prefix = subject.text() + " ";
  std::vector<Case*> cases;
  for (auto at = state.cases.lower_bound(prefix);
       at != state.cases.end() && at->first.starts_with(prefix); ++at)
    cases.push_back(&at->second);
  return cases;
}

}  // namespace wardhive::respond
