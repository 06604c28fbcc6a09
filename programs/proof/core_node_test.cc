// Nodes: each check of their handlers violated once, with its number and nothing changed.
#include <bit>

#include "gtest/gtest.h"
#include "proof/market_scene.h"

namespace swarm::proof {
namespace {

swarm::Key as_stored(const Key& key) { return std::bit_cast<swarm::Key>(key); }

TEST(RegisterNode, BondsItsUnits) {
  MarketScene s;
  s.stake_nodes();
  s.must(s.enrol(1));
  const Node n = s.node_of(1);
  EXPECT_EQ(n.owner, as_stored(s.owner(1)));
  EXPECT_EQ(n.identity, as_stored(s.machine(1)));
  EXPECT_EQ(n.position, as_stored(s.position(2)));
  EXPECT_EQ(n.bond, kUnits * 1'000'000);
  EXPECT_EQ(n.price, kPrice);
  EXPECT_EQ(n.units, kUnits);
  EXPECT_EQ(n.accept_standby, 1u);
  EXPECT_EQ(n.leased, 0u);
  EXPECT_EQ(s.position_of(2).bonded, n.bond);
  EXPECT_EQ(s.position_of(2).seq, 2u);
  s.must(s.enrol(2));
  EXPECT_EQ(s.position_of(2).bonded, 2 * n.bond);
}

TEST(RegisterNode, RefusesWhatItCannotStandFor) {
  MarketScene s;
  s.stake_nodes();
  EXPECT_REFUSED(s, s.enrol(0, 0), Fault::UnitsOutOfRange);
  EXPECT_REFUSED(s, s.enrol(0, kUnitsMax + 1), Fault::UnitsOutOfRange);
  EXPECT_REFUSED(s, s.enrol(0, kUnits, 0), Fault::PriceOutOfRange);
  EXPECT_REFUSED(s, s.enrol(0, kUnits, kPriceMax + 1), Fault::PriceOutOfRange);
  EXPECT_REFUSED(s, s.enrol(0, 101), Fault::BondNotCovered);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = 1; });
  EXPECT_REFUSED(s, s.enrol(0, 100), Fault::BondNotCovered);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = p.amount + 1; });
  EXPECT_REFUSED(s, s.enrol(0, 1), Fault::BondNotCovered);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = 0, p.freeze_until = kT0 + 1; });
  EXPECT_REFUSED(s, s.enrol(0), Fault::Frozen);
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = 0, p.role = 1; });
  EXPECT_REFUSED(s, s.enrol(0), Fault::WrongRole);
  s.edit<Position>(s.position(0), [](Position& p) { p.role = 0; });
  s.must(s.pause(8, 60, SetKind::Guardian, {0b00111}));
  EXPECT_REFUSED(s, s.enrol(0), Fault::Paused);
  s.at(61);
  s.must(s.enrol(0, kUnitsMax / kUnitsMax * 100, kPriceMax));
  EXPECT_REFUSED(s, s.enrol(0), sol::Check::AlreadyExists);
}

TEST(AttestNode, CountsUnitsAndRaisesTheLevelOncePerCleanEpoch) {
  MarketScene s;
  s.stake_nodes();
  s.must(s.enrol(0));
  s.must(s.attest(0, 3));
  EXPECT_EQ(s.fleet().units_total, 3u);
  EXPECT_EQ(s.fleet().seq, 1u);
  EXPECT_EQ(s.node_of(0).digest, as_stored(s.hardware(0)));
  const Digest digest = s.read<Digest>(s.digest(s.hardware(0)));
  EXPECT_EQ(digest.node, as_stored(s.node(0)));
  EXPECT_EQ(digest.rent_to, as_stored(s.owner(2)));
  EXPECT_EQ(digest.sha256, as_stored(s.hardware(0)));
  s.must(s.attest(0, 4));
  EXPECT_EQ(s.node_of(0).level, 0u) << "in the same epoch";
  EXPECT_EQ(s.fleet().units_total, 4u);
  s.at(kDay);
  s.must(s.attest(0, 4));
  s.must(s.attest(0, 4));
  EXPECT_EQ(s.node_of(0).level, 1u);
  // An epoch with a quarantine in it is not clean; the one after it is.
  s.must(s.isolate(1, {s.node(0)}));
  s.at(kDay + kHour);
  s.must(s.attest(0, 4));
  s.at(2 * kDay);
  s.must(s.attest(0, 4));
  EXPECT_EQ(s.node_of(0).level, 2u);
  s.must(s.isolate(2, s.guardians(s.node(0))));
  s.edit<Node>(s.node(0), [](Node& n) { n.q_until = n.q_at + 1, n.level_epoch -= 1; });
  s.at(2 * kDay + 1);
  s.must(s.attest(0, 4));
  EXPECT_EQ(s.node_of(0).level, 2u) << "out of service in this epoch";
  s.edit<Node>(s.node(0), [](Node& n) { n.level = kLevelMax; });
  s.at(4 * kDay);
  s.must(s.attest(0, 4));
  EXPECT_EQ(s.node_of(0).level, kLevelMax);
}

