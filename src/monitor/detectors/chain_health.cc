#include "monitor/detectors/chain_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/skipped_slots.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

enum Cause : std::size_t { Blind, Unchecked, OneDown, Lag, Slow, Still, Skipped, Late, kCauses };

struct Bound {
  std::uint8_t strength;
  Duration hold;
  std::string_view counterfactual;
};
constexpr std::array<Bound, kCauses> kBounds{{
    {80, seconds(5), "one endpoint that answers within 5 s"},
    {40, minutes(1), "a second endpoint that answers within 1 min"},
    {20, minutes(10), "all endpoints answering within 10 min"},
    {30, seconds(30), "at most 12 slots behind within 30 s"},
    {30, seconds(30), "an answer within 1 s, within 30 s"},
    {70, seconds(0), "a newer confirmed slot within 10 s"},
    {40, seconds(0), "less than 10 % of the slots without a block"},
    {40, seconds(30), "a confirmation within 3 s, within 30 s"},
}};
constexpr std::size_t kSubjects = 2;
constexpr std::size_t subject_of(std::size_t cause) { return cause < Still ? 0 : 1; }
constexpr std::array<std::string_view, kSubjects> kSubjectNames{"rpc", "solana"};

constexpr double kLagMax = 12, kLagWell = 6;
constexpr double kAnswerMaxS = 1, kAnswerWellS = 0.5;
constexpr double kConfirmMaxS = 3, kConfirmWellS = 1.5;
constexpr Duration kStillMax = seconds(10);
constexpr Duration kSlotGapMax = seconds(3);
constexpr Duration kFresh = seconds(30);

enum class Word : std::uint8_t { Well, Between, Odd };

// A cause over time.
struct Spell {
  bool odd = false;
  Instant since = kNever, well_since = kNever;
};
WARDHIVE_STATE(Spell) {
  v(self.odd);
  v(self.since);
  v(self.well_since);
}

struct Endpoint {
  Instant seen_at = kNever;
  double up = 0, lag = 0, latency_s = 0;
};
WARDHIVE_STATE(Endpoint) {
  v(self.seen_at);
  v(self.up);
  v(self.lag);
  v(self.latency_s);
}

struct Cluster {
  Instant seen_at = kNever;  // any series of the source
  Instant slot_at = kNever, rose_at = kNever, confirmed_at = kNever;
  double slot = 0, newest_slot = 0, skipped = 0, confirmation_s = 0;
};
WARDHIVE_STATE(Cluster) {
  v(self.seen_at);
  v(self.slot_at);
  v(self.rose_at);
  v(self.confirmed_at);
  v(self.slot);
  v(self.newest_slot);
  v(self.skipped);
  v(self.confirmation_s);
}

// `name` of the label endpoint="name" in a series' text.
std::string endpoint_in(std::string_view text) {
  constexpr std::string_view kLabel = "endpoint=\"";
  const auto at = text.find(kLabel);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kLabel.size());
  return std::string(text.substr(0, text.find('"')));
}

class ChainHealth final : public Detector {
 public:
  explicit ChainHealth(const DetectorContext& context)
      : watching_(!context.settings.chain.endpoints.empty()),
        slack_(2 * context.settings.chain.interval),
        series_(context.series) {}

  std::string_view version() const override { return "chain_health/1"; }

  bool define(const SeriesInfo& series) override {
    if (series.entity != Entity{} || !series.name.starts_with("chain_")) return false;
    const auto field = std::find(kSeries.begin(), kSeries.end(), series.name) - kSeries.begin();
    if (field == kSeries.size()) return false;
    std::size_t endpoint = 0;
    if (field <= kLatency) {
      const auto name = endpoint_in(series.text);
      const auto known = std::find(names_.begin(), names_.end(), name);
      endpoint = static_cast<std::size_t>(known - names_.begin());
      if (known == names_.end()) {
        if (names_.size() >= kChainEndpointsMax) return false;
        names_.push_back(name);
        endpoints_.emplace_back();
      }
    }
    places_.emplace(series.index, Place{field, endpoint});
    return true;
  }

