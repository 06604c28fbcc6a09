#include "host/address.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace solhost {
namespace {

constexpr Key kVote = sol::key("Vote111111111111111111111111111111111111111");

std::vector<std::uint8_t> u64_seed(std::uint64_t value) {
  std::vector<std::uint8_t> bytes(8);
  std::memcpy(bytes.data(), &value, 8);
  return bytes;
}
Digest bytes32(std::string_view hex) {
  Digest bytes{};
  EXPECT_TRUE(wardhive::from_hex(hex, bytes).has_value());
  return bytes;
}
std::string keccak_of(std::string_view text) {
  const sol::Slice slice{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  return wardhive::to_hex(keccak256({&slice, 1}));
}

// What @solana/kit 8.4.0's getProgramDerivedAddress answers for the vote program.
TEST(Address, DerivesWhatKitDerives) {
  const auto zero = u64_seed(0);
  const auto number = u64_seed(77);
  const auto all_ones = u64_seed(UINT64_MAX);
  const struct {
    Derived derived;
    const char* address;
    int bump;
  } cases[] = {
      {derive({}, kVote), "57J3buuMtqa6Z9iyjZpqtkS6kStwmtwwkA5H3LEZm9rw", 254},
      {derive({""}, kVote), "57J3buuMtqa6Z9iyjZpqtkS6kStwmtwwkA5H3LEZm9rw", 254},
      {derive({"bank"}, kVote), "D2UgtmNKJTZUnPJYLeeLryga6VEAzQjqPkaED8HWSiXP", 255},
      {derive({"vault"}, kVote), "HukwgKbi7dqvncJDZxynhjCM2NBKYWrSuyiTSx6vxeq", 253},
      {derive({"box", kVote, std::span(zero)}, kVote),
       "8VENnggRcZWZ8riy5DNxeWeDuf9ea5Bwsuki3mAc8eHE", 255},
      {derive({"box", kVote, std::span(number)}, kVote),
       "HhP7u9Rw5sE7AGVtrqG9zXgnVmp3C6E367dfs3TQq7KU", 255},
      {derive({kVote, sol::kTokenProgram, std::span(all_ones)}, kVote),
       "GngJMQZey9L2VKqrqyeL2KsDpiuUJA1WN53hGbLUnNfb", 255},
      {derive({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"}, kVote),
       "8QWqDwWGVDUJc3fg4ZhsLRGJMpAHJMM1Mh8oYyy79aMF", 255},
      {derive({"12345678901234567890123456789012"}, kVote),
       "EQorrWVSvwUH2dUHtSt1cBuxdZ24WX5zyKgqGAsBYjYu", 253},
  };
  for (const auto& [derived, address, bump] : cases) {
    EXPECT_EQ(to_base58(derived.key), address);
    EXPECT_EQ(derived.bump, bump) << address;
  }
}

// The SHA-256 of each byte value, on the curve or off it, as kit decides.
TEST(Address, JudgesTheCurveAsKitDoes) {
  constexpr std::string_view kOnCurve =
      "01010011101111111001011010111110110011100110110001110001101101101001000010100100010111110101"
      "00011100010001101101011001010101100110001111011001110001011110000101111111001100111100110000"
      "000011101010110111010001101000000001010111010101000110110010000011100101";
  for (unsigned i = 0; i < 256; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    const sol::Slice slice{&byte, 1};
    EXPECT_EQ(is_on_curve(sha256({&slice, 1})), kOnCurve[i] == '1') << i;
  }
}

// Points of small order and y that are not reduced count: the runtime decompresses and no more.
TEST(Address, SmallOrderAndUnreducedPointsAreOnTheCurve) {
  const std::string ff30(60, 'f');
  EXPECT_TRUE(is_on_curve(bytes32(std::string(64, '0'))));
  EXPECT_TRUE(is_on_curve(bytes32("01" + std::string(62, '0'))));
  EXPECT_TRUE(is_on_curve(bytes32("ec" + ff30 + "7f")));  // -1
  EXPECT_TRUE(is_on_curve(bytes32("ed" + ff30 + "7f")));  // p
  EXPECT_TRUE(is_on_curve(bytes32("ee" + ff30 + "7f")));  // p + 1
  EXPECT_TRUE(
      is_on_curve(bytes32("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")));
  EXPECT_TRUE(is_on_curve(bytes32(ff30 + "ffff")));  // 18 and a sign
  EXPECT_FALSE(is_on_curve(bytes32("02" + std::string(62, '0'))));
  EXPECT_FALSE(is_on_curve(bytes32("eb" + ff30 + "7f")));
  // kit refuses the point (0, 1) with a sign bit; curve25519-dalek, which the chain runs, does not.
  EXPECT_TRUE(is_on_curve(bytes32("01" + std::string(60, '0') + "80")));
}

TEST(Address, RefusesLongSeeds) {
  Key address{};
  const std::uint8_t bytes[33] = {};
  const sol::Slice too_long{bytes, 33};
  EXPECT_EQ(create_address({&too_long, 1}, kVote, address), SeedError::TooLong);
  const std::vector<sol::Slice> too_many(17, sol::Slice{bytes, 1});
  EXPECT_EQ(create_address(too_many, kVote, address), SeedError::TooLong);
  std::uint8_t bump = 0;
  EXPECT_FALSE(find_address(std::span(too_many).first(16), kVote, address, bump));
}

TEST(Address, Base58RoundTrips) {
  for (const char* text :
       {"11111111111111111111111111111111", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        "Vote111111111111111111111111111111111111111"}) {
    ASSERT_TRUE(from_base58(text).has_value()) << text;
    EXPECT_EQ(to_base58(*from_base58(text)), text);
  }
  EXPECT_EQ(*from_base58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"), sol::kTokenProgram);
  for (const char* wrong : {"", "1", "0OIl", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D",
                            "1TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
                            "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"})
    EXPECT_FALSE(from_base58(wrong).has_value()) << wrong;
}

// Ethereum's well-known values, and one of more than a block.
TEST(Hash, Keccak256) {
  EXPECT_EQ(keccak_of(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(keccak_of("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(keccak_of("transfer(address,uint256)").substr(0, 8), "a9059cbb");
}

TEST(Hash, Sha256JoinsItsParts) {
  const std::string text = "abc";
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const sol::Slice parts[] = {{bytes, 1}, {bytes + 1, 0}, {bytes + 1, 2}};
  EXPECT_EQ(wardhive::to_hex(sha256(parts)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace solhost
