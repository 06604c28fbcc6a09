// Says how dangerous an entity is, and why: damped additive log-odds with decay.
//
//   weight   w = reliability * clip(kind weight * strength / 100, c_f), the n-th finding of one
//            (kind, subject, observer) within the repeat window counts w / sqrt(n), and no observer
//            adds more to one entity than its cap, all kinds together
//   claim    A <- A * 2^(-dt / half-life) + w per (kind, subject, observer). While it is raised it
//            does not decay, for at most the family's `hold`; then, or once cleared, it does
//   family   S = m * tanh(sum of A / m)
//   score    L = base + sum of S, each rounded to a thousandth so that the parts sum exactly;
//            value = round(100 / (1 + exp(-L)))
//   source   Wardhive risk model 1 (docs/decisions/0005-risk-model.md), after weights of evidence
//            (Good 1950)
//
// A cleared finding adds nothing and takes nothing away: evidence decays, or is settled.
//   time    only the stamps and the `now` handed in; an earlier one counts as the latest seen
//   memory  bounded: limits::kEntitiesScoredMax entities of at most kClaimsPerEntityMax claims; the
//           lowest go first, of equals the one that has been so for longest, counted. Forgotten a
//           day after the last finding, once nothing of it counts. Measured by risk_bench
//   replay  the same inputs give the same scores, and save/load in between changes nothing
//   thread  one
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "config/settings.h"
#include "model/journal.h"

namespace wardhive {

struct RiskStats {
  std::uint64_t entities = 0;
  std::uint64_t entities_dropped = 0;  // for lack of room
  std::uint64_t findings = 0;
  std::uint64_t claims_dropped = 0;  // an entity's weakest, for a stronger one, or the newcomer
  std::uint64_t allow_refused = 0;   // entries of an allow list that do not parse, or too many
};

class Risk {
 public:
  // A score at or above this is given out again whenever decay moves it, until it has fallen below.
  static constexpr std::uint8_t kFollowedFrom = 20;

  // InvalidInput if a setting is outside its range. `entities_max` is smaller in tests only.
  static Result<std::unique_ptr<Risk>> make(const Settings& settings,
                                            std::size_t entities_max = limits::kEntitiesScoredMax);
  virtual ~Risk() = default;

  // Finding, Inventory (its allow list), Command (allow, disallow) and Tick matter; other records
  // are passed over. `out` gets the score of the entity that the record speaks about, if it changed
  // anything there; on a Tick, those of kFollowedFrom or more that decay moved by a point, in the
  // order of their entities, at most limits::kScoresPerTickMax at once.
  virtual void record(const LoggedRecord& record, std::vector<Score>& out) = 0;
  // Derived by respond, fed back before the next record. A claim that was raised again after
  // `up_to` stays whole.
  virtual void settle(const Settlement& settlement, Instant now, std::vector<Score>& out) = 0;

  // Empty if nothing is known of the subject. `until_below` is empty below the release threshold.
  virtual std::optional<Score> score(const Entity& subject, Instant now) const = 0;
  // The `count` highest at `now`, highest first. Cost follows `count`, not the table.
  virtual std::vector<Score> top(std::size_t count, Instant now) const = 0;

  virtual std::string save() const = 0;
  // Corrupt, or Unsupported for another version; then nothing has changed.
  virtual Status load(std::string_view snapshot) = 0;
  virtual RiskStats stats() const = 0;
};

}  // namespace wardhive
