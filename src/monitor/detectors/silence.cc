#include "monitor/detectors/silence.h"

#include <algorithm>
#include <map>
#include <set>

#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::uint8_t kSuspectStrength = 40;
constexpr std::uint8_t kDeadStrength = 100;
constexpr std::uint32_t kRhythmContacts = 3;
constexpr double kGapMaxSeconds = 300;  // Prometheus calls a series stale after this long

enum class Stage : std::uint8_t { Heard, Suspect, Dead, Stopped };

struct Node {
  Instant heard_at;
  Stage stage = Stage::Heard;
  bool agent = false;
  std::uint32_t contacts = 0;  // counted up to kRhythmContacts
  double gap_s = 0;            // usual gap between contacts: a slow median
};
WARDHIVE_STATE(Node) {
  v(self.heard_at);
  v(self.stage);
  v(self.agent);
  v(self.contacts);
  v(self.gap_s);
}

class Silence final : public Detector {
 public:
  explicit Silence(const DetectorContext& context)
      : settings_(context.settings.monitor), nodes_max_(context.bounds.nodes) {}

  std::string_view version() const override { return "silence/1"; }

  void heard(std::string_view name, bool agent, Instant at) override {
    auto it = nodes_.find(name);
    if (it == nodes_.end()) {
      if (nodes_.size() >= nodes_max_ && !(agent && forget_a_stranger())) {
        ++refused_;
        return;
      }
      it = nodes_.emplace(name, Node{at, Stage::Heard, agent, 1, 0}).first;
    }
    auto& node = it->second;
    node.agent |= agent;
    if (at <= node.heard_at) return;
    learn_gap(node, to_seconds(at - node.heard_at));
    node.heard_at = at;
    if (node.stage == Stage::Stopped) node.stage = Stage::Heard;
  }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    if (event.kind != EventKind::AgentStopping || event.observer.kind != EntityKind::Node) return;
    const auto it = nodes_.find(event.observer.name);
    if (it == nodes_.end()) return;
    if (is_raised(it->second))
      out.findings.push_back(cleared(it->first, it->second, now, "said that it is stopping"));
    it->second.stage = Stage::Stopped;
  }

  void inventory(const Inventory& inventory, Instant now, MonitorOutput& out) override {
    std::set<std::string> listed;
    for (const auto& info : inventory.nodes) listed.insert(info.name);
    for (const auto& name : listed_) {
      if (listed.contains(name)) continue;
      const auto it = nodes_.find(name);
      if (it == nodes_.end()) continue;
      if (is_raised(it->second))
        out.findings.push_back(cleared(name, it->second, now, "left the inventory"));
      nodes_.erase(it);
    }
    listed_ = std::move(listed);
  }

  void tick(Instant now, MonitorOutput& out) override {
    for (auto& [name, node] : nodes_) judge(name, node, now, out);
  }
  void clock_jumped(Instant now) override { counted_from_ = now; }
  void paused(Instant now) override { counted_from_ = now; }

  void save(BinaryWriter& out) const override {
    out(refused_);
    out(counted_from_);
    out(static_cast<std::uint32_t>(nodes_.size()));
    for (const auto& [name, node] : nodes_) {
      out(name);
      out(node);
    }
    out(static_cast<std::uint32_t>(listed_.size()));
    for (const auto& name : listed_) out(name);
  }
  bool load(BinaryReader& in) override {
    in(refused_);
    in(counted_from_);
    const auto count = in.take<std::uint32_t>();
    if (count > nodes_max_) return false;
    for (std::uint32_t i = 0; i < count && !in.broken(); ++i) {
      const auto name = in.take<std::string>();
      const auto node = in.take<Node>();
      if (node.stage > Stage::Stopped || !std::isfinite(node.gap_s)) return false;
      nodes_[name] = node;
    }
    const auto listed = in.take<std::uint32_t>();
    for (std::uint32_t i = 0; i < listed && !in.broken(); ++i)
      listed_.insert(in.take<std::string>());
    return !in.broken();
  }
  void count(MonitorStats& stats) const override {
    stats.state_bytes += nodes_.size() * 176 + listed_.size() * 96;
    stats.nodes_refused += refused_;
  }

 private:
  static bool is_raised(const Node& node) {
    return node.stage == Stage::Suspect || node.stage == Stage::Dead;
  }

  // An enrolled agent has the right of way: names in foreign samples cost nothing to invent.
  bool forget_a_stranger() {
    const auto stranger = std::find_if(nodes_.begin(), nodes_.end(), [](const auto& n) {
      return !n.second.agent && !is_raised(n.second);
    });
    if (stranger == nodes_.end()) return false;
    nodes_.erase(stranger);
    ++refused_;
    return true;
  }

  // Moves a tenth towards each gap, so that one long outage does not buy long silences.
  static void learn_gap(Node& node, double gap_s) {
    gap_s = std::min(gap_s, kGapMaxSeconds);
    node.contacts = std::min(node.contacts + 1, kRhythmContacts);
    if (node.gap_s == 0)
      node.gap_s = gap_s;
    else
      node.gap_s *= gap_s > node.gap_s ? 1.1 : 1 / 1.1;
    node.gap_s = std::clamp(node.gap_s, 1e-3, kGapMaxSeconds);
  }
  static Duration patience(const Node& node, Duration setting, double gaps) {
    return node.agent ? setting : std::max(setting, from_seconds(gaps * node.gap_s));
  }

  void judge(const std::string& name, Node& node, Instant now, MonitorOutput& out) {
    if (node.stage == Stage::Stopped) return;
    if (!node.agent && node.contacts < kRhythmContacts) return;
    const auto quiet = now - std::max(node.heard_at, counted_from_);
    const auto suspect_after = patience(node, settings_.silence_suspect, 3);
    const auto dead_after = patience(node, settings_.silence_dead, 6);
    if (quiet < suspect_after) {
      // Only a word clears; that we start to count again does not.
      if (is_raised(node) && now - node.heard_at < suspect_after) {
        out.findings.push_back(cleared(name, node, now, "was heard again"));
        node.stage = Stage::Heard;
      }
      return;
    }
    if (quiet >= dead_after && node.stage != Stage::Dead) {
      node.stage = Stage::Dead;
      out.findings.push_back(raised(name, node, now, kDeadStrength, quiet, dead_after));
    } else if (node.stage == Stage::Heard) {
      node.stage = Stage::Suspect;
      out.findings.push_back(raised(name, node, now, kSuspectStrength, quiet, suspect_after));
    }
  }

  Finding raised(const std::string& name, const Node& node, Instant now, std::uint8_t strength,
                 Duration quiet, Duration bound) const {
    Finding finding{FindingKind::Silent,
                    FindingPhase::Raised,
                    wardhive::node(name),
                    wardhive::node("controller"),
                    strength,
                    now,
                    node.heard_at,
                    {}};
    auto& e = finding.evidence;
    e.detector = version();
    e.summary = fmt::format("nothing heard from {} for {}, bound {}", name,
                            say_seconds(to_seconds(quiet)), say_seconds(to_seconds(bound)));
    e.unit = "s";
    e.observed = to_seconds(quiet);
    e.expected = node.gap_s;
    e.threshold = to_seconds(bound);
    e.counterfactual =
        fmt::format("any word of {} within {}", name, say_seconds(to_seconds(bound)));
    e.inputs.push_back({node.heard_at, "last heard at " + format_rfc3339(node.heard_at), {}});
    return finding;
  }
  Finding cleared(const std::string& name, const Node& node, Instant now,
                  std::string_view why) const {
    Finding finding{FindingKind::Silent,
                    FindingPhase::Cleared,
                    wardhive::node(name),
                    wardhive::node("controller"),
                    0,
                    now,
                    node.heard_at,
                    {}};
    finding.evidence.detector = version();
    finding.evidence.summary = fmt::format("{} {}", name, why);
    return finding;
  }

  const MonitorSettings& settings_;
  const std::size_t nodes_max_;
  std::map<std::string, Node, std::less<>> nodes_;  // ordered: ticks go through it
  std::set<std::string> listed_;
  Instant counted_from_ = kNever;
  std::uint64_t refused_ = 0;
};

}  // namespace

std::unique_ptr<Detector> make_silence(const DetectorContext& context) {
  return std::make_unique<Silence>(context);
}

}  // namespace wardhive
