// A node's quarantine on the chain, beside its drain at the gateways.
#include <gmock/gmock.h>

#include "config/config.h"
#include "respond/harness.h"

namespace wardhive {
namespace {

using enum IncidentState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const RailCheck* blocking(const Decision& decision) {
  for (const auto& rail : decision.rails)
    if (!rail.passed) return &rail;
  return nullptr;
}

const Entity kJob1 = node("job-1");
const Entity kJob3 = node("job-3");

class OnChain : public World {
 public:
  OnChain() : World(enforcing(), {bad_node(), lost_node()}, five_nodes_on_chain()) {
    pass(seconds(10));
  }
  // Two kinds of evidence, from two observers each.
  void lose(const std::string& name) {
    fault(name, FindingKind::ErrorRateShift);
    pass(seconds(2));
    auto grave = score(node(name), 88);
    grave.families = grave.reporters = 2;
    feed(finding(FindingKind::Unreachable, node(name), "controller", FindingPhase::Raised),
         {grave});
    pass(seconds(3));
  }
  std::vector<Action> orders_on_chain() const {
    std::vector<Action> orders;
    std::ranges::copy_if(actions, std::back_inserter(orders),
                         [](const Action& a) { return a.control == "chain"; });
    return orders;
  }
  const Incident* incident(const Entity& subject, std::string_view playbook) const {
    for (const auto& [id, one] : incidents)
      if (one.subject == subject && one.playbook == playbook) return &one;
    return nullptr;
  }
  const Decision* decision(const Entity& subject, Verb verb) const {
    for (const auto& [id, one] : decisions)
      if (one.target == subject && one.verb == verb) return &one;
    return nullptr;
  }
};

TEST(QuarantineNode, IsOrderedBesideTheDrainAndEndsByItself) {
  OnChain w;
  w.lose("job-1");
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_THAT(w.quarantined, ElementsAre("job-1"));
  const auto* incident = w.incident(kJob1, "lost-node");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(incident->state, Contained);
  EXPECT_THAT(incident->timeline.back().text, HasSubstr("read back on the chain"));
  const auto* decision = w.decision(kJob1, Verb::QuarantineNode);
  ASSERT_NE(decision, nullptr);
  EXPECT_EQ(decision->scope, "node/hub");
  EXPECT_EQ(decision->threshold, 70);
  EXPECT_EQ(decision->expires_at - decision->made_at, hours(1)) << "a person has time to come";
  const auto actions = w.actions.size();
  w.pass(hours(1) + seconds(1));
  EXPECT_EQ(w.decision(kJob1, Verb::QuarantineNode)->state, DecisionState::Expired);
  EXPECT_EQ(std::count_if(w.actions.begin() + static_cast<std::ptrdiff_t>(actions), w.actions.end(),
                          [](const Action& a) { return a.control == "chain" && !a.present; }),
            0)
      << "what ends by itself is not taken away by anybody";
  EXPECT_EQ(w.share_of("job-1"), 0u) << "it is still sick: the gateways still do without it";
}

TEST(QuarantineNode, OneKindOfEvidenceDrainsButDoesNotStopPay) {
  OnChain w;
  w.fault("job-1");
  w.pass(seconds(5));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_THAT(w.quarantined, IsEmpty());
  const auto* held = w.decision(kJob1, Verb::QuarantineNode);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->state, DecisionState::Held);
  w.lift("job-1");
  w.pass(minutes(30));
  EXPECT_THAT(w.quarantined, IsEmpty());
  EXPECT_EQ(w.incident(kJob1, "lost-node")->state, Resolved);
}

TEST(QuarantineNode, ANodeWithoutAnAccountOnTheChainOpensNoIncidentThere) {
  OnChain w;
  w.lose("job-3");
  EXPECT_EQ(w.share_of("job-3"), 0u);
  EXPECT_EQ(w.incident(kJob3, "lost-node"), nullptr);
  EXPECT_THAT(w.quarantined, IsEmpty());
}

TEST(QuarantineNode, CountsOnceWithTheDrainOfTheSameNode) {
  OnChain w;
  w.lose("job-1");
  EXPECT_THAT(w.quarantined, ElementsAre("job-1"));
  w.lose("job-2");  // the class may miss one node
  EXPECT_THAT(w.quarantined, ElementsAre("job-1"));
  EXPECT_EQ(w.share_of("job-2"), 10'000u);
  const auto* held = w.decision(node("job-2"), Verb::QuarantineNode);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->state, DecisionState::Held);
}

TEST(QuarantineNode, IsTakenBackWhenAPersonRevertsItAndTheDrainGoesWithTheEvidence) {
  OnChain w;
  w.lose("job-1");
  const auto id = w.decision(kJob1, Verb::QuarantineNode)->id;
  EXPECT_TRUE(w.command(CommandKind::Revert, id).accepted);
  EXPECT_THAT(w.quarantined, IsEmpty());
  EXPECT_EQ(w.decision(kJob1, Verb::QuarantineNode)->state, DecisionState::Reverted);
  EXPECT_EQ(w.incident(kJob1, "lost-node")->state, FalsePositive);
  w.pass(minutes(5));
  EXPECT_THAT(w.quarantined, IsEmpty()) << "a person's word stands";
}

TEST(QuarantineNode, ANodeThatStaysAwayCostsOneKeyAndThenAPersonIsAsked) {
  OnChain w;
  w.lose("job-1");
  w.pass(hours(3));
  EXPECT_EQ(std::count_if(w.decisions.begin(), w.decisions.end(),
                          [](const auto& item) {
                            return item.second.verb == Verb::QuarantineNode &&
                                   item.second.state == DecisionState::Expired;
                          }),
            1);
  const Decision* held = nullptr;
  for (const auto& [id, one] : w.decisions)
    if (one.verb == Verb::QuarantineNode && one.state == DecisionState::Held) held = &one;
  ASSERT_NE(held, nullptr);
  const auto* rail = blocking(*held);
  ASSERT_NE(rail, nullptr);
  EXPECT_EQ(rail->rail, "key_rest");
  EXPECT_THAT(rail->says, HasSubstr("once in seven days"));
}

TEST(QuarantineNode, AKeyThatWasNotSpentMayStillBe) {
  OnChain w;
  w.answers = false;
  w.lose("job-1");
  const auto orders = w.orders_on_chain();
  ASSERT_FALSE(orders.empty());
  w.receipt(orders.back(), Outcome::Refused, false, "the budget of the fleet is spent");
  w.answers = true;
  EXPECT_TRUE(
      w.command(CommandKind::Release, w.decision(kJob1, Verb::QuarantineNode)->id).accepted);
  EXPECT_THAT(w.quarantined, ElementsAre("job-1"));
}

TEST(QuarantineNode, ThatOthersEndOnTheChainIsOverAndNotAskedForAgain) {
  OnChain w;
  w.lose("job-1");
  const auto before = w.orders_on_chain();
  ASSERT_EQ(before.size(), 1u);
  const auto pages = w.pages();
  w.receipt(before[0], Outcome::Refused, false, "this machine has no control \"chain\"");
  EXPECT_EQ(w.decision(kJob1, Verb::QuarantineNode)->state, DecisionState::Active)
      << "it is in force, whatever an agent can't do any more";
  w.receipt(before[0], Outcome::Removed, true, "released on the chain, or over");
  EXPECT_EQ(w.decision(kJob1, Verb::QuarantineNode)->state, DecisionState::Reverted);
  EXPECT_EQ(w.pages(), pages + 1);
  w.pass(minutes(10));
  const auto after = w.orders_on_chain();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_FALSE(after[1].present) << "taken back from whoever may still try, not asked for again";
  EXPECT_THAT(w.quarantined, IsEmpty());
}

TEST(QuarantineNode, IsNotKeptByAPersonForItCannotBeLengthened) {
  OnChain w;
  w.lose("job-1");
  const auto answer = w.command(CommandKind::Hold, w.decision(kJob1, Verb::QuarantineNode)->id);
  EXPECT_FALSE(answer.accepted);
  EXPECT_THAT(answer.says, HasSubstr("is not lengthened"));
}

TEST(QuarantineNode, LastsADayAtMost) {
  auto settings = enforcing();
  settings.respond.rails.expiry_max = hours(24 * 7);
  World w(settings, {lost_node()}, five_nodes_on_chain());
  w.pass(seconds(10));
  w.fault("job-1", FindingKind::ErrorRateShift);
  w.pass(seconds(2));
  auto grave = w.score(kJob1, 88);
  grave.families = grave.reporters = 2;
  grave.until_below.reset();
  w.feed(w.finding(FindingKind::Unreachable, kJob1, "controller", FindingPhase::Raised), {grave});
  w.pass(seconds(3));
  ASSERT_EQ(w.decisions.size(), 1u);
  const auto& decision = w.decisions.begin()->second;
  EXPECT_EQ(decision.expires_at - decision.made_at, hours(24));
}

TEST(QuarantineNode, ADrainOfANodeThatIsInQuarantineCountsLikeAnyOther) {
  OnChain w;
  w.lose("job-1");
  w.lift("job-1", FindingKind::ErrorRateShift);
  w.feed(w.finding(FindingKind::Unreachable, kJob1, "controller", FindingPhase::Cleared));
  w.pass(minutes(40));
  ASSERT_EQ(w.share_of("job-1"), 10'000u);
  ASSERT_THAT(w.quarantined, ElementsAre("job-1"));
  w.fault("job-1");
  w.pass(seconds(5));
  ASSERT_EQ(w.share_of("job-1"), 0u);
  std::uint32_t most = 0;
  for (const auto& [id, one] : w.incidents) most = std::max(most, one.cycles);
  EXPECT_EQ(most, 2u);
}

TEST(QuarantineNode, ThatTheChainRefusesIsHeldAndToldWithItsReason) {
  OnChain w;
  w.answers = false;
  w.lose("job-1");
  const auto orders = w.orders_on_chain();
  ASSERT_FALSE(orders.empty());
  w.receipt(orders.back(), Outcome::Refused, false, "every sentinel key here rests");
  const auto* decision = w.decision(kJob1, Verb::QuarantineNode);
  EXPECT_EQ(decision->state, DecisionState::Held);
  EXPECT_THAT(w.incident(kJob1, "lost-node")->timeline.back().text, HasSubstr("refused"));
  EXPECT_GE(w.pages(), 1u);
}

TEST(QuarantineNode, WithoutAKeyHolderNothingIsOrderedAndItIsSaid) {
  auto inventory = five_nodes_on_chain();
  inventory.nodes.back().controls.clear();
  World w(enforcing(), {lost_node()}, inventory);
  w.pass(seconds(10));
  w.fault("job-1");
  auto grave = w.score(kJob1, 88);
  grave.families = grave.reporters = 2;
  w.feed(w.finding(FindingKind::Unreachable, kJob1, "controller", FindingPhase::Raised), {grave});
  w.pass(seconds(3));
  expect_held(w, kJob1, "actuator", "nobody here holds a sentinel key");
}

TEST(QuarantineNode, SurvivesASnapshot) {
  OnChain w;
  w.lose("job-1");
  const auto saved = w.respond->save();
  auto again = Respond::make(w.settings, w.playbooks);
  ASSERT_TRUE(again.has_value());
  ASSERT_TRUE((*again)->load(saved).has_value());
  EXPECT_EQ((*again)->standing_actions().size(), w.respond->standing_actions().size());
}

}  // namespace
}  // namespace wardhive
