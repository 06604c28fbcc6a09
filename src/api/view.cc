#include "api/view.h"

#include <fmt/format.h>

#include <algorithm>

namespace wardhive {
namespace {

constexpr std::size_t kEndedKept = 1'000;
constexpr std::size_t kScoresKept = 10'000;
constexpr std::size_t kNoticesKept = 1'000;
constexpr Duration kStale = seconds(15);
constexpr Duration kStatusEvery = millis(200);  // it walks all nodes and decisions

bool in_force(const Decision& decision) { return decision.state == DecisionState::Active; }

// Keeps `live` entries and the newest kEndedKept others.
template <class Map, class Live>
void bound(Map& map, Live live) {
  if (map.size() <= kEndedKept) return;
  std::size_t ended = 0;
  for (const auto& [id, noun] : map) ended += !live(noun);
  for (auto it = map.begin(); it != map.end() && ended > kEndedKept;) {
    if (live(it->second))
      ++it;
    else
      it = map.erase(it), --ended;
  }
}

// A noun as people see it: most as they are.
template <class Noun>
const Noun& seen(const Noun& noun) {
  return noun;
}
ProposalView seen(const Proposal& proposal) { return {proposal, words_of(proposal.act)}; }

std::string plural(std::uint32_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace

std::string never_is_null(std::string json) {
  // With its quotes: inside a text they would be escaped.
  static const auto never = "\"" + format_rfc3339(Instant{}) + "\"";
  for (auto at = json.find(never); at != std::string::npos; at = json.find(never, at))
    json.replace(at, never.size(), "null");
  return json;
}

std::string versioned(std::string json_object) {
  const auto head =
      fmt::format(R"({{"schema_version":{}{})", kSchemaVersion, json_object == "{}" ? "" : ",");
  return head + never_is_null(json_object.substr(1));
}

View::View(std::string version, std::string profile, Instant started_at)
    : version_(std::move(version)),
      profile_(std::move(profile)),
      started_at_(started_at),
      now_(started_at) {}

void View::load(const Store& store, Mode mode) {
  const auto each = [&](std::string_view kind, std::size_t limit, auto&& take,
                        bool newest_per_id = true) {
    JournalQuery query;
    query.kind = kind;
    query.newest_per_id = newest_per_id;
    query.limit = limit;
    const auto rows = store.journal(query);
    if (!rows) return;
    for (const auto& row : *rows) take(row.body);
  };
  const std::lock_guard lock(mutex_);
  mode_ = mode;
  each("incident", kEndedKept, [&](const std::string& body) {
    if (auto noun = from_json<Incident>(body)) incidents_[noun->id] = std::move(*noun);
  });
  each("decision", kEndedKept, [&](const std::string& body) {
    if (auto noun = from_json<Decision>(body)) decisions_[noun->id] = std::move(*noun);
  });
  each("proposal", kEndedKept, [&](const std::string& body) {
    if (auto noun = from_json<Proposal>(body)) proposals_[noun->id] = std::move(*noun);
  });
  const auto notice = [&](const std::string& body) {
    if (auto noun = from_json<Notice>(body)) notices_.push_front(std::move(*noun));
  };
  each("notice", kNoticesKept, notice, false);  // each is a thing of its own, with no id
  each("score", kScoresKept, [&](const std::string& body) {
    if (auto noun = from_json<Score>(body)) scores_[noun->subject] = std::move(*noun);
  });
}

void View::record(const LoggedRecord& logged) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, logged.at);
  if (const auto* inventory = std::get_if<Inventory>(&logged.record)) {
    inventory_ = *inventory;
    changed("inventory", *inventory);
  } else if (const auto* health = std::get_if<Health>(&logged.record)) {
    health_[{health->subject.name, health->observer.name}] = *health;
    changed("health", *health);
  } else if (const auto* finding = std::get_if<Finding>(&logged.record)) {
    const std::tuple key{finding->subject, finding->kind, finding->observer};
    if (finding->phase == FindingPhase::Raised && raised_.size() < kScoresKept)
      raised_[key] = *finding;
    else
      raised_.erase(key);
    changed("finding", *finding);
  } else if (const auto* receipt = std::get_if<Receipt>(&logged.record)) {
    changed("receipt", *receipt);
  }
}

void View::journal(const JournalEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (const auto* incident = std::get_if<Incident>(&entry))
    incidents_[incident->id] = *incident;
  else if (const auto* decision = std::get_if<Decision>(&entry))
    decisions_[decision->id] = *decision;
  else if (const auto* proposal = std::get_if<Proposal>(&entry))
    proposals_[proposal->id] = *proposal;
  else if (const auto* result = std::get_if<CommandResult>(&entry)) {
    results_.push_back(*result);
    if (results_.size() > kEndedKept) results_.pop_front();
  } else if (const auto* notice = std::get_if<Notice>(&entry)) {
    notices_.push_back(*notice);
    if (notices_.size() > kNoticesKept) notices_.pop_front();
  } else if (const auto* score = std::get_if<Score>(&entry)) {
    scores_[score->subject] = *score;
    if (scores_.size() > kScoresKept)
      scores_.erase(std::min_element(
          scores_.begin(), scores_.end(),
          [](const auto& a, const auto& b) { return a.second.value < b.second.value; }));
  }
  std::visit([&](const auto& noun) { changed(journal_kind(entry), seen(noun)); }, entry);
}

template <class Noun>
void View::changed(std::string_view kind, const Noun& noun) {
  if (on_change_ && listening_()) changes_.emplace_back(kind, never_is_null(to_json(noun)));
}

void View::flush(Instant now, Mode mode, bool disk_full) {
  std::vector<std::pair<std::string, std::string>> changes;
  Tell tell;
  bool status_due = false;
  {
    const std::lock_guard lock(mutex_);
    now_ = now;
    mode_ = mode;
    disk_full_ = disk_full;
    bound(incidents_, [](const Incident& i) { return is_open(i.state); });
    bound(decisions_, in_force);
    bound(proposals_, [](const Proposal& p) { return is_open(p.state); });
    changes.swap(changes_);
    if (on_change_ && listening_()) tell = on_change_;
    const auto since_told = now - status_told_at_;
    status_due = since_told >= seconds(1) || (!changes.empty() && since_told >= kStatusEvery);
    if (status_due) status_told_at_ = now;
  }
  if (!tell) return;
  for (const auto& [kind, json] : changes) tell(kind, json);
  if (status_due) tell("status", never_is_null(to_json(status())));
}

void View::on_change(Tell tell, std::function<bool()> listening) {
  const std::lock_guard lock(mutex_);
  on_change_ = std::move(tell);
  listening_ = std::move(listening);
}

NodeView View::node_view(const NodeInfo& info) const {
  NodeView view;
  view.info = info;
  const auto subject = wardhive::node(info.name);
  bool fresh = false, silent = false;
  for (auto it = health_.lower_bound({info.name, ""});
       it != health_.end() && it->first.first == info.name; ++it) {
    view.health.push_back(it->second);
    fresh = fresh || now_ - it->second.fresh_at < kStale;
  }
  for (auto it = raised_.lower_bound({subject, FindingKind{}, Entity{}});
       it != raised_.end() && std::get<0>(it->first) == subject; ++it) {
    view.claims.push_back(it->second.evidence.summary);
    silent = silent || it->second.kind == FindingKind::Silent;
  }
  if (const auto score = scores_.find(subject); score != scores_.end())
    view.score = score->second.value;
  // Last-known-good is never shown as good: without a fresh look the state is unknown.
  view.state = silent                 ? NodeState::Silent
               : !view.claims.empty() ? NodeState::Suspect
               : fresh                ? NodeState::Healthy
                                      : NodeState::Unknown;
  for (const auto& [id, decision] : decisions_) {
    // A quarantine on the chain concerns leases and pay; traffic is the gateways' matter.
    if (!in_force(decision) || decision.target != subject || decision.verb == Verb::Notify ||
        decision.verb == Verb::QuarantineNode)
      continue;
    view.decision = id;
    view.share_bps = decision.verb == Verb::IsolateNode ? 0 : decision.share_bps;
    view.state = decision.verb == Verb::IsolateNode ? NodeState::Isolated
                 : view.share_bps == 0              ? NodeState::Drained
                                                    : NodeState::Restoring;
  }
  return view;
}

void View::set_audit_problem(std::string text) {
  const std::lock_guard lock(mutex_);
  audit_problem_ = std::move(text);
}

NetworkStatus View::status() const {
  const std::lock_guard lock(mutex_);
  NetworkStatus status;
  status.mode = mode_;
  status.profile = profile_;
  status.version = version_;
  status.at = now_;
  status.started_at = started_at_;
  status.disk_full = disk_full_;
  status.audit_problem = audit_problem_;
  std::uint32_t suspect = 0;
  for (const auto& info : inventory_.nodes) {
    const auto view = node_view(info);
    ++status.nodes;
    status.nodes_healthy += view.state == NodeState::Healthy;
    status.nodes_out += view.state == NodeState::Drained || view.state == NodeState::Isolated ||
                        view.state == NodeState::Restoring;
    suspect += view.state == NodeState::Suspect || view.state == NodeState::Silent;
  }
  for (const auto& [id, decision] : decisions_) {
    status.decisions_active += in_force(decision);
    status.addresses_banned += in_force(decision) && decision.verb == Verb::BanAddress;
  }
  for (const auto& [id, incident] : incidents_) {
    status.incidents_open += is_open(incident.state);
    status.needs_person +=
        incident.state == IncidentState::Escalated || incident.state == IncidentState::Held;
  }
  for (const auto& [id, proposal] : proposals_)
    status.proposals_open += proposal.state == ProposalState::Open;
  std::string said;
  if (status.nodes_out > 0)
    said = fmt::format("{} of {} contained or coming back", status.nodes_out,
                       plural(status.nodes, "node", "nodes"));
  else
    said = status.nodes == 0 ? "no node is known yet"
                             : fmt::format("{} watched", plural(status.nodes, "node", "nodes"));
  if (suspect > 0) said += fmt::format(", {} suspect", suspect);
  if (status.addresses_banned > 0)
    said += ", " + plural(status.addresses_banned, "address", "addresses") + " banned";
  if (mode_ == Mode::Shadow) said += ", shadow mode: nothing is applied";
  status.sentence =
      said + (status.needs_person > 0
                  ? fmt::format("; {} you",
                                plural(status.needs_person, "incident needs", "incidents need"))
              : status.proposals_open > 0
                  ? fmt::format("; {} for approval",
                                plural(status.proposals_open, "proposal waits", "proposals wait"))
              : disk_full_             ? "; the disk is full"
              : audit_problem_.empty() ? "; nothing needs you"
                                       : "; the audit needs you");
  return status;
}

std::vector<NodeView> View::nodes() const {
  const std::lock_guard lock(mutex_);
  std::vector<NodeView> views;
  for (const auto& info : inventory_.nodes) views.push_back(node_view(info));
  return views;
}

std::optional<NodeView> View::node(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const auto& info : inventory_.nodes)
    if (info.name == name) return node_view(info);
  return std::nullopt;
}

