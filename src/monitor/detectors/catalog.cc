#include "monitor/detectors/catalog.h"

#include <array>

#include "monitor/detectors/anomaly.h"
#include "monitor/detectors/auth_burst.h"
#include "monitor/detectors/authority.h"
#include "monitor/detectors/chain_health.h"
#include "monitor/detectors/credential.h"
#include "monitor/detectors/error_shift.h"
#include "monitor/detectors/event_gap.h"
#include "monitor/detectors/health.h"
#include "monitor/detectors/latency_shift.h"
#include "monitor/detectors/program_abuse.h"
#include "monitor/detectors/reachability.h"
#include "monitor/detectors/silence.h"
#include "monitor/detectors/threshold.h"

namespace wardhive {

std::span<const DetectorEntry> detector_catalog() {
  static constexpr std::array<DetectorEntry, 13> kCatalog{{
      {"silence", make_silence},
      {"reachability", make_reachability},
      {"latency_shift", make_latency_shift},
      {"error_shift", make_error_shift},
      {"threshold", make_threshold},
      {"auth_burst", make_auth_burst},
      {"authority", make_authority},
      {"chain_health", make_chain_health},
      {"event_gap", make_event_gap},
      {"program_abuse", make_program_abuse},
      {"credential", make_credential},
      {"anomaly", make_anomaly},
      {"health", make_health},
  }};
  return kCatalog;
}

}  // namespace wardhive
