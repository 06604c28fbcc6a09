// What respond remembers between two steps: plain data, saved and loaded whole. Anything that can
// be worked out again (indexes, verdicts) is not here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/journal.h"
#include "respond/playbook.h"

namespace wardhive::respond {

// An entity that somebody has a raised claim against.
struct Suspect {
  std::vector<Finding> claims;                // one per (kind, observer)
  std::optional<Score> score;                 // the newest
  std::map<std::string, Instant> over_since;  // playbook -> since when its threshold is passed
  Instant suspect_since;                      // enough observers agree since; epoch: they do not
};
WARDHIVE_FIELDS(Suspect) {
  v("claims", self.claims);
  v("score", self.score);
  v("over_since", self.over_since);
  v("suspect_since", self.suspect_since);
}

// What an incident needs of its playbook, as it was when the incident opened.
struct Plan {
  std::string name;
  std::string label;  // name/version@digest
  std::string severity;
  std::vector<FindingKind> kinds;
  Verb verb = Verb::Notify;
  PlaybookScope on = PlaybookScope::Reporter;
  Recovery recovery = Recovery::Expire;
  std::uint8_t threshold = 0;
  bool notify = false;
};
WARDHIVE_FIELDS(Plan) {
  v("name", self.name);
  v("label", self.label);
  v("severity", self.severity);
  v("kinds", self.kinds);
  v("verb", self.verb);
  v("on", self.on);
  v("recovery", self.recovery);
  v("threshold", self.threshold);
  v("notify", self.notify);
}
inline constexpr std::uint32_t kWholeShare = 10'000;
inline bool takes_out_node(Verb verb) {
  return verb == Verb::DrainNode || verb == Verb::IsolateNode;
}
// The rails for nodes ask before it: the network does without the node, at the gateways or for its
// leases on the chain.
inline bool stops_node(Verb verb) { return takes_out_node(verb) || verb == Verb::QuarantineNode; }

enum class EffectState { Asked, Confirmed, GivenUp, Refused };
WARDHIVE_NAMES(EffectState, "asked", "confirmed", "given_up", "refused")

// One agent's part of a decision: the newest order it was given, and what it said.
struct Effect {
  Action action;
  EffectState state = EffectState::Asked;
  Instant sent_at;
  Instant confirmed_at;  // epoch until the newest order is confirmed
  Instant counted_to;    // traffic is counted up to here
  std::string said;      // why not, by its last receipt; empty once it is confirmed
  bool changed = false;  // in this step; not saved
};
WARDHIVE_FIELDS(Effect) {
  v("action", self.action);
  v("state", self.state);
  v("sent_at", self.sent_at);
  v("confirmed_at", self.confirmed_at);
  v("counted_to", self.counted_to);
  v("said", self.said);
}

// Traffic that the gateways saw in the running stage of a restoration.
struct Stage {
  Instant began;  // every gateway has confirmed the share; epoch: not yet
  std::uint64_t requests = 0;
  std::uint64_t error_bps_sum = 0;  // weighted by requests
  std::uint64_t p99_us_sum = 0;     // weighted by requests
  bool starved_told = false;
};
WARDHIVE_FIELDS(Stage) {
  v("began", self.began);
  v("requests", self.requests);
  v("error_bps_sum", self.error_bps_sum);
  v("p99_us_sum", self.p99_us_sum);
  v("starved_told", self.starved_told);
}

// An incident with everything that is done about it. Kept until its last effect has settled.
struct Case {
  Plan plan;
  Incident incident;
  Decision decision;  // the newest; its id is none before the first
  std::vector<Effect> effects;
  Instant entered_at;  // the incident's state
  Instant renewed_at;  // the expiry was set
  Instant contain_by;  // deadline of the running containment
  Instant recheck_at;  // blocked: not looked at again before
  std::uint32_t rechecks = 0;
  Instant not_before;     // hold-down: no verification before
  Instant healthy_since;  // verifying: every vantage healthy since
  Stage stage;
  std::uint32_t failures = 0;    // restorations that failed
  bool wait_for_person = false;  // escalated for good
  std::string refusal;           // why, by which agent; automation does not ask again
  bool overdue_told = false;
  std::vector<std::string> told;  // rails that a notice was given about
  bool touched = false;           // in this step, these three; not saved
  bool incident_changed = false;
  bool decision_changed = false;
};
WARDHIVE_FIELDS(Case) {
  v("plan", self.plan);
  v("incident", self.incident);
  v("decision", self.decision);
  v("effects", self.effects);
  v("entered_at", self.entered_at);
  v("renewed_at", self.renewed_at);
  v("contain_by", self.contain_by);
  v("recheck_at", self.recheck_at);
  v("rechecks", self.rechecks);
  v("not_before", self.not_before);
  v("healthy_since", self.healthy_since);
  v("stage", self.stage);
  v("failures", self.failures);
  v("wait_for_person", self.wait_for_person);
  v("refusal", self.refusal);
  v("overdue_told", self.overdue_told);
  v("told", self.told);
}

// A claim that a person dismissed and that is still raised.
struct Dismissed {
  FindingKind kind = FindingKind::Silent;
  std::string observer;
};
WARDHIVE_FIELDS(Dismissed) {
  v("kind", self.kind);
  v("observer", self.observer);
}

// What outlives the incidents of an entity.
struct Past {
  std::vector<Instant> contained;    // node: within rails.cycles_window, the newest kept
  std::uint32_t bans = 0;            // address: how often it was banned
  Instant quarantined_at;            // node: when the latest on the chain was read back; 0: none
  Instant exonerated_to;             // claims that began up to here never count again
  std::vector<Dismissed> dismissed;  // node: while there are any, who sees the same later, too
  Instant touched;
};
WARDHIVE_FIELDS(Past) {
  v("contained", self.contained);
  v("bans", self.bans);
  v("quarantined_at", self.quarantined_at);
  v("exonerated_to", self.exonerated_to);
  v("dismissed", self.dismissed);
  v("touched", self.touched);
}

struct Storm {
  Instant until;  // the brake is on before this
  bool told = false;
};
WARDHIVE_FIELDS(Storm) {
  v("until", self.until);
  v("told", self.told);
}

// A command that was answered, so that a repeat gets the same answer and does nothing.
struct Answered {
  std::string actor;
  std::string key;
  std::string what;
  bool accepted = false;
  std::string says;
};
WARDHIVE_FIELDS(Answered) {
  v("actor", self.actor);
  v("key", self.key);
  v("what", self.what);
  v("accepted", self.accepted);
  v("says", self.says);
}

// Keys are Entity::text(), node names, or what case_key() gives; maps are ordered, so equal states
// are walked, and saved, alike.
struct State {
  Mode mode = Mode::Shadow;
  Inventory inventory;
  std::vector<Entity> vouched;  // by command
  std::map<std::string, Suspect> suspects;
  std::map<std::string, std::map<std::string, Health>> views;  // node -> observer -> newest
  std::map<std::string, Case> cases;
  std::map<std::string, Past> pasts;
  std::map<std::string, Storm> storms;  // by class
  std::vector<Instant> isolations;      // of the last minute
  std::vector<Answered> answered;       // oldest first
  std::vector<Proposal> proposals;      // open ones, oldest first
  std::vector<Instant> orders;          // of the last hour
  Instant clock_pause_until;
  Instant swept_at;
  std::uint64_t incidents_refused = 0;
  std::uint64_t rails_blocked = 0;
};
WARDHIVE_FIELDS(State) {
  v("mode", self.mode);
  v("inventory", self.inventory);
  v("vouched", self.vouched);
  v("suspects", self.suspects);
  v("views", self.views);
  v("cases", self.cases);
  v("pasts", self.pasts);
  v("storms", self.storms);
  v("isolations", self.isolations);
  v("answered", self.answered);
  v("proposals", self.proposals);
  v("orders", self.orders);
  v("clock_pause_until", self.clock_pause_until);
  v("swept_at", self.swept_at);
  v("incidents_refused", self.incidents_refused);
  v("rails_blocked", self.rails_blocked);
}

// The subject first, so that all cases of an entity lie together.
inline std::string case_key(const Entity& subject, std::string_view playbook) {
  return subject.text() + " " + std::string(playbook);
}
inline bool in_force(const Case& c) {
  return c.decision.state == DecisionState::Active && c.decision.id;
}
inline bool takes_out(const Case& c) { return in_force(c) && stops_node(c.plan.verb); }

// Snapshot of a state: versioned JSON.
std::string save_state(const State& state);
// Corrupt (also for parts that contradict one another), Unsupported for another version,
// LimitReached past a bound of base/limits.h.
Result<State> load_state(std::string_view snapshot);

}  // namespace wardhive::respond
