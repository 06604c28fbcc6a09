#include "monitor/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/bytes.h"
#include "base/check.h"
#include "monitor/detectors/catalog.h"
#include "monitor/detectors/series_table.h"

namespace wardhive {
namespace {

constexpr std::uint32_t kSnapshotMagic = 0x314d4857;  // "WHM1"
constexpr Duration kPausedAfter = seconds(2);         // ticks come every second

// Walks the settings and keeps the first one of [monitor] that is outside its bounds.
class BoundsCheck {
 public:
  template <class F>
  void section(std::string_view name, std::string_view, F&& inside) {
    const auto outer = std::exchange(path_, std::string(name) + ".");
    inside(*this);
    path_ = outer;
  }
  template <class T>
  void value(std::string_view key, const T& field, T low, T high, std::string_view) {
    if (path_ != "monitor." || !problem_.empty() || (field >= low && field <= high)) return;
    if constexpr (std::same_as<T, Duration>)
      problem_ = fmt::format("monitor.{} is {}; it must be {} to {}", key, format_duration(field),
                             format_duration(low), format_duration(high));
    else
      problem_ = fmt::format("monitor.{} is {}; it must be {} to {}", key, field, low, high);
  }
  template <class T>
  void value(std::string_view, const T&, std::string_view) {}
  template <class T>
  void list(std::string_view, std::vector<T>& items, std::string_view) {
    if constexpr (std::same_as<T, ThresholdSettings>)
      for (auto& item : items) describe(*this, item);
  }
  template <class T>
  void table(std::string_view, T&, std::string_view) {}
  const std::string& problem() const { return problem_; }

 private:
  std::string path_;
  std::string problem_;
};

Status check_bounds(Settings settings) {
  BoundsCheck check;
  describe(check, settings);
  return check.problem().empty() ? ok() : fail(ErrorCode::InvalidInput, check.problem());
}

class MonitorImpl final : public Monitor {
 public:
  MonitorImpl(const Settings& settings, std::span<const DetectorEntry> entries,
              const MonitorBounds& bounds)
      : settings_(settings),
        entries_(entries.begin(), entries.end()),
        bounds_(bounds),
        series_(bounds) {
    start_afresh();
  }

  void observe(const SampleBatch& batch, Instant now, MonitorOutput& out) override {
    step_to(now);
    const auto findings_before = out.findings.size();
    for (const auto& series : batch.defined) define(series);
    ++batches_;
    for (const auto& sample : batch.samples) take(sample, out);
    note_claims(out, findings_before);
  }

  void record(const LoggedRecord& logged, MonitorOutput& out) override {
    step_to(logged.at);
    const auto findings_before = out.findings.size();
    if (const auto* event = std::get_if<Event>(&logged.record)) {
      if (event->observer.kind == EntityKind::Node) contact(event->observer.name, true, now_);
      for (auto& d : detectors_) d->event(*event, now_, out);
    } else if (const auto* inventory = std::get_if<Inventory>(&logged.record)) {
      for (auto& d : detectors_) d->inventory(*inventory, now_, out);
    } else if (std::holds_alternative<ClockJumped>(logged.record)) {
      for (auto& d : detectors_) d->clock_jumped(now_);
    }
    note_claims(out, findings_before);
  }

  void tick(Instant now, MonitorOutput& out) override {
    step_to(now);
    const auto findings_before = out.findings.size();
    const auto health_before = out.health.size();
    for (auto& d : detectors_) d->tick(now_, out);
    note_claims(out, findings_before);
    for (auto i = health_before; i < out.health.size(); ++i)
      out.health[i].healthy = !claims_.contains({out.health[i].subject, out.health[i].observer});
  }

  void heard(std::string_view node, Instant now) override {
    step_to(now);
    contact(node, true, now_);
  }

  void want_scores(bool on) override {
    scores_ = on;
    for (auto& d : detectors_) d->want_scores(on);
  }

  std::string save() const override;
  Status load(std::string_view snapshot) override;
  MonitorStats stats() const override;

 private:
  using Pair = std::pair<Entity, Entity>;  // subject, observer

