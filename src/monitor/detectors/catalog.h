// Every detector there is. A new one is four neighbours: header, source, test, and a line here; the
// battery in catalog_test.cc then runs over it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "monitor/detectors/detector.h"

namespace wardhive {

struct DetectorEntry {
  std::string_view name;
  std::unique_ptr<Detector> (*make)(const DetectorContext& context);
};

// In the order in which they are stepped. At most 16: a series marks its takers in two bytes.
std::span<const DetectorEntry> detector_catalog();

// A monitor with some of the catalogue's detectors only, or smaller tables: for the battery and
// benches.
Result<std::unique_ptr<Monitor>> make_monitor(const Settings& settings,
                                              std::span<const DetectorEntry> detectors,
                                              const MonitorBounds& bounds = {});

}  // namespace wardhive
