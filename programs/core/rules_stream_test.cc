// The stream of rewards (D3) with numbers worked out by hand. Names in brackets are of the
// adversarial checklist (docs/assurance.md).
#include <cstdint>

#include "core/rules/stream.h"
#include "core/rules/weight.h"
#include "core/rules_fixture.h"
#include "gtest/gtest.h"

namespace swarm {
namespace {

// ---- Giving out

TEST(Stream, GivesOutInProportionToTimeRoundedDown) {
  // 1,000 units in 86,400 s: one per 86.4 s.
  const Pool pool = running_pool(kWeightMin, 1'000, 86'400);
  EXPECT_EQ(emitted_by(pool, kStart), 0u);
  EXPECT_EQ(emitted_by(pool, kStart + 86), 0u);
  EXPECT_EQ(emitted_by(pool, kStart + 87), 1u);
  EXPECT_EQ(emitted_by(pool, kStart + 43'200), 500u);
  EXPECT_EQ(emitted_by(pool, kStart + 86'400), 1'000u);
  EXPECT_EQ(emitted_by(pool, kMax), 1'000u) << "[A28] years later there is no more";
}

TEST(Stream, WithoutLengthGivesNothing) { EXPECT_EQ(emitted_by(quiet_pool(1), kMax), 0u); }

TEST(Stream, SettledByEverySecondGivesTheSame) {
  Pool often = running_pool(3'000'000, 1'000'000'007, 86'400);
  Pool once = often;
  for (std::uint64_t dt = 1; dt <= 5'000; ++dt) settle_pool(often, after(dt));
  settle_pool(once, after(5'000));
  EXPECT_EQ(often.emitted, once.emitted);
  EXPECT_EQ(often.acc, once.acc) << "[A42, A75]";
  EXPECT_EQ(often.carry, once.carry);
  EXPECT_EQ(once.emitted, 57'870'370u);  // floor(1,000,000,007 x 5,000 / 86,400)
}

TEST(Stream, SecondsWithoutSlotsMoveItInsteadOfBeingPaid) {
  Pool pool = running_pool(kWeightMin, 86'400, 86'400);
  // A hundred seconds in ten slots: twenty can have passed, eighty are skipped.
  settle_pool(pool, {kStart + 100, kSlot + 10});
  EXPECT_EQ(pool.start, kStart + 80);
  EXPECT_EQ(pool.end, kStart + 80 + 86'400);
  EXPECT_EQ(pool.emitted, 20u) << "[A28] time jumps";
  EXPECT_EQ(pool.last, kStart + 100);
}

TEST(Stream, SlotsThatFillTheTimeSkipNothing) {
  Pool pool = running_pool(kWeightMin, 86'400, 86'400);
  settle_pool(pool, {kStart + 100, kSlot + 50});
  EXPECT_EQ(pool.start, kStart);
  EXPECT_EQ(pool.emitted, 100u);
  settle_pool(pool, {kStart + 201, kSlot + 100});
  EXPECT_EQ(pool.start, kStart + 1) << "101 seconds in 50 slots: one too many";
  EXPECT_EQ(pool.emitted, 200u);
}

TEST(Stream, ASecondOfTheSameSlotIsSkippedWhole) {
  Pool pool = running_pool(kWeightMin, 86'400, 86'400);
  settle_pool(pool, {kStart + 7, kSlot});
  EXPECT_EQ(pool.emitted, 0u);
  EXPECT_EQ(pool.end, kStart + 7 + 86'400);
  EXPECT_EQ(pool.last_slot, kSlot);
}

TEST(Stream, TimeThatGoesBackPaysNothingTwice) {
  Pool pool = running_pool(kWeightMin, 86'400, 86'400);
  settle_pool(pool, after(500));
  const Pool before = pool;
  settle_pool(pool, {kStart + 400, kSlot + 501});
  EXPECT_EQ(pool.emitted, before.emitted) << "[A27]";
  EXPECT_EQ(pool.last, before.last);
  EXPECT_EQ(pool.acc, before.acc);
  EXPECT_EQ(pool.last_slot, kSlot + 501);
}

TEST(Stream, StandsStillWhileHardlyAnybodyIsStaked) {
  Pool pool = running_pool(kWeightMin - 1, 86'400, 86'400);
  settle_pool(pool, after(1'000));
  EXPECT_EQ(pool.emitted, 0u);
  EXPECT_EQ(pool.start, kStart + 1'000);
  EXPECT_EQ(pool.end, kStart + 1'000 + 86'400);
  pool.weight = kWeightMin;
  settle_pool(pool, after(2'000));
  EXPECT_EQ(pool.emitted, 1'000u) << "[A40] nothing of it was lost";
}

TEST(Stream, TheRestOfTheDivisionIsCarried) {
  // One unit in the first 86.4 s among 3 x 2^20: 2^64 / (3 x 2^20) leaves 2^20.
  Pool pool = running_pool(3 * kWeightMin, 1'000, 86'400);
  settle_pool(pool, after(87));
  EXPECT_EQ(pool.emitted, 1u);
  EXPECT_EQ(pool.acc, (U128{5'864'062'014'805, 0}));  // floor(2^44 / 3)
  EXPECT_EQ(pool.carry, std::uint64_t{1} << 20);
}

// ---- paying in

TEST(Fund, StartsAnEmptyStream) {
  Pool pool = quiet_pool(kWeightMin);
  ASSERT_EQ(fund_stream(pool, 86'400, kDay, after(0)), kFine);
  EXPECT_EQ(pool.total, 86'400u);
  EXPECT_EQ(pool.start, kStart);
  EXPECT_EQ(pool.end, kStart + kDay);
  EXPECT_EQ(pool.emitted, 0u);
}

TEST(Fund, RefusesWhatItCannotPayEvenly) {
  Pool pool = quiet_pool(kWeightMin);
  const Pool before = pool;
  EXPECT_EQ(fund_stream(pool, 0, kDay, after(0)), because(Fault::AmountZero)) << "[A34]";
  EXPECT_EQ(fund_stream(pool, 1, kDay, after(0)), because(Fault::TooLittleForDuration)) << "[A41]";
  EXPECT_EQ(fund_stream(pool, kDay - 1, kDay, after(0)), because(Fault::TooLittleForDuration));
  EXPECT_EQ(fund_stream(pool, kDay, kDay - 1, after(0)), because(Fault::DurationOutOfRange));
  EXPECT_EQ(fund_stream(pool, kMax, 366 * kDay + 1, after(0)), because(Fault::DurationOutOfRange));
  EXPECT_EQ(fund_stream(pool, kMax, kDay, after(0)), because(Fault::SupplyTooLarge)) << "[A35]";
  EXPECT_EQ(fund_stream(pool, kSupplyMax + 1, kDay, after(0)), because(Fault::SupplyTooLarge));
  EXPECT_EQ(__builtin_memcmp(&pool, &before, sizeof(Pool)), 0);
  EXPECT_EQ(fund_stream(pool, kSupplyMax, 366 * kDay, after(0)), kFine);
}

TEST(Fund, MeansBothTimesByTheirAmounts) {
  // 100,000 units with 100,000 s left and 300,000 for 200,000 s: 400,000 in 175,000 s.
  Pool pool = running_pool(kWeightMin, 100'000, 100'000);
  ASSERT_EQ(fund_stream(pool, 300'000, 200'000, after(0)), kFine);
  EXPECT_EQ(pool.total, 400'000u);
  EXPECT_EQ(pool.end - pool.start, 175'000u);
}

TEST(Fund, MeanIsRoundedUp) {
  // (100,000 x 100,000 + 100,001 x 100,001) / 200,001 = 100,000.5
  Pool pool = running_pool(kWeightMin, 100'000, 100'000);
  ASSERT_EQ(fund_stream(pool, 100'001, 100'001, after(0)), kFine);
  EXPECT_EQ(pool.end - pool.start, 100'001u);
}

TEST(Fund, NeverLowersTheRate) {
  Pool pool = running_pool(kWeightMin, 1'000'000, 100'000);  // ten a second
  const Pool before = pool;
  EXPECT_EQ(fund_stream(pool, 1, kDay * 366, after(0)), because(Fault::RateWouldFall)) << "[A71]";
  EXPECT_EQ(fund_stream(pool, 1'000'000, 366 * kDay, after(0)), because(Fault::RateWouldFall));
  EXPECT_EQ(__builtin_memcmp(&pool, &before, sizeof(Pool)), 0);
  // Two million in 200,000 s are ten a second again: allowed.
  EXPECT_EQ(fund_stream(pool, 1'000'000, 300'000, after(0)), kFine);
  EXPECT_EQ(pool.end - pool.start, 200'000u);
}

TEST(Fund, StartsFromWhatIsLeft) {
  Pool pool = running_pool(kWeightMin, 1'000'000, 100'000);
  settle_pool(pool, after(40'000));
  EXPECT_EQ(pool.emitted, 400'000u);
  ASSERT_EQ(fund_stream(pool, 600'000, 100'000, after(40'000)), kFine);
  EXPECT_EQ(pool.total, 1'200'000u);
  EXPECT_EQ(pool.emitted, 0u);
  EXPECT_EQ(pool.start, kStart + 40'000);
  EXPECT_EQ(pool.end, kStart + 40'000 + 80'000);
}

TEST(Fund, WithATimeThatWentBackStartsAtTheLatest) {
  Pool pool = quiet_pool(kWeightMin);
  pool.last = kStart + 100;
  ASSERT_EQ(fund_stream(pool, kDay, kDay, after(0)), kFine);
  EXPECT_EQ(pool.start, kStart + 100);
}

// ---- positions

TEST(Accrual, SharesByWeightAndSeconds) {
  // 86,400 units a day among 4 x 2^20, of which the position has one.
  Pool pool = running_pool(4 * kWeightMin, 86'400, 86'400);
  Position position = staked(kWeightMin, kWeightMin);
  settle_pool(pool, after(1'000));
  ASSERT_EQ(settle_position(pool, position), kFine);
  EXPECT_EQ(position.owed, 250u);
  EXPECT_EQ(position.frac, 0u);
  EXPECT_EQ(position.paid, pool.acc);
  ASSERT_EQ(settle_position(pool, position), kFine);
  EXPECT_EQ(position.owed, 250u) << "[A38] the same second again earns nothing";
}

TEST(Accrual, LateJoinersEarnTheirOwnSecondsOnly) {
  Pool pool = running_pool(kWeightMin, 86'400, 86'400);
  settle_pool(pool, after(500));
  Position late{};
  late.paid = pool.acc;
  set_weight(pool, late, kWeightMin);
  settle_pool(pool, after(500 + 100));
  ASSERT_EQ(settle_position(pool, late), kFine);
  EXPECT_EQ(late.owed, 50u) << "[A39] half of a hundred";
}

TEST(Accrual, AMillionSettlementsLoseNothing) {
  Pool pool = running_pool(3 * kWeightMin, 1'000'003, 1'000'000);
  Position poked = staked(kWeightMin, kWeightMin);
  Position calm = poked;
  for (std::uint64_t dt = 1; dt <= 1'000'000; ++dt) {
    settle_pool(pool, after(dt));
    ASSERT_EQ(settle_position(pool, poked), kFine);
  }
  ASSERT_EQ(settle_position(pool, calm), kFine);
  EXPECT_EQ(poked.owed, calm.owed) << "[A42]";
  EXPECT_EQ(poked.frac, calm.frac);
  EXPECT_EQ(calm.owed, 333'334u);  // 1,000,003 / 3, but for what the last division carries
}

TEST(Accrual, RunsOverTheAccumulatorsEnd) {
  Pool pool = quiet_pool(kWeightMin);
  Position position = staked(kWeightMin, kWeightMin);
  position.paid = {kMax, kMax};                  // just before it wraps
  pool.acc = {(std::uint64_t{1} << 44) - 1, 0};  // 2^44 later: one unit per 2^20
  ASSERT_EQ(settle_position(pool, position), kFine);
  EXPECT_EQ(position.owed, 1u) << "[A36]";
}

TEST(Accrual, RefusesWhatNoVaultCouldHold) {
  Pool pool = quiet_pool(kWeightMin);
  Position position = staked(kWeightMin, kWeightMin);
  pool.acc = {0, kMax};
  EXPECT_EQ(settle_position(pool, position), sol::Error(sol::Check::Overflow));
  pool.acc = {std::uint64_t{1} << 44, 0};
  position.owed = kMax;
  const Position before = position;
  EXPECT_EQ(settle_position(pool, position), sol::Error(sol::Check::Overflow));
  EXPECT_EQ(__builtin_memcmp(&position, &before, sizeof(Position)), 0);
}

}  // namespace
}  // namespace swarm
