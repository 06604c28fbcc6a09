// For tests, fuzzers and benches: a monitor (whole, or with one detector) and short words to feed
// it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "monitor/detectors/catalog.h"

namespace wardhive {

// A Sunday in 2026; tests count from here.
inline constexpr Instant kStart = instant_from_ns(1'780'000'000'000'000'000);

inline std::vector<DetectorEntry> only(std::string_view name) {
  std::vector<DetectorEntry> chosen;
  for (const auto& entry : detector_catalog())
    if (entry.name == name) chosen.push_back(entry);
  WARDHIVE_ASSERT(!chosen.empty());
  return chosen;
}

struct Rig {
  explicit Rig(std::string_view detector = {}, Settings s = {}, MonitorBounds b = {})
      : settings(std::move(s)), bounds(b), entries(choose(detector)), monitor(build()) {}

  SeriesDefined define(std::string_view name, Labels labels, Entity entity) const {
    labels.emplace_back("__name__", std::string(name));
    SeriesDefined series{{}, *canonical_labels(std::move(labels)), std::move(entity)};
    series.id = series_id(series.labels);
    return series;
  }
  SeriesDefined look(std::string_view name, std::string_view subject,
                     std::string_view vantage) const {
    return define(name, {{"subject", std::string(subject)}, {"vantage", std::string(vantage)}},
                  node(vantage));
  }
  // One sample now; defines the series as every sender does at its start.
  void sample(const SeriesDefined& series, double value) { sample_at(series, value, now); }
  void sample_at(const SeriesDefined& series, double value, Instant at) {
    monitor->observe({{series}, {{series.id, at, value}}}, now, out);
  }
  void probe(std::string_view subject, std::string_view vantage, bool ok, double took_s = 0.01) {
    const auto success = look("probe_success", subject, vantage);
    const auto duration = look("probe_duration_seconds", subject, vantage);
    monitor->observe(
        {{success, duration}, {{success.id, now, ok ? 1.0 : 0.0}, {duration.id, now, took_s}}}, now,
        out);
  }
  void event(EventKind kind, Entity subject, std::string_view observer, std::string user = "root",
             std::string line = "line") {
    record(Event{kind,
                 std::move(subject),
                 node(observer),
                 now,
                 {{"user", std::move(user)}, {"line", std::move(line)}}});
  }
  void record(Record record) { monitor->record({++offset, now, std::move(record)}, out); }
  void pass(Duration by) { now += by; }
  void tick() { monitor->tick(now, out); }
  // Time passes second by second, as the log's writer ticks it.
  void quiet(Duration by) {
    for (const auto end = now + by; now < end;) {
      pass(std::min<Duration>(seconds(1), end - now));
      tick();
    }
  }
  // The process dies and comes back from its snapshot.
  void restart() {
    const auto snapshot = monitor->save();
    monitor = build();
    WARDHIVE_ASSERT(monitor->load(snapshot).has_value());
    WARDHIVE_ASSERT(monitor->save() == snapshot);
  }

  std::vector<Finding> findings(FindingKind kind) const {
    std::vector<Finding> found;
    for (const auto& f : out.findings)
      if (f.kind == kind) found.push_back(f);
    return found;
  }
  std::size_t raised() const { return count(FindingPhase::Raised); }
  std::size_t cleared() const { return count(FindingPhase::Cleared); }

  Settings settings;
  MonitorBounds bounds;
  std::vector<DetectorEntry> entries;
  std::unique_ptr<Monitor> monitor;
  MonitorOutput out;
  Instant now = kStart;
  std::uint64_t offset = 0;

 private:
  static std::vector<DetectorEntry> choose(std::string_view name) {
    if (!name.empty()) return only(name);
    return {detector_catalog().begin(), detector_catalog().end()};
  }
  std::unique_ptr<Monitor> build() const {
    auto made = make_monitor(settings, entries, bounds);
    WARDHIVE_ASSERT(made.has_value());
    return std::move(*made);
  }
  std::size_t count(FindingPhase phase) const {
    return static_cast<std::size_t>(std::count_if(out.findings.begin(), out.findings.end(),
                                                  [&](const auto& f) { return f.phase == phase; }));
  }
};

}  // namespace wardhive
