// For tests: respond in simulated time, with a small world around it. Five job nodes, a gateway, a
// controller; observers look each second; agents answer orders at once unless told otherwise.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "respond/respond.h"

namespace wardhive {

inline const Instant kStart = instant_from_ns(1'800'000'000LL * 1'000'000'000);

inline Playbook brute_force() {
  return {"brute-force",
          1,
          "attack",
          {FindingKind::AuthFailureBurst},
          0,
          {},
          {{Verb::BanAddress, PlaybookScope::Reporter}, {Verb::Notify, {}}},
          Recovery::Expire,
          "aaaaaaaaaaaa"};
}
inline Playbook bad_node() {
  return {"bad-node",
          1,
          "breach",
          {FindingKind::Silent, FindingKind::Unreachable, FindingKind::LatencyShift,
           FindingKind::ErrorRateShift},
          0,
          seconds(1),
          {{Verb::DrainNode, PlaybookScope::Gateways}, {Verb::Notify, {}}},
          Recovery::Staged,
          "bbbbbbbbbbbb"};
}

inline Playbook lost_node() {
  return {"lost-node",
          1,
          "breach",
          {FindingKind::Silent, FindingKind::Unreachable, FindingKind::LatencyShift,
           FindingKind::ErrorRateShift},
          0,
          seconds(1),
          {{Verb::QuarantineNode, PlaybookScope::Chain}, {Verb::Notify, {}}},
          Recovery::Expire,
          "cccccccccccc"};
}

inline Inventory five_nodes() {
  Inventory inventory;
  NodeInfo gateway{"gw-1", "gateway", {"10.0.0.1"}, {"nftables", "haproxy"}, {}, true};
  for (int i = 1; i <= 5; ++i) {
    const auto name = fmt::format("job-{}", i);
    inventory.nodes.push_back({name, "gpu", {fmt::format("10.0.1.{}", i)}, {"nftables"}, {}, true});
    gateway.backends.push_back(name);
  }
  inventory.nodes.push_back(gateway);
  inventory.never_touch = {"10.0.0.0/24"};
  return inventory;
}

// The same, of whom job-1 and job-2 have accounts on the chain; the controller holds a key there.
inline Inventory five_nodes_on_chain() {
  auto inventory = five_nodes();
  for (int i : {0, 1})
    inventory.nodes[static_cast<std::size_t>(i)].account = fmt::format("account-{}", i + 1);
  inventory.nodes.push_back({"hub", "", {"10.0.0.9"}, {"chain"}, {}, false});
  return inventory;
}

inline Settings enforcing() {
  Settings settings;
  settings.respond.mode = Mode::Enforce;
  return settings;
}

class World {
 public:
  explicit World(Settings s = enforcing(),
                 std::vector<Playbook> books = {brute_force(), bad_node()},
                 Inventory inventory = five_nodes())
      : settings(std::move(s)), playbooks(std::move(books)), now(kStart) {
    auto made = Respond::make(settings, playbooks);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    respond = std::move(*made);
    for (const auto& node : inventory.nodes)
      if (node.backends.empty() && node.acts) jobs.push_back(node.name);
    feed(inventory);
  }

  // Observers of a node: the controller, the gateway and the next two job nodes.
  std::vector<std::string> observers_of(const std::string& name) const {
    const auto at =
        static_cast<std::size_t>(std::find(jobs.begin(), jobs.end(), name) - jobs.begin());
    return {"controller", "gw-1", jobs[(at + 1) % jobs.size()], jobs[(at + 2) % jobs.size()]};
  }

  void feed(const Record& record, std::vector<Score> scores = {}) {
    RespondOutput out;
    respond->step({++offset, now, record}, scores, out);
    keep(out);
    for (const auto& action : out.actions)
      if (answers) receipt(action, Outcome::Applied);
  }
  void receipt(const Action& action, Outcome outcome, bool verified = true,
               const std::string& detail = "read back") {
    if (outcome == Outcome::Applied && !action.present) outcome = Outcome::Removed;
    feed(Receipt{action.id, node(action.agent), outcome, verified, action.version, 1, 900, now,
                 detail});
  }

