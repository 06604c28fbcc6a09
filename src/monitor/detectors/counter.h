// What a Prometheus counter grew by between two samples; one that falls was reset and starts at 0.
#pragma once

#include <algorithm>

#include "base/codec.h"

namespace wardhive {

// Not named Counter: base/metrics.h has one, and the linker keeps one constructor of a name.
struct CounterGrowth {
  double last = -1;  // below 0: nothing seen yet

  // 0 for the first sample: what was counted before is not ours to date.
  double grew(double value) {
    if (value < 0) return 0;
    const double by = last < 0 ? 0 : value >= last ? value - last : value;
    last = value;
    return std::min(by, 1e9);
  }
};
WARDHIVE_STATE(CounterGrowth) { v(self.last); }

}  // namespace wardhive
