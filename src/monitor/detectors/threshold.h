// Reports an entity of which a series stays above a configured bound.
//
//   in     series whose __name__ is named in [[monitor.threshold]]
//   out    ThresholdCrossed about the series' entity: raised after the value was above for `hold`,
//          cleared when every such series of the entity fell below its `clear_below` (or ended: no
//          sample for 5 minutes). Several series of one entity make one claim, the strongest's
//   gaps   a hold does not span more than 5 minutes without a sample, nor a clock jump
//   cost   O(1) per sample; about 100 bytes per (series, threshold)
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_threshold(const DetectorContext& context);

}  // namespace wardhive
