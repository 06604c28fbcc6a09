// A playbook: what starts an incident and which steps contain it. Strict, linear YAML; no
// expressions. Steps run in order; each is a verb of decisions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/journal.h"

namespace wardhive {

enum class PlaybookScope { Reporter, Gateways, Fleet, Chain };  // which agents act
WARDHIVE_NAMES(PlaybookScope, "reporter", "gateways", "fleet", "chain")
enum class Recovery { Expire, Staged };  // lets the effect lapse, or verifies and returns in stages
WARDHIVE_NAMES(Recovery, "expire", "staged")

struct PlaybookStep {
  Verb verb = Verb::Notify;
  PlaybookScope on = PlaybookScope::Reporter;
};

struct Playbook {
  std::string name;
  std::uint32_t version = 1;
  std::string severity;            // attack, breach, policy, suspicious: sets the deadline
  std::vector<FindingKind> kinds;  // trigger
  std::uint32_t score_min = 0;     // 0: the verb's own threshold
  Duration hold{};                 // `for`: the score must stay there this long first
  std::vector<PlaybookStep> steps;
  Recovery recovery = Recovery::Expire;
  std::string digest;  // first 12 hex digits of the SHA-256 of the text
};

inline bool acts_on_chain(const Playbook& book) {
  return std::ranges::any_of(
      book.steps, [](const PlaybookStep& step) { return step.on == PlaybookScope::Chain; });
}

// 30 s attack, 1 min breach, 5 min policy, 15 min suspicious.
Duration deadline_of(std::string_view severity);

// InvalidInput "FILE:LINE: ..." for an unknown or repeated key, an absent one, a verb that does not
// fit its trigger (ban_address needs an address's finding), staged recovery without a drain, a
// scope that is not the verb's.
Result<Playbook> parse_playbook(std::string_view yaml, std::string_view file_name);

}  // namespace wardhive