TEST(AttestNode, RefusesEachWrongWord) {
  MarketScene s;
  s.stake_nodes();
  s.must(s.enrol(0));
  s.must(s.enrol(1));
  EXPECT_REFUSED(s, s.attest(0, 0), Fault::UnitsOutOfRange);
  EXPECT_REFUSED(s, s.attest(0, kUnits + 1), Fault::UnitsOutOfRange);
  EXPECT_REFUSED(s, s.attest_as(0, s.hardware(0), 1, kT0 + kAttestationMin - 1),
                 Fault::AttestationOutOfRange);
  EXPECT_REFUSED(s, s.attest_as(0, s.hardware(0), 1, kT0 + kAttestationMax + 1),
                 Fault::AttestationOutOfRange);
  EXPECT_REFUSED(s, s.attest(0, 1, 30, {0b001}), Fault::NotEnoughSigners);
  s.must(s.attest_as(0, s.hardware(0), 1, kT0 + kAttestationMax));
  EXPECT_REFUSED(s, s.attest_as(0, s.hardware(1), 1, kT0 + kAttestationMin), Fault::OtherHardware);
  EXPECT_REFUSED(s, s.attest_as(1, s.hardware(0), 1, kT0 + kAttestationMin),
                 sol::Check::AlreadyExists);
  s.must(s.attest_as(1, s.hardware(1), 1, kT0 + kAttestationMin));
  s.must(s.isolate(1, {s.node(0)}));
  EXPECT_REFUSED(s, s.attest(0), Fault::NodeQuarantined);
  s.edit<Node>(s.node(1), [](Node& n) { n.retire_at = kT0 + kDay; });
  EXPECT_REFUSED(s, s.attest(1), Fault::NodeRetiring);
  s.must(s.pause(8, 60, SetKind::Guardian, {0b00111}));
  EXPECT_REFUSED(s, s.attest(1), Fault::Paused);
}

TEST(SetTerms, MovesTheBondAndClipsWhatWasAttested) {
  MarketScene s;
  s.serve();
  EXPECT_EQ(s.fleet().units_total, 3 * kUnits);
  s.set_market([](Config& c) { c.bond_per_unit = 3'000'000; });
  s.must(s.terms(1, 2, 77, 0));
  const Node n = s.node_of(1);
  EXPECT_EQ(n.bond, 6'000'000u);
  EXPECT_EQ(s.position_of(2).bonded, 10'000'000u);
  EXPECT_EQ(n.attested_units, 2u);
  EXPECT_EQ(s.fleet().units_total, 3 * kUnits - 2);
  EXPECT_EQ(n.price, 77u);
  EXPECT_EQ(n.units, 2u);
  EXPECT_EQ(n.accept_standby, 0u);
  s.must(s.terms(1, 9, 77, 1));
  EXPECT_EQ(s.node_of(1).attested_units, 2u);
  EXPECT_REFUSED(s, s.terms(1, 100, 77, 0), Fault::BondNotCovered);
  EXPECT_REFUSED(s, s.terms(1, 0, 77, 0), Fault::UnitsOutOfRange);
  EXPECT_REFUSED(s, s.terms(1, 2, 0, 0), Fault::PriceOutOfRange);
  EXPECT_REFUSED(s, s.terms(1, 2, 1, 2), Fault::UnknownKind);
  s.edit<Node>(s.node(1), [](Node& m) { m.leased = 3; });
  EXPECT_REFUSED(s, s.terms(1, 2, 1, 0), Fault::UnitsOutOfRange);
  s.must(s.terms(1, 3, 1, 0));
  s.edit<Position>(s.position(2), [](Position& p) { p.freeze_until = kT0 + 1; });
  EXPECT_REFUSED(s, s.terms(1, 4, 1, 0), Fault::Frozen);
  s.edit<Position>(s.position(2), [](Position& p) { p.freeze_until = 0; });
  s.edit<Node>(s.node(1), [](Node& m) { m.retire_at = kT0 + 9; });
  EXPECT_REFUSED(s, s.terms(1, 4, 1, 0), Fault::NodeRetiring);
}

