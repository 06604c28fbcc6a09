// Orders and receipts: lost, late, stale, forged, refused.
#include <gmock/gmock.h>

#include "respond/harness.h"

namespace wardhive {
namespace {

using enum IncidentState;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Entity kAttacker = address("203.0.113.66");
const Entity kJob1 = node("job-1");

TEST(Orders, AreRepeatedUnchangedUntilAReceiptComes) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  w.pass(seconds(5));
  ASSERT_THAT(w.actions, SizeIs(3));  // at 0, 2 and 4 s
  for (const auto& action : w.actions) {
    EXPECT_EQ(action.id, w.actions[0].id);
    EXPECT_EQ(action.version, w.actions[0].version);
  }
  EXPECT_EQ(w.actions[2].attempt, 3u);
  EXPECT_EQ(w.incident_of(kAttacker)->state, Containing);
  w.receipt(w.actions[0], Outcome::Applied);
  EXPECT_EQ(w.incident_of(kAttacker)->state, Contained);
  w.pass(seconds(10));
  EXPECT_THAT(w.actions, SizeIs(3));
}

TEST(Orders, WithoutAnyReceiptAPersonIsCalledAndTheContainmentStaysWanted) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  w.pass(seconds(20));
  EXPECT_THAT(w.actions, SizeIs(5));
  EXPECT_EQ(w.incident_of(kAttacker)->state, Escalated);
  EXPECT_EQ(w.pages(), 1u);
  EXPECT_THAT(w.notices.back().text, HasSubstr("no confirmation from job-1 after 5 attempts"));
  EXPECT_THAT(w.respond->standing_actions(), SizeIs(1));
  w.receipt(w.actions[0], Outcome::Applied);  // the agent came back
  EXPECT_EQ(w.incident_of(kAttacker)->state, Contained);
}

TEST(Receipts, OnesThatAreStaleForgedFailedOrUnverifiedContainNothing) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  auto stale = w.actions[0];
  stale.version -= 1;
  w.receipt(stale, Outcome::Applied);
  auto forged = w.actions[0];
  forged.agent = "job-2";
  w.receipt(forged, Outcome::Applied);
  auto unknown = w.actions[0];
  unknown.id.offset += 100;
  w.receipt(unknown, Outcome::Applied);
  w.receipt(w.actions[0], Outcome::Applied, false);
  w.receipt(w.actions[0], Outcome::Failed);
  EXPECT_EQ(w.incident_of(kAttacker)->state, Containing);
}

TEST(Receipts, ARepeatChangesNothing) {
  World w;
  w.burst("203.0.113.66", "job-1");
  const auto journal = w.journal.size();
  const auto state = w.respond->save();
  const auto swept = w.now;
  w.receipt(w.actions[0], Outcome::Applied);
  w.receipt(w.actions[0], Outcome::Failed);
  EXPECT_EQ(w.journal.size(), journal);
  EXPECT_EQ(w.now, swept);
  EXPECT_EQ(w.respond->save(), state);
}

TEST(Receipts, AnEffectLostBeforeItsTimeIsOrderedAgain) {
  World w;
  w.burst("203.0.113.66", "job-1");
  w.pass(seconds(10));
  w.answers = false;
  w.receipt(w.actions[0], Outcome::Expired);
  w.pass(seconds(3));
  EXPECT_THAT(w.actions, SizeIs(2));
  EXPECT_EQ(w.actions[1].version, w.actions[0].version);
}

TEST(Receipts, ARefusalHoldsTheDecisionAndCallsAPerson) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  w.receipt(w.actions[0], Outcome::Refused, false, "it touches 203.0.113.0/24");
  EXPECT_EQ(w.incident_of(kAttacker)->state, Held);
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Held);
  const auto* rail = w.rail(kAttacker, "actuator");
  EXPECT_FALSE(rail->passed);
  EXPECT_THAT(rail->says, HasSubstr("job-1 (it touches 203.0.113.0/24)")) << "who and why";
  EXPECT_THAT(rail->says,
              HasSubstr("wardhive decisions release " + w.decision_of(kAttacker)->id.text()));
  EXPECT_EQ(w.pages(), 1u);
  EXPECT_THAT(w.respond->standing_actions(), IsEmpty());
  w.pass(minutes(2));
  EXPECT_THAT(w.actions, SizeIs(1)) << "automation does not argue";
  EXPECT_TRUE(w.command(CommandKind::Release, w.decision_of(kAttacker)->id).accepted);
  EXPECT_THAT(w.actions, SizeIs(2));
}

