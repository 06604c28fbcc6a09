// Limits over time, by what was allowed before.
#include <fmt/format.h>

#include <algorithm>

#include "chain/check.h"

namespace wardhive::chain {
namespace {

std::uint64_t spent_of(const CheckHistory& history, std::string_view asset) {
  std::uint64_t sum = 0;
  for (const auto& one : history.spent)
    for (const auto& money : one.leaves)
      if (money.asset == asset)
        sum = money.units > UINT64_MAX - sum ? UINT64_MAX : sum + money.units;
  return sum;
}

// nullopt: the policy sets no limit over time for it.
std::optional<std::uint64_t> window_limit(const CheckPolicy& policy, std::string_view asset) {
  const auto set = [](std::uint64_t limit) {
    return limit == 0 ? std::nullopt : std::optional(limit);
  };
  if (asset == "SOL") return set(policy.window.lamports);
  for (const auto& [mint, token] : policy.tokens)
    if (mint.text() == asset) return set(token.window_units);
  return std::nullopt;
}

}  // namespace

void check_window(const CheckPolicy& policy, Instant now, CheckHistory& history,
                  CheckReport& report) {
  std::erase_if(history.spent, [&](const CheckSpent& one) {
    return one.at <= now && now - one.at > policy.window.duration;
  });
  const bool again = std::ranges::any_of(history.spent, [&](const CheckSpent& one) {
    return one.message_hash == report.message_hash;
  });
  for (const auto& money : report.leaves) {
    const auto limit = window_limit(policy, money.asset);
    if (!limit || again) continue;
    const auto spent = spent_of(history, money.asset);
    if (spent <= *limit && money.units <= *limit - spent) continue;
    report.refusals.push_back(
        {"window",
         fmt::format("{} units of {} leave and {} did in the last {} s; {} are allowed",
                     money.units, money.asset, spent,
                     static_cast<std::uint64_t>(to_seconds(policy.window.duration)), *limit)});
  }
  if (!report.allowed() || again) return;
  if (history.spent.size() >= kCheckHistoryMax) {
    report.refusals.push_back({"window", fmt::format("{} transactions were allowed within the "
                                                     "window; that is as many as are counted",
                                                     history.spent.size())});
    return;
  }
  history.spent.push_back({now, report.message_hash, report.leaves});
}

}  // namespace wardhive::chain