  Score score(const Entity& subject, std::uint8_t value) const {
    Score score;
    score.subject = subject;
    score.at = now;
    score.value = value;
    score.log_odds_milli = 900;
    score.contributions = {{"base", -2'000, 0, 0, "", {}},
                           {"evidence", 2'900, 1, 1, "what was seen", now}};
    score.counterfactuals = {{"evidence", 12}};
    score.families = 1;
    score.reporters = 1;
    score.until_below = now + minutes(5);
    score.model = "test/1";
    return score;
  }
  Finding finding(FindingKind kind, const Entity& subject, const std::string& observer,
                  FindingPhase phase) const {
    Finding finding{kind, phase, subject, node(observer), 80, now, now, {}};
    finding.evidence.summary = fmt::format("{} looked odd to {}", subject.name, observer);
    finding.evidence.counterfactual = "fewer would not have raised it";
    return finding;
  }
  void burst(const std::string& from, const std::string& on, std::uint8_t value = 61) {
    feed(finding(FindingKind::AuthFailureBurst, address(from), on, FindingPhase::Raised),
         {score(address(from), value)});
  }
  void quiet(const std::string& from, const std::string& on) {
    feed(finding(FindingKind::AuthFailureBurst, address(from), on, FindingPhase::Cleared));
  }

  // From now on every observer (or only these) sees the node badly, and says so.
  void fault(const std::string& name, FindingKind kind = FindingKind::LatencyShift,
             std::vector<std::string> seen_by = {}) {
    if (seen_by.empty()) seen_by = observers_of(name);
    for (const auto& observer : seen_by) {
      sick[name].insert(observer);
      feed(finding(kind, node(name), observer, FindingPhase::Raised), {score(node(name), 71)});
    }
  }
  void lift(const std::string& name, FindingKind kind = FindingKind::LatencyShift) {
    for (const auto& observer : std::exchange(sick[name], {}))
      feed(finding(kind, node(name), observer, FindingPhase::Cleared));
  }

  // One second: every observer looks at its nodes, then the tick.
  void second() {
    now += seconds(1);
    for (const auto& name : jobs) {
      for (const auto& observer : observers_of(name)) {
        if (unseeing.contains(observer)) continue;
        Health health{node(name), node(observer),
                      now,        now,
                      10,         0,
                      10,         0,
                      20'000,     !sick[name].contains(observer)};
        if (observer == "gw-1")
          health.requests = static_cast<std::uint32_t>(100 * share_of(name) / 10'000);
        if (tweak) tweak(health);
        feed(health);
      }
    }
    feed(Tick{});
  }
  void pass(Duration d) {
    for (const auto end = now + d; now < end;) second();
  }
  // Nothing but time, in one go.
  void leap(Duration d) {
    now += d;
    feed(Tick{});
  }
  // Passes time until the incident of the subject is there; false after two hours.
  bool pass_until(const Entity& subject, IncidentState state, std::uint32_t share = 0) {
    for (const auto end = now + hours(2); now < end; second()) {
      const auto* incident = incident_of(subject);
      if (incident != nullptr && incident->state == state &&
          (share == 0 || decision_of(subject)->share_bps == share))
        return true;
    }
    return false;
  }

  std::uint32_t share_of(const std::string& name) const {
    const auto found = shares.find(name);
    return found == shares.end() ? 10'000 : found->second;
  }
  // The newest about a subject.
  const Incident* incident_of(const Entity& subject) const {
    const Incident* newest = nullptr;
    for (const auto& [id, incident] : incidents)
      if (incident.subject == subject) newest = &incident;
    return newest;
  }
  const Decision* decision_of(const Entity& subject) const {
    const Decision* newest = nullptr;
    for (const auto& [id, decision] : decisions)
      if (decision.target == subject) newest = &decision;
    return newest;
  }
  std::size_t active() const {
    return static_cast<std::size_t>(
        std::count_if(decisions.begin(), decisions.end(),
                      [](const auto& item) { return item.second.state == DecisionState::Active; }));
  }
  std::size_t pages() const {
    return static_cast<std::size_t>(
        std::count_if(notices.begin(), notices.end(), [](const Notice& n) { return n.page; }));
  }
  // The states an incident went through, each once in a row.
  std::vector<IncidentState> path(const Entity& subject) const {
    std::vector<IncidentState> states;
    for (const auto& entry : incident_of(subject)->timeline)
      if (states.empty() || states.back() != entry.state) states.push_back(entry.state);
    return states;
  }
  const RailCheck* rail(const Entity& subject, std::string_view name) const {
    const auto* decision = decision_of(subject);
    if (decision == nullptr) return nullptr;
    for (const auto& check : decision->rails)
      if (check.rail == name) return &check;
    return nullptr;
  }
  CommandResult command(CommandKind kind, DecisionId decision = {}, const Entity& entity = {},
                        std::string key = "", Mode mode = Mode::Shadow) {
    feed(Command{kind, "ada", std::move(key), decision, entity, mode, "because"});
    return results.back();
  }

  Settings settings;
  std::vector<Playbook> playbooks;
  std::unique_ptr<Respond> respond;
  Instant now;
  std::uint64_t offset = 0;
  std::vector<std::string> jobs;
  bool answers = true;
  std::map<std::string, std::set<std::string>> sick;  // node -> who sees it badly
  std::set<std::string> unseeing;                     // observers that do not look
  std::function<void(Health&)> tweak;

  std::map<IncidentId, Incident> incidents;
  std::map<DecisionId, Decision> decisions;
  std::vector<Action> actions;
  std::vector<Notice> notices;
  std::vector<CommandResult> results;
  std::vector<Settlement> settlements;
  std::map<ProposalId, Proposal> proposals;
  std::map<std::string, std::uint32_t> shares;  // what the gateway holds
  std::set<std::string> bans;                   // "job-1 203.0.113.66", as ordered
  std::set<std::string> quarantined;            // on the chain, as ordered
  std::string journal;                          // every output, as bytes

 private:
  void keep(const RespondOutput& out) {
    const auto write = [&](const auto& noun) { journal += to_json(noun) + "\n"; };
    for (const auto& incident : out.incidents) incidents[incident.id] = incident, write(incident);
    for (const auto& decision : out.decisions) decisions[decision.id] = decision, write(decision);
    for (const auto& notice : out.notices) notices.push_back(notice), write(notice);
    for (const auto& result : out.results) results.push_back(result), write(result);
    for (const auto& proposal : out.proposals) proposals[proposal.id] = proposal, write(proposal);
    for (const auto& settlement : out.settlements)
      settlements.push_back(settlement), write(settlement);
    for (const auto& action : out.actions) {
      actions.push_back(action), write(action);
      if (action.control == "haproxy")
        shares[action.key] = action.share_bps;
      else if (action.control == "chain")
        action.present ? (void)quarantined.insert(action.key) : (void)quarantined.erase(action.key);
      else if (action.present)
        bans.insert(action.agent + " " + action.key);
      else
        bans.erase(action.agent + " " + action.key);
    }
  }
};

// Nothing is in force, because of this rail and in these words.
inline void expect_held(const World& w, const Entity& subject, std::string_view rail,
                        std::string_view says) {
  ASSERT_NE(w.decision_of(subject), nullptr) << subject.text();
  EXPECT_EQ(w.decision_of(subject)->state, DecisionState::Held);
  EXPECT_EQ(w.incident_of(subject)->state, IncidentState::Held);
  ASSERT_NE(w.rail(subject, rail), nullptr) << rail;
  EXPECT_FALSE(w.rail(subject, rail)->passed);
  EXPECT_NE(w.rail(subject, rail)->says.find(says), std::string::npos)
      << w.rail(subject, rail)->says;
}

}  // namespace wardhive
