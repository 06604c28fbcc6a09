#include "testkit/fake_agent.h"

#include <algorithm>
#include <set>

namespace wardhive {
namespace {

constexpr std::uint32_t kWhole = 10'000;
constexpr std::uint32_t kLapsed = 1'000;

}  // namespace

std::vector<Receipt> FakeAgent::answer(const DesiredItem& item, Outcome outcome, bool verified,
                                       Instant at, std::string_view detail) const {
  if (manner == Manner::Mute) return {};
  return {Receipt{item.action, node(node_), outcome, verified, item.version, item.epoch, 900, at,
                  std::string(detail)}};
}

bool FakeAgent::stale(const DesiredItem& item) const {
  if (item.epoch < epoch_) return true;
  const auto known = entries_.find({item.control, item.key});
  return known != entries_.end() && known->second.item.epoch == item.epoch &&
         item.version < known->second.item.version;
}

std::vector<Receipt> FakeAgent::apply(const DesiredItem& item, Instant at, MonoTime now) {
  if (stale(item)) return answer(item, Outcome::Refused, false, at, "an older version or epoch");
  const auto done = item.present ? Outcome::Applied : Outcome::Removed;
  switch (manner) {
    case Manner::Failing:
      return answer(item, Outcome::Failed, false, at, "the control does not answer");
    case Manner::Refusing:
      return answer(item, Outcome::Refused, false, at, "not on this machine");
    case Manner::Lying:
      return answer(item, done, true, at, "read back");
    default:
      break;
  }
  epoch_ = item.epoch;
  auto& entry = entries_[{item.control, item.key}];
  if (entry.item.action == item.action && entry.item.version == item.version) {
    if (entry.lapsed) return answer(item, Outcome::Expired, true, at, "its time was up");
    return answer(item, done, true, at, "held already");
  }
  changes_ += entry.item.present != item.present || entry.item.share_bps != item.share_bps ||
              !entry.item.action;
  entry = {item, item.expires_in > Duration::zero() ? now + item.expires_in : MonoTime::max(),
           false};
  return answer(item, done, true, at, "read back");
}

std::vector<Receipt> FakeAgent::apply_full(std::span<const DesiredItem> items, Instant at,
                                           MonoTime now) {
  std::vector<Receipt> receipts;
  std::set<Key> named;
  for (const auto& item : items) {
    named.emplace(item.control, item.key);
    std::ranges::move(apply(item, at, now), std::back_inserter(receipts));
  }
  for (auto& [key, entry] : entries_) {
    if (!entry.item.present || entry.lapsed || named.contains(key)) continue;
    entry.item.present = false;
    ++changes_;
    std::ranges::move(answer(entry.item, Outcome::Removed, true, at, "no longer wanted"),
                      std::back_inserter(receipts));
  }
  return receipts;
}

std::vector<Receipt> FakeAgent::tick(Instant at, MonoTime now) {
  std::vector<Receipt> receipts;
  for (auto& [key, entry] : entries_) {
    if (!entry.item.present || entry.deadline > now) continue;
    entry.lapsed = true;
    entry.deadline = MonoTime::max();
    if (entry.item.verb == Verb::BanAddress)
      entry.item.present = false;
    else
      entry.item.share_bps = std::max(entry.item.share_bps, kLapsed);
    ++changes_;
    std::ranges::move(answer(entry.item, Outcome::Expired, true, at, "its time was up"),
                      std::back_inserter(receipts));
  }
  return receipts;
}

bool FakeAgent::bans(std::string_view address) const {
  const auto found = entries_.find({"nftables", std::string(address)});
  return found != entries_.end() && found->second.item.present;
}

std::uint32_t FakeAgent::share_bps_of(std::string_view subject) const {
  const auto found = entries_.find({"haproxy", std::string(subject)});
  return found == entries_.end() || !found->second.item.present ? kWhole
                                                                : found->second.item.share_bps;
}

std::size_t FakeAgent::held() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& e) { return e.second.item.present; }));
}

}  // namespace wardhive
