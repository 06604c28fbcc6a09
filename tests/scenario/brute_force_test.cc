// An address guesses passwords: it stops being heard where it tried, nobody else does, and the ban
// ends by itself.
#include <gtest/gtest.h>

#include "ingest/sshd_log.h"
#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

using enum IncidentState;

const std::string kAttacker = "203.0.113.66";
const std::string kNeighbour = "203.0.113.67";

class BruteForce : public testing::TestWithParam<bool> {
 protected:
  static Options options() {
    Options options;
    options.settings = GetParam() ? enforcing_demo() : enforcing();
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(Profile, BruteForce, testing::Values(false, true),
                         [](const auto& profile) { return profile.param ? "demo" : "standard"; });

TEST_P(BruteForce, IsBannedWhereItTriedAndItsNeighbourIsNot) {
  World world(options());
  world.run(seconds(10));
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  auto& neighbour = world.guest({.address = kNeighbour,
                                 .node = "job-2",
                                 .user = "ada",
                                 .every = seconds(7),
                                 .knows_password = true});
  auto& clumsy = world.guest(
      {.address = "203.0.113.68", .node = "job-2", .user = "bob", .every = seconds(50)});

  const auto banned = world.until([&] { return attacker.dropped > 0; }, seconds(30));
  ASSERT_TRUE(banned) << "the mission's hard limit";
  EXPECT_LE(*banned, seconds(3));
  EXPECT_LE(attacker.reached, world.options.settings.monitor.auth_burst_failures + 1)
      << "the burst, and one while the order was on its way";
  ASSERT_TRUE(world.until(address(kAttacker), Contained, seconds(2)));

  world.run(minutes(2));
  EXPECT_EQ(neighbour.dropped, 0u);
  EXPECT_EQ(clumsy.dropped, 0u);
  for (const auto& [id, decision] : world.ledger.decisions)
    EXPECT_EQ(decision.target, address(kAttacker));
  for (const auto& name : world.jobs)
    EXPECT_EQ(world.agent(name).bans(kAttacker), name == "job-2")
        << "one reporter protects itself only";
}

// Small and with short times, for what takes long.
Options small(std::vector<std::string> allow_list = {}) {
  Options options;
  options.settings = enforcing_demo();
  options.nodes = 3;
  options.requests_per_second = 0;
  options.allow_list = std::move(allow_list);
  return options;
}

TEST(BruteForceBan, EndsByItselfAndTheNextOneIsLonger) {
  World world(small());
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  const auto banned = [&] { return world.agent("job-2").bans(kAttacker); };
  const auto attack_until_banned = [&] {
    attacker.active = true;
    EXPECT_TRUE(world.until(banned, seconds(30)));
    attacker.active = false;
  };
  attack_until_banned();
  const auto first = world.until([&] { return !banned(); }, hours(1));
  ASSERT_TRUE(first);
  EXPECT_GE(*first, world.options.settings.respond.rails.expiry_min - seconds(1));
  ASSERT_TRUE(world.until(address(kAttacker), Resolved, seconds(5)));
  EXPECT_EQ(world.ledger.decision(address(kAttacker))->state, DecisionState::Expired);

  attack_until_banned();
  const auto second = world.until([&] { return !banned(); }, hours(2));
  ASSERT_TRUE(second);
  EXPECT_GE(*second, 4 * world.options.settings.respond.rails.expiry_min - seconds(2));
  EXPECT_EQ(world.ledger.pages(), 0u);
}

TEST(BruteForceBan, NeverMeetsWhomAPersonVouchesFor) {
  World world(small({"203.0.113.0/24"}));
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  world.run(seconds(30));
  ASSERT_TRUE(world.ledger.is(address(kAttacker), Held));
  EXPECT_EQ(world.ledger.decision(address(kAttacker))->state, DecisionState::Held);
  EXPECT_EQ(world.ledger.failed_rail(address(kAttacker))->rail, "allow_list");
  world.run(minutes(3));
  EXPECT_EQ(attacker.dropped, 0u);
  EXPECT_TRUE(world.ledger.actions.empty());
}

TEST(BruteForceBan, NeverMeetsTheNetworksOwnAddresses) {
  World world(small());
  for (const auto* own : {"127.0.0.1", "10.0.0.1", "10.0.1.1"})
    world.guest({.address = own, .node = "job-2"});
  world.run(minutes(3));
  EXPECT_TRUE(world.ledger.actions.empty());
}

TEST(BruteForceBan, IsOnlyShownInShadowMode) {
  auto options = small();
  options.settings.respond.mode = Mode::Shadow;
  World world(options);
  auto& attacker = world.guest({.address = kAttacker, .node = "job-2"});
  world.run(seconds(30));
  EXPECT_EQ(attacker.dropped, 0u);
  EXPECT_TRUE(world.ledger.actions.empty());
  ASSERT_NE(world.ledger.decision(address(kAttacker)), nullptr);
  EXPECT_EQ(world.ledger.decision(address(kAttacker))->state, DecisionState::Shadow);
  EXPECT_TRUE(world.ledger.noticed("would")) << "a person reads what would have been done";
}

// The user name is the attacker's choice; it says "from" an innocent's address.
TEST(BruteForceBan, CannotBeTurnedOnAnInnocentByAForgedLogLine) {
  World world(small());
  SshdLogParser parser(node("job-2"), SyslogTime{2027, {}});
  auto& neighbour = world.guest({.address = kNeighbour,
                                 .node = "job-2",
                                 .user = "ada",
                                 .every = seconds(5),
                                 .knows_password = true});
  for (int i = 0; i < 20; ++i) {
    const auto line = "Jan 15 08:00:00 job-2 sshd[" + std::to_string(100 + i) +
                      "]: Failed password for invalid user root from " + kNeighbour +
                      " port 22 ssh2 from " + kAttacker + " port 4711 ssh2";
    auto event = parser.parse(line, world.clock.wall());
    ASSERT_TRUE(event);
    event->at = world.clock.wall();
    world.submit({{*event}, {}, "job-2", 0, {}, {}});
    world.run(millis(300));
  }
  world.run(seconds(20));
  EXPECT_TRUE(world.agent("job-2").bans(kAttacker));
  EXPECT_TRUE(world.ledger.actions_about(kNeighbour).empty());
  EXPECT_EQ(neighbour.dropped, 0u);
}

// A node that lies about an address shuts itself off from it, and nobody else.
TEST(BruteForceBan, OneReporterNeverBansOnTheWholeFleet) {
  World world(small());
  auto& liar = world.guest({.address = kNeighbour, .node = "job-1", .every = millis(100)});
  auto& elsewhere = world.guest({.address = kNeighbour,
                                 .node = "job-2",
                                 .user = "ada",
                                 .every = seconds(1),
                                 .knows_password = true});
  world.run(minutes(1));
  EXPECT_GT(liar.dropped, 0u);
  EXPECT_EQ(elsewhere.dropped, 0u);
  for (const auto& action : world.ledger.actions) EXPECT_EQ(action.agent, "job-1");
}

}  // namespace
}  // namespace wardhive::scenario
