// Stake and rewards: each check of the handlers violated once, with its number and nothing changed;
// and what the owner has afterwards when nothing is.
#include <bit>

#include "gtest/gtest.h"
#include "proof/scene.h"

namespace swarm::proof {
namespace {

constexpr std::uint64_t kStake = 1 << 21;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr std::uint64_t kUnbond = 14 * kDay;

std::uint64_t balance(const Scene& s, std::string_view vault) { return s.tokens(s.address(vault)); }

// ---- open_position

TEST(OpenPosition, MovesTheTokensAndCountsThem) {
  Scene s;
  const std::uint64_t before = s.tokens(s.wallet(0));
  s.must(s.open(0, kStake, 365 * kDay));
  const Position p = s.position_of(0);
  EXPECT_EQ(p.amount, kStake);
  EXPECT_EQ(p.weight, 2 * kStake);
  EXPECT_EQ(p.lock_end, kT0 + 365 * kDay);
  EXPECT_EQ(p.lock_slot, kSlot0 + 365 * kDay);
  EXPECT_EQ(p.id, 1u);
  EXPECT_EQ(p.seq, 1u);
  EXPECT_EQ(p.rent_to, std::bit_cast<swarm::Key>(s.owner(0)));
  EXPECT_EQ(s.pool().weight, 2 * kStake);
  EXPECT_EQ(s.pool().principal, kStake);
  EXPECT_EQ(s.pool().next_id, 2u);
  EXPECT_EQ(s.pool().seq, 1u);
  EXPECT_EQ(balance(s, "stake_vault"), kStake);
  EXPECT_EQ(s.tokens(s.wallet(0)), before - kStake);
}

TEST(OpenPosition, RefusesEachWrongArgument) {
  Scene s;
  EXPECT_REFUSED(s, s.open(0, kStake, 30 * kDay, 3), Fault::UnknownKind);
  EXPECT_REFUSED(s, s.open(0, 0), Fault::AmountZero) << "[A34]";
  EXPECT_REFUSED(s, s.open(0, 999'999), Fault::BelowMinimum);
  EXPECT_REFUSED(s, s.open(0, kStake, 30 * kDay - 1), Fault::LockOutOfRange);
  EXPECT_REFUSED(s, s.open(0, kStake, 365 * kDay + 1), Fault::LockOutOfRange);
  EXPECT_REFUSED(s, s.open(0, kMax), Fault::SupplyTooLarge) << "[A35]";
  EXPECT_REFUSED(s, s.open(0, kSupplyMax + 1), Fault::SupplyTooLarge);
  s.must(s.open(0, 1'000'000));
  EXPECT_REFUSED(s, s.open(1, kSupplyMax - 999'999), Fault::SupplyTooLarge) << "[A36]";
  EXPECT_REFUSED(s, s.open(0), sol::Check::AlreadyExists) << "[A14]";
}

TEST(OpenPosition, RefusesAnAddressThatIsNotItsOwn) {
  Scene s;
  solhost::Instruction wrong = s.open(0);
  wrong.metas[4].key = s.position(2);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongPda) << "[A11]";
  wrong.metas[4].key = s.position(1);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongPda) << "another nonce";
}

TEST(OpenPosition, IsNotBlockedByLamportsSentThere) {
  Scene s;
  s.bank.put(s.position(0), {1, sol::kSystemProgram});
  s.must(s.open(0));
  EXPECT_EQ(s.position_of(0).amount, kStake) << "[A15]";
}

// A transfer hook asks for the position itself. What is wrong here is only that this mint has none.
TEST(OpenPosition, MayBeGivenThePositionOnceMoreForAHook) {
  Scene s;
  solhost::Instruction call = s.open(0);
  call.metas.push_back({s.position(0), false, true});
  EXPECT_REFUSED(s, call, sol::Check::SurplusAccounts);
}

TEST(OpenPosition, IsRefusedWhilePaused) {
  Scene s;
  s.must(s.pause(1, 60, SetKind::Sentinel, {1}));
  s.at(59);
  EXPECT_REFUSED(s, s.open(0), Fault::Paused);
  s.at(60);
  s.must(s.open(0));
}

// ---- add_stake

TEST(AddStake, TakesFromWalletRewardsAndTickets) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  s.at(1'000);
  s.must(s.add(0, Source::Wallet, 500));
  EXPECT_EQ(s.position_of(0).owed, 1'000u);
  s.must(s.add(0, Source::Rewards, 400));
  EXPECT_EQ(s.position_of(0).owed, 600u);
  EXPECT_EQ(s.position_of(0).amount, kStake + 900);
  EXPECT_EQ(balance(s, "stake_vault"), kStake + 900);
  EXPECT_EQ(balance(s, "reward_vault"), 86'000u);
  EXPECT_EQ(s.pool().principal, kStake + 900);
  s.at(31 * kDay);
  s.must(s.unstake(0, 700));
  s.must(s.add(0, Source::Unbonding, 300));
  EXPECT_EQ(s.position_of(0).unbonding, 400u);
  EXPECT_EQ(s.position_of(0).amount, kStake + 500);
  EXPECT_EQ(s.pool().principal, kStake + 900);
  EXPECT_EQ(s.pool().weight, s.position_of(0).weight);
}

TEST(AddStake, RefusesEachWrongArgument) {
  Scene s;
  s.must(s.open(0));
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 0), Fault::AmountZero);
  EXPECT_REFUSED(s, s.add(0, static_cast<Source>(3), 1), Fault::UnknownKind);
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, kSupplyMax - kStake + 1), Fault::SupplyTooLarge);
  EXPECT_REFUSED(s, s.add(0, Source::Rewards, kMax), Fault::SupplyTooLarge);
  EXPECT_REFUSED(s, s.add(0, Source::Rewards, 1), Fault::TooMuch);
  EXPECT_REFUSED(s, s.add(0, Source::Unbonding, 1), Fault::TooMuch);
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 1, kDay), Fault::LockOutOfRange);
  s.must(s.add(0, Source::Wallet, 0, 60 * kDay));
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 0, 59 * kDay), Fault::LockShortened);
}

