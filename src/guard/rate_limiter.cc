#include "guard/rate_limiter.h"

#include <algorithm>

#include "base/limits.h"

namespace wardhive {

RateLimiter::RateLimiter(std::uint32_t per_second, std::uint32_t burst)
    : interval_(seconds(1) / std::max(per_second, 1u)),
      tolerance_(interval_ * std::max(burst, 1u)) {}

bool RateLimiter::admit(std::string_view key, std::uint64_t cost, MonoTime now) {
  const std::lock_guard lock(mutex_);
  auto it = full_at_.find(std::string(key));
  if (it == full_at_.end()) {
    if (full_at_.size() >= limits::kSourcesTrackedMax)
      std::erase_if(full_at_, [&](const auto& entry) { return entry.second <= now; });
    if (full_at_.size() >= limits::kSourcesTrackedMax) {
      ++refused_;
      return false;
    }
    it = full_at_.emplace(key, now).first;
  }
  const auto start = std::max(it->second, now);
  const auto price =
      std::min(interval_ * static_cast<std::int64_t>(std::min<std::uint64_t>(cost, 1'000'000'000)),
               hours(1));
  const bool whole = start == now;
  if (!whole && start + price - now > tolerance_) {
    ++refused_;
    return false;
  }
  it->second = start + price;
  return true;
}

std::uint64_t RateLimiter::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace wardhive
