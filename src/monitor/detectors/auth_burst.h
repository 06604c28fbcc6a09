// Reports an address with many failed log-ins on one node.
//
//   in     AuthFailed, AuthSucceeded events; the line's own time, at most `now`, never going back
//   burst  `auth_burst_failures` within `auth_burst_window`, or `auth_slow_failures` within
//          `auth_slow_window`. A success below the bound was a mistyped password and empties the
//          fast window; the slow one keeps counting, or an attacker with one account of his own
//          could wash himself clean
//   out    AuthFailureBurst{address, node}: 80 at the bound, 100 at twice the bound; again whenever
//          the count has doubled, and with 100 if a log-in succeeds after all; Cleared after
//          `auth_clear_after` without a failure
//   exact  up to 64 failures per window; a larger bound is counted in steps of bound / 64
//   cost   about 0.5 us per event (one SHA-256), up to 2.5 KB per source;
//   limits::kSourcesTrackedMax
//          sources. A full table lets go of the longest quiet source with one failure, then of one
//          with several; a burst that is raised is never let go, rather the new source is refused
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_auth_burst(const DetectorContext& context);

}  // namespace wardhive
