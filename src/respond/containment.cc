#include "respond/containment.h"

#include <fmt/format.h>

#include <algorithm>

#include "respond/effects.h"
#include "respond/evidence.h"
#include "respond/explain.h"
#include "respond/rails/rails.h"
#include "respond/recovery/expiry.h"
#include "respond/recovery/restoration.h"
#include "respond/transitions.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

// What a rail blocks is looked at each second at first, then ever more seldom, up to 16 s.
constexpr std::uint32_t kRechecksQuick = 10;
constexpr std::uint32_t kRecheckDoublings = 4;

// Pages only where a person can help: elsewhere the rail means it.
bool calls_for_help(const RailCheck& rail) {
  return rail.rail == "capacity" || rail.rail == "min_healthy" || rail.rail == "cycles" ||
         rail.rail == "actuator";
}

void tell_held(Step& s, Case& c, const RailCheck& rail) {
  if (std::find(c.told.begin(), c.told.end(), rail.rail) != c.told.end()) return;
  c.told.push_back(rail.rail);
  ++s.state.rails_blocked;
  if (rail.rail == "storm") return;  // paged once for the whole storm
  s.notify(c, rail.rail == "cycles",
           fmt::format("{}: nothing was done about {}: {}", c.plan.severity,
                       c.incident.subject.name, rail.says));
}

// False if the one that is held or shown goes on.
bool begin_decision(Step& s, Case& c) {
  auto& d = c.decision;
  if (d.id && (d.state == DecisionState::Held || d.state == DecisionState::Shadow)) return false;
  d = {};
  d.id = s.next_decision();
  d.incident = c.incident.id;
  d.verb = c.plan.verb;
  d.target = c.incident.subject;
  d.playbook = c.plan.label;
  d.made_at = s.now;
  return true;
}

void hold_back(Step& s, Case& c, const RailCheck& rail, const std::vector<RailCheck>& before) {
  auto& d = c.decision;
  const auto* was = blocking(before);
  const bool same = d.state == DecisionState::Held && was != nullptr && was->rail == rail.rail;
  d.state = DecisionState::Held;
  tell_held(s, c, rail);
  if (!same) {
    s.touch_decision(c);
    if (c.incident.state == Held) s.remark(c, rail.says);
  }
  if (c.incident.state != Held)
    s.move(c, Held, fmt::format("blocked by the rail \"{}\": {}", rail.rail, rail.says));
}

void show_only(Step& s, Case& c, bool first) {
  if (!first && c.decision.state == DecisionState::Shadow) return;
  c.decision.state = DecisionState::Shadow;
  s.touch_decision(c);
  const auto text = fmt::format("would {}: the mode is shadow", what_it_does(c));
  if (c.incident.state == Held)
    s.move(c, Detected, text);
  else
    s.remark(c, text);
}

void contain(Step& s, Case& c, const Agents& agents) {
  // A drain is one however the node stands on the chain; a quarantine is none if it is drained.
  const bool out_already = takes_out_node(c.plan.verb)
                               ? drained(s.state, c.incident.subject.name)
                               : taken_out(s.state, c.incident.subject.name);
  c.decision.state = DecisionState::Active;
  c.decision.made_at = s.now;
  c.decision.expires_at = expiry_for(s, c);
  c.renewed_at = s.now;
  c.contain_by = s.now + deadline_of(c.plan.severity);
  c.rechecks = 0;
  if (c.incident.contained_at != Instant{}) ++c.failures;  // it was back already
  // Once for each time that a node is taken out of service, however many ways it is.
  if (stops_node(c.plan.verb) && !out_already) count_isolation(s, c.incident.subject);
  if (takes_out_node(c.plan.verb)) {
    c.incident.cycles = cycles_of(s, c.incident.subject);
    c.not_before = hold_down_until(s, c);
  } else {
    ++c.incident.cycles;
  }
  order_containment(s, c, agents.names);
  s.move(c, Containing, fmt::format("{}: {}", what_it_does(c), c.decision.reason));
}

