#include "app/replay.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "app/embedded.h"
#include "base/clock.h"
#include "ingest/recording.h"
#include "ingest/sshd_log.h"

namespace wardhive {
namespace {

constexpr Duration kFineTicks =
    minutes(2);  // after each row ticks come every second for so long ...
constexpr Duration kCoarseTick = minutes(1);  // ... and then every minute until the next row
constexpr std::uint64_t kProgressEvery = 1'000;

// {"kind":"x"} -> {"schema_version":1,"type":"finding","kind":"x"}
std::string typed(std::string_view type, const std::string& json) {
  return fmt::format(R"({{"schema_version":1,"type":"{}",{})", type, json.substr(1));
}

class Replayer {
 public:
  Replayer(const ReplayOptions& options, const std::function<void(const std::string&)>& line)
      : options_(options), line_(line) {}

  Status open(const Settings& settings) {
    auto shadow = settings;
    shadow.respond.mode = Mode::Shadow;
    PipelineHooks hooks;
    hooks.publish = [this](const Committed& committed) { publish(committed); };
    WARDHIVE_ASSIGN(auto playbooks, embedded_playbooks());
    WARDHIVE_ASSIGN(pipeline_,
                    Pipeline::open(shadow, std::move(playbooks), nullptr, std::move(hooks)));
    pipeline_->monitor().want_scores(options_.scores);
    return ok();
  }

  // One row at the recording's time, after the ticks that passed before it.
  void give(Submission submission, Instant at) {
    ++summary.rows;
    if (!std::exchange(started_, true)) {
      summary.first_at = now_ = at;
      Submission inventory;
      inventory.records.emplace_back(
          Inventory{{{options_.node, "", {}, {"nftables"}, {}, true}}, {}, {}});
      pass(std::move(inventory));
    }
    const auto last = now_;
    while (at - now_ > seconds(1)) {
      now_ = std::min(at, now_ + (now_ - last < kFineTicks ? seconds(1) : kCoarseTick));
      pass({});
    }
    now_ = std::max(now_, at);
    summary.last_at = now_;
    pass(std::move(submission));
  }
  // Lets what was found play out: holds, deadlines.
  void finish() {
    for (int i = 0; i < 120; ++i) {
      now_ += seconds(1);
      pass({});
    }
  }

  ReplaySummary summary;
  std::vector<SampleScore> scores;  // of the last pass

 private:
  void pass(Submission submission) {
    std::vector<Submission> submissions;
    submission.agent = options_.node;  // a recording that rests is no agent that fell silent
    submissions.push_back(std::move(submission));
    // The recording's clock is the only one: both readings are its own, so that no gap looks like a
    // jump.
    pipeline_->pass(std::move(submissions), now_, MonoTime(now_.time_since_epoch()));
  }

  void publish(const Committed& committed) {
    scores = committed.scores;
    for (const auto& record : committed.records) {
      const auto* finding = std::get_if<Finding>(&record.record);
      if (finding == nullptr) continue;
      ++summary.findings;
      if (!options_.scores) line_(typed("finding", to_json(*finding)));
    }
    for (const auto& [offset, entry] : committed.journal) {
      if (const auto* incident = std::get_if<Incident>(&entry))
        summary.incidents += incidents_.insert(incident->id).second;
      if (const auto* decision = std::get_if<Decision>(&entry))
        summary.decisions += decision->made_at == pipeline_->now();
      if (!options_.scores) line_(typed(journal_kind(entry), encode_journal_entry(entry)));
    }
  }

  const ReplayOptions& options_;
  const std::function<void(const std::string&)>& line_;
  std::unique_ptr<Pipeline> pipeline_;
  std::set<IncidentId> incidents_;  // seen so far
  Instant now_{};
  bool started_ = false;
};

Status replay_logs(const ReplayOptions& options, Replayer& replayer,
                   const std::function<void(double)>& progress) {
  WARDHIVE_ASSIGN(const auto recording, LogRecording::open(options.file));
  SshdLogParser parser(node(options.node), {options.year, options.utc_offset});
  const auto now = system_clock().wall();
  std::string text;
  for (;;) {
    WARDHIVE_ASSIGN(const bool more, recording->next(text));
    if (!more) return ok();
    auto event = parser.parse(text, now);
    if (!event) {
      ++replayer.summary.rows;
      continue;
    }
    ++replayer.summary.used;
    Submission submission;
    const auto at = event->at;
    submission.records.emplace_back(std::move(*event));
    replayer.give(std::move(submission), at);
    if (replayer.summary.rows % kProgressEvery == 0) progress(recording->progress());
  }
}

Status replay_series(const ReplayOptions& options, Replayer& replayer,
                     const std::function<void(const std::string&)>& line,
                     const std::function<void(double)>& progress) {
  WARDHIVE_ASSIGN(const auto recording,
                  SeriesRecording::open(options.file, {options.start, options.step}));
  std::vector<SeriesDefined> series;
  for (const auto& name : recording->names()) {
    WARDHIVE_ASSIGN(auto labels,
                    canonical_labels({{"__name__", name}, {"instance", options.node}}));
    const auto id = series_id(labels);
    series.push_back({id, std::move(labels), node(options.node)});
  }
  Instant at{};
  std::vector<double> values;
  for (;;) {
    WARDHIVE_ASSIGN(const bool more, recording->next(at, values));
    if (!more) return ok();
    SampleBatch batch;
    if (replayer.summary.rows == 0) batch.defined = series;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isnan(values[i])) batch.samples.push_back({series[i].id, at, values[i]});
    replayer.summary.used += batch.samples.size();
    Submission submission;
    submission.samples.push_back(std::move(batch));
    replayer.give(std::move(submission), at);
    if (options.scores) {
      // One line per row: the series that looked oddest against its threshold speaks for it.
      const SampleScore* top = nullptr;
      const auto ratio = [](const SampleScore& s) {
        return s.threshold > 0 ? s.score / s.threshold : 0;
      };
      for (const auto& score : replayer.scores)
        if (top == nullptr || ratio(score) > ratio(*top)) top = &score;
      std::string_view name;
      for (const auto& defined : series)
        if (top != nullptr && defined.id == top->series) name = label(defined.labels, "__name__");
      line(fmt::format(R"({{"t":"{}","series":{},"score":{},"threshold":{}}})", format_rfc3339(at),
                       to_json(std::string(name)), top != nullptr ? top->score : 0.0f,
                       top != nullptr ? top->threshold : 0.0f));
    }
    if (replayer.summary.rows % kProgressEvery == 0) progress(recording->progress());
  }
}

}  // namespace

Result<ReplaySummary> replay(const Settings& settings, const ReplayOptions& options,
                             const std::function<void(const std::string&)>& line,
                             const std::function<void(double)>& progress) {
  Replayer replayer(options, line);
  WARDHIVE_TRY(replayer.open(settings));
  WARDHIVE_TRY(options.logs ? replay_logs(options, replayer, progress)
                            : replay_series(options, replayer, line, progress));
  if (replayer.summary.used > 0 && !options.scores) replayer.finish();
  progress(1.0);
  return replayer.summary;
}

}  // namespace wardhive
