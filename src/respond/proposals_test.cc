// Acts on the chain that nothing does by itself: who may have one signed, and that it is once.
#include <gmock/gmock.h>

#include "respond/harness.h"

namespace wardhive {
namespace {

using enum ProposalState;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Settings with_keys() {
  auto settings = enforcing();
  settings.chain.endpoints = {"http://127.0.0.1:1"};
  settings.chain.program = "11111111111111111111111111111111";
  settings.chain.sentinel_keys = {"key.json"};
  settings.server.operators = {"ada", "olu"};
  return settings;
}

const ChainAct kRelease{.target = node("job-1"), .incident = 77};
const ChainAct kAccuse{.kind = ActKind::OpenIncident,
                       .target = node("job-1"),
                       .category = "sla-breach",
                       .claim_bps = 250,
                       .evidence = std::string(64, 'e')};
const ChainAct kPause{.kind = ActKind::Pause, .parts = {"open-lease"}, .lasts = minutes(30)};

struct Persons : World {
  explicit Persons(Settings s = with_keys()) : World(std::move(s), {}, five_nodes_on_chain()) {}

  CommandResult says(const std::string& who, CommandKind kind, ProposalId id = {},
                     const ChainAct& act = {}, std::string key = "") {
    Command command{kind, who, std::move(key), {}, {}, Mode::Shadow, "because"};
    command.proposal = id;
    command.act = act;
    feed(command);
    return results.back();
  }
  CommandResult propose(const std::string& who, const ChainAct& act) {
    return says(who, CommandKind::Propose, {}, act);
  }
  CommandResult approve(const std::string& who) {
    return says(who, CommandKind::Approve, newest().id);
  }
  const Proposal& newest() const { return proposals.rbegin()->second; }
  void comes_of_it(Outcome outcome, bool verified, const std::string& detail,
                   const Entity& by = {}) {
    feed(Receipt{newest().order, by, outcome, verified, 0, 1, 0, now, detail});
  }
};

TEST(Proposals, AnAccusationIsOrderedOnceTwoPersonsWantIt) {
  Persons w;
  EXPECT_TRUE(w.propose("ada", kAccuse).accepted);
  EXPECT_EQ(w.newest().state, Open);
  EXPECT_THAT(w.respond->standing_orders(), IsEmpty());
  EXPECT_EQ(w.pages(), 1u) << "the second person must hear of it";
  EXPECT_THAT(w.notices.back().text,
              HasSubstr("wardhive proposals approve " + w.newest().id.text()));
  EXPECT_EQ(w.newest().act.account, "account-1");

  EXPECT_TRUE(w.approve("olu").accepted);
  EXPECT_EQ(w.newest().state, Ordered);
  EXPECT_TRUE(w.newest().order);
  EXPECT_NE(w.newest().act.incident, 0u) << "its number is fixed with the order";
  EXPECT_EQ(w.newest().expires_at, w.now + minutes(15));
  EXPECT_THAT(w.respond->standing_orders(), SizeIs(1));
}

TEST(Proposals, OnePersonIsNeverTwo) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  const auto again = w.approve("ada");
  EXPECT_FALSE(again.accepted);
  EXPECT_THAT(again.says, HasSubstr("another person"));
  EXPECT_EQ(w.newest().state, Open);
  EXPECT_FALSE(w.propose("ada", kAccuse).accepted) << "nor by proposing it again";
  EXPECT_THAT(w.proposals, SizeIs(1));
}

TEST(Proposals, WhatTooFewPersonsCouldApproveIsNotTaken) {
  auto settings = with_keys();
  settings.server.operators = {};
  Persons alone(settings);
  EXPECT_FALSE(alone.propose("ada", kRelease).accepted) << "who is that?";
  EXPECT_THAT(alone.propose("operator", kAccuse).says,
              HasSubstr("2 persons must approve it (respond.approvals) and 1 can"));
  EXPECT_THAT(alone.proposals, IsEmpty());
  EXPECT_TRUE(alone.propose("operator", kRelease).accepted) << "one is enough for it";
}

TEST(Proposals, AnApprovalAfterTheOrderOrdersNothing) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kRelease).accepted);
  EXPECT_EQ(w.newest().state, Ordered);
  const auto order = w.newest().order;
  EXPECT_FALSE(w.approve("olu").accepted);
  EXPECT_EQ(w.newest().order, order);
  EXPECT_EQ(w.newest().act.incident, 77u) << "the quarantine that was named, and no other";
}