// Nobody speaks against it any more, or risk has calmed down.
bool evidence_gone(const Step& s, const Case& c) {
  if (claims_for(s.state, c.incident.subject, c.plan.kinds).empty()) return true;
  if (c.plan.threshold == 0) return false;
  const auto* score = score_of(s.state, c.incident.subject);
  return score != nullptr && score->value < s.settings.risk.release_threshold &&
         score->value < c.plan.threshold;
}

void tell_overdue(Step& s, Case& c) {
  const auto* rail = blocking(c.decision.rails);
  if (c.overdue_told || rail == nullptr || s.now < c.incident.deadline_at ||
      s.state.mode == Mode::Shadow)
    return;
  c.overdue_told = true;
  if (calls_for_help(*rail))
    s.notify(c, true,
             fmt::format("{} is not contained within {}: {}", c.incident.subject.name,
                         format_duration(deadline_of(c.plan.severity)), rail->says));
}

// Each gateway reports a whole window, begun after the drain was live, without a request.
bool no_traffic(const Step& s, const Case& c) {
  const auto views = s.state.views.find(c.incident.subject.name);
  if (views == s.state.views.end()) return false;
  return std::all_of(c.effects.begin(), c.effects.end(), [&](const Effect& effect) {
    const auto view = views->second.find(effect.action.agent);
    return view != views->second.end() &&
           view->second.at - s.settings.monitor.health_window >= effect.confirmed_at &&
           view->second.requests == 0;
  });
}

void escalate(Step& s, Case& c, const std::string& why) {
  if (may_follow(c.incident.state, Escalated))
    s.move(c, Escalated, why);
  else
    s.remark(c, why);
}

// "job-2 (why)", of those that refused.
std::string refusals(const Case& c) {
  std::string text;
  for (const auto& effect : c.effects)
    if (effect.state == EffectState::Refused)
      text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", effect.action.agent,
                          effect.said.empty() ? "it gave no reason" : effect.said);
  return text;
}

bool nothing_else_ordered(const Case& c) {
  return std::all_of(c.effects.begin(), c.effects.end(),
                     [](const Effect& e) { return e.state == EffectState::Refused; });
}

}  // namespace

void consider(Step& s, Case& c, bool fresh) {
  if (c.plan.verb == Verb::Notify) {
    if (c.incident.state == Detected)
      s.move(c, Watching, "a person was told");
    else if (evidence_gone(s, c))
      resolve(s, c, "the evidence is gone");
    return;
  }
  if (c.incident.state != Watching) {
    if (evidence_gone(s, c)) return resolve(s, c, "the evidence is gone; nothing was in force");
    tell_overdue(s, c);
  } else if (claims_for(s.state, c.incident.subject, c.plan.kinds).empty()) {
    return;
  }
  const auto* score = score_of(s.state, c.incident.subject);
  if (score == nullptr || score->value < c.plan.threshold) return;
  if (!fresh && s.now < c.recheck_at) return;
  c.rechecks = fresh ? 0 : std::min(c.rechecks + 1, kRechecksQuick + kRecheckDoublings);
  c.recheck_at =
      s.now + seconds(c.rechecks <= kRechecksQuick ? 1 : 1 << (c.rechecks - kRechecksQuick));

  const auto agents = agents_for(s, c);
  const auto before = c.decision.rails;
  const bool first = begin_decision(s, c);
  c.decision.rails = check_rails(s, c, agents);
  c.decision.scope = agents.scope;
  explain(s, c);
  if (const auto* rail = blocking(c.decision.rails)) return hold_back(s, c, *rail, before);
  if (s.state.mode == Mode::Shadow) return show_only(s, c, first);
  contain(s, c, agents);
}

void order_containment(Step& s, Case& c, const std::vector<std::string>& agents) {
  order(s, c, c.plan.verb, true, 0, agents);
}

