// Reports a subject that answers slower than its own past, as one observer sees it.
//
//   in     probe_duration_seconds (of looks that succeeded: a failed one is reachability's matter)
//          and gateway_latency_seconds of a (subject, vantage) pair
//   usual  median and median absolute deviation of 32 usual looks, at most one per 5 s once warm,
//          so about the last 3 minutes. An odd look teaches nothing: what stays slow stays odd
//   odd    above max(median * latency_shift_factor, median + latency_shift_floor, median + 8 MAD)
//   out    LatencyShift after `shift_probes` odd looks in a row, 50 at the bound to 100 at 4 times
//          it; Cleared after `clear_probes` usual ones. The first `warmup_probes` looks only teach
//   cost   about 0.3 us per look; about 1 KB per pair; limits::kVantagePairsMax pairs
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_latency_shift(const DetectorContext& context);

}  // namespace wardhive
