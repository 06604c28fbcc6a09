#include "monitor/detectors/error_shift.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "monitor/detectors/counter.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::uint32_t kBuckets = 16;
constexpr double kFade = 0.999;  // of the past, per report that enters it
// 99.6 %, for it is asked at every look: at 95 %, 2 % of lost packets alone drained a healthy node
// three times a day, and at 99 % three lost looks of eight were a claim (bench/response_sim).
constexpr double kWilsonZ = 2.88;
constexpr double kCountMax = 1e12;  // of a window
constexpr double kPastMax = 1e15;   // still exact in a double; kFade keeps it below

// The lower end of the 99.6 % interval of a share (Wilson 1927): near 0 for few requests.
double share_at_least(double errors, double requests) {
  if (requests <= 0) return 0;
  const double p = errors / requests, z2 = kWilsonZ * kWilsonZ;
  const double spread =
      kWilsonZ * std::sqrt(p * (1 - p) / requests + z2 / (4 * requests * requests));
  return std::max(0.0, (p + z2 / (2 * requests) - spread) / (1 + z2 / requests));
}

struct Count {
  double requests = 0;
  double errors = 0;
  double share() const { return requests > 0 ? errors / requests : 0; }
};
WARDHIVE_STATE(Count) {
  v(self.requests);
  v(self.errors);
  if constexpr (!std::is_const_v<Self>)
    if (!(self.requests >= 0 && self.requests <= kPastMax && self.errors >= 0 &&
          self.errors <= kPastMax))
      v.fail();
}

struct Bucket {
  Instant from = kNever;
  Count count;
};
WARDHIVE_STATE(Bucket) {
  v(self.from);
  v(self.count);
}

enum StreamKind : std::uint8_t { kTraffic, kProbe, kCheck, kStreamKinds };

struct Stream : StreamVerdict {
  std::array<Bucket, kBuckets> window{};
  std::uint32_t newest = 0;
  Count past;
  std::uint64_t reports = 0;
  CounterGrowth requests_total, errors_total;
  Instant requests_at = kNever, errors_at = kNever;
  double requests_new = 0, errors_new = 0;  // since the last report
  std::uint32_t failed_run = 0;
};
WARDHIVE_STATE(Stream) {
  state_fields(
      static_cast<std::conditional_t<std::is_const_v<Self>, const StreamVerdict, StreamVerdict>&>(
          self),
      v);
  v(self.window);
  v(self.newest);
  v(self.past);
  v(self.reports);
  v(self.requests_total);
  v(self.errors_total);
  v(self.requests_at);
  v(self.errors_at);
  v(self.requests_new);
  v(self.errors_new);
  v(self.failed_run);
  if constexpr (!std::is_const_v<Self>)
    if (self.newest >= kBuckets) v.fail();
}

class ErrorShift final : public Detector {
 public:
  explicit ErrorShift(const DetectorContext& context)
      : settings_(context.settings.monitor), pairs_(context.bounds.pairs) {}

  std::string_view version() const override { return "error_shift/1"; }

  bool define(const SeriesInfo& series) override {
    switch (series.look) {
      case LookKind::ProbeSuccess:
      case LookKind::GatewayCheck:
      case LookKind::GatewayRequests:
      case LookKind::GatewayErrors:
        return pairs_.define(series);
      default:
        return false;
    }
  }

  void sample(const SeriesSample& sample, MonitorOutput& out) override {
    const auto place = pairs_.place(sample.series);
    auto& pair = pairs_[place.pair];
    switch (place.kind) {
      case LookKind::GatewayRequests:
      case LookKind::GatewayErrors:
        return traffic(pair, place.kind, sample, out);
      case LookKind::GatewayCheck:
        return look(pair, pair.streams[kCheck], sample, out);
      default:
        return look(pair, pair.streams[kProbe], sample, out);
    }
  }

  void clock_jumped(Instant) override {
    for (auto& pair : pairs_.all())
      for (auto& stream : pair.streams) stream.window = {};
  }

