#include "monitor/detectors/threshold.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr Duration kGapMax = minutes(5);

struct Watch {
  std::uint32_t series = 0;
  std::uint32_t threshold = 0;
  Instant above_since = kNever;
  Instant seen_at = kNever;
  double value = 0;
  bool raised = false;
};
WARDHIVE_STATE(Watch) {
  v(self.above_since);
  v(self.seen_at);
  v(self.value);
  v(self.raised);
}

class Threshold final : public Detector {
 public:
  explicit Threshold(const DetectorContext& context)
      : thresholds_(context.settings.thresholds), series_(context.series) {}

  std::string_view version() const override { return "threshold/1"; }

  bool define(const SeriesInfo& series) override {
    const auto first = watches_.size();
    for (std::uint32_t t = 0; t < thresholds_.size(); ++t)
      if (thresholds_[t].metric == series.name)
        watches_.push_back({.series = series.index, .threshold = t});
    if (watches_.size() == first) return false;
    first_watch_.emplace(series.index, static_cast<std::uint32_t>(first));
    return true;
  }

  void sample(const SeriesSample& sample, MonitorOutput& out) override {
    for (auto w = first_watch_.find(sample.series)->second;
         w < watches_.size() && watches_[w].series == sample.series; ++w)
      step(w, sample, out);
  }

  void tick(Instant now, MonitorOutput& out) override {
    std::vector<std::uint32_t> ended;
    for (const auto w : raised_)
      if (now - watches_[w].seen_at > kGapMax) ended.push_back(w);
    for (const auto w : ended) fall(w, now, "has sent nothing for 5 minutes", out);
  }

  void clock_jumped(Instant) override {
    for (auto& watch : watches_)
      if (!watch.raised) watch.above_since = kNever;
  }

  void save(BinaryWriter& out) const override {
    out(thresholds_digest());
    out(watches_);
  }
  bool load(BinaryReader& in) override {
    if (in.take<std::string>() != thresholds_digest()) return false;
    if (in.take<std::uint32_t>() != watches_.size()) return false;
    for (std::uint32_t w = 0; w < watches_.size(); ++w) {
      in(watches_[w]);
      if (watches_[w].raised) raised_.insert(w);
    }
    for (const auto w : raised_) {
      auto& strength = claims_[entity(w)].strength;
      strength = std::max(strength, strength_of(w));
    }
    return !in.broken();
  }
  void count(MonitorStats& stats) const override {
    stats.state_bytes +=
        watches_.capacity() * sizeof(Watch) + first_watch_.size() * 56 + raised_.size() * 40;
  }

 private:
  const Entity& entity(std::uint32_t w) const { return series_.info(watches_[w].series).entity; }
  std::uint8_t strength_of(std::uint32_t w) const {
    return static_cast<std::uint8_t>(thresholds_[watches_[w].threshold].strength);
  }

  void step(std::uint32_t w, const SeriesSample& sample, MonitorOutput& out) {
    auto& watch = watches_[w];
    const auto& bound = thresholds_[watch.threshold];
    const bool gap = sample.at - watch.seen_at > kGapMax;
    watch.seen_at = sample.at;
    watch.value = sample.value;
    if (watch.raised) {
      if (sample.value < bound.clear_below)
        fall(w, sample.now, fmt::format("fell below {}", bound.clear_below), out);
      return;
    }
    if (!(sample.value > bound.above)) {
      watch.above_since = kNever;
      return;
    }
    if (gap || watch.above_since == kNever) watch.above_since = sample.at;
    if (sample.at - watch.above_since < bound.hold) return;
    watch.raised = true;
    raised_.insert(w);
    if (claims_[entity(w)].raise(strength_of(w))) out.findings.push_back(raised(w, sample.now));
  }

  void fall(std::uint32_t w, Instant now, std::string_view why, MonitorOutput& out) {
    auto& watch = watches_[w];
    const auto since = watch.above_since;
    watch.raised = false;
    watch.above_since = kNever;
    raised_.erase(w);
    const auto& who = entity(w);
    if (std::any_of(raised_.begin(), raised_.end(),
                    [&](auto other) { return entity(other) == who; }))
      return;
    claims_.erase(who);
    Finding finding{
        FindingKind::ThresholdCrossed, FindingPhase::Cleared, who, who, 0, now, since, {}};
    finding.evidence.detector = version();
    finding.evidence.observed = watch.value;
    finding.evidence.threshold = thresholds_[watch.threshold].clear_below;
    finding.evidence.summary =
        fmt::format("{} of {} {}", series_.info(watch.series).text, who.name, why);
    out.findings.push_back(std::move(finding));
  }

  Finding raised(std::uint32_t w, Instant now) const {
    const auto& watch = watches_[w];
    const auto& bound = thresholds_[watch.threshold];
    const auto text = series_.info(watch.series).text;
    Finding finding{FindingKind::ThresholdCrossed,
                    FindingPhase::Raised,
                    entity(w),
                    entity(w),
                    strength_of(w),
                    now,
                    watch.above_since,
                    {}};
    auto& e = finding.evidence;
    e.detector = version();
    e.observed = watch.value;
    e.threshold = bound.above;
    const auto held = say_seconds(to_seconds(watch.seen_at - watch.above_since));
    e.summary =
        fmt::format("{} is {:.6g}, above {:.6g} for {}", text, watch.value, bound.above, held);
    e.counterfactual = fmt::format("one value of {:.6g} or less within {}", bound.above,
                                   say_seconds(to_seconds(bound.hold)));
    e.inputs.push_back({watch.seen_at, fmt::format("{} = {:.17g}", text, watch.value), {}});
    return finding;
  }

  // Other thresholds mean other watches: a snapshot fits only the list it was made with.
  std::string thresholds_digest() const {
    BinaryWriter all;
    for (const auto& t : thresholds_) {
      all(t.metric);
      all(t.above);
      all(t.clear_below);
      all(t.hold);
      all(t.strength);
    }
    return to_hex(blake2b_128(as_bytes(all.bytes())));
  }

  const std::vector<ThresholdSettings>& thresholds_;
  const SeriesTable& series_;
  std::vector<Watch> watches_;  // those of one series are neighbours
  std::unordered_map<std::uint32_t, std::uint32_t> first_watch_;
  std::set<std::uint32_t> raised_;
  std::map<Entity, Claim> claims_;
};

}  // namespace

std::unique_ptr<Detector> make_threshold(const DetectorContext& context) {
  return std::make_unique<Threshold>(context);
}

}  // namespace wardhive
