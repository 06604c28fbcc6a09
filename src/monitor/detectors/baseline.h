// What is usual: median and MAD of a few remembered values. Robust (half of them may be wrong) and
// bounded; exact, because 32 numbers are quickly sorted.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "base/codec.h"
#include "base/time.h"

namespace wardhive {

class Baseline {
 public:
  static constexpr std::uint32_t kValues = 32;
  static constexpr Duration kTeachEvery = seconds(5);

  // The first `eager` values are all taken, later ones at most one per kTeachEvery: a few seconds
  // of slow poisoning must not become the past.
  void teach(double value, Instant at, std::uint32_t eager) {
    if (count_ >= eager && at - taught_at_ < kTeachEvery) return;
    values_[count_ % kValues] = static_cast<float>(value);
    ++count_;
    taught_at_ = at;
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(count_, kValues));
    auto sorted = values_;
    median_ = middle(sorted, size);
    for (std::uint32_t i = 0; i < size; ++i) sorted[i] = std::abs(values_[i] - median_);
    mad_ = middle(sorted, size);
  }
  std::uint64_t count() const { return count_; }
  double median() const { return median_; }
  double mad() const { return mad_; }

 private:
  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, Baseline>
  friend void state_fields(Self& self, V& v) {
    v(self.values_);
    v(self.count_);
    v(self.median_);
    v(self.mad_);
    v(self.taught_at_);
    if constexpr (!std::is_const_v<Self>)
      if (!std::isfinite(self.median_) || !std::isfinite(self.mad_)) v.fail();
  }
  static float middle(std::array<float, kValues>& values, std::uint32_t size) {
    const auto mid = values.begin() + size / 2;
    std::nth_element(values.begin(), mid, values.begin() + size);
    return *mid;
  }

  std::array<float, kValues> values_{};
  std::uint64_t count_ = 0;
  float median_ = 0;
  float mad_ = 0;
  Instant taught_at_{};
};

}  // namespace wardhive
