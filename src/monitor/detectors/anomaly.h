// Reports an entity whose series look odd: learned, so it never punishes alone.
//
//   in     every series but the looks (they have detectors of their own); counters (..._total,
//          _count, _sum, _bucket) by their growth per second
//   score  per value, see anomaly_model.h; handed out when asked for
//   out    Anomaly{entity}: each odd value (score >= 1) heats its entity, heat halves in a minute.
//          Raised, 20 to 60, when the heat passes what so many values bring by chance alone
//          (one odd value in 1,000, and six sigma); again when 20 stronger; Cleared when the heat
//          is below half of that
//   cost   about 0.3 us per value; 32 bytes per series until it has moved (a constant series never
//          needs more), then about 200, then about 450 once it is older than a day
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_anomaly(const DetectorContext& context);

}  // namespace wardhive
