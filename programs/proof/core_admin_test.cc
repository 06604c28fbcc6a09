// Setup, key sets, breaker, work roots and the timelock: each check violated once, with its number
// and nothing changed.
#include <bit>

#include "gtest/gtest.h"
#include "proof/scene.h"

namespace swarm::proof {
namespace {

constexpr std::uint64_t kMax = ~std::uint64_t{0};

// ---- Set signatures (D2), on the breaker

TEST(SetSignature, IsOfKeysOfTheSet) {
  Scene s;
  const auto by = [&](By who) { return s.pause(1, 60, SetKind::Guardian, who); };
  EXPECT_REFUSED(s, by({0b00011}), Fault::NotEnoughSigners) << "[A1]";
  EXPECT_REFUSED(s, by({0}), Fault::NotEnoughSigners);
  solhost::Instruction wrong = by({0b00111});
  wrong.metas[4].signer = false;
  EXPECT_REFUSED(s, wrong, sol::Check::MissingSigner) << "[A2]";
  wrong = by({0b00111});
  wrong.metas[5] = wrong.metas[4];
  EXPECT_REFUSED(s, wrong, Fault::SignerNotInSet) << "[A3] the same key twice";
  wrong = by({0b00111});
  wrong.metas.pop_back();
  EXPECT_REFUSED(s, wrong, sol::Check::MissingAccounts);
  wrong = by({0b00111});
  wrong.metas.push_back({s.set_key(3), true, false});
  EXPECT_REFUSED(s, wrong, sol::Check::SurplusAccounts);
  EXPECT_REFUSED(s, by({0b100111}), Fault::NoSuchKey);
  EXPECT_REFUSED(s, by({1u << 15}), Fault::NoSuchKey);
  s.must(by({0b11100}));
}

TEST(SetSignature, LastsForItsSlots) {
  Scene s;
  const solhost::Instruction made = s.pause(1, 60, SetKind::Guardian, {0b00111, 50});
  s.at(51);
  EXPECT_REFUSED(s, made, Fault::SignatureExpired) << "[A80]";
  s.at(50);
  s.must(made);
  EXPECT_REFUSED(s, s.pause(1, 60, SetKind::Guardian, {0b00111, 9'001}),
                 Fault::SignatureTooFarAhead);
  s.must(s.pause(1, 60, SetKind::Guardian, {0b00111, 9'000}));
}

// ---- Breaker

TEST(Breaker, OfASentinelIsShortAndNeverOnExits) {
  Scene s;
  const auto sentinel = [&](std::uint8_t what, std::uint32_t seconds) {
    return s.pause(what, seconds, SetKind::Sentinel, {0b100});
  };
  EXPECT_REFUSED(s, sentinel(4, 60), Fault::PauseRefused);
  EXPECT_REFUSED(s, sentinel(127, 60), Fault::PauseRefused);
  EXPECT_REFUSED(s, sentinel(1, 0), Fault::PauseRefused);
  EXPECT_REFUSED(s, sentinel(1, kHour + 1), Fault::PauseTooLong) << "[A63]";
  EXPECT_REFUSED(s, sentinel(0, 60), Fault::UnknownKind);
  EXPECT_REFUSED(s, sentinel(128, 60), Fault::UnknownKind);
  for (int i = 0; i < 3; ++i) s.must(sentinel(123, kHour));
  EXPECT_REFUSED(s, sentinel(1, 1), Fault::PauseBudgetSpent);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).sentinel_used, 3u * kHour);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).guardian_used, 0u);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).paused_until[2], 0u);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).paused_until[6], kT0 + kHour);
  s.at(240);
  s.must(sentinel(1, 1));
}

