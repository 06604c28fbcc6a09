#include "monitor/detectors/health.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "monitor/detectors/counter.h"
#include "monitor/detectors/pair_table.h"

namespace wardhive {
namespace {

constexpr std::size_t kMomentsKept = 128;

// All that came with one timestamp.
struct Moment {
  Instant at;
  float probe_s = -1;  // below 0: none
  float gateway_s = -1;
  float requests = 0;
  float errors = 0;
  std::uint8_t looks = 0;
  std::uint8_t looks_failed = 0;
};
WARDHIVE_STATE(Moment) {
  v(self.at);
  v(self.probe_s);
  v(self.gateway_s);
  v(self.requests);
  v(self.errors);
  v(self.looks);
  v(self.looks_failed);
}

struct Stream : StreamVerdict {
  std::vector<Moment> moments;  // rising
  CounterGrowth requests_total, errors_total;
  bool looked = false;  // since the last tick
};
WARDHIVE_STATE(Stream) {
  v(self.looked_at);
  v(self.moments);
  v(self.requests_total);
  v(self.errors_total);
  v(self.looked);
}

std::uint32_t p99_us(std::vector<float>& seconds) {
  if (seconds.empty()) return 0;
  const auto rank = seconds.begin() + static_cast<std::ptrdiff_t>((seconds.size() - 1) * 99 / 100);
  std::nth_element(seconds.begin(), rank, seconds.end());
  return static_cast<std::uint32_t>(
      std::llround(std::clamp(static_cast<double>(*rank) * 1e6, 0.0, 4e9)));
}

class HealthWindow final : public Detector {
 public:
  explicit HealthWindow(const DetectorContext& context)
      : settings_(context.settings.monitor), pairs_(context.bounds.pairs) {}

  std::string_view version() const override { return "health/1"; }
  bool define(const SeriesInfo& series) override {
    return series.look != LookKind::None && pairs_.define(series);
  }

  void sample(const SeriesSample& sample, MonitorOutput&) override {
    const auto place = pairs_.place(sample.series);
    auto& stream = pairs_[place.pair].streams[0];
    auto& moment = moment_at(stream, sample.at);
    const auto value = static_cast<float>(std::clamp(sample.value, -1.0, 1e9));
    bool looked = true;
    switch (place.kind) {
      case LookKind::ProbeSuccess:
      case LookKind::GatewayCheck:
        moment.looks = static_cast<std::uint8_t>(std::min(moment.looks + 1, 255));
        moment.looks_failed =
            static_cast<std::uint8_t>(std::min(moment.looks_failed + (value < 0.5f), 255));
        break;
      case LookKind::ProbeDuration:
        moment.probe_s = value;
        break;
      case LookKind::GatewayLatency:
        moment.gateway_s = value;
        break;
      case LookKind::GatewayRequests: {
        const auto grew = stream.requests_total.grew(sample.value);
        moment.requests += static_cast<float>(grew);
        looked = grew > 0;  // "no traffic" is no look at the subject
        break;
      }
      default:
        moment.errors += static_cast<float>(stream.errors_total.grew(sample.value));
        looked = false;
    }
    if (!looked) return;
    stream.looked = true;
    stream.looked_at = sample.at;
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (auto& pair : pairs_.all()) {
      auto& stream = pair.streams[0];
      if (!stream.looked) continue;
      stream.looked = false;
      std::erase_if(stream.moments,
                    [&](const Moment& m) { return now - m.at > settings_.health_window; });
      out.health.push_back(sum_up(pair.subject, pair.observer, stream, now));
    }
  }

  void clock_jumped(Instant) override {
    for (auto& pair : pairs_.all()) pair.streams[0].moments.clear();
  }

  void save(BinaryWriter& out) const override { pairs_.save(out); }
  bool load(BinaryReader& in) override {
    if (!pairs_.load(in)) return false;
    return std::all_of(pairs_.all().begin(), pairs_.all().end(),
                       [](const auto& p) { return p.streams[0].moments.size() <= kMomentsKept; });
  }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += pairs_.state_bytes();
    for (const auto& pair : pairs_.all())
      stats.state_bytes += pair.streams[0].moments.capacity() * sizeof(Moment);
    stats.nodes_refused += pairs_.refused();
  }

 private:
  Moment& moment_at(Stream& stream, Instant at) {
    auto& moments = stream.moments;
    const auto same =
        std::find_if(moments.rbegin(), moments.rend(), [&](const Moment& m) { return m.at <= at; });
    if (same != moments.rend() && same->at == at) return *same;
    const auto place = moments.insert(same.base(), {.at = at});
    if (moments.size() <= kMomentsKept) return *place;
    // The oldest makes room; if this one is the oldest, it still serves until the next.
    const auto index = place - moments.begin();
    moments.erase(moments.begin() + (index == 0));
    return moments[static_cast<std::size_t>(std::max<std::ptrdiff_t>(index - 1, 0))];
  }

  Health sum_up(const Entity& subject, const Entity& observer, const Stream& stream, Instant now) {
    Health health{
        .subject = subject, .observer = observer, .at = now, .fresh_at = stream.looked_at};
    double requests = 0, errors = 0;
    std::vector<float> probe_s, gateway_s;
    for (const auto& m : stream.moments) {
      health.probes += m.looks;
      health.probes_failed += m.looks_failed;
      requests += m.requests;
      errors += m.errors;
      if (m.probe_s >= 0 && m.looks_failed == 0) probe_s.push_back(m.probe_s);
      if (m.gateway_s >= 0) gateway_s.push_back(m.gateway_s);
    }
    // Who counts real traffic and saw none says so: its own checks must not pass for requests, or
    // a drained node would never count as free of traffic.
    const bool counts = stream.requests_total.last >= 0;
    health.requests = counts ? static_cast<std::uint32_t>(std::min(requests, 4e9))
                             : health.probes - health.probes_failed;
    const double share = requests > 0        ? errors / requests
                         : health.probes > 0 ? 1.0 * health.probes_failed / health.probes
                                             : 0;
    health.error_bps =
        static_cast<std::uint32_t>(std::lround(std::clamp(share, 0.0, 1.0) * 10'000));
    health.p99_us = p99_us(gateway_s.empty() ? probe_s : gateway_s);
    return health;
  }

  const MonitorSettings& settings_;
  PairTable<Stream, 1> pairs_;
};

}  // namespace

std::unique_ptr<Detector> make_health(const DetectorContext& context) {
  return std::make_unique<HealthWindow>(context);
}

}  // namespace wardhive
