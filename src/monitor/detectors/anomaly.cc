#include "monitor/detectors/anomaly.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "monitor/detectors/anomaly_model.h"
#include "monitor/detectors/counter.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr double kOddByChance =
    1.0 / 1'000;  // odd values per value, whatever the distribution (anomaly_test.cc)
constexpr std::uint64_t kYoungCounts = 3;  // that often more in a series' first values
constexpr std::uint32_t kYoung = 500;
constexpr double kHeatHalfLifeSeconds = 60;
constexpr float kScoreHeatMax = 3;  // what one value can heat
constexpr std::uint32_t kNoModel = UINT32_MAX;
constexpr std::uint32_t kConstantTaught = 128;  // how much of a constant past a new model is shown

constexpr std::array<std::string_view, AnomalyModel::kFeatures> kReasons{
    "far from its long mean",
    "far from its recent mean",
    "a jump",
    "a bend",
    "unusually lively or still",
    "a shift of its level",
    "unusual for the half hour",
    "out of its range"};

// What a series that never moved needs.
struct Slot {
  CounterGrowth counter;
  double value = 0;
  Instant at = kNever;
  std::uint32_t count = 0;  // samples before the model; then unused
  std::uint32_t model = kNoModel;
  bool is_counter = false;
  bool watched = false;
};
WARDHIVE_STATE(Slot) {
  v(self.counter);
  v(self.value);
  v(self.at);
  v(self.count);
  v(self.model);
}

struct Odd {
  Instant at;
  std::uint32_t series = 0;
  double value = 0;
  double usual = 0;
  float score = 0;
  std::uint8_t reason = 0;
};
WARDHIVE_STATE(Odd) {
  v(self.at);
  v(self.series);
  v(self.value);
  v(self.usual);
  v(self.score);
  v(self.reason);
}

struct Heat {
  double heat = 0;
  double chance = 0;         // what heat chance alone would have brought
  std::uint64_t values = 0;  // stepped since `at`
  Instant at = kNever;
  Claim claim;
  Instant since = kNever;
  std::vector<Odd> odd;  // the last 8
};
WARDHIVE_STATE(Heat) {
  v(self.heat);
  v(self.chance);
  v(self.values);
  v(self.at);
  v(self.claim);
  v(self.since);
  v(self.odd);
}

bool is_counter_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kSuffixes{"_total", "_count", "_sum", "_bucket"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](auto s) { return name.ends_with(s); });
}

class Anomaly final : public Detector {
 public:
  explicit Anomaly(const DetectorContext& context)
      : on_(context.settings.monitor.anomaly), series_(context.series) {}

  std::string_view version() const override { return "anomaly/1"; }

  bool define(const SeriesInfo& series) override {
    if (!on_ || series.look != LookKind::None) return false;
    slots_.resize(series.index + 1);
    slots_[series.index].is_counter = is_counter_name(series.name);
    slots_[series.index].watched = true;
    heats_.resize(std::max<std::size_t>(heats_.size(), series_.entity_index(series.index) + 1));
    return true;
  }

  void sample(const SeriesSample& sample, MonitorOutput& out) override {
    auto& slot = slots_[sample.series];
    float score = 0;
    double value = sample.value;
    if (!slot.is_counter || to_rate(slot, sample, value)) score = step(slot, value, sample.at);
    if (scores_) out.scores.push_back({series_.id(sample.series), sample.at, score, 1});
    auto& heat = heats_[series_.entity_index(sample.series)];
    if (heat.at == kNever) heat.at = sample.now;
    if (slot.model != kNoModel)
      heat.values += models_[slot.model].seen() < kYoung ? kYoungCounts : 1;
    if (score >= 1) burn(heat, sample, value, models_[slot.model], score, out);
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (std::uint32_t e = 0; e < heats_.size(); ++e) {
      auto& heat = heats_[e];
      if (!heat.claim.raised()) continue;
      cool(heat, now);
      if (heat.heat < bar(heat) / 2) fall(heat, e, now, out);
    }
  }

  void want_scores(bool on) override { scores_ = on; }
  void save(BinaryWriter& out) const override;
  bool load(BinaryReader& in) override;

  void count(MonitorStats& stats) const override {
    stats.state_bytes +=
        slots_.capacity() * sizeof(Slot) + heats_.capacity() * sizeof(Heat) + models_.bytes();
    for (const auto& heat : heats_) stats.state_bytes += heat.odd.capacity() * sizeof(Odd);
  }

 private:
  // Models in blocks that never move.
  class Models {
   public:
    std::uint32_t add() {
      if (size_ % kBlock == 0)
        blocks_.push_back(std::make_unique<std::array<AnomalyModel, kBlock>>());
      return size_++;
    }
    AnomalyModel& operator[](std::uint32_t i) { return (*blocks_[i / kBlock])[i % kBlock]; }
    const AnomalyModel& operator[](std::uint32_t i) const {
      return (*blocks_[i / kBlock])[i % kBlock];
    }
    std::uint32_t size() const { return size_; }
    std::uint64_t bytes() const {
      std::uint64_t bytes = 0;
      for (std::uint32_t i = 0; i < size_; ++i) bytes += (*this)[i].bytes();
      return bytes + (blocks_.size() * kBlock - size_) * sizeof(AnomalyModel);
    }

   private:
    static constexpr std::uint32_t kBlock = 256;
    std::vector<std::unique_ptr<std::array<AnomalyModel, kBlock>>> blocks_;
    std::uint32_t size_ = 0;
  };

