// Where the stages meet: records go in, are stamped, stepped through monitor, risk and respond,
// and committed together with everything that follows from them; only then actions leave.
//
//   thread   one; PipelineThread (controller.h) owns it in a running controller
//   replay   after open() the stages stand where the log ends: snapshot, then the log from its
//            offset, outputs dropped because they were committed with their causes
//   failure  when a commit fails (disk full) the step is kept and tried again with the next one:
//            senders of samples are refused, others stay unanswered until it is stored, and
//            defensive actions go out flagged unaudited (metric app_actions_unaudited_total)
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "engine/inbox.h"
#include "model/journal.h"
#include "monitor/monitor.h"
#include "respond/respond.h"
#include "risk/risk.h"
#include "store/store.h"

namespace wardhive {

// What became durable in one pass, in order; valid during the call only.
struct Committed {
  std::vector<LoggedRecord> records;
  std::vector<std::pair<std::uint64_t, JournalEntry>> journal;  // with the causing offset
  std::vector<SampleBatch> samples;
  std::vector<SampleScore> scores;
};

struct PipelineHooks {
  std::function<void(const Action&, Instant now)> dispatch;  // after the commit
  std::function<void(const Committed&)> publish;             // after the commit
};

class Pipeline {
 public:
  // `store` may be null: nothing is kept (replay of recordings). It must outlive the pipeline.
  static Result<std::unique_ptr<Pipeline>> open(const Settings& settings,
                                                std::vector<Playbook> playbooks, Store* store,
                                                PipelineHooks hooks);

  // One pass. `wall` and `mono` are the clocks' readings; log time never goes back and never
  // stands still while mono runs. Appends a Tick when 1 s has passed since the last one.
  void pass(std::vector<Submission> submissions, Instant wall, MonoTime mono);

  // Snapshot of all stages at the last committed offset; trims the log below the one before.
  Status snapshot();

  Instant now() const { return stamp_; }
  Mode mode() const { return respond_->mode(); }
  bool disk_full() const { return pending_failures_ > 0; }
  std::vector<Action> standing_actions() const { return respond_->standing_actions(); }
  std::vector<Proposal> standing_orders() const { return respond_->standing_orders(); }
  const Monitor& monitor() const { return *monitor_; }
  Monitor& monitor() { return *monitor_; }
  const Risk& risk() const { return *risk_; }
  const Respond& respond() const { return *respond_; }
  std::uint64_t next_offset() const { return next_offset_; }

 private:
  Pipeline(const Settings& settings, Store* store, PipelineHooks hooks)
      : settings_(settings), store_(store), hooks_(std::move(hooks)) {}

  Status restore();
  Status restore_proposals();
  void advance_clock(Instant wall, MonoTime mono);
  Duration lead() const;  // of log time before the wall clock that senders go by
  void take(Record record);
  void take_samples(SampleBatch batch);
  void step(const LoggedRecord& record);
  void journal(std::uint64_t offset, JournalEntry entry);
  void commit();
  void answer_stored();
  void keep_for_later(const Error& error);
  void publish_stats();

  Settings settings_;
  Store* store_;
  PipelineHooks hooks_;
  std::unique_ptr<Monitor> monitor_;
  std::unique_ptr<Risk> risk_;
  std::unique_ptr<Respond> respond_;

  Instant stamp_{};
  Instant last_tick_{};
  Instant wall_{};
  MonoTime mono_{};
  bool clock_started_ = false;
  bool replaying_ = false;
  std::uint64_t next_offset_ = 1;
  std::uint64_t snapshot_offset_ = 0;
  std::set<std::string> heard_;
  std::vector<Score> carried_scores_;  // from settlements, for the next record's step

  // Not yet committed.
  Commit commit_;
  Committed committed_;
  std::vector<Action> actions_;
  std::vector<std::pair<std::string, std::uint64_t>> acknowledged_;
  struct Waiting {
    std::function<void(Result<std::uint64_t>)> done;
    std::uint64_t offset = 0;
    bool samples_only = false;
  };
  std::vector<Waiting> waiting_;
  std::uint32_t journal_index_ = 0;
  std::uint64_t journal_offset_ = 0;
  std::uint32_t pending_failures_ = 0;
};

}  // namespace wardhive
