// Amounts as people write them, and what a transaction is said to do.
#include <gtest/gtest.h>

#include <cstring>

#include "app/cli/chain/stake.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;

TEST(Amount, IsExactBothWays) {
  struct Case {
    const char* text;
    unsigned decimals;
    std::uint64_t units;
  };
  for (const auto& [text, decimals, units] :
       {Case{"0", 6, 0}, Case{"12.5", 6, 12'500'000}, Case{"0.000001", 6, 1}, Case{"7", 0, 7},
        Case{"18446744073709551615", 0, UINT64_MAX},
        Case{"18446744073.709551615", 9, UINT64_MAX}}) {
    EXPECT_EQ(parse_amount(text, decimals), units) << text;
    EXPECT_EQ(format_amount(units, decimals), text);
  }
}

TEST(Amount, RefusesWhatIsNotExactlyANumberOfUnits) {
  for (const auto* bad : {"", ".", ".5", "5.", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0x1", "1.2.3",
                          "1.0000001", "18446744073709.551616", "99999999999999999999"})
    EXPECT_FALSE(parse_amount(bad, 6).has_value()) << bad;
}

const Pubkey kProgram = chain::programs::kToken2022;
const Pubkey kOwner = chain::programs::kClockSysvar;
const Pubkey kStranger = chain::programs::kRentSysvar;

chain::Account tokens(std::uint64_t amount) {
  chain::Account account{.owner = chain::programs::kToken, .lamports = 10};
  account.data.resize(chain::programs::kTokenAccountBytes);
  std::memcpy(account.data.data() + 32, kOwner.bytes.data(), 32);
  std::memcpy(account.data.data() + 64, &amount, sizeof amount);
  return account;
}
chain::Account position(std::uint64_t amount, std::uint64_t unbonding) {
  swarm::Position state{};
  state.tag = static_cast<std::uint8_t>(swarm::Position::kTag);
  state.version = swarm::Position::kVersion;
  state.amount = amount;
  state.unbonding = unbonding;
  chain::Account account{.owner = kProgram, .lamports = 700};
  account.data.resize(sizeof state);
  std::memcpy(account.data.data(), &state, sizeof state);
  return account;
}
chain::Account wallet() { return {.owner = chain::programs::kSystem, .lamports = 1'000}; }

TEST(Effects, AStakeIsNoLossAndItsRentIsCounted) {
  const auto effects = effects_of({.before = {wallet(), tokens(100), std::nullopt},
                                   .after = {wallet(), tokens(60), position(40, 0)}},
                                  kProgram);
  EXPECT_EQ(effects.tokens_out, 40u);
  EXPECT_EQ(effects.loss_max, 0u);
  EXPECT_EQ(effects.rent_lamports, 700u);
  EXPECT_EQ(effects.after->amount, 40u);
  EXPECT_TRUE(effects.new_authorities.empty());
}

TEST(Effects, WhatIsNotTheSignersAfterwardsIsLoss) {
  const auto skimmed = effects_of({.before = {wallet(), tokens(100), position(5, 0)},
                                   .after = {wallet(), tokens(60), position(30, 5)}},
                                  kProgram);
  EXPECT_EQ(skimmed.loss_max, 10u);  // 40 out, principal 5 -> 35
  const auto paid = effects_of({.before = {wallet(), tokens(100), position(0, 50)},
                                .after = {wallet(), tokens(150), std::nullopt}},
                               kProgram);
  EXPECT_EQ(paid.tokens_in, 50u);
  EXPECT_EQ(paid.loss_max, 0u);
  EXPECT_FALSE(paid.after.has_value());
}

TEST(Effects, WhoGainsPowerOverTheWalletIsNamed) {
  auto delegated = tokens(100);
  delegated.data[72] = 1;
  std::memcpy(delegated.data.data() + 76, kStranger.bytes.data(), 32);
  auto closable = tokens(100);
  closable.data[129] = 1;
  std::memcpy(closable.data.data() + 133, kStranger.bytes.data(), 32);
  auto given_away = tokens(100);
  std::memcpy(given_away.data.data() + 32, kStranger.bytes.data(), 32);
  for (const auto& after : {delegated, closable, given_away}) {
    const auto effects = effects_of(
        {.before = {wallet(), tokens(100), std::nullopt}, .after = {wallet(), after, std::nullopt}},
        kProgram);
    ASSERT_EQ(effects.new_authorities.size(), 1u);
    EXPECT_NE(effects.new_authorities[0].find(kStranger.text()), std::string::npos);
  }
  auto assigned = wallet();
  assigned.owner = kStranger;
  EXPECT_EQ(effects_of({.before = {wallet(), tokens(1), std::nullopt},
                        .after = {assigned, tokens(1), std::nullopt}},
                       kProgram)
                .new_authorities.size(),
            1u);
  // What was so before is no news.
  EXPECT_TRUE(effects_of({.before = {wallet(), delegated, std::nullopt},
                          .after = {wallet(), delegated, std::nullopt}},
                         kProgram)
                  .new_authorities.empty());
}

TEST(Effects, AWalletThatIsMadeIsItsOwnersAndEmptyBefore) {
  const auto effects = effects_of({.before = {wallet(), std::nullopt, position(1, 0)},
                                   .after = {wallet(), tokens(9), position(1, 0)}},
                                  kProgram);
  EXPECT_EQ(effects.tokens_in, 9u);
  EXPECT_TRUE(effects.new_authorities.empty());
}

}  // namespace
}  // namespace wardhive::cli_chain
