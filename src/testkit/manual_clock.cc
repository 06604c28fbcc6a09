#include "testkit/manual_clock.h"

#include "base/check.h"

namespace wardhive {

ManualClock::ManualClock(Instant wall) : wall_(wall) {}

void ManualClock::advance(Duration by) {
  WARDHIVE_ASSERT(by >= Duration::zero());
  wall_ += by;
  mono_ += by;
}

}  // namespace wardhive
