// A budget per peer: `rate` per second on average, `burst` at once. Generic cell rate algorithm
// (ITU-T I.371): one time per key, nothing to refill.
//
//   any thread; O(1); at most limits::kSourcesTrackedMax keys: a full table forgets the keys whose
//   budget is whole again, and refuses new ones if there are none (counted)
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace wardhive {

class RateLimiter {
 public:
  RateLimiter(std::uint32_t per_second, std::uint32_t burst);

  // True if `cost` more fits the key's budget, which is then taken. A cost above the burst fits a
  // whole budget and is paid off before the next.
  bool admit(std::string_view key, std::uint64_t cost, MonoTime now);
  std::uint64_t refused() const;

 private:
  const Duration interval_;   // of one unit
  const Duration tolerance_;  // interval * burst
  mutable std::mutex mutex_;
  std::unordered_map<std::string, MonoTime> full_at_;  // when the key's budget is whole again
  std::uint64_t refused_ = 0;
};

}  // namespace wardhive
