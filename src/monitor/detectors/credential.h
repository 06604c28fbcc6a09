// Reports a node whose agent's credential is used from two places: a copied key.
//
//   in     CredentialShared events: a process that spoke before speaks again after another did. A
//          restart is not that; a request that was late is two, there and back
//   out    CredentialShared{node} of strength 90 when it happened kTurns times within kTurnWindow,
//          again with each further event at most once a minute; Cleared `auth_clear_after` after
//          the last. Whose copy is the thief's can't be told from here: the notice says what ends
//          both
//   limit  MonitorBounds::sources nodes; one more is counted as refused
//   cost   O(log nodes) per event, about 500 bytes per node that was ever heard of here
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr std::uint32_t kTurns = 5;
inline constexpr Duration kTurnWindow = minutes(1);

std::unique_ptr<Detector> make_credential(const DetectorContext& context);

}  // namespace wardhive
