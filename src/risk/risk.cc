#include "risk/risk.h"

#include <algorithm>

#include "base/codec.h"
#include "config/config.h"
#include "risk/scoring/allow_list.h"
#include "risk/scoring/entities.h"
#include "risk/scoring/explain.h"
#include "risk/scoring/snapshot.h"

namespace wardhive {
namespace {

using scoring::Claims;
using scoring::Ns;
using scoring::Scored;

constexpr Ns kSecond = 1'000'000'000;
constexpr Ns kRemembered = 24 * 3'600 * kSecond;  // after the last finding, even if nothing counts

class RiskStage final : public Risk {
 public:
  RiskStage(const Settings& settings, std::size_t entities_max)
      : weights_(settings),
        entities_max_(entities_max),
        state_(std::make_unique<scoring::State>(entities_max)) {}

  void record(const LoggedRecord& record, std::vector<Score>& out) override {
    const Ns now = advance(record.at);
    std::visit([&](const auto& noun) { take(noun, now, out); }, record.record);
  }

  void settle(const Settlement& settlement, Instant at, std::vector<Score>& out) override {
    const Ns now = advance(at);
    auto* scored = entities().find(settlement.subject);
    if (scored != nullptr && scoring::settle_claims(scored->claims, to_ns(settlement.up_to)))
      give(*scored, now, out);
  }

  std::optional<Score> score(const Entity& subject, Instant at) const override {
    const auto* scored = entities().find(subject);
    if (scored == nullptr) return std::nullopt;
    return explain(*scored, clamped(at));
  }

  std::vector<Score> top(std::size_t count, Instant at) const override {
    const Ns now = clamped(at);
    std::vector<Score> scores;
    // Ranks are as old as the last tick: finish the rank that `count` falls into, then sort.
    std::uint8_t last = 0;
    entities().for_ranked([&](const Scored& scored) {
      if (scores.size() >= count && scored.value != last) return false;
      last = scored.value;
      scores.push_back(explain(scored, now));
      return true;
    });
    std::ranges::sort(scores, [](const Score& a, const Score& b) {
      if (a.log_odds_milli != b.log_odds_milli) return a.log_odds_milli > b.log_odds_milli;
      return a.subject < b.subject;
    });
    if (scores.size() > count) scores.resize(count);
    return scores;
  }

  std::string save() const override { return scoring::save(*state_); }

  Status load(std::string_view snapshot) override {
    auto fresh = std::make_unique<scoring::State>(entities_max_);
    WARDHIVE_TRY(scoring::load(snapshot, *fresh));
    state_ = std::move(fresh);
    return ok();
  }

  RiskStats stats() const override {
    const auto& s = *state_;
    return {s.entities.size(), s.entities_dropped, s.findings, s.claims_dropped, s.allow_refused};
  }

 private:
  scoring::Entities& entities() { return state_->entities; }
  const scoring::Entities& entities() const { return state_->entities; }

  Ns clamped(Instant at) const { return std::clamp(to_ns(at), state_->now, scoring::kTimeMax); }
  Ns advance(Instant at) { return state_->now = clamped(at); }

  template <class T>
  void take(const T&, Ns, std::vector<Score>&) {}  // not risk's business

  void take(const Finding& finding, Ns now, std::vector<Score>& out) {
    if (finding.phase == FindingPhase::Cleared) {
      auto* scored = entities().find(finding.subject);
      if (scored != nullptr && scoring::clear_claim(scored->claims, finding, now))
        give(*scored, now, out);
      return;
    }
    ++state_->findings;
    auto* scored = entities().find(finding.subject);
    if (scored == nullptr) scored = &entities().insert(finding.subject, state_->entities_dropped);
    if (scoring::raise_claim(scored->claims, weights_, finding, now, state_->claims_dropped))
      give(*scored, now, out);
  }
  void take(const Inventory& inventory, Ns, std::vector<Score>&) {
    state_->allow_refused += state_->allow_list.replace(inventory.allow_list);
  }
  void take(const Command& command, Ns now, std::vector<Score>& out) {
    if (command.kind == CommandKind::Allow)
      state_->allow_refused += state_->allow_list.allow(command.entity);
    else if (command.kind == CommandKind::Disallow)
      state_->allow_list.disallow(command.entity);
    else
      return;
    if (auto* scored = entities().find(command.entity)) give(*scored, now, out);
  }
  void take(const Tick&, Ns now, std::vector<Score>& out) {
    for (auto* scored : entities().due(now / kSecond, limits::kScoresPerTickMax)) {
      const auto sums = sums_of(*scored, now);
      if (forgettable(*scored, sums, now)) {
        entities().erase(*scored);
        continue;
      }
      const bool followed = scored->given >= kFollowedFrom && scored->given != sums.value;
      if (followed) out.push_back(explain(*scored, now));
      place(*scored, sums, now, followed);
    }
  }

  scoring::Sums sums_of(const Scored& scored, Ns now) const {
    return scoring::sums_at(scored.claims, weights_, weights_.base_milli(*scored.subject), now);
  }
  Score explain(const Scored& scored, Ns now) const {
    auto score = scoring::explain(*scored.subject, scored.claims, weights_, now);
    score.allow_listed = state_->allow_list.has(*scored.subject);
    return score;
  }
  void give(Scored& scored, Ns now, std::vector<Score>& out) {
    out.push_back(explain(scored, now));
    place(scored, sums_of(scored, now), now, true);
  }

  void place(Scored& scored, const scoring::Sums& sums, Ns now, bool given) {
    scored.value = sums.value;
    if (given) scored.given = sums.value;
    auto next = scoring::next_change(scored.claims, weights_, sums, now);
    if (next == scoring::kNever) next = std::max(now, newest(scored.claims) + kRemembered);
    entities().place(scored, next / kSecond + 1);
  }
  static Ns newest(const Claims& claims) {
    Ns at = 0;
    for (const auto& claim : claims) at = std::max(at, claim.raised_at);
    return at;
  }
  bool forgettable(const Scored& scored, const scoring::Sums& sums, Ns now) const {
    return sums.total_milli == weights_.base_milli(*scored.subject) &&
           now - newest(scored.claims) >= kRemembered;
  }

  scoring::Weights weights_;
  std::size_t entities_max_;
  std::unique_ptr<scoring::State> state_;
};

}  // namespace

Result<std::unique_ptr<Risk>> Risk::make(const Settings& settings, std::size_t entities_max) {
  WARDHIVE_TRY(validate_settings(settings));
  if (entities_max == 0)
    return fail(ErrorCode::InvalidInput, "risk: entities_max is 0; it must be at least 1");
  return std::make_unique<RiskStage>(settings, entities_max);
}

}  // namespace wardhive