TEST(Breaker, OfTheGuardianHasABudgetAndEndsPauses) {
  Scene s;
  const auto guardian = [&](std::uint8_t what, std::uint32_t seconds) {
    return s.pause(what, seconds, SetKind::Guardian, {0b00111});
  };
  EXPECT_REFUSED(s, guardian(4, 72 * kHour + 1), Fault::PauseTooLong);
  s.must(guardian(4, 72 * kHour));
  s.must(guardian(4, 60));
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).paused_until[2], kT0 + 72 * kHour) << "never shorter";
  s.must(guardian(4, 0));
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).paused_until[2], kT0);
  s.must(guardian(1, 72 * kHour));
  EXPECT_REFUSED(s, guardian(1, 24 * kHour - 59), Fault::PauseBudgetSpent);
  s.must(guardian(1, 24 * kHour - 60));
  EXPECT_REFUSED(s, s.pause(1, 1, SetKind::Resolver, {0b011}), Fault::WrongSet);
}

TEST(Breaker, WithASpentBudgetLeavesTheExitOpen) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  s.must(s.unstake(0, 1 << 21));
  s.at(46 * kDay);
  s.must(s.pause(4, 72 * kHour, SetKind::Guardian, {0b00111}));
  s.must(s.pause(4, 72 * kHour, SetKind::Guardian, {0b00111}));
  s.must(s.pause(4, 24 * kHour, SetKind::Guardian, {0b00111}));
  s.at(49 * kDay);
  EXPECT_REFUSED(s, s.pause(4, 72 * kHour, SetKind::Guardian, {0b00111}), Fault::PauseBudgetSpent);
  s.must(s.take_out(0, 1 << 21));  // [A64]
}

// ---- Work

