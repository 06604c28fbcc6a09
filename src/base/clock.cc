#include "base/clock.h"

#include <ctime>

namespace wardhive {
namespace {

Duration read_clock(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return seconds(ts.tv_sec) + nanos(ts.tv_nsec);
}

class SystemClock final : public Clock {
 public:
  Instant wall() const override { return Instant(read_clock(CLOCK_REALTIME)); }
  MonoTime mono() const override { return MonoTime(read_clock(CLOCK_MONOTONIC)); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace wardhive
