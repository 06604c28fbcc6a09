// When the last failures were: is the bound's worth of them within the window? Exact up to a bound
// of 64; above that every (bound / 64)-th failure is kept. At most 64 times, 8 bytes each.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/codec.h"
#include "base/time.h"

namespace wardhive {

class FailureWindow {
 public:
  static constexpr std::uint32_t kTimesKept = 64;

  void add(Instant at, std::uint32_t bound) {
    const auto step = step_of(bound);
    if (++since_kept_ < step) return;
    since_kept_ = 0;
    times_.push_back(at);
    while (times_.size() > needed(bound)) times_.erase(times_.begin());
  }
  bool is_full(Instant at, std::uint32_t bound, Duration window) const {
    return times_.size() >= needed(bound) && at - times_.front() <= window;
  }
  // Failures within the window before `at`, in steps of bound / 64.
  std::uint32_t count(Instant at, std::uint32_t bound, Duration window) const {
    const auto kept =
        std::count_if(times_.begin(), times_.end(), [&](Instant t) { return at - t <= window; });
    return static_cast<std::uint32_t>(kept) * step_of(bound) + since_kept_;
  }
  Instant first(Instant at, Duration window) const {
    const auto it =
        std::find_if(times_.begin(), times_.end(), [&](Instant t) { return at - t <= window; });
    return it == times_.end() ? at : *it;
  }
  void reset() { *this = {}; }
  std::size_t bytes() const { return times_.capacity() * sizeof(Instant); }

 private:
  static std::uint32_t step_of(std::uint32_t bound) {
    return (bound + kTimesKept - 1) / kTimesKept;
  }
  static std::size_t needed(std::uint32_t bound) { return bound / step_of(bound); }

  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, FailureWindow>
  friend void state_fields(Self& self, V& v) {
    v(self.times_);
    v(self.since_kept_);
    if constexpr (!std::is_const_v<Self>)
      if (self.times_.size() > kTimesKept) v.fail();
  }
  std::vector<Instant> times_;  // rising
  std::uint32_t since_kept_ = 0;
};

}  // namespace wardhive