  void sample(const SeriesSample& s, MonitorOutput&) override {
    const auto [field, endpoint] = places_.find(s.series)->second;
    cluster_.seen_at = s.at;
    if (field <= kLatency) return sample_endpoint(endpoints_[endpoint], field, s);
    if (field == kSlot) {
      // What rose while nobody looked, nobody knows.
      const bool gap = s.at - cluster_.slot_at > kSlotGapMax + slack_;
      if (gap || s.value > cluster_.newest_slot) cluster_.rose_at = s.at;
      cluster_.slot = s.value;
      cluster_.slot_at = s.at;
      cluster_.newest_slot = std::max(cluster_.newest_slot, s.value);
    } else if (field == kSkipped) {
      cluster_.skipped = s.value;
      skipped_.add(s.at, cluster_.slot, s.value);
    } else {
      cluster_.confirmation_s = s.value;
      cluster_.confirmed_at = s.at;
    }
  }

  void tick(Instant now, MonitorOutput& out) override {
    if (cluster_.seen_at == kNever) return;
    for (std::size_t cause = 0; cause < kCauses; ++cause) step(cause, now);
    for (std::size_t subject = 0; subject < kSubjects; ++subject) speak(subject, now, out);
  }

  void clock_jumped(Instant now) override { paused(now); }
  void paused(Instant now) override {
    if (cluster_.seen_at == kNever) return;
    cluster_.seen_at = now;
    if (cluster_.rose_at != kNever) cluster_.rose_at = cluster_.slot_at = now;
    for (auto& e : endpoints_)
      if (e.seen_at != kNever) e.seen_at = now;
    for (auto& spell : spells_) {
      spell.well_since = kNever;
      if (!spell.odd) spell.since = kNever;
    }
    skipped_.forget();
  }

