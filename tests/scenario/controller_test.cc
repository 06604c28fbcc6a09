// What befalls the controller itself: a set clock, a full disk, a flood, its own death.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>

#include "base/limits.h"
#include "engine/inbox.h"
#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

using enum IncidentState;

const Entity kBad = node("job-3");
const std::string kAttacker = "203.0.113.66";

// In memory where there is such a place: the store fsyncs every pass of every simulated second.
class Kept {
 public:
  Kept() {
    std::error_code none;
    std::string name =
        (std::filesystem::is_directory("/dev/shm", none) ? "/dev/shm" : testing::TempDir()) +
        "/wardhive-XXXXXX";
    path_ = ::mkdtemp(name.data()) != nullptr ? name : testing::TempDir();
  }
  ~Kept() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Options demo() const {
    Options options;
    options.settings = enforcing_demo();
    options.directory = path_;
    return options;
  }

 private:
  std::filesystem::path path_;
};

class SetClock : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Minutes, SetClock, testing::Values(-5, 5),
                         [](const auto& by) { return by.param < 0 ? "back" : "ahead"; });

TEST_P(SetClock, IsolatesNobody) {
  World world;
  world.run(minutes(1));
  world.set_controller_clock_by(minutes(GetParam()));
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.decisions.empty());
  world.set_controller_clock_by(minutes(-GetParam()));
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.decisions.empty());
}

