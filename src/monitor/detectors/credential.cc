#include "monitor/detectors/credential.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::size_t kTurnsKept = 8;
constexpr std::uint32_t kTurnsPerEventMax = 1'000;
constexpr std::size_t kTextBytesMax = 64;
constexpr std::uint8_t kStrength = 90;
constexpr Duration kAgainEvery = minutes(1);

struct Turn {
  Instant at;
  std::uint32_t count = 0;
  std::string says;
};
WARDHIVE_STATE(Turn) {
  v(self.at);
  v(self.count);
  v(self.says);
}

struct Shared {
  Entity observer;
  std::vector<Turn> turns;   // the last kTurnsKept events
  Instant since, raised_at;  // 0: no claim stands
};
WARDHIVE_STATE(Shared) {
  v(self.observer);
  v(self.turns);
  v(self.since);
  v(self.raised_at);
}

std::string attribute(const Event& event, const std::string& key) {
  return tame_attribute(event, key, kTextBytesMax, "?");
}

std::uint32_t turns_of(const Event& event) {
  const auto text = attribute(event, "turns");
  std::uint64_t count = 1;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(count, 1, kTurnsPerEventMax));
}

class CredentialWatch final : public Detector {
 public:
  explicit CredentialWatch(const DetectorContext& context)
      : clear_after_(context.settings.monitor.auth_clear_after),
        nodes_max_(context.bounds.sources) {}

  std::string_view version() const override { return "credential_shared/1"; }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    // Who speaks about itself is an agent; this is only for the controller to say.
    if (event.kind != EventKind::CredentialShared || event.subject.kind != EntityKind::Node ||
        event.observer == event.subject)
      return;
    auto place = nodes_.find(event.subject);
    if (place == nodes_.end()) {
      if (nodes_.size() >= nodes_max_) {
        ++refused_;
        return;
      }
      place = nodes_.emplace(event.subject, Shared{}).first;
    }
    auto& shared = place->second;
    shared.observer = event.observer;
    if (shared.turns.size() == kTurnsKept) shared.turns.erase(shared.turns.begin());
    shared.turns.push_back(
        {now, turns_of(event),
         fmt::format("process {} at {}, after process {} at {}", attribute(event, "process"),
                     attribute(event, "peer"), attribute(event, "other_process"),
                     attribute(event, "other_peer"))});
    if (turns_since(shared, now - kTurnWindow) < kTurns) return;
    const bool stands = shared.raised_at != Instant{};
    if (stands && now - shared.raised_at < kAgainEvery) return;
    if (!stands) shared.since = now;
    shared.raised_at = now;
    out.findings.push_back(raised(event.subject, shared, now));
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (auto it = nodes_.begin(); it != nodes_.end();) {
      const auto& [subject, shared] = *it;
      const bool stands = shared.raised_at != Instant{};
      if (now - shared.turns.back().at < (stands ? clear_after_ : kTurnWindow)) {
        ++it;
        continue;
      }
      if (stands) out.findings.push_back(cleared(subject, shared, now));
      it = nodes_.erase(it);
    }
  }

  void save(BinaryWriter& out) const override {
    out(refused_);
    out(static_cast<std::uint32_t>(nodes_.size()));
    for (const auto& [subject, shared] : nodes_) {
      out(subject);
      out(shared);
    }
  }
  bool load(BinaryReader& in) override {
    in(refused_);
    const auto count = in.take<std::uint32_t>();
    if (count > nodes_max_) return false;
    for (std::uint32_t i = 0; i < count && !in.broken(); ++i) {
      auto subject = in.take<Entity>();
      auto shared = in.take<Shared>();
      if (in.broken() || subject.kind != EntityKind::Node || shared.turns.empty() ||
          shared.turns.size() > kTurnsKept)
        return false;
      // Written in order: what is not in it is not ours.
      if (!nodes_.empty() && nodes_.rbegin()->first >= subject) return false;
      nodes_.emplace_hint(nodes_.end(), std::move(subject), std::move(shared));
    }
    return !in.broken();
  }

  void count(MonitorStats& stats) const override {
    for (const auto& [subject, shared] : nodes_)
      stats.state_bytes += sizeof(shared) + shared.turns.size() * (sizeof(Turn) + kTextBytesMax);
    stats.sources_refused += refused_;
  }

 private:
  static std::uint32_t turns_since(const Shared& shared, Instant from) {
    std::uint32_t count = 0;
    for (const auto& turn : shared.turns)
      if (turn.at > from) count += std::min(turn.count, kTurnsPerEventMax);
    return count;
  }

  Finding finding_of(const Entity& subject, const Shared& shared, FindingPhase phase,
                     Instant now) const {
    Finding finding;
    finding.kind = FindingKind::CredentialShared;
    finding.phase = phase;
    finding.subject = subject;
    finding.observer = shared.observer;
    finding.strength = kStrength;
    finding.since = shared.since;
    finding.at = now;
    finding.evidence.detector = version();
    finding.evidence.unit = "turns";
    finding.evidence.expected = 0;
    finding.evidence.threshold = kTurns;
    return finding;
  }
  Finding raised(const Entity& subject, const Shared& shared, Instant now) const {
    auto finding = finding_of(subject, shared, FindingPhase::Raised, now);
    const auto turns = turns_since(shared, now - kTurnWindow);
    auto& evidence = finding.evidence;
    evidence.observed = turns;
    evidence.summary = fmt::format(
        "the credential of {}'s agent is used by two processes by turns, {} times within {}: {}. "
        "Enrol the right machine again (wardhive token enroll --node {}), which shuts both out, "
        "and "
        "find out how the key was copied",
        subject.name, turns, format_duration(kTurnWindow), shared.turns.back().says, subject.name);
    evidence.counterfactual = fmt::format(
        "fewer than {} turns within {}, or a restart: a process that went does not "
        "speak again",
        kTurns, format_duration(kTurnWindow));
    for (const auto& turn : shared.turns) evidence.inputs.push_back({turn.at, turn.says, {}});
    return finding;
  }
  Finding cleared(const Entity& subject, const Shared& shared, Instant now) const {
    auto finding = finding_of(subject, shared, FindingPhase::Cleared, now);
    finding.evidence.summary = fmt::format("one process speaks for {} since {}", subject.name,
                                           format_duration(now - shared.turns.back().at));
    return finding;
  }

  const Duration clear_after_;
  const std::size_t nodes_max_;
  std::map<Entity, Shared> nodes_;
  std::uint64_t refused_ = 0;
};

}  // namespace

std::unique_ptr<Detector> make_credential(const DetectorContext& context) {
  return std::make_unique<CredentialWatch>(context);
}

}  // namespace wardhive
