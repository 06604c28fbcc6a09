// Time (D1), weights (D4) and buckets (D7) with numbers worked out by hand. Names in brackets are
// of the adversarial checklist (docs/assurance.md).
#include <cstdint>

#include "core/rules/bucket.h"
#include "core/rules/moment.h"
#include "core/rules/weight.h"
#include "core/rules_fixture.h"
#include "gtest/gtest.h"

namespace swarm {
namespace {

// ---- D1

TEST(Deadline, HasPassedOnlyAfterBothClocks) {
  EXPECT_FALSE(passed(100, 50, {100, 51}));  // "<=" is in time
  EXPECT_FALSE(passed(100, 50, {101, 50}));
  EXPECT_TRUE(passed(100, 50, {101, 51}));
  EXPECT_FALSE(passed(100, 50, {kMax, 50})) << "[A28] time alone may jump";
  EXPECT_FALSE(passed(100, 50, {99, kMax}));
}

TEST(Epoch, IsADayOfOurOwn) {
  EXPECT_EQ(epoch_of(0), 0u);
  EXPECT_EQ(epoch_of(86'399), 0u);
  EXPECT_EQ(epoch_of(86'400), 1u);
}

// ---- D4: the multiplier

constexpr RoleRules kProvider{100, 30 * kDay, 365 * kDay, 10'000, 20'000, 14 * kDay};
constexpr RoleRules kUser{10, 0, 90 * kDay, 5'000, 10'000, 3 * kDay};

TEST(Multiplier, IsLinearBetweenTheRolesEnds) {
  EXPECT_EQ(multiplier(kProvider, 30 * kDay), 10'000u);
  EXPECT_EQ(multiplier(kProvider, 365 * kDay), 20'000u);
  EXPECT_EQ(multiplier(kProvider, 364 * kDay), 19'970u);  // 10,000 + floor(10,000 x 334 / 335)
  EXPECT_EQ(multiplier(kProvider, 10'000 * kDay), 20'000u);
  EXPECT_EQ(multiplier(kUser, 0), 5'000u);
  EXPECT_EQ(multiplier(kUser, 45 * kDay), 7'500u);
}

TEST(Multiplier, OfAnExpiredLockIsOneAtMost) {
  EXPECT_EQ(multiplier(kProvider, 30 * kDay - 1), 10'000u);
  EXPECT_EQ(multiplier({1, 365 * kDay, 1'460 * kDay, 15'000, 40'000, 0}, 0), 10'000u);
  EXPECT_EQ(expired_multiplier(kUser), 5'000u);
}

TEST(Multiplier, OfASingleLengthIsTheGreater) {
  EXPECT_EQ(multiplier({1, kDay, kDay, 10'000, 30'000, 0}, kDay), 30'000u);
}

// ---- D4: weights

TEST(Weight, IsRoundedDown) {
  EXPECT_EQ(weigh(3, 5'000).take(), 1u);
  EXPECT_EQ(weigh(1, 5'000).take(), 0u);
  EXPECT_EQ(weigh(kSupplyMax, 40'000).take(), kSupplyMax * 4);
}

TEST(Weight, ThatDoesNotFitIsRefused) {
  EXPECT_EQ(weigh(kMax, 10'001).error(), sol::Error(sol::Check::Overflow)) << "[A36]";
}

struct Stake {
  Pool pool = quiet_pool(5'000);
  Position position = staked(1'000, 1'500);
  Stake() {
    position.lock_end = kStart + 100 * kDay;
    position.lock_slot = kSlot + 100 * kDay;
  }
};

TEST(Adding, WithoutALockWeighsByTheTimeThatIsLeft) {
  Stake s;
  // 100 of 365 days are left: 10,000 + floor(10,000 x 70 / 335) = 12,089 bps.
  ASSERT_EQ(add_amount(s.pool, s.position, kProvider, {1'000, 0}, after(0)), kFine);
  EXPECT_EQ(s.position.weight, 1'500u + 1'208u) << "[A72]";
  EXPECT_EQ(s.pool.weight, 5'000u + 1'208u);
  EXPECT_EQ(s.position.amount, 2'000u);
  EXPECT_EQ(s.position.lock_end, kStart + 100 * kDay);
}

TEST(Adding, AfterTheLockWeighsAsExpired) {
  Stake s;
  ASSERT_EQ(add_amount(s.pool, s.position, kProvider, {1'000, 0}, after(101 * kDay)), kFine);
  EXPECT_EQ(s.position.weight, 2'500u);
}

TEST(Adding, WithALockWeighsTheWholeAnew) {
  Stake s;
  ASSERT_EQ(add_amount(s.pool, s.position, kProvider, {500, 365 * kDay}, after(10)), kFine);
  EXPECT_EQ(s.position.weight, 3'000u);
  EXPECT_EQ(s.pool.weight, 6'500u);
  EXPECT_EQ(s.position.lock_end, kStart + 10 + 365 * kDay);
  EXPECT_EQ(s.position.lock_slot, kSlot + 10 + 365 * kDay);
}

TEST(Adding, ALockExtendedByADayAtATimeGainsNothing) {
  Stake s;
  // Each day another day: always 100 days from now, so always m(100 d), not a sum of gains.
  for (std::uint64_t day = 1; day <= 30; ++day)
    ASSERT_EQ(add_amount(s.pool, s.position, kProvider, {0, 100 * kDay}, after(day * kDay)), kFine);
  EXPECT_EQ(s.position.weight, 1'208u) << "[A73] even less than before";
}

TEST(Adding, RefusesALockThatIsShorterOrOutsideTheRole) {
  Stake s;
  const Stake before = s;
  const auto lock = [&](std::uint64_t seconds) {
    return add_amount(s.pool, s.position, kProvider, {0, seconds}, after(0));
  };
  EXPECT_EQ(lock(30 * kDay - 1), because(Fault::LockOutOfRange));
  EXPECT_EQ(lock(365 * kDay + 1), because(Fault::LockOutOfRange));
  EXPECT_EQ(lock(100 * kDay - 1), because(Fault::LockShortened));
  EXPECT_EQ(__builtin_memcmp(&s, &before, sizeof(s)), 0);
  EXPECT_EQ(lock(100 * kDay), kFine);
}

TEST(Adding, NeverTakesSlotsOffALock) {
  Stake s;
  // The clock is a hundred days ahead of its slots: a new lock ends later by time, sooner by slots.
  ASSERT_EQ(
      add_amount(s.pool, s.position, kProvider, {0, 30 * kDay}, {kStart + 100 * kDay, kSlot + 1}),
      kFine);
  EXPECT_EQ(s.position.lock_end, kStart + 130 * kDay);
  EXPECT_EQ(s.position.lock_slot, kSlot + 100 * kDay) << "[A28]";
}

TEST(Adding, ToNothingAsksForTheRolesMinimum) {
  Stake s;
  s.position.amount = s.position.weight = 0;
  const Stake before = s;
  EXPECT_EQ(add_amount(s.pool, s.position, kProvider, {99, 0}, after(0)),
            because(Fault::BelowMinimum));
  EXPECT_EQ(add_amount(s.pool, s.position, kProvider, {0, 365 * kDay}, after(0)),
            because(Fault::BelowMinimum));
  EXPECT_EQ(__builtin_memcmp(&s, &before, sizeof(s)), 0);
  EXPECT_EQ(add_amount(s.pool, s.position, kProvider, {100, 0}, after(0)), kFine);
  EXPECT_EQ(add_amount(s.pool, s.position, kProvider, {1, 0}, after(0)), kFine);
}

TEST(Removing, TakesWeightInProportionRoundedDown) {
  Stake s;
  ASSERT_EQ(remove_amount(s.pool, s.position, 333), kFine);
  EXPECT_EQ(s.position.amount, 667u);
  EXPECT_EQ(s.position.weight, 1'000u);  // floor(1,500 x 667 / 1,000) = floor(1,000.5)
  EXPECT_EQ(s.pool.weight, 4'500u);
}

TEST(Removing, AllTakesAllWeight) {
  Stake s;
  ASSERT_EQ(remove_amount(s.pool, s.position, 1'000), kFine);
  EXPECT_EQ(s.position.weight, 0u);
  EXPECT_EQ(s.pool.weight, 3'500u);
}

// ---- D7

TEST(BucketRule, TakesUpToItsCapacity) {
  Bucket bucket{0, 0};
  EXPECT_FALSE(take(bucket, 101, 100, 1'000, 0));
  EXPECT_TRUE(take(bucket, 60, 100, 1'000, 0));
  EXPECT_FALSE(take(bucket, 41, 100, 1'000, 0));
  EXPECT_TRUE(take(bucket, 40, 100, 1'000, 0));
  EXPECT_EQ(bucket.level, 100u);
  EXPECT_TRUE(take(bucket, 0, 100, 1'000, 0));
  EXPECT_FALSE(take(bucket, kMax, 100, 1'000, 0)) << "[A35]";
}

TEST(BucketRule, LeaksItsCapacityInAPeriod) {
  Bucket bucket{100, 5'000};
  EXPECT_FALSE(take(bucket, 1, 100, 1'000, 5'009));  // floor(0.9) has leaked
  EXPECT_TRUE(take(bucket, 1, 100, 1'000, 5'010));
  EXPECT_EQ(bucket.level, 100u);
  EXPECT_EQ(bucket.at, 5'010u);
  EXPECT_TRUE(take(bucket, 50, 100, 1'000, 5'510));
  EXPECT_EQ(bucket.level, 100u);
  EXPECT_TRUE(take(bucket, 100, 100, 1'000, kMax)) << "[A28] no more than all";
  EXPECT_EQ(bucket.level, 100u);
}

TEST(BucketRule, RefusesWithoutAChange) {
  Bucket bucket{100, 5'000};
  EXPECT_FALSE(take(bucket, 99, 100, 1'000, 5'100));
  EXPECT_EQ(bucket.level, 100u);
  EXPECT_EQ(bucket.at, 5'000u);
}

TEST(BucketRule, LeaksNothingWhenTimeGoesBack) {
  Bucket bucket{100, 5'000};
  EXPECT_FALSE(take(bucket, 1, 100, 1'000, 4'000)) << "[A27]";
  EXPECT_TRUE(take(bucket, 0, 100, 1'000, 4'000));
  EXPECT_EQ(bucket.at, 5'000u) << "else the thousand seconds would leak again";
}

TEST(BucketRule, WhoseCapacityShrankIsEmptyAfterAWholePeriod) {
  Bucket bucket{500, 0};
  EXPECT_FALSE(take(bucket, 0, 50, 1'000, 999));  // 49 leaked, 451 above 50
  EXPECT_TRUE(take(bucket, 50, 50, 1'000, 1'000));
  EXPECT_EQ(bucket.level, 50u);
}

}  // namespace
}  // namespace swarm
