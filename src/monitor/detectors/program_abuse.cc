#include "monitor/detectors/program_abuse.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/pair_table.h"
#include "monitor/detectors/slot_rate.h"

namespace wardhive {
namespace {

enum class Who : std::uint8_t { Program, Sentinel, Opener };

struct Rule {
  std::string_view event;  // "": any; kFailed: the series
  Who who;
  std::uint64_t window;  // slots of 400 ms
  std::uint32_t count;
  double factor;  // over the usual; 0: not compared
  std::uint8_t strength;
  std::string_view what, within, advice;
};
constexpr std::string_view kFailed = "chain_program_failed_total";
// What a person may do, as it is typed. A pause ends by itself.
constexpr std::string_view kPauseNodes =
    "`wardhive propose pause nodes --for 30m` stops registrations";
constexpr std::string_view kPauseProgram =
    "read a failed transaction; `wardhive propose pause PART --for 30m` stops what it aims at";
constexpr std::string_view kDropSentinel =
    "if this was not its holder: `wardhive chain op queue remove-sentinel-key --remove KEY` (no "
    "delay), and release the nodes";
constexpr std::string_view kPauseTrials =
    "`wardhive propose pause incident --for 1h` stops accusations; the accused have their dispute "
    "window";
constexpr std::array<Rule, 7> kRules{{
    {"NodeRegistered", Who::Program, 1'500, 20, 4, 60, "nodes registered", "10 min", kPauseNodes},
    {"", Who::Program, 150, 300, 10, 60, "events", "1 min", kPauseProgram},
    {kFailed, Who::Program, 150, 50, 10, 60, "failed transactions", "1 min", kPauseProgram},
    {"Quarantined", Who::Sentinel, 1'500, 5, 0, 80, "quarantines", "10 min", kDropSentinel},
    {"Quarantined", Who::Sentinel, 216'000, 12, 0, 80, "quarantines", "24 h", kDropSentinel},
    {"IncidentOpened", Who::Opener, 9'000, 3, 0, 70, "accusations", "1 h", kPauseTrials},
    {"IncidentOpened", Who::Opener, 216'000, 6, 0, 70, "accusations", "24 h", kPauseTrials},
}};

struct Abuse {
  Claim claim;
  Instant over_at = kNever;
};
WARDHIVE_STATE(Abuse) {
  v(self.claim);
  v(self.over_at);
}

std::string_view attribute(const Event& event, const std::string& key) {
  const auto found = event.attributes.find(key);
  return found == event.attributes.end() ? std::string_view() : std::string_view(found->second);
}
std::uint64_t number(const Event& event, const std::string& key) {
  const auto text = attribute(event, key);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}
std::vector<std::string> keys_in(std::string_view list) {
  std::vector<std::string> keys;
  while (!list.empty() && keys.size() < 16) {
    const auto key = list.substr(0, list.find(','));
    list.remove_prefix(std::min(key.size() + 1, list.size()));
    if (valid_account_name(key)) keys.emplace_back(key);
  }
  return keys;
}

// The keys on which an event counts.
std::vector<std::string> signers_of(const Event& event, Who who) {
  auto payers = keys_in(attribute(event, "writable_signers"));
  if (who == Who::Sentinel) {
    auto others = keys_in(attribute(event, "readonly_signers"));
    return others.empty() ? payers : others;
  }
  // Who pays the fee for somebody else is not the accuser.
  if (payers.size() > 1) payers.erase(payers.begin());
  return payers;
}

std::string program_in(std::string_view text) {
  constexpr std::string_view kLabel = "program=\"";
  const auto at = text.find(kLabel);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kLabel.size());
  return std::string(text.substr(0, text.find('"')));
}

class ProgramAbuse final : public Detector {
 public:
  explicit ProgramAbuse(const DetectorContext& context)
      : rates_max_(std::min(kRatesMax, context.bounds.sources)), series_(context.series) {}

  std::string_view version() const override { return "program_abuse/1"; }

  bool define(const SeriesInfo& series) override {
    return series.entity == Entity{} && series.name == kFailed &&
           valid_account_name(program_in(series.text));
  }
  void sample(const SeriesSample& s, MonitorOutput& out) override {
    const auto program = program_in(series_.info(s.series).text);
    // The first says where the counter stands; one that went back began anew.
    const auto [last, first] = failed_.try_emplace(program, s.value);
    const auto before = std::exchange(last->second, s.value);
    if (first || !(s.value > before)) return;
    const auto count = static_cast<std::uint32_t>(std::min(s.value - before, 1e9));
    const auto slot = static_cast<std::uint64_t>(
        std::max<std::int64_t>(s.at.time_since_epoch().count() / 400'000'000, 0));
    take(2, chain_account(program), slot, count, {s.now, "a failed transaction", ""}, s.now, out);
  }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    if (event.kind != EventKind::ProgramEvent || event.subject.kind != EntityKind::Account) return;
    if (number(event, "behind") > kBehindMax) return;
    const auto name = attribute(event, "name");
    const auto slot = number(event, "slot");
    for (std::size_t r = 0; r < kRules.size(); ++r) {
      const auto& rule = kRules[r];
      if (!rule.event.empty() && rule.event != name) continue;
      const auto text = fmt::format("{} at slot {}, transaction {}", name.substr(0, 40), slot,
                                    attribute(event, "signature").substr(0, 90));
      const EvidenceInput input{now, text, to_hex(sha256(as_bytes(text)))};
      if (rule.who == Who::Program) {
        take(r, event.subject, slot, 1, input, now, out);
        continue;
      }
      for (const auto& key : signers_of(event, rule.who))
        take(r, chain_account(key), slot, 1, input, now, out);
    }
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (auto it = abuses_.begin(); it != abuses_.end();) {
      if (now - it->second.over_at < kAbuseCalm) {
        ++it;
        continue;
      }
      out.findings.push_back(cleared(it->first, now));
      it = abuses_.erase(it);
    }
  }

  void save(BinaryWriter& out) const override;
  bool load(BinaryReader& in) override;
  void count(MonitorStats& stats) const override {
    stats.state_bytes += rates_.size() * 220 + abuses_.size() * 120 + failed_.size() * 120;
    stats.sources_refused += refused_;
  }

 private:
  using Key = std::pair<FindingKind, Entity>;

  void take(std::size_t r, const Entity& subject, std::uint64_t slot, std::uint32_t count,
            const EvidenceInput& input, Instant now, MonitorOutput& out) {
    const std::pair key{static_cast<std::uint32_t>(r), subject};
    auto place = rates_.find(key);
    if (place == rates_.end()) {
      if (rates_.size() >= rates_max_) {
        ++refused_;
        return;
      }
      place = rates_.emplace(key, SlotRate{}).first;
    }
    const auto& rule = kRules[r];
    auto& rate = place->second;
    if (!rate.add(slot, rule.window, count)) return;
    const auto bound = std::max<double>(rule.count, rule.factor * rate.usual());
    if (static_cast<double>(rate.count()) < bound) return;
    const auto kind =
        rule.who == Who::Program ? FindingKind::ProgramBurst : FindingKind::KeyOveruse;
    auto& abuse = abuses_[{kind, subject}];
    abuse.over_at = now;
    if (abuse.claim.raise(rule.strength))
      out.findings.push_back(raised(rule, rate, {kind, subject}, input, now));
  }

  Finding finding(const Key& key, FindingPhase phase, Instant now) const {
    Finding f{key.first, phase, key.second, key.second, 0, now, now, {}};
    f.evidence.detector = version();
    return f;
  }
  Finding raised(const Rule& rule, const SlotRate& rate, const Key& key, const EvidenceInput& input,
                 Instant now) const {
    auto f = finding(key, FindingPhase::Raised, now);
    f.strength = rule.strength;
    auto& e = f.evidence;
    e.unit = rule.what;
    e.observed = static_cast<double>(rate.count());
    e.expected = rate.usual();
    e.threshold = std::max<double>(rule.count, rule.factor * rate.usual());
    std::string advice(rule.advice);
    if (const auto at = advice.find("KEY"); at != advice.npos)
      advice.replace(at, 3, key.second.name);
    const auto usual =
        rule.factor > 0 ? fmt::format(", usual {:.3g}", rate.usual()) : std::string();
    e.summary = fmt::format("{} {} {} {} within {}, bound {:.0f}{}: {}", rate.count(), rule.what,
                            rule.who == Who::Program ? "of program" : "signed by", key.second.name,
                            rule.within, e.threshold, usual, advice);
    e.counterfactual =
        fmt::format("fewer than {:.0f} {} within {}", e.threshold, rule.what, rule.within);
    e.inputs.push_back(input);
    return f;
  }
  Finding cleared(const Key& key, Instant now) const {
    auto f = finding(key, FindingPhase::Cleared, now);
    f.evidence.summary = fmt::format("{} is back below its bounds for {}", key.second.name,
                                     format_duration(kAbuseCalm));
    return f;
  }

  const std::size_t rates_max_;
  const SeriesTable& series_;
  std::map<std::pair<std::uint32_t, Entity>, SlotRate> rates_;  // by rule and subject
  std::map<Key, Abuse> abuses_;
  std::map<std::string, double> failed_;  // the counter as it stood, by program
  std::uint64_t refused_ = 0;
};

void ProgramAbuse::save(BinaryWriter& out) const {
  out(refused_);
  out(static_cast<std::uint32_t>(rates_.size()));
  for (const auto& [key, rate] : rates_) {
    out(key.first);
    out(key.second);
    out(rate);
  }
  out(static_cast<std::uint32_t>(abuses_.size()));
  for (const auto& [key, abuse] : abuses_) {
    out(key.first);
    out(key.second);
    out(abuse);
  }
  out(static_cast<std::uint32_t>(failed_.size()));
  for (const auto& [program, value] : failed_) {
    out(program);
    out(value);
  }
}

bool ProgramAbuse::load(BinaryReader& in) {
  in(refused_);
  const auto rates = in.take<std::uint32_t>();
  if (rates > rates_max_) return false;
  for (std::uint32_t i = 0; i < rates && !in.broken(); ++i) {
    const auto rule = in.take<std::uint32_t>();
    if (rule >= kRules.size()) return false;
    auto subject = in.take<Entity>();
    rates_[{rule, std::move(subject)}] = in.take<SlotRate>();
  }
  const auto abuses = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < abuses && !in.broken(); ++i) {
    const auto kind = in.take<FindingKind>();
    if (kind != FindingKind::ProgramBurst && kind != FindingKind::KeyOveruse) return false;
    auto subject = in.take<Entity>();
    abuses_[{kind, std::move(subject)}] = in.take<Abuse>();
  }
  const auto programs = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < programs && !in.broken(); ++i) {
    auto program = in.take<std::string>();
    failed_[std::move(program)] = in.take<double>();
  }
  return !in.broken();
}

}  // namespace

std::unique_ptr<Detector> make_program_abuse(const DetectorContext& context) {
  return std::make_unique<ProgramAbuse>(context);
}

}  // namespace wardhive
