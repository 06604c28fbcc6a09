#include "model/proposal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wardhive {
namespace {

constexpr std::size_t kSha256Digits = 64;

std::unexpected<Error> not_fit(std::string_view field, std::string_view found,
                               std::string_view expected) {
  return fail(ErrorCode::InvalidInput,
              fmt::format("{}: found \"{}\", expected {}", field, found.substr(0, 64), expected));
}

Status check_incident(const ChainAct& act) {
  if (std::ranges::count(kChargeCategories, act.category) == 0)
    return not_fit("category", act.category, fmt::format("{}", fmt::join(kChargeCategories, ", ")));
  const auto place = std::ranges::find(kChargeCategories, act.category) - kChargeCategories.begin();
  const auto most = kChargeMostBps[static_cast<std::size_t>(place)];
  if (act.claim_bps == 0 || act.claim_bps > most)
    return not_fit("claim_bps", fmt::format("{}", act.claim_bps),
                   fmt::format("1 to {} for {}", most, act.category));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (act.evidence.size() != kSha256Digits || !std::ranges::all_of(act.evidence, is_hex))
    return not_fit("evidence", act.evidence, "a SHA-256 in 64 hex digits");
  return ok();
}

Status check_pause(const ChainAct& act) {
  if (act.parts.empty())
    return not_fit("parts", "", fmt::format("some of {}", fmt::join(kPausableParts, ", ")));
  for (const auto& part : act.parts) {
    if (part == "withdraw")
      return not_fit("parts", part, "another part: only guardians stop withdrawals");
    if (std::ranges::count(kPausableParts, part) == 0)
      return not_fit("parts", part, fmt::format("some of {}", fmt::join(kPausableParts, ", ")));
  }
  if (act.lasts < kPauseLeast || act.lasts > kPauseMost ||
      act.lasts % seconds(1) != Duration::zero())
    return not_fit("lasts", format_duration(act.lasts), "60s to 1h, in whole seconds");
  return ok();
}

}  // namespace

Status check_act(const ChainAct& act) {
  const bool about_node = act.kind != ActKind::Pause;
  if (about_node != (act.target.kind == EntityKind::Node) ||
      (about_node && !valid_node_name(act.target.name)))
    return not_fit("target", act.target.text(), about_node ? "node/NAME" : "fleet/");
  switch (act.kind) {
    case ActKind::ReleaseNode:
      return act.incident != 0
                 ? ok()
                 : not_fit("incident", "0",
                           "the number of the quarantine (last_incident of the node)");
    case ActKind::OpenIncident:
      return check_incident(act);
    case ActKind::Pause:
      return check_pause(act);
  }
  return not_fit("kind", "?", "release_node, open_incident or pause");
}

ChainAct normal_form(ChainAct act) {
  ChainAct same{
      .kind = act.kind, .target = std::move(act.target), .account = std::move(act.account)};
  switch (act.kind) {
    case ActKind::ReleaseNode:
      same.incident = act.incident;
      break;
    case ActKind::OpenIncident:
      same.category = std::move(act.category);
      same.claim_bps = act.claim_bps;
      same.evidence = std::move(act.evidence);
      break;
    case ActKind::Pause:
      for (const auto part : kPausableParts)
        if (std::ranges::count(act.parts, part) != 0) same.parts.emplace_back(part);
      same.lasts = act.lasts;
      break;
  }
  return same;
}

std::string words_of(const ChainAct& act) {
  switch (act.kind) {
    case ActKind::ReleaseNode:
      return fmt::format("release {} from quarantine {}", act.target.name, act.incident);
    case ActKind::OpenIncident:
      return fmt::format("accuse {} of {}, claiming {}.{:02} % of its stake", act.target.name,
                         act.category, act.claim_bps / 100, act.claim_bps % 100);
    case ActKind::Pause:
      return fmt::format("pause {} for {}", fmt::join(act.parts, ", "), format_duration(act.lasts));
  }
  return "?";
}

}  // namespace wardhive
