// Says how dangerous an entity is, and why: damped additive log-odds with decay.
//
//   weight   w = reliability * clip(kind weight * strength / 100, c_f), the n-th finding of one
//            (kind, subject, observer) within the repeat window counts w / sqrt(n)
//   family   A <- A * 2^(-dt / half-life) + w;  S = m * tanh(A / m)
//   score    L = base + sum of S, each rounded to a thousandth so that the parts sum exactly;
//            value = round(100 / (1 + exp(-L)))
//   source   Wardhive risk model 1 (docs/decisions), after weights of evidence (Good 1950)
//
// A cleared finding adds nothing and takes nothing away: evidence decays, or is settled.
//   time    only the `now` handed in, never going back
//   memory  bounded: limits::kEntitiesScoredMax; the lowest and oldest are dropped first, counted
//   thread  one
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "model/journal.h"

namespace wardhive {

struct RiskStats {
  std::uint64_t entities = 0;
  std::uint64_t entities_dropped = 0;
  std::uint64_t findings = 0;
};

class Risk {
 public:
  static Result<std::unique_ptr<Risk>> make(const Settings& settings);
  virtual ~Risk() = default;

  // Finding, Inventory (allow list, own addresses), Command (allow, disallow) and Tick matter;
  // other records are passed over. `out` gets the score of each entity whose integer value changed
  // by this record; on a Tick those that decay moved since they were last given out.
  virtual void record(const LoggedRecord& record, std::vector<Score>& out) = 0;
  // Derived by respond, fed back before the next record.
  virtual void settle(const Settlement& settlement, Instant now, std::vector<Score>& out) = 0;

  virtual std::optional<Score> score(const Entity& subject, Instant now) const = 0;
  // The `count` highest at `now`, highest first.
  virtual std::vector<Score> top(std::size_t count, Instant now) const = 0;

  virtual std::string save() const = 0;
  virtual Status load(std::string_view snapshot) = 0;
  virtual RiskStats stats() const = 0;
};

}  // namespace wardhive
