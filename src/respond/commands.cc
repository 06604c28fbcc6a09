#include "respond/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "respond/containment.h"
#include "respond/effects.h"
#include "respond/evidence.h"
#include "respond/explain.h"
#include "respond/proposals.h"
#include "respond/rails/rails.h"
#include "respond/recovery/expiry.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

Answer yes(std::string says) { return {true, std::move(says)}; }
Answer no(std::string says) { return {false, std::move(says)}; }

Case* find_decision(State& state, DecisionId id) {
  for (auto& [key, c] : state.cases)
    if (id && c.decision.id == id && c.decision.ended_at == Instant{}) return &c;
  return nullptr;
}

Answer no_such(const Command& command) {
  return no(fmt::format(
      "not found: no decision \"{}\" is in force, held or shown; see wardhive decisions list",
      command.decision.text()));
}

// Undone by a person, and its evidence with it.
void clear(Step& s, Case& c, IncidentState end, const Command& command, std::string_view verb) {
  const auto because =
      command.reason.empty() ? std::string() : fmt::format(": {}", command.reason.substr(0, 500));
  undo(s, c, end, fmt::format("{} by {}{}", verb, command.actor, because));
  s.settle(
      c, fmt::format("{} of {} by {}", name_of(command.kind), c.decision.id.text(), command.actor));
  exonerate(s, c.incident.subject);
}

Answer revert(Step& s, const Command& command) {
  auto* c = find_decision(s.state, command.decision);
  if (c == nullptr) return no_such(command);
  const bool forced = in_force(*c);
  clear(s, *c, FalsePositive, command, "reverted");
  return yes(forced ? fmt::format("{} is reverted; the agents are told", c->decision.id.text())
                    : fmt::format("{} is dismissed; nothing was in force", c->decision.id.text()));
}

Answer hold(Step& s, const Command& command) {
  auto* c = find_decision(s.state, command.decision);
  if (c == nullptr) return no_such(command);
  if (!in_force(*c))
    return no(fmt::format("{} is {}: nothing is in force that could be kept",
                          command.decision.text(), name_of(c->decision.state)));
  if (takes_out_node(c->plan.verb) && c->decision.share_bps == kWholeShare)
    return no(fmt::format("{} is at 100 % already", c->incident.subject.name));
  if (c->plan.verb == Verb::QuarantineNode)
    return no(
        fmt::format("a quarantine on the chain is not lengthened: its key acts on a node once "
                    "in seven days; it ends at {}, and guardians may set a longer one",
                    format_rfc3339(c->decision.expires_at)));
  if (c->decision.kept) return yes(fmt::format("{} is kept already", command.decision.text()));
  c->decision.kept = true;
  c->decision.expires_at = s.now;  // renewed to expiry_max at once
  keep_alive(s, *c, false);
  return yes(fmt::format("{} is kept until it is released", command.decision.text()));
}

Answer let_go_on(Step& s, Case& c) {
  const bool kept = std::exchange(c.decision.kept, false);
  if (kept) {
    s.touch_decision(c);
    s.remark(c, "released: it goes on by itself");
  }
  if (c.incident.state == Escalated) {
    c.failures = 0;
    const bool contained = std::exchange(c.wait_for_person, false);
    if (contained) {
      s.move(c, Contained, "released: automation tries again");
    } else {
      c.contain_by = s.now + deadline_of(c.plan.severity);
      order_containment(s, c, {});
      s.move(c, Containing, "released: asked again");
    }
    return yes("automation tries again");
  }
  if (!c.refusal.empty() && c.incident.state == Held) {
    c.refusal.clear();
    consider(s, c, true);
    return yes("the agents are asked again");
  }
  return kept ? yes(fmt::format("{} goes on by itself", c.decision.id.text()))
              : no(fmt::format("{} is {}, not held by a person or an escalation",
                               c.decision.id.text(), name_of(c.decision.state)));
}

Answer release(Step& s, const Command& command) {
  auto* c = find_decision(s.state, command.decision);
  return c == nullptr ? no_such(command) : let_go_on(s, *c);
}

Answer release_all(Step& s, const Command& command) {
  std::size_t count = 0;
  for (auto& [key, c] : s.state.cases) {
    if (!in_force(c)) continue;
    clear(s, c, Resolved, command, "released");
    ++count;
  }
  return yes(fmt::format("{} effects are released; the agents are told", count));
}