// What stands in the way may go: the order stands, and whoever looks sees what it waits for.
TEST(Receipts, WhatAnAgentCannotDoYetIsNotHeldBack) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  w.receipt(w.actions[0], Outcome::Failed, false, "203.0.113.66 is logged in");
  w.receipt(w.actions[0], Outcome::Failed, false, "203.0.113.66 is logged in");
  const auto waits = [](const TimelineEntry& entry) {
    return entry.text.find(
               "job-1 could not do it yet and tries again: 203.0.113.66 is logged in") !=
           std::string::npos;
  };
  EXPECT_EQ(w.incident_of(kAttacker)->state, Containing);
  EXPECT_EQ(std::ranges::count_if(w.incident_of(kAttacker)->timeline, waits), 1) << "said once";
  w.pass(seconds(20));
  EXPECT_EQ(w.incident_of(kAttacker)->state, Escalated);
  EXPECT_THAT(w.notices.back().text, HasSubstr("job-1 (203.0.113.66 is logged in)"));
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Active);
  EXPECT_THAT(w.respond->standing_actions(), SizeIs(1));
  w.receipt(w.actions[0], Outcome::Applied);  // late, by the agent's own trying
  EXPECT_EQ(w.incident_of(kAttacker)->state, Contained);
}

TEST(Receipts, OneGatewayThatRefusesLeavesTheOtherInPlace) {
  auto inventory = five_nodes();
  auto second = inventory.nodes.back();
  second.name = "gw-2";
  second.addresses = {"10.0.0.2"};
  inventory.nodes.push_back(second);
  World w(enforcing(), {bad_node()}, inventory);
  w.answers = false;
  w.pass(seconds(10));
  w.fault("job-1");
  w.pass(seconds(1));
  ASSERT_THAT(w.actions, SizeIs(2));
  w.receipt(w.actions[0], Outcome::Applied);
  w.receipt(w.actions[1], Outcome::Refused);
  EXPECT_EQ(w.incident_of(kJob1)->state, Escalated);
  EXPECT_EQ(w.decision_of(kJob1)->state, DecisionState::Active);
  EXPECT_THAT(w.respond->standing_actions(), SizeIs(1));
}

TEST(Standing, IsWhatShallHoldNow) {
  World w;
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1");
  w.fault("job-2");
  w.pass(seconds(10));
  auto standing = w.respond->standing_actions();
  ASSERT_THAT(standing, SizeIs(2));
  for (const auto& action : standing) EXPECT_GT(action.expires_at, w.now);
  w.answers = false;
  w.command(CommandKind::Revert, w.decision_of(kAttacker)->id);
  standing = w.respond->standing_actions();
  ASSERT_THAT(standing, SizeIs(2));
  EXPECT_FALSE(standing[0].present) << "until the agent says that it is gone";
  w.receipt(standing[0], Outcome::Applied);
  EXPECT_THAT(w.respond->standing_actions(), SizeIs(1));
}

TEST(Standing, AnUndoThatNobodyConfirmsIsToldAndForgotten) {
  World w;
  w.burst("203.0.113.66", "job-1");
  w.answers = false;
  w.command(CommandKind::Revert, w.decision_of(kAttacker)->id);
  w.pass(seconds(20));
  EXPECT_THAT(w.respond->standing_actions(), IsEmpty());
  EXPECT_THAT(w.notices.back().text, HasSubstr("did not confirm"));
  EXPECT_THAT(w.notices.back().text, HasSubstr("it ends by itself at"));
}

TEST(Standing, AnAgentThatStartsIsNotOrderedAnew) {
  World w;
  w.burst("203.0.113.66", "job-1");
  w.feed(Event{EventKind::ActuatorLost, node("job-1"), node("job-1"), w.now, {}});
  w.feed(Event{EventKind::AgentStarted, node("job-1"), node("job-1"), w.now, {}});
  w.pass(seconds(10));
  EXPECT_THAT(w.actions, SizeIs(1)) << "its desired state brings it in line";
}

}  // namespace
}  // namespace wardhive
