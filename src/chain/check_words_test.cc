#include "chain/check_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive::chain {
namespace {

using testing::HasSubstr;

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}
const OurPrograms kOurs{.swarm_core = key(200), .swarm_anchor = key(201)};

InstructionView view_of(const Instruction& instruction) {
  InstructionView view{.program = instruction.program, .data = instruction.data};
  for (const auto& account : instruction.accounts) view.accounts.push_back(account.key);
  return view;
}
Explained words(const Instruction& instruction) { return explain(view_of(instruction), kOurs); }

std::vector<Instruction> ours() {
  return {programs::transfer(key(1), key(2), 7),
          programs::create_account(key(1), key(2), 8, 9, key(3)),
          programs::set_compute_unit_limit(1),
          programs::set_compute_unit_price(2),
          programs::create_associated_token(key(1), key(2), key(3), programs::kToken),
          programs::initialize_mint(key(1), 6, key(2), programs::kToken),
          programs::mint_to(key(1), key(2), key(3), 5, programs::kToken2022),
          programs::initialize_buffer(key(1), key(2)),
          programs::write_buffer(key(1), key(2), 100, Bytes(20)),
          programs::deploy(key(1), key(2), key(3), key(4), 5),
          programs::close_buffer(key(1), key(2), key(3)),
          programs::set_upgrade_authority(key(1), key(2), std::nullopt)};
}

// Every instruction that we make ourselves is read; with a byte more or less it is another one.
TEST(CheckWords, ReadsWhatWeWriteAndOnlyThat) {
  for (auto one : ours()) {
    const auto read = words(one);
    EXPECT_TRUE(read.readable) << read.program << ": " << read.says;
    EXPECT_EQ(read.says.find('{'), std::string::npos) << read.says;
    one.data.push_back(0);
    const bool empty_before = one.data.size() == 1;  // associated token: no bytes are "create"
    EXPECT_EQ(words(one).readable, empty_before) << read.says;
    one.data.pop_back();
    if (one.data.size() < 2) continue;
    one.data.pop_back();
    EXPECT_FALSE(words(one).readable) << read.says;
  }
}

TEST(CheckWords, SaysWhoGainsPower) {
  const auto given = words(programs::set_upgrade_authority(key(1), key(2), key(3)));
  EXPECT_EQ(given.power, Power::Authority);
  Bytes approve(9, 0);
  approve[0] = 4;
  approve[1] = 50;
  const auto read =
      words({programs::kToken, {writable(key(1)), readonly(key(2)), signer(key(3))}, approve});
  EXPECT_EQ(read.says, "lets " + key(2).text() + " take up to 50 token units from " +
                           key(1).text() + " at any time");
  EXPECT_EQ(read.power, Power::Authority);
  EXPECT_EQ(words(programs::deploy(key(1), key(2), key(3), key(4), 5)).power, Power::Upgrade);
}

TEST(CheckWords, AnOptionIsNothingElse) {
  Bytes set(35, 9);
  set[0] = 6;
  set[2] = 1;
  const auto make = [&] {
    return words({programs::kToken, {writable(key(1)), signer(key(3))}, set});
  };
  EXPECT_THAT(make().says, HasSubstr("gives power 9 over"));
  set[2] = 2;
  EXPECT_FALSE(make().readable);
}

TEST(CheckWords, ReadsSwarmBySchema) {
  const SwarmAddresses at(kOurs.swarm_core);
  auto one = SwarmInstruction(at, swarm::InstructionTag::RequestUnstake);
  one.account("owner", key(1)).account("position", key(2)).number("amount", 77);
  auto built = one.build();
  const auto read = words(built);
  EXPECT_TRUE(read.readable);
  EXPECT_THAT(read.says, HasSubstr("request_unstake: Starts unbonding."));
  EXPECT_THAT(read.says, HasSubstr("amount 77"));
  EXPECT_EQ(read.power, Power::None);
  built.data.push_back(1);
  EXPECT_FALSE(words(built).readable);
  built.data.resize(1);
  EXPECT_FALSE(words(built).readable);
}

// Bytes of any kind: never a crash, and no word of what cannot be read is a promise.
TEST(CheckWordsProperty, AnyBytesAreReadExactlyOrNotAtAll) {
  std::mt19937_64 random(7);
  const std::array programs_{programs::kSystem,
                             programs::kToken,
                             programs::kToken2022,
                             programs::kAssociatedToken,
                             programs::kUpgradeableLoader,
                             programs::kComputeBudget,
                             pubkey_constant("Stake11111111111111111111111111111111111111"),
                             kOurs.swarm_core,
                             kOurs.swarm_anchor,
                             key(77)};
  int readable = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes data(random() % 120);
    for (auto& byte : data)
      byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 20);
    if (data.size() > 3) data[1] = data[2] = data[3] = 0;
    InstructionView view{.program = programs_[random() % programs_.size()], .data = data};
    view.accounts.assign(random() % 15, key(1));
    const auto read = explain(view, kOurs);
    ASSERT_EQ(read.readable, read.says.find("cannot be read") == std::string::npos);
    if (view.program == key(77)) ASSERT_FALSE(read.readable);
    if (!read.readable) ASSERT_EQ(read.power, Power::None);
    readable += read.readable ? 1 : 0;
  }
  EXPECT_GT(readable, 1'000);
}

}  // namespace
}  // namespace wardhive::chain