  void start_afresh() {
    detectors_.clear();
    series_ = SeriesTable(bounds_);
    for (const auto& entry : entries_)
      detectors_.push_back(entry.make({settings_, series_, bounds_}));
    want_scores(scores_);
    claims_.clear();
    heard_in_batch_.clear();
    now_ = kNever;
    samples_ = samples_late_ = samples_unknown_ = findings_ = batches_ = 0;
  }

  void step_to(Instant now) {
    const auto before = std::exchange(now_, std::clamp(now, now_, kLatest));
    if (before == kNever || now_ - before <= kPausedAfter) return;
    for (auto& d : detectors_) d->paused(now_);
  }

  void define(const SeriesDefined& defined) {
    if (const auto index = series_.define(defined)) subscribe(*index);
  }
  void subscribe(std::uint32_t index) {
    const auto info = series_.info(index);
    std::uint16_t takers = 0;
    for (std::size_t d = 0; d < detectors_.size(); ++d)
      if (detectors_[d]->define(info)) takers |= static_cast<std::uint16_t>(1u << d);
    series_.detectors(index) = takers;
  }

  void take(const Sample& sample, MonitorOutput& out) {
    ++samples_;
    const auto index = series_.find(sample.series);
    if (index == SeriesTable::kNone) {
      ++samples_unknown_;
      return;
    }
    // A clock that runs ahead counts as now: nobody buys silence by dating samples into the future.
    const auto at = std::min(std::max(sample.at, kNever + nanos(1)), now_);
    contact_by_sample(index, at);
    auto& last_at = series_.last_at(index);
    // The same moment again is a repeat, unless it is the same only because it was moved to now.
    if (at < last_at || (at == last_at && sample.at <= now_)) {
      ++samples_late_;
      return unscored(index, at, out);
    }
    last_at = at;
    if (!std::isfinite(sample.value))
      return unscored(index, at, out);  // Prometheus ends a series with a NaN
    const SeriesSample step{index, at, sample.value, now_};
    for (unsigned takers = series_.detectors(index); takers != 0; takers &= takers - 1)
      detectors_[static_cast<std::size_t>(std::countr_zero(takers))]->sample(step, out);
  }

  // Whoever asks for scores gets one per row, also for rows that are not stepped.
  void unscored(std::uint32_t index, Instant at, MonitorOutput& out) {
    if (scores_ && series_.detectors(index) != 0)
      out.scores.push_back({series_.id(index), at, 0, 1});
  }

  // Once per batch and entity: a batch of a thousand samples is one word of its node.
  void contact_by_sample(std::uint32_t series, Instant at) {
    const auto entity = series_.entity_index(series);
    if (entity >= heard_in_batch_.size()) heard_in_batch_.resize(series_.entity_count());
    auto& heard = heard_in_batch_[entity];
    if (heard.batch == batches_ && at <= heard.at) return;
    heard = {batches_, at};
    const auto& who = series_.entity(entity);
    if (who.kind == EntityKind::Node) contact(who.name, false, at);
  }
  void contact(std::string_view node, bool agent, Instant at) {
    for (auto& d : detectors_) d->heard(node, agent, at);
  }

  // Which observers speak against which subjects, for Health. Learned oddness does not count.
  void note_claims(const MonitorOutput& out, std::size_t from) {
    for (auto i = from; i < out.findings.size(); ++i) {
      const auto& f = out.findings[i];
      ++findings_;
      if (f.kind == FindingKind::Anomaly) continue;
      const auto bit = static_cast<std::uint32_t>(1u << static_cast<unsigned>(f.kind));
      auto& kinds = claims_[{f.subject, f.observer}];
      kinds = f.phase == FindingPhase::Raised ? kinds | bit : kinds & ~bit;
      if (kinds == 0) claims_.erase({f.subject, f.observer});
    }
  }

  bool load_body(BinaryReader& in);

