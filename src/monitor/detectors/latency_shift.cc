#include "monitor/detectors/latency_shift.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "monitor/detectors/baseline.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::size_t kLooksKept = 8;  // for the evidence
constexpr double kSecondsMax = 1e6;    // a sender's nonsense still fits a float

struct Look {
  Instant at;
  double value = 0;
};
WARDHIVE_STATE(Look) {
  v(self.at);
  v(self.value);
}

struct Stream : StreamVerdict {
  Baseline usual;
  std::uint32_t odd_run = 0;
  std::array<Look, kLooksKept>
      odd_looks{};  // of the present run, newest at (odd_run - 1) % kLooksKept
  // A duration and the verdict on the same probe come as two samples, in either order.
  bool has_verdicts = false;
  bool verdict_ok = false;
  Instant verdict_at = kNever;
  Look held{kNever, 0};
};
WARDHIVE_STATE(Stream) {
  state_fields(
      static_cast<std::conditional_t<std::is_const_v<Self>, const StreamVerdict, StreamVerdict>&>(
          self),
      v);
  v(self.usual);
  v(self.odd_run);
  v(self.odd_looks);
  v(self.has_verdicts);
  v(self.verdict_ok);
  v(self.verdict_at);
  v(self.held);
}

class LatencyShift final : public Detector {
 public:
  explicit LatencyShift(const DetectorContext& context)
      : settings_(context.settings.monitor), pairs_(context.bounds.pairs) {}

  std::string_view version() const override { return "latency_shift/1"; }

  bool define(const SeriesInfo& series) override {
    switch (series.look) {
      case LookKind::ProbeSuccess:
      case LookKind::ProbeDuration:
      case LookKind::GatewayLatency:
        return pairs_.define(series);
      default:
        return false;
    }
  }

  void sample(const SeriesSample& sample, MonitorOutput& out) override {
    const auto place = pairs_.place(sample.series);
    auto& pair = pairs_[place.pair];
    const bool gateway = place.kind == LookKind::GatewayLatency;
    auto& stream = pair.streams[gateway];
    if (place.kind == LookKind::ProbeSuccess) return verdict(pair, stream, sample, out);
    if (sample.value < 0) return;
    const Look taken{sample.at, std::min(sample.value, kSecondsMax)};
    if (gateway || !stream.has_verdicts || (stream.verdict_ok && stream.verdict_at == sample.at))
      return look(pair, stream, gateway, taken, sample.now, out);
    if (stream.verdict_at < sample.at) stream.held = taken;
  }

  void save(BinaryWriter& out) const override { pairs_.save(out); }
  bool load(BinaryReader& in) override { return pairs_.load(in); }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += pairs_.state_bytes();
    stats.nodes_refused += pairs_.refused();
  }

 private:
  using Pairs = PairTable<Stream, 2>;

  void verdict(Pairs::Pair& pair, Stream& stream, const SeriesSample& sample, MonitorOutput& out) {
    stream.has_verdicts = true;
    stream.verdict_ok = sample.value >= 0.5;
    stream.verdict_at = sample.at;
    if (stream.verdict_ok && stream.held.at == sample.at)
      look(pair, stream, false, stream.held, sample.now, out);
    stream.held.at = kNever;
  }

  double bound(const Baseline& usual) const {
    const double floor = to_seconds(settings_.latency_shift_floor);
    return std::max({usual.median() * settings_.latency_shift_factor, usual.median() + floor,
                     usual.median() + 8 * usual.mad()});
  }

  void look(Pairs::Pair& pair, Stream& stream, bool gateway, Look look, Instant now,
            MonitorOutput& out) {
    stream.looked_at = look.at;
    if (stream.usual.count() < settings_.warmup_probes)
      return stream.usual.teach(look.value, look.at, settings_.warmup_probes);
    if (look.value <= bound(stream.usual)) {
      stream.odd_run = 0;
      if (stream.good_run < UINT32_MAX) ++stream.good_run;
      if (stream.good_run >= settings_.clear_probes) stream.odd = false;
      stream.usual.teach(look.value, look.at, settings_.warmup_probes);
      if (pairs_.clear(pair, stream, settings_.clear_probes, now, settings_.vantage_fresh))
        out.findings.push_back(cleared(pair, stream, gateway, look, now));
      return;
    }
    stream.good_run = 0;
    if (stream.odd_run == 0) stream.odd_since = look.at;
    stream.odd_looks[stream.odd_run % kLooksKept] = look;
    stream.odd_run = stream.odd_run + 1 < 1'000'000 * kLooksKept ? stream.odd_run + 1
                                                                 : stream.odd_run + 1 - kLooksKept;
    if (stream.odd_run < settings_.shift_probes) return;
    stream.odd = true;
    const auto strength = strength_of(look.value / bound(stream.usual));
    if (pair.claim.raise(strength))
      out.findings.push_back(raised(pair, stream, gateway, look, now));
  }

  // 50 at the bound, 100 at four times the bound.
  static std::uint8_t strength_of(double ratio) {
    return static_cast<std::uint8_t>(
        std::lround(std::clamp(50 + 25 * std::log2(ratio), 50.0, 100.0)));
  }
  static std::string_view what(bool gateway) { return gateway ? "requests to" : "probe of"; }

  Finding finding(FindingPhase phase, const Pairs::Pair& pair, const Stream& stream,
                  const Look& look, Instant now) const {
    Finding f{FindingKind::LatencyShift, phase, pair.subject,     pair.observer,
              pair.claim.strength,       now,   stream.odd_since, {}};
    f.evidence.detector = version();
    f.evidence.unit = "s";
    f.evidence.observed = look.value;
    f.evidence.expected = stream.usual.median();
    f.evidence.threshold = bound(stream.usual);
    return f;
  }
  Finding raised(const Pairs::Pair& pair, const Stream& stream, bool gateway, const Look& look,
                 Instant now) const {
    auto f = finding(FindingPhase::Raised, pair, stream, look, now);
    auto& e = f.evidence;
    e.summary =
        fmt::format("{} {} by {} took {}, usual {}, bound {}, {} looks in a row", what(gateway),
                    pair.subject.name, pair.observer.name, say_seconds(look.value),
                    say_seconds(e.expected), say_seconds(e.threshold), stream.odd_run);
    e.counterfactual = fmt::format("one of the last {} looks at {} or less", settings_.shift_probes,
                                   say_seconds(e.threshold));
    const auto kept = std::min<std::uint32_t>(stream.odd_run, kLooksKept);
    for (auto i = stream.odd_run - kept; i < stream.odd_run; ++i) {
      const auto& l = stream.odd_looks[i % kLooksKept];
      e.inputs.push_back(
          {l.at,
           fmt::format("{} {} took {}", what(gateway), pair.subject.name, say_seconds(l.value)),
           {}});
    }
    return f;
  }
  Finding cleared(const Pairs::Pair& pair, const Stream& stream, bool gateway, const Look& look,
                  Instant now) const {
    auto f = finding(FindingPhase::Cleared, pair, stream, look, now);
    f.evidence.summary =
        fmt::format("{} {} by {} took {} again, bound {}, {} looks in a row", what(gateway),
                    pair.subject.name, pair.observer.name, say_seconds(look.value),
                    say_seconds(f.evidence.threshold), stream.good_run);
    return f;
  }

  const MonitorSettings& settings_;
  Pairs pairs_;
};

}  // namespace

std::unique_ptr<Detector> make_latency_shift(const DetectorContext& context) {
  return std::make_unique<LatencyShift>(context);
}

}  // namespace wardhive
