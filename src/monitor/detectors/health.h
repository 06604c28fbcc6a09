// Says at each tick what one observer knows of one subject: one Health per pair that was looked at
// since the last tick, over `health_window`.
//
//   requests, error_bps   real traffic if the gateway saw any in the window, else the looks
//   p99_us                of the gateway's latencies if there are any, else of successful probes
//   healthy               left true: the monitor sets it from the findings this observer has raised
//   cost   O(1) per look, O(looks in the window) per tick and pair; the last 128 moments are kept,
//          40 bytes each; limits::kVantagePairsMax pairs
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_health(const DetectorContext& context);

}  // namespace wardhive
