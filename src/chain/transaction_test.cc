// Keys, addresses and transactions against vectors made by @solana/kit (programs/vm/vectors).
#include "chain/transaction.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "chain/pda.h"
#include "chain/programs.h"

namespace wardhive::chain {
namespace {

const JsonValue& vectors() {
  static const JsonValue kVectors =
      *JsonValue::parse(*read_file(WARDHIVE_SOURCE_DIR "/tests/vectors/chain.json", 1024 * 1024));
  return kVectors;
}
const std::vector<JsonValue>& list(std::string_view name) {
  const auto* found = vectors().find(name);
  EXPECT_TRUE(found != nullptr && !found->items().empty()) << name;
  return found->items();
}
Bytes unhex(std::string_view text) {
  Bytes bytes(text.size() / 2);
  EXPECT_TRUE(from_hex(text, bytes)) << text;
  return bytes;
}
Bytes hex_of(const JsonValue& object, std::string_view key) {
  return unhex(object.string_or(key, "?"));
}
Pubkey key_of(const JsonValue& object, std::string_view key) {
  return Pubkey::parse(object.string_or(key, "")).value();
}
Keypair pair_of(const JsonValue& object) {
  const auto bytes = hex_of(object, "seed");
  std::array<std::uint8_t, 32> seed{};
  std::ranges::copy(bytes, seed.begin());
  return Keypair::from_seed(seed);
}

TEST(Base58, IsKitsBothWays) {
  for (const auto& vector : list("base58")) {
    const auto bytes = hex_of(vector, "hex");
    const auto text = vector.string_or("text", "?");
    EXPECT_EQ(base58_encode(bytes), text);
    Bytes back(bytes.size());
    ASSERT_TRUE(base58_decode(text, back)) << text;
    EXPECT_EQ(back, bytes);
  }
}

TEST(Base58, RefusesOtherLengthsAndCharacters) {
  for (const auto* bad : {"", "0", "1111111111111111111111111111111",     // 31 zero bytes
                          "111111111111111111111111111111111",            // 33
                          "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5Dl",  // l is no digit
                          "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA ",
                          "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"})  // more than 2^256
    EXPECT_FALSE(Pubkey::parse(bad).has_value()) << bad;
}

TEST(Keypair, SignsAsRfc8032) {
  // RFC 8032 section 7.1, tests 1 to 3.
  struct Case {
    const char *seed, *key, *message, *signature;
  };
  for (const auto& one :
       {Case{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3"
             "970"
             "1cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        Case{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
             "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3"
             "613"
             "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        Case{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
             "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
             "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f"
             "760"
             "984dc6594a7c15e9716ed28dc027beceea1ec40a"}}) {
    std::array<std::uint8_t, 32> seed{};
    ASSERT_TRUE(from_hex(one.seed, seed));
    const auto pair = Keypair::from_seed(seed);
    EXPECT_EQ(to_hex(pair.pubkey().bytes), one.key);
    const auto message = unhex(one.message);
    const auto signature = pair.sign(message);
    EXPECT_EQ(to_hex(signature.bytes), one.signature);
    EXPECT_TRUE(verify(pair.pubkey(), message, signature));
    auto other = signature;
    other.bytes[5] ^= 1;
    EXPECT_FALSE(verify(pair.pubkey(), message, other));
  }
}

TEST(Keypair, IsKits) {
  for (const auto& vector : list("keys")) {
    const auto pair = pair_of(vector);
    EXPECT_EQ(pair.pubkey(), key_of(vector, "address"));
    EXPECT_EQ(to_hex(pair.sign(hex_of(vector, "message")).bytes),
              vector.string_or("signature", "?"));
  }
}

TEST(Pda, PointsAreKits) {
  std::size_t on = 0;
  for (const auto& vector : list("curve")) {
    EXPECT_EQ(is_on_curve(key_of(vector, "address")), vector.find("on")->as_bool());
    on += vector.find("on")->as_bool();
  }
  EXPECT_GT(on, 10u);
  EXPECT_LT(on, 54u);
}

// What crypto_core_ed25519_is_valid_point refuses and the runtime takes for points.
TEST(Pda, SmallOrderAndNonCanonicalPointsAreOnTheCurve) {
  Pubkey one;  // y = 1: the identity
  one.bytes[0] = 1;
  EXPECT_TRUE(is_on_curve(one));
  EXPECT_TRUE(is_on_curve(Pubkey{}));  // y = 0: order 4; also the System program's address
  Pubkey beyond;                       // y = p + 1, the identity again
  beyond.bytes.fill(0xff);
  beyond.bytes[0] = 0xee;
  beyond.bytes[31] = 0x7f;
  EXPECT_TRUE(is_on_curve(beyond));
}

TEST(Pda, AddressesAreKits) {
  for (const auto& vector : list("pdas")) {
    std::vector<Bytes> bytes;
    for (const auto& seed : vector.find("seeds")->items()) bytes.push_back(unhex(seed.as_string()));
    std::vector<Seed> seeds(bytes.begin(), bytes.end());
    const auto program = key_of(vector, "program");
    const auto found = find_program_address(seeds, program);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->key, key_of(vector, "address"));
    EXPECT_EQ(found->bump, vector.find("bump")->as_int());
    seeds.emplace_back(&found->bump, 1);
    EXPECT_EQ(create_program_address(seeds, program), found->key);
  }
}

TEST(Pda, RefusesSeedsThatTheChainRefuses) {
  const Bytes long_seed(33), seed(1);
  const std::vector<Seed> sixteen(16, seed), seventeen(17, seed), too_long{long_seed};
  EXPECT_FALSE(find_program_address(sixteen, programs::kToken).has_value());  // and a bump
  EXPECT_FALSE(create_program_address(seventeen, programs::kToken).has_value());
  EXPECT_FALSE(find_program_address(too_long, programs::kToken).has_value());
}

struct Built {
  std::vector<Instruction> instructions = {};
  std::vector<LookupTable> tables = {};
  std::vector<Keypair> signers = {};
  MessageVersion version = MessageVersion::Legacy;
};
Built read(const JsonValue& vector) {
  Built built;
  built.version =
      vector.string_or("version", "") == "v0" ? MessageVersion::V0 : MessageVersion::Legacy;
  for (const auto& item : vector.find("instructions")->items()) {
    auto& instruction = built.instructions.emplace_back(
        Instruction{key_of(item, "program"), {}, hex_of(item, "data")});
    for (const auto& account : item.find("accounts")->items())
      instruction.accounts.push_back({key_of(account, "address"), account.find("signer")->as_bool(),
                                      account.find("writable")->as_bool()});
  }
  for (const auto& item : vector.find("tables")->items()) {
    auto& table = built.tables.emplace_back(LookupTable{key_of(item, "table"), {}});
    for (const auto& address : item.find("addresses")->items())
      table.addresses.push_back(Pubkey::parse(address.as_string()).value());
  }
  for (const auto& item : vector.find("signers")->items()) built.signers.push_back(pair_of(item));
  return built;
}

TEST(Transaction, BytesAreKits) {
  for (const auto& vector : list("transactions")) {
    SCOPED_TRACE(vector.string_or("name", "?") + " " + vector.string_or("version", "?"));
    const auto built = read(vector);
    const auto blockhash = Blockhash::parse(vector.string_or("blockhash", "")).value();
    auto message = compile(key_of(vector, "payer"), built.instructions, blockhash, built.version,
                           built.tables);
    ASSERT_TRUE(message.has_value());
    std::vector<const Keypair*> signers;
    for (const auto& pair : built.signers) signers.push_back(&pair);
    const auto transaction = sign(*message, signers);
    ASSERT_TRUE(transaction.has_value()) << transaction.error().message;
    const auto bytes = encode(*transaction);
    EXPECT_EQ(to_base64(bytes), vector.string_or("wire", "?"));

    const auto back = decode_transaction(bytes);
    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_EQ(back->id(), transaction->id());
  }
}

Transaction sample() {
  const std::array instructions{programs::transfer(programs::kToken, programs::kToken2022, 5)};
  return unsigned_transaction(*compile(programs::kToken, instructions, {}));
}

TEST(Transaction, CutOrLengthenedAnywhereIsRefused) {
  auto bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_transaction(std::span(bytes).first(size)).has_value()) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_transaction(bytes).has_value());
}

