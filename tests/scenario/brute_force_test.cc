// An address guesses passwords: it stops being heard where it tried, nobody else does, and the ban
// ends by itself.
#include <gtest/gtest.h>

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
  auto& neighbour = world.guest({.address = kNeighbour, .node = "job-2", .user = "ada", .every = seconds(7), .knows_password = true});
  auto& clumsy = world.guest({.address = "203.0.113.68", .node = "job-2", .user = "bob", .every = seconds(50)});

  const auto banned = world.until([&] { return attacker.dropped > 0; }, seconds(30));
  ASSERT_TRUE(banned) << "the mission's hard limit";
  EXPECT_LE(*banned, seconds(3));
  EXPECT_LE(attacker.reached, world.options.settings.monitor.auth_burst_failures + 1) << "the burst, and one while the order was on its way";
  ASSERT_TRUE(world.until(address(kAttacker), Contained, seconds(2)));

  world.run(minutes(2));
  EXPECT_EQ(neighbour.dropped, 0u);
  EXPECT_EQ(clumsy.dropped, 0u);
  for (const auto& [id, decision] : world.ledger.decisions) EXPECT_EQ(decision.target, address(kAttacker));
  for (const auto& name : world.jobs) EXPECT_EQ(world.agent(name).bans(kAttacker), name == "job-2") << "one reporter protects itself only";
}

}  // namespace
}  // namespace wardhive::scenario
