// What a stake could lose, with numbers worked out by hand.
#include "chain/penalty.h"

#include <gtest/gtest.h>

namespace wardhive::chain {
namespace {

constexpr std::uint64_t kDay = 86'400, kWindow = 30 * kDay;

swarm::Position staked(std::uint64_t amount, std::uint64_t unbonding, std::uint64_t at_risk) {
  swarm::Position position{};
  position.amount = amount;
  position.unbonding = unbonding;
  position.at_risk = at_risk;
  return position;
}

TEST(Penalty, CountsWhatIsLeavingAndNotWhatIsClaimedAlready) {
  const auto penalty = penalty_of(staked(90'000, 20'000, 9'999), 1'000, 2, 1'000, true);
  EXPECT_EQ(penalty.base, 100'001u);
  EXPECT_EQ(penalty.loss, 10'001u);  // rounded up
  EXPECT_EQ(penalty.split.tenants, 3'000u);
  EXPECT_EQ(penalty.split.comes_back, 5'000u);
  EXPECT_EQ(penalty.split.burned, 2'001u);
  EXPECT_EQ(penalty.bond, 1'000u);  // a tenth is more than the operator's least stake
  EXPECT_EQ(penalty.dispute_seconds, 3 * kDay);
}

TEST(Penalty, OfFraudNothingComesBackAndWithoutANodeNobodyIsPaid) {
  const auto fraud = penalty_of(staked(1'000, 0, 0), 1'000, 4, 5'000, false);
  EXPECT_EQ(fraud.loss, 500u);
  EXPECT_EQ(fraud.split.burned, 500u);
  EXPECT_EQ(fraud.bond, 50u);
  EXPECT_EQ(fraud.dispute_seconds, 7 * kDay);
}

TEST(Penalty, OfNothingIsNothingWhateverAnEndpointSays) {
  EXPECT_EQ(penalty_of(staked(0, 0, 0), 1'000, 0, 100, true).bond, 0u);
  const auto damaged = penalty_of(staked(5, 0, 6), 1'000, 0, 100, true);
  EXPECT_EQ(damaged.base, 0u);
  EXPECT_EQ(damaged.loss, 0u);
}

TEST(Penalty, TwoWindowsHoldSixtyPercent) {
  auto position = staked(1'000, 0, 0);
  position.slash_window = 100;
  position.slash_cur = 5'000;
  position.slash_prev = 300;
  EXPECT_EQ(slashable_bps(position, 100 * kWindow), 700u);
  EXPECT_EQ(slashable_bps(position, 101 * kWindow), 1'000u);  // what was now is before
  EXPECT_EQ(slashable_bps(position, 102 * kWindow), 6'000u);
  position.slash_prev = 2'000;  // more than it can be
  EXPECT_EQ(slashable_bps(position, 100 * kWindow), 0u);
}

TEST(Penalty, ADayOfAllSlashesRefillsWithTime) {
  swarm::Fleet fleet{};
  swarm::Pool pool{};
  pool.principal = 1'000'000;
  fleet.slashed = 20'000;
  fleet.slashed_at = 500;
  EXPECT_EQ(slash_budget(fleet, pool, 500).cap, 20'000u);
  EXPECT_EQ(slash_budget(fleet, pool, 500).left, 0u);
  EXPECT_EQ(slash_budget(fleet, pool, 500 + kDay / 2).left, 10'000u);
  EXPECT_EQ(slash_budget(fleet, pool, 500 + kDay).left, 20'000u);
  pool.principal = 0;
  EXPECT_EQ(slash_budget(fleet, pool, 500 + kDay).cap, 1u);
}

}  // namespace
}  // namespace wardhive::chain