TEST(AddStake, FromRewardsTakesThemFromTheirVaultOnly) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  s.at(1'000);
  s.must(s.claim(0));
  s.at(2'000);
  solhost::Instruction wrong = s.add(0, Source::Rewards, 0, 31 * kDay);
  s.must(wrong);  // settles
  wrong = s.add(0, Source::Rewards, 5);
  wrong.metas[5].key = s.wallet(1);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress);
}

TEST(AddStake, AsksForTheMinimumAgainOnceEmptied) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  s.must(s.unstake(0, kStake));
  EXPECT_REFUSED(s, s.add(0, Source::Unbonding, 999'999), Fault::BelowMinimum);
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 1), Fault::BelowMinimum);
  s.must(s.add(0, Source::Unbonding, 1'000'000));
}

TEST(AddStake, TakesNoHookAccountsForAMintWithoutHook) {
  Scene s;
  s.must(s.open(0));
  for (const auto& [source, x] : {std::pair{Source::Wallet, 5}, {Source::Wallet, 0}}) {
    solhost::Instruction wrong = s.add(0, source, x, x == 0 ? 40 * kDay : 0);
    wrong.metas.push_back({s.owner(2), false, false});
    EXPECT_REFUSED(s, wrong, sol::Check::SurplusAccounts) << "[A70]";
  }
}