namespace {

template <class Map, class Keep>
auto newest(const Map& map, std::size_t limit, Keep keep) {
  std::vector<typename Map::mapped_type> found;
  for (auto it = map.rbegin(); it != map.rend() && found.size() < limit; ++it)
    if (keep(it->second)) found.push_back(it->second);
  return found;
}

template <class Map>
auto one(const Map& map, const typename Map::key_type& key) {
  const auto it = map.find(key);
  return it == map.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

std::vector<Incident> View::incidents(bool open_only, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return newest(incidents_, limit,
                [&](const Incident& i) { return !open_only || is_open(i.state); });
}
std::optional<Incident> View::incident(const IncidentId& id) const {
  const std::lock_guard lock(mutex_);
  return one(incidents_, id);
}
std::vector<Decision> View::decisions(bool active_only, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return newest(decisions_, limit, [&](const Decision& d) { return !active_only || in_force(d); });
}
std::optional<Decision> View::decision(const DecisionId& id) const {
  const std::lock_guard lock(mutex_);
  return one(decisions_, id);
}
std::vector<ProposalView> View::proposals(bool open_only, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      newest(proposals_, limit, [&](const Proposal& p) { return !open_only || is_open(p.state); });
  std::vector<ProposalView> views;
  for (const auto& proposal : found) views.push_back(seen(proposal));
  return views;
}
std::optional<ProposalView> View::proposal(const ProposalId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = one(proposals_, id);
  return found ? std::optional(seen(*found)) : std::nullopt;
}
std::optional<Score> View::score(const Entity& subject) const {
  const std::lock_guard lock(mutex_);
  return one(scores_, subject);
}

std::vector<Score> View::scores(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Score> found;
  for (const auto& [subject, score] : scores_) found.push_back(score);
  std::sort(found.begin(), found.end(), [](const Score& a, const Score& b) {
    return std::pair(-int{a.value}, a.subject) < std::pair(-int{b.value}, b.subject);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::vector<Notice> View::notices(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return {notices_.rbegin(),
          notices_.rbegin() + static_cast<std::ptrdiff_t>(std::min(limit, notices_.size()))};
}

std::optional<CommandResult> View::command_result(std::uint64_t offset) const {
  const std::lock_guard lock(mutex_);
  for (auto it = results_.rbegin(); it != results_.rend(); ++it)
    if (it->offset == offset) return *it;
  return std::nullopt;
}

}  // namespace wardhive
