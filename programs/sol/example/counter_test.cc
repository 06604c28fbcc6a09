#include <gtest/gtest.h>

#include <cstring>

#include "host/address.h"
#include "host/runtime.h"

extern "C" std::uint64_t sol_counter_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace {

constexpr sol::Key kProgram = sol::key("Vote111111111111111111111111111111111111111");
constexpr sol::Key kAlice = sol::key("Stake11111111111111111111111111111111111111");
constexpr sol::Key kMallory = sol::key("Config1111111111111111111111111111111111111");

TEST(Counter, OnlyItsOwnerAdds) {
  solhost::Bank bank;
  bank.add_program(kProgram, sol_counter_entrypoint);
  bank.put(kAlice, {.lamports = 10'000'000});
  const sol::Key counter = solhost::derive({"counter", kAlice}, kProgram).key;

  const solhost::Outcome created = bank.execute(
      {kProgram, {{kAlice, true, true}, {counter, false, true}, {sol::kSystemProgram}}, {1}});
  ASSERT_TRUE(created.ok()) << created.text();

  solhost::Instruction add{
      kProgram, {{kAlice, true, false}, {counter, false, true}}, {2, 5, 0, 0, 0, 0, 0, 0, 0}};
  ASSERT_TRUE(bank.execute(add).ok());
  add.metas[0].key = kMallory;
  EXPECT_EQ(bank.execute(add).custom_code, 404u);  // WrongLink: this counter is not hers

  std::uint64_t count = 0;
  std::memcpy(&count, bank.data(counter).data() + 48, sizeof(count));
  EXPECT_EQ(count, 5u);
}

}  // namespace
