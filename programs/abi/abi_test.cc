// The tables that describe the program agree with themselves and with the numbers given out for
// ever.
#include <algorithm>
#include <set>
#include <string>

#include "abi/program.h"
#include "gtest/gtest.h"

namespace swarm {
namespace {

template <class Rows, class F>
void expect_distinct(const Rows& rows, F number) {
  std::set<std::uint64_t> numbers;
  std::set<std::string> names;
  for (const auto& row : rows) {
    EXPECT_TRUE(numbers.insert(number(row)).second) << row.name << " has the number of another";
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " stands twice";
  }
}

TEST(Abi, NoTwoThingsShareANumberOrAName) {
  expect_distinct(kAccounts, [](const AccountSchema& row) { return row.tag; });
  expect_distinct(kInstructions, [](const InstructionSchema& row) { return row.tag; });
  expect_distinct(kEvents, [](const EventSchema& row) { return row.tag; });
  expect_distinct(kErrors, [](const ErrorSchema& row) { return row.number; });
  expect_distinct(kPayloads, [](const PayloadSchema& row) { return row.kind; });
}

// Numbers below n = 20 of a class belong to sol's own checks.
TEST(Abi, ErrorNumbersAreOfKnownClassesAndAbove20) {
  for (const ErrorSchema& row : kErrors) {
    EXPECT_GE(row.number / 100, 1U) << row.name;
    EXPECT_LE(row.number / 100, 13U) << row.name;
    EXPECT_GE(row.number % 100, 20U) << row.name;
    EXPECT_FALSE(std::string(row.text).empty()) << row.name;
  }
}

TEST(Abi, NoAccountOrArgumentOfAnInstructionStandsTwice) {
  for (const InstructionSchema& row : kInstructions) {
    std::set<std::string> slots;
    for (const Slot& slot : row.slots) EXPECT_TRUE(slots.insert(slot.name).second) << row.name;
    std::set<std::string> arguments;
    for (const Argument& argument : row.arguments) {
      EXPECT_TRUE(arguments.insert(argument.name).second) << row.name;
      const bool last = &argument == &row.arguments.back();
      EXPECT_TRUE(argument.type != Type::Rest || last) << row.name << ": only the last can be open";
    }
    EXPECT_FALSE(std::string(row.doc).empty()) << row.name;
  }
}

TEST(Abi, EveryInstructionSignedByASetEndsWithTheSignature) {
  for (const InstructionSchema& row : kInstructions) {
    if (row.trailing != Trailing::SetSigners) continue;
    ASSERT_GE(row.arguments.size(), 2U) << row.name;
    EXPECT_STREQ(row.arguments[row.arguments.size() - 2].name, "mask") << row.name;
    EXPECT_STREQ(row.arguments.back().name, "valid_until_slot") << row.name;
  }
}

// What a response may lock for writing: what it acts on, and the budgets of the keys. All else, the
// pool above all, is locked by everybody who stakes or claims, and a response would queue there.
TEST(Abi, NoResponseLocksAnAccountThatAStrangerKeepsBusy) {
  const std::set<std::string> own = {"fleet", "target", "lease", "node", "standby_1", "standby_2"};
  const auto locked = [](InstructionTag tag) {
    std::set<std::string> names;
    for (const InstructionSchema& row : kInstructions) {
      if (row.tag != static_cast<std::uint8_t>(tag)) continue;
      for (const Slot& slot : row.slots)
        if ((slot.flags & kWritable) != 0) names.insert(slot.name);
    }
    return names;
  };
  for (const auto tag : {InstructionTag::Quarantine, InstructionTag::Release,
                         InstructionTag::Breaker, InstructionTag::Failover, InstructionTag::Settle})
    for (const auto& name : locked(tag)) EXPECT_TRUE(own.contains(name)) << name;
  EXPECT_TRUE(locked(InstructionTag::Failover).contains("lease")) << "the list is read";
  for (const auto tag : {InstructionTag::OpenPosition, InstructionTag::AddStake,
                         InstructionTag::Claim, InstructionTag::Withdraw})
    EXPECT_TRUE(locked(tag).contains("pool")) << "these are the queue";
}

// An account holds what it says: sizes that wallets and indexers filter by.
TEST(Abi, SizesStayWhatTheyAre) {
  EXPECT_EQ(sizeof(Config), 376U);
  EXPECT_EQ(sizeof(Set), 376U);
  EXPECT_EQ(sizeof(Pool), 128U);
  EXPECT_EQ(sizeof(Fleet), 168U);
  EXPECT_EQ(sizeof(Work), 184U);
  EXPECT_EQ(sizeof(Position), 248U);
  EXPECT_EQ(sizeof(Node), 328U);
  EXPECT_EQ(sizeof(Digest), 112U);
  EXPECT_EQ(sizeof(Lease), 536U);
  EXPECT_EQ(sizeof(Incident), 336U);
  EXPECT_EQ(sizeof(Op), 128U);
}

TEST(Abi, RoleBoundsAreRanges) {
  for (const RoleBounds& bounds : kRoleBounds) {
    EXPECT_LE(bounds.lock_min, bounds.lock_max);
    EXPECT_LE(bounds.weight_min, bounds.weight_max);
    EXPECT_LE(bounds.weight_max, 4 * kBpsOne) << "weights are proved for four times the stake";
    EXPECT_LE(bounds.unbond_min, bounds.unbond_max);
  }
}

}  // namespace
}  // namespace swarm