// Whichever time was right, no node is drained before the pause is over.
TEST_P(SetClock, HoldsIsolationForThePauseAndNotForGood) {
  World world;
  for (const auto& name : world.jobs) world.machine(name).skew = minutes(GetParam());
  world.machine("gw-1").skew = minutes(GetParam());
  world.run(minutes(1));
  world.set_controller_clock_by(minutes(GetParam()));  // put right
  world.machine("job-3").fail(millis(400), 0.5);
  const auto pause = world.options.settings.respond.rails.clock_jump_pause;
  world.run(pause - seconds(1));
  EXPECT_EQ(world.share_bps("job-3"), 10'000u);
  EXPECT_TRUE(world.until_share("job-3", 0, seconds(20)));
}

TEST_P(SetClock, ChangesNoExpiryWhereItActs) {
  World world;
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  ASSERT_TRUE(world.until([&] { return attacker.dropped > 0; }, seconds(30)));
  attacker.active = false;
  const auto* decision = world.ledger.decision(address(kAttacker));
  const auto promised = decision->expires_at - decision->made_at;
  const auto began = world.clock.mono();
  world.set_controller_clock_by(minutes(GetParam()));
  world.run(minutes(6));
  EXPECT_TRUE(world.agent("job-2").bans(kAttacker)) << "a ban of " << format_duration(promised);
  EXPECT_GE(promised, minutes(10));
  EXPECT_EQ(world.agent("job-2").changes(), 1u);
  EXPECT_LT(world.clock.mono() - began, promised);
}

TEST_P(SetClock, SkipsNoVerification) {
  World world;
  world.run(seconds(30));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Contained, seconds(20)));
  world.machine("job-3").recover();
  ASSERT_TRUE(world.until(kBad, Verifying, minutes(1)));
  world.set_controller_clock_by(minutes(GetParam()));
  const auto& r = world.options.settings.respond.restoration;
  world.run(r.verify_for - seconds(30));
  EXPECT_EQ(world.share_bps("job-3"), 0u);
  world.set_controller_clock_by(minutes(-GetParam()));
  EXPECT_TRUE(world.until_share("job-3", 1'000, minutes(15)));
}

TEST(FullDisk, StopsNoDefenceAndLosesNothingThatWasAnswered) {
  const Kept kept;
  World world(kept.demo());
  world.run(seconds(10));
  world.store().full = true;
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  ASSERT_TRUE(world.until([&] { return attacker.dropped > 0; }, seconds(30)))
      << "defence does not wait for a disk";
  EXPECT_TRUE(world.pipeline().disk_full());
  EXPECT_EQ(world.ledger.decision(address(kAttacker)), nullptr)
      << "nothing is shown that is not stored";
  EXPECT_GT(world.store().refused(), 0u);

  world.store().full = false;
  world.run(seconds(2));
  EXPECT_FALSE(world.pipeline().disk_full());
  EXPECT_TRUE(world.ledger.is(address(kAttacker), Contained)) << "the journal has caught up";
  EXPECT_EQ(world.agent("job-2").changes(), 1u);
  // Every log-in that reached a node stands in the log exactly once.
  std::set<std::string> stored;
  ASSERT_TRUE(world.store().scan_log(1, [&](const LogEntry& entry) {
    if (entry.kind != "event") return true;
    const auto record = decode_record(entry.kind, entry.body);
    const auto& event = std::get<Event>(*record);
    EXPECT_TRUE(stored.insert(event.attributes.at("number")).second) << "twice";
    return true;
  }));
  EXPECT_EQ(stored.size(), world.events_sent);
  EXPECT_TRUE(world.store().verify_audit({}));
}

TEST(FullDisk, AndDeathLoseNothingThatWasAnswered) {
  const Kept kept;
  World world(kept.demo());
  world.run(seconds(10));
  world.store().full = true;
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  ASSERT_TRUE(world.until([&] { return attacker.dropped > 0; }, seconds(30)));
  world.restart();  // what was only in memory is gone; the agents were not answered
  EXPECT_TRUE(world.until(address(kAttacker), Contained, seconds(10)))
      << "sent again, decided again";
  EXPECT_TRUE(world.agent("job-2").bans(kAttacker));
  EXPECT_TRUE(world.store().verify_audit({}));
}

TEST(Flood, IsBoundedAndDropsNoCommand) {
  Inbox inbox;
  const auto event = [&](int i) {
    Event e{EventKind::AuthFailed, address(kAttacker), node("job-1"), instant_from_ns(i), {}};
    return Submission{{e}, {}, "job-1", 0, {}, {}};
  };
  int refused = 0;
  const int sent = 2 * static_cast<int>(limits::kPipelineQueueRecordsMax);
  for (int i = 0; i < sent; ++i) refused += !inbox.submit(event(i));
  EXPECT_EQ(inbox.depth(), limits::kPipelineQueueRecordsMax);
  EXPECT_EQ(refused, sent - static_cast<int>(limits::kPipelineQueueRecordsMax));
  SampleBatch batch;
  batch.samples.resize(1);
  EXPECT_FALSE(inbox.submit({{}, {batch}, "job-1", 0, {}, {}}));
  EXPECT_TRUE(inbox.submit({{Receipt{}}, {}, "job-1", 0, {}, {}}));
  EXPECT_TRUE(inbox.submit({{Command{}}, {}, "", 0, {}, {}}));
}

// Ten times the log-ins, from everywhere: whoever attacks is banned in time, and nobody else.
TEST(Flood, OfFailuresHidesNoAttacker) {
  Options options;
  options.nodes = 3;
  options.requests_per_second = 0;
  World world(options);
  for (int i = 0; i < 300; ++i)
    world.guest({.address = fmt::format("198.51.{}.{}", i / 200, 1 + i % 200),
                 .node = fmt::format("job-{}", 1 + i % 3),
                 .every = seconds(40 + i % 7)});
  world.run(seconds(30));
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  const auto banned = world.until([&] { return attacker.dropped > 0; }, seconds(30));
  ASSERT_TRUE(banned);
  EXPECT_LE(*banned, seconds(3));
  EXPECT_LE(world.pipeline().respond().stats().incidents_open, limits::kIncidentsOpenMax);
}

// Where it dies, and whether its newest snapshot is from before the fault, or it has none.
struct Death {
  const char* name;
  IncidentState state;
  std::uint32_t share_bps;
  bool snapshot;
};
class ControllerDies : public testing::TestWithParam<Death> {};
INSTANTIATE_TEST_SUITE_P(At, ControllerDies,
                         testing::Values(Death{"containing", Containing, 0, false},
                                         Death{"contained", Contained, 0, true},
                                         Death{"verifying", Verifying, 0, false},
                                         Death{"restoring10", Restoring, 1'000, true},
                                         Death{"restoring50", Restoring, 5'000, false},
                                         Death{"watching", Watching, 10'000, true}),
                         [](const auto& death) { return death.param.name; });

TEST_P(ControllerDies, AndGoesOnWhereItWas) {
  const Kept kept;
  World world(kept.demo());
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  ASSERT_TRUE(world.until([&] { return attacker.dropped > 0; }, seconds(30)));
  world.run(seconds(20));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Containing, seconds(20)));
  if (GetParam().snapshot) EXPECT_TRUE(world.pipeline().snapshot());
  if (GetParam().state != Containing) {
    ASSERT_TRUE(world.until(kBad, Contained, seconds(20)));
    world.machine("job-3").recover();
  }
  ASSERT_TRUE(world.until(
      [&] {
        return world.ledger.is(kBad, GetParam().state) &&
               world.ledger.decision(kBad)->share_bps == GetParam().share_bps;
      },
      minutes(3)));

  const auto journal = world.ledger.journal;
  const auto decision = world.ledger.decision(kBad)->id;
  const auto standing = world.pipeline().standing_actions();
  const auto changes = world.agent("gw-1").changes();
  const auto bans = world.agent("job-2").changes();
  const auto saved = world.pipeline().respond().save();
  world.restart();
  EXPECT_EQ(world.pipeline().respond().save(), saved) << "the same state, by replay";
  EXPECT_EQ(world.pipeline().standing_actions().size(), standing.size());
  EXPECT_EQ(world.ledger.journal, journal) << "a replay writes nothing again";
  EXPECT_LE(world.agent("gw-1").changes(), changes + 1) << "at most the order that was on its way";
  EXPECT_EQ(world.agent("job-2").changes(), bans);

  world.machine("job-3").recover();
  ASSERT_TRUE(world.until(kBad, Resolved, minutes(4)));
  EXPECT_EQ(world.ledger.decision(kBad)->id, decision) << "no second decision about the same fault";
  EXPECT_EQ(world.share_bps("job-3"), 10'000u);
  EXPECT_EQ(world.agent("gw-1").changes(), 4u) << "0, 10, 50 and 100 %, each once";
  EXPECT_TRUE(world.store().verify_audit({}));
}

TEST(ControllerDead, LeavesBansThatEndByThemselves) {
  const Kept kept;
  World world(kept.demo());
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  ASSERT_TRUE(world.until([&] { return attacker.dropped > 0; }, seconds(30)));
  attacker.active = false;
  const auto* decision = world.ledger.decision(address(kAttacker));
  const auto promised = decision->expires_at - decision->made_at;
  auto& agent = world.agent("job-2");
  const auto now = world.clock.mono();
  agent.tick(world.clock.wall(), now + promised - seconds(5));
  EXPECT_TRUE(agent.bans(kAttacker));
  agent.tick(world.clock.wall(), now + promised);
  EXPECT_FALSE(agent.bans(kAttacker)) << "no controller had to say so";
}

TEST(Replay, OfTheSameInputsWritesTheSameJournal) {
  Options options;
  options.settings = enforcing_demo();
  options.record = true;
  options.loss = 0.02;
  World world(options);
  world.guest({.address = kAttacker, .node = "job-2"});
  world.run(seconds(20));
  world.machine("job-3").fail(millis(400), 0.5);
  ASSERT_TRUE(world.until(kBad, Contained, seconds(20)));
  world.machine("job-3").recover();
  ASSERT_TRUE(world.until(kBad, Resolved, minutes(3)));
  EXPECT_FALSE(world.ledger.journal.empty());
  EXPECT_EQ(replay(options.settings, world.inputs).journal, world.ledger.journal);
}

}  // namespace
}  // namespace wardhive::scenario
