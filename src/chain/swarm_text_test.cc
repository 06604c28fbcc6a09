// Events out of log lines: whose they are, and that nothing else is taken for one.
#include "chain/swarm_text.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/bytes.h"

namespace wardhive::chain {
namespace {

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}
const Pubkey kOurs = key(1), kOther = key(2);

template <class E>
std::string data_line(const E& event) {
  return "Program data: " +
         to_base64({reinterpret_cast<const std::uint8_t*>(&event), sizeof event});
}
swarm::event::StakeAdded stake_added(std::uint64_t seq) {
  swarm::event::StakeAdded e{};
  e.tag = static_cast<std::uint8_t>(swarm::EventTag::StakeAdded);
  e.version = 1;
  e.seq = seq;
  e.slot = 99;
  e.id = 7;
  e.amount_before = 10;
  e.amount_after = 25;
  return e;
}
std::string invoke(const Pubkey& who, int depth) {
  return "Program " + who.text() + " invoke [" + std::to_string(depth) + "]";
}
std::string success(const Pubkey& who) { return "Program " + who.text() + " success"; }

TEST(SwarmEvents, AreReadByTheSchema) {
  const auto e = stake_added(3);
  const auto read = read_swarm_event({reinterpret_cast<const std::uint8_t*>(&e), sizeof e});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "StakeAdded");
  EXPECT_EQ(read->seq, 3u);
  EXPECT_EQ(read->slot, 99u);
  EXPECT_EQ(read->fields.at("amount_after"), "25");
  EXPECT_EQ(read->sequence(), "position 7");
  EXPECT_FALSE(read->fields.contains("tag"));
}

// Every row of the table, so that one that is added is covered by being there.
TEST(SwarmEvents, EveryOneOfTheSchemaIsReadAndNoByteMoreOrLess) {
  for (const auto& schema : swarm::kEvents) {
    Bytes bytes(schema.size, 0);
    bytes[0] = schema.tag;
    bytes[1] = 1;
    const auto read = read_swarm_event(bytes);
    ASSERT_TRUE(read) << schema.name;
    EXPECT_EQ(read->name, schema.name);
    bytes.push_back(0);
    EXPECT_FALSE(read_swarm_event(bytes));
    bytes.resize(schema.size - 1);
    EXPECT_FALSE(read_swarm_event(bytes));
  }
  EXPECT_FALSE(read_swarm_event({}));
}

TEST(SwarmAccounts, EveryOneOfTheSchemaIsRead) {
  for (const auto& schema : swarm::kAccounts) {
    Bytes bytes(schema.size, 0);
    bytes[0] = schema.tag;
    bytes[1] = schema.version;
    const auto read = read_swarm_account(bytes);
    ASSERT_TRUE(read) << schema.name;
    EXPECT_EQ(read->fields.size(), schema.fields.size());
    bytes[1] = 99;
    EXPECT_FALSE(read_swarm_account(bytes));
  }
}

TEST(ProgramLogs, OnlyWhatTheProgramItselfWroteIsItsWord) {
  const std::vector<std::string> lines{
      invoke(kOther, 1),
      data_line(stake_added(1)),  // the caller's
      invoke(kOurs, 2),
      "Program log: Program " + kOther.text() + " invoke [3]",  // words
      data_line(stake_added(2)),
      invoke(kOther, 3),
      data_line(stake_added(3)),  // of one that we called
      success(kOther),
      data_line(stake_added(4)),
      success(kOurs),
      data_line(stake_added(5)),
      success(kOther),
      data_line(stake_added(6)),  // of nobody
  };
  const auto logs = read_program_logs(lines, kOurs);
  ASSERT_EQ(logs.events.size(), 2u);
  EXPECT_EQ(logs.events[0].seq, 2u);
  EXPECT_EQ(logs.events[1].seq, 4u);
  EXPECT_FALSE(logs.cut);
  EXPECT_EQ(logs.unknown, 0u);
}

TEST(ProgramLogs, SayThatLinesWereCutAndWhatIsUnknown) {
  const auto logs =
      read_program_logs(std::vector<std::string>{invoke(kOurs, 1), "Program data: AAAA",
                                                 "Program data: !", data_line(stake_added(1)),
                                                 "Log truncated", data_line(stake_added(2))},
                        kOurs);
  EXPECT_TRUE(logs.cut);
  EXPECT_EQ(logs.unknown, 2u);
  EXPECT_EQ(logs.events.size(), 1u);
}

}  // namespace
}  // namespace wardhive::chain
