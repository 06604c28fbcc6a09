#include "monitor/detectors/auth_burst.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "monitor/detectors/failure_window.h"
#include "monitor/detectors/wording.h"

namespace wardhive {
namespace {

constexpr std::size_t kLinesKept = 8;
constexpr std::size_t kLineBytesMax = 160;
constexpr std::size_t kUserBytesMax = 32;
constexpr std::uint32_t kCountMax = 1'000;  // failures one event can tell of

struct Line {
  Instant at;
  Hash256 sha256{};
  std::string text;
  std::string user;
};
WARDHIVE_STATE(Line) {
  v(self.at);
  v(self.sha256);
  v(self.text);
  v(self.user);
}

// A full table lets go of the lowest tier first.
enum class Tier : std::uint8_t { Once, Several, Raised };
constexpr std::size_t kTiers = 3;

struct Source {
  Entity subject, observer;
  Tier tier = Tier::Once;
  std::uint32_t failures = 0;  // since the source was last clean
  std::uint32_t say_again_at = 0;
  std::uint8_t strength = 0;
  Instant first_at, last_at;  // of the failures, by their lines
  Instant touched_at;         // by our time
  FailureWindow fast, slow;
  std::vector<Line> lines;  // the last kLinesKept
};
WARDHIVE_STATE(Source) {
  v(self.subject);
  v(self.observer);
  v(self.tier);
  v(self.failures);
  v(self.say_again_at);
  v(self.strength);
  v(self.first_at);
  v(self.last_at);
  v(self.touched_at);
  v(self.fast);
  v(self.slow);
  v(self.lines);
}

struct Key {
  Entity subject, observer;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  std::size_t operator()(const Key& k) const {
    return EntityHash{}(k.subject) * 1'000'003 ^ EntityHash {}(k.observer);
  }
};

class AuthBurst final : public Detector {
 public:
  explicit AuthBurst(const DetectorContext& context)
      : settings_(context.settings.monitor), sources_max_(context.bounds.sources) {}

  std::string_view version() const override { return "auth_failure_burst/1"; }

  void event(const Event& event, Instant now, MonitorOutput& out) override {
    if (event.subject.kind != EntityKind::Address) return;
    if (event.kind == EventKind::AuthFailed) failed(event, now, out);
    if (event.kind == EventKind::AuthSucceeded) succeeded(event, now, out);
  }

  void tick(Instant now, MonitorOutput& out) override {
    auto& raised = tiers_[static_cast<std::size_t>(Tier::Raised)];
    while (!raised.empty() && now - raised.front().touched_at >= settings_.auth_clear_after) {
      out.findings.push_back(cleared(raised.front(), now));
      forget(raised.begin());
    }
    const auto quiet_for = std::max(settings_.auth_slow_window, settings_.auth_burst_window);
    for (const auto tier : {Tier::Once, Tier::Several}) {
      auto& sources = tiers_[static_cast<std::size_t>(tier)];
      while (!sources.empty() && now - sources.front().touched_at > quiet_for)
        forget(sources.begin());
    }
  }

  void save(BinaryWriter& out) const override {
    out(refused_);
    out(static_cast<std::uint32_t>(places_.size()));
    for (const auto& tier : tiers_)
      for (const auto& source : tier) out(source);
  }
  bool load(BinaryReader& in) override {
    in(refused_);
    const auto count = in.take<std::uint32_t>();
    if (count > sources_max_) return false;
    for (std::uint32_t i = 0; i < count && !in.broken(); ++i) {
      auto source = in.take<Source>();
      if (source.tier > Tier::Raised || source.lines.size() > kLinesKept || source.lines.empty())
        return false;
      auto& tier = tiers_[static_cast<std::size_t>(source.tier)];
      tier.push_back(std::move(source));
      if (!places_.emplace(Key{tier.back().subject, tier.back().observer}, std::prev(tier.end()))
               .second)
        return false;
      bytes_ += bytes_of(tier.back());
    }
    return !in.broken();
  }

  void count(MonitorStats& stats) const override {
    stats.state_bytes += bytes_ + places_.size() * (sizeof(Source) + 2 * sizeof(Key) + 64);
    stats.sources_refused += refused_;
  }

