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

TEST(QuarantineNode, ThatTheChainRefusesIsHeldAndToldWithItsReason) {
  OnChain w;
  w.answers = false;
  w.lose("job-1");
  const auto order = std::find_if(w.actions.rbegin(), w.actions.rend(),
                                  [](const Action& a) { return a.control == "chain"; });
  ASSERT_NE(order, w.actions.rend());
  w.receipt(*order, Outcome::Refused, false, "every sentinel key here rests");
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