TEST(AddStake, StopsWithWhatFeedsIt) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  s.at(1'000);
  s.must(s.pause(2, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.add(0, Source::Rewards, 1), Fault::Paused);
  s.must(s.add(0, Source::Wallet, 1));
  s.must(s.pause(1, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 1), Fault::Paused);
}

// ---- request_unstake

TEST(RequestUnstake, StartsATicket) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  s.must(s.unstake(0, 500'000));
  const Position p = s.position_of(0);
  EXPECT_EQ(p.amount, kStake - 500'000);
  EXPECT_EQ(p.unbonding, 500'000u);
  EXPECT_EQ(p.weight, kStake - 500'000);
  EXPECT_EQ(p.unbond_end, kT0 + 31 * kDay + kUnbond);
  EXPECT_EQ(p.unbond_slot, kSlot0 + 31 * kDay + kUnbond);
  EXPECT_EQ(s.pool().principal, kStake);
  EXPECT_EQ(s.pool().weight, kStake - 500'000);
}

TEST(RequestUnstake, RefusesEachWrongMoment) {
  Scene s;
  s.must(s.open(0));
  EXPECT_REFUSED(s, s.unstake(0, 1), Fault::LockNotOver) << "[A37]";
  s.clock(kT0 + 30 * kDay, kSlot0 + 90 * kDay);
  EXPECT_REFUSED(s, s.unstake(0, kStake), Fault::LockNotOver);
  s.clock(kT0 + 90 * kDay, kSlot0 + 30 * kDay);
  EXPECT_REFUSED(s, s.unstake(0, kStake), Fault::LockNotOver) << "[A28] slots too";
  s.at(30 * kDay + 1);
  EXPECT_REFUSED(s, s.unstake(0, 0), Fault::AmountZero);
  EXPECT_REFUSED(s, s.unstake(0, kStake + 1), Fault::TooMuch);
  EXPECT_REFUSED(s, s.unstake(0, kStake - 1), Fault::BelowMinimum);
  s.edit<Position>(s.position(0), [](Position& p) { p.bonded = kStake - 500'000; });
  EXPECT_REFUSED(s, s.unstake(0, 500'001), Fault::StakeBonded);
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = kT0 + 30 * kDay + 2; });
  EXPECT_REFUSED(s, s.unstake(0, 500'000), Fault::Frozen);
  s.at(30 * kDay + 2);
  s.must(s.unstake(0, 500'000));
}

TEST(RequestUnstake, StartsTheTicketAnewUnlessItIsReady) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  s.must(s.unstake(0, 300'000));
  s.at(31 * kDay + kUnbond);
  s.must(s.unstake(0, 300'000));
  EXPECT_EQ(s.position_of(0).unbonding, 600'000u);
  s.at(31 * kDay + 2 * kUnbond + 1);
  EXPECT_REFUSED(s, s.unstake(0, 1), Fault::TicketMatured);
}

// ---- withdraw

TEST(Withdraw, PaysAndClosesWhenNothingIsLeft) {
  Scene s;
  const std::uint64_t wallet = s.tokens(s.wallet(0));
  const std::uint64_t lamports = s.bank.lamports(s.owner(0));
  s.must(s.open(0));
  s.at(31 * kDay);
  s.must(s.unstake(0, kStake));
  s.at(31 * kDay + kUnbond + 1);
  s.must(s.take_out(0, kStake - 1));
  EXPECT_EQ(s.position_of(0).unbonding, 1u);
  EXPECT_EQ(s.pool().principal, 1u);
  EXPECT_EQ(s.pool().outflow, kStake - 1);
  EXPECT_EQ(s.pool().outflow_at, kT0 + 31 * kDay + kUnbond + 1);
  s.must(s.take_out(0, 1));
  EXPECT_FALSE(s.exists(s.position(0)));
  EXPECT_EQ(s.tokens(s.wallet(0)), wallet);
  EXPECT_EQ(s.bank.lamports(s.owner(0)), lamports);
  EXPECT_EQ(balance(s, "stake_vault"), 0u);
}

TEST(Withdraw, RefusesEachWrongMoment) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  EXPECT_REFUSED(s, s.take_out(0, 1), Fault::TooMuch);
  EXPECT_REFUSED(s, s.take_out(0, 0), Fault::AmountZero);
  s.must(s.unstake(0, kStake));
  s.clock(kT0 + 31 * kDay + kUnbond, kSlot0 + 99 * kDay);
  EXPECT_REFUSED(s, s.take_out(0, kStake), Fault::StillUnbonding);
  s.clock(kT0 + 99 * kDay, kSlot0 + 31 * kDay + kUnbond);
  EXPECT_REFUSED(s, s.take_out(0, kStake), Fault::StillUnbonding);
  s.at(31 * kDay + kUnbond + 1);
  s.edit<Position>(s.position(0), [](Position& p) { p.at_risk = 10; });
  EXPECT_REFUSED(s, s.take_out(0, kStake - 9), Fault::StakeAtRisk) << "[A47]";
  s.must(s.take_out(0, kStake - 10));
  s.edit<Position>(s.position(0), [&](Position& p) {
    p.at_risk = 0;
    p.freeze_until = kT0 + 50 * kDay;
  });
  EXPECT_REFUSED(s, s.take_out(0, 1), Fault::Frozen);
  s.at(50 * kDay);
  s.must(s.pause(4, 60, SetKind::Guardian, {0b00111}));
  EXPECT_REFUSED(s, s.take_out(0, 1), Fault::Paused);
  s.at(50 * kDay + 60);
  s.must(s.take_out(0, 10));
}

TEST(Withdraw, OfAllPositionsTogetherIsLimitedByTheDay) {
  World::Start start;
  start.wallet = std::uint64_t{1} << 59;
  Scene s(start);
  const std::uint64_t big = 20 * kOutflowFloorMin;  // a tenth of it is more than the floor
  s.must(s.open(0, big));
  s.at(31 * kDay);
  s.must(s.unstake(0, big));
  s.at(31 * kDay + kUnbond + 1);
  EXPECT_REFUSED(s, s.take_out(0, big / 10 + 1), Fault::OutflowFull);
  s.must(s.take_out(0, big / 10));
  EXPECT_REFUSED(s, s.take_out(0, 1), Fault::OutflowFull);
  s.at(32 * kDay + kUnbond + 1);
  EXPECT_REFUSED(s, s.take_out(0, big / 10), Fault::OutflowFull) << "a tenth of what is left";
  s.must(s.take_out(0, big / 10 * 8 / 10));
}

TEST(Withdraw, OfAPositionWithRewardsLeavesItOpen) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  s.at(31 * kDay);
  s.must(s.unstake(0, kStake));
  s.at(31 * kDay + kUnbond + 1);
  s.must(s.take_out(0, kStake));
  ASSERT_TRUE(s.exists(s.position(0)));
  EXPECT_REFUSED(s, s.take_out(0, 0), Fault::AmountZero);
  s.must(s.claim(0));
  solhost::Instruction wrong = s.take_out(0, 0);
  wrong.metas.push_back({s.owner(2), false, false});
  EXPECT_REFUSED(s, wrong, sol::Check::SurplusAccounts);
  s.must(s.take_out(0, 0));
  EXPECT_FALSE(s.exists(s.position(0)));
}

// ---- refresh

TEST(Refresh, TakesWhatTheLockNoLongerEarns) {
  Scene s;
  s.must(s.open(0, kStake, 365 * kDay));
  s.at(365 * kDay - 1);
  EXPECT_REFUSED(s, s.refresh(0), Fault::LockNotOver);
  s.clock(kT0 + 400 * kDay, kSlot0 + 300 * kDay);
  EXPECT_REFUSED(s, s.refresh(0), Fault::LockNotOver) << "[A28]";
  s.at(365 * kDay);
  s.must(s.refresh(0));
  EXPECT_EQ(s.position_of(0).weight, kStake);
  EXPECT_EQ(s.pool().weight, kStake);
}

// ---- What every change of a position has in common

TEST(Position, ThatCouldNotBeSettledIsNotChanged) {
  Scene s;
  s.must(s.open(0));
  s.at(31 * kDay);
  // Cannot come about (programs/proof/kernels, "D3 bound"); if it did, nothing would go on from it.
  s.edit<Position>(s.position(0), [](Position& p) { p.paid.lo += 1; });
  EXPECT_REFUSED(s, s.add(0, Source::Wallet, 1), sol::Check::Overflow);
  EXPECT_REFUSED(s, s.unstake(0, kStake), sol::Check::Overflow);
  EXPECT_REFUSED(s, s.refresh(0), sol::Check::Overflow);
  EXPECT_REFUSED(s, s.claim(0), sol::Check::Overflow);
}

TEST(Position, CountsItsChangesAndThePoolsToo) {
  Scene s;
  std::uint64_t changes = 0;
  const auto done = [&](const solhost::Instruction& instruction) {
    s.must(instruction);
    ++changes;
    EXPECT_EQ(s.position_of(0).seq, changes);
    EXPECT_EQ(s.pool().seq, changes);
  };
  done(s.open(0));
  done(s.add(0, Source::Wallet, 5));
  done(s.claim(0));
  s.at(31 * kDay);
  done(s.refresh(0));
  done(s.unstake(0, kStake + 5));
  s.at(46 * kDay);
  done(s.take_out(0, 5));
  s.must(s.fund(Purse::Stream, kDay, kDay));
  EXPECT_EQ(s.pool().seq, changes + 1);
}

// ---- fund, claim

TEST(Fund, RefusesEachWrongArgument) {
  Scene s;
  EXPECT_REFUSED(s, s.fund(Purse::Stream, 0, kDay), Fault::AmountZero);
  EXPECT_REFUSED(s, s.fund(Purse::Stream, kDay, kDay - 1), Fault::DurationOutOfRange);
  EXPECT_REFUSED(s, s.fund(Purse::Work, 1, 1), Fault::DurationOutOfRange);
  EXPECT_REFUSED(s, s.fund(Purse::Work, 0, 0), Fault::AmountZero);
  solhost::Instruction wrong = s.fund(Purse::Stream, kDay, kDay);
  wrong.data[1] = 2;
  EXPECT_REFUSED(s, wrong, Fault::UnknownKind);
  wrong.data[1] = 1;
  EXPECT_REFUSED(s, wrong, sol::Check::WrongLength) << "[A7] the pool is no work account";
  s.edit<Work>(s.address("work"), [](Work& w) { w.funded = kMax - 5; });
  EXPECT_REFUSED(s, s.fund(Purse::Work, 6, 0), sol::Check::Overflow);
  s.must(s.fund(Purse::Work, 5, 0));
  EXPECT_EQ(s.read<Work>(s.address("work")).funded, kMax);
}

TEST(Claim, PaysWhatIsOwedOnce) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  const std::uint64_t before = s.tokens(s.wallet(0));
  s.at(1'000);
  s.must(s.claim(0));
  EXPECT_EQ(s.tokens(s.wallet(0)), before + 1'000);
  s.must(s.claim(0));
  EXPECT_EQ(s.tokens(s.wallet(0)), before + 1'000) << "[A38]";
  solhost::Instruction wrong = s.claim(0);
  wrong.metas.push_back({s.owner(2), false, false});
  EXPECT_REFUSED(s, wrong, sol::Check::SurplusAccounts);
  s.at(2'000);
  EXPECT_REFUSED(s, wrong, sol::Check::SurplusAccounts);
  s.edit<Position>(s.position(0), [](Position& p) { p.freeze_until = kT0 + 2'001; });
  EXPECT_REFUSED(s, s.claim(0), Fault::Frozen);
  s.at(2'001);
  s.must(s.pause(2, 60, SetKind::Sentinel, {1}));
  EXPECT_REFUSED(s, s.claim(0), Fault::Paused);
}

TEST(Claim, OfALateJoinerIsForHisSecondsOnly) {
  Scene s;
  s.must(s.open(0));
  s.must(s.fund(Purse::Stream, 86'400, kDay));
  s.at(1'000);
  s.must(s.open(1));
  s.at(1'100);
  s.must(s.claim(1));
  EXPECT_EQ(s.tokens(s.wallet(1)), (std::uint64_t{1} << 58) - kStake + 50) << "[A39]";
}

}  // namespace
}  // namespace swarm::proof
