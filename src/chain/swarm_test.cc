// What we send to swarm_core against the list of accounts and arguments that programs/vm keeps by
// hand: two readers of one interface agree to the byte.
#include "chain/swarm.h"

#include <gtest/gtest.h>

#include <charconv>

#include "base/bytes.h"
#include "base/file.h"

namespace wardhive::chain {
namespace {

const JsonValue& vectors() {
  static const JsonValue kVectors =
      *JsonValue::parse(*read_file(WARDHIVE_SOURCE_DIR "/tests/vectors/chain.json", 1024 * 1024));
  return *kVectors.find("swarm");
}
Pubkey key_of(const JsonValue& object, std::string_view name) {
  return Pubkey::parse(object.string_or(name, "")).value();
}
std::uint64_t number_of(const JsonValue& object, std::string_view name) {
  const auto text = object.string_or(name, "");
  std::uint64_t number = 0;
  EXPECT_EQ(std::from_chars(text.data(), text.data() + text.size(), number).ec, std::errc());
  return number;
}

TEST(Swarm, AddressesAreTheHarness) {
  const SwarmAddresses addresses(key_of(vectors(), "program"));
  const auto* wanted = vectors().find("addresses");
  ASSERT_EQ(wanted->members().size(), 10u);
  for (const auto& [name, address] : wanted->members()) {
    ASSERT_NE(addresses.find(name), nullptr) << name;
    EXPECT_EQ(addresses.find(name)->text(), address.as_string()) << name;
  }
  EXPECT_EQ(addresses.find("owner"), nullptr);
  for (const auto& position : vectors().find("positions")->items())
    EXPECT_EQ(addresses.position(key_of(position, "owner"), number_of(position, "nonce")),
              key_of(position, "address"));
}

Instruction build(const SwarmAddresses& addresses, const JsonValue& vector) {
  SwarmInstruction instruction(addresses,
                               static_cast<swarm::InstructionTag>(vector.find("tag")->as_int()));
  for (const auto& [slot, address] : vector.find("given")->members())
    instruction.account(slot, Pubkey::parse(address.as_string()).value());
  for (const auto& value : vector.find("values")->items()) {
    const auto name = value.string_or("name", ""), type = value.string_or("type", "");
    if (type != "key" && type != "rest") {
      instruction.number(name, number_of(value, "value"));
      continue;
    }
    Pubkey bytes;
    EXPECT_TRUE(from_hex(value.string_or("value", ""), bytes.bytes));
    if (type == "key")
      instruction.key(name, bytes);
    else
      instruction.rest(name, bytes.bytes);
  }
  return instruction.build();
}

TEST(Swarm, EveryInstructionIsTheHarness) {
  const SwarmAddresses addresses(key_of(vectors(), "program"));
  const auto& list = vectors().find("instructions")->items();
  EXPECT_EQ(list.size(), std::size(swarm::kInstructions));
  for (const auto& vector : list) {
    SCOPED_TRACE(vector.string_or("name", "?"));
    const auto built = build(addresses, vector);
    EXPECT_EQ(to_hex(built.data), vector.string_or("data", "?"));
    const auto& accounts = vector.find("accounts")->items();
    ASSERT_EQ(built.accounts.size(), accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      EXPECT_EQ(built.accounts[i].key, key_of(accounts[i], "address")) << i;
      EXPECT_EQ(built.accounts[i].signer, accounts[i].find("signer")->as_bool()) << i;
      EXPECT_EQ(built.accounts[i].writable, accounts[i].find("writable")->as_bool()) << i;
    }
  }
}

TEST(Swarm, AccountsOfAnotherTagVersionOrLengthAreRefused) {
  Bytes data(sizeof(swarm::Position));
  data[0] = static_cast<std::uint8_t>(swarm::AccountTag::Position);
  data[1] = 1;
  data[104] = 42;
  const auto read = decode_account<swarm::Position>(data, "position");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->amount, 42u);
  for (const std::size_t at : {0u, 1u}) {
    auto other = data;
    other[at] += 1;
    EXPECT_FALSE(decode_account<swarm::Position>(other, "position").has_value());
  }
  data.push_back(0);
  EXPECT_FALSE(decode_account<swarm::Position>(data, "position").has_value());
  EXPECT_FALSE(decode_account<swarm::Position>({}, "position").has_value());
}

TEST(Swarm, ErrorNumbersHaveWordsForThisProgramOnly) {
  const auto program = key_of(vectors(), "program");
  const auto names = swarm_error_names(program);
  EXPECT_EQ(names(program, 720)->name, "AmountZero");
  EXPECT_EQ(names(program, 101)->name, "AUTH");  // a check of the library, by its class
  EXPECT_FALSE(names(program, 6'001).has_value());
  EXPECT_FALSE(names(program, 50).has_value());
  EXPECT_FALSE(names(Pubkey{}, 720).has_value());
}

}  // namespace
}  // namespace wardhive::chain
