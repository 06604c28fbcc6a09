#include "respond/evidence.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/limits.h"

namespace wardhive::respond {
namespace {

constexpr Duration kDismissedMax = hours(1);

bool wanted(const std::vector<FindingKind>& kinds, FindingKind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// Enough observers speak against it, blind or not: what the storm brake counts.
void mark_suspect(Step& s, Suspect& suspect) {
  std::set<std::string> observers;
  for (const auto& claim : suspect.claims) observers.insert(claim.observer.text());
  const bool agree = observers.size() >= s.rails().vantages_agree;
  if (!agree)
    suspect.suspect_since = {};
  else if (suspect.suspect_since == Instant{})
    suspect.suspect_since = s.now;
}

void drop_if_empty(Step& s, std::map<std::string, Suspect>::iterator suspect) {
  if (suspect->second.claims.empty())
    s.state.suspects.erase(suspect);
  else
    mark_suspect(s, suspect->second);
}

// Observers tell of one fault one after the other, and of its slowness before its errors.
bool of_one_fault(FindingKind a, FindingKind b) {
  const auto fault = [](FindingKind kind) {
    switch (kind) {
      case FindingKind::ErrorRateShift:
        return FindingKind::LatencyShift;
      case FindingKind::Unreachable:
        return FindingKind::Silent;
      default:
        return kind;
    }
  };
  return fault(a) == fault(b);
}

// What a person dismissed, or the rest of the same fault. An observer that never takes its word
// back does not make it last longer than kDismissedMax.
bool exonerated(Step& s, const Finding& finding) {
  const auto found = s.state.pasts.find(finding.subject.text());
  if (found == s.state.pasts.end() || found->second.exonerated_to == Instant{}) return false;
  auto& past = found->second;
  const auto& mine = finding.observer.name;
  const bool same_fault =
      s.now - past.exonerated_to < kDismissedMax &&
      std::ranges::any_of(
          past.dismissed, [&](const Dismissed& d) { return of_one_fault(d.kind, finding.kind); });
  if (finding.since > past.exonerated_to && !same_fault) return false;
  const bool known = std::ranges::any_of(past.dismissed, [&](const Dismissed& d) {
    return d.kind == finding.kind && d.observer == mine;
  });
  if (same_fault && !known && past.dismissed.size() < limits::kClaimsPerSuspectMax)
    past.dismissed.push_back({finding.kind, mine});
  return true;
}

void forget_dismissed(Step& s, const Finding& cleared) {
  const auto past = s.state.pasts.find(cleared.subject.text());
  if (past == s.state.pasts.end()) return;
  std::erase_if(past->second.dismissed, [&](const Dismissed& d) {
    return d.kind == cleared.kind && d.observer == cleared.observer.name;
  });
}

bool raise(Step& s, const Finding& finding) {
  if (exonerated(s, finding)) return false;
  auto& suspects = s.state.suspects;
  const auto key = finding.subject.text();
  if (suspects.size() >= limits::kSuspectsMax && !suspects.contains(key)) {
    ++s.state.incidents_refused;
    return false;
  }
  auto& suspect = suspects[key];
  const auto same =
      std::find_if(suspect.claims.begin(), suspect.claims.end(), [&](const Finding& claim) {
        return claim.kind == finding.kind && claim.observer == finding.observer;
      });
  if (same != suspect.claims.end())
    *same = finding;
  else if (suspect.claims.size() < limits::kClaimsPerSuspectMax)
    suspect.claims.push_back(finding);
  mark_suspect(s, suspect);
  return true;
}

}  // namespace

bool take_finding(Step& s, const Finding& finding) {
  s.forget_vantages();
  if (finding.phase == FindingPhase::Raised) return raise(s, finding);
  forget_dismissed(s, finding);
  const auto suspect = s.state.suspects.find(finding.subject.text());
  if (suspect == s.state.suspects.end()) return false;
  std::erase_if(suspect->second.claims, [&](const Finding& claim) {
    return claim.kind == finding.kind && claim.observer == finding.observer;
  });
  drop_if_empty(s, suspect);
  return true;
}

void take_scores(Step& s, std::span<const Score> scores) {
  for (const auto& score : scores) {
    const auto suspect = s.state.suspects.find(score.subject.text());
    if (suspect != s.state.suspects.end()) suspect->second.score = score;
  }
}

std::vector<const Finding*> claims_for(const State& state, const Entity& subject,
                                       const std::vector<FindingKind>& kinds) {
  std::vector<const Finding*> claims;
  const auto suspect = state.suspects.find(subject.text());
  if (suspect == state.suspects.end()) return claims;
  for (const auto& claim : suspect->second.claims)
    if (wanted(kinds, claim.kind)) claims.push_back(&claim);
  std::sort(claims.begin(), claims.end(), [](const Finding* a, const Finding* b) {
    return std::tie(b->strength, a->kind, a->observer) <
           std::tie(a->strength, b->kind, b->observer);
  });
  return claims;
}

const Score* score_of(const State& state, const Entity& subject) {
  const auto suspect = state.suspects.find(subject.text());
  return suspect == state.suspects.end() || !suspect->second.score ? nullptr
                                                                   : &*suspect->second.score;
}

void drop_claims(Step& s, const Entity& subject, const std::vector<FindingKind>& kinds) {
  s.forget_vantages();
  const auto suspect = s.state.suspects.find(subject.text());
  if (suspect == s.state.suspects.end()) return;
  std::erase_if(suspect->second.claims,
                [&](const Finding& claim) { return wanted(kinds, claim.kind); });
  suspect->second.score.reset();
  suspect->second.over_since.clear();
  drop_if_empty(s, suspect);
}

void exonerate(Step& s, const Entity& subject) {
  s.forget_vantages();
  auto& past = past_of(s, subject);
  past.exonerated_to = s.now;
  const auto suspect = s.state.suspects.find(subject.text());
  if (suspect == s.state.suspects.end()) return;
  if (subject.kind == EntityKind::Node)
    for (const auto& claim : suspect->second.claims)
      if (past.dismissed.size() < limits::kClaimsPerSuspectMax)
        past.dismissed.push_back({claim.kind, claim.observer.name});
  s.state.suspects.erase(suspect);
}

bool triggered(Step& s, const Entity& subject, const Playbook& book, std::uint8_t threshold) {
  const auto suspect = s.state.suspects.find(subject.text());
  if (suspect == s.state.suspects.end()) return false;
  auto& [claims, score, over_since, unused] = suspect->second;
  const bool claimed = std::any_of(claims.begin(), claims.end(), [&](const Finding& claim) {
    return wanted(book.kinds, claim.kind);
  });
  const bool over = claimed && (threshold == 0 || (score && score->value >= threshold));
  if (!over) {
    over_since.erase(book.name);
    return false;
  }
  return s.now - over_since.try_emplace(book.name, s.now).first->second >= book.hold;
}

Past& past_of(Step& s, const Entity& subject) {
  auto& pasts = s.state.pasts;
  const auto key = subject.text();
  if (pasts.size() >= limits::kPastsMax && !pasts.contains(key)) {
    const auto oldest = std::min_element(
        pasts.begin(), pasts.end(),
        [](const auto& a, const auto& b) { return a.second.touched < b.second.touched; });
    pasts.erase(oldest);
  }
  auto& past = pasts[key];
  past.touched = s.now;
  return past;
}

}  // namespace wardhive::respond
