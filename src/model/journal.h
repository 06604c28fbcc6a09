// What risk and respond derive: journalled in one transaction with the consumed offset, never an
// input. Ids are (offset, index) of the record that caused them.
#pragma once

#include <optional>

#include "model/record.h"

namespace wardhive {

// One family's part of a score, in thousandths of log-odds. The parts sum exactly to the whole.
struct Contribution {
  std::string family;  // "base", "auth_abuse", "performance", ...
  std::int32_t milli = 0;
  std::uint32_t findings = 0;
  std::uint32_t reporters = 0;
  std::string top_evidence;  // summary of the strongest finding that still counts
  Instant newest;
};
WARDHIVE_FIELDS(Contribution) {
  v("family", self.family);
  v("milli", self.milli);
  v("findings", self.findings);
  v("reporters", self.reporters);
  v("top_evidence", self.top_evidence);
  v("newest", self.newest);
}
struct Counterfactual {
  std::string without;  // family
  std::uint8_t value = 0;
};
WARDHIVE_FIELDS(Counterfactual) {
  v("without", self.without);
  v("value", self.value);
}

// How dangerous an entity is, 0-100, and why. `log_odds_milli` = sum of contributions;
// value = round(100 / (1 + exp(-log_odds_milli / 1000))).
struct Score {
  Entity subject;
  Instant at;
  std::uint8_t value = 0;
  std::int32_t log_odds_milli = 0;
  std::vector<Contribution> contributions;
  std::vector<Counterfactual> counterfactuals;
  std::uint32_t families = 0;   // evidence families that raise the score
  std::uint32_t reporters = 0;  // distinct observers behind them
  bool learned_only = false;    // nothing but machine learning speaks against it
  bool allow_listed = false;
  std::optional<Instant>
      until_below;    // when it falls under the release threshold without new evidence
  std::string model;  // name, version and digest of the weights
};
WARDHIVE_FIELDS(Score) {
  v("subject", self.subject);
  v("at", self.at);
  v("value", self.value);
  v("log_odds_milli", self.log_odds_milli);
  v("contributions", self.contributions);
  v("counterfactuals", self.counterfactuals);
  v("families", self.families);
  v("reporters", self.reporters);
  v("learned_only", self.learned_only);
  v("allow_listed", self.allow_listed);
  v("until_below", self.until_below);
  v("model", self.model);
}

// Evidence about `subject` up to `up_to` is settled: kept, shown, weight 0.
struct Settlement {
  Entity subject;
  Instant up_to;
  std::string by;  // incident or command
};
WARDHIVE_FIELDS(Settlement) {
  v("subject", self.subject);
  v("up_to", self.up_to);
  v("by", self.by);
}

enum class Verb { BanAddress, DrainNode, SetNodeShare, IsolateNode, QuarantineNode, Notify };
WARDHIVE_NAMES(Verb, "ban_address", "drain_node", "set_node_share", "isolate_node",
               "quarantine_node", "notify")

// A rail that was asked, and what it said.
struct RailCheck {
  std::string rail;  // "capacity", "vantages", "never_touch", ...
  bool passed = true;
  std::string says;  // with the numbers: "1 of at most 1 node of class gpu"
};
WARDHIVE_FIELDS(RailCheck) {
  v("rail", self.rail);
  v("passed", self.passed);
  v("says", self.says);
}

enum class DecisionState { Active, Shadow, Held, Expired, Reverted, Completed, Lapsed };
WARDHIVE_NAMES(DecisionState, "active", "shadow", "held", "expired", "reverted", "completed",
               "lapsed")

// What shall hold for a target, until when and why: users list, explain and revert these.
// Shadow: would have been active. Held: a rail blocked it, nothing is in force.
// Completed: it ended because the incident was resolved (a drained node is back at 100 %).
// Lapsed: it was held or shown until there was no reason for it any more; it was never in force.
struct Decision {
  DecisionId id;
  IncidentId incident;
  Verb verb = Verb::Notify;
  Entity target;
  std::string scope;            // acting agents: "node/job-1" or "fleet"
  std::uint32_t share_bps = 0;  // set_node_share, drain_node (0)
  DecisionState state = DecisionState::Shadow;
  bool kept = false;          // a person said hold: no expiry, no automatic restoration
  std::uint64_t version = 0;  // rises with every change of what shall hold
  Instant made_at;
  Instant expires_at;
  Instant ended_at;      // epoch while it lasts
  std::string playbook;  // name/version@digest
  std::string reason;    // one sentence
  std::uint8_t threshold = 0;
  Score score;  // as it was
  std::vector<RailCheck> rails;
  std::vector<Finding> evidence;  // at most 8
  std::string counterfactual;     // what would have changed its mind
  std::string undo;               // the command that undoes it
};
WARDHIVE_FIELDS(Decision) {
  v("id", self.id);
  v("incident", self.incident);
  v("verb", self.verb);
  v("target", self.target);
  v("scope", self.scope);
  v("share_bps", self.share_bps);
  v("state", self.state);
  v("kept", self.kept);
  v("version", self.version);
  v("made_at", self.made_at);
  v("expires_at", self.expires_at);
  v("ended_at", self.ended_at);
  v("playbook", self.playbook);
  v("reason", self.reason);
  v("threshold", self.threshold);
  v("score", self.score);
  v("rails", self.rails);
  v("evidence", self.evidence);
  v("counterfactual", self.counterfactual);
  v("undo", self.undo);
}

// One attempt to make an agent's control agree with a decision. Idempotent: (agent, control, key)
// holds `share_bps`/presence at `version`; an older version or epoch is refused by the agent.
struct Action {
  ActionId id;
  DecisionId decision;
  Verb verb = Verb::Notify;
  std::string agent;    // node whose agent acts
  std::string control;  // "nftables", "haproxy", "chain"
  std::string key;      // what it acts on: an address, a node name
  bool present = true;  // false: take it away
  std::uint32_t share_bps = 0;
  std::uint64_t version = 0;
  Instant expires_at;  // the agent gets the remainder, counted by its own monotonic clock
  std::uint32_t attempt = 1;
};
WARDHIVE_FIELDS(Action) {
  v("id", self.id);
  v("decision", self.decision);
  v("verb", self.verb);
  v("agent", self.agent);
  v("control", self.control);
  v("key", self.key);
  v("present", self.present);
  v("share_bps", self.share_bps);
  v("version", self.version);
  v("expires_at", self.expires_at);
  v("attempt", self.attempt);
}

enum class IncidentState {
  Detected,
  Containing,
  Contained,
  Verifying,
  Restoring,
  Watching,
  Resolved,
  Held,
  Escalated,
  FalsePositive,
  Merged
};
WARDHIVE_NAMES(IncidentState, "detected", "containing", "contained", "verifying", "restoring",
               "watching", "resolved", "held", "escalated", "false_positive", "merged")
inline bool is_open(IncidentState s) {
  return s != IncidentState::Resolved && s != IncidentState::FalsePositive &&
         s != IncidentState::Merged;
}

struct TimelineEntry {
  Instant at;
  IncidentState state = IncidentState::Detected;
  std::uint32_t share_bps = 0;  // of the node, while restoring
  std::string text;             // cause in one sentence
};
WARDHIVE_FIELDS(TimelineEntry) {
  v("at", self.at);
  v("state", self.state);
  v("share_bps", self.share_bps);
  v("text", self.text);
}
struct Incident {
  IncidentId id;
  std::string playbook;
  std::string severity;  // attack, breach, policy, suspicious
  Entity subject;
  IncidentState state = IncidentState::Detected;
  IncidentId merged_into;
  Instant first_evidence_at;
  Instant opened_at;
  Instant deadline_at;       // by when it must be contained
  Instant contained_at;      // epoch until confirmed from outside
  Instant ended_at;          // epoch while open
  std::uint32_t cycles = 0;  // containments so far
  std::string summary;
  std::vector<TimelineEntry> timeline;  // at most 64, first and last kept
};
WARDHIVE_FIELDS(Incident) {
  v("id", self.id);
  v("playbook", self.playbook);
  v("severity", self.severity);
  v("subject", self.subject);
  v("state", self.state);
  v("merged_into", self.merged_into);
  v("first_evidence_at", self.first_evidence_at);
  v("opened_at", self.opened_at);
  v("deadline_at", self.deadline_at);
  v("contained_at", self.contained_at);
  v("ended_at", self.ended_at);
  v("cycles", self.cycles);
  v("summary", self.summary);
  v("timeline", self.timeline);
}

// The only thing called an alert by whoever receives it.
struct Notice {
  IncidentId incident;
  Instant at;
  std::string severity;
  bool page = false;  // wakes a person
  std::string text;
};
WARDHIVE_FIELDS(Notice) {
  v("incident", self.incident);
  v("at", self.at);
  v("severity", self.severity);
  v("page", self.page);
  v("text", self.text);
}

struct CommandResult {
  std::uint64_t offset = 0;  // of the command
  std::string key;
  bool accepted = false;
  std::string says;  // refused: the rail's name and why
};
WARDHIVE_FIELDS(CommandResult) {
  v("offset", self.offset);
  v("key", self.key);
  v("accepted", self.accepted);
  v("says", self.says);
}

using JournalEntry =
    std::variant<Score, Incident, Decision, Action, Notice, CommandResult, Settlement, Proposal>;
std::string_view journal_kind(const JournalEntry& entry);
std::string encode_journal_entry(const JournalEntry& entry);

}  // namespace wardhive