struct Funded : Scene {
  Funded() {
    must(open(0));
    must(open(1));
    must(fund(Purse::Work, 10'000'000'000, 0));
    at(kDay);
  }
  Work work() const { return read<Work>(address("work")); }
};

TEST(PostRoot, RefusesEachWrongArgument) {
  Funded s;
  const Key root = World::key("root");
  EXPECT_REFUSED(s, s.post_root(2, 1), Fault::WrongRootNumber);
  EXPECT_REFUSED(s, s.post_root(0, 1), Fault::WrongRootNumber);
  EXPECT_REFUSED(s, s.post_root(1, 1, root, 0), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.post_root(1, 1, root, kLeavesMax + 1), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.post_root(1, 1'000'000'001), Fault::WorkCapExceeded) << "a day's cap";
  EXPECT_REFUSED(s, s.post_root(1, 1, root, 1, {0b001}), Fault::NotEnoughSigners);
  s.must(s.pause(32, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.post_root(1, 1), Fault::Paused);
  s.at(kDay + 60);
  s.must(s.post_root(1, 1'000'000'000, root, kLeavesMax));
  EXPECT_EQ(s.work().active_at, kT0 + kDay + 60 + kRootDelay);
  EXPECT_EQ(s.work().active_slot, kSlot0 + kDay + 60 + kRootDelay);
  EXPECT_REFUSED(s, s.post_root(2, 1'000'000'000), Fault::RootPending);
}

TEST(PostRoot, GrowsBySevenDaysCapAtMostAndNeverFalls) {
  Funded s;
  s.at(100 * kDay);
  EXPECT_REFUSED(s, s.post_root(1, 7'000'000'001), Fault::WorkCapExceeded);
  s.must(s.post_root(1, 7'000'000'000));
  s.at(102 * kDay);
  EXPECT_REFUSED(s, s.post_root(2, 6'999'999'999), Fault::WorkCapExceeded);
  s.at(120 * kDay);
  EXPECT_REFUSED(s, s.post_root(2, 10'000'000'001), Fault::WorkCapExceeded) << "the funds";
  s.must(s.post_root(2, 10'000'000'000));
  EXPECT_EQ(s.work().active.cum_total, 7'000'000'000u);
}

TEST(DisableRoot, TakesBackBeforeItIsActive) {
  Funded s;
  EXPECT_REFUSED(s, s.disable_root(0, SetKind::Guardian, {0b00111}), Fault::NoPendingRoot);
  s.must(s.post_root(1, 1'000));
  EXPECT_REFUSED(s, s.disable_root(1, SetKind::Sentinel, {0b011}), Fault::WrongSet);
  EXPECT_REFUSED(s, s.disable_root(2, SetKind::Guardian, {0b00111}), Fault::NoPendingRoot);
  EXPECT_REFUSED(s, s.disable_root(1, SetKind::Guardian, {0b00011}), Fault::NotEnoughSigners);
  EXPECT_REFUSED(s, s.disable_root(1, SetKind::Resolver, {0b001}), Fault::NotEnoughSigners);
  s.at(2 * kDay);
  s.must(s.disable_root(1, SetKind::Guardian, {0b00111}));
  EXPECT_EQ(s.work().pending.n, 0u);
  EXPECT_EQ(s.work().last_n, 1u);
  s.must(s.post_root(2, 2'000'000'000));  // the epochs of the one that was taken back count again
  s.at(3 * kDay + 1);
  EXPECT_REFUSED(s, s.disable_root(2, SetKind::Guardian, {0b00111}), Fault::NoPendingRoot);
}

TEST(ClaimWork, CreditsTheLeafOnce) {
  Funded s;
  const Key mine = leaf_of(s, 0, 700);
  const Key other = leaf_of(s, 1, 300);
  const Bytes proof = Writer().key(other);
  s.must(s.post_root(1, 1'000, node_of(mine, other), 2));
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, proof), Fault::NoRoot);
  s.at(2 * kDay);
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, proof), Fault::NoRoot) << "a day is not over";
  s.at(2 * kDay + 1);
  EXPECT_REFUSED(s, s.claim_work(0, 0, 701, proof), Fault::BadProof);
  EXPECT_REFUSED(s, s.claim_work(0, 1, 700, proof), Fault::BadProof);
  EXPECT_REFUSED(s, s.claim_work(0, 2, 700, proof), Fault::BadProof);
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700), Fault::BadProof) << "too short";
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, Writer().key(other).key(other)), Fault::BadProof);
  EXPECT_REFUSED(s, s.claim_work(1, 0, 700, proof), Fault::BadProof) << "somebody else's leaf";
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, Bytes(31)), Fault::ProofTooLong);
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, Bytes(32 * 25)), Fault::ProofTooLong);
  s.must(s.claim_work(0, 0, 700, proof));
  EXPECT_EQ(s.position_of(0).owed, 700u);
  EXPECT_EQ(s.work().claimed, 700u);
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700, proof), Fault::NothingNew) << "[A67]";
  s.must(s.claim_work(1, 1, 300, Writer().key(mine)));
  EXPECT_EQ(s.work().claimed, 1'000u);
}

TEST(ClaimWork, NeverPaysMoreThanTheRootSaid) {
  Funded s;
  const Key mine = leaf_of(s, 0, 700);
  const Key other = leaf_of(s, 1, 301);
  s.must(s.post_root(1, 1'000, node_of(mine, other), 2));
  s.at(2 * kDay + 1);
  s.must(s.claim_work(0, 0, 700, Writer().key(other)));
  EXPECT_REFUSED(s, s.claim_work(1, 1, 301, Writer().key(mine)), Fault::AboveTotal) << "[A67]";
}

TEST(ClaimWork, OfThreeLeavesFollowsTheLonelyOneUp) {
  Funded s;
  s.must(s.open(2));
  const Key a = leaf_of(s, 0, 1);
  const Key b = leaf_of(s, 1, 2);
  const Key c = leaf_of(s, 2, 3);
  s.must(s.post_root(1, 6, node_of(node_of(a, b), c), 3));
  s.at(2 * kDay + 1);
  EXPECT_REFUSED(s, s.claim_work(2, 2, 3, Writer().key(a).key(b)), Fault::BadProof);
  s.must(s.claim_work(2, 2, 3, Writer().key(node_of(a, b))));
  s.must(s.claim_work(1, 1, 2, Writer().key(a).key(c)));
  s.must(s.claim_work(0, 0, 1, Writer().key(b).key(c)));
  s.must(s.pause(2, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.claim_work(0, 0, 1, Writer().key(b).key(c)), Fault::Paused);
}

TEST(ClaimWork, ThatWouldOverflowWhatIsOwedIsRefused) {
  Funded s;
  s.must(s.post_root(1, 1'000, leaf_of(s, 0, 700)));
  s.at(2 * kDay + 1);
  s.edit<Position>(s.position(0), [](Position& p) { p.owed = kMax - 699; });
  EXPECT_REFUSED(s, s.claim_work(0, 0, 700), sol::Check::Overflow);
}

// ---- Timelock

Bytes limits(std::uint64_t bps, std::uint64_t pause, std::uint64_t floor, std::uint64_t cap) {
  return Writer().u8(3).u16(bps).u32(pause).u64(floor).u64(cap);
}

TEST(QueueOp, AnnouncesKnownKindsOnly) {
  Scene s;
  s.edit<Set>(s.set(SetKind::Guardian), [](Set& set) { set.seq = 9; });
  for (const std::uint8_t kind : std::initializer_list<std::uint8_t>{0, 8, 255})
    EXPECT_REFUSED(s, s.queue_as(kind, {kind}), Fault::UnknownKind);
  EXPECT_REFUSED(s, s.queue(OpKind::SetLimits, {3}, {0b00011}), Fault::NotEnoughSigners);
  s.must(s.queue(OpKind::SetLimits, {3}));
  const Op op = s.read<Op>(s.op(0));
  EXPECT_EQ(op.eta, kT0 + 72 * kHour);
  EXPECT_EQ(op.eta_slot, kSlot0 + 72 * kHour);
  EXPECT_EQ(op.expiry, op.eta + 7 * kDay);
  EXPECT_EQ(op.rent_to, std::bit_cast<swarm::Key>(s.owner(3)));
  EXPECT_EQ(op.set_seq, 9u);
  EXPECT_EQ(op.kind, 3u);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).op_seq, 1u);
  EXPECT_EQ(s.read<Fleet>(s.address("fleet")).seq, 1u);
  s.must(s.queue(OpKind::ReplaceSet, {1}));
  EXPECT_EQ(s.read<Op>(s.op(1)).eta, kT0 + 7 * kDay);
  EXPECT_EQ(s.read<Op>(s.op(1)).op_seq, 1u);
  s.must(s.queue(OpKind::SetRole, {2}));
  EXPECT_EQ(s.read<Op>(s.op(2)).eta, kT0 + 72 * kHour);
  s.must(s.queue(OpKind::LowerWorkCap, {6}));
  EXPECT_EQ(s.read<Op>(s.op(3)).eta, kT0);
}

TEST(CancelOp, TakesAsManyAsCanKeepAThresholdFromBeingMet) {
  Scene s;
  const std::uint64_t lamports = s.bank.lamports(s.owner(3));
  s.must(s.queue(OpKind::SetLimits, {3}));
  EXPECT_REFUSED(s, s.cancel(0, {0b00011}), Fault::NotEnoughSigners) << "[A77] 5 - 3 + 1";
  s.must(s.cancel(0, {0b11100}));
  EXPECT_FALSE(s.exists(s.op(0)));
  EXPECT_EQ(s.bank.lamports(s.owner(3)), lamports);
  // All five of five: one alone could keep that from happening, and still is not enough.
  s.must(s.queue(OpKind::SetLimits, {3}));
  s.edit<Set>(s.set(SetKind::Guardian), [](Set& set) { set.threshold = 5; });
  EXPECT_REFUSED(s, s.cancel(1, {0b00001}), Fault::NotEnoughSigners) << "[A77]";
  s.must(s.cancel(1, {0b00011}));
}

TEST(ExecuteOp, IsInTimeAndOfTheSameGuardians) {
  Scene s;
  const Bytes payload = limits(500, 0, kOutflowFloorMin, 5);
  s.must(s.queue(OpKind::SetLimits, payload));
  const std::uint64_t eta = 72 * kHour;
  s.clock(kT0 + eta, kSlot0 + 99 * kDay);
  EXPECT_REFUSED(s, s.run_op(0, payload), Fault::OpNotYet) << "[A60]";
  s.clock(kT0 + 5 * kDay, kSlot0 + eta);
  EXPECT_REFUSED(s, s.run_op(0, payload), Fault::OpNotYet) << "[A28]";
  s.at(eta + 7 * kDay + 1);
  EXPECT_REFUSED(s, s.run_op(0, payload), Fault::OpExpired) << "[A61]";
  s.at(eta + 7 * kDay);
  EXPECT_REFUSED(s, s.run_op(0, limits(500, 0, kOutflowFloorMin, 6)), Fault::WrongPayload)
      << "[A62]";
  EXPECT_REFUSED(s, s.run_op(0, {}), Fault::WrongPayload);
  s.edit<Set>(s.set(SetKind::Guardian), [](Set& set) { set.seq += 1; });
  EXPECT_REFUSED(s, s.run_op(0, payload), Fault::OpDead);
  s.edit<Set>(s.set(SetKind::Guardian), [](Set& set) { set.seq -= 1; });
  s.must(s.run_op(0, payload));
  const Config c = s.read<Config>(s.address("config"));
  EXPECT_EQ(c.outflow_bps, 500u);
  EXPECT_EQ(c.sentinel_pause, 0u);
  EXPECT_EQ(c.outflow_floor, kOutflowFloorMin);
  EXPECT_EQ(c.work_cap, 5u);
  EXPECT_FALSE(s.exists(s.op(0)));
}

TEST(ExecuteOp, TakesTheSetsInTheirPlaces) {
  Scene s;
  const Bytes payload = Writer().u8(5).u32(60);
  s.must(s.queue(OpKind::LowerSentinelPause, payload));
  s.at(1);
  for (const std::size_t slot : {2u, 3u}) {
    solhost::Instruction wrong = s.run_op(0, payload);
    std::swap(wrong.metas[slot], wrong.metas[slot + 1]);
    EXPECT_REFUSED(s, wrong, sol::Check::WrongLink);
  }
  s.must(s.run_op(0, payload));
}

// Queues the payload, waits for its time, and says how executing it ends.
std::string executed(Scene& s, OpKind kind, const Bytes& payload, std::uint64_t expected) {
  const std::uint64_t number = s.read<Fleet>(s.address("fleet")).op_seq;
  s.must(s.queue(kind, payload));
  const auto now = s.bank.clock();
  const std::uint64_t wait = 8 * kDay;
  const bool at_once = static_cast<int>(kind) >= 4;
  s.clock(static_cast<std::uint64_t>(now.unix_timestamp) + (at_once ? 1 : wait),
          now.slot + (at_once ? 1 : wait));
  if (expected != 0) return s.refuses(s.run_op(number, payload), expected);
  const solhost::Outcome outcome = s.bank.execute(s.run_op(number, payload));
  return outcome.ok() ? "" : outcome.text();
}

TEST(ExecuteOp, KeepsLimitsInsideTheBounds) {
  Scene s;
  const std::uint64_t bad = number(Fault::OutOfBounds);
  const auto run = [&](const Bytes& payload, std::uint64_t expected) {
    return executed(s, OpKind::SetLimits, payload, expected);
  };
  EXPECT_EQ(run(limits(499, 0, kOutflowFloorMin, 0), bad), "");
  EXPECT_EQ(run(limits(10'001, 0, kOutflowFloorMin, 0), bad), "");
  EXPECT_EQ(run(limits(500, kHour + 1, kOutflowFloorMin, 0), bad), "");
  EXPECT_EQ(run(limits(500, 0, kOutflowFloorMin - 1, 0), bad), "");
  EXPECT_EQ(run(limits(500, 0, kSupplyMax + 1, 0), bad), "");
  EXPECT_EQ(run(limits(500, 0, kOutflowFloorMin, kSupplyMax + 1), bad), "");
  Bytes longer = limits(500, 0, kOutflowFloorMin, 0);
  longer.push_back(0);
  EXPECT_EQ(run(longer, number(sol::Check::TrailingData)), "");
  longer.resize(10);
  EXPECT_EQ(run(longer, number(sol::Check::ShortData)), "");
  EXPECT_EQ(run(limits(10'000, kHour, kSupplyMax, kSupplyMax), 0), "");
  EXPECT_EQ(s.read<Config>(s.address("config")).outflow_floor, kSupplyMax);
  EXPECT_EQ(s.read<Config>(s.address("config")).seq, 2u) << "sealed, and one change";
}

Bytes role(std::uint8_t which, RoleRules r) {
  return Writer()
      .u8(2)
      .u8(which)
      .u64(r.min_stake)
      .u32(r.lock_min)
      .u32(r.lock_max)
      .u16(r.weight_min)
      .u16(r.weight_max)
      .u32(r.unbond);
}

TEST(ExecuteOp, KeepsRolesInsideTheBounds) {
  Scene s;
  const RoleRules good{1, 30 * kDay, 365 * kDay, 10'000, 20'000, 4 * kDay};
  const auto with = [&](std::uint64_t expected, const std::function<void(RoleRules&)>& change) {
    RoleRules rules = good;
    change(rules);
    return executed(s, OpKind::SetRole, role(0, rules), expected);
  };
  const std::uint64_t bad = number(Fault::OutOfBounds);
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.min_stake = 0; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.min_stake = kSupplyMax + 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.lock_min -= 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.lock_min = 365 * kDay, r.lock_max -= 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.lock_max += 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.weight_min -= 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.weight_min = 20'000, r.weight_max -= 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.weight_max += 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.unbond -= 1; }), "");
  EXPECT_EQ(with(bad, [](RoleRules& r) { r.unbond = 14 * kDay + 1; }), "");
  EXPECT_EQ(executed(s, OpKind::SetRole, role(3, good), number(Fault::UnknownKind)), "");
  Bytes longer = role(0, good);
  longer.push_back(0);
  EXPECT_EQ(executed(s, OpKind::SetRole, longer, number(sol::Check::TrailingData)), "");
  EXPECT_EQ(with(0, [](RoleRules& r) { r.min_stake = kSupplyMax, r.unbond = 14 * kDay; }), "");
  EXPECT_EQ(s.read<Config>(s.address("config")).roles[0].unbond, 14u * kDay);
  EXPECT_EQ(with(0, [](RoleRules& r) { r.lock_max = r.lock_min, r.weight_max = r.weight_min; }),
            "");
}

Writer set_of(std::uint8_t kind, std::uint8_t threshold, std::initializer_list<int> keys) {
  Writer made;
  made.u8(1).u8(kind).u8(threshold);
  for (const int key : keys) made.key(World::key("new key", static_cast<std::uint64_t>(key)));
  return made;
}

TEST(ExecuteOp, KeepsSetsApartAndThresholdsInRange) {
  Scene s;
  const auto run = [&](const Bytes& payload, std::uint64_t expected) {
    return executed(s, OpKind::ReplaceSet, payload, expected);
  };
  const std::uint64_t range = number(Fault::ThresholdOutOfRange);
  const std::uint64_t twice = number(Fault::DuplicateKey);
  EXPECT_EQ(run(set_of(0, 2, {1, 2}), range), "") << "three guardians at least";
  EXPECT_EQ(run(set_of(0, 2, {1, 2, 3, 4}), range), "") << "more than half";
  EXPECT_EQ(run(set_of(0, 4, {1, 2, 3}), range), "");
  EXPECT_EQ(run(set_of(1, 1, {}), range), "");
  EXPECT_EQ(run(set_of(1, 1, {1, 2}), range), "");
  EXPECT_EQ(run(set_of(2, 1, {1, 2}), range), "");
  EXPECT_EQ(run(set_of(2, 1, {1}), range), "");
  EXPECT_EQ(run(set_of(2, 8, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), range), "");
  EXPECT_EQ(run(set_of(0, 7, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), range), "");
  EXPECT_EQ(run(set_of(3, 2, {1, 2, 3}), number(Fault::UnknownKind)), "");
  EXPECT_EQ(run(set_of(0, 2, {1, 2, 1}), twice), "");
  EXPECT_EQ(run(set_of(0, 2, {1, 2}).key(Key{}), twice), "");
  EXPECT_EQ(run(set_of(0, 2, {1, 2}).key(s.set_key(5)), twice), "") << "a sentinel's";
  EXPECT_EQ(run(set_of(0, 2, {1, 2}).key(s.set_key(10)), twice), "") << "a resolver's";
  EXPECT_EQ(run(set_of(2, 2, {1, 2}).key(s.set_key(0)), twice), "") << "a guardian's";
  EXPECT_EQ(run(set_of(0, 2, {1, 2, 3}).u8(0), number(sol::Check::TrailingData)), "");
  EXPECT_EQ(run(set_of(1, 1, {1}), 0), "");
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Sentinel)).size, 1u);
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Sentinel)).seq, 1u);
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Sentinel)).keys[1], swarm::Key{});
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Sentinel)).threshold, 1u);
  EXPECT_EQ(run(set_of(2, 7, {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21}), 0), "");
  s.must(s.queue(OpKind::SetLimits, limits(500, 0, kOutflowFloorMin, 0)));
  const std::uint64_t waiting = s.read<Fleet>(s.address("fleet")).op_seq - 1;
  EXPECT_EQ(run(set_of(0, 2, {31, 32, 33}), 0), "");
  EXPECT_REFUSED(s, s.run_op(waiting, limits(500, 0, kOutflowFloorMin, 0)), Fault::OpDead);
}

TEST(ExecuteOp, WithoutDelayOnlyTightens) {
  Scene s;
  const std::uint64_t loose = number(Fault::NotTightening);
  EXPECT_EQ(executed(s, OpKind::LowerSentinelPause, Writer().u8(5).u32(kHour), loose), "");
  EXPECT_EQ(executed(s, OpKind::LowerSentinelPause, Writer().u8(5).u32(kHour - 1), 0), "");
  EXPECT_EQ(s.read<Config>(s.address("config")).sentinel_pause, kHour - 1);
  EXPECT_EQ(executed(s, OpKind::LowerWorkCap, Writer().u8(6).u64(1'000'000'000), loose), "");
  EXPECT_EQ(executed(s, OpKind::LowerWorkCap, Writer().u8(6).u64(7), 0), "");
  EXPECT_EQ(executed(s, OpKind::LowerWorkCap, Writer().u8(6).u64(6).u8(0),
                     number(sol::Check::TrailingData)),
            "");
  EXPECT_EQ(executed(s, OpKind::LowerWorkCap, limits(500, 0, kOutflowFloorMin, 5),
                     number(Fault::WrongPayload)),
            "")
      << "[A78] a delayed change announced as one without";
}

TEST(ExecuteOp, RemovesASentinelKeyButNotTheQuorum) {
  Scene s;
  const auto remove = [&](const Key& key, std::uint64_t expected) {
    return executed(s, OpKind::RemoveSentinelKey, Writer().u8(4).key(key), expected);
  };
  EXPECT_EQ(remove(s.set_key(0), number(Fault::NoSuchKey)), "") << "a guardian's";
  EXPECT_EQ(remove(Key{}, number(Fault::NoSuchKey)), "") << "as unused places hold it";
  EXPECT_EQ(
      executed(s, OpKind::RemoveSentinelKey, Writer().u8(4).u8(1), number(sol::Check::ShortData)),
      "");
  EXPECT_EQ(remove(s.set_key(5), 0), "");
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Sentinel)).seq, 1u);
  EXPECT_EQ(remove(s.set_key(5), number(Fault::NoSuchKey)), "");
  EXPECT_EQ(remove(s.set_key(6), 0), "");
  const Set left = s.read<Set>(s.set(SetKind::Sentinel));
  EXPECT_EQ(left.size, 1u);
  EXPECT_EQ(left.threshold, 2u) << "[A78] or one key would decide alone";
  EXPECT_EQ(left.keys[0], std::bit_cast<swarm::Key>(s.set_key(7)));
  EXPECT_EQ(left.keys[1], swarm::Key{});
  EXPECT_EQ(remove(s.set_key(7), number(Fault::ThresholdOutOfRange)), "");
  solhost::Instruction alone = s.post_root(1, 0, World::key("root"), 1, {0b001});
  alone.metas.back().key = s.set_key(7);
  EXPECT_REFUSED(s, alone, Fault::NotEnoughSigners);
}

}  // namespace
}  // namespace swarm::proof
