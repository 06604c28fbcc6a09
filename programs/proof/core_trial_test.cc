// Accusations: each check of open_incident, dispute and resolve violated once, with its number and
// nothing changed; and what both sides have afterwards. What is taken is in core_slash_test.cc.
// Names in brackets are of the adversarial checklist (docs/assurance.md).
#include "gtest/gtest.h"
#include "proof/trial_scene.h"

namespace swarm::proof {
namespace {

// 10 % of 10,000,001, rounded up, and a tenth of that, rounded up.
constexpr std::uint64_t kLoss = 1'000'001;
constexpr std::uint64_t kBond = 100'001;
constexpr std::uint64_t kHours72 = 72 * kHour;
constexpr std::uint8_t kIncidentBit = static_cast<std::uint8_t>(Pause::Incident);

swarm::Key plain(const Key& key) { return std::bit_cast<swarm::Key>(key); }

// ---- open_incident

TEST(OpenIncident, ClaimsTheAccusedsStakeAndTheOpeners) {
  TrialScene s;
  const std::uint64_t lamports = s.bank.find(s.owner(1))->lamports;
  s.must(s.accuse());
  const Incident i = s.incident_of();
  EXPECT_EQ(i.state, static_cast<std::uint8_t>(IncidentState::Open));
  EXPECT_EQ(i.id, kCase);
  EXPECT_EQ(i.position, plain(s.position(0)));
  EXPECT_EQ(i.position_id, s.position_of(0).id);
  EXPECT_EQ(i.owner, plain(s.owner(0)));
  EXPECT_EQ(i.opener, plain(s.owner(1)));
  EXPECT_EQ(i.bond_position, plain(s.position(2)));
  EXPECT_EQ(i.node, swarm::Key{});
  EXPECT_EQ(i.evidence, plain(s.key("evidence")));
  EXPECT_EQ(i.base, kAccusedStake);
  EXPECT_EQ(i.loss, kLoss);
  EXPECT_EQ(i.bond, kBond);
  EXPECT_EQ(i.deadline, kT0 + kHours72);
  EXPECT_EQ(i.deadline_slot, kSlot0 + kHours72);
  EXPECT_EQ(s.position_of(0).at_risk, kLoss);
  EXPECT_EQ(s.position_of(2).at_risk, kBond);
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake) << "it stays, and earns";
  EXPECT_EQ(s.position_of(0).weight, kAccusedStake);
  EXPECT_EQ(s.bank.find(s.owner(1))->lamports + s.bank.find(s.incident())->lamports, lamports);
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(OpenIncident, ASecondClaimsOnlyWhatTheFirstLeft) {
  TrialScene s;
  s.must(s.accuse({.id = 1, .category = Category::Fraud, .bps = 5'000}));
  s.must(s.accuse({.id = 2, .category = Category::Fraud, .bps = 5'000}));
  EXPECT_EQ(s.incident_of(1).loss, 5'000'001u);
  EXPECT_EQ(s.incident_of(2).base, 5'000'000u);
  EXPECT_EQ(s.incident_of(2).loss, 2'500'000u);
  EXPECT_EQ(s.position_of(0).at_risk, 7'500'001u);
}

TEST(OpenIncident, ClaimsNoMoreThanTheCategorysCap) {
  for (std::uint8_t c = 0; c < kCategories; ++c) {
    TrialScene s;
    Claim claim{.category = static_cast<Category>(c)};
    claim.bps = static_cast<std::uint16_t>(kCategoryBps[c] + 1);
    EXPECT_REFUSED(s, s.accuse(claim), Fault::ClaimOutOfRange) << "[A43] " << int{c};
    claim.bps = 0;
    EXPECT_REFUSED(s, s.accuse(claim), Fault::ClaimOutOfRange);
    claim.bps = kCategoryBps[c];
    s.must(s.accuse(claim));
    const std::uint64_t time = c <= 1 ? kDisputeSmall : c == 2 ? kDisputeMiddle : kDisputeLarge;
    EXPECT_EQ(s.incident_of().deadline, kT0 + time);
  }
}

TEST(OpenIncident, NeedsTheOpenerAndTheSentinelQuorum) {
  TrialScene s;
  EXPECT_REFUSED(s, s.accuse({.by = {0b001}}), Fault::NotEnoughSigners) << "[A81] one stolen key";
  EXPECT_REFUSED(s, s.accuse({.by = {0b1001}}), Fault::NoSuchKey);
  EXPECT_REFUSED(s, s.accuse({.by = {0b011, 9'001}}), Fault::SignatureTooFarAhead);
  solhost::Instruction wrong = s.accuse();
  wrong.metas[0].signer = false;
  EXPECT_REFUSED(s, wrong, sol::Check::MissingSigner) << "[A1]";
  wrong = s.accuse();
  wrong.metas[3].key = s.set(SetKind::Resolver);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongLink) << "another set";
}

TEST(OpenIncident, NeedsAnOperatorWithFreeStakeOfItsOwn) {
  TrialScene s;
  EXPECT_REFUSED(s, s.accuse({.opener = 0, .accused = 1}), Fault::NotOperator);
  solhost::Instruction wrong = s.accuse();
  s.must(s.open(2, kOpenerStake, 365 * kDay, static_cast<std::uint8_t>(Role::NetworkOperator)));
  wrong.metas[4].key = s.position(4);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongLink) << "another's bond";
  s.edit<Position>(s.position(2), [](Position& p) { p.at_risk = kOpenerStake - kBond + 1; });
  EXPECT_REFUSED(s, s.accuse(), Fault::AccuserBondNotCovered);
  s.edit<Position>(s.position(2), [](Position& p) { p.at_risk = kOpenerStake - kBond; });
  s.edit<Position>(s.position(2), [](Position& p) { p.freeze_until = kT0 + 1; });
  EXPECT_REFUSED(s, s.accuse(), Fault::Frozen);
  s.at(1);
  s.must(s.accuse());
}

TEST(OpenIncident, TheBondIsAtMostTheRolesLeastStake) {
  TrialScene s;
  s.must(s.open(2, std::uint64_t{1} << 40));
  s.must(s.accuse({.category = Category::Fraud, .bps = 5'000, .accused = 2}));
  EXPECT_EQ(s.incident_of().loss, std::uint64_t{1} << 39);
  EXPECT_EQ(s.incident_of().bond, kOpenerStake);
}

TEST(OpenIncident, NobodyAccusesHimself) {
  TrialScene s;
  EXPECT_REFUSED(s, s.accuse({.accused = 1}), sol::Check::Aliased) << "[A21]";
  s.must(s.make(InstructionTag::OpenPosition,
                {{"owner", s.owner(1)}, {"position", s.position(3)}, {"from", s.wallet(1)}},
                Writer().u8(0).u64(1).u64(1'000'000).u32(30 * kDay)));
  solhost::Instruction wrong = s.accuse();
  wrong.metas[5].key = s.position(3);
  EXPECT_REFUSED(s, wrong, Fault::SelfAccused);
}

TEST(OpenIncident, RefusesWhatItDoesNotKnow) {
  TrialScene s;
  EXPECT_REFUSED(s, s.accuse({.category = static_cast<Category>(kCategories)}), Fault::UnknownKind);
  solhost::Instruction wrong = s.accuse();
  wrong.data[12] = 2;  // on_node
  EXPECT_REFUSED(s, wrong, Fault::UnknownKind);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = kAccusedStake; });
  EXPECT_REFUSED(s, s.accuse(), Fault::NothingAtStake);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = 0; });
  s.must(s.pause(kIncidentBit, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.accuse(), Fault::Paused);
  s.at(60);
  s.must(s.accuse());
  EXPECT_REFUSED(s, s.accuse(), sol::Check::AlreadyExists) << "[A14]";
  wrong = s.accuse({.id = 8});
  wrong.metas[7].key = s.incident(9);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongPda) << "[A11]";
}

TEST(OpenIncident, NamesANodeOfTheAccused) {
  TrialScene s;
  s.start_node();
  s.must(s.accuse({.on_node = true}));
  EXPECT_EQ(s.incident_of().node, plain(s.node(0)));
  EXPECT_EQ(s.incident_of().since, kT0) << "it serves: out of service from now on, if at all";
  s.must(s.open(2));
  EXPECT_REFUSED(s, s.accuse({.id = 8, .on_node = true, .accused = 2}), sol::Check::WrongLink);
}

TEST(OpenIncident, ByNumberZeroIsByNoQuarantine) {
  TrialScene s;
  s.start_node();
  s.must(s.accuse({.id = 0, .on_node = true}));
  EXPECT_EQ(s.incident_of(0).since, kT0) << "the node was in none: not since 1970";
}

TEST(OpenIncident, TheStakeCannotLeaveBefore) {
  TrialScene s;
  s.at(31 * kDay);
  s.must(s.unstake(0, kAccusedStake));
  s.must(s.accuse());
  s.at(45 * kDay + 1);
  EXPECT_REFUSED(s, s.take_out(0, kAccusedStake), Fault::StakeAtRisk) << "[A47]";
  EXPECT_REFUSED(s, s.take_out(0, kAccusedStake - kLoss + 1), Fault::StakeAtRisk);
  s.must(s.take_out(0, kAccusedStake - kLoss));
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(OpenIncident, WhatHasLeftIsNotClaimed) {
  TrialScene s;
  s.at(31 * kDay);
  s.must(s.unstake(0, kAccusedStake));
  s.at(45 * kDay + 1);
  s.must(s.take_out(0, kAccusedStake - 5));
  s.must(s.accuse({.id = 1, .category = Category::Fraud, .bps = 5'000}));
  EXPECT_EQ(s.incident_of(1).loss, 3u) << "half of 5, rounded up";
  TrialScene gone;
  gone.at(31 * kDay);
  gone.must(gone.unstake(0, kAccusedStake));
  gone.at(45 * kDay + 1);
  gone.must(gone.take_out(0, kAccusedStake));
  EXPECT_REFUSED(gone, gone.accuse(), sol::Check::WrongOwner) << "[A46] the position is closed";
}

TEST(OpenIncident, TheClaimedStakeCarriesNoLease) {
  TrialScene s;
  s.start_node();
  // 4 units: a bond of 4,000,000 of 10,000,001. Of that 5,000,000 are free, then 2,500,000.
  s.must(s.accuse({.id = 1, .category = Category::Fraud, .bps = 5'000}));
  s.must(s.hire());
  s.must(s.accuse({.id = 2, .category = Category::Fraud, .bps = 5'000}));
  EXPECT_REFUSED(s, s.hire(2), Fault::BondNotCovered) << "[I7]";
}

TEST(OpenIncident, ANodeStaysWhileItsOwnersStakeIsAtRisk) {
  TrialScene s;
  s.start_node();
  s.must(s.accuse());
  EXPECT_REFUSED(s, s.retire(0), Fault::StakeAtRisk);
  s.must(s.object());
  s.must(s.decide(Verdict::Draw));
  s.must(s.retire(0));
}

// ---- dispute

TEST(Dispute, IsTheAccuseds) {
  TrialScene s;
  s.must(s.accuse());
  EXPECT_REFUSED(s, s.object(1), sol::Check::WrongLink);
  EXPECT_REFUSED(s, s.object(2), sol::Check::WrongLink);
  solhost::Instruction wrong = s.object();
  wrong.metas[0].signer = false;
  EXPECT_REFUSED(s, wrong, sol::Check::MissingSigner);
  s.at(10);
  s.must(s.object());
  EXPECT_EQ(s.incident_of().state, static_cast<std::uint8_t>(IncidentState::Disputed));
  EXPECT_EQ(s.incident_of().deadline, kT0 + 10 + kResolveTime);
  EXPECT_EQ(s.incident_of().deadline_slot, kSlot0 + 10 + kResolveTime);
  EXPECT_REFUSED(s, s.object(), Fault::IncidentDecided);
}

TEST(Dispute, IsInTimeUpToTheLastSecond) {
  TrialScene s;
  s.must(s.accuse());
  s.at(kHours72 + 1);
  EXPECT_REFUSED(s, s.object(), Fault::DisputeOver) << "[A50]";
  s.clock(kT0 + kHours72 + 1, kSlot0 + kHours72);
  s.must(s.object());  // a clock that has jumped ahead of the slots
  TrialScene last;
  last.must(last.accuse());
  last.at(kHours72);
  last.must(last.object());
}

TEST(Dispute, IsOpenWhileAllIsPausedAndThePositionFrozen) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.pause(0x7f, 72 * kHour, SetKind::Guardian, {0b00111}));
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = kT0 + kDay; });
  s.must(s.object());
  s.must(s.decide(Verdict::Draw));
}

// ---- resolve

TEST(Resolve, RejectedTheBondIsTheAccuseds) {
  TrialScene s;
  s.must(s.fund(Purse::Stream, 86'400'000, kDay));
  s.must(s.accuse());
  s.must(s.object());
  s.at(1'000);
  const std::uint64_t lamports = s.bank.find(s.owner(1))->lamports;
  const std::uint64_t rent = s.bank.find(s.incident())->lamports;
  s.must(s.decide(Verdict::Reject));
  const Position accused = s.position_of(0);
  const Position opener = s.position_of(2);
  EXPECT_EQ(accused.amount, kAccusedStake + kBond);
  EXPECT_EQ(accused.weight, kAccusedStake + kBond) << "at its lock's rest: below the least, so one";
  EXPECT_EQ(accused.at_risk, 0u);
  EXPECT_EQ(opener.amount, kOpenerStake - kBond);
  EXPECT_EQ(opener.at_risk, 0u);
  // 1,000,000 were emitted, to 10,000,001 : 75,000,000.
  EXPECT_EQ(accused.owed, 117'647u);
  EXPECT_EQ(opener.owed, 882'352u);
  EXPECT_FALSE(s.exists(s.incident()) && !s.bank.data(s.incident()).empty());
  EXPECT_EQ(s.bank.find(s.owner(1))->lamports, lamports + rent) << "[D13]";
  EXPECT_EQ(s.stake_adds_up({}), "");
}

// The pool has seen a later second: the bond weighs by the lock's rest now (D4) all the same.
TEST(Resolve, TheBondWeighsByTheClockThatHasGoneBack) {
  TrialScene s{Bare{}};
  s.must(s.open(0, kAccusedStake, 365 * kDay));
  s.must(s.open(1, kOpenerStake, 365 * kDay, static_cast<std::uint8_t>(Role::NetworkOperator)));
  s.must(s.accuse());
  s.must(s.object());
  s.clock(kT0 + 100 * kDay, kSlot0 + 10);
  s.must(s.fund(Purse::Stream, 86'400'000, kDay));
  s.clock(kT0 + 50 * kDay, kSlot0 + 20);
  s.must(s.decide(Verdict::Reject));
  // 2 x 10,000,001, and floor(100,001 x (1 + floor(10^4 x 285 / 335) / 10^4))
  EXPECT_EQ(s.position_of(0).weight, 20'000'002u + 185'071u);
}

TEST(Resolve, TheBondIsTakenFromWhatIsUnbondingFirst) {
  TrialScene s;
  s.at(366 * kDay);
  s.must(s.unstake(1, kOpenerStake));
  s.must(s.accuse());
  s.must(s.object());
  s.must(s.decide(Verdict::Reject));
  EXPECT_EQ(s.position_of(2).unbonding, kOpenerStake - kBond);
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake + kBond);
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(Resolve, ADrawMovesNothing) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.object());
  s.must(s.decide(Verdict::Draw));
  EXPECT_EQ(s.position_of(0).at_risk, 0u);
  EXPECT_EQ(s.position_of(2).at_risk, 0u);
  EXPECT_EQ(s.position_of(0).amount, kAccusedStake);
  EXPECT_EQ(s.position_of(2).amount, kOpenerStake);
  EXPECT_TRUE(s.bank.data(s.incident()).empty());
  EXPECT_EQ(s.stake_adds_up({}), "");
}

TEST(Resolve, UpholdsAtMostWhatIsClaimed) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.object());
  EXPECT_REFUSED(s, s.decide(Verdict::Uphold, 1'001), Fault::ClaimOutOfRange);
  EXPECT_REFUSED(s, s.decide(Verdict::Uphold, 0), Fault::ClaimOutOfRange);
  s.must(s.decide(Verdict::Uphold, 500));
  const Incident i = s.incident_of();
  EXPECT_EQ(i.state, static_cast<std::uint8_t>(IncidentState::Upheld));
  EXPECT_EQ(i.loss, 500'001u);  // 5 % of 10,000,001, rounded up
  EXPECT_EQ(i.bps, 500u);
  EXPECT_EQ(i.bond, 0u);
  EXPECT_EQ(s.position_of(0).at_risk, 500'001u);
  EXPECT_EQ(s.position_of(2).at_risk, 0u) << "the opener was right";
  EXPECT_REFUSED(s, s.decide(Verdict::Draw), Fault::NotDisputed);
  EXPECT_REFUSED(s, s.object(), Fault::IncidentDecided);
}

TEST(Resolve, NeedsTheResolversAndADispute) {
  TrialScene s;
  s.must(s.accuse());
  EXPECT_REFUSED(s, s.decide(Verdict::Draw), Fault::NotDisputed);
  s.must(s.object());
  EXPECT_REFUSED(s, s.decide(Verdict::Draw, 0, {0b001}), Fault::NotEnoughSigners);
  EXPECT_REFUSED(s, s.decide(Verdict::Draw, 0, {0}), Fault::NotEnoughSigners);
  EXPECT_REFUSED(s, s.decide(static_cast<Verdict>(3)), Fault::UnknownKind);
  solhost::Instruction wrong = s.decide(Verdict::Draw);
  wrong.metas[2].key = s.set(SetKind::Sentinel);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongLink);
  wrong = s.decide(Verdict::Draw);
  s.must(s.open(2));
  wrong.metas[4].key = s.position(4);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's position";
  wrong = s.decide(Verdict::Draw);
  wrong.metas[5].key = s.position(4);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's bond";
  wrong = s.decide(Verdict::Draw);
  wrong.metas[5].key = s.position(0);
  EXPECT_REFUSED(s, wrong, sol::Check::Aliased);
  wrong = s.decide(Verdict::Draw);
  wrong.metas[6].key = s.owner(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another's rent";
}

TEST(Resolve, NobodyDecidesInHisOwnCase) {
  for (const std::size_t party : {0, 1}) {
    TrialScene s;
    s.must(s.accuse());
    s.must(s.object());
    s.edit<Set>(s.set(SetKind::Resolver), [&](Set& set) { set.keys[1] = plain(s.owner(party)); });
    solhost::Instruction own = s.decide(Verdict::Draw);
    own.metas[8].key = s.owner(party);
    EXPECT_REFUSED(s, own, Fault::PartyDecides) << "[A51]";
    s.must(s.decide(Verdict::Draw, 0, {0b101}));
  }
}

TEST(Resolve, SilenceIsADrawThatAnyoneMaySay) {
  TrialScene s;
  s.must(s.accuse());
  s.must(s.object());
  s.at(kResolveTime);
  EXPECT_REFUSED(s, s.decide(Verdict::Draw, 0, {0}), Fault::NotEnoughSigners) << "in time still";
  s.clock(kT0 + kResolveTime + 1, kSlot0 + kResolveTime);
  EXPECT_REFUSED(s, s.decide(Verdict::Draw, 0, {0}), Fault::NotEnoughSigners) << "by slots";
  s.at(kResolveTime + 1);
  EXPECT_REFUSED(s, s.decide(Verdict::Uphold, 500), Fault::ResolveOver);
  EXPECT_REFUSED(s, s.decide(Verdict::Reject), Fault::ResolveOver);
  EXPECT_REFUSED(s, s.carry_out(), Fault::NotUpheld);
  s.must(s.decide(Verdict::Draw, 0, {0}));  // [A83] [A84] no key at all
  EXPECT_EQ(s.position_of(0).at_risk, 0u);
  EXPECT_EQ(s.position_of(2).at_risk, 0u);
  EXPECT_EQ(s.stake_adds_up({}), "");
}

}  // namespace
}  // namespace swarm::proof
