#include "risk/scoring/weights.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/config.h"

namespace wardhive::scoring {
namespace {

enum : std::uint8_t { kAvailability, kPerformance, kAuthAbuse, kTelemetry, kAuthority, kChain };

Family family(std::string_view name, const FamilySettings& s) {
  return {name, static_cast<double>(s.half_life.count()), s.hold.count(), s.cap_milli / 1e3,
          s.learned};
}

// Weights are named by the risk settings alone: another listening port is the same model.
std::string model_name(const RiskSettings& risk) {
  Settings only;
  only.risk = risk;
  return fmt::format("wardhive-risk/1@{}", settings_digest(only).substr(0, 12));
}

}  // namespace

Weights::Weights(const Settings& settings) {
  const auto& r = settings.risk;
  families = {family("availability", r.availability), family("performance", r.performance),
              family("auth_abuse", r.auth_abuse),     family("telemetry", r.telemetry),
              family("authority", r.authority),       family("chain", r.chain)};
  const auto kind = [&](FindingKind k, std::uint8_t of_family, std::int32_t milli) {
    family_of[static_cast<std::size_t>(k)] = of_family;
    full[static_cast<std::size_t>(k)] = milli / 1e3;
  };
  kind(FindingKind::Silent, kAvailability, r.weight_silent_milli);
  kind(FindingKind::Unreachable, kAvailability, r.weight_unreachable_milli);
  kind(FindingKind::LatencyShift, kPerformance, r.weight_latency_shift_milli);
  kind(FindingKind::ErrorRateShift, kPerformance, r.weight_error_rate_shift_milli);
  kind(FindingKind::ThresholdCrossed, kPerformance, r.weight_threshold_milli);
  kind(FindingKind::AuthFailureBurst, kAuthAbuse, r.weight_auth_burst_milli);
  kind(FindingKind::Anomaly, kTelemetry, r.weight_anomaly_milli);
  kind(FindingKind::AuthorityChanged, kAuthority, r.weight_authority_changed_milli);
  kind(FindingKind::ChainUnwell, kChain, r.weight_chain_unwell_milli);
  kind(FindingKind::ProgramBurst, kChain, r.weight_program_burst_milli);
  kind(FindingKind::KeyOveruse, kChain, r.weight_key_overuse_milli);
  kind(FindingKind::CredentialShared, kAuthority, r.weight_credential_shared_milli);
  reliability = r.reliability_bps / 1e4;
  clip = r.weight_clip_milli / 1e3;
  repeat_window_ns = r.repeat_window.count();
  release_threshold = r.release_threshold;
  base_address_ = r.base_address_milli;
  base_node_ = r.base_node_milli;
  cap_address_ = r.reporter_cap_address_milli / 1e3;
  cap_node_ = r.reporter_cap_node_milli / 1e3;
  model = model_name(r);
}

double Weights::of(FindingKind kind, std::uint8_t strength) const {
  const double share = std::min<int>(strength, 100) / 100.0;
  return reliability * std::min(full[static_cast<std::size_t>(kind)] * share, clip);
}

}  // namespace wardhive::scoring
