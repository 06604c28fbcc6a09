// Slashing (D7, D8) with numbers worked out by hand.
#include <cstdint>

#include "core/rules/slash.h"
#include "core/rules_fixture.h"
#include "gtest/gtest.h"

namespace swarm {
namespace {

TEST(Claim, IsRoundedUpAndAtMostTheStake) {
  EXPECT_EQ(claim_of(10'000, 100).take(), 100u);
  EXPECT_EQ(claim_of(10'001, 100).take(), 101u);
  EXPECT_EQ(claim_of(1, 1).take(), 1u) << "no stake is too small to lose";
  EXPECT_EQ(claim_of(0, 5'000).take(), 0u);
  EXPECT_EQ(claim_of(kSupplyMax, 5'000).take(), kSupplyMax / 2);
  EXPECT_EQ(claim_of(kSupplyMax - 1, kBpsOne).take(), kSupplyMax - 1);
}

TEST(Claim, AsksForATenthAsBondUpToTheLeastStake) {
  EXPECT_EQ(accuser_bond(1, 1'000), 1u);
  EXPECT_EQ(accuser_bond(10, 1'000), 1u);
  EXPECT_EQ(accuser_bond(11, 1'000), 2u);
  EXPECT_EQ(accuser_bond(10'000, 1'000), 1'000u);
  EXPECT_EQ(accuser_bond(kSupplyMax, 1'000), 1'000u);
  EXPECT_EQ(accuser_bond(kSupplyMax, 0), 1u) << "never for nothing";
}

TEST(Claim, GivesTimeToDisputeByItsSize) {
  EXPECT_EQ(dispute_time(1), 24u * kHour);
  EXPECT_EQ(dispute_time(300), 24u * kHour);
  EXPECT_EQ(dispute_time(301), 72u * kHour);
  EXPECT_EQ(dispute_time(1'999), 72u * kHour);
  EXPECT_EQ(dispute_time(2'000), 7u * kDay);
  EXPECT_EQ(dispute_time(5'000), 7u * kDay);
}

constexpr std::uint64_t kWindow0 = 100 * kSlashWindow;

TEST(SlashWindows, Hold60PercentInTwo) {
  Position p{};
  EXPECT_TRUE(take_slash_window(p, 5'000, kWindow0));
  EXPECT_FALSE(take_slash_window(p, 1'001, kWindow0 + kSlashWindow - 1)) << "[A44]";
  EXPECT_TRUE(take_slash_window(p, 1'000, kWindow0 + kSlashWindow - 1));
  EXPECT_FALSE(take_slash_window(p, 1, kWindow0 + kSlashWindow));
  EXPECT_EQ(p.slash_prev, 6'000u);
  EXPECT_EQ(p.slash_cur, 0u);
  EXPECT_TRUE(take_slash_window(p, 5'000, kWindow0 + 2 * kSlashWindow));
  EXPECT_EQ(p.slash_prev, 0u);
}

TEST(SlashWindows, AreEmptyAfterTwo) {
  Position p{};
  EXPECT_TRUE(take_slash_window(p, 5'000, kWindow0));
  EXPECT_TRUE(take_slash_window(p, 5'000, kWindow0 + 2 * kSlashWindow));
  EXPECT_EQ(p.slash_prev, 0u);
  EXPECT_EQ(p.slash_cur, 5'000u);
}

TEST(SlashWindows, AClockThatGoesBackOpensNone) {
  Position p{};
  EXPECT_TRUE(take_slash_window(p, 5'000, kWindow0));
  EXPECT_FALSE(take_slash_window(p, 1'001, kWindow0 - kSlashWindow));
  EXPECT_EQ(p.slash_window, 100u);
}

TEST(SlashBudget, IsTwoPercentADay) {
  Fleet fleet{};
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 20'000, kStart), kFine);
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 1, kStart), because(Fault::SlashBudgetSpent));
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 10'001, kStart + kDay / 2),
            because(Fault::SlashBudgetSpent));
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 10'000, kStart + kDay / 2), kFine);
}

TEST(SlashBudget, AnEmptyOneAdmitsOneThatIsLarger) {
  Fleet fleet{};
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 500'000, kStart), kFine);
  EXPECT_EQ(fleet.slashed, 20'000u);
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 500'000, kStart + kDay - 1),
            because(Fault::SlashBudgetSpent));
  EXPECT_EQ(take_slash_budget(fleet, 1'000'000, 500'000, kStart + kDay), kFine);
  EXPECT_EQ(take_slash_budget(fleet, 500'000, 400'000, kStart + 2 * kDay - 1),
            because(Fault::SlashBudgetSpent));
  EXPECT_EQ(take_slash_budget(fleet, 500'000, 400'000, kStart + 2 * kDay), kFine)
      << "less principal, so a smaller cap: a day empties it all the same";
  Fleet tiny{};
  EXPECT_EQ(take_slash_budget(tiny, 10, 5, kStart), kFine) << "2 % of 10 is nothing: one then";
  EXPECT_EQ(tiny.slashed, 1u);
}

TEST(Stake, IsTakenFromWhatLeavesFirst) {
  Pool pool = quiet_pool(1'000);
  Position p = staked(500, 1'000);
  p.unbonding = 100;
  EXPECT_EQ(take_stake(pool, p, 40), kFine);
  EXPECT_EQ(p.unbonding, 60u);
  EXPECT_EQ(p.amount, 500u);
  EXPECT_EQ(p.weight, 1'000u);
  EXPECT_EQ(take_stake(pool, p, 160), kFine);
  EXPECT_EQ(p.unbonding, 0u);
  EXPECT_EQ(p.amount, 400u);
  EXPECT_EQ(p.weight, 800u);
  EXPECT_EQ(pool.weight, 800u);
  EXPECT_EQ(take_stake(pool, p, 400), kFine);
  EXPECT_EQ(p.amount, 0u);
  EXPECT_EQ(pool.weight, 0u);
}

TEST(Stake, ComesBackWithTheWeightOfTheLocksRest) {
  constexpr RoleRules kRules{100, 30 * kDay, 365 * kDay, 10'000, 20'000, 14 * kDay};
  Pool pool = quiet_pool(1'000);
  Position p = staked(1'000, 1'000);
  p.lock_end = kStart + 365 * kDay;
  EXPECT_EQ(give_stake(pool, p, kRules, 10, kStart), kFine);
  EXPECT_EQ(p.weight, 1'020u);
  EXPECT_EQ(give_stake(pool, p, kRules, 10, kStart + 1'000 * std::uint64_t{kDay}), kFine);
  EXPECT_EQ(p.weight, 1'030u);
  EXPECT_EQ(pool.weight, 1'030u);
  EXPECT_EQ(p.amount, 1'020u);
}

Incident of(std::uint64_t loss, Category category) {
  Incident incident{};
  incident.loss = loss;
  incident.category = static_cast<std::uint8_t>(category);
  return incident;
}

TEST(Split, RoundsForTheFire) {
  Incident i = of(19, Category::Misreport);
  EXPECT_EQ(split_loss(i, true), 5u);  // 5.7 and 9.5 rounded down
  EXPECT_EQ(i.pot, 5u);
  EXPECT_EQ(i.recoverable, 9u);
  i = of(1, Category::Uptime);
  EXPECT_EQ(split_loss(i, true), 1u);
  i = of(kSupplyMax, Category::Negligence);
  EXPECT_EQ(split_loss(i, true), kSupplyMax - i.pot - kSupplyMax / 2);
  EXPECT_EQ(i.pot, 691'752'902'764'108'185u);  // floor(2^61 x 3 / 10)
}

TEST(Split, WithoutNodeNoPotAndOfFraudNothingBack) {
  Incident i = of(100, Category::Misreport);
  EXPECT_EQ(split_loss(i, false), 50u);
  EXPECT_EQ(i.pot, 0u);
  i = of(100, Category::Fraud);
  EXPECT_EQ(split_loss(i, true), 70u);
  EXPECT_EQ(i.recoverable, 0u);
  EXPECT_EQ(split_loss(i, false), 100u);
}

TEST(Recovery, IsAPartForEachFullEpochByBothClocks) {
  Incident i{};
  i.recoverable = 100;
  i.executed_at = kStart;
  i.executed_slot = kSlot;
  EXPECT_EQ(recovered_by(i, after(0)).take(), 0u);
  EXPECT_EQ(recovered_by(i, after(kDay)).take(), 0u);
  EXPECT_EQ(recovered_by(i, after(kDay + 1)).take(), 3u);
  EXPECT_EQ(recovered_by(i, after(2 * kDay + 1)).take(), 6u);
  EXPECT_EQ(recovered_by(i, after(30 * kDay + 1)).take(), 100u);
  EXPECT_EQ(recovered_by(i, after(3'000 * std::uint64_t{kDay})).take(), 100u);
  EXPECT_EQ(recovered_by(i, {kMax, kSlot + kDay}).take(), 0u) << "[A28] time alone may jump";
  EXPECT_EQ(recovered_by(i, {0, 0}).take(), 0u) << "[A27]";
}

TEST(Compensation, IsTheLeastOfThree) {
  Seat seat{};
  seat.rate = 10;
  seat.earned = 2'001;
  EXPECT_EQ(compensation(seat, 50, 5'000), 500u);
  EXPECT_EQ(compensation(seat, 500, 5'000), 1'000u) << "half, rounded down";
  EXPECT_EQ(compensation(seat, 500, 700), 700u);
  EXPECT_EQ(compensation(seat, 0, 700), 0u);
  seat.rate = std::uint64_t{1} << 60;
  EXPECT_EQ(compensation(seat, 1'000, 5'000), 1'000u) << "a product beyond 64 bits";
}

}  // namespace
}  // namespace swarm
