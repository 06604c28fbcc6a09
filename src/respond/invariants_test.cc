// Whatever comes in, in whatever order: what must always hold.
#include <gmock/gmock.h>

#include <random>

#include "respond/harness.h"
#include "respond/transitions.h"

namespace wardhive {
namespace {

using enum IncidentState;

constexpr int kNodes = 12;

Settings brisk() {
  auto settings = enforcing();
  auto& restoration = settings.respond.restoration;
  restoration.verify_for = seconds(10);
  restoration.stage_10 = restoration.stage_50 = seconds(5);
  restoration.watch = seconds(10);
  restoration.requests_min = 5;
  restoration.backoff = seconds(5);
  settings.respond.rails.expiry_min = seconds(40);
  settings.respond.rails.storm_cooldown = seconds(20);
  settings.respond.rails.cycles_per_node = 100;
  settings.respond.rails.isolations_per_minute = 20;
  settings.respond.rails.isolated_share_max_bps = 2'500;  // three of twelve
  return settings;
}

Inventory twelve_nodes() {
  Inventory inventory;
  NodeInfo gateway{"gw-1", "gateway", {"10.0.0.1"}, {"haproxy", "nftables"}, {}, true};
  for (int i = 0; i < kNodes; ++i) {
    inventory.nodes.push_back(
        {fmt::format("n{}", i), "gpu", {fmt::format("10.0.1.{}", i)}, {"nftables"}, {}, i != 11});
    gateway.backends.push_back(inventory.nodes.back().name);
  }
  inventory.nodes.push_back(gateway);
  inventory.never_touch = {"10.0.0.0/16"};
  inventory.allow_list = {"203.0.113.1", "n3"};
  return inventory;
}

// Random records, mostly sensible; answers to orders that come late, twice or not at all.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed), respond_(make()) { feed(twelve_nodes(), {}); }

  static std::unique_ptr<Respond> make() {
    return std::move(*Respond::make(brisk(), {brute_force(), bad_node()}));
  }

  void step() {
    now_ += millis(static_cast<std::int64_t>(pick(300)));
    if (++steps_ % 500 == 250) clear_n5();
    switch (pick(16)) {
      case 0:
      case 1:
        return feed(Tick{}, {});
      case 2:
      case 3:
        return finding();
      case 4:
      case 5:
      case 6:
        return receipt();
      case 7:
        return pick(20) == 0 ? command() : feed(Tick{}, {});
      case 8:
        return pick(200) == 0 ? feed(ClockJumped{seconds(9)}, {}) : feed(Tick{}, {});
      default:
        return health();
    }
  }
  // From here on by another instance with the same memory.
  void restart() {
    auto next = make();
    const auto snapshot = respond_->save();
    ASSERT_TRUE(next->load(snapshot).has_value());
    ASSERT_EQ(next->save(), snapshot);
    respond_ = std::move(next);
  }

  std::string journal;
  std::map<IncidentState, int> seen;
  std::size_t actions = 0, promoted = 0;
  std::unique_ptr<Respond>& respond() { return respond_; }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string some_node() { return fmt::format("n{}", pick(kNodes + 1)); }  // one is unknown
  std::string some_observer() {
    return std::array<std::string, 5>{"controller", "gw-1", "n0", "n1", "n2"}[pick(5)];
  }
  std::string some_address() {
    return std::array<std::string, 6>{"203.0.113.1", "203.0.113.2", "203.0.113.3",
                                      "10.0.1.4",    "127.0.0.1",   "198.51.100.7"}[pick(6)];
  }

  // Rough and calm stretches take turns, so that there is something to restore.
  bool calm() const { return steps_ % 500 >= 250; }
  void clear_n5() {
    for (const auto* observer : {"controller", "gw-1", "n0", "n1", "n2"})
      for (const auto kind : {FindingKind::Silent, FindingKind::Unreachable,
                              FindingKind::LatencyShift, FindingKind::ErrorRateShift})
        feed(Finding{kind, FindingPhase::Cleared, node("n5"), node(observer), 0, now_, now_, {}},
             {});
  }

