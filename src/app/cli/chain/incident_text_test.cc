// What people are told about a trial: who may do what until when, and the most that can be lost.
#include <gtest/gtest.h>

#include "app/cli/chain/incident.h"
#include "base/json.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::TrialClock;

constexpr TrialClock kBefore{1'000, 1'000}, kAfter{90'000'000, 90'000'000};

Market market() {
  Market market{chain::SwarmAddresses(chain::programs::kToken), {}, {}, {}};
  market.config.decimals = 6;
  return market;
}
swarm::Incident incident(swarm::IncidentState state) {
  swarm::Incident incident{};
  incident.state = static_cast<std::uint8_t>(state);
  incident.id = 7;
  incident.category = static_cast<std::uint8_t>(swarm::Category::Misreport);
  incident.bps = 1'000;
  incident.node.words[0] = 1;
  incident.base = 100'000'000;
  incident.loss = 10'000'000;
  incident.bond = 1'000'000;
  incident.deadline = incident.deadline_slot = 86'400;
  return incident;
}
std::string told(const swarm::Incident& one, const TrialClock& now) {
  return incident_text(market(), chain::programs::kToken, one, now);
}
void expect(const std::string& text, const std::vector<std::string>& phrases) {
  for (const auto& phrase : phrases)
    EXPECT_NE(text.find(phrase), std::string::npos) << phrase << "\n" << text;
}

TEST(IncidentText, TellsWhoMayDoWhatNextAtEachStage) {
  const auto open = incident(swarm::IncidentState::Open);
  expect(told(open, kBefore), {"the accused may dispute until 1970-01-02T00:00:00Z, without a bond",
                               "anyone may execute it after that, if nobody did"});
  expect(told(open, kAfter), {"nobody disputed in time", "anyone may execute it now"});
  const auto disputed = incident(swarm::IncidentState::Disputed);
  expect(told(disputed, kBefore),
         {"the resolvers uphold (all of it or less), reject or draw until", "--verdict draw"});
  expect(told(disputed, kAfter), {"a draw now; nobody loses anything"});
  auto upheld = incident(swarm::IncidentState::Upheld);
  upheld.bond = 0;
  expect(told(upheld, kBefore), {"upheld by the resolvers", "anyone may execute it now"});
  EXPECT_EQ(told(upheld, kBefore).find("lost by the accuser"), std::string::npos);
}

TEST(IncidentText, TellsTheMostThatEachSideCanLose) {
  expect(
      told(incident(swarm::IncidentState::Open), kBefore),
      {"claim: 10 % of the 100 tokens",
       "at most lost by the accused: 10 tokens (3 for tenants of the node, 2 burned, 5 of them may",
       "at most lost by the accuser: the bond of 1 tokens, to the accused, if the resolvers "
       "reject"});
}

TEST(IncidentText, TellsWhatIsLeftAfterTheExecution) {
  auto executed = incident(swarm::IncidentState::Executed);
  executed.executed_at = executed.executed_slot = 86'400;
  executed.pot = 3'000'000;
  executed.recoverable = 6'000'000;
  expect(told(executed, {86'500, 86'500}),
         {"may have their part of the 3 tokens that are left until 1970-02-01T00:00:00Z",
          "may give back the next part of 6 tokens", "due at 1970-01-03T00:00:01Z"});
  expect(told(executed, {86'400 * 11 + 1, 86'400 * 11 + 1}), {"may give back 2 of 6 tokens now"});
  expect(told(executed, kAfter),
         {"may burn the 3 tokens no tenant asked for", "6 of 6 tokens now"});
  executed.pot = 0;
  executed.recovered = executed.recoverable;
  EXPECT_TRUE(next_steps(market(), executed, kAfter).empty());
}

TEST(IncidentText, ForMachinesIsJsonAtEachStage) {
  for (const auto state : {swarm::IncidentState::Open, swarm::IncidentState::Disputed,
                           swarm::IncidentState::Upheld, swarm::IncidentState::Executed})
    for (const auto& now : {kBefore, kAfter}) {
      const auto json =
          JsonValue::parse(incident_json(market(), chain::programs::kToken, incident(state), now));
      ASSERT_TRUE(json.has_value()) << json.error().message;
      EXPECT_EQ(json->find("id")->as_int(), 7);
      EXPECT_EQ(json->string_or("category", ""), "misreport");
    }
}

TEST(Claim, IsAShareInPercentAndExactlyBasisPoints) {
  for (const auto& [text, bps] :
       {std::pair{"10", 1'000}, {"10%", 1'000}, {"0.01%", 1}, {"2.5", 250}, {"100", 10'000}})
    EXPECT_EQ(claim_in_bps(text), bps) << text;
  for (const auto* bad : {"", "%", "0", "0.00%", "100.01", "1.005", "-1", "1 %", "ten", "5%%"})
    EXPECT_FALSE(claim_in_bps(bad).has_value()) << bad;
}

}  // namespace
}  // namespace wardhive::cli_chain