Answer set_mode(Step& s, const Command& command) {
  s.state.mode = command.mode;
  if (command.mode == Mode::Shadow) {
    stop_orders(s, fmt::format("mode shadow by {}", command.actor));
    return yes("the mode is shadow; what is in force runs its course");
  }
  for (auto& [key, c] : s.state.cases)
    if (c.incident.state == Detected || c.incident.state == Held) consider(s, c, true);
  return yes("the mode is enforce; open incidents were looked at again");
}

Answer allow(Step& s, const Command& command) {
  const auto& entity = command.entity;
  if (entity.kind != EntityKind::Node && entity.kind != EntityKind::Address)
    return no("allow needs a node or an address");
  auto& vouched = s.state.vouched;
  if (std::find(vouched.begin(), vouched.end(), entity) == vouched.end()) {
    if (vouched.size() >= limits::kVouchedMax)
      return no(fmt::format("{} entities are allowed already; disallow some", vouched.size()));
    vouched.push_back(entity);
    s.network.rebuild(s.settings, s.state.inventory, vouched);
  }
  for (auto* c : cases_of(s.state, entity))
    if (is_open(c->incident.state)) clear(s, *c, FalsePositive, command, "vouched for");
  return yes(fmt::format("nothing acts on {} any more", entity.text()));
}

Answer disallow(Step& s, const Command& command) {
  auto& vouched = s.state.vouched;
  const auto found = std::find(vouched.begin(), vouched.end(), command.entity);
  if (found == vouched.end())
    return no(
        fmt::format("{} was not allowed by command; what the configuration allows is changed there",
                    command.entity.text()));
  vouched.erase(found);
  s.network.rebuild(s.settings, s.state.inventory, vouched);
  return yes(fmt::format("{} is treated like any other again", command.entity.text()));
}

Answer carry_out(Step& s, const Command& command) {
  switch (command.kind) {
    case CommandKind::Revert:
      return revert(s, command);
    case CommandKind::Hold:
      return hold(s, command);
    case CommandKind::Release:
      return release(s, command);
    case CommandKind::ReleaseAll:
      return release_all(s, command);
    case CommandKind::SetMode:
      return set_mode(s, command);
    case CommandKind::Allow:
      return allow(s, command);
    case CommandKind::Disallow:
      return disallow(s, command);
    case CommandKind::Propose:
      return propose(s, command);
    case CommandKind::Approve:
      return approve(s, command);
    case CommandKind::Withdraw:
      return withdraw(s, command);
  }
  return no("unknown command");
}

std::string what_of(const Command& command) {
  // As it always was for the kinds there always were: keys outlive an upgrade.
  auto what = fmt::format("{} {} {} {}", name_of(command.kind), command.decision.text(),
                          command.entity.text(), name_of(command.mode));
  if (command.proposal) what += " " + command.proposal.text();
  if (command.kind == CommandKind::Propose) what += " " + to_json(command.act);
  return what;
}

}  // namespace

void obey(Step& s, const Command& command) {
  auto& answered = s.state.answered;
  const auto what = what_of(command);
  const auto before = std::find_if(answered.begin(), answered.end(), [&](const Answered& a) {
    return !command.key.empty() && a.key == command.key && a.actor == command.actor;
  });
  if (before != answered.end()) {
    const bool same = before->what == what;
    s.out.results.push_back(
        {s.offset, command.key, same && before->accepted,
         same ? before->says : "conflict: this key was used for another command; use a new one"});
    return;
  }
  auto answer = carry_out(s, command);
  s.out.results.push_back({s.offset, command.key, answer.accepted, answer.says});
  if (command.key.empty()) return;
  if (answered.size() >= limits::kCommandsRememberedMax) answered.erase(answered.begin());
  answered.push_back({command.actor, command.key, what, answer.accepted, std::move(answer.says)});
}

void release_protected(Step& s) {
  for (auto& [key, c] : s.state.cases) {
    if (!in_force(c)) continue;
    const auto why = protected_because(s, c.incident.subject);
    if (!why.empty()) undo(s, c, Resolved, fmt::format("released: {}", why));
  }
}

}  // namespace wardhive::respond
