// Clocks that stand still until a test moves them.
//
//   thread  one
#pragma once

#include "base/clock.h"

namespace wardhive {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant wall = instant_from_ns(1'800'000'000LL * 1'000'000'000));

  Instant wall() const override { return wall_; }
  MonoTime mono() const override { return mono_; }

  // Time passes: both clocks move. `by` is not negative.
  void advance(Duration by);
  // Somebody sets the wall clock; monotonic time knows nothing of it.
  void set_wall_by(Duration by) { wall_ += by; }

 private:
  Instant wall_;
  MonoTime mono_{};
};

}  // namespace wardhive
