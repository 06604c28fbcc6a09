// What a person can do, and that asking twice does it once.
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

World with_both() {
  World w;
  w.pass(seconds(10));
  w.burst("203.0.113.66", "job-1");
  w.fault("job-1");
  EXPECT_TRUE(w.pass_until(kJob1, Contained));
  return w;
}

TEST(Revert, TakesABanAwayAndTheSameEvidenceNeverCountsAgain) {
  auto w = with_both();
  auto evidence = w.decision_of(kAttacker)->evidence.front();
  const auto result = w.command(CommandKind::Revert, w.decision_of(kAttacker)->id);
  EXPECT_TRUE(result.accepted) << result.says;
  EXPECT_EQ(result.offset, w.settlements.back().up_to == w.now ? result.offset : 0);
  EXPECT_THAT(w.bans, IsEmpty());
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Reverted);
  EXPECT_EQ(w.incident_of(kAttacker)->state, FalsePositive);
  EXPECT_EQ(w.settlements.back().subject, kAttacker);
  // The claim gets stronger: it is still the stretch that a person looked at.
  w.pass(seconds(10));
  evidence.at = w.now;
  evidence.strength = 100;
  w.feed(evidence, {w.score(kAttacker, 99)});
  w.pass(minutes(1));
  EXPECT_THAT(w.bans, IsEmpty());
  w.burst("203.0.113.66", "job-1");
  EXPECT_THAT(w.bans, SizeIs(1)) << "what begins later is new evidence";
}

