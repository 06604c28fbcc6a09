// An order about a node's quarantine, and how long it may be acted upon. Pure.
//
//   An order is renewed by being repeated, as the actuator does every two seconds while what it
//   sees disagrees. Nothing is signed, and no bytes are sent again, for an order that nobody
//   repeated lately, that has run out, or that was answered with a refusal: a chain that was out of
//   reach for an hour must not wake up what was reverted meanwhile.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "enforce/enforcers/chain_rules.h"

namespace wardhive {

class ChainOrder {
 public:
  // True if it is another order than the one before. `expires_in` counts from now.
  bool ask(bool present, std::uint64_t version, Duration expires_in, MonoTime now);
  // What was found while it was the order.
  void found(const NextStep& step);

  // `seconds` is the rest of its time.
  WantedQuarantine wanted(MonoTime now) const;
  bool is(const WantedQuarantine& wanted) const {
    return wanted.present == present_ && wanted.version == version_;
  }
  // Refuse or Over: the last word about this order. nullptr: none yet.
  const NextStep* end() const { return end_ ? &*end_ : nullptr; }

 private:
  bool present_ = false, was_held_ = false;
  std::uint64_t version_ = 0;
  MonoTime until_{}, asked_at_{};
  std::optional<NextStep> end_;
};

}  // namespace wardhive
