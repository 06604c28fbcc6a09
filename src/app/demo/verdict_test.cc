// The third incident's checks: each is passed by what a chain should say, and failed by one thing
// that it should not.
#include "app/demo/verdict.h"

#include <gmock/gmock.h>

#include <functional>

#include "app/demo/chain.h"
#include "app/embedded.h"

namespace wardhive::demo {
namespace {

const Instant kLost = instant_from_ns(1'800'000'000LL * 1'000'000'000);

// A node that earned 100 units a second, was settled 80 s before the loss and quarantined 4 s after
// it; its standby serves since.
Seen as_it_should_be(const Scenario& scenario) {
  Seen seen;
  seen.started_at = kLost - seconds(90);
  seen.now = kLost + seconds(15);
  for (const auto& step : scenario.steps) seen.steps_at[name_of_step(step)] = seen.started_at;
  seen.steps_at[name_of_step(*scenario.find("lose_job"))] = kLost;
  ChainSight before;
  before.nodes = {{"leased", false, {}}, {"standby", false, {}}};
  before.lease = {.account = "lease",
                  .seat = 0,
                  .settled_to = kLost - seconds(80),
                  .prepaid = 50'000,
                  .earned = 1'000,
                  .refunded = 0,
                  .escrow = 49'000,
                  .seats = {{"leased", 100, 1'000}, {"standby", 100, 0}}};
  before.staked = {{"position", 7}};
  auto after = before;
  after.nodes[0] = {"leased", true, kLost + seconds(4)};
  after.lease.seat = 1;
  after.lease.seats[0].earned = 1'000 + 84 * 100;
  after.lease.seats[1].earned = 600;
  after.lease.settled_to = kLost + seconds(12);
  after.lease.earned = 10'000;
  after.lease.escrow = 40'000;
  seen.before = before;
  seen.after = after;
  seen.quarantine_seen = kLost + seconds(5);
  seen.failover_seen = kLost + seconds(6);
  for (int i = 0; i < 100; ++i) seen.client.push_back({kLost + millis(100) * i, 200, "job-1", 10});
  return seen;
}

std::vector<std::string> failed(const Scenario& scenario, const Seen& seen) {
  static const std::vector<std::string> kOurs{
      "quarantined on the chain in time",          "the lease is served by the standby",
      "pay stopped the second it was quarantined", "no other node is quarantined",
      "nothing staked or earned was lost",         "the client is served without the lost node"};
  std::vector<std::string> names;
  std::size_t found = 0;
  for (const auto& check : judge(scenario, seen)) {
    if (std::find(kOurs.begin(), kOurs.end(), check.name) == kOurs.end()) continue;
    ++found;
    if (!check.seen) names.push_back(check.name);
  }
  EXPECT_EQ(found, kOurs.size());
  return names;
}

TEST(LostNode, EachCheckFailsForItsOwnReasonOnly) {
  const auto scenario = parse_scenario(embedded_first_light(), "first-light.yaml");
  ASSERT_TRUE(scenario.has_value());
  EXPECT_THAT(failed(*scenario, as_it_should_be(*scenario)), testing::IsEmpty());
  const std::pair<const char*, std::function<void(Seen&)>> spoilt[] = {
      {"quarantined on the chain in time",
       [](Seen& s) { s.quarantine_seen = kLost + seconds(61); }},
      {"quarantined on the chain in time", [](Seen& s) { s.quarantine_seen.reset(); }},
      {"the lease is served by the standby", [](Seen& s) { s.failover_seen.reset(); }},
      {"the lease is served by the standby", [](Seen& s) { s.after->lease.seats[1].earned = 0; }},
      {"the lease is served by the standby", [](Seen& s) { s.after->lease.seats[1].earned = 650; }},
      {"the lease is served by the standby", [](Seen& s) { s.after->lease.seats[1].earned = 900; }},
      {"the lease is served by the standby",
       [](Seen& s) { s.failover_seen = kLost + seconds(61); }},
      {"pay stopped the second it was quarantined",
       [](Seen& s) { s.after->lease.seats[0].earned += 100; }},
      {"no other node is quarantined", [](Seen& s) { s.after->nodes[1].quarantined = true; }},
      {"nothing staked or earned was lost", [](Seen& s) { s.after->staked["position"] = 6; }},
      {"nothing staked or earned was lost", [](Seen& s) { s.after->lease.escrow -= 1; }},
      {"the client is served without the lost node",
       [](Seen& s) { s.client.back().node = "job-5"; }},
      {"the client is served without the lost node", [](Seen& s) { s.client.back().status = 503; }},
  };
  for (const auto& [name, spoil] : spoilt) {
    auto seen = as_it_should_be(*scenario);
    spoil(seen);
    EXPECT_THAT(failed(*scenario, seen), testing::ElementsAre(name));
  }
}

TEST(ChainSight, WhatTheCommandLineSaysIsReadOrNamed) {
  const auto node = [](const char* json) { return parse_node_on_chain(*JsonValue::parse(json)); };
  const auto held = node(R"({"node":"n","quarantined_from":"2026-11-25T21:15:54Z",
                             "quarantined_until":"2026-11-25T22:15:54Z"})");
  ASSERT_TRUE(held.has_value());
  EXPECT_TRUE(held->quarantined);
  EXPECT_FALSE(
      node(R"({"node":"n","quarantined_from":null,"quarantined_until":null})")->quarantined);
  EXPECT_THAT(node(R"({"node":"n"})").error().message, testing::HasSubstr("quarantined_from"));
  EXPECT_THAT(
      parse_lease_on_chain(*JsonValue::parse(R"({"lease":"l","seat":"x"})")).error().message,
      testing::HasSubstr("seat"));
}

}  // namespace
}  // namespace wardhive::demo
