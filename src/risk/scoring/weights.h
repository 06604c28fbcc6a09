// The risk settings as the arithmetic wants them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "model/entity.h"

namespace wardhive::scoring {

inline constexpr std::size_t kFamilies = 6;
inline constexpr std::size_t kKinds = 11;

struct Family {
  std::string_view name;  // as in the settings
  double half_life_ns = 0;
  std::int64_t hold_ns = 0;
  double cap = 0;  // m, log-odds
  bool learned = false;
};

struct Weights {
  explicit Weights(const Settings& settings);

  std::array<Family, kFamilies> families;
  std::array<std::uint8_t, kKinds> family_of;  // index of FindingKind
  std::array<double, kKinds> full;  // log-odds of a finding of full strength, before the clip
  double reliability = 0;
  double clip = 0;
  std::int64_t repeat_window_ns = 0;
  std::uint32_t release_threshold = 0;
  std::string model;  // name, version and digest of all of this

  std::int32_t base_milli(const Entity& subject) const {
    return is_outside(subject) ? base_address_ : base_node_;
  }
  double reporter_cap(const Entity& subject) const {
    return is_outside(subject) ? cap_address_ : cap_node_;
  }
  // Of one finding alone, log-odds.
  double of(FindingKind kind, std::uint8_t strength) const;

 private:
  // What is not ours to drain: one observer's word is enough to look suspicious.
  static bool is_outside(const Entity& subject) {
    return subject.kind == EntityKind::Address || subject.kind == EntityKind::Account;
  }
  std::int32_t base_address_ = 0;
  std::int32_t base_node_ = 0;
  double cap_address_ = 0;
  double cap_node_ = 0;
};

}  // namespace wardhive::scoring
