// How many events lie within a window of slots, and how many usually do. The window is counted in
// 30 parts, so it is exact to 1/30; the usual forgets half in a day of slots (216,000 of 400 ms).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/codec.h"

namespace wardhive {

class SlotRate {
 public:
  static constexpr std::uint64_t kDay = 216'000;

  // False if `slot` is before the window: not counted.
  bool add(std::uint64_t slot, std::uint64_t window, std::uint32_t count = 1) {
    const auto part = slot / part_size(window);
    if (part > newest_) advance(part, window);
    if (newest_ - part >= kParts) return false;
    auto& in_part = counts_[part % kParts];
    in_part += std::min(count, UINT32_MAX - in_part);
    return true;
  }
  std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const auto c : counts_) sum += c;
    return sum;
  }
  // Per window, of before it.
  double usual() const { return usual_; }

 private:
  static constexpr std::uint64_t kParts = 30;
  static std::uint64_t part_size(std::uint64_t window) {
    return std::max(window / kParts, std::uint64_t{1});
  }

  // Parts that leave the window become what is usual.
  void advance(std::uint64_t part, std::uint64_t window) {
    const auto keep =
        std::exp2(-static_cast<double>(part_size(window)) / static_cast<double>(kDay));
    const auto steps = newest_ == 0 ? kParts : std::min(part - newest_, kParts);
    for (std::uint64_t i = 1; i <= steps; ++i) {
      auto& leaves = counts_[(newest_ + i) % kParts];
      usual_ = usual_ * keep + (1 - keep) * static_cast<double>(leaves) * kParts;
      leaves = 0;
    }
    if (newest_ != 0 && part - newest_ > kParts)
      usual_ *= std::pow(keep, static_cast<double>(part - newest_ - kParts));
    newest_ = part;
  }

  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, SlotRate>
  friend void state_fields(Self& self, V& v) {
    v(self.newest_);
    v(self.usual_);
    v(self.counts_);
    if constexpr (!std::is_const_v<Self>)
      if (!(self.usual_ >= 0 && self.usual_ < 1e15)) v.fail();
  }

  std::uint64_t newest_ = 0;  // part
  double usual_ = 0;
  std::array<std::uint32_t, kParts> counts_{};
};

}  // namespace wardhive