TEST(Proposals, NothingIsSignedInShadowModeNorWithoutKeysNorForWhomIsVouchedFor) {
  auto settings = with_keys();
  settings.respond.mode = Mode::Shadow;
  Persons shadow(settings);
  EXPECT_THAT(shadow.propose("ada", kRelease).says, HasSubstr("shadow"));
  ASSERT_TRUE(shadow.propose("ada", kAccuse).accepted) << "may be prepared";
  EXPECT_THAT(shadow.approve("olu").says, HasSubstr("shadow"));
  EXPECT_EQ(shadow.newest().approvals.size(), 1u) << "and approved once the mode is enforce";
  EXPECT_THAT(shadow.respond->standing_orders(), IsEmpty());

  Persons without(enforcing());
  EXPECT_THAT(without.propose("operator", kPause).says, HasSubstr("chain.sentinel_keys"));

  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  w.command(CommandKind::Allow, {}, node("job-1"));
  EXPECT_FALSE(w.approve("olu").accepted);
  EXPECT_EQ(w.newest().state, Open);
  EXPECT_TRUE(w.propose("ada", kRelease).accepted) << "but a punishment may be taken away";
}

TEST(Proposals, WhatIsNotOfThisNetworkIsRefused) {
  Persons w;
  EXPECT_THAT(w.propose("ada", {.target = node("nobody"), .incident = 1}).says,
              HasSubstr("not found: no node nobody"));
  EXPECT_THAT(w.propose("ada", {.target = node("job-3"), .incident = 1}).says,
              HasSubstr("nodes.job-3.account"));
  EXPECT_THAT(w.propose("ada", {.target = node("job-1")}).says, HasSubstr("incident: "));
  EXPECT_THAT(w.says("ada", CommandKind::Approve, {5, 0}).says, HasSubstr("not found"));
  EXPECT_THAT(w.proposals, IsEmpty());
}

TEST(Proposals, OneNotApprovedInTimeEndsAndOneWithdrawnIsOver) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  w.leap(hours(24) - seconds(1));
  EXPECT_EQ(w.newest().state, Open);
  w.leap(seconds(1));
  EXPECT_EQ(w.newest().state, Expired);
  EXPECT_THAT(w.approve("olu").says, HasSubstr("not found"));

  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  EXPECT_TRUE(w.says("olu", CommandKind::Withdraw, w.newest().id).accepted);
  EXPECT_EQ(w.newest().state, Withdrawn);
  EXPECT_EQ(w.newest().detail, "withdrawn by olu: because");
}

TEST(Proposals, ReceiptsSayWhatBecameOfItAndAForkIsTold) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  w.comes_of_it(Outcome::Applied, false, "sig-1");
  EXPECT_EQ(w.newest().state, Confirmed);
  w.comes_of_it(Outcome::Failed, false, "a fork took it back");
  EXPECT_EQ(w.newest().state, Ordered);
  EXPECT_THAT(w.respond->standing_orders(), SizeIs(1));
  w.comes_of_it(Outcome::Applied, true, "sig-2");
  EXPECT_EQ(w.newest().state, Done);
  EXPECT_EQ(w.newest().detail, "sig-2");
  EXPECT_EQ(w.newest().ended_at, w.now);
  EXPECT_THAT(w.respond->standing_orders(), IsEmpty());

  w.leap(seconds(1));
  ASSERT_TRUE(w.propose("ada", kPause).accepted) << "the same may be wanted again";
  w.comes_of_it(Outcome::Refused, false, "1205 PauseBudgetSpent");
  EXPECT_EQ(w.newest().state, Failed);
  EXPECT_TRUE(w.notices.back().page);
}

