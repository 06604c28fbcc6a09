// How odd is the next value of one series? Univariate, streaming, strictly causal: nothing is known
// of the series but what came before.
//
//   1. features: distances of the value from what was usual (long mean, short mean, last value,
//      course, range, half hour of the day), and changes of level and of liveliness
//   2. each feature has its own tail: about -log10 of the share of past values that were as large.
//      This puts bytes, percent and counts on one scale
//   3. the largest of them, calibrated once more by its own past, is the surprise. It cannot pass
//      what the past could know: a hundred values do not tell one in a million
//   4. each alarm raises the bar for a while (a series that is often odd is less surprising), and
//      echoes weaker than the last alarm score 0
//   5. what is odd teaches less, the odder the less
//
//   score  1 is odd: about one value in 1,000 of noise of any distribution gets there (2 to 3 in
//   its
//          first 500 values). NAB, standard: 50.4 at this threshold, 53.1 at the one that fits its
//          labels best (bench/nab_score.py); parameters were chosen on one half of its files
//   cost   about 0.2 us per value; 168 bytes, and 248 more once the series is older than a day
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/codec.h"
#include "base/time.h"

namespace wardhive {

// The upper tail of what was seen: a 98 % quantile, and the mean excess above it (generalised
// Pareto of fixed shape, so that a single giant does not bend it).
class Tail {
 public:
  static constexpr std::uint32_t kEager = 60;  // the largest of these starts as the quantile
  float surprise(float value) const;           // at least 0
  // `seen` values were learnt before; `weight` in [0, 1].
  void learn(float value, std::uint32_t seen, float weight);
  bool is_sane() const;

 private:
  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, Tail>
  friend void state_fields(Self& self, V& v) {
    v(self.quantile_);
    v(self.excess_);
  }
  float quantile_ = 0;
  float excess_ = 0;
};

class AnomalyModel {
 public:
  enum Feature : std::uint8_t {
    FarFromUsual,
    FarFromRecent,
    Jump,
    Bend,
    Liveliness,
    Level,
    OffDaily,
    OutOfRange,
    kFeatures
  };
  static constexpr std::uint32_t kWarmup = 100;  // values that only teach

  // The score of `value`; 0 is usual.
  float step(double value, Instant at);
  std::uint32_t seen() const { return seen_; }
  double usual() const { return origin_ + static_cast<double>(long_mean_); }
  Feature reason() const {
    return reason_;
  }  // which feature was the most surprising in the last step
  std::size_t bytes() const { return sizeof *this + (day_ ? sizeof *day_ + 16 : 0); }
  bool is_sane() const;

 private:
  static constexpr std::size_t kSlots = 48;  // half hours of the day
  struct Day {
    std::array<float, kSlots> mean{};
    std::array<std::uint8_t, kSlots> count{};  // days that went into it, at most 255
  };
  using Features = std::array<float, kFeatures>;

  Features measure(float x, std::size_t slot) const;
  bool knows_day(std::size_t slot) const { return day_ && day_->count[slot] >= 2; }
  float surprise_of(const Features& features, std::size_t slot);
  void learn_tails(const Features& features, std::size_t slot, float surprise);
  void learn_course(float x, float weight);
  void learn_day(float x, std::size_t slot);
  float score_of(float surprise);

  template <class Self, class V>
    requires std::same_as<std::remove_const_t<Self>, AnomalyModel>
  friend void state_fields(Self& self, V& v) {
    v(self.origin_);
    v(self.seen_);
    v(self.day_seen_);
    for (auto* f : {&self.last_, &self.before_last_, &self.short_mean_, &self.mid_mean_,
                    &self.long_mean_, &self.short_dev_, &self.long_dev_, &self.high_, &self.low_,
                    &self.slot_sum_, &self.habit_, &self.echo_})
      v(*f);
    v(self.slot_count_);
    v(self.slot_);
    v(self.tails_);
    v(self.overall_);
    bool has_day = self.day_ != nullptr;
    v(has_day);
    if constexpr (!std::is_const_v<Self>)
      if (has_day) self.day_ = std::make_unique<Day>();
    if (!has_day) return;
    v(self.day_->mean);
    v(self.day_->count);
  }

  double origin_ = 0;  // the first value: floats count from here
  std::uint32_t seen_ = 0;
  std::uint32_t day_seen_ = 0;  // values that had a known half hour
  float last_ = 0, before_last_ = 0;
  float short_mean_ = 0, mid_mean_ = 0, long_mean_ = 0;
  float short_dev_ = 0, long_dev_ = 0;  // mean |step|, mean |distance from the long mean|
  float high_ = 0, low_ = 0;            // the range, slowly closing in
  float slot_sum_ = 0;
  float habit_ = 0, echo_ = 0;
  std::uint32_t slot_count_ = 0;
  std::uint8_t slot_ = kSlots;  // of the last value
  Feature reason_ = FarFromUsual;
  std::array<Tail, kFeatures> tails_{};
  Tail overall_;
  std::unique_ptr<Day> day_;
};

}  // namespace wardhive