  const Settings settings_;
  const std::vector<DetectorEntry> entries_;
  const MonitorBounds bounds_;
  bool scores_ = false;
  SeriesTable series_;
  std::vector<std::unique_ptr<Detector>> detectors_;
  std::map<Pair, std::uint32_t> claims_;  // bits of FindingKind
  struct Heard {
    std::uint64_t batch = 0;
    Instant at;
  };
  std::vector<Heard> heard_in_batch_;  // by entity
  std::uint64_t batches_ = 0;
  Instant now_ = kNever;
  std::uint64_t samples_ = 0, samples_late_ = 0, samples_unknown_ = 0, findings_ = 0;
};

std::string MonitorImpl::save() const {
  BinaryWriter out;
  out(kSnapshotMagic);
  out(static_cast<std::uint32_t>(detectors_.size()));
  for (const auto& d : detectors_) out(d->version());
  out(now_);
  for (const auto* counter : {&samples_, &samples_late_, &samples_unknown_, &findings_})
    out(*counter);
  series_.save(out);
  out(static_cast<std::uint32_t>(claims_.size()));
  for (const auto& [pair, kinds] : claims_) {
    out(pair.first);
    out(pair.second);
    out(kinds);
  }
  for (const auto& d : detectors_) d->save(out);
  auto bytes = out.take();
  const auto sum = blake2b_128(as_bytes(bytes));
  bytes.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  return bytes;
}

Status MonitorImpl::load(std::string_view snapshot) {
  const auto corrupt = [this] {
    start_afresh();
    return fail(ErrorCode::Corrupt,
                "monitor snapshot is damaged or not ours; re-warm from the log");
  };
  Hash128 sum{};
  if (snapshot.size() < sum.size() + sizeof kSnapshotMagic) return corrupt();
  const auto body = snapshot.substr(0, snapshot.size() - sum.size());
  std::memcpy(sum.data(), snapshot.data() + body.size(), sum.size());
  if (blake2b_128(as_bytes(body)) != sum) return corrupt();
  start_afresh();
  BinaryReader in(body);
  if (in.take<std::uint32_t>() != kSnapshotMagic)
    return fail(ErrorCode::Unsupported,
                "monitor snapshot has another format; re-warm from the log");
  const auto count = in.take<std::uint32_t>();
  bool same = count == detectors_.size();
  for (std::uint32_t d = 0; same && d < count; ++d)
    same = in.take<std::string>() == detectors_[d]->version();
  if (!same)
    return fail(ErrorCode::Unsupported,
                "monitor snapshot is of other detectors; re-warm from the log");
  return load_body(in) ? ok() : corrupt();
}

bool MonitorImpl::load_body(BinaryReader& in) {
  in(now_);
  for (auto* counter : {&samples_, &samples_late_, &samples_unknown_, &findings_}) in(*counter);
  if (!series_.load(in)) return false;
  for (std::uint32_t i = 0; i < series_.size(); ++i) subscribe(i);
  const auto claims = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < claims && !in.broken(); ++i) {
    auto subject = in.take<Entity>();
    auto observer = in.take<Entity>();
    claims_[{std::move(subject), std::move(observer)}] = in.take<std::uint32_t>();
  }
  for (auto& d : detectors_)
    if (!d->load(in)) return false;
  return !in.broken() && in.rest().empty();
}

MonitorStats MonitorImpl::stats() const {
  MonitorStats stats;
  stats.samples = samples_;
  stats.samples_late = samples_late_;
  stats.samples_unknown = samples_unknown_;
  stats.series = series_.size();
  stats.series_refused = series_.refused();
  stats.findings = findings_;
  stats.state_bytes = series_.state_bytes() + heard_in_batch_.capacity() * sizeof(Heard);
  for (const auto& d : detectors_) d->count(stats);
  return stats;
}

}  // namespace

Result<std::unique_ptr<Monitor>> make_monitor(const Settings& settings,
                                              std::span<const DetectorEntry> detectors,
                                              const MonitorBounds& bounds) {
  WARDHIVE_ASSERT(detectors.size() <= 16);
  WARDHIVE_TRY(check_bounds(settings));
  return std::make_unique<MonitorImpl>(settings, detectors, bounds);
}

Result<std::unique_ptr<Monitor>> Monitor::make(const Settings& settings) {
  return make_monitor(settings, detector_catalog());
}

}  // namespace wardhive
