// The verifier against the tree's recursive definitions: every honest proof is accepted, and what
// is not exactly it is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "anchor/consistency.h"
#include "anchor/tree.h"

namespace swarm::anchor {
namespace {

constexpr std::uint64_t kSmall = 130;  // every pair of sizes up to here: past 2^7 on both sides

struct Claim {
  std::uint64_t old_size, new_size;
  sol::Key old_root, new_root;
  Hashes proof;
};

Claim honest(Tree& tree, std::uint64_t m, std::uint64_t n) {
  return {m, n, tree.root(m), tree.root(n), tree.proof(m, n)};
}

bool accepts(const Claim& claim) {
  const sol::Error error = check_consistency(
      {claim.old_size, claim.old_root}, {claim.new_size, claim.new_root},
      reinterpret_cast<const std::uint8_t*>(claim.proof.data()), claim.proof.size());
  EXPECT_TRUE(error == sol::kOk || error == sol::Error(Fault::BadProof));
  return error == sol::kOk;
}

void flip(sol::Key& key, unsigned bit) { key.words[bit / 64] ^= std::uint64_t{1} << (bit % 64); }

// `f` with every pair of sizes up to `max`.
template <class F>
void each_pair(std::uint64_t max, F f) {
  for (std::uint64_t n = 2; n <= max; ++n) {
    for (std::uint64_t m = 1; m < n; ++m) {
      SCOPED_TRACE(std::to_string(m) + " of " + std::to_string(n));
      f(m, n);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

// The hashes of a tree of eight leaves, written out.
TEST(Consistency, IsTheExampleOfTheRfc) {
  Tree tree;
  const sol::Key h01 = node_hash(tree.root(0, 1), tree.root(1, 2));
  EXPECT_EQ(tree.root(0, 2), h01);
  EXPECT_EQ(tree.root(3), node_hash(h01, tree.root(2, 3)));
  // RFC 9162, 2.1.5: PROOF(3, D[7]) = [c, d, g, l], PROOF(4, D[7]) = [l], PROOF(6, D[7]) = [i, j,
  // k].
  const sol::Key c = tree.root(2, 3), d = tree.root(3, 4), g = h01, l = tree.root(4, 7);
  EXPECT_EQ(tree.proof(3, 7), (Hashes{c, d, g, l}));
  EXPECT_EQ(tree.proof(4, 7), (Hashes{l}));
  EXPECT_EQ(tree.proof(6, 7), (Hashes{tree.root(4, 6), tree.root(6, 7), tree.root(0, 4)}));
  EXPECT_EQ(Tree::shape(3, 7), "?RLR");
  EXPECT_EQ(Tree::shape(4, 7), "=R");
  EXPECT_EQ(Tree::shape(6, 7), "?RL");
}

TEST(Consistency, AcceptsEveryHonestProof) {
  Tree tree;
  each_pair(kSmall, [&](std::uint64_t m, std::uint64_t n) {
    const Claim claim = honest(tree, m, n);
    ASSERT_TRUE(accepts(claim));
    ASSERT_LE(claim.proof.size(), std::bit_width(n - 1) + 1U);
  });
}

TEST(Consistency, RefusesEveryFlippedBit) {
  Tree tree;
  each_pair(20, [&](std::uint64_t m, std::uint64_t n) {
    Claim claim = honest(tree, m, n);
    for (unsigned bit = 0; bit < 256; ++bit) {
      for (sol::Key& hash : claim.proof) {
        flip(hash, bit);
        ASSERT_FALSE(accepts(claim)) << "bit " << bit;
        flip(hash, bit);
      }
      for (sol::Key* root : {&claim.old_root, &claim.new_root}) {
        flip(*root, bit);
        ASSERT_FALSE(accepts(claim)) << "bit " << bit;
        flip(*root, bit);
      }
    }
  });
}

// The same for all pairs, a random bit of each hash.
TEST(Consistency, RefusesAFlippedBitOfEachHash) {
  Tree tree;
  std::mt19937_64 random(1);
  each_pair(kSmall, [&](std::uint64_t m, std::uint64_t n) {
    Claim claim = honest(tree, m, n);
    std::vector<sol::Key*> hashes = {&claim.old_root, &claim.new_root};
    for (sol::Key& hash : claim.proof) hashes.push_back(&hash);
    for (sol::Key* hash : hashes) {
      const auto bit = static_cast<unsigned>(random() % 256);
      flip(*hash, bit);
      ASSERT_FALSE(accepts(claim));
      flip(*hash, bit);
    }
    ASSERT_TRUE(accepts(claim));
  });
}

TEST(Consistency, RefusesAMissingOrSurplusOrExchangedHash) {
  Tree tree;
  each_pair(70, [&](std::uint64_t m, std::uint64_t n) {
    const Claim claim = honest(tree, m, n);
    const sol::Key extras[] = {sol::Key{}, claim.old_root, claim.new_root, claim.proof[0]};
    for (std::size_t i = 0; i < claim.proof.size(); ++i) {
      Claim wrong = claim;
      wrong.proof.erase(wrong.proof.begin() + static_cast<std::ptrdiff_t>(i));
      ASSERT_FALSE(accepts(wrong)) << "without hash " << i;
      wrong = claim;
      std::swap(wrong.proof[i], wrong.proof[(i + 1) % wrong.proof.size()]);
      ASSERT_EQ(accepts(wrong), wrong.proof == claim.proof) << "exchanged at " << i;
    }
    for (std::size_t i = 0; i <= claim.proof.size(); ++i) {
      for (const sol::Key& extra : extras) {
        Claim wrong = claim;
        wrong.proof.insert(wrong.proof.begin() + static_cast<std::ptrdiff_t>(i), extra);
        ASSERT_FALSE(accepts(wrong)) << "one more at " << i;
      }
    }
    Claim none = claim;
    none.proof = Hashes();  // no memory either: a read of it would be seen
    ASSERT_FALSE(accepts(none));
  });
}

// Claims of other sizes, with everything else honest: they pass exactly where the path has the same
// shape, which is what RFC 9162's algorithm can know.
TEST(Consistency, RefusesOtherSizesOfAnotherShape) {
  Tree tree;
  std::size_t same = 0;
  each_pair(66, [&](std::uint64_t m, std::uint64_t n) {
    const Claim claim = honest(tree, m, n);
    const std::string shape = Tree::shape(m, n);
    for (std::uint64_t bit = 1; bit < 256; bit *= 2) {
      Claim wrong = claim;
      wrong.new_size ^= bit;
      if (wrong.new_size > m) {
        const bool alike = Tree::shape(m, wrong.new_size) == shape;
        same += alike ? 1 : 0;
        ASSERT_EQ(accepts(wrong), alike) << "as " << wrong.new_size;
      }
      wrong = claim;
      wrong.old_size ^= bit;
      if (wrong.old_size > 0 && wrong.old_size < n) {
        const bool alike = Tree::shape(wrong.old_size, n) == shape;
        ASSERT_EQ(accepts(wrong), alike) << "old one as " << wrong.old_size;
        ASSERT_FALSE(alike) << "the old size is always known: " << m << ", " << wrong.old_size;
      }
    }
  });
  EXPECT_GT(same, 0U) << "5 and 6 leaves over 4, say";
}

// A log that was rewritten: other leaves under the old root, whatever honest part is used with it.
TEST(Consistency, RefusesARewrittenPast) {
  Tree tree;
  Tree other(1'000'000);
  each_pair(kSmall, [&](std::uint64_t m, std::uint64_t n) {
    const Claim claim = honest(tree, m, n);
    Claim forged = honest(other, m, n);
    forged.old_root = claim.old_root;
    ASSERT_FALSE(accepts(forged)) << "another tree altogether";
    forged = claim;
    forged.new_root = other.root(n);
    ASSERT_FALSE(accepts(forged)) << "another new root";
    forged = claim;
    forged.proof = other.proof(m, n);
    ASSERT_FALSE(accepts(forged)) << "another proof";
    forged = claim;
    forged.old_root = other.root(m);
    ASSERT_FALSE(accepts(forged)) << "another old root";
  });
}

// Large sizes by their path alone: hashes at random, and the two roots that follow from them.
Claim synthetic(std::uint64_t m, std::uint64_t n, std::mt19937_64& random) {
  const auto any = [&] { return sol::Key{{random(), random(), random(), random()}}; };
  Claim claim{m, n, any(), {}, {}};
  const std::string shape = Tree::shape(m, n);
  for (std::size_t i = shape[0] == '=' ? 1 : 0; i < shape.size(); ++i) claim.proof.push_back(any());
  const Roots roots(m, n, claim.proof, claim.old_root);
  EXPECT_TRUE(roots.fit());
  claim.old_root = roots.old_root();
  claim.new_root = roots.new_root();
  return claim;
}

TEST(Consistency, HoldsForLargeTrees) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 800; ++round) {
    const std::uint64_t n = std::max<std::uint64_t>(2, random() >> (random() % 62));
    const std::uint64_t m = round % 8 == 0 ? std::bit_floor(n - 1) : 1 + random() % (n - 1);
    SCOPED_TRACE(std::to_string(m) + " of " + std::to_string(n));
    Claim claim = synthetic(m, n, random);
    ASSERT_TRUE(accepts(claim));
    const auto bit = static_cast<unsigned>(random() % 256);
    sol::Key& hash = claim.proof[random() % claim.proof.size()];
    flip(hash, bit);
    ASSERT_FALSE(accepts(claim));
    flip(hash, bit);
    Claim wrong = claim;
    wrong.proof.pop_back();
    ASSERT_FALSE(accepts(wrong));
    wrong = claim;
    wrong.proof.push_back(claim.new_root);
    ASSERT_FALSE(accepts(wrong));
    for (unsigned size_bit = 0; size_bit < 64; ++size_bit) {
      wrong = claim;
      wrong.new_size ^= std::uint64_t{1} << size_bit;
      if (wrong.new_size <= m) continue;
      ASSERT_EQ(accepts(wrong), Tree::shape(m, wrong.new_size) == Tree::shape(m, n)) << size_bit;
    }
  }
}

// The extremes of the counters: a shift too many, or a comparison that wraps, shows here.
TEST(Consistency, HoldsAtTheEndsOfU64) {
  std::mt19937_64 random(3);
  constexpr std::uint64_t kMax = ~std::uint64_t{0};
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const std::pair<std::uint64_t, std::uint64_t> pairs[] = {
      {1, 2},           {1, kMax},          {kMax - 1, kMax},
      {kHalf, kMax},    {kHalf - 1, kHalf}, {kHalf, kHalf + 1},
      {kHalf + 1, kMax}};
  for (const auto& [m, n] : pairs) {
    const Claim claim = synthetic(m, n, random);
    EXPECT_TRUE(accepts(claim)) << m << " of " << n;
    Claim wrong = claim;
    wrong.proof[0].words[0] ^= 1;
    EXPECT_FALSE(accepts(wrong)) << m << " of " << n;
  }
}

// 2^28 leaves: the most that the program takes, and what the gate of compute units measures.
TEST(Consistency, TwentyNineHashesAreEnoughFor2To28) {
  EXPECT_EQ(Tree::shape((1U << 28) - 1, 1U << 28).size(), kProofMax);
}

}  // namespace
}  // namespace swarm::anchor
