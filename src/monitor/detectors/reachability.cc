#include "monitor/detectors/reachability.h"

#include <array>

#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::uint8_t kStrength = 100;

struct Stream : StreamVerdict {
  std::uint32_t failed_run = 0;
  Instant good_at = kNever;
};
WARDHIVE_STATE(Stream) {
  state_fields(
      static_cast<std::conditional_t<std::is_const_v<Self>, const StreamVerdict, StreamVerdict>&>(
          self),
      v);
  v(self.failed_run);
  v(self.good_at);
}

class Reachability final : public Detector {
 public:
  explicit Reachability(const DetectorContext& context)
      : settings_(context.settings.monitor), pairs_(context.bounds.pairs) {}

  std::string_view version() const override { return "reachability/1"; }

  bool define(const SeriesInfo& series) override {
    return (series.look == LookKind::ProbeSuccess || series.look == LookKind::GatewayCheck) &&
           pairs_.define(series);
  }

  void sample(const SeriesSample& sample, MonitorOutput& out) override {
    const auto place = pairs_.place(sample.series);
    auto& pair = pairs_[place.pair];
    auto& stream = pair.streams[place.kind == LookKind::GatewayCheck];
    stream.looked_at = sample.at;
    if (sample.value < 0.5)
      look_failed(place, sample, out);
    else
      look_succeeded(place, sample, out);
  }

  void save(BinaryWriter& out) const override { pairs_.save(out); }
  bool load(BinaryReader& in) override { return pairs_.load(in); }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += pairs_.state_bytes();
    stats.nodes_refused += pairs_.refused();
  }

 private:
  using Pairs = PairTable<Stream, 2>;

  static std::string_view what(LookKind kind) {
    return kind == LookKind::GatewayCheck ? "health check" : "probe";
  }

  void look_failed(Pairs::Place place, const SeriesSample& sample, MonitorOutput& out) {
    auto& pair = pairs_[place.pair];
    auto& stream = pair.streams[place.kind == LookKind::GatewayCheck];
    stream.good_run = 0;
    if (stream.failed_run == 0) stream.odd_since = sample.at;
    if (stream.failed_run < UINT32_MAX) ++stream.failed_run;
    if (stream.failed_run < settings_.unreachable_failures) return;
    stream.odd = true;
    if (!pair.claim.raise(kStrength)) return;
    out.findings.push_back(raised(pair, stream, what(place.kind), sample.now));
  }

  void look_succeeded(Pairs::Place place, const SeriesSample& sample, MonitorOutput& out) {
    auto& pair = pairs_[place.pair];
    auto& stream = pair.streams[place.kind == LookKind::GatewayCheck];
    stream.failed_run = 0;
    stream.good_at = sample.at;
    if (stream.good_run < UINT32_MAX) ++stream.good_run;
    if (stream.good_run >= settings_.clear_probes) stream.odd = false;
    if (!pairs_.clear(pair, stream, settings_.clear_probes, sample.now, settings_.vantage_fresh))
      return;
    Finding finding{FindingKind::Unreachable,
                    FindingPhase::Cleared,
                    pair.subject,
                    pair.observer,
                    0,
                    sample.now,
                    stream.odd_since,
                    {}};
    finding.evidence.detector = version();
    finding.evidence.summary = fmt::format("{} answered {} {}s of {} in a row", pair.subject.name,
                                           stream.good_run, what(place.kind), pair.observer.name);
    out.findings.push_back(std::move(finding));
  }

  Finding raised(const Pairs::Pair& pair, const Stream& stream, std::string_view look,
                 Instant now) const {
    Finding finding{FindingKind::Unreachable,
                    FindingPhase::Raised,
                    pair.subject,
                    pair.observer,
                    kStrength,
                    now,
                    stream.odd_since,
                    {}};
    auto& e = finding.evidence;
    e.detector = version();
    const auto good = stream.good_at == kNever ? std::string("never seen good")
                                               : "last good at " + format_rfc3339(stream.good_at);
    e.summary = fmt::format("{} {}s of {} by {} failed in a row within {}, {}", stream.failed_run,
                            look, pair.subject.name, pair.observer.name,
                            say_seconds(to_seconds(stream.looked_at - stream.odd_since)), good);
    e.unit = "failed looks in a row";
    e.observed = stream.failed_run;
    e.threshold = settings_.unreachable_failures;
    e.counterfactual =
        fmt::format("one answered {} among the last {}", look, settings_.unreachable_failures);
    e.inputs.push_back({stream.odd_since,
                        fmt::format("{} failed, first of {} in a row", look, stream.failed_run),
                        {}});
    e.inputs.push_back({stream.looked_at, fmt::format("{} failed, the newest", look), {}});
    return finding;
  }

  const MonitorSettings& settings_;
  Pairs pairs_;
};

}  // namespace

std::unique_ptr<Detector> make_reachability(const DetectorContext& context) {
  return std::make_unique<Reachability>(context);
}

}  // namespace wardhive