TEST(RetireNode, ClosesAndFreesOnlyWhatNobodyUses) {
  MarketScene s;
  s.run_lease();
  s.must(s.isolate(1, s.guardians(s.node(0))));
  EXPECT_REFUSED(s, s.retire(0), Fault::NodeQuarantined);
  s.at(kHour);
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = kT0 + kDay; });
  EXPECT_REFUSED(s, s.retire(0), Fault::Frozen);
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = 0; });
  s.must(s.retire(0));
  EXPECT_EQ(s.node_of(0).retire_at, kT0 + kHour + kNoticeStart);
  EXPECT_REFUSED(s, s.retire(0), Fault::NoticeRunning);
  s.at(kHour + kNoticeStart);
  EXPECT_REFUSED(s, s.retire(0), Fault::LeasesLeft);
  s.must(s.close(kTenant, 1));
  const auto before = s.bank.find(s.owner(0))->lamports;
  s.must(s.retire(0));
  EXPECT_FALSE(s.exists(s.node(0)));
  EXPECT_FALSE(s.exists(s.digest(s.hardware(0))));
  EXPECT_GT(s.bank.find(s.owner(0))->lamports, before);
  EXPECT_EQ(s.position_of(0).bonded, 0u);
  EXPECT_EQ(s.fleet().units_total, 2 * kUnits);
}

TEST(RetireNode, OfAMachineThatWasNeverAttestedNeedsNoDigest) {
  MarketScene s;
  s.stake_nodes();
  s.must(s.enrol(0));
  s.must(s.retire(0));
  EXPECT_FALSE(s.exists(s.node(0)));
  EXPECT_EQ(s.fleet().units_total, 0u);
}

TEST(Nodes, AreBondedByTheirOwnPositionAndMarkedByTheirOwnDigest) {
  MarketScene s;
  s.with_standbys();
  s.must(s.open(2, kNodeStake));
  const auto other = [&](solhost::Instruction made, const Key& right, const Key& wrong,
                         sol::Check check) {
    for (auto& meta : made.metas) {
      if (meta.key == right) meta.key = wrong;
    }
    return s.refuses(made, number(check));
  };
  const Key mine = s.position(0), his = s.position(4);
  EXPECT_EQ(other(s.rent({.nonce = 1}), mine, his, sol::Check::WrongAddress), "");
  EXPECT_EQ(other(s.terms(0, 4, 1, 0), mine, his, sol::Check::WrongAddress), "");
  EXPECT_EQ(other(s.retire(0), mine, his, sol::Check::WrongAddress), "");
  const Key marker = s.digest(s.hardware(1));
  EXPECT_EQ(other(s.retire(1), marker, s.digest(s.hardware(2)), sol::Check::WrongLink), "");
  EXPECT_EQ(other(s.retire(1), s.owner(2), s.owner(1), sol::Check::WrongAddress), "")
      << "the rent of the marker is its payer's";
  s.must(s.isolate(1, s.guardians(s.node(0))));
  EXPECT_EQ(other(s.failover(), s.position(2), his, sol::Check::WrongAddress), "");
}

}  // namespace
}  // namespace swarm::proof
