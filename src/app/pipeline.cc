#include "app/pipeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr Duration kTick = seconds(1);
constexpr Duration kClockJump = seconds(5);
constexpr Duration kAheadMax = seconds(5);
constexpr Duration kBehindMax = minutes(15);
constexpr std::size_t kPendingRowsMax = 200'000;  // kept in memory while the disk is full

// The sender's time is kept if it is plausible; a provider must not date its way out of a window.
bool clamp_time(Instant& at, Instant now) {
  if (at > now + kAheadMax)
    at = now;
  else if (at < now - kBehindMax)
    at = now - kBehindMax;
  else
    return false;
  static auto& late = metrics().counter("ingest_times_clamped_total",
                                        "sender times outside 5 s ahead / 15 min behind");
  late.add();
  return true;
}

std::string journal_id(const JournalEntry& entry) {
  return std::visit(
      [](const auto& noun) -> std::string {
        using T = std::decay_t<decltype(noun)>;
        if constexpr (std::is_same_v<T, Score>)
          return noun.subject.text();
        else if constexpr (std::is_same_v<T, Settlement>)
          return noun.subject.text();
        else if constexpr (std::is_same_v<T, Notice>)
          return noun.incident.text();
        else if constexpr (std::is_same_v<T, CommandResult>)
          return fmt::format("cmd-{}", noun.offset);
        else
          return noun.id.text();
      },
      entry);
}

// Three stages' states behind one another, each preceded by its length.
std::string join_snapshot(std::initializer_list<std::string> parts) {
  std::string joined;
  for (const auto& part : parts) {
    const auto size = static_cast<std::uint64_t>(part.size());
    joined.append(reinterpret_cast<const char*>(&size), sizeof size);
    joined += part;
  }
  return joined;
}

Result<std::vector<std::string_view>> split_snapshot(std::string_view bytes, std::size_t count) {
  std::vector<std::string_view> parts;
  while (!bytes.empty()) {
    std::uint64_t size = 0;
    if (bytes.size() < sizeof size) return fail(ErrorCode::Corrupt, "snapshot is cut short");
    std::copy_n(bytes.data(), sizeof size, reinterpret_cast<char*>(&size));
    bytes.remove_prefix(sizeof size);
    if (size > bytes.size()) return fail(ErrorCode::Corrupt, "snapshot is cut short");
    parts.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (parts.size() != count)
    return fail(ErrorCode::Corrupt,
                fmt::format("snapshot has {} parts; expected {}", parts.size(), count));
  return parts;
}

}  // namespace

Result<std::unique_ptr<Pipeline>> Pipeline::open(const Settings& settings,
                                                 std::vector<Playbook> playbooks, Store* store,
                                                 PipelineHooks hooks) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(settings, store, std::move(hooks)));
  WARDHIVE_ASSIGN(pipeline->monitor_, Monitor::make(settings));
  WARDHIVE_ASSIGN(pipeline->risk_, Risk::make(settings));
  WARDHIVE_ASSIGN(pipeline->respond_, Respond::make(settings, std::move(playbooks)));
  if (store != nullptr) WARDHIVE_TRY(pipeline->restore());
  return pipeline;
}

Status Pipeline::restore() {
  std::vector<std::string> passed_over;
  auto snapshot = store_->load_snapshot("stages", &passed_over);
  for (const auto& reason : passed_over) log::warn("snapshot_passed_over", {{"reason", reason}});
  if (snapshot) {
    WARDHIVE_ASSIGN(const auto parts, split_snapshot(snapshot->bytes, 3));
    if (const auto loaded = monitor_->load(parts[0]); !loaded) {
      // What is usual can be learned again; who was contained cannot. Only monitor may start anew.
      log::warn("monitor_rewarms", {{"reason", loaded.error().message}});
      WARDHIVE_ASSIGN(monitor_, Monitor::make(settings_));
    }
    WARDHIVE_TRY(risk_->load(parts[1]));
    WARDHIVE_TRY(respond_->load(parts[2]));
    snapshot_offset_ = snapshot->offset;
  } else if (snapshot.error().code != ErrorCode::NotFound) {
    return std::unexpected(snapshot.error());
  }
  replaying_ = true;
  Status status;
  WARDHIVE_TRY(store_->scan_log(snapshot_offset_ + 1, [&](const LogEntry& entry) {
    stamp_ = entry.at;
    if (entry.stream == LogStream::Samples) {
      auto batch = decode_samples(entry.body);
      MonitorOutput unused;
      if (batch) monitor_->observe(*batch, entry.at, unused);
      return true;
    }
    auto record = decode_record(entry.kind, entry.body);
    if (!record) {
      status = fail(ErrorCode::Corrupt, fmt::format("log record {} cannot be read: {}",
                                                    entry.offset, record.error().message));
      return false;
    }
    step({entry.offset, entry.at, std::move(*record)});
    return true;
  }));
  replaying_ = false;
  WARDHIVE_TRY(status);
  WARDHIVE_TRY(restore_proposals());
  next_offset_ = store_->next_offset();
  stamp_ = std::max(stamp_, store_->last_stamp());
  last_tick_ = stamp_;
  return ok();
}

