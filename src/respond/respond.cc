#include "respond/respond.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "config/config.h"
#include "respond/commands.h"
#include "respond/containment.h"
#include "respond/effects.h"
#include "respond/evidence.h"
#include "respond/opening.h"
#include "respond/proposals.h"
#include "respond/rails/rails.h"
#include "respond/recovery/expiry.h"
#include "respond/recovery/restoration.h"
#include "respond/state.h"
#include "respond/step.h"

namespace wardhive {
namespace respond {
namespace {

using enum IncidentState;

constexpr Duration kSweepEvery = seconds(1);  // also when records come so thick that no Tick does
constexpr Duration kForgetAfter = hours(24 * 30);

void advance(Step& s, Case& c, bool fresh) {
  if (resend_due(s, c)) on_given_up(s, c);
  if (!is_open(c.incident.state)) return;
  if (in_force(c) && !keep_alive(s, c, fresh)) return;
  switch (c.incident.state) {
    case Detected:
    case Held:
      return consider(s, c, fresh);
    case Containing:
      return confirm(s, c);
    case Escalated:
      return c.wait_for_person ? void() : confirm(s, c);
    case Watching:
      return c.plan.verb == Verb::Notify ? consider(s, c, fresh) : restore(s, c);
    default:
      return restore(s, c);
  }
}

void take_health(Step& s, const Health& health) {
  if (health.subject.kind != EntityKind::Node || health.observer.kind != EntityKind::Node) return;
  if (s.network.find(health.subject.name) == nullptr) return;
  auto& observers = s.state.views[health.subject.name];
  if (observers.size() >= limits::kVantagesPerNodeMax && !observers.contains(health.observer.name))
    return;
  observers[health.observer.name] = health;
  s.forget_vantages();
  count_traffic(s, health);
}

void take_inventory(Step& s, const Inventory& inventory) {
  s.state.inventory = inventory;
  if (s.state.inventory.nodes.size() > limits::kNodesMax)
    s.state.inventory.nodes.resize(limits::kNodesMax);
  s.network.rebuild(s.settings, s.state.inventory, s.state.vouched);
  std::erase_if(s.state.views,
                [&](const auto& item) { return s.network.find(item.first) == nullptr; });
  s.forget_vantages();
  release_protected(s);
}

// Everything that only the passing of time changes.
void sweep(Step& s, const std::vector<Playbook>& playbooks) {
  const bool new_hour =
      s.now.time_since_epoch() / hours(1) != s.state.swept_at.time_since_epoch() / hours(1);
  s.state.swept_at = s.now;
  if (new_hour)
    std::erase_if(s.state.pasts,
                  [&](const auto& item) { return s.now - item.second.touched > kForgetAfter; });
  watch_storms(s);
  expire_proposals(s);
  for (auto& [key, c] : s.state.cases) advance(s, c, false);
  for (const auto& [key, suspect] : s.state.suspects)
    open_incidents(s, playbooks, suspect.claims.front().subject);
}

class RespondImpl final : public Respond {
 public:
  RespondImpl(const Settings& settings, std::vector<Playbook> playbooks)
      : settings_(settings), playbooks_(std::move(playbooks)) {
    state_.mode = settings.respond.mode;
    network_.rebuild(settings_, state_.inventory, state_.vouched);
  }

  void step(const LoggedRecord& record, std::span<const Score> scores,
            RespondOutput& out) override {
    Step s(settings_, state_, network_, by_action_, record, out);
    const auto* finding = std::get_if<Finding>(&record.record);
    const bool news = finding != nullptr && take_finding(s, *finding);
    take_scores(s, scores);
    if (news)
      look_at(s, *finding);
    else if (const auto* health = std::get_if<Health>(&record.record))
      take_health(s, *health);
    else if (const auto* inventory = std::get_if<Inventory>(&record.record))
      take_inventory(s, *inventory);
    else if (const auto* receipt = std::get_if<Receipt>(&record.record))
      look_at(s, *receipt);
    else if (const auto* command = std::get_if<Command>(&record.record))
      obey(s, *command);
    else if (std::holds_alternative<ClockJumped>(record.record))
      state_.clock_pause_until = s.now + s.rails().clock_jump_pause;
    if (std::holds_alternative<Tick>(record.record) || s.now - state_.swept_at >= kSweepEvery)
      sweep(s, playbooks_);
    s.finish();
  }

