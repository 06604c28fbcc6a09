#include "monitor/detectors/anomaly_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wardhive {
namespace {

// Chosen by a random search of 250 steps on every second file of NAB, then rounded.
constexpr float kTailShape = 0.2f;
constexpr float kTailExcessRate = 0.025f;
constexpr float kTailQuantileRate = 0.2f;
constexpr float kTailExcessMax = 9;  // a giant teaches at most this many mean excesses
constexpr float kShortRate = 0.7f, kMidRate = 0.055f, kLongRate = 0.00045f, kDayRate = 0.4f;
constexpr float kRangeClosing = 0.0005f;
constexpr float kCourseGate = 11, kTailGate = 28;  // surprises above this teach less
constexpr float kOverallShare = 0.53f;
constexpr float kHabitPerAlarm = 1.75f, kHabitWeight = 0.13f, kHabitFade = 0.9991f,
                kEchoFade = 0.9994f;
constexpr float kAlarm = 2.2f;
constexpr float kQuantileSurprise = 1.7f;  // -log10(2 %)

constexpr float kValueMax = 1e30f;  // squares and sums of these stay finite

float tame(double value) {
  return static_cast<float>(std::clamp(value, -1.0 * kValueMax, 1.0 * kValueMax));
}
void approach(float& mean, float value, float rate) { mean += rate * (value - mean); }

}  // namespace

float Tail::surprise(float value) const {
  if (value <= quantile_) return quantile_ > 0 ? kQuantileSurprise * value / quantile_ : 0;
  const float excesses = (value - quantile_) / excess_;
  return kQuantileSurprise + std::log10(1 + kTailShape * excesses) / kTailShape;
}

void Tail::learn(float value, std::uint32_t seen, float weight) {
  if (seen < kEager) {
    quantile_ = std::max(quantile_, value);
    excess_ = quantile_ / 4;
  } else if (value > quantile_) {
    approach(excess_, std::min(value - quantile_, kTailExcessMax * excess_),
             kTailExcessRate * weight);
    quantile_ += kTailQuantileRate * weight * 0.98f * excess_;
  } else {
    quantile_ = std::max(0.0f, quantile_ - kTailQuantileRate * weight * 0.02f * excess_);
  }
  excess_ = std::max({excess_, 1e-4f * quantile_, 1e-12f});
}

bool Tail::is_sane() const {
  return quantile_ >= 0 && excess_ >= 0 && std::isfinite(quantile_) && std::isfinite(excess_);
}

bool AnomalyModel::is_sane() const {
  const auto finite = {last_,     before_last_, short_mean_, mid_mean_, long_mean_, short_dev_,
                       long_dev_, high_,        low_,        slot_sum_, habit_,     echo_};
  return std::isfinite(origin_) && slot_ <= kSlots && overall_.is_sane() &&
         std::all_of(finite.begin(), finite.end(), [](float f) { return std::isfinite(f); }) &&
         std::all_of(tails_.begin(), tails_.end(), [](const Tail& t) { return t.is_sane(); }) &&
         (!day_ || std::all_of(day_->mean.begin(), day_->mean.end(),
                               [](float f) { return std::isfinite(f); }));
}