// How many persons an act takes, and who is one, may have been set anew since it was ordered; and
// what was ordered once may not be open again.
Status Pipeline::restore_proposals() {
  WARDHIVE_ASSIGN(auto rows, store_->journal({.kind = "proposal"}));
  std::vector<Proposal> open;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    WARDHIVE_ASSIGN(auto proposal, from_json<Proposal>(row->body));
    if (is_open(proposal.state)) open.push_back(std::move(proposal));
  }
  respond_->set_proposals(std::move(open));
  return ok();
}

void Pipeline::advance_clock(Instant wall, MonoTime mono) {
  const Duration ran = clock_started_ ? mono - mono_ : Duration::zero();
  const Duration moved = clock_started_ ? wall - wall_ : Duration::zero();
  stamp_ = std::max(wall, stamp_ + ran);
  wall_ = wall;
  mono_ = mono;
  clock_started_ = true;
  const Duration jump = moved - ran;
  if (jump > kClockJump || jump < -kClockJump) {
    log::warn("clock_jumped", {{"by", format_duration(jump)}});
    take(ClockJumped{jump});
  }
}

void Pipeline::pass(std::vector<Submission> submissions, Instant wall, MonoTime mono) {
  advance_clock(wall, mono);
  for (auto& submission : submissions) {
    if (!submission.agent.empty()) heard_.insert(submission.agent);
    for (auto& batch : submission.samples) take_samples(std::move(batch));
    for (auto& record : submission.records) take(std::move(record));
    if (submission.sequence != 0) acknowledged_.emplace_back(submission.agent, submission.sequence);
    if (submission.done)
      waiting_.push_back({std::move(submission.done), next_offset_ - 1,
                          submission.records.empty() && !submission.samples.empty()});
  }
  if (stamp_ - last_tick_ >= kTick) {
    last_tick_ = stamp_;
    take(Tick{{heard_.begin(), heard_.end()}});
    heard_.clear();
    publish_stats();
  }
  commit();
}

// Log time does not go back with a wall clock that does; without this, what is new would count as
// old by as much for ever after.
Duration Pipeline::lead() const {
  const auto ahead = stamp_ - wall_;
  return ahead > kClockJump ? ahead : Duration::zero();
}

void Pipeline::take_samples(SampleBatch batch) {
  for (auto& sample : batch.samples) {
    sample.at += lead();
    clamp_time(sample.at, stamp_);
  }
  const auto offset = next_offset_++;
  if (store_ != nullptr)
    commit_.log.push_back({offset, LogStream::Samples, stamp_, "samples", encode_samples(batch)});
  MonitorOutput out;
  monitor_->observe(batch, stamp_, out);
  committed_.samples.push_back(std::move(batch));
  for (auto& score : out.scores) committed_.scores.push_back(score);
  for (auto& finding : out.findings) take(std::move(finding));
  for (auto& health : out.health) take(std::move(health));
}

void Pipeline::take(Record record) {
  if (auto* event = std::get_if<Event>(&record)) {
    event->at += lead();
    if (clamp_time(event->at, stamp_)) event->attributes["late"] = "true";
  }
  LoggedRecord logged{next_offset_++, stamp_, std::move(record)};
  if (store_ != nullptr)
    commit_.log.push_back({logged.offset, LogStream::Control, stamp_,
                           std::string(record_kind(logged.record)), encode_record(logged.record)});
  committed_.records.push_back(logged);
  step(logged);
}

void Pipeline::step(const LoggedRecord& record) {
  MonitorOutput odd;
  monitor_->record(record, odd);
  if (const auto* tick = std::get_if<Tick>(&record.record)) {
    for (const auto& node : tick->heard) monitor_->heard(node, record.at);
    monitor_->tick(record.at, odd);
  }

  std::vector<Score> scores = std::exchange(carried_scores_, {});
  risk_->record(record, scores);
  RespondOutput out;
  respond_->step(record, scores, out);
  for (const auto& settlement : out.settlements)
    risk_->settle(settlement, record.at, carried_scores_);
  if (replaying_) return;  // all that follows was committed together with its cause

  for (auto& score : scores) journal(record.offset, std::move(score));
  for (auto& incident : out.incidents) journal(record.offset, std::move(incident));
  for (auto& decision : out.decisions) journal(record.offset, std::move(decision));
  for (auto& action : out.actions) {
    actions_.push_back(action);
    journal(record.offset, std::move(action));
  }
  for (auto& notice : out.notices) journal(record.offset, std::move(notice));
  for (auto& result : out.results) journal(record.offset, std::move(result));
  for (auto& settlement : out.settlements) journal(record.offset, std::move(settlement));
  for (auto& proposal : out.proposals) journal(record.offset, std::move(proposal));
  for (auto& finding : odd.findings) take(std::move(finding));
  for (auto& health : odd.health) take(std::move(health));
}

void Pipeline::journal(std::uint64_t offset, JournalEntry entry) {
  if (offset != journal_offset_) journal_index_ = 0;
  journal_offset_ = offset;
  if (store_ != nullptr)
    commit_.journal.push_back({offset, journal_index_++, stamp_, std::string(journal_kind(entry)),
                               journal_id(entry), encode_journal_entry(entry)});
  committed_.journal.emplace_back(offset, std::move(entry));
}