  Mode mode() const override { return state_.mode; }

  std::vector<Action> standing_actions() const override {
    std::vector<Action> actions;
    for (const auto& [key, c] : state_.cases)
      for (const auto& effect : c.effects)
        if (effect.state != EffectState::Refused &&
            (effect.action.present || effect.state != EffectState::Confirmed))
          actions.push_back(effect.action);
    return actions;
  }

  std::vector<Proposal> standing_orders() const override {
    std::vector<Proposal> orders;
    for (const auto& proposal : state_.proposals)
      if (proposal.state != ProposalState::Open) orders.push_back(proposal);
    return orders;
  }

  void set_proposals(std::vector<Proposal> open) override { state_.proposals = std::move(open); }

  std::string save() const override { return save_state(state_); }

  Status load(std::string_view snapshot) override {
    WARDHIVE_ASSIGN(state_, load_state(snapshot));
    network_.rebuild(settings_, state_.inventory, state_.vouched);
    by_action_.clear();
    for (const auto& [key, c] : state_.cases)
      for (const auto& effect : c.effects) by_action_[effect.action.id] = key;
    return ok();
  }

  RespondStats stats() const override {
    RespondStats stats;
    for (const auto& [key, c] : state_.cases) {
      stats.incidents_open += is_open(c.incident.state) ? 1 : 0;
      stats.decisions_active += in_force(c) ? 1 : 0;
    }
    stats.incidents_refused = state_.incidents_refused;
    stats.rails_blocked = state_.rails_blocked;
    stats.storm = !state_.storms.empty();
    return stats;
  }

 private:
  void look_at(Step& s, const Finding& finding) {
    if (finding.subject.kind == EntityKind::Node) watch_storms(s);
    const bool raised = finding.phase == FindingPhase::Raised;
    for (auto* c : cases_of(state_, finding.subject)) advance(s, *c, raised);
    open_incidents(s, playbooks_, finding.subject);
  }

  void look_at(Step& s, const Receipt& receipt) {
    if (take_order_receipt(s, receipt)) return;
    auto* c = take_receipt(s, receipt);
    if (c == nullptr) return;
    if (receipt.outcome == Outcome::Refused) on_refused(s, *c);
    if (receipt.outcome == Outcome::Removed && receipt.verified &&
        c->plan.verb == Verb::QuarantineNode && in_force(*c))
      ended_by_others(s, *c, receipt.detail.substr(0, 500));
    advance(s, *c, false);
  }

  const Settings settings_;
  const std::vector<Playbook> playbooks_;
  State state_;
  Network network_;
  ActionIndex by_action_;
};

}  // namespace
}  // namespace respond

Result<std::unique_ptr<Respond>> Respond::make(const Settings& settings,
                                               std::vector<Playbook> playbooks) {
  WARDHIVE_TRY(validate_settings(settings));
  // Two that act on the same evidence in the same place would undo one another's work. What is
  // done at the gateways and what is done on the chain do not meet.
  std::map<std::pair<FindingKind, bool>, std::string> owners;
  for (const auto& book : playbooks) {
    for (const auto kind : book.kinds) {
      const auto [owner, added] = owners.emplace(std::pair(kind, acts_on_chain(book)), book.name);
      if (!added)
        return fail(
            ErrorCode::InvalidInput,
            fmt::format("playbooks {} and {} both want {} findings; leave it to one of them",
                        owner->second, book.name, name_of(kind)));
    }
  }
  return std::make_unique<respond::RespondImpl>(settings, std::move(playbooks));
}

}  // namespace wardhive
