#include "chain/anchor.h"

#include <gtest/gtest.h>

namespace wardhive::chain {
namespace {

Bytes bytes_of(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  EXPECT_TRUE(from_hex(hex, bytes).has_value());
  return bytes;
}

// The leaves and roots that the Certificate Transparency implementations test with.
MerkleTree known_tree() {
  MerkleTree tree;
  for (const auto* leaf : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                           "606162636465666768696a6b6c6d6e6f"})
    tree.add(bytes_of(leaf));
  return tree;
}

TEST(MerkleTree, HasTheRootsOfTheReference) {
  const auto tree = known_tree();
  EXPECT_EQ(to_hex(tree.root(1)),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(tree.root(2)),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  EXPECT_EQ(to_hex(tree.root(3)),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
  EXPECT_EQ(to_hex(tree.root(8)),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTree, ProvesWithTheHashesOfTheReference) {
  const auto tree = known_tree();
  EXPECT_TRUE(tree.consistency(0, 8).empty());
  const auto from_one = tree.consistency(1, 8);
  ASSERT_EQ(from_one.size(), 3u);
  EXPECT_EQ(to_hex(from_one[0]),
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
  const auto from_six = tree.consistency(6, 8);
  ASSERT_EQ(from_six.size(), 3u);
  EXPECT_EQ(to_hex(from_six[0]),
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
  EXPECT_EQ(to_hex(from_six[1]),
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
  EXPECT_EQ(to_hex(from_six[2]),
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
}

TEST(AnchorInstruction, HasSizeRootAndProofBehindItsTag) {
  const auto tree = known_tree();
  AnchorLog log;
  log.program.bytes[0] = 1;
  log.authority.bytes[0] = 2;
  log.id = 7;
  const auto proof = tree.consistency(6, 8);
  const auto one = anchor_instruction(log, 8, tree.root(8), proof);
  ASSERT_EQ(one.data.size(), 1 + 8 + 32 + 3 * 32u);
  EXPECT_EQ(one.data[0], 2);
  EXPECT_EQ(one.data[1], 8);
  ASSERT_EQ(one.accounts.size(), 2u);
  EXPECT_TRUE(one.accounts[0].signer);
  EXPECT_EQ(one.accounts[1].key, log.address());
  AnchorLog other = log;
  other.id = 8;
  EXPECT_NE(other.address(), log.address());
}

}  // namespace
}  // namespace wardhive::chain