float AnomalyModel::step(double value, Instant at) {
  if (seen_ == 0) origin_ = value;
  const float x = tame(value - origin_);
  const auto seconds_of_day = ((to_ns(at) / 1'000'000'000) % 86'400 + 86'400) % 86'400;
  const auto slot = static_cast<std::size_t>(seconds_of_day / 1'800);

  const auto features = measure(x, slot);
  const float surprise = surprise_of(features, slot);
  learn_tails(features, slot, surprise);
  const float score = score_of(surprise);
  learn_course(x, seen_ >= kWarmup && surprise > kCourseGate ? kCourseGate / surprise : 1);
  learn_day(x, slot);
  if (seen_ < std::numeric_limits<std::uint32_t>::max()) ++seen_;
  return score;
}

AnomalyModel::Features AnomalyModel::measure(float x, std::size_t slot) const {
  Features f{};
  if (seen_ == 0) return f;
  const float tiny = 1e-6f * (std::abs(x) + long_dev_) + 1e-9f;
  f[FarFromUsual] = std::abs(x - long_mean_);
  f[FarFromRecent] = std::abs(x - short_mean_);
  f[Jump] = std::abs(x - last_);
  f[Bend] = std::abs(x - 2 * last_ + before_last_);
  f[Liveliness] = std::abs(std::log((short_dev_ + tiny) / (long_dev_ + tiny)));
  f[Level] = std::abs(mid_mean_ - long_mean_);
  f[OffDaily] = knows_day(slot) ? std::abs(x - day_->mean[slot]) : 0;
  f[OutOfRange] = std::max({0.0f, x - high_, low_ - x});
  return f;
}

float AnomalyModel::surprise_of(const Features& features, std::size_t slot) {
  float most = 0;
  reason_ = FarFromUsual;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    if (i == OffDaily && (!knows_day(slot) || day_seen_ < kWarmup)) continue;
    const float s = tails_[i].surprise(features[i]);
    if (s <= most) continue;
    most = s;
    reason_ = static_cast<Feature>(i);
  }
  return std::min(most, std::log10(static_cast<float>(seen_) + 1) + 2);
}

void AnomalyModel::learn_tails(const Features& features, std::size_t slot, float surprise) {
  const float weight = seen_ >= kWarmup && surprise > kTailGate ? kTailGate / surprise : 1;
  for (std::size_t i = 0; i < kFeatures; ++i)
    if (i != OffDaily) tails_[i].learn(features[i], seen_, weight);
  if (!knows_day(slot)) return;
  tails_[OffDaily].learn(features[OffDaily], day_seen_, weight);
  if (day_seen_ < kWarmup) ++day_seen_;
}

float AnomalyModel::score_of(float surprise) {
  const float most = std::log10(static_cast<float>(seen_) + 1) + 2;
  const float calibrated = std::min(overall_.surprise(surprise), most);
  if (seen_ >= Tail::kEager) overall_.learn(surprise, seen_ - Tail::kEager, 1);
  habit_ *= kHabitFade;
  echo_ *= kEchoFade;
  if (seen_ < kWarmup) return 0;
  const float level =
      ((1 - kOverallShare) * surprise + kOverallShare * calibrated) / (1 + kHabitWeight * habit_);
  if (level <= echo_) return 0;
  if (level > kAlarm) {
    habit_ += kHabitPerAlarm;
    echo_ = level;
  }
  return level / kAlarm;
}

void AnomalyModel::learn_course(float x, float weight) {
  if (seen_ == 0) {
    last_ = before_last_ = high_ = low_ = x;
  }
  const float first = 1 / (static_cast<float>(seen_) + 1);
  const float from_usual = std::abs(x - long_mean_), step = std::abs(x - last_);
  const float long_rate = std::max(kLongRate, first) * weight;
  approach(long_mean_, x, long_rate);
  approach(long_dev_, from_usual, long_rate);
  approach(mid_mean_, x, std::max(kMidRate, first));
  approach(short_mean_, x, std::max(kShortRate, first));
  approach(short_dev_, step, std::max(kMidRate, first));
  const float widen = std::max(weight, 0.1f);
  high_ += x > high_ ? (x - high_) * widen : -kRangeClosing * (high_ - x);
  low_ += x < low_ ? (x - low_) * widen : kRangeClosing * (x - low_);
  before_last_ = last_;
  last_ = x;
}

void AnomalyModel::learn_day(float x, std::size_t slot) {
  if (slot != slot_) {
    if (slot_ < kSlots && slot_count_ > 0 && (day_ || slot < slot_)) {
      if (!day_) day_ = std::make_unique<Day>();
      auto& days = day_->count[slot_];
      const float rate = std::max(kDayRate, 1 / (static_cast<float>(days) + 1));
      approach(day_->mean[slot_], slot_sum_ / static_cast<float>(slot_count_), rate);
      if (days < 255) ++days;
    }
    slot_ = static_cast<std::uint8_t>(slot);
    slot_sum_ = 0;
    slot_count_ = 0;
  }
  slot_sum_ = tame(slot_sum_ + x);
  ++slot_count_;
}

}  // namespace wardhive
