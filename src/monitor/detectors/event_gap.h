// Reports that what the program wrote cannot be read whole: what it did in between is not seen by
// anything that judges its events.
//
//   in     ProgramEventGap events
//   out    ChainUnwell about fleet/events, strength 60, at the first gap; Cleared kGapCalm after
//   the
//          last. What is missing stays missing: the notice names it
//   limit  the last kGapsKept gaps are named
//   cost   O(1), a few hundred bytes
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr Duration kGapCalm = minutes(15);
inline constexpr std::size_t kGapsKept = 8;

std::unique_ptr<Detector> make_event_gap(const DetectorContext& context);

}  // namespace wardhive
