#include "monitor/detectors/event_gap.h"

#include <fmt/format.h>

#include <vector>

#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::size_t kTextBytesMax = 64;
constexpr std::uint8_t kStrength = 60;

struct Gap {
  Instant at;
  std::string says;
};
WARDHIVE_STATE(Gap) {
  v(self.at);
  v(self.says);
}

std::string describe(const Event& event) {
  const auto word = [&](const std::string& key) {
    return tame_attribute(event, key, kTextBytesMax, "?");
  };
  const auto first = word("first"), last = word("last");
  return fmt::format("{}{} of {}: {}", first == last ? "number " : "numbers ",
                     first == last ? first : first + " to " + last, word("sequence"), word("why"));
}

class EventGap final : public Detector {
 public:
  explicit EventGap(const DetectorContext&) {}

  std::string_view version() const override { return "event_gap/1"; }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    if (event.kind != EventKind::ProgramEventGap) return;
    const bool first = total_ == 0;
    if (gaps_.size() == kGapsKept) gaps_.erase(gaps_.begin());
    gaps_.push_back({now, describe(event)});
    ++total_;
    if (!first) return;
    since_ = now;
    out.findings.push_back(raised(now));
  }

  void tick(Instant now, MonitorOutput& out) override {
    if (total_ == 0 || now - gaps_.back().at < kGapCalm) return;
    out.findings.push_back(cleared(now));
    gaps_.clear();
    total_ = 0;
  }

  void save(BinaryWriter& out) const override {
    out(gaps_);
    out(total_);
    out(since_);
  }
  bool load(BinaryReader& in) override {
    in(gaps_);
    in(total_);
    in(since_);
    return !in.broken() && gaps_.size() <= kGapsKept && gaps_.size() <= total_ &&
           gaps_.empty() == (total_ == 0);
  }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += sizeof(*this) + gaps_.size() * (sizeof(Gap) + 4 * kTextBytesMax);
  }

 private:
  Finding finding(FindingPhase phase, Instant now) const {
    const Entity who{EntityKind::Fleet, "events"};
    Finding f{FindingKind::ChainUnwell, phase, who, who, 0, now, since_, {}};
    f.evidence.detector = version();
    return f;
  }
  Finding raised(Instant now) const {
    auto f = finding(FindingPhase::Raised, now);
    f.strength = kStrength;
    auto& e = f.evidence;
    e.unit = "gaps";
    e.observed = static_cast<double>(total_);
    e.threshold = 1;
    e.summary = fmt::format(
        "events of the program cannot be read, {}: what happened there was judged by nobody",
        gaps_.back().says);
    e.counterfactual = "an endpoint that lists the transaction with them";
    for (const auto& gap : gaps_) e.inputs.push_back({gap.at, gap.says, {}});
    return f;
  }
  Finding cleared(Instant now) const {
    auto f = finding(FindingPhase::Cleared, now);
    f.evidence.summary =
        fmt::format("no event of the program is missing since {}; {} {} before that stay missing",
                    format_duration(now - gaps_.back().at), total_, total_ == 1 ? "gap" : "gaps");
    return f;
  }

  std::vector<Gap> gaps_;  // the last kGapsKept
  std::uint64_t total_ = 0;
  Instant since_;
};

}  // namespace

std::unique_ptr<Detector> make_event_gap(const DetectorContext& context) {
  return std::make_unique<EventGap>(context);
}

}  // namespace wardhive