 private:
  using Place = std::list<Source>::iterator;

  void failed(const Event& event, Instant now, MonitorOutput& out) {
    const auto found = find_or_add(event, now);
    if (!found) return;
    const auto place = *found;
    auto& source = *place;
    const auto at = std::max({source.last_at, kNever, std::min(event.at, now)});
    bytes_ -= bytes_of(source);
    source.last_at = at;
    source.touched_at = now;
    if (source.failures == 0) source.first_at = at;
    for (auto left = count_of(event); left > 0; --left) {
      if (source.failures < UINT32_MAX) ++source.failures;
      source.fast.add(at, settings_.auth_burst_failures);
      source.slow.add(at, settings_.auth_slow_failures);
    }
    keep_line(source, event, at);
    bytes_ += bytes_of(source);
    judge(source, now, out);
    const auto tier = source.strength > 0   ? Tier::Raised
                      : source.failures > 1 ? Tier::Several
                                            : Tier::Once;
    move_to(place, tier);
  }

  void judge(Source& source, Instant now, MonitorOutput& out) {
    if (source.strength > 0) {
      if (source.failures < source.say_again_at) return;
      return say(source, 100, now, out);
    }
    const bool fast = source.fast.is_full(source.last_at, settings_.auth_burst_failures,
                                          settings_.auth_burst_window);
    const bool slow = source.slow.is_full(source.last_at, settings_.auth_slow_failures,
                                          settings_.auth_slow_window);
    if (!fast && !slow) return;
    // What came before the window is not part of the burst.
    const auto& window = fast ? source.fast : source.slow;
    const auto span = fast ? settings_.auth_burst_window : settings_.auth_slow_window;
    const auto bound = fast ? settings_.auth_burst_failures : settings_.auth_slow_failures;
    source.first_at = window.first(source.last_at, span);
    source.failures = std::max(bound, window.count(source.last_at, bound, span));
    say(source, strength_of(source.failures, bound), now, out);
  }
  static std::uint8_t strength_of(std::uint32_t failures, std::uint32_t bound) {
    return static_cast<std::uint8_t>(
        std::lround(std::clamp(60 + 20.0 * failures / bound, 80.0, 100.0)));
  }
  void say(Source& source, std::uint8_t strength, Instant now, MonitorOutput& out) {
    source.strength = strength;
    source.say_again_at = source.failures > UINT32_MAX / 2 ? UINT32_MAX : source.failures * 2;
    out.findings.push_back(raised(source, now));
  }

  void succeeded(const Event& event, Instant now, MonitorOutput& out) {
    const auto found = places_.find({event.subject, event.observer});
    if (found == places_.end()) return;
    auto& source = *found->second;
    if (source.strength == 0) {
      source.fast.reset();
      return;
    }
    if (source.strength == 100) return;
    source.strength = 100;
    auto finding = raised(source, now);
    finding.evidence.summary += ", and then logged in";
    out.findings.push_back(std::move(finding));
  }

  std::optional<Place> find_or_add(const Event& event, Instant now) {
    Key key{event.subject, event.observer};
    if (const auto it = places_.find(key); it != places_.end()) return it->second;
    if (places_.size() >= sources_max_) {
      ++refused_;  // the new one, or the one that makes room for it
      const auto raised = tiers_.end() - 1;
      const auto lowest =
          std::find_if(tiers_.begin(), raised, [](const auto& tier) { return !tier.empty(); });
      if (lowest == raised) return std::nullopt;
      forget(lowest->begin());
    }
    auto& tier = tiers_[static_cast<std::size_t>(Tier::Once)];
    auto& source = tier.emplace_back();
    source.subject = event.subject;
    source.observer = event.observer;
    source.first_at = now;
    source.last_at = kNever;
    source.touched_at = now;
    const auto place = std::prev(tier.end());
    places_.emplace(std::move(key), place);
    return place;
  }
  void move_to(Place place, Tier tier) {
    auto& from = tiers_[static_cast<std::size_t>(place->tier)];
    auto& to = tiers_[static_cast<std::size_t>(tier)];
    place->tier = tier;
    to.splice(to.end(), from, place);
  }
  void forget(Place place) {
    bytes_ -= bytes_of(*place);
    places_.erase({place->subject, place->observer});
    tiers_[static_cast<std::size_t>(place->tier)].erase(place);
  }

