// Reports a subject that errs more than its own past, as one observer sees it.
//
//   in     gateway_requests_total with gateway_errors_total (a counter that falls was reset), and
//          looks (probe_success, gateway_check_ok) of a (subject, vantage) pair
//   odd    in `health_window`, or in its last quarter, with at least `error_shift_requests`
//          requests (or `warmup_probes` looks): the share of errors is above its own past by
//          `error_shift_bps` even at the lower end of its 99.6 % interval (Wilson), so that three
//          errors of ten requests are not a shift; and the newest report has some, so that what is
//          over is not raised any more
//   past   what left the window while nothing was odd, fading over some 1,000 reports; as long
//          as it holds less than what can be judged, it is only taught. Failures of a subject that
//          is not there at all
//          (`unreachable_failures` in a row) are reachability's matter and count nowhere here
//   out    ErrorRateShift, 50 at the bound to 100 at 5 times the allowed excess; Cleared after
//          `clear_probes` reports in a row below half the excess
//   cost   O(1) per sample, O(16) per report; about 1.8 KB per pair; limits::kVantagePairsMax pairs
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_error_shift(const DetectorContext& context);

}  // namespace wardhive
