// Who looks at a node right now, and what they say. "Observer failed" must never read as "subject
// failed": an observer that fails to see more than its share of its targets does not count.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "respond/state.h"

namespace wardhive::respond {

// What the vantages of one node say. A vantage is an observer, other than the node itself, with a
// fresh Health of it and eyes of its own.
struct Verdict {
  std::uint32_t looking = 0;   // vantages
  std::uint32_t claiming = 0;  // of these, with a raised claim
  std::uint32_t healthy = 0;   // of these, who see it well
  bool proven = false;         // one that claims sees another node well at the same time
  bool silent = false;         // its own agent is not heard: no vantage, but no health either
  std::vector<std::string> blind;

  bool all_well() const { return claiming == 0 && healthy == looking && !silent; }
};

class Vantages {
 public:
  // Looks once over all views: O(nodes * vantages).
  Vantages(const State& state, const Settings& settings, Instant now);

  // `kinds`: claims that count.
  Verdict of(std::string_view node, const std::vector<FindingKind>& kinds) const;
  // At least one vantage sees it well, and fewer than vantages_agree speak against it.
  bool serving(std::string_view node) const;
  bool blind(std::string_view observer) const { return blind_.contains(observer); }

 private:
  struct Eyes {
    std::uint32_t targets = 0;
    std::uint32_t failing = 0;
    std::set<std::string, std::less<>> well;  // at most two, to know whether another one is
  };
  bool fresh(const Health& health) const;

  const State& state_;
  const Settings& settings_;
  Instant now_;
  std::map<std::string, Eyes, std::less<>> eyes_;
  std::set<std::string, std::less<>> blind_;
};

// A probe's claim, not the node's own silence.
inline bool seen_from_outside(const Finding& claim) {
  return claim.kind != FindingKind::Silent && claim.observer != claim.subject;
}

}  // namespace wardhive::respond