void Pipeline::commit() {
  if (store_ != nullptr &&
      !(commit_.log.empty() && commit_.journal.empty() && acknowledged_.empty()))
    if (const auto status = store_->commit(commit_, acknowledged_); !status)
      return keep_for_later(status.error());
  if (pending_failures_ > 0) log::info("commit_recovered", {{"failed_passes", pending_failures_}});
  pending_failures_ = 0;
  commit_ = {};
  acknowledged_.clear();
  const auto committed = std::exchange(committed_, {});
  for (const auto& action : std::exchange(actions_, {}))
    if (hooks_.dispatch) hooks_.dispatch(action, stamp_);
  // Who is answered must find what follows from its request.
  if (hooks_.publish) hooks_.publish(committed);
  answer_stored();
}

// Defence must not wait for a disk: what acts expires by itself and is idempotent, and it is
// written down as soon as there is room.
void Pipeline::keep_for_later(const Error& error) {
  static auto& unaudited = metrics().counter(
      "app_actions_unaudited_total", "defensive actions sent while nothing could be stored");
  if (pending_failures_++ == 0) log::error("commit_failed", {{"reason", error.message}});
  for (const auto& action : std::exchange(actions_, {})) {
    unaudited.add();
    if (hooks_.dispatch) hooks_.dispatch(action, stamp_);
  }
  std::erase_if(commit_.log, [](const LogEntry& e) { return e.stream == LogStream::Samples; });
  committed_.samples.clear();
  committed_.scores.clear();
  for (auto& waiting : waiting_)
    if (waiting.samples_only) std::exchange(waiting.done, nullptr)(std::unexpected(error));
  std::erase_if(waiting_, [](const Waiting& w) { return w.done == nullptr; });
  if (commit_.log.size() + commit_.journal.size() > kPendingRowsMax) {
    const auto sheddable = [](std::string_view kind) { return kind == "health" || kind == "tick"; };
    std::erase_if(commit_.log, [&](const LogEntry& e) { return sheddable(e.kind); });
    std::erase_if(committed_.records,
                  [&](const LoggedRecord& r) { return sheddable(record_kind(r.record)); });
    log::error("pending_rows_shed", {{"left", commit_.log.size() + commit_.journal.size()}});
  }
}

void Pipeline::answer_stored() {
  for (auto& waiting : std::exchange(waiting_, {})) waiting.done(waiting.offset);
}

Status Pipeline::snapshot() {
  if (store_ == nullptr) return ok();
  if (pending_failures_ > 0)
    return fail(ErrorCode::Unavailable,
                "a commit is still pending; no snapshot is taken of what is not stored");
  const auto offset = next_offset_ - 1;
  // Scores on their way to the next record are in no stage's state yet: the next call will do.
  if (offset == snapshot_offset_ || !carried_scores_.empty()) return ok();
  WARDHIVE_TRY(store_->save_snapshot(
      "stages", offset, join_snapshot({monitor_->save(), risk_->save(), respond_->save()})));
  // The newest two snapshots are kept, so the log must reach back to the older one.
  if (snapshot_offset_ > 0) WARDHIVE_TRY(store_->trim_log(snapshot_offset_ + 1));
  snapshot_offset_ = offset;
  return ok();
}

void Pipeline::publish_stats() {
  static auto& samples = metrics().counter("monitor_samples_total", "samples stepped");
  static auto& late = metrics().counter(
      "monitor_samples_late_total", "samples older than what their series has seen, not stepped");
  static auto& unknown = metrics().counter("monitor_samples_unknown_total",
                                           "samples of a series that was never defined");
  static auto& findings = metrics().counter("monitor_findings_total", "findings raised or cleared");
  static auto& series = metrics().gauge("monitor_series_count", "series watched");
  static auto& state = metrics().gauge("monitor_state_bytes", "state held by the detectors");
  static auto& entities = metrics().gauge("risk_entities_count", "entities with a score");
  static auto& open = metrics().gauge("respond_incidents_open_count", "incidents not yet ended");
  static auto& active = metrics().gauge("respond_decisions_active_count", "decisions in force");
  static auto& blocked =
      metrics().counter("respond_rails_blocked_total", "decisions that a rail stopped");
  static auto& storm = metrics().gauge("respond_storm_active", "1 while the storm brake is on");
  const auto monitor = monitor_->stats();
  samples.raise_to(monitor.samples);
  late.raise_to(monitor.samples_late);
  unknown.raise_to(monitor.samples_unknown);
  findings.raise_to(monitor.findings);
  series.set(static_cast<double>(monitor.series));
  state.set(static_cast<double>(monitor.state_bytes));
  entities.set(static_cast<double>(risk_->stats().entities));
  const auto respond = respond_->stats();
  open.set(static_cast<double>(respond.incidents_open));
  active.set(static_cast<double>(respond.decisions_active));
  blocked.raise_to(respond.rails_blocked);
  storm.set(respond.storm ? 1 : 0);
}

}  // namespace wardhive