TEST(Revert, ADrainGoesStraightToAHundredPercent) {
  auto w = with_both();
  EXPECT_TRUE(w.command(CommandKind::Revert, w.decision_of(kJob1)->id).accepted);
  EXPECT_EQ(w.share_of("job-1"), 10'000u);
  EXPECT_EQ(w.incident_of(kJob1)->state, FalsePositive);
  w.pass(minutes(30));
  EXPECT_EQ(w.share_of("job-1"), 10'000u);
  EXPECT_EQ(w.incidents.size(), 2u);
}

// Not all observers have spoken when the first two suffice: the rest is the same fault.
TEST(Revert, CoversWhoSeesTheSameFaultLaterUntilItIsOver) {
  World w;
  w.pass(seconds(10));
  w.fault("job-1", FindingKind::LatencyShift, {"controller", "gw-1"});
  ASSERT_TRUE(w.pass_until(kJob1, Containing));
  ASSERT_TRUE(w.command(CommandKind::Revert, w.decision_of(kJob1)->id).accepted);
  w.pass(seconds(5));
  w.fault("job-1", FindingKind::ErrorRateShift);
  w.fault("job-1", FindingKind::LatencyShift, {"job-2", "job-3"});
  w.pass(seconds(30));
  EXPECT_EQ(w.share_of("job-1"), 10'000u);
  EXPECT_EQ(w.incident_of(kJob1)->state, FalsePositive);
  // That it is dead is something else.
  w.fault("job-1", FindingKind::Unreachable);
  EXPECT_TRUE(w.pass_until(kJob1, Containing));
}

TEST(Revert, DoesNotCoverTheNextFault) {
  World w;
  w.pass(seconds(10));
  w.fault("job-1");
  ASSERT_TRUE(w.pass_until(kJob1, Containing));
  ASSERT_TRUE(w.command(CommandKind::Revert, w.decision_of(kJob1)->id).accepted);
  w.pass(seconds(5));
  w.lift("job-1");
  w.pass(seconds(5));
  w.fault("job-1");
  EXPECT_TRUE(w.pass_until(kJob1, Containing)) << "it was well in between";
}

// The agent's word on what was ordered first comes after the undo was ordered.
TEST(Revert, OfWhatIsNotConfirmedYetIsNotUndoneByALateReceipt) {
  World w;
  w.answers = false;
  w.burst("203.0.113.66", "job-1");
  const auto ban = w.actions.back();
  ASSERT_TRUE(w.command(CommandKind::Revert, w.decision_of(kAttacker)->id).accepted);
  const auto undo = w.actions.back();
  EXPECT_FALSE(undo.present);
  EXPECT_GT(undo.version, ban.version);
  w.receipt(ban, Outcome::Applied);
  w.pass(seconds(3));
  EXPECT_FALSE(w.actions.back().present) << "the undo is asked again until it is confirmed";
  EXPECT_THAT(w.respond->standing_actions(), testing::SizeIs(1));
  w.receipt(w.actions.back(), Outcome::Removed);
  EXPECT_THAT(w.respond->standing_actions(), testing::IsEmpty());
  EXPECT_EQ(w.incident_of(kAttacker)->state, FalsePositive);
}

TEST(Revert, OfAnUnknownOrEndedDecisionIsRefused) {
  auto w = with_both();
  EXPECT_THAT(w.command(CommandKind::Revert, DecisionId{7, 7}).says,
              HasSubstr("not found: no decision \"dec-7-7\""));
  EXPECT_FALSE(w.command(CommandKind::Revert).accepted);
  const auto id = w.decision_of(kAttacker)->id;
  EXPECT_TRUE(w.command(CommandKind::Revert, id).accepted);
  EXPECT_FALSE(w.command(CommandKind::Revert, id).accepted);
}

TEST(Revert, DismissesWhatARailHeld) {
  World w;
  w.burst("10.0.0.7", "job-1");
  const auto result = w.command(CommandKind::Revert, w.decision_of(address("10.0.0.7"))->id);
  EXPECT_THAT(result.says, HasSubstr("dismissed; nothing was in force"));
  EXPECT_EQ(w.incident_of(address("10.0.0.7"))->state, FalsePositive);
}

TEST(Hold, KeepsABanPastItsExpiryAndReleaseLetsItGo) {
  auto w = with_both();
  const auto id = w.decision_of(kAttacker)->id;
  EXPECT_TRUE(w.command(CommandKind::Hold, id).accepted);
  EXPECT_TRUE(w.decision_of(kAttacker)->kept);
  for (int day = 0; day < 5; ++day)
    for (int part = 0; part < 6; ++part) w.leap(hours(4));
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Active);
  EXPECT_GT(w.decision_of(kAttacker)->expires_at, w.now);
  EXPECT_LE(w.decision_of(kAttacker)->expires_at, w.now + hours(24))
      << "every effect has an expiry";
  EXPECT_TRUE(w.command(CommandKind::Release, id).accepted);
  for (int part = 0; part < 7; ++part) w.leap(hours(4));
  EXPECT_EQ(w.decision_of(kAttacker)->state, DecisionState::Expired);
}

TEST(Hold, KeepsADrainedNodeOutThoughItIsWell) {
  auto w = with_both();
  const auto id = w.decision_of(kJob1)->id;
  EXPECT_TRUE(w.command(CommandKind::Hold, id).accepted);
  w.lift("job-1");
  w.pass(minutes(30));
  EXPECT_EQ(w.share_of("job-1"), 0u);
  EXPECT_TRUE(w.command(CommandKind::Release, id).accepted);
  EXPECT_TRUE(w.pass_until(kJob1, Resolved));
}

TEST(Hold, OfWhatIsNotInForceIsRefused) {
  World w;
  w.burst("10.0.0.7", "job-1");
  const auto result = w.command(CommandKind::Hold, w.decision_of(address("10.0.0.7"))->id);
  EXPECT_FALSE(result.accepted);
  EXPECT_THAT(result.says, HasSubstr("is held: nothing is in force"));
}

TEST(Release, OfWhatGoesOnByItselfIsRefused) {
  auto w = with_both();
  EXPECT_FALSE(w.command(CommandKind::Release, w.decision_of(kJob1)->id).accepted);
}

TEST(ReleaseAll, UndoesEveryEffect) {
  auto w = with_both();
  EXPECT_THAT(w.command(CommandKind::ReleaseAll).says, HasSubstr("2 effects are released"));
  EXPECT_THAT(w.bans, IsEmpty());
  EXPECT_EQ(w.share_of("job-1"), 10'000u);
  w.pass(minutes(5));
  EXPECT_THAT(w.respond->standing_actions(), IsEmpty());
  EXPECT_EQ(w.active(), 0u);
}

TEST(SetMode, ShadowPutsNothingNewInForceAndWhatIsRunsItsCourse) {
  auto w = with_both();
  EXPECT_TRUE(w.command(CommandKind::SetMode, {}, {}, "", Mode::Shadow).accepted);
  EXPECT_EQ(w.respond->mode(), Mode::Shadow);
  const auto ordered = w.actions.size();
  w.burst("203.0.113.99", "job-1");
  EXPECT_EQ(w.actions.size(), ordered);
  w.lift("job-1");
  EXPECT_TRUE(w.pass_until(kJob1, Resolved)) << "a node is still brought back";
}

TEST(Allow, RevertsWhatIsInForceAndNothingActsOnItAgain) {
  auto w = with_both();
  EXPECT_TRUE(w.command(CommandKind::Allow, {}, kAttacker).accepted);
  EXPECT_THAT(w.bans, IsEmpty());
  EXPECT_EQ(w.incident_of(kAttacker)->state, FalsePositive);
  w.pass(minutes(1));
  w.burst("203.0.113.66", "job-1", 99);
  EXPECT_THAT(w.bans, IsEmpty());
  EXPECT_TRUE(w.command(CommandKind::Disallow, {}, kAttacker).accepted);
  w.pass(seconds(20));
  EXPECT_THAT(w.bans, SizeIs(1));
}

TEST(Allow, OfTheWholeFleetOrDisallowOfAStrangerIsRefused) {
  World w;
  EXPECT_FALSE(w.command(CommandKind::Allow, {}, Entity{}).accepted);
  EXPECT_THAT(w.command(CommandKind::Disallow, {}, kAttacker).says,
              HasSubstr("was not allowed by command"));
}

TEST(Commands, ARepeatWithTheSameKeyGetsTheSameAnswerAndDoesNothing) {
  auto w = with_both();
  const auto id = w.decision_of(kAttacker)->id;
  const auto first = w.command(CommandKind::Revert, id, {}, "k1");
  const auto actions = w.actions.size();
  const auto again = w.command(CommandKind::Revert, id, {}, "k1");
  EXPECT_TRUE(again.accepted);
  EXPECT_EQ(again.says, first.says);
  EXPECT_EQ(w.actions.size(), actions);
  EXPECT_THAT(w.command(CommandKind::Revert, w.decision_of(kJob1)->id, {}, "k1").says,
              HasSubstr("conflict"));
}

TEST(Commands, OnlySoManyKeysAreRemembered) {
  World w;
  for (int i = 0; i < 1'100; ++i)
    w.command(CommandKind::Disallow, {}, kAttacker, fmt::format("k{}", i));
  const auto bytes = w.respond->save().size();
  for (int i = 0; i < 1'100; ++i)
    w.command(CommandKind::Disallow, {}, kAttacker, fmt::format("m{}", i));
  EXPECT_LT(w.respond->save().size(), bytes + 1'000);
}

}  // namespace
}  // namespace wardhive
