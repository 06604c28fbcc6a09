// Leases: each check of the handlers violated once, with its number and nothing changed;
// and the money to the token unit.
#include <bit>

#include "gtest/gtest.h"
#include "proof/market_scene.h"

namespace swarm::proof {
namespace {

swarm::Key as_stored(const Key& key) { return std::bit_cast<swarm::Key>(key); }

// ---- Opening

TEST(OpenLease, FixesItsTermsAndTakesTheMoney) {
  MarketScene s;
  s.serve();
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  Wanted w;
  w.standbys = 2;
  s.must(s.rent(w));
  const Lease l = s.lease_of();
  EXPECT_EQ(l.tenant, as_stored(s.owner(kTenant)));
  EXPECT_EQ(l.rent_to, as_stored(s.owner(kTenant)));
  EXPECT_EQ(l.escrow, w.amount);
  EXPECT_EQ(l.prepaid, w.amount);
  EXPECT_EQ(l.end, kT0 + kDay);
  EXPECT_EQ(l.settled_to, kT0);
  EXPECT_EQ(l.settled_slot, kSlot0);
  EXPECT_EQ(l.holdback, kHoldbackStart);
  EXPECT_EQ(l.fee_bps, kFeeBpsStart);
  EXPECT_EQ(l.own, 0u);
  EXPECT_EQ(l.units, 1u);
  for (std::size_t i = 0; i < kSeats; ++i) {
    EXPECT_EQ(l.seats[i].node, as_stored(s.node(i)));
    EXPECT_EQ(l.seats[i].owner, as_stored(s.owner(MarketScene::owner_of(i))));
    EXPECT_EQ(l.seats[i].rate, kPrice);
  }
  EXPECT_EQ(s.node_of(0).leased, 1u);
  EXPECT_EQ(s.escrow(), w.amount);
  EXPECT_EQ(s.tokens(s.wallet(kTenant)), before - w.amount);
}

TEST(OpenLease, RefusesEachWrongArgument) {
  MarketScene s;
  s.serve();
  const auto with = [&](Fault fault, const std::function<void(Wanted&)>& change) {
    Wanted w;
    change(w);
    return s.refuses(s.rent(w), number(fault));
  };
  EXPECT_EQ(with(Fault::UnitsOutOfRange, [](Wanted& w) { w.units = 0; }), "");
  EXPECT_EQ(with(Fault::UnitsOutOfRange, [](Wanted& w) { w.units = kUnitsMax + 1; }), "");
  EXPECT_EQ(with(Fault::NoRoom, [](Wanted& w) { w.units = 2; }), "");
  EXPECT_EQ(with(Fault::LeaseTimeOutOfRange, [](Wanted& w) { w.seconds = 59; }), "");
  EXPECT_EQ(with(Fault::LeaseTimeOutOfRange, [](Wanted& w) { w.seconds = 366 * kDay + 1; }), "");
  EXPECT_EQ(with(Fault::TooLittlePrepaid, [](Wanted& w) { w.amount = kPrice * kHour - 1; }), "");
  EXPECT_EQ(
      with(Fault::TooLittlePrepaid, [](Wanted& w) { w.seconds = 60, w.amount = kPrice * 60 - 1; }),
      "");
  EXPECT_EQ(with(Fault::SupplyTooLarge, [](Wanted& w) { w.amount = kSupplyMax + 1; }), "");
  EXPECT_EQ(with(Fault::RateTooHigh, [](Wanted& w) { w.max_rate = kPrice - 1; }), "");
  EXPECT_EQ(with(Fault::UnknownKind, [](Wanted& w) { w.standbys = 3; }), "");
  EXPECT_EQ(with(Fault::UnknownKind, [](Wanted& w) { w.discounted = 2; }), "");
  EXPECT_EQ(with(Fault::SameNode,
                 [&](Wanted& w) { w.standbys = 2, w.changes = {{"standby_2", s.node(1)}}; }),
            "");
  s.must(s.terms(2, kUnits, 1'000, 0));
  EXPECT_EQ(with(Fault::NotOptedIn, [](Wanted& w) { w.standbys = 2; }), "");
  s.must(s.terms(2, kUnits, 1'000, 1));
  EXPECT_EQ(with(Fault::RateTooHigh, [](Wanted& w) { w.standbys = 2, w.max_rate = 999; }), "");
  EXPECT_EQ(
      with(Fault::Paused, [&](Wanted&) { s.must(s.pause(16, 60, SetKind::Guardian, {0b00111})); }),
      "");
}

TEST(OpenLease, RefusesANodeThatMayNotServe) {
  MarketScene s;
  s.serve();
  const auto with = [&](Fault fault, const std::function<void(Node&)>& change) {
    const Node right = s.node_of(0);
    s.edit<Node>(s.node(0), change);
    const std::string wrong = s.refuses(s.rent({}), number(fault));
    s.edit<Node>(s.node(0), [&](Node& n) { n = right; });
    return wrong;
  };
  EXPECT_EQ(with(Fault::NodeQuarantined, [](Node& n) { n.q_at = kT0, n.q_until = kT0 + 1; }), "");
  EXPECT_EQ(with(Fault::NodeRetiring, [](Node& n) { n.retire_at = kT0 + kDay; }), "");
  EXPECT_EQ(with(Fault::NotAttested, [](Node& n) { n.attested_until = kT0; }), "");
  EXPECT_EQ(with(Fault::NoRoom, [](Node& n) { n.leased = 1; }), "");
  EXPECT_EQ(with(Fault::NoRoom, [](Node& n) { n.level = 5, n.leased = kUnits; }), "");
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = p.amount - p.bonded + 1; });
  EXPECT_REFUSED(s, s.rent({}), Fault::BondNotCovered);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk -= 1; });
  s.must(s.rent({}));
}

TEST(OpenLease, GivesADiscountForStakeThatOutlastsIt) {
  MarketScene s;
  s.serve();
  s.set_market([](Config& c) { c.discount_bps = 1'000, c.discount_stake = 5'000; });
  s.must(s.open(kTenant, 5'000, kDay, static_cast<std::uint8_t>(Role::PlatformUser)));
  Wanted w;
  w.discounted = 1;
  const auto with = [&](const std::function<void(Position&)>& change) {
    const Position right = s.position_of(2 * kTenant);
    s.edit<Position>(s.position(2 * kTenant), change);
    const std::string wrong = s.refuses(s.rent(w), number(Fault::NoDiscount));
    s.edit<Position>(s.position(2 * kTenant), [&](Position& p) { p = right; });
    return wrong;
  };
  EXPECT_EQ(with([](Position& p) { p.role = 2; }), "");
  EXPECT_EQ(with([](Position& p) { p.amount -= 1; }), "");
  EXPECT_EQ(with([](Position& p) { p.lock_end -= 1; }), "");
  w.changes = {{"discount", s.position(0)}};
  EXPECT_REFUSED(s, s.rent(w), sol::Check::WrongLink);
  w.changes = {};
  s.set_market([](Config& c) { c.discount_bps = 0; });
  EXPECT_REFUSED(s, s.rent(w), Fault::NoDiscount);
  s.set_market([](Config& c) { c.discount_bps = 1'000, c.fee_bps = 501; });
  s.must(s.rent(w));
  EXPECT_EQ(s.lease_of().fee_bps, 451u) << "501 x 0.9 rounded up";
}

// ---- The market's terms

TEST(SetMarket, StaysInsideItsBounds) {
  MarketScene s;
  struct Terms {
    std::uint64_t fee = 3'000, treasury = 10'000, discount = 10'000, notice = kNoticeMax,
                  holdback = kHoldbackMin, bond = kBondPerUnitMax, stake = kSupplyMax;
    bool somebody = true;
  };
  std::uint64_t ops = 0, days = 0;
  const auto run = [&](const Bytes& payload, std::uint64_t expected) {
    s.must(s.queue(OpKind::SetMarket, payload));
    s.at(days += 4 * kDay);
    const auto made = s.run_op(ops++, payload);
    if (expected != 0) return s.refuses(made, expected);
    s.must(made);
    return std::string();
  };
  const auto bytes = [&](const Terms& t) {
    return Bytes(Writer()
                     .u8(7)
                     .u16(t.fee)
                     .u16(t.treasury)
                     .u16(t.discount)
                     .u32(t.notice)
                     .u32(t.holdback)
                     .u64(t.bond)
                     .u64(t.stake)
                     .key(t.somebody ? s.owner(2) : Key{}));
  };
  const auto with = [&](std::uint64_t expected, const std::function<void(Terms&)>& change) {
    Terms t;
    change(t);
    return run(bytes(t), expected);
  };
  const std::uint64_t bad = number(Fault::OutOfBounds);
  EXPECT_EQ(with(bad, [](Terms& t) { t.fee += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.treasury += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.discount += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.notice += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.notice = kNoticeMin - 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.holdback -= 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.holdback = kHoldbackMax + 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.bond = 0; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.bond += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.stake += 1; }), "");
  EXPECT_EQ(with(bad, [](Terms& t) { t.somebody = false; }), "") << "a share for nobody";
  Bytes payload = bytes({});
  payload.push_back(0);
  EXPECT_EQ(run(payload, number(sol::Check::TrailingData)), "");
  payload.resize(payload.size() - 2);
  EXPECT_EQ(run(payload, number(sol::Check::TrailingData)), "");
  payload.resize(20);
  EXPECT_EQ(run(payload, number(sol::Check::ShortData)), "");
  EXPECT_EQ(with(0, [](Terms& t) { t.somebody = false, t.treasury = 0; }), "");
  EXPECT_EQ(run(bytes({}), 0), "");
  const Config c = s.read<Config>(s.address("config"));
  EXPECT_EQ(c.fee_bps, 3'000u);
  EXPECT_EQ(c.treasury_bps, 10'000u);
  EXPECT_EQ(c.discount_bps, 10'000u);
  EXPECT_EQ(c.notice, kNoticeMax);
  EXPECT_EQ(c.holdback, kHoldbackMin);
  EXPECT_EQ(c.bond_per_unit, kBondPerUnitMax);
  EXPECT_EQ(c.discount_stake, kSupplyMax);
  EXPECT_EQ(c.treasury, as_stored(s.owner(2)));
}

// ---- Money

TEST(Settle, PaysTheSecondsAndRoundsTheFeeUpOnce) {
  MarketScene s;
  s.run_lease();
  for (std::uint64_t t = 1; t <= 100; ++t) {
    s.at(t);
    s.must(s.settle());
    s.must(s.settle());
  }
  Lease l = s.lease_of();
  EXPECT_EQ(l.earned, 1'000u);
  EXPECT_EQ(l.fee_charged, 50u);
  EXPECT_EQ(l.seats[0].cur, 950u);
  EXPECT_EQ(l.escrow, kPrice * kDay - 1'000);
  s.at(2 * kDay);
  s.must(s.settle());
  l = s.lease_of();
  EXPECT_EQ(l.escrow, 0u) << "to the end and no further";
  EXPECT_EQ(l.earned, kPrice * kDay);
  EXPECT_EQ(l.seats[0].earned, l.earned);
}

TEST(Settle, DoesNotBillTimeThatCannotHavePassed) {
  MarketScene s;
  s.run_lease();
  s.clock(kT0 + 1'000, kSlot0 + 100);
  s.must(s.settle());
  EXPECT_EQ(s.lease_of().earned, 200 * kPrice);
  s.clock(kT0 + 500, kSlot0 + 200);
  s.must(s.settle());
  EXPECT_EQ(s.lease_of().settled_to, kT0 + 1'000);
  EXPECT_EQ(s.lease_of().earned, 200 * kPrice);
}

TEST(Settle, StopsWithTheNodesRetirement) {
  MarketScene s;
  s.run_lease({.seconds = 3 * kDay, .amount = 3 * kPrice * kDay});
  s.must(s.retire(0));
  s.at(2 * kDay);
  s.must(s.settle());
  EXPECT_EQ(s.lease_of().earned, kPrice * kNoticeStart);
}

TEST(TopUp, FeedsALeaseAndLeavesTheTimeWithoutFundsUnpaid) {
  MarketScene s;
  s.run_lease({.amount = kPrice * kHour});
  s.at(2 * kHour);
  EXPECT_REFUSED(s, s.feed(0), Fault::AmountZero);
  EXPECT_REFUSED(s, s.feed(kSupplyMax), Fault::SupplyTooLarge);
  s.must(s.feed(kPrice * kHour));
  EXPECT_EQ(s.lease_of().prepaid, 2 * kPrice * kHour);
  EXPECT_EQ(s.lease_of().escrow, kPrice * kHour);
  EXPECT_EQ(s.escrow(), 2 * kPrice * kHour);
  s.at(2 * kHour + 60);
  s.must(s.settle());
  EXPECT_EQ(s.lease_of().earned, kPrice * (kHour + 60));
  s.at(kDay);
  EXPECT_REFUSED(s, s.feed(1), Fault::LeaseOver);
}

TEST(Payout, RefusesSurplusAccountsWhereAllOfItIsBurned) {
  MarketScene s;
  s.run_lease();
  s.at(1'000);
  solhost::Instruction pay = s.pay(0);  // in the holdback, and no treasury: only fees move
  pay.metas.push_back({s.owner(3), false, false});
  EXPECT_EQ(s.refuses(pay, 1306), "");
  pay.metas.pop_back();
  s.must(pay);
  EXPECT_EQ(s.lease_of().fees, 0u);
}

TEST(Payout, PaysAfterTheHoldbackAndClosesWhenNothingIsLeft) {
  MarketScene s;
  s.run_lease();
  s.set_market([&](Config& c) {
    c.treasury_bps = 5'000;
    c.treasury = as_stored(s.owner(2));
  });
  const std::uint64_t supply_before = s.tokens(s.wallet(2));
  s.at(101);
  s.must(s.settle());
  EXPECT_REFUSED(s, s.pay(1), Fault::UnknownKind) << "no such standby";
  EXPECT_REFUSED(s, s.pay(3), Fault::UnknownKind);
  const std::uint64_t before = s.tokens(s.wallet(0));
  s.must(s.pay(0));
  EXPECT_EQ(s.tokens(s.wallet(0)), before) << "held back";
  EXPECT_EQ(s.tokens(s.wallet(2)), supply_before + 25) << "half of 51, rounded down";
  s.must(s.close(kTenant, 1));
  s.must(s.pay(0));
  EXPECT_TRUE(s.exists(s.lease()));
  s.at(3 * kDay);
  EXPECT_REFUSED(s, s.pay(0, {{"to", s.wallet(kTenant)}}), sol::Check::WrongAuthority);
  s.must(s.pay(0));
  EXPECT_EQ(s.tokens(s.wallet(0)), before + 1'010 - 51);
  EXPECT_EQ(s.escrow(), 0u);
  EXPECT_FALSE(s.exists(s.lease()));
}

TEST(CloseLease, IsTheTenantsAtOnceTheProvidersAfterNoticeAndAnybodysAtTheEnd) {
  MarketScene s;
  s.run_lease({.seconds = 10 * kDay, .amount = 10 * kPrice * kDay});
  s.at(100);
  EXPECT_REFUSED(s, s.close(2, kReasonsNetwork), Fault::MayNotClose);
  EXPECT_REFUSED(s, s.close(kTenant, 0), Fault::ReasonOutOfRange);
  EXPECT_REFUSED(s, s.close(kTenant, kReasonsProvider), Fault::ReasonOutOfRange);
  EXPECT_REFUSED(s, s.close(0, kReasonsTenant), Fault::ReasonOutOfRange);
  EXPECT_REFUSED(s, s.close(0, kReasonsNetwork), Fault::ReasonOutOfRange);
  EXPECT_REFUSED(s, s.close(kTenant, 1, {{"to", s.wallet(0)}}), sol::Check::WrongAuthority);
  s.must(s.close(0, kReasonsProvider));
  EXPECT_EQ(s.lease_of().end, kT0 + 100 + kNoticeStart);
  EXPECT_EQ(s.lease_of().reason, kReasonsProvider);
  s.at(200);
  s.must(s.close(0, kReasonsProvider + 1));
  EXPECT_EQ(s.lease_of().end, kT0 + 100 + kNoticeStart) << "no later";
  EXPECT_EQ(s.node_of(0).leased, 1u);
  s.at(100 + kNoticeStart);
  EXPECT_REFUSED(s, s.close(2, kReasonsNetwork - 1), Fault::ReasonOutOfRange);
  const std::uint64_t before = s.tokens(s.wallet(kTenant));
  s.must(s.close(2, kReasonsNetwork));
  EXPECT_EQ(s.tokens(s.wallet(kTenant)) - before, kPrice * (9 * kDay - 100));
  EXPECT_EQ(s.lease_of().refunded, kPrice * (9 * kDay - 100));
  EXPECT_EQ(s.node_of(0).leased, 0u);
  EXPECT_REFUSED(s, s.close(kTenant, 1), Fault::LeaseOver);
  EXPECT_REFUSED(s, s.settle(), Fault::LeaseOver);
}

TEST(CloseLease, OfAnUnfundedLeaseIsAnybodys) {
  MarketScene s;
  s.run_lease({.amount = kPrice * kHour});
  s.at(kHour);
  s.must(s.close(2, 65'535));
  EXPECT_EQ(s.lease_of().refunded, 0u);
  EXPECT_EQ(s.lease_of().end, kT0 + kHour);
}

TEST(Lease, IsSettledByTheNodeThatServesItAndNoOther) {
  MarketScene s;
  s.with_standbys();
  s.at(100);
  for (const solhost::Instruction& right :
       {s.settle(), s.feed(5), s.pay(0), s.close(kTenant, 1), s.failover()}) {
    solhost::Instruction wrong = right;
    for (auto& meta : wrong.metas) {
      if (meta.key == s.node(0)) meta.key = s.node(2);
    }
    EXPECT_REFUSED(s, wrong,
                   right.data[0] == static_cast<std::uint8_t>(InstructionTag::Failover)
                       ? sol::Check::Aliased
                       : sol::Check::WrongAddress);
  }
}

// ---- Failover

TEST(Failover, GoesToTheFirstStandbyThatMayServeAndOnlyWhenItMust) {
  MarketScene s;
  s.with_standbys();
  s.at(100);
  EXPECT_REFUSED(s, s.failover(), Fault::NodeServes);
  s.must(s.isolate(1, s.guardians(s.node(0))));
  EXPECT_REFUSED(s, s.failover({{"standby_1", s.node(2)}, {"standby_2", s.node(1)}}),
                 sol::Check::WrongAddress);
  s.at(150);
  s.must(s.failover());
  Lease l = s.lease_of();
  EXPECT_EQ(l.seat, 1u);
  EXPECT_EQ(l.earned, 100 * kPrice);
  EXPECT_EQ(l.down_seen, 0u);
  EXPECT_EQ(s.node_of(0).leased, 0u);
  EXPECT_EQ(s.node_of(1).leased, 1u);
  s.must(s.isolate(1, s.guardians(s.node(1))));
  s.at(200);
  s.must(s.failover({{"standby_1", s.owner(0)}}));
  EXPECT_EQ(s.lease_of().seat, 2u);
  s.must(s.isolate(1, s.guardians(s.node(2))));
  EXPECT_REFUSED(s, s.failover({{"standby_2", s.owner(0)}}), Fault::NoStandby);
  l = s.lease_of();
  EXPECT_EQ(l.earned, 100 * kPrice);
}

TEST(Failover, PassesOverStandbysThatMayNotServe) {
  const auto seat_after = [](const std::function<void(MarketScene&)>& spoil) -> int {
    MarketScene s;
    s.with_standbys();
    spoil(s);
    s.must(s.isolate(1, s.guardians(s.node(0))));
    const solhost::Outcome outcome = s.bank.execute(s.failover());
    return outcome.ok() ? s.lease_of().seat : -static_cast<int>(outcome.custom_code);
  };
  EXPECT_EQ(seat_after([](MarketScene&) {}), 1);
  EXPECT_EQ(seat_after([](MarketScene& s) { s.must(s.retire(1)); }), 2);
  EXPECT_EQ(seat_after([](MarketScene& s) {
              s.edit<Node>(s.node(1), [](Node& n) { n.leased = kUnits; });
            }),
            2);
  EXPECT_EQ(seat_after([](MarketScene& s) {
              s.edit<Node>(s.node(1), [](Node& n) { n.attested_until = kT0; });
            }),
            2);
  // Registered anew by somebody else: he has agreed to nothing.
  EXPECT_EQ(seat_after([](MarketScene& s) {
              s.edit<Node>(s.node(1), [&](Node& n) { n.owner = as_stored(s.owner(2)); });
            }),
            2);
  EXPECT_EQ(seat_after([](MarketScene& s) {
              s.edit<Position>(s.position(2), [](Position& p) { p.at_risk = p.amount; });
            }),
            -static_cast<int>(number(Fault::NoStandby)));
}

TEST(Failover, WorksFromARetiredNodeAndNotForALeaseThatIsOver) {
  MarketScene s;
  s.with_standbys();
  s.edit<Node>(s.node(0), [](Node& n) { n.retire_at = kT0 + 50; });
  s.at(49);
  EXPECT_REFUSED(s, s.failover(), Fault::NodeServes);
  s.at(60);
  s.must(s.failover());
  EXPECT_EQ(s.lease_of().earned, 50 * kPrice);
  s.at(70);
  s.must(s.settle());
  EXPECT_EQ(s.lease_of().earned, 60 * kPrice) << "what lies between is nobody's";
  MarketScene over;
  over.with_standbys();
  over.at(kDay);
  over.must(over.isolate(1, over.guardians(over.node(0))));
  EXPECT_REFUSED(over, over.failover(), Fault::LeaseOver);
}

}  // namespace
}  // namespace swarm::proof
