// Reports a subject whose looks by one observer fail in a row.
//
//   in     probe_success and gateway_check_ok of a (subject, vantage) pair; 0.5 and more is a
//   success out    Unreachable (100) after `unreachable_failures` failures in a row of one stream,
//   Cleared
//          after `clear_probes` successes in a row, when no other fresh stream still fails
//   cost   O(1) per look; about 400 bytes per pair; limits::kVantagePairsMax pairs
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_reachability(const DetectorContext& context);

}  // namespace wardhive
