#include "config/config.h"

namespace wardhive {

// Chosen so that a contained node whose fault is gone is back at 100 % within a minute: clear about
// 3 s, decay 10 s, verify 5 s, then 10 + 10 + 15 s under watch.
void apply_demo_profile(Settings& settings) {
  settings.profile = "demo";
  settings.risk.availability.half_life = seconds(10);
  settings.risk.performance.half_life = seconds(10);
  settings.risk.auth_abuse.half_life = minutes(1);  // a ban ends before the demo's eyes
  settings.respond.rails.expiry_min = minutes(3);
  auto& restoration = settings.respond.restoration;
  restoration.verify_for = seconds(5);
  restoration.stage_10 = seconds(10);
  restoration.stage_50 = seconds(10);
  restoration.watch = seconds(15);
  restoration.requests_min = 20;
  restoration.backoff = seconds(5);
}

}  // namespace wardhive
