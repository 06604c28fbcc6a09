#include "enforce/enforcers/chain_order.h"

#include <algorithm>

namespace wardhive {
namespace {

// Twice missed is no longer asked.
constexpr Duration kFresh = seconds(5);

}  // namespace

bool ChainOrder::ask(bool present, std::uint64_t version, Duration expires_in, MonoTime now) {
  const bool other = present != present_ || version != version_ || asked_at_ == MonoTime{};
  if (other) *this = {};
  present_ = present;
  version_ = version;
  asked_at_ = now;
  // What was there is never made longer.
  until_ = other ? now + expires_in : std::min(until_, now + expires_in);
  return other;
}

void ChainOrder::found(const NextStep& step) {
  if (step.kind == NextStep::Kind::Refuse || step.kind == NextStep::Kind::Over) end_ = step;
  if (step.kind == NextStep::Kind::Holds) was_held_ = true;
}

WantedQuarantine ChainOrder::wanted(MonoTime now) const {
  const auto left = std::max(until_ - now, Duration::zero());
  const bool asked = asked_at_ != MonoTime{} && now - asked_at_ <= kFresh;
  return {.present = present_,
          .seconds = static_cast<std::uint64_t>(to_seconds(left)),
          .version = version_,
          .may_sign = asked && !end_ && (!present_ || left > Duration::zero()),
          .was_held = was_held_};
}

}  // namespace wardhive