  void save(BinaryWriter& out) const override {
    out(endpoints_);
    out(cluster_);
    out(spells_);
    out(claims_);
    out(skipped_);
  }
  bool load(BinaryReader& in) override {
    const auto known = endpoints_.size();
    in(endpoints_);
    if (endpoints_.size() != known) return false;
    in(cluster_);
    in(spells_);
    in(claims_);
    in(skipped_);
    return !in.broken();
  }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += sizeof(*this) + places_.size() * 64 +
                         endpoints_.size() * (sizeof(Endpoint) + 2 * sizeof(std::string)) +
                         skipped_.bytes();
  }

 private:
  static constexpr std::array<std::string_view, 6> kSeries{
      "chain_endpoint_up",         "chain_slot_lag",
      "chain_rpc_latency_seconds", "chain_slot",
      "chain_skipped_slots_total", "chain_confirmation_seconds"};
  static constexpr std::ptrdiff_t kUp = 0, kLag = 1, kLatency = 2, kSlot = 3, kSkipped = 4;
  struct Place {
    std::ptrdiff_t field = 0;
    std::size_t endpoint = 0;
  };

  static void sample_endpoint(Endpoint& e, std::ptrdiff_t field, const SeriesSample& s) {
    e.seen_at = s.at;
    (field == kUp ? e.up : field == kLag ? e.lag : e.latency_s) = s.value;
  }

  // Those that the configuration still names: each look gives all of them a sample.
  bool fresh(const Endpoint& e) const {
    return e.seen_at != kNever && cluster_.seen_at - e.seen_at <= kFresh + slack_;
  }
  std::size_t count_of(bool well) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        endpoints_, [&](const auto& e) { return fresh(e) && (e.up > 0) == well; }));
  }
  bool silent(Instant now) const {
    return watching_ && now - cluster_.seen_at > kStillMax + slack_;
  }
  // The well endpoint with the most of it; nullptr if none is well.
  const Endpoint* worst(double Endpoint::* what) const {
    const Endpoint* found = nullptr;
    for (const auto& e : endpoints_)
      if (fresh(e) && e.up > 0 && (found == nullptr || e.*what > found->*what)) found = &e;
    return found;
  }
  static Word word(const Endpoint* e, double Endpoint::* what, double odd, double well) {
    if (e == nullptr) return Word::Between;
    return e->*what > odd ? Word::Odd : e->*what <= well ? Word::Well : Word::Between;
  }

  Word look(std::size_t cause, Instant now) const {
    const auto well = count_of(true), down = count_of(false);
    const auto if_odd = [](bool odd) { return odd ? Word::Odd : Word::Well; };
    if (silent(now)) return cause == Blind ? Word::Odd : Word::Between;
    switch (cause) {
      case Blind:
        return if_odd(well == 0 && down > 0);
      case Unchecked:
        return well == 0 ? Word::Between : if_odd(well == 1 && down > 0);
      case OneDown:
        return well == 0 ? Word::Between : if_odd(down > 0);
      case Lag:
        return word(worst(&Endpoint::lag), &Endpoint::lag, kLagMax, kLagWell);
      case Slow:
        return word(worst(&Endpoint::latency_s), &Endpoint::latency_s, kAnswerMaxS, kAnswerWellS);
      case Still:
        // What is not answered is not standing still.
        return if_odd(cluster_.slot_at - cluster_.rose_at > kStillMax + slack_);
      case Skipped: {
        const auto share = skipped_.look();
        return share.odd ? Word::Odd : share.well ? Word::Well : Word::Between;
      }
      default: {
        if (now - cluster_.confirmed_at > kFresh + slack_) return Word::Between;
        const auto s = cluster_.confirmation_s - to_seconds(slack_);
        return s > kConfirmMaxS ? Word::Odd : s < kConfirmWellS ? Word::Well : Word::Between;
      }
    }
  }

  void step(std::size_t cause, Instant now) {
    auto& spell = spells_[cause];
    const auto said = look(cause, now);
    if (said != Word::Well) spell.well_since = kNever;
    if (spell.odd) {
      if (said == Word::Well && spell.well_since == kNever) spell.well_since = now;
      if (said == Word::Well && now - spell.well_since >= kChainCalm) spell = {};
      return;
    }
    if (said != Word::Odd) {
      // Not seen is not over: what was odd before may be odd behind it.
      if (said == Word::Well) spell.since = kNever;
      return;
    }
    if (spell.since == kNever) spell.since = cause == Blind ? since_blind(now) : now;
    spell.odd = now - spell.since >= kBounds[cause].hold;
  }
  Instant since_blind(Instant now) const { return silent(now) ? cluster_.seen_at : now; }

  void speak(std::size_t subject, Instant now, MonitorOutput& out) {
    std::size_t worst = kCauses;
    for (std::size_t c = 0; c < kCauses; ++c)
      if (subject_of(c) == subject && spells_[c].odd &&
          (worst == kCauses || kBounds[c].strength > kBounds[worst].strength))
        worst = c;
    auto& claim = claims_[subject];
    if (worst != kCauses) {
      if (claim.raise(kBounds[worst].strength)) out.findings.push_back(raised(worst, now));
    } else if (claim.raised()) {
      claim = {};
      out.findings.push_back(cleared(subject, now));
    }
  }

  Finding finding(std::size_t subject, FindingPhase phase, Instant now) const {
    const Entity who{EntityKind::Fleet, std::string(kSubjectNames[subject])};
    Finding f{FindingKind::ChainUnwell, phase, who, who, 0, now, now, {}};
    f.evidence.detector = version();
    return f;
  }
  Finding cleared(std::size_t subject, Instant now) const {
    auto f = finding(subject, FindingPhase::Cleared, now);
    f.evidence.summary = fmt::format(
        "{} for {}",
        subject == 0 ? "the RPC endpoints are well" : "the cluster confirms slots as usual",
        format_duration(kChainCalm));
    return f;
  }
  Finding raised(std::size_t cause, Instant now) const {
    auto f = finding(subject_of(cause), FindingPhase::Raised, now);
    f.strength = kBounds[cause].strength;
    f.since = spells_[cause].since;
    auto& e = f.evidence;
    e.summary = summary(cause, now, e);
    e.counterfactual = kBounds[cause].counterfactual;
    for (const auto& [series, place] : places_) {
      if (e.inputs.size() == 8) break;
      if (subject_of(cause) != (place.field <= kLatency ? 0u : 1u)) continue;
      if (place.field <= kLatency && !fresh(endpoints_[place.endpoint])) continue;
      const auto text = fmt::format("{} = {:.6g}", series_.info(series).text, value_of(place));
      e.inputs.push_back({cluster_.seen_at, text, to_hex(sha256(as_bytes(text)))});
    }
    return f;
  }
  double value_of(const Place& place) const {
    const auto& e = endpoints_.empty() ? Endpoint{} : endpoints_[place.endpoint];
    const std::array values{
        e.up, e.lag, e.latency_s, cluster_.slot, cluster_.skipped, cluster_.confirmation_s};
    return values[static_cast<std::size_t>(place.field)];
  }
  std::string name_of_endpoint(const Endpoint* e) const {
    return e == nullptr ? "none" : names_[static_cast<std::size_t>(e - endpoints_.data())];
  }

  // And the numbers, for those who read them as such.
  std::string summary(std::size_t cause, Instant now, Evidence& e) const {
    const auto well = count_of(true), down = count_of(false);
    const auto held = say_seconds(to_seconds(now - spells_[cause].since));
    const auto numbers = [&](std::string_view unit, double observed, double threshold) {
      e.unit = unit;
      e.observed = observed;
      e.threshold = threshold;
    };
    switch (cause) {
      case Blind:
        numbers("endpoints", static_cast<double>(well), 1);
        return silent(now) ? fmt::format(
                                 "no look at the chain ended for {}: changes of an "
                                 "authority are not seen",
                                 held)
                           : fmt::format(
                                 "none of {} RPC endpoints is well for {}: changes of an "
                                 "authority are not seen",
                                 down, held);
      case Unchecked:
        numbers("endpoints", static_cast<double>(well), 2);
        return fmt::format("one of {} RPC endpoints is well for {}: nobody checks its word",
                           well + down, held);
      case OneDown:
        numbers("endpoints", static_cast<double>(well), static_cast<double>(well + down));
        return fmt::format("{} of {} RPC endpoints are not well for {}", down, well + down, held);
      case Lag: {
        const auto* at = worst(&Endpoint::lag);
        numbers("slots", at == nullptr ? 0 : at->lag, kLagMax);
        return fmt::format("{} is {:.0f} slots behind the newest for {}, above {:.0f}",
                           name_of_endpoint(at), e.observed, held, kLagMax);
      }
      case Slow: {
        const auto* at = worst(&Endpoint::latency_s);
        numbers("seconds", at == nullptr ? 0 : at->latency_s, kAnswerMaxS);
        return fmt::format("{} answers after {} for {}, above {}", name_of_endpoint(at),
                           say_seconds(e.observed), held, say_seconds(kAnswerMaxS));
      }
      case Still: {
        const auto still_s = to_seconds(cluster_.slot_at - cluster_.rose_at);
        numbers("seconds", still_s, to_seconds(kStillMax + slack_));
        const auto back = cluster_.slot < cluster_.newest_slot
                              ? fmt::format(" and went back to {:.0f}", cluster_.slot)
                              : std::string();
        return fmt::format("the confirmed slot has not risen above {:.0f} for {}{}",
                           cluster_.newest_slot, say_seconds(still_s), back);
      }
      case Skipped: {
        const auto share = skipped_.look();
        numbers("share", share.share, kSkippedShareMax);
        return fmt::format("{} of the last {:.0f} slots have no block, above {}",
                           say_percent(share.share), share.slots, say_percent(kSkippedShareMax));
      }
      default:
        numbers("seconds", cluster_.confirmation_s, kConfirmMaxS + to_seconds(slack_));
        return fmt::format("processed slots are confirmed after {} for {}, above {}",
                           say_seconds(e.observed), held, say_seconds(e.threshold));
    }
  }

  const bool watching_;
  const Duration slack_;
  const SeriesTable& series_;
  std::vector<std::string> names_;  // of endpoints_
  std::vector<Endpoint> endpoints_;
  std::map<std::uint32_t, Place> places_;  // by series
  Cluster cluster_;
  SkippedSlots skipped_;
  std::array<Spell, kCauses> spells_;
  std::array<Claim, kSubjects> claims_;
};

}  // namespace

std::unique_ptr<Detector> make_chain_health(const DetectorContext& context) {
  return std::make_unique<ChainHealth>(context);
}

}  // namespace wardhive
