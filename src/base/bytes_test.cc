#include "base/bytes.h"

#include <gtest/gtest.h>

namespace wardhive {
namespace {

// Digests of "abc" as FIPS 180-4 and RFC 7693 appendix print them.
TEST(Bytes, HashesMatchTheStandards) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(blake2b_128(as_bytes("abc"))).size(), 32u);
  EXPECT_NE(to_hex(blake2b_128(as_bytes("abc"))), to_hex(blake2b_128(as_bytes("abd"))));
}

TEST(Bytes, HexRefusesOtherLengthsAndDigits) {
  std::array<std::uint8_t, 2> out{};
  EXPECT_TRUE(from_hex("ff0A", out));
  EXPECT_EQ(out[1], 0x0A);
  EXPECT_FALSE(from_hex("ff0", out));
  EXPECT_FALSE(from_hex("ff0g", out));
}

TEST(Bytes, Base64IsRfc4648AndCanonical) {
  for (const auto& [raw, text] : {std::pair<std::string, std::string>{"", ""},
                                  {"f", "Zg=="},
                                  {"fo", "Zm8="},
                                  {"foob", "Zm9vYg=="},
                                  {"\xff\xfe", "//4="}}) {
    EXPECT_EQ(to_base64(as_bytes(raw)), text);
    EXPECT_EQ(from_base64(text).value_or("?"), raw);
  }
  for (const auto* bad : {"Zg", "Zg=", "Zh==", "Z g==", "Zg==Zg==", "_-4="})
    EXPECT_FALSE(from_base64(bad).has_value()) << bad;
}

TEST(Bytes, SecretsDiffer) {
  EXPECT_NE(random_hex(16), random_hex(16));
  EXPECT_TRUE(equal_secret("a1", "a1"));
  EXPECT_FALSE(equal_secret("a1", "a2") || equal_secret("a1", "a"));
}

}  // namespace
}  // namespace wardhive
