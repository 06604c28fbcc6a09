// What a detector is. The monitor resolves series, orders time and drops what is no number, so a
// detector only judges:
//
//   time    `now` never goes back; `at` of a sample or contact is at most `now`, and rises per
//   series values  finite output  findings (and Health, scores) appended to `out`; each claim, that
//   is each
//           (kind, subject, observer), is raised once, again only when stronger, and cleared once
//   memory  bounded; what is turned away is counted
//   replay  no iteration order of a hash table may reach the output
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/codec.h"
#include "config/settings.h"
#include "model/record.h"
#include "monitor/detectors/series_table.h"
#include "monitor/monitor.h"

namespace wardhive {

// Points in time that the monitor hands out lie between these; differences never overflow.
inline constexpr Instant kNever = instant_from_ns(-(std::int64_t{1} << 61));
inline constexpr Instant kLatest = instant_from_ns(std::int64_t{1} << 62);  // year 2116

struct SeriesSample {
  std::uint32_t series = 0;  // index in the SeriesTable
  Instant at;
  double value = 0;
  Instant now;
};

class Detector {
 public:
  virtual ~Detector() = default;

  // "name/version": stands in evidence and snapshots; another version does not load.
  virtual std::string_view version() const = 0;

  // A series was defined. True: give me its samples. On load it is called again for every series
  // in the old order, before load().
  virtual bool define(const SeriesInfo&) { return false; }
  virtual void sample(const SeriesSample&, MonitorOutput&) {}
  // `agent`: the node's own agent spoke to us; otherwise only a sample of the node came by.
  virtual void heard(std::string_view, bool /*agent*/, Instant /*at*/) {}
  virtual void event(const Event&, Instant /*now*/, MonitorOutput&) {}
  virtual void inventory(const Inventory&, Instant /*now*/, MonitorOutput&) {}
  virtual void tick(Instant /*now*/, MonitorOutput&) {}
  // The clock jumped: no length of time that spans this point means anything.
  virtual void clock_jumped(Instant /*now*/) {}
  // Nobody stepped us for a while: what we did not hear meanwhile, we could not have heard.
  virtual void paused(Instant /*now*/) {}
  virtual void want_scores(bool) {}

  virtual void save(BinaryWriter&) const = 0;
  // False if the bytes cannot be ours; the detector is then thrown away.
  virtual bool load(BinaryReader&) = 0;
  // Adds what it holds to state_bytes, and what it turned away.
  virtual void count(MonitorStats& stats) const = 0;
};

// All outlive the detector.
struct DetectorContext {
  const Settings& settings;
  const SeriesTable& series;
  const MonitorBounds& bounds;
};

WARDHIVE_STATE(Entity) {
  v(self.kind);
  v(self.name);
}

}  // namespace wardhive
