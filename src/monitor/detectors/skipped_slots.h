// The share of slots without a block over the last 5 min, and whether it is above 10 % beyond
// chance. Leaders have 4 slots in a row and fail with all of them, so the variance of n slots is
// taken as four times that of n coins; 3 deviations are raised by chance about once in 740 windows
// at 10 %, and practically never at the usual 2 to 5 %.
#pragma once

#include <cmath>
#include <concepts>
#include <vector>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr double kSkippedShareMax = 0.10, kSkippedShareWell = 0.05;

class SkippedSlots {
 public:
  struct Look {
    double share = 0, slots = 0;
    bool odd = false, well = false;
  };

  // The counters as they stand; one that went back began anew.
  void add(Instant at, double slot, double skipped) {
    if (!kept_.empty() && (slot < kept_.back().slot || skipped < kept_.back().skipped)) forget();
    newest_ = {at, slot, skipped};
    if (kept_.empty() || at - kept_.back().at >= kStep) kept_.push_back(newest_);
    if (kept_.size() > kKept) kept_.erase(kept_.begin());
  }
  void forget() {
    kept_.clear();
    newest_ = {};
  }
  Look look() const {
    if (kept_.empty()) return {};
    const auto slots = newest_.slot - kept_.front().slot;
    const auto skipped = newest_.skipped - kept_.front().skipped;
    if (!(slots >= kSlotsMin)) return {};
    const auto share = skipped / slots;
    const auto deviation = std::sqrt(kRun * slots * kSkippedShareMax * (1 - kSkippedShareMax));
    return {share, slots, skipped - slots * kSkippedShareMax >= 3 * deviation,
            share < kSkippedShareWell};
  }

  std::size_t bytes() const { return kept_.size() * sizeof(Point); }

 private:
  static constexpr Duration kStep = seconds(10);
  static constexpr std::size_t kKept = 30;
  static constexpr double kSlotsMin = 100, kRun = 4;

  struct Point {
    Instant at = kNever;
    double slot = 0, skipped = 0;
  };
  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, Point>
  friend void state_fields(Self& self, V& v) {
    v(self.at);
    v(self.slot);
    v(self.skipped);
  }
  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, SkippedSlots>
  friend void state_fields(Self& self, V& v) {
    v(self.newest_);
    v(self.kept_);
    if constexpr (!std::is_const_v<Self>)
      if (self.kept_.size() > kKept) v.fail();
  }

  Point newest_;
  std::vector<Point> kept_;  // rising, kStep apart
};

}  // namespace wardhive