  // False for the first sample of a counter: there is no growth yet.
  static bool to_rate(Slot& slot, const SeriesSample& sample, double& value) {
    const auto before = std::exchange(slot.at, sample.at);
    const double grew = slot.counter.grew(value);
    if (before == kNever || sample.at <= before) return false;
    value = grew / to_seconds(sample.at - before);
    return true;
  }

  float step(Slot& slot, double value, Instant at) {
    if (slot.model != kNoModel) return models_[slot.model].step(value, at);
    if (slot.count == 0 || value == slot.value) {
      slot.value = value;
      if (slot.count < UINT32_MAX) ++slot.count;
      return 0;
    }
    slot.model = models_.add();
    auto& model = models_[slot.model];
    for (std::uint32_t i = 0; i < std::min(slot.count, kConstantTaught); ++i)
      model.step(slot.value, at);
    return model.step(value, at);
  }

  static void cool(Heat& heat, Instant now) {
    const double keep = std::exp2(-to_seconds(now - heat.at) / kHeatHalfLifeSeconds);
    heat.heat *= keep;
    // The values came spread over the gap: on average half of it ago.
    heat.chance =
        heat.chance * keep + static_cast<double>(heat.values) * kOddByChance * std::sqrt(keep);
    heat.values = 0;
    heat.at = now;
  }
  static double bar(const Heat& heat) {
    return std::max(1.0, heat.chance + 6 * std::sqrt(heat.chance));
  }

  void burn(Heat& heat, const SeriesSample& sample, double value, const AnomalyModel& model,
            float score, MonitorOutput& out) {
    cool(heat, sample.now);
    heat.heat += static_cast<double>(std::min(score, kScoreHeatMax));
    if (heat.odd.size() == 8) heat.odd.erase(heat.odd.begin());
    heat.odd.push_back({sample.at, sample.series, value, model.usual(), score, model.reason()});
    if (heat.heat < bar(heat)) return;
    if (!heat.claim.raised()) heat.since = sample.at;
    const auto strength =
        std::lround(std::clamp(20 + 10 * std::log2(heat.heat / bar(heat)), 20.0, 60.0));
    if (heat.claim.raise(static_cast<std::uint8_t>(strength)))
      out.findings.push_back(raised(heat, sample));
  }

  Finding raised(const Heat& heat, const SeriesSample& sample) const {
    const auto& who = series_.info(sample.series).entity;
    const auto& newest = heat.odd.back();
    Finding finding{FindingKind::Anomaly, FindingPhase::Raised, who,        who,
                    heat.claim.strength,  sample.now,           heat.since, {}};
    auto& e = finding.evidence;
    e.detector = version();
    e.observed = newest.value;
    e.expected = newest.usual;
    e.threshold = 1;
    e.summary = fmt::format(
        "{} = {:.6g}, usual {:.6g}: {}, score {:.2f}; {} odd values of {} lately, {:.1f} expected "
        "by chance",
        series_.info(newest.series).text, newest.value, newest.usual, kReasons[newest.reason],
        newest.score, heat.odd.size(), who.name, heat.chance);
    e.counterfactual = fmt::format("a score below 1 for {}", series_.info(newest.series).text);
    for (const auto& odd : heat.odd)
      e.inputs.push_back(
          {odd.at, fmt::format("{} = {:.17g}", series_.info(odd.series).text, odd.value), {}});
    return finding;
  }

  void fall(Heat& heat, std::uint32_t entity, Instant now, MonitorOutput& out) {
    heat.claim = {};
    heat.odd.clear();
    const auto& who = series_.entity(entity);
    Finding finding{FindingKind::Anomaly, FindingPhase::Cleared, who, who, 0, now, heat.since, {}};
    finding.evidence.detector = version();
    finding.evidence.summary = fmt::format("series of {} look usual again", who.name);
    out.findings.push_back(std::move(finding));
  }

  const bool on_;
  const SeriesTable& series_;
  bool scores_ = false;
  std::vector<Slot> slots_;  // by series
  std::vector<Heat> heats_;  // by entity
  Models models_;
};

void Anomaly::save(BinaryWriter& out) const {
  out(static_cast<std::uint32_t>(slots_.size()));
  out(models_.size());
  out(heats_);
  for (const auto& slot : slots_)
    if (slot.watched) out(slot);
  for (std::uint32_t i = 0; i < models_.size(); ++i) out(models_[i]);
}

bool Anomaly::load(BinaryReader& in) {
  const auto slot_count = in.take<std::uint32_t>();
  const auto model_count = in.take<std::uint32_t>();
  if (slot_count != slots_.size() || model_count > slots_.size()) return false;
  const auto entities = heats_.size();
  in(heats_);
  if (heats_.size() != entities) return false;
  for (const auto& heat : heats_) {
    if (!(heat.heat >= 0 && heat.chance >= 0 && std::isfinite(heat.heat) &&
          std::isfinite(heat.chance)) ||
        heat.odd.size() > 8)
      return false;
    for (const auto& odd : heat.odd)
      if (odd.series >= slots_.size() || odd.reason >= AnomalyModel::kFeatures) return false;
  }
  for (auto& slot : slots_) {
    if (!slot.watched) continue;
    in(slot);
    if (slot.model != kNoModel && slot.model >= model_count) return false;
  }
  for (std::uint32_t i = 0; i < model_count && !in.broken(); ++i) {
    auto& model = models_[models_.add()];
    in(model);
    if (!model.is_sane()) return false;
  }
  return !in.broken();
}

}  // namespace

std::unique_ptr<Detector> make_anomaly(const DetectorContext& context) {
  return std::make_unique<Anomaly>(context);
}

}  // namespace wardhive
