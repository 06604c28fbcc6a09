#include "monitor/detectors/authority.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::size_t kChangesKept = 8;
constexpr std::size_t kTextBytesMax = 600;
constexpr std::uint8_t kOneWord = 80, kAgreed = 100;

struct Change {
  Instant at;
  std::string says;
};
WARDHIVE_STATE(Change) {
  v(self.at);
  v(self.says);
}

struct Changed {
  Entity subject, observer;
  std::uint8_t strength = 0;
  std::uint32_t changes = 0;
  Instant since, last_at;      // by our time
  std::vector<Change> newest;  // the last kChangesKept
};
WARDHIVE_STATE(Changed) {
  v(self.subject);
  v(self.observer);
  v(self.strength);
  v(self.changes);
  v(self.since);
  v(self.last_at);
  v(self.newest);
}

std::string attribute(const Event& event, const std::string& key) {
  return tame_attribute(event, key, kTextBytesMax);
}

class AuthorityWatch final : public Detector {
 public:
  explicit AuthorityWatch(const DetectorContext& context)
      : clear_after_(context.settings.monitor.authority_clear_after),
        accounts_max_(std::min(kAccountsChangedMax, context.bounds.sources)) {}

  std::string_view version() const override { return "authority_changed/1"; }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    if (event.kind != EventKind::AuthorityChanged || event.subject.kind != EntityKind::Account)
      return;
    const std::pair key{event.subject, event.observer};
    auto place = accounts_.find(key);
    if (place == accounts_.end()) {
      if (accounts_.size() >= accounts_max_) {
        ++refused_;
        return;
      }
      place =
          accounts_.emplace(key, Changed{event.subject, event.observer, 0, 0, now, now, {}}).first;
    }
    auto& changed = place->second;
    changed.last_at = now;
    if (changed.changes < UINT32_MAX) ++changed.changes;
    const auto agreed = !attribute(event, "agreed").empty();
    changed.strength = std::max(changed.strength, agreed ? kAgreed : kOneWord);
    if (changed.newest.size() == kChangesKept) changed.newest.erase(changed.newest.begin());
    changed.newest.push_back({now, attribute(event, "says")});
    out.findings.push_back(raised(changed, event, now));
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (auto it = accounts_.begin(); it != accounts_.end();) {
      if (now - it->second.last_at < clear_after_) {
        ++it;
        continue;
      }
      out.findings.push_back(cleared(it->second, now));
      it = accounts_.erase(it);
    }
  }

  void save(BinaryWriter& out) const override {
    out(refused_);
    out(static_cast<std::uint32_t>(accounts_.size()));
    for (const auto& [key, changed] : accounts_) out(changed);
  }
  bool load(BinaryReader& in) override {
    in(refused_);
    const auto count = in.take<std::uint32_t>();
    if (count > accounts_max_) return false;
    for (std::uint32_t i = 0; i < count && !in.broken(); ++i) {
      auto changed = in.take<Changed>();
      if (changed.newest.empty() || changed.newest.size() > kChangesKept || changed.strength == 0 ||
          changed.strength > 100 || changed.changes == 0)
        return false;
      const std::pair key{changed.subject, changed.observer};
      // Written in order: what is not in it is not ours.
      if (!accounts_.empty() && accounts_.rbegin()->first >= key) return false;
      accounts_.emplace_hint(accounts_.end(), key, std::move(changed));
    }
    return !in.broken();
  }

  void count(MonitorStats& stats) const override {
    for (const auto& [key, changed] : accounts_)
      stats.state_bytes +=
          sizeof(changed) + changed.newest.size() * (sizeof(Change) + kTextBytesMax);
    stats.sources_refused += refused_;
  }

 private:
  Finding finding_of(const Changed& changed, FindingPhase phase, Instant now) const {
    Finding finding;
    finding.kind = FindingKind::AuthorityChanged;
    finding.phase = phase;
    finding.subject = changed.subject;
    finding.observer = changed.observer;
    finding.at = now;
    finding.since = changed.since;
    finding.evidence.detector = version();
    return finding;
  }
  Finding raised(const Changed& changed, const Event& event, Instant now) const {
    auto finding = finding_of(changed, FindingPhase::Raised, now);
    finding.strength = changed.strength;
    auto& e = finding.evidence;
    const auto agreed = attribute(event, "agreed");
    e.unit = "changes";
    e.observed = changed.changes;
    e.summary = fmt::format("{} (slot {}, {})", attribute(event, "says"), attribute(event, "slot"),
                            agreed.empty() ? "on the word of one endpoint" : "said by " + agreed);
    e.counterfactual = fmt::format("\"{}\" still held by {} would have been no finding",
                                   attribute(event, "power"), attribute(event, "before"));
    for (const auto& change : changed.newest)
      e.inputs.push_back({change.at, change.says, to_hex(sha256(as_bytes(change.says)))});
    return finding;
  }
  Finding cleared(const Changed& changed, Instant now) const {
    auto finding = finding_of(changed, FindingPhase::Cleared, now);
    finding.evidence.summary =
        fmt::format("no further change of {} for {}, after {}", changed.subject.name,
                    format_duration(clear_after_), changed.changes);
    return finding;
  }

  const Duration clear_after_;
  const std::size_t accounts_max_;
  std::map<std::pair<Entity, Entity>, Changed> accounts_;
  std::uint64_t refused_ = 0;
};

}  // namespace

std::unique_ptr<Detector> make_authority(const DetectorContext& context) {
  return std::make_unique<AuthorityWatch>(context);
}

}  // namespace wardhive