TEST(Proposals, WhyAnOrderWaitsIsShownAndGivesWayToWhatBecameOfIt) {
  const auto waits = std::string(kNotSignedYet) + "no endpoint answers";
  Persons w;
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  const auto notices = w.notices.size();
  w.comes_of_it(Outcome::Failed, false, waits);
  EXPECT_EQ(w.newest().state, Ordered);
  EXPECT_EQ(w.newest().detail, waits);
  EXPECT_EQ(w.notices.size(), notices) << "nobody is called for it";
  w.comes_of_it(Outcome::Refused, false, "not signed before its time was over");
  EXPECT_EQ(w.newest().detail, "not signed before its time was over");

  w.leap(seconds(1));
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  w.comes_of_it(Outcome::Failed, false, waits);
  EXPECT_TRUE(w.says("olu", CommandKind::Withdraw, w.newest().id).accepted);
  w.comes_of_it(Outcome::Failed, false, waits);
  EXPECT_THAT(w.newest().detail, HasSubstr("withdrawn by olu")) << "that it waits is of no use now";
  w.comes_of_it(Outcome::Refused, false, "not signed before its time was over");
  EXPECT_THAT(w.newest().detail, HasSubstr("withdrawn by olu"));
}

TEST(Proposals, TheSameActIsTakenOnceWhateverIsKnownOfItByNow) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  ASSERT_TRUE(w.approve("olu").accepted);
  ASSERT_NE(w.newest().act.incident, 0u);
  w.leap(seconds(1));
  EXPECT_THAT(w.propose("ada", kAccuse).says, HasSubstr("proposes the same and is ordered"))
      << "a second number would put a second bond at risk";
  w.comes_of_it(Outcome::Applied, false, "sig");
  EXPECT_THAT(w.propose("olu", kAccuse).says, HasSubstr("is confirmed"));
  w.comes_of_it(Outcome::Applied, true, "sig");
  w.leap(seconds(1));

  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  auto otherwise = kPause;
  otherwise.parts = {"open-lease", "open-lease"};
  otherwise.category = "fraud";
  otherwise.incident = 5;
  EXPECT_THAT(w.propose("ada", otherwise).says, HasSubstr("proposes the same"));
}

TEST(Proposals, ShadowModeAndAWithdrawalEndTheTimeInWhichAnOrderIsSigned) {
  for (const bool shadow : {true, false}) {
    Persons w;
    ASSERT_TRUE(w.propose("ada", kPause).accepted);
    w.leap(seconds(3));
    if (shadow)
      w.command(CommandKind::SetMode, {}, {}, "", Mode::Shadow);
    else
      EXPECT_TRUE(w.says("olu", CommandKind::Withdraw, w.newest().id).accepted);
    EXPECT_EQ(w.newest().state, Ordered) << "what was signed may still land";
    EXPECT_EQ(w.newest().expires_at, w.now);
    w.comes_of_it(Outcome::Refused, false, "not signed before its time was over");
    EXPECT_EQ(w.newest().state, Failed);
    EXPECT_THAT(w.newest().detail, HasSubstr(shadow ? "mode shadow by" : "withdrawn by olu"));
  }
  Persons w;
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  w.comes_of_it(Outcome::Applied, false, "sig");
  EXPECT_THAT(w.says("olu", CommandKind::Withdraw, w.newest().id).says, HasSubstr("on the chain"));
}

