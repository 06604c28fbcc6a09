// What an incident takes and where it goes: execute, compensate and recover, to the token unit;
// each of their checks violated once, with its number and nothing changed. Names in brackets are of
// the adversarial checklist (docs/assurance.md).
#include "gtest/gtest.h"
#include "proof/trial_scene.h"

namespace swarm::proof {
namespace {

constexpr std::uint64_t kLoss = 1'000'001;  // 10 % of 10,000,001, rounded up
constexpr std::uint64_t kHours72 = 72 * kHour;
constexpr std::uint64_t kDays7 = 7 * kDay;

// A claim of 10 % about the node, executed with a day out of service: the lease began `before`
// seconds before that.
void slash_node(TrialScene& s, Claim claim, std::uint64_t before) {
  claim.on_node = true;
  s.start_node();
  s.must(s.hire());
  s.at(before);
  s.must(s.settle_lease());
  s.must(s.take_down(kDay));
  s.slash(claim, before + (claim.bps >= kLargeClaimBps ? kDays7 : kHours72) + 1);
}

// ---- execute

TEST(Execute, TakesWhatNobodyDisputed) {
  TrialScene s;
  const std::uint64_t supply = s.supply();
  s.must(s.accuse());
  s.at(kHours72);
  EXPECT_REFUSED(s, s.carry_out(), Fault::DisputeRunning) << "[A52]";
  s.clock(kT0 + kHours72 + 1, kSlot0 + kHours72);
  EXPECT_REFUSED(s, s.carry_out(), Fault::DisputeRunning) << "by slots";
  s.at(kHours72 + 1);
  s.must(s.carry_out());
  const Incident i = s.incident_of();
  EXPECT_EQ(i.state, static_cast<std::uint8_t>(IncidentState::Executed));
  EXPECT_EQ(i.pot, 0u) << "no node, so no tenants";
  EXPECT_EQ(i.recoverable, 500'000u);
  EXPECT_EQ(s.supply(), supply - 500'001);
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake - kLoss);
  EXPECT_EQ(s.position_of(0).weight, kAccusedStake - kLoss);
  EXPECT_EQ(s.position_of(0).at_risk, 0u);
  EXPECT_EQ(s.position_of(0).slashes, 1u);
  EXPECT_EQ(s.position_of(0).recovering, 1u);
  EXPECT_EQ(s.position_of(2).at_risk, 0u) << "the opener is free";
  EXPECT_EQ(s.position_of(2).amount, kOpenerStake) << "and gains nothing";
  EXPECT_EQ(s.tokens(s.address("reward_vault")), 0u) << "nor do stakers";
  EXPECT_EQ(s.stake_adds_up(), "");
  EXPECT_REFUSED(s, s.carry_out(), Fault::NotUpheld) << "twice";
}

TEST(Execute, SplitsToTheUnit) {
  TrialScene s;
  const std::uint64_t supply = s.supply();
  slash_node(s, {}, 10 * kDay);
  EXPECT_EQ(s.incident_of().pot, 300'000u);
  EXPECT_EQ(s.incident_of().recoverable, 500'000u);
  EXPECT_EQ(s.incident_of().gap, kDay);
  EXPECT_EQ(supply - s.supply(), 200'001u);
  EXPECT_EQ(s.stake_adds_up(), "");
}

TEST(Execute, OfFraudNothingComesBack) {
  TrialScene s;
  const std::uint64_t supply = s.supply();
  slash_node(s, {.category = Category::Fraud, .bps = 5'000}, 10 * kDay);
  EXPECT_EQ(s.incident_of().pot, 1'500'000u);
  EXPECT_EQ(s.incident_of().recoverable, 0u);
  EXPECT_EQ(supply - s.supply(), 3'500'001u);
  EXPECT_EQ(s.position_of(0).recovering, 0u);
  EXPECT_EQ(s.stake_adds_up(), "");
}

TEST(Execute, WithNothingLeftItClosesAtOnce) {
  TrialScene s;
  s.slash({.category = Category::Fraud, .bps = 5'000}, kDays7 + 1);
  EXPECT_TRUE(s.bank.data(s.incident()).empty());
  EXPECT_EQ(s.position_of(0).amount, 5'000'000u);
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(Execute, WhatWasUpheldAtOnceAndNoMore) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.object());
  EXPECT_REFUSED(s, s.carry_out(), Fault::NotUpheld) << "disputed";
  s.must(s.decide(Verdict::Uphold, 500));
  s.must(s.carry_out());
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake - 500'001);
  EXPECT_EQ(s.position_of(0).slash_cur, 500u);
  EXPECT_EQ(s.stake_adds_up(), "");
}

// Both orders, and not at all: the loss is the same, and what is unbonding goes first.
TEST(Execute, TheOrderOfUnstakeAndSlashDoesNotChangeTheLoss) {
  for (int order = 0; order < 3; ++order) {
    TrialScene s;
    s.at(31 * kDay);
    if (order == 0) s.must(s.unstake(0, 600'000));
    s.must(s.accuse());
    if (order == 1) s.must(s.unstake(0, 600'000));
    s.at(31 * kDay + kHours72 + 1);
    s.must(s.carry_out());
    const Position p = s.position_of(0);
    EXPECT_EQ(p.amount + p.unbonding, kAccusedStake - kLoss) << "[A48] [I10] " << order;
    EXPECT_EQ(p.unbonding, 0u);
    EXPECT_EQ(p.weight, kAccusedStake - kLoss) << order;
    EXPECT_EQ(s.stake_adds_up(), "");
  }
}

TEST(Execute, TakesWhatIsUnbondingAlone) {
  TrialScene s;
  s.at(31 * kDay);
  s.must(s.unstake(0, kAccusedStake));
  s.slash({}, 31 * kDay + kHours72 + 1);
  EXPECT_EQ(s.position_of(0).unbonding, kAccusedStake - kLoss);
  EXPECT_EQ(s.position_of(0).amount, 0u);
  EXPECT_EQ(s.stake_adds_up(), "");
}

TEST(Execute, TheClaimedStakeEarnsUntilThen) {
  TrialScene s;
  s.must(s.fund(Purse::Stream, 85'000'001, 10 * kDay));
  s.slash({}, kHours72 + 1);
  // emitted: floor(85,000,001 x 259,201 / 864,000); to 10,000,001 : 75,000,000
  const std::uint64_t emitted = 85'000'001ull * 259'201 / 864'000;
  const std::uint64_t share = emitted * 10'000'001ull / 85'000'001;
  EXPECT_LE(s.position_of(0).owed, share);
  EXPECT_GE(s.position_of(0).owed + 1, share);
  EXPECT_EQ(s.stake_adds_up(), "");
}

TEST(Execute, TakesAtMost60PercentInTwoWindows) {
  TrialScene s;
  s.must(s.accuse({.id = 1, .category = Category::Fraud, .bps = 5'000}));
  s.must(s.accuse({.id = 2}));
  s.must(s.accuse({.id = 3, .category = Category::Uptime, .bps = 1}));
  s.at(kDays7 + 1);
  s.must(s.carry_out(1));
  s.at(8 * kDay + 1);
  s.must(s.carry_out(2));
  EXPECT_EQ(s.position_of(0).slash_cur, 6'000u);
  s.at(9 * kDay + 1);
  EXPECT_REFUSED(s, s.carry_out(3), Fault::SlashCapReached) << "[A44]";
  s.at(64 * kDay);  // the next window, in which the one before still counts
  EXPECT_REFUSED(s, s.carry_out(3), Fault::SlashCapReached);
  s.at(65 * kDay);
  s.must(s.carry_out(3));
  EXPECT_EQ(s.stake_adds_up({2, 3}), "");
}

TEST(Execute, WaitsForTheBudgetOfADay) {
  TrialScene s;
  s.must(s.accuse({.id = 1}));
  s.must(s.accuse({.id = 2}));
  s.at(kHours72 + 1);
  s.must(s.carry_out(1));
  // 2 % of 59,000,000 is 1,180,000, of which 1,000,001 are used; the second takes 900,000.
  EXPECT_REFUSED(s, s.carry_out(2), Fault::SlashBudgetSpent) << "[A45]";
  s.at(kHours72 + kDay / 2);
  EXPECT_REFUSED(s, s.carry_out(2), Fault::SlashBudgetSpent);
  s.at(kHours72 + kDay);
  s.must(s.carry_out(2));
  EXPECT_EQ(s.stake_adds_up({1, 2}), "");
}

TEST(Execute, IsRefusedWhilePausedAndWithOthersAccounts) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.open(2));
  s.at(kHours72 + 1);
  solhost::Instruction wrong = s.carry_out();
  wrong.metas[4].key = s.position(4);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's stake";
  wrong = s.carry_out();
  wrong.metas[5].key = s.position(0);
  EXPECT_REFUSED(s, wrong, sol::Check::Aliased);
  wrong = s.carry_out();
  wrong.metas[5].key = s.position(4);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's bond";
  wrong = s.carry_out();
  wrong.metas[7].key = s.address("reward_vault");
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another vault";
  wrong = s.carry_out();
  wrong.metas[8].key = s.owner(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's rent";
  s.must(s.pause(static_cast<std::uint8_t>(Pause::Incident), 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.carry_out(), Fault::Paused);
  s.at(kHours72 + 61);
  s.must(s.carry_out());
}

TEST(Execute, AsksTheNodeThatIsAccusedForItsTimeOutOfService) {
  TrialScene s;
  s.start_node();
  s.must(s.take_down(kDay));
  s.must(s.accuse({.on_node = true}));
  s.at(kHours72 + 1);
  s.bank.put(s.key("node"), *s.bank.find(s.node(0)));
  solhost::Instruction wrong = s.carry_out();
  wrong.metas[6].key = s.key("node");
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's, as good as it is";
  s.must(s.carry_out());
}

// Cannot come about (programs/proof/kernels, "D3 bound"); if it did, nothing would go on from it.
TEST(Trial, APositionThatCannotBeSettledIsNotChanged) {
  TrialScene s;
  const auto spoil = [&](std::size_t i, std::int64_t by) {
    s.edit<Position>(s.position(i),
                     [&](Position& p) { p.paid.lo += static_cast<std::uint64_t>(by); });
  };
  s.must(s.accuse({.id = 1}));
  s.must(s.accuse({.id = 2}));
  s.must(s.object(0, 2));
  for (const std::size_t party : {0, 2}) {
    spoil(party, 1);
    EXPECT_REFUSED(s, s.decide(Verdict::Reject, 0, {0b011}, 2), sol::Check::Overflow) << party;
    spoil(party, -1);
  }
  s.at(kHours72 + 1);
  spoil(0, 1);
  EXPECT_REFUSED(s, s.carry_out(1), sol::Check::Overflow);
  spoil(0, -1);
  s.must(s.carry_out(1));
  s.at(10 * kDay);
  spoil(0, 1);
  EXPECT_REFUSED(s, s.come_back(1), sol::Check::Overflow);
  spoil(0, -1);
  s.must(s.come_back(1));
}

// ---- compensate

TEST(Compensate, PaysTheTimeOutOfService) {
  TrialScene s;
  slash_node(s, {.category = Category::Fraud, .bps = 5'000}, 10 * kDay);
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  s.must(s.compensate());
  // A day at 10 a second; half of what was earned in ten days is more, and so is the pot.
  EXPECT_EQ(s.tokens(s.wallet(kTenant)) - before, 864'000u);
  EXPECT_EQ(s.incident_of().pot, 1'500'000u - 864'000);
  EXPECT_EQ(s.lease_of().compensated, 1u);
  EXPECT_EQ(s.stake_adds_up(), "");
  EXPECT_REFUSED(s, s.compensate(), Fault::AlreadyCompensated);
}

TEST(Compensate, PaysAtMostThePot) {
  TrialScene s;
  slash_node(s, {}, 10 * kDay);
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  s.must(s.compensate());
  EXPECT_EQ(s.tokens(s.wallet(kTenant)) - before, 300'000u);
  EXPECT_EQ(s.incident_of().pot, 0u);
  EXPECT_EQ(s.stake_adds_up(), "");
}

TEST(Compensate, PaysAtMostHalfOfWhatWasEarned) {
  TrialScene s;
  slash_node(s, {.category = Category::Fraud, .bps = 5'000}, 1'001);
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  s.must(s.compensate());
  EXPECT_EQ(s.tokens(s.wallet(kTenant)) - before, 5'005u);
}

TEST(Compensate, OnlyUpToTheLeasesEnd) {
  TrialScene s;
  slash_node(s, {.category = Category::Fraud, .bps = 5'000}, 10 * kDay);
  const std::uint64_t since = s.incident_of().since;
  EXPECT_EQ(since, kT0 + 10 * kDay);
  s.edit<Lease>(s.lease(), [&](Lease& l) { l.end = since; });
  EXPECT_REFUSED(s, s.compensate(), Fault::LeaseNotHit);
  s.edit<Lease>(s.lease(), [&](Lease& l) { l.end = since + 100; });
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  s.must(s.compensate());
  EXPECT_EQ(s.tokens(s.wallet(kTenant)) - before, 1'000u);
}

TEST(Compensate, NotForALeaseThatBeganLater) {
  TrialScene s;
  slash_node(s, {}, 10 * kDay);
  const std::uint64_t since = s.incident_of().since;
  s.edit<Lease>(s.lease(), [&](Lease& l) { l.opened_at = since + 1; });
  EXPECT_REFUSED(s, s.compensate(), Fault::LeaseNotHit) << "[A82] taken to get at the pot";
  s.edit<Lease>(s.lease(), [&](Lease& l) { l.opened_at = since; });
  s.must(s.compensate());
}

TEST(Compensate, OnlyTheSeatThatWasHit) {
  TrialScene s;
  slash_node(s, {}, 10 * kDay);
  const Seat seat = s.lease_of().seats[0];
  s.edit<Lease>(s.lease(),
                [&](Lease& l) { l.seats[0].node = std::bit_cast<swarm::Key>(s.key("x")); });
  EXPECT_REFUSED(s, s.compensate(), Fault::LeaseNotHit) << "of another node";
  s.edit<Lease>(s.lease(), [&](Lease& l) {
    l.seats[0] = seat;
    l.seats[0].owner = std::bit_cast<swarm::Key>(s.key("x"));
  });
  EXPECT_REFUSED(s, s.compensate(), Fault::LeaseNotHit) << "taken from another owner";
  s.edit<Lease>(s.lease(), [&](Lease& l) { l.seats[0] = seat; });
  s.must(s.compensate());
}

TEST(Compensate, ASelfTenantLosesAtLeast70Percent) {
  // By his own key: nothing.
  TrialScene s;
  s.start_node();
  s.must(s.hire(0));
  s.at(10 * kDay);
  s.must(s.settle_lease(0));
  s.must(s.take_down(kDay));
  s.slash({.category = Category::Fraud, .bps = 5'000, .on_node = true}, 10 * kDay + kDays7 + 1);
  EXPECT_REFUSED(s, s.compensate(0), Fault::OwnNode) << "[A82]";
  // By another key, with a lease as good as there is: the pot, which is 30 %.
  TrialScene other;
  slash_node(other, {.category = Category::Fraud, .bps = 5'000}, 60 * kDay);
  other.edit<Incident>(other.incident(), [](Incident& i) { i.gap = 90 * kDay; });
  const std::uint64_t before = other.tokens(other.wallet(kTenant));
  other.must(other.compensate());
  EXPECT_EQ(other.tokens(other.wallet(kTenant)) - before, 1'500'000u);
  EXPECT_LE(10 * (other.tokens(other.wallet(kTenant)) - before), 3 * other.incident_of().loss);
  EXPECT_EQ(other.stake_adds_up(), "");
}

TEST(Compensate, NotWithoutTimeOutOfService) {
  TrialScene s;
  s.start_node();
  s.must(s.hire());
  s.at(10 * kDay);
  s.must(s.settle_lease());
  s.slash({.on_node = true}, 10 * kDay + kHours72 + 1);
  EXPECT_EQ(s.incident_of().gap, 0u);
  EXPECT_REFUSED(s, s.compensate(), Fault::LeaseNotHit);
}

// The quarantine by the incident's number counts though it lapsed before; an older one does not.
TEST(Compensate, CountsTheQuarantineOfTheIncident) {
  for (const std::uint64_t by : {kCase, kCase - 1}) {
    TrialScene s;
    s.start_node();
    s.must(s.hire());
    s.at(10 * kDay);
    s.must(s.settle_lease());
    s.must(s.take_down(kHour, by));
    s.at(10 * kDay + 2 * kHour);
    s.slash({.on_node = true}, 14 * kDay);
    EXPECT_EQ(s.incident_of().gap, by == kCase ? kHour : 0);
  }
}

TEST(Compensate, OnlyWhatIsExecutedAndInTime) {
  TrialScene s;
  s.start_node();
  s.must(s.hire());
  s.at(10 * kDay);
  s.must(s.settle_lease());
  s.must(s.take_down(kDay));
  s.must(s.accuse({.on_node = true}));
  EXPECT_REFUSED(s, s.compensate(), Fault::NotExecuted);
  s.at(14 * kDay);
  s.must(s.carry_out());
  EXPECT_REFUSED(s, s.compensate(kTenant, 1), Fault::LeaseNotHit) << "a seat that is not there";
  EXPECT_REFUSED(s, s.compensate(kTenant, kSeats), Fault::UnknownKind);
  solhost::Instruction wrong = s.compensate();
  wrong.metas[3].key = s.wallet(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAuthority) << "another's wallet";
  s.at(44 * kDay + 1);
  EXPECT_REFUSED(s, s.compensate(), Fault::PotOver);
  s.at(44 * kDay);
  s.must(s.compensate());
}

// ---- recover

TEST(Recover, GivesBackAPartEachEpoch) {
  TrialScene s;
  s.slash({}, kHours72 + 1);
  EXPECT_REFUSED(s, s.come_back(), Fault::NothingToRecover);
  const std::uint64_t executed = kHours72 + 1;
  s.at(executed + kDay);
  EXPECT_REFUSED(s, s.come_back(), Fault::NothingToRecover) << "not over yet";
  s.clock(kT0 + executed + 9 * kDay, kSlot0 + executed + kDay + 1);
  s.must(s.come_back());  // one epoch by the slots: floor(500,000 / 30)
  EXPECT_EQ(s.incident_of().recovered, 16'666u);
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake - kLoss + 16'666);
  EXPECT_EQ(s.position_of(0).weight, kAccusedStake - kLoss + 16'666);
  EXPECT_EQ(s.stake_adds_up(), "");
  EXPECT_REFUSED(s, s.come_back(), Fault::NothingToRecover);
  s.at(executed + 29 * kDay + 1);
  s.must(s.come_back());
  EXPECT_EQ(s.incident_of().recovered, 483'333u);  // floor(500,000 x 29 / 30)
  EXPECT_EQ(s.position_of(0).recovering, 1u);
  s.at(executed + 100 * kDay);
  s.must(s.come_back());
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake - kLoss + 500'000);
  EXPECT_EQ(s.position_of(0).recovering, 0u);
  EXPECT_TRUE(s.bank.data(s.incident()).empty()) << "nothing left: closed";
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(Recover, AClockThatGoesBackTakesNothingAway) {
  TrialScene s;
  s.slash({}, kHours72 + 1);
  s.at(kHours72 + 10 * kDay);
  s.must(s.come_back());
  const std::uint64_t recovered = s.incident_of().recovered;
  s.at(kHours72 + 5 * kDay);
  EXPECT_REFUSED(s, s.come_back(), Fault::NothingToRecover);
  EXPECT_EQ(s.incident_of().recovered, recovered);
}

TEST(Recover, ALaterSlashBurnsTheRest) {
  TrialScene s;
  s.slash({.id = 1}, kHours72 + 1);
  s.at(kHours72 + 1 + 10 * kDay + 1);
  s.must(s.come_back(1));
  EXPECT_EQ(s.incident_of(1).recovered, 166'666u);
  s.slash({.id = 2, .category = Category::Uptime, .bps = 100}, 20 * kDay);
  const Position before = s.position_of(0);
  const std::uint64_t supply = s.supply();
  EXPECT_EQ(s.stake_adds_up({1, 2}), "");
  s.must(s.come_back(1));
  EXPECT_EQ(s.supply(), supply - (500'000 - 166'666));
  EXPECT_EQ(s.position_of(0).amount, before.amount);
  EXPECT_EQ(s.position_of(0).recovering, 1u) << "the second's";
  EXPECT_TRUE(s.bank.data(s.incident(1)).empty());
  EXPECT_EQ(s.stake_adds_up({2}), "");
}

TEST(Recover, BurnsWhatNoTenantAskedFor) {
  TrialScene s;
  slash_node(s, {}, 10 * kDay);
  const std::uint64_t supply = s.supply();
  const std::uint64_t executed = 10 * kDay + kHours72 + 1;
  s.at(executed + 30 * kDay);
  s.must(s.come_back());
  EXPECT_EQ(s.supply(), supply) << "in time still";
  EXPECT_EQ(s.incident_of().pot, 300'000u);
  s.at(executed + 30 * kDay + 1);
  s.must(s.come_back());
  EXPECT_EQ(s.supply(), supply - 300'000);
  EXPECT_TRUE(s.bank.data(s.incident()).empty());
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(Recover, ClosesWhatTenantsHaveEmptied) {
  TrialScene s;
  slash_node(s, {.category = Category::Fraud, .bps = 5'000}, 60 * kDay);
  EXPECT_REFUSED(s, s.come_back(), Fault::NothingToRecover);
  s.edit<Incident>(s.incident(), [](Incident& i) { i.gap = 90 * kDay; });
  s.must(s.compensate());
  const std::uint64_t lamports = s.bank.find(s.owner(1))->lamports;
  const std::uint64_t rent = s.bank.find(s.incident())->lamports;
  s.must(s.come_back());
  EXPECT_TRUE(s.bank.data(s.incident()).empty());
  EXPECT_EQ(s.bank.find(s.owner(1))->lamports, lamports + rent);
}

TEST(Recover, ThePositionStaysUntilAllHasComeBack) {
  TrialScene s;
  s.at(31 * kDay);
  s.must(s.unstake(0, kAccusedStake));
  s.slash({}, 35 * kDay);
  s.at(46 * kDay);
  s.must(s.take_out(0, kAccusedStake - kLoss));
  EXPECT_FALSE(s.bank.data(s.position(0)).empty());
  EXPECT_REFUSED(s, s.take_out(0, 0), Fault::AmountZero);
  s.at(70 * kDay);
  s.must(s.come_back());
  EXPECT_EQ(s.position_of(0).amount, 500'000u) << "below the role's least, and not refused";
  s.must(s.unstake(0, 500'000));
  s.at(90 * kDay);
  s.must(s.take_out(0, 500'000));
  EXPECT_TRUE(s.bank.data(s.position(0)).empty());
}

TEST(Recover, NothingForAPositionThatWasClosedAfterAnotherSlash) {
  TrialScene s;
  s.slash({.id = 1}, kHours72 + 1);
  s.at(31 * kDay);
  s.must(s.unstake(0, kAccusedStake - kLoss));
  s.slash({.id = 2, .category = Category::Fraud, .bps = 5'000}, 40 * kDay);
  s.at(60 * kDay);
  s.must(s.take_out(0, s.position_of(0).unbonding));
  EXPECT_TRUE(s.bank.data(s.position(0)).empty());
  const std::uint64_t supply = s.supply();
  s.must(s.come_back(1));
  EXPECT_EQ(s.supply(), supply - 500'000);
  EXPECT_EQ(s.stake_adds_up({}), "");
}

// Cannot come about: no mint has as many units; if it did, nothing would be given back.
TEST(Recover, WhatWeighsMoreThanCanBeCountedIsNotGivenBack) {
  TrialScene s;
  s.slash({}, kHours72 + 1);
  s.at(40 * kDay);
  const Incident was = s.incident_of();
  const std::size_t role = s.position_of(0).role;
  s.edit<Config>(s.address("config"), [&](Config& c) { c.roles[role].weight_max = 20'000; });
  s.edit<Position>(s.position(0), [](Position& p) { p.lock_end += 4'000 * kDay; });
  s.edit<Incident>(s.incident(), [](Incident& i) { i.recoverable = ~std::uint64_t{0}; });
  EXPECT_REFUSED(s, s.come_back(), sol::Check::Overflow);
  s.edit<Incident>(s.incident(), [&](Incident& i) { i = was; });
  s.must(s.come_back());
}

TEST(Recover, RefusesOthersAccounts) {
  TrialScene s;
  s.must(s.accuse());
  EXPECT_REFUSED(s, s.come_back(), Fault::NotExecuted);
  s.at(kHours72 + 1);
  s.must(s.carry_out());
  s.at(10 * kDay);
  solhost::Instruction wrong = s.come_back();
  wrong.metas[3].key = s.position(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress);
  wrong = s.come_back();
  wrong.metas[5].key = s.owner(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress);
  s.must(s.come_back());
}

// No owner, guardian, sentinel or resolver signs anything any more: all claims end, and what was
// taken finds its way.
TEST(Recover, AllKeysLostEverythingEnds) {
  TrialScene s;
  s.must(s.accuse({.id = 1}));
  s.must(s.accuse({.id = 2}));
  s.must(s.object(0, 2));
  s.at(20 * kDay);
  s.must(s.carry_out(1));
  s.must(s.decide(Verdict::Draw, 0, {0}, 2));
  s.at(51 * kDay);
  s.must(s.come_back(1));
  EXPECT_EQ(s.position_of(0).at_risk, 0u) << "[A84]";
  EXPECT_EQ(s.position_of(2).at_risk, 0u);
  EXPECT_TRUE(s.bank.data(s.incident(1)).empty());
  EXPECT_TRUE(s.bank.data(s.incident(2)).empty());
  EXPECT_EQ(s.stake_adds_up({}), "");
}

}  // namespace
}  // namespace swarm::proof