TEST(Transaction, RefusesWhatTheSanitizerRefuses) {
  const auto refused = [](auto&& damage) {
    auto transaction = sample();
    damage(transaction.message);
    transaction.signatures.resize(transaction.message.signers);
    return !decode_transaction(encode(transaction)).has_value();
  };
  EXPECT_FALSE(refused([](Message&) {}));
  EXPECT_TRUE(refused([](Message& m) { m.signers = 0; }));
  EXPECT_TRUE(refused([](Message& m) { m.readonly_signers = 1; }));  // nobody can pay
  EXPECT_TRUE(refused([](Message& m) { m.readonly_others = 9; }));
  EXPECT_TRUE(refused([](Message& m) { m.instructions[0].program = 0; }));  // the payer
  EXPECT_TRUE(refused([](Message& m) { m.instructions[0].program = 9; }));
  EXPECT_TRUE(refused([](Message& m) { m.instructions[0].accounts[0] = 9; }));
}

TEST(Transaction, SayWhoseSignatureIsMissingAndWhatIsTooLong) {
  auto unsigned_message = sample().message;
  const auto missing = sign(unsigned_message, {});
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().message.find(programs::kToken.text()), std::string::npos);

  const auto payer = Keypair::from_seed({});
  const std::array long_instructions{Instruction{programs::kToken, {}, Bytes(1'100)}};
  const std::array signers{&payer};
  const auto too_long = sign(*compile(payer.pubkey(), long_instructions, {}), signers);
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().code, ErrorCode::LimitReached);
}

TEST(Transaction, LengthsHaveOneForm) {
  for (const int number : {0, 1, 127, 128, 300, 16'383, 16'384, 65'535}) {
    const auto value = static_cast<std::uint16_t>(number);
    Bytes bytes;
    put_compact_u16(bytes, value);
    std::span<const std::uint8_t> left = bytes;
    EXPECT_EQ(take_compact_u16(left), value);
    EXPECT_TRUE(left.empty());
  }
  for (const Bytes& bad : {Bytes{}, Bytes{0x80}, Bytes{0x80, 0x00}, Bytes{0xff, 0xff, 0x04},
                           Bytes{0x80, 0x80, 0x80}}) {
    std::span<const std::uint8_t> left = bad;
    EXPECT_FALSE(take_compact_u16(left).has_value()) << to_hex(bad);
  }
}

}  // namespace
}  // namespace wardhive::chain
