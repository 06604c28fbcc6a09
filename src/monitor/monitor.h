// Says what is odd. A step function: samples and events in, findings and health out.
//
//   time    only the `now` handed in; a sample dated after `now` counts as `now`
//   memory  bounded: limits::kSeriesMax series, kNodesMax nodes, kSourcesTrackedMax addresses;
//           what is beyond is counted in stats(), not watched
//   replay  the same inputs give the same outputs, and save/load in between changes nothing
//   thread  one; owns everything it returns
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "model/record.h"
#include "model/sample.h"

namespace wardhive {

// How odd one sample looked: for `replay --scores` and charts. 0 is usual; `threshold` is where an
// anomaly finding would be raised. Causal: nothing later than the sample was looked at.
struct SampleScore {
  SeriesId series;
  Instant at;
  float score = 0;
  float threshold = 0;
};

struct MonitorOutput {
  std::vector<Finding> findings;
  std::vector<Health> health;       // at most one per (subject, observer) and tick
  std::vector<SampleScore> scores;  // only after want_scores(true)
};

struct MonitorStats {
  std::uint64_t samples = 0;
  std::uint64_t samples_late = 0;     // older than what the series has seen: not stepped
  std::uint64_t samples_unknown = 0;  // series never defined
  std::uint64_t series = 0;
  std::uint64_t series_refused = 0;
  std::uint64_t sources_refused = 0;  // addresses turned away, or let go to make room
  std::uint64_t nodes_refused = 0;    // nodes and (node, observer) pairs beyond their bounds
  std::uint64_t findings = 0;
  std::uint64_t state_bytes = 0;  // estimate of what the detectors hold
};

// Series the monitor understands by name, besides treating every series as one to watch for
// oddness:
//   probe_success{subject,vantage}            0 or 1: one look of `vantage` at node `subject`
//   probe_duration_seconds{subject,vantage}   how long that look took (same timestamp)
//   gateway_requests_total{subject,vantage}, gateway_errors_total{...}  counters of real traffic
//   gateway_latency_seconds{subject,vantage}  mean of the last window, as the gateway saw it
//   gateway_check_ok{subject,vantage}         0 or 1: the gateway's own health check
// The observer of a finding from these is node/<vantage> ("controller" is node/controller), and
// only a series whose entity is that node counts: nobody speaks with another's eyes, or about
// itself. Any sample, health or event from a node's own agent (series' entity = that node, or
// observer of an event) counts as a sign of life for `silent`.
class Monitor {
 public:
  // InvalidInput if a setting is outside its range.
  static Result<std::unique_ptr<Monitor>> make(const Settings& settings);
  virtual ~Monitor() = default;

  virtual void observe(const SampleBatch& batch, Instant now, MonitorOutput& out) = 0;
  // Event, Inventory and ClockJumped matter here; other records are passed over.
  virtual void record(const LoggedRecord& record, MonitorOutput& out) = 0;
  virtual void tick(Instant now, MonitorOutput& out) = 0;
  // A node's agent was heard from (its credential says so), whatever it sent.
  virtual void heard(std::string_view node, Instant now) = 0;

  virtual void want_scores(bool on) = 0;
  virtual std::string save() const = 0;
  // Corrupt or Unsupported: the monitor is as new, and the caller re-warms it from the log instead.
  virtual Status load(std::string_view snapshot) = 0;
  virtual MonitorStats stats() const = 0;
};

}  // namespace wardhive
