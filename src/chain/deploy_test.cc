// What a deployed program's accounts say. Deploying itself is tested on the real development chain
// (tests/e2e/chain_test.py).
#include "chain/deploy.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "chain/security_txt.h"

namespace wardhive::chain {
namespace {

Bytes program_data(bool with_authority) {
  Bytes data(45);
  data[0] = 3;
  data[4] = 7;
  data[5] = 1;
  data[12] = with_authority ? 1 : 0;
  data[13] = 0xaa;  // stays there when the authority is taken away
  data.insert(data.end(), {0x7f, 'E', 'L', 'F', 0, 9, 0, 0});
  return data;
}

TEST(ProgramData, SaysWhoMayChangeItAndWhatItHolds) {
  const auto open = parse_program_data(program_data(true));
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->slot, 263u);
  EXPECT_EQ(open->authority->bytes[0], 0xaa);
  EXPECT_EQ(open->file.size(), 8u);
  EXPECT_FALSE(parse_program_data(program_data(false))->authority.has_value());
}

TEST(ProgramData, OtherAccountsAreRefused) {
  const auto whole = program_data(true);
  for (std::size_t size = 0; size < 45; ++size)
    EXPECT_FALSE(parse_program_data(std::span(whole).first(size)).has_value());
  for (const auto& [at, value] : {std::pair<std::size_t, std::uint8_t>{0, 1}, {3, 1}, {12, 2}}) {
    auto data = program_data(true);
    data[at] = value;
    EXPECT_FALSE(parse_program_data(data).has_value()) << at;
  }
}

TEST(ProgramHash, LeavesTheZerosAtTheEndOut) {
  const Bytes file{1, 0, 2}, padded{1, 0, 2, 0, 0}, other{1, 0, 3};
  EXPECT_EQ(program_hash(file), program_hash(padded));
  EXPECT_EQ(program_hash(file), sha256(file));
  EXPECT_NE(program_hash(file), program_hash(other));
  EXPECT_EQ(program_hash(Bytes(3)), sha256({}));
}

Result<std::map<std::string, std::string>> read(std::string_view text) {
  return read_security_txt({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}
std::string between_marks(std::string_view text) {
  std::string all = "junk=======BEGIN SECURITY.TXT V1=======";
  all += '\0';
  all += text;
  return all + "=======END SECURITY.TXT V1=======more";
}

TEST(SecurityTxt, IsKeysAndValues) {
  using namespace std::string_view_literals;
  const auto entries = read(between_marks("name\0Swarm\0contacts\0email:a@b\0empty\0\0"sv));
  ASSERT_TRUE(entries.has_value()) << entries.error().message;
  EXPECT_EQ(entries->size(), 3u);
  EXPECT_EQ(entries->at("contacts"), "email:a@b");
  EXPECT_TRUE(read(between_marks("")).has_value());
}

TEST(SecurityTxt, WhatIsCutOrAmbiguousIsRefused) {
  using namespace std::string_view_literals;
  EXPECT_EQ(read("nothing").error().code, ErrorCode::NotFound);
  for (const auto text :
       {"name\0Swarm"sv, "name"sv, "name\0"sv, "\0value\0"sv, "a\0b\0a\0c\0"sv, "a\0\x1b[2J\0"sv})
    EXPECT_FALSE(read(between_marks(text)).has_value());
  const auto whole = between_marks("a\0b\0"sv);
  EXPECT_FALSE(read(std::string_view(whole).substr(0, whole.size() - 6)).has_value());
}

}  // namespace
}  // namespace wardhive::chain
