// What people see of the present: filled from what was committed, read by the API. Knows the nouns,
// not the stages.
//
//   one thread fills (the pipeline's, after each commit), any thread reads; copies go out
//   bounds: kEndedKept ended incidents and decisions stay beside the open ones, older ones are in
//   the store's journal; kScoresKept scores, the lowest give way
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "model/journal.h"
#include "model/record.h"
#include "store/store.h"

namespace wardhive {

inline constexpr int kSchemaVersion = 1;

enum class NodeState { Unknown, Healthy, Suspect, Silent, Restoring, Drained, Isolated };
WARDHIVE_NAMES(NodeState, "unknown", "healthy", "suspect", "silent", "restoring", "drained",
               "isolated")

struct NodeView {
  NodeInfo info;
  NodeState state = NodeState::Unknown;
  std::uint32_t share_bps = 10'000;
  std::uint8_t score = 0;
  DecisionId decision;              // what holds it, if anything does
  std::vector<Health> health;       // newest per observer
  std::vector<std::string> claims;  // raised findings, a sentence each
};
WARDHIVE_FIELDS(NodeView) {
  v("name", self.info.name);
  v("class", self.info.node_class);
  v("state", self.state);
  v("share_bps", self.share_bps);
  v("score", self.score);
  v("decision", self.decision);
  v("acts", self.info.acts);
  v("controls", self.info.controls);
  v("backends", self.info.backends);
  v("addresses", self.info.addresses);
  v("health", self.health);
  v("claims", self.claims);
}

// A proposal and what it asks for in words, which are written once: "pause claim for 5m".
struct ProposalView {
  Proposal proposal;
  std::string says;
};
WARDHIVE_FIELDS(ProposalView) {
  fields(self.proposal, v);
  v("says", self.says);
}

struct NetworkStatus {
  std::string sentence;  // "1 of 6 nodes drained, 1 address banned; nothing needs you"
  Mode mode = Mode::Shadow;
  std::string profile;
  std::string version;
  Instant at;
  Instant started_at;
  std::uint32_t nodes = 0, nodes_healthy = 0, nodes_out = 0;
  std::uint32_t addresses_banned = 0;
  std::uint32_t incidents_open = 0, needs_person = 0;
  std::uint32_t decisions_active = 0;
  std::uint32_t proposals_open = 0;  // for want of approvals
  bool disk_full = false;
  std::string
      audit_problem;  // why it is not, or not lately, the one that was anchored; "" if it is
};
WARDHIVE_FIELDS(NetworkStatus) {
  v("sentence", self.sentence);
  v("mode", self.mode);
  v("profile", self.profile);
  v("version", self.version);
  v("at", self.at);
  v("started_at", self.started_at);
  v("nodes", self.nodes);
  v("nodes_healthy", self.nodes_healthy);
  v("nodes_out", self.nodes_out);
  v("addresses_banned", self.addresses_banned);
  v("incidents_open", self.incidents_open);
  v("needs_person", self.needs_person);
  v("decisions_active", self.decisions_active);
  v("proposals_open", self.proposals_open);
  v("disk_full", self.disk_full);
  v("audit_problem", self.audit_problem);
}

class View {
 public:
  View(std::string version, std::string profile, Instant started_at);

  // Filling, in the order of the log.
  void load(const Store& store, Mode mode);
  void record(const LoggedRecord& record);
  void journal(const JournalEntry& entry);
  // After a pass: bounds the tables and tells the streams. The status goes out at most each
  // kStatusEvery and, even if nothing changed, once a second: whoever reads the stream sees that it
  // lives.
  void flush(Instant now, Mode mode, bool disk_full);
  // `tell` is called by flush(), on the filling thread, with "kind" and JSON of each change since
  // the last. While nobody is `listening` (any thread, cheap) changes are neither encoded nor kept.
  using Tell = std::function<void(std::string_view kind, const std::string& json)>;
  void on_change(Tell tell, std::function<bool()> listening);

  // Any thread: what `status` says of the audit's anchor from now on.
  void set_audit_problem(std::string text);

  NetworkStatus status() const;
  std::vector<NodeView> nodes() const;
  std::optional<NodeView> node(std::string_view name) const;
  std::vector<Incident> incidents(bool open_only, std::size_t limit) const;  // newest first
  std::optional<Incident> incident(const IncidentId& id) const;
  std::vector<Decision> decisions(bool active_only, std::size_t limit) const;
  std::optional<Decision> decision(const DecisionId& id) const;
  std::vector<Score> scores(std::size_t limit) const;  // highest first
  std::optional<Score> score(const Entity& subject) const;
  std::vector<Notice> notices(std::size_t limit) const;
  std::vector<ProposalView> proposals(bool open_only, std::size_t limit) const;
  std::optional<ProposalView> proposal(const ProposalId& id) const;
  std::optional<CommandResult> command_result(std::uint64_t offset) const;

 private:
  NodeView node_view(const NodeInfo& info) const;
  template <class Noun>
  void changed(std::string_view kind, const Noun& noun);

  const std::string version_, profile_;
  const Instant started_at_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Instant now_{}, status_told_at_{};
  Mode mode_ = Mode::Shadow;
  bool disk_full_ = false;
  std::string audit_problem_;
  Inventory inventory_;
  std::map<std::pair<std::string, std::string>, Health> health_;  // (subject, observer)
  std::map<std::tuple<Entity, FindingKind, Entity>, Finding> raised_;
  std::map<IncidentId, Incident> incidents_;
  std::map<DecisionId, Decision> decisions_;
  std::map<Entity, Score> scores_;
  std::map<ProposalId, Proposal> proposals_;
  std::deque<Notice> notices_;
  std::deque<CommandResult> results_;
  std::vector<std::pair<std::string, std::string>> changes_;
  Tell on_change_;
  std::function<bool()> listening_;
};

// A noun as it leaves the API: a time that never was is null, not 1970.
std::string never_is_null(std::string json);
// `{"a":1}` -> `{"schema_version":1,"a":1}`: every object that leaves the API at the top carries
// it. Also never_is_null().
std::string versioned(std::string json_object);
template <class T>
std::string versioned_list(const std::vector<T>& items) {
  std::string out = "[";
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i > 0 ? "," : "") + versioned(to_json(items[i]));
  return out + "]";
}

}  // namespace wardhive