TEST(Proposals, WhoeverHasTheTokenOfNobodyInParticularIsNoSecondPerson) {
  Persons w;
  EXPECT_THAT(w.propose("operator", kRelease).says, HasSubstr("server.operators"));
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  EXPECT_FALSE(w.approve("operator").accepted);
  EXPECT_EQ(w.newest().approvals.size(), 1u);
  EXPECT_TRUE(w.says("operator", CommandKind::Withdraw, w.newest().id).accepted)
      << "to end it takes nobody in particular";
}

TEST(Proposals, AnApprovalOfSomebodyWhoIsNoPersonAnyMoreCountsNot) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  auto later = w.settings;
  later.server.operators = {"olu", "eve"};
  auto again = std::move(*Respond::make(later, {}));
  ASSERT_TRUE(again->load(w.respond->save()));
  w.respond = std::move(again);
  EXPECT_TRUE(w.approve("olu").accepted);
  EXPECT_EQ(w.newest().state, Open) << "one of those who count";
  EXPECT_TRUE(w.approve("eve").accepted);
  EXPECT_EQ(w.newest().state, Ordered);
}

TEST(Proposals, AnAgentHasNoSayInIt) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  w.comes_of_it(Outcome::Applied, true, "believe me", node("job-2"));
  w.comes_of_it(Outcome::Refused, false, "believe me", node("hub"));
  EXPECT_EQ(w.newest().state, Ordered);
}

TEST(Proposals, AStolenTokenOrdersTenAnHourAtMost) {
  Persons w;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        w.propose("ada", {.target = node("job-1"), .incident = 100u + static_cast<unsigned>(i)})
            .accepted);
    w.comes_of_it(Outcome::Applied, true, "sig");
    w.leap(minutes(1));
  }
  EXPECT_THAT(w.propose("ada", kPause).says, HasSubstr("within an hour"));
  w.leap(minutes(50));
  EXPECT_TRUE(w.propose("ada", kPause).accepted);
}

TEST(Proposals, AnOrderNobodySpeaksOfIsNotOpenForEver) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kPause).accepted);
  w.leap(hours(24));
  EXPECT_EQ(w.newest().state, Ordered);
  w.leap(minutes(15));
  EXPECT_EQ(w.newest().state, Unknown) << "it may have landed";
  EXPECT_THAT(w.newest().detail, HasSubstr("see the chain"));
}

TEST(Proposals, ARepeatedCommandIsTheSameOneAndARestartForgetsNothing) {
  Persons w;
  const auto first = w.says("ada", CommandKind::Propose, {}, kAccuse, "k1");
  const auto second = w.says("ada", CommandKind::Propose, {}, kAccuse, "k1");
  EXPECT_EQ(first.says, second.says);
  EXPECT_FALSE(w.says("ada", CommandKind::Propose, {}, kPause, "k1").accepted) << "another act";
  EXPECT_THAT(w.proposals, SizeIs(1));

  const auto saved = w.respond->save();
  auto again = std::move(*Respond::make(w.settings, {}));
  ASSERT_TRUE(again->load(saved));
  EXPECT_EQ(again->save(), saved);
  w.respond = std::move(again);
  EXPECT_TRUE(w.approve("olu").accepted);
  EXPECT_EQ(w.newest().state, Ordered);
}

TEST(Proposals, ASnapshotOfBeforeThereWereAnyIsRead) {
  Persons w;
  auto saved = w.respond->save();
  const std::string none = R"("proposals":[],"orders":[],)";
  const auto at = saved.find(none);
  ASSERT_NE(at, std::string::npos);
  saved.erase(at, none.size());
  ASSERT_TRUE(w.respond->load(saved));
  EXPECT_TRUE(w.propose("ada", kAccuse).accepted);
}

TEST(Proposals, ASnapshotWithAnOrderThatNobodyGaveIsRefused) {
  Persons w;
  ASSERT_TRUE(w.propose("ada", kAccuse).accepted);
  auto saved = w.respond->save();
  const std::string open = R"("state":"open")";
  saved.replace(saved.find(open), open.size(), R"("state":"ordered")");
  EXPECT_EQ(w.respond->load(saved).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace wardhive
