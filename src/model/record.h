// The nouns that travel. Inputs are logged (`Record`); what risk and respond derive from them is
// journalled (journal.h). One encoding, JSON, in the log, on the wire and for people; units: times
// RFC 3339, durations seconds, *_bps one hundredth of a percent, *_us microseconds.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "model/entity.h"
#include "model/noun.h"
#include "model/proposal.h"

namespace wardhive {

// Happened: a log line parsed, an agent that came up, something on the chain.
enum class EventKind {
  AuthFailed,
  AuthSucceeded,
  AgentStarted,
  AgentStopping,
  ActuatorLost,
  AuthorityChanged,  // somebody else holds a power over an account
  ProgramEvent,      // the program recorded a change of its own
  ProgramEventGap,   // its events are not complete
  CredentialShared,  // two processes speak with one agent's credential by turns
};
WARDHIVE_NAMES(EventKind, "auth_failed", "auth_succeeded", "agent_started", "agent_stopping",
               "actuator_lost", "authority_changed", "program_event", "program_event_gap",
               "credential_shared")
struct Event {
  EventKind kind = EventKind::AuthFailed;
  Entity subject;   // auth: the address that tried; chain: the account or the program;
                    // credential_shared: the node
  Entity observer;  // the node that says so, from its credential
  Instant at;       // sender's time, clamped by the log to [stamp - 15 min, stamp + 5 s]
  // auth: user, service, line (cut to 512 bytes); chain: ingest/chain_source.h;
  // credential_shared: process, peer, other_process, other_peer, turns (since it was told last)
  std::map<std::string, std::string> attributes;
};
WARDHIVE_FIELDS(Event) {
  v("kind", self.kind);
  v("subject", self.subject);
  v("observer", self.observer);
  v("at", self.at);
  v("attributes", self.attributes);
}

// A detector's claim. Each claim is raised once and cleared once; a claim that gets stronger is
// raised again with the same (kind, subject, observer).
enum class FindingKind {
  Silent,            // nothing heard from the node's agent
  Unreachable,       // probes of the subject by this observer fail
  LatencyShift,      // slower than its own past, for this observer
  ErrorRateShift,    // errs more than its own past, for this observer
  ThresholdCrossed,  // a configured bound, with hysteresis
  AuthFailureBurst,  // many failed log-ins from one address on this node
  Anomaly,           // a series looks odd; learned, so never punished alone
  AuthorityChanged,  // somebody else holds a power over an account on the chain
  ChainUnwell,       // the chain, or our sight of it; about fleet/rpc, fleet/solana or fleet/events
  ProgramBurst,      // far more of something than usual on the program
  KeyOveruse,        // one key signed more quarantines or accusations than an honest one would
  CredentialShared,  // the node's credential is used from two places at once
};
WARDHIVE_NAMES(FindingKind, "silent", "unreachable", "latency_shift", "error_rate_shift",
               "threshold_crossed", "auth_failure_burst", "anomaly", "authority_changed",
               "chain_unwell", "program_burst", "key_overuse", "credential_shared")
enum class FindingPhase { Raised, Cleared };
WARDHIVE_NAMES(FindingPhase, "raised", "cleared")

// What the claim rests on; numbers are for people, nothing downstream computes with them.
struct EvidenceInput {
  Instant at;
  std::string text;  // the log line, or "series = value"
  std::string sha256;
};
WARDHIVE_FIELDS(EvidenceInput) {
  v("at", self.at);
  v("text", self.text);
  v("sha256", self.sha256);
}
struct Evidence {
  std::string detector;  // name and version, "auth_failure_burst/1"
  std::string summary;   // one sentence with the numbers in it
  std::string unit;
  double observed = 0;
  double expected = 0;
  double threshold = 0;
  std::string counterfactual;         // what would have kept the detector quiet
  std::vector<EvidenceInput> inputs;  // at most 8, the last ones
};
WARDHIVE_FIELDS(Evidence) {
  v("detector", self.detector);
  v("summary", self.summary);
  v("unit", self.unit);
  v("observed", self.observed);
  v("expected", self.expected);
  v("threshold", self.threshold);
  v("counterfactual", self.counterfactual);
  v("inputs", self.inputs);
}
struct Finding {
  FindingKind kind = FindingKind::Silent;
  FindingPhase phase = FindingPhase::Raised;
  Entity subject;
  Entity observer;            // whose eyes: a vantage, the reporting node, or the controller
  std::uint8_t strength = 0;  // 1-100 when raised
  Instant at;                 // when the detector was sure
  Instant since;              // when the odd stretch began
  Evidence evidence;
};
WARDHIVE_FIELDS(Finding) {
  v("kind", self.kind);
  v("phase", self.phase);
  v("subject", self.subject);
  v("observer", self.observer);
  v("strength", self.strength);
  v("at", self.at);
  v("since", self.since);
  v("evidence", self.evidence);
}

// What one observer knows of one subject over the last window, per tick; only when it looked.
struct Health {
  Entity subject;
  Entity observer;
  Instant at;        // end of the window
  Instant fresh_at;  // last look
  std::uint32_t probes = 0;
  std::uint32_t probes_failed = 0;
  std::uint32_t requests =
      0;  // real traffic, 0 too, of who counts it (gateway), else the probes that got an answer
  std::uint32_t error_bps = 0;
  std::uint32_t p99_us = 0;
  bool healthy = true;  // reachable, and no shift is raised by this observer
};
WARDHIVE_FIELDS(Health) {
  v("subject", self.subject);
  v("observer", self.observer);
  v("at", self.at);
  v("fresh_at", self.fresh_at);
  v("probes", self.probes);
  v("probes_failed", self.probes_failed);
  v("requests", self.requests);
  v("error_bps", self.error_bps);
  v("p99_us", self.p99_us);
  v("healthy", self.healthy);
}

// The network as the controller knows it. Replaced whole.
struct NodeInfo {
  std::string name;
  std::string node_class;              // capacity rails count per class; "" is a class too
  std::vector<std::string> addresses;  // its own: never touched anywhere
  std::vector<std::string> controls;  // what its agent can act with: "nftables", "haproxy", "chain"
  std::vector<std::string> backends;  // gateway: the nodes whose traffic it carries
  bool acts = true;          // false: watched, never acted on (unknown target, scraped host)
  std::string account = {};  // of the node on the chain; empty: it is not registered there
};
WARDHIVE_FIELDS(NodeInfo) {
  v("name", self.name);
  v("class", self.node_class);
  v("addresses", self.addresses);
  v("controls", self.controls);
  v("backends", self.backends);
  v("acts", self.acts);
  v("account", self.account);
}
struct Inventory {
  std::vector<NodeInfo> nodes;
  std::vector<std::string>
      never_touch;  // prefixes: loopback, controller, gateways, DNS, live log-ins
  std::vector<std::string> allow_list;  // prefixes and node names a person vouched for
};
WARDHIVE_FIELDS(Inventory) {
  v("nodes", self.nodes);
  v("never_touch", self.never_touch);
  v("allow_list", self.allow_list);
}

// How an action went, confirmed by looking at the actuator afterwards.
enum class Outcome { Applied, Removed, Expired, Failed, Refused };
WARDHIVE_NAMES(Outcome, "applied", "removed", "expired", "failed", "refused")
struct Receipt {
  ActionId action;
  Entity agent;
  Outcome outcome = Outcome::Failed;
  bool verified = false;  // read back from the kernel or the proxy
  std::uint64_t version = 0;
  std::uint64_t epoch = 0;
  std::uint32_t took_us = 0;  // agent received -> live
  Instant at;
  std::string detail;
};
WARDHIVE_FIELDS(Receipt) {
  v("action", self.action);
  v("agent", self.agent);
  v("outcome", self.outcome);
  v("verified", self.verified);
  v("version", self.version);
  v("epoch", self.epoch);
  v("took_us", self.took_us);
  v("at", self.at);
  v("detail", self.detail);
}

// What a person asked. `key` makes a repeat harmless.
enum class CommandKind {
  Revert,      // decision: undo it now, settle its evidence
  Hold,        // decision: keep it past its expiry, no automatic restoration
  Release,     // decision: let a held one go on by itself
  ReleaseAll,  // every effect we hold
  SetMode,     // shadow or enforce
  Allow,       // entity: vouched for; nothing acts on it
  Disallow,    // entity: takes that back
  Propose,     // act: a privileged act on the chain
  Approve,     // proposal
  Withdraw,    // proposal: while it is open
};
WARDHIVE_NAMES(CommandKind, "revert", "hold", "release", "release_all", "set_mode", "allow",
               "disallow", "propose", "approve", "withdraw")
enum class Mode { Shadow, Enforce };
WARDHIVE_NAMES(Mode, "shadow", "enforce")
struct Command {
  CommandKind kind = CommandKind::Revert;
  std::string actor;  // who: token name
  std::string key;    // Idempotency-Key
  DecisionId decision;
  Entity entity;
  Mode mode = Mode::Shadow;
  std::string reason;
  ProposalId proposal = {};
  ChainAct act = {};
};
WARDHIVE_FIELDS(Command) {
  v("kind", self.kind);
  v("actor", self.actor);
  v("key", self.key);
  v("decision", self.decision);
  v("entity", self.entity);
  v("mode", self.mode);
  v("reason", self.reason);
  v("proposal", self.proposal);
  v("act", self.act);
}

struct ConfigChanged {
  std::string digest;  // of the effective configuration and playbooks
  std::string profile;
};
WARDHIVE_FIELDS(ConfigChanged) {
  v("digest", self.digest);
  v("profile", self.profile);
}

// The wall clock moved against the monotonic one by more than 5 s. Nothing is isolated for one
// window after it.
struct ClockJumped {
  Duration by{};
};
WARDHIVE_FIELDS(ClockJumped) { v("by", self.by); }

// Time passed: 1 s since the last tick. Carries whose agents were heard from meanwhile, so that a
// replay knows it too.
struct Tick {
  std::vector<std::string> heard;  // node names, sorted
};
WARDHIVE_FIELDS(Tick) { v("heard", self.heard); }

using Record = std::variant<Tick, Event, Finding, Health, Inventory, Receipt, Command,
                            ConfigChanged, ClockJumped>;

// A record with its place in the log. `at` never goes back within a log.
struct LoggedRecord {
  std::uint64_t offset = 0;
  Instant at;
  Record record;
};

std::string_view record_kind(const Record& record);  // "tick", "event", ...
std::string encode_record(const Record& record);     // JSON of the noun, without its kind
// InvalidInput with the path, or LimitReached past limits::kRecordBytesMax.
Result<Record> decode_record(std::string_view kind, std::string_view json);

}  // namespace wardhive