  void finding() {
    const bool ban = calm() || pick(3) == 0;
    const auto subject = ban ? address(some_address()) : node(pick(3) == 0 ? some_node() : "n5");
    const auto kind = ban ? FindingKind::AuthFailureBurst : static_cast<FindingKind>(pick(4));
    const auto phase = pick(2) == 0 ? FindingPhase::Raised : FindingPhase::Cleared;
    Finding finding{kind,
                    phase,
                    subject,
                    node(some_observer()),
                    static_cast<std::uint8_t>(1 + pick(100)),
                    now_,
                    now_ - seconds(static_cast<std::int64_t>(pick(60))),
                    {}};
    Score score;
    score.subject = subject;
    score.at = now_;
    score.value = static_cast<std::uint8_t>(30 + pick(70));
    score.contributions = {{"base", -2'000, 0, 0, "", {}}, {"f", 2'500, 1, 1, "", now_}};
    score.log_odds_milli = 500;
    score.learned_only = pick(20) == 0;
    if (pick(3) != 0) score.until_below = now_ + seconds(static_cast<std::int64_t>(pick(4'000)));
    feed(finding, {score});
  }
  void health() {
    const bool well = calm() || pick(12) != 0;
    const auto name = pick(2) == 0 ? some_node() : "n5";
    const auto requests = pick(2) == 0 ? 0u : 60u;
    feed(Health{node(name), node(some_observer()), now_, now_, 10, 0, requests,
                static_cast<std::uint32_t>(pick(100)), 20'000, well},
         {});
  }
  void receipt() {
    if (pending_.empty()) return feed(Tick{}, {});
    const auto action = pending_[pick(pending_.size())];
    auto outcome = action.present ? Outcome::Applied : Outcome::Removed;
    if (pick(8) == 0) outcome = static_cast<Outcome>(pick(5));
    feed(Receipt{action.id, node(action.agent), outcome, pick(10) != 0,
                 action.version - (pick(10) == 0 ? 1 : 0), 1, 5, now_, ""},
         {});
  }
  void command() {
    Command command;
    command.kind = static_cast<CommandKind>(pick(7));
    command.actor = "ada";
    command.mode = pick(8) == 0 ? Mode::Shadow : Mode::Enforce;
    if (!known_.empty()) command.decision = known_[pick(known_.size())];
    command.entity = pick(2) == 0 ? address(some_address()) : node(some_node());
    if (command.kind == CommandKind::Allow) allowed_.insert(command.entity);
    if (command.kind == CommandKind::Disallow) allowed_.erase(command.entity);
    feed(command, {});
  }

  void feed(const Record& record, std::vector<Score> scores) {
    RespondOutput out;
    respond_->step({++offset_, now_, record}, scores, out);
    check(out);
  }

  void check(const RespondOutput& out) {
    for (const auto& incident : out.incidents) check_incident(incident);
    for (const auto& decision : out.decisions) check_decision(decision);
    for (const auto& action : out.actions) check_action(action);
    for (const auto& notice : out.notices) write(notice);
    for (const auto& settlement : out.settlements) write(settlement);
    for (const auto& result : out.results) write(result);
    ASSERT_LE(std::count_if(out_of_service_.begin(), out_of_service_.end(),
                            [](const auto& item) { return item.second; }),
              3);
  }

  void check_incident(const Incident& incident) {
    write(incident);
    ++seen[incident.state];
    ASSERT_LE(incident.timeline.size(), 64u);
    auto& last = timelines_[incident.id];
    auto from = last.empty() ? Detected : last.back().state;
    // Entries that are new since it was last given out; the oldest may have been dropped.
    auto at = incident.timeline.begin();
    if (!last.empty())
      while (at != incident.timeline.end() && at->at <= last.back().at) ++at;
    for (; at != incident.timeline.end(); ++at) {
      ASSERT_TRUE(at->state == from || respond::may_follow(from, at->state))
          << name_of(from) << " to " << name_of(at->state);
      from = at->state;
    }
    last = incident.timeline;
    if (!is_open(incident.state)) ASSERT_NE(incident.ended_at, Instant{});
  }

  void check_decision(const Decision& decision) {
    write(decision);
    known_.push_back(decision.id);
    ASSERT_TRUE(decision.id);
    ASSERT_FALSE(decision.reason.empty() || decision.counterfactual.empty() ||
                 decision.undo.empty() || decision.playbook.empty());
    ASSERT_FALSE(decision.rails.empty() || decision.evidence.empty());
    ASSERT_LE(decision.evidence.size(), 8u);
    std::int32_t sum = 0;
    for (const auto& part : decision.score.contributions) sum += part.milli;
    ASSERT_EQ(sum, decision.score.log_odds_milli);
    ASSERT_GE(decision.score.value, decision.threshold);
    const bool active = decision.state == DecisionState::Active;
    if (decision.target.kind == EntityKind::Node) out_of_service_[decision.target.name] = active;
    if (!active) return;
    ASSERT_GT(decision.expires_at, now_ - seconds(1));
    ASSERT_LE(decision.expires_at, now_ + hours(24));
    for (const auto& check : decision.rails) ASSERT_TRUE(check.passed) << check.rail;
  }

  void check_action(const Action& action) {
    write(action);
    ++actions;
    auto& version = versions_[action.agent + action.control + action.key];
    ASSERT_GE(action.version, version) << "never older than what the agent holds";
    version = action.version;
    std::erase_if(pending_, [&](const Action& other) {
      return other.agent == action.agent && other.key == action.key;
    });
    pending_.push_back(action);
    if (pending_.size() > 50) pending_.erase(pending_.begin());
    if (!action.present) return;
    ASSERT_NE(action.expires_at, Instant{});
    ASSERT_NE(action.key, "203.0.113.1");
    ASSERT_FALSE(action.key.starts_with("10.") || action.key.starts_with("127.")) << action.key;
    ASSERT_TRUE(action.key != "n3" && action.key != "n11" && action.key != "n12" &&
                action.key != "gw-1")
        << action.key;
    ASSERT_FALSE(allowed_.contains(node(action.key)) || allowed_.contains(address(action.key)))
        << action.key;
    if (action.control != "haproxy") return;
    auto& share = shares_[action.key];
    // Upwards only one stage at a time.
    if (action.share_bps > share)
      ASSERT_TRUE((share == 0 && action.share_bps == 1'000) ||
                  (share == 1'000 && action.share_bps == 5'000));
    if (action.share_bps > share) ++promoted;
    share = action.share_bps;
  }

  template <class T>
  void write(const T& noun) {
    journal += to_json(noun);
    journal += '\n';
  }

  std::mt19937_64 random_;
  std::unique_ptr<Respond> respond_;
  Instant now_ = kStart;
  std::uint64_t offset_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<Action> pending_;
  std::vector<DecisionId> known_;
  std::set<Entity> allowed_;
  std::map<std::string, bool> out_of_service_;
  std::map<std::string, std::uint64_t> versions_;
  std::map<std::string, std::uint32_t> shares_;
  std::map<IncidentId, std::vector<TimelineEntry>> timelines_;
};

// A sanitizer makes each step forty times dearer, and what it looks for is in the first thousands.
#if __has_feature(address_sanitizer)
constexpr std::uint64_t kSeeds = 2;
#else
constexpr std::uint64_t kSeeds = 5;
#endif

TEST(Invariants, HoldOverRandomRecords) {
  std::map<IncidentState, int> seen;
  std::size_t actions = 0, promoted = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds && !testing::Test::HasFatalFailure(); ++seed) {
    Chaos chaos(seed);
    for (int i = 0; i < 20'000 && !testing::Test::HasFatalFailure(); ++i) chaos.step();
    for (const auto& [state, count] : chaos.seen) seen[state] += count;
    actions += chaos.actions;
    promoted += chaos.promoted;
  }
  // It was no idle walk.
  for (const auto state : {Detected, Containing, Contained, Verifying, Restoring, Resolved, Held,
                           Escalated, FalsePositive})
    EXPECT_GT(seen[state], 0) << name_of(state);
  EXPECT_GT(actions, 500u);
  EXPECT_GT(promoted, 5u);
}

TEST(Invariants, TheSameRecordsGiveTheSameBytesWithRestartsInBetween) {
  Chaos straight(42), stopped(42);
  for (int i = 0; i < 6'000 && !testing::Test::HasFatalFailure(); ++i) {
    straight.step();
    stopped.step();
    if (i % 500 == 250) stopped.restart();
  }
  EXPECT_EQ(straight.journal, stopped.journal);
  EXPECT_EQ(straight.respond()->save(), stopped.respond()->save());
  const auto order = [](const Action& action) { return to_json(action); };
  std::vector<std::string> a, b;
  for (const auto& action : straight.respond()->standing_actions()) a.push_back(order(action));
  for (const auto& action : stopped.respond()->standing_actions()) b.push_back(order(action));
  EXPECT_EQ(a, b);
}

TEST(Snapshot, RefusesWhatIsNotOurs) {
  auto respond = Chaos::make();
  const auto good = respond->save();
  EXPECT_EQ(respond->load("").error().code, ErrorCode::Corrupt);
  EXPECT_EQ(respond->load("[]").error().code, ErrorCode::Corrupt);
  EXPECT_EQ(respond->load(R"({"version":2,"state":{}})").error().code, ErrorCode::Unsupported);
  EXPECT_EQ(
      respond->load(R"({"version":1,"state":{"swept_at":"1800-01-01T00:00:00Z"}})").error().code,
      ErrorCode::Corrupt);
  EXPECT_EQ(respond->load(R"({"version":1,"state":{"cases":{"x y":{}}}})").error().code,
            ErrorCode::Corrupt);
  EXPECT_EQ(respond->load(R"({"version":1,"state":{"suspects":{"node/a":{}}}})").error().code,
            ErrorCode::Corrupt);
  EXPECT_EQ(respond->save(), good) << "a refused snapshot changes nothing";
}

TEST(Bounds, MoreAttackersThanIncidentsAreCountedAndNotHeld) {
  World w(Settings{});  // shadow: nothing but the tables fills up
  for (int i = 0; i < 10'500; ++i)
    w.burst(fmt::format("198.{}.{}.{}", 18 + i / 65'536, i / 256 % 256, i % 256), "job-1");
  EXPECT_EQ(w.respond->stats().incidents_open, 10'000u);
  EXPECT_GT(w.respond->stats().incidents_refused, 0u);
}

}  // namespace
}  // namespace wardhive