  void save(BinaryWriter& out) const override { pairs_.save(out); }
  bool load(BinaryReader& in) override { return pairs_.load(in); }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += pairs_.state_bytes();
    stats.nodes_refused += pairs_.refused();
  }

 private:
  using Pairs = PairTable<Stream, kStreamKinds>;

  // A report is complete when both counters of one moment are in.
  void traffic(Pairs::Pair& pair, LookKind kind, const SeriesSample& sample, MonitorOutput& out) {
    auto& stream = pair.streams[kTraffic];
    if (kind == LookKind::GatewayRequests) {
      stream.requests_new = std::min(stream.requests_new + stream.requests_total.grew(sample.value),
                                     kCountMax / kBuckets);
      stream.requests_at = sample.at;
    } else {
      stream.errors_new = std::min(stream.errors_new + stream.errors_total.grew(sample.value),
                                   kCountMax / kBuckets);
      stream.errors_at = sample.at;
    }
    if (stream.requests_at != stream.errors_at) return;
    const Count fresh{stream.requests_new, std::min(stream.errors_new, stream.requests_new)};
    stream.requests_new = stream.errors_new = 0;
    if (fresh.requests > 0)
      report(pair, stream, fresh, settings_.error_shift_requests, sample, out);
  }

  void look(Pairs::Pair& pair, Stream& stream, const SeriesSample& sample, MonitorOutput& out) {
    const bool failed = sample.value < 0.5;
    stream.failed_run = failed ? std::min(stream.failed_run + 1, 1'000'000u) : 0;
    if (stream.failed_run >= settings_.unreachable_failures) {
      stream.window = {};
      return;
    }
    const auto enough = std::min(settings_.error_shift_requests, settings_.warmup_probes);
    report(pair, stream, {1, failed ? 1.0 : 0.0}, enough, sample, out);
  }

  void report(Pairs::Pair& pair, Stream& stream, Count fresh, std::uint32_t enough,
              const SeriesSample& sample, MonitorOutput& out) {
    if (stream.reports <= settings_.warmup_probes) ++stream.reports;
    add(stream, fresh, sample.at);
    const auto window = sum(stream, sample.at, settings_.health_window);
    const bool warm = stream.reports > settings_.warmup_probes && stream.past.requests >= enough;
    if (!warm || window.requests < enough) return;
    stream.looked_at = sample.at;  // a trickle too thin to judge does not hold a claim up
    const double allowed = settings_.error_shift_bps / 1e4;
    // Where traffic is dense, the last quarter of the window tells sooner.
    for (const auto& part : {sum(stream, sample.at, settings_.health_window / 4), window}) {
      const double excess = share_at_least(part.errors, part.requests) - stream.past.share();
      if (part.requests < enough || excess <= allowed) continue;
      // What failed a moment ago and does not now is over: a machine that stood still for two
      // seconds would be drained after it came back.
      if (!stream.odd && fresh.errors == 0) break;
      return turned_odd(pair, stream, part, excess / allowed, sample, out);
    }
    if (window.share() - stream.past.share() > allowed / 2) {
      stream.good_run = 0;  // neither odd nor good
      return;
    }
    if (stream.good_run < UINT32_MAX) ++stream.good_run;
    if (stream.good_run >= settings_.clear_probes) stream.odd = false;
    if (pairs_.clear(pair, stream, settings_.clear_probes, sample.now, settings_.vantage_fresh)) {
      out.findings.push_back(finding(FindingPhase::Cleared, pair, stream, window, sample.now));
      for (auto& s : pair.streams)
        s.window = {};  // what is left of the odd times must not become the past
    }
  }

  // Adds to the window; what leaves it becomes the past, unless these are odd times.
  void add(Stream& stream, Count fresh, Instant at) {
    for (auto& bucket : stream.window)
      if (at - bucket.from > settings_.health_window) retire(stream, bucket);
    const auto bucket_span = settings_.health_window / kBuckets;
    if (at - stream.window[stream.newest].from > bucket_span) {
      stream.newest = (stream.newest + 1) % kBuckets;
      retire(stream, stream.window[stream.newest]);
      stream.window[stream.newest].from = at;
    }
    auto& count = stream.window[stream.newest].count;
    count.requests = std::min(count.requests + fresh.requests, kCountMax / kBuckets);
    count.errors = std::min(count.errors + fresh.errors, count.requests);
  }
  static Count sum(const Stream& stream, Instant at, Duration span) {
    Count total;
    for (const auto& bucket : stream.window) {
      if (at - bucket.from > span) continue;
      total.requests += bucket.count.requests;
      total.errors += bucket.count.errors;
    }
    return total;
  }
  static void retire(Stream& stream, Bucket& bucket) {
    if (!stream.odd && bucket.count.requests > 0) {
      stream.past.requests = stream.past.requests * kFade + bucket.count.requests;
      stream.past.errors = stream.past.errors * kFade + bucket.count.errors;
    }
    bucket = {};
  }

  void turned_odd(Pairs::Pair& pair, Stream& stream, Count window, double ratio,
                  const SeriesSample& sample, MonitorOutput& out) {
    if (!stream.odd) stream.odd_since = oldest(stream);
    stream.odd = true;
    stream.good_run = 0;
    const auto strength = std::lround(std::clamp(50 + 12.5 * (ratio - 1), 50.0, 100.0));
    if (pair.claim.raise(static_cast<std::uint8_t>(strength)))
      out.findings.push_back(finding(FindingPhase::Raised, pair, stream, window, sample.now));
  }
  static Instant oldest(const Stream& stream) {
    Instant from = stream.looked_at;
    for (const auto& bucket : stream.window)
      if (bucket.count.errors > 0) from = std::min(from, bucket.from);
    return from;
  }

  Finding finding(FindingPhase phase, const Pairs::Pair& pair, const Stream& stream, Count window,
                  Instant now) const {
    Finding f{FindingKind::ErrorRateShift, phase, pair.subject,     pair.observer,
              pair.claim.strength,         now,   stream.odd_since, {}};
    const bool is_traffic = &stream == &pair.streams[kTraffic];
    const auto* unit = is_traffic ? "requests" : "looks";
    const double bound = stream.past.share() + settings_.error_shift_bps / 1e4;
    auto& e = f.evidence;
    e.detector = version();
    e.unit = "share";
    e.observed = window.share();
    e.expected = stream.past.share();
    e.threshold = bound;
    e.summary =
        fmt::format("{:.0f} of {:.0f} {} to {} through {} failed ({}), usual {}, bound {}",
                    window.errors, window.requests, unit, pair.subject.name, pair.observer.name,
                    say_percent(window.share()), say_percent(e.expected), say_percent(bound));
    if (phase == FindingPhase::Cleared) return f;
    e.counterfactual = fmt::format("{:.0f} or fewer failures among these {:.0f} {}",
                                   failures_allowed(window.requests, bound), window.requests, unit);
    for (const auto& bucket : stream.window)
      if (bucket.count.errors > 0 && e.inputs.size() < 8)
        e.inputs.push_back({bucket.from,
                            fmt::format("{:.0f} of {:.0f} {} failed", bucket.count.errors,
                                        bucket.count.requests, unit),
                            {}});
    std::sort(e.inputs.begin(), e.inputs.end(),
              [](const auto& a, const auto& b) { return a.at < b.at; });
    return f;
  }
  // The most failures whose lower bound stays within the bound; halving, as the bound rises with
  // them.
  static double failures_allowed(double requests, double bound) {
    double low = 0, high = std::floor(requests);
    while (low < high) {
      const double mid = std::ceil((low + high) / 2);
      if (share_at_least(mid, requests) <= bound)
        low = mid;
      else
        high = mid - 1;
    }
    return low;
  }

  const MonitorSettings& settings_;
  Pairs pairs_;
};

}  // namespace

std::unique_ptr<Detector> make_error_shift(const DetectorContext& context) {
  return std::make_unique<ErrorShift>(context);
}

}  // namespace wardhive