void confirm(Step& s, Case& c) {
  const bool confirmed =
      all_confirmed(c) && !c.effects.empty() && (!takes_out_node(c.plan.verb) || no_traffic(s, c));
  if (confirmed) {
    if (c.incident.contained_at == Instant{}) c.incident.contained_at = s.now;
    if (c.plan.verb == Verb::QuarantineNode) past_of(s, c.incident.subject).quarantined_at = s.now;
    if (c.incident.state == Containing && c.failures >= s.restoration().attempts) {
      c.wait_for_person = true;
      s.notify(c, true,
               fmt::format("{} failed to come back {} times and stays out; release {} to try again",
                           c.incident.subject.name, c.failures, c.decision.id.text()));
      return s.move(
          c, Escalated,
          fmt::format("{} restorations failed: it stays out until a person decides", c.failures));
    }
    return s.move(c, Contained,
                  takes_out_node(c.plan.verb) ? "read back at the gateway, and no request since"
                  : c.plan.verb == Verb::QuarantineNode ? "read back on the chain"
                                                        : "read back on the node");
  }
  if (c.incident.state != Containing || s.now < c.contain_by) return;
  const auto missing = unconfirmed(c);
  const auto why = missing.empty() ? std::string("the gateway still sees requests, or sees nothing")
                                   : fmt::format("no confirmation from {}", missing);
  s.notify(c, true, fmt::format("{} is not contained in time: {}", c.incident.subject.name, why));
  s.move(c, Escalated, fmt::format("not contained in time: {}", why));
}

void on_refused(Step& s, Case& c) {
  c.refusal = refusals(c);
  const auto text = fmt::format("{} refused to {}", c.refusal, what_it_does(c));
  s.notify(c, true, text);
  if (c.incident.state == Containing && nothing_else_ordered(c)) {
    forget_effects(s, c);
    c.decision.state = DecisionState::Held;
    c.decision.rails = check_rails(s, c, agents_for(s, c));
    s.touch_decision(c);
    return s.move(c, Held, text);
  }
  escalate(s, c, text);
}

void ended_by_others(Step& s, Case& c, const std::string& says) {
  if (!in_force(c) || !is_open(c.incident.state)) return;
  const auto text = fmt::format("the quarantine was ended by others: {}", says);
  s.notify(c, true, fmt::format("{}: {}", c.incident.subject.name, text));
  undo(s, c, Resolved, text);
}

void on_given_up(Step& s, Case& c) {
  const auto missing = unconfirmed(c);
  if (!is_open(c.incident.state)) {
    s.notify(
        c, true,
        fmt::format("{} did not confirm that the effect on {} is gone; it ends by itself at {}",
                    missing, c.incident.subject.name, format_rfc3339(c.decision.expires_at)));
    return;
  }
  const auto text = fmt::format("no confirmation from {} after {} attempts", missing,
                                s.settings.respond.action_attempts);
  s.notify(c, true, fmt::format("{}: {}", what_it_does(c), text));
  // At 100 % there is nothing left to contain: the agent learns it from its desired state.
  if (c.decision.share_bps == kWholeShare)
    s.remark(c, text);
  else
    escalate(s, c, text);
}

void resolve(Step& s, Case& c, std::string why) {
  if (c.decision.id && c.decision.ended_at == Instant{}) {
    c.decision.state = in_force(c) ? DecisionState::Completed : DecisionState::Lapsed;
    c.decision.ended_at = s.now;
    s.touch_decision(c);
  }
  s.move(c, Resolved, std::move(why));
}

void undo(Step& s, Case& c, IncidentState end, std::string why) {
  const bool node = takes_out_node(c.plan.verb);
  // It may have landed, whatever was confirmed.
  if (in_force(c) && c.plan.verb == Verb::QuarantineNode)
    past_of(s, c.incident.subject).quarantined_at = s.now;
  if (in_force(c))
    order(s, c, node ? Verb::SetNodeShare : c.plan.verb, false, node ? kWholeShare : 0);
  if (c.decision.id && c.decision.ended_at == Instant{}) {
    c.decision.state = DecisionState::Reverted;
    c.decision.kept = false;
    c.decision.ended_at = s.now;
    s.touch_decision(c);
  }
  if (is_open(c.incident.state)) s.move(c, end, std::move(why));
}

}  // namespace wardhive::respond