  static const std::string& attribute(const Event& event, const std::string& key) {
    const auto it = event.attributes.find(key);
    return it == event.attributes.end() ? kNone : it->second;
  }
  // syslog folds equal lines into one that says how many there were.
  static std::uint32_t count_of(const Event& event) {
    const auto& text = attribute(event, "count");
    std::uint32_t count = 1;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return std::clamp(count, 1u, kCountMax);
  }
  // At most `bytes_max`, not in the middle of a UTF-8 character.
  static std::string cut(const std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80)
      --bytes_max;
    return text.substr(0, bytes_max);
  }
  static std::uint64_t bytes_of(const Source& source) {
    return source.fast.bytes() + source.slow.bytes() +
           source.lines.size() * (sizeof(Line) + kLineBytesMax);
  }
  void keep_line(Source& source, const Event& event, Instant at) {
    const auto& line = attribute(event, "line");
    if (source.lines.size() == kLinesKept) source.lines.erase(source.lines.begin());
    source.lines.push_back({at, sha256(as_bytes(line)), cut(line, kLineBytesMax),
                            cut(attribute(event, "user"), kUserBytesMax)});
  }

  static std::string users_of(const Source& source) {
    std::vector<std::string_view> users;
    for (const auto& line : source.lines)
      if (!line.user.empty() && std::find(users.begin(), users.end(), line.user) == users.end())
        users.push_back(line.user);
    return users.empty() ? std::string() : fmt::format(", as {}", fmt::join(users, ", "));
  }
  Finding raised(const Source& source, Instant now) const {
    Finding finding{FindingKind::AuthFailureBurst,
                    FindingPhase::Raised,
                    source.subject,
                    source.observer,
                    source.strength,
                    now,
                    source.first_at,
                    {}};
    auto& e = finding.evidence;
    const bool fast = source.fast.is_full(source.last_at, settings_.auth_burst_failures,
                                          settings_.auth_burst_window);
    const auto bound = fast ? settings_.auth_burst_failures : settings_.auth_slow_failures;
    const auto window =
        format_duration(fast ? settings_.auth_burst_window : settings_.auth_slow_window);
    e.detector = version();
    e.unit = "failed log-ins";
    e.observed = source.failures;
    e.threshold = bound;
    e.summary = fmt::format("{} failed log-ins on {} by {} within {}{}, bound {} within {}",
                            source.failures, source.observer.name, source.subject.name,
                            say_seconds(to_seconds(source.last_at - source.first_at)),
                            users_of(source), bound, window);
    e.counterfactual = fmt::format("{} failures within {} would have been below the bound of {}",
                                   bound - 1, window, bound);
    for (const auto& line : source.lines)
      e.inputs.push_back({line.at, line.text, to_hex(line.sha256)});
    return finding;
  }
  Finding cleared(const Source& source, Instant now) const {
    Finding finding{FindingKind::AuthFailureBurst,
                    FindingPhase::Cleared,
                    source.subject,
                    source.observer,
                    0,
                    now,
                    source.first_at,
                    {}};
    finding.evidence.detector = version();
    finding.evidence.summary = fmt::format(
        "no failed log-in on {} by {} for {}, after {}", source.observer.name, source.subject.name,
        format_duration(settings_.auth_clear_after), source.failures);
    return finding;
  }

  inline static const std::string kNone;

  const MonitorSettings& settings_;
  const std::size_t sources_max_;
  std::array<std::list<Source>, kTiers> tiers_;  // each in order of the last failure, oldest first
  std::unordered_map<Key, Place, KeyHash> places_;
  std::uint64_t bytes_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace

std::unique_ptr<Detector> make_auth_burst(const DetectorContext& context) {
  return std::make_unique<AuthBurst>(context);
}

}  // namespace wardhive
