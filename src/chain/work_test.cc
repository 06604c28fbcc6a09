// Lists of work rewards, and proofs judged by RFC 9162 2.1.3.2 written out again.
#include "chain/work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "chain/programs.h"

namespace wardhive::chain {
namespace {

const Pubkey kConfig = programs::kClockSysvar;

std::string line(const Pubkey& position, const std::string& id, const std::string& units) {
  return position.text() + "," + id + "," + units + "\n";
}
std::string list_of(const std::string& lines) {
  return std::string(kWorkListHeader) + "\n" + lines;
}

WorkList numbered(std::size_t n) {
  WorkList list;
  for (std::size_t i = 0; i < n; ++i) list.leaves.push_back({programs::kToken, i, 10 * i});
  return list;
}

// The verifier's algorithm, from the RFC and not from our tree.
bool leads_to(const Hash256& root, Hash256 hash, std::size_t index, std::size_t size,
              const std::vector<Hash256>& proof) {
  std::size_t last = size - 1;
  for (const auto& beside : proof) {
    if (last == 0) return false;
    std::array<std::uint8_t, 65> bytes{1};
    const bool right = index % 2 == 1 || index == last;
    std::ranges::copy(right ? beside : hash, bytes.begin() + 1);
    std::ranges::copy(right ? hash : beside, bytes.begin() + 33);
    hash = sha256(bytes);
    if (right)
      while (index % 2 == 0 && index != 0) index /= 2, last /= 2;
    index /= 2;
    last /= 2;
  }
  return last == 0 && hash == root;
}

TEST(WorkList, EveryProofLeadsToTheRootAndToNoOther) {
  for (std::size_t n = 1; n <= 33; ++n) {
    const auto list = numbered(n);
    const auto root = work_root(list, kConfig);
    for (std::size_t i = 0; i < n; ++i) {
      const auto alone = work_root({{list.leaves[i]}, 0}, kConfig);  // a tree of one is its leaf
      const auto proof = work_proof(list, kConfig, i);
      EXPECT_TRUE(leads_to(root, alone, i, n, proof)) << i << " of " << n;
      EXPECT_FALSE(leads_to(work_root(list, programs::kToken), alone, i, n, proof));
    }
    EXPECT_NE(root, work_root(numbered(n + 1), kConfig));
  }
}

TEST(WorkList, IsReadToTheLastLineWithOrWithoutItsEnd) {
  auto text = list_of(line(programs::kToken, "3", "2500000") + line(programs::kSystem, "0", "0"));
  for (int i = 0; i < 2; ++i, text.pop_back()) {
    const auto list = parse_work_list(text);
    ASSERT_TRUE(list.has_value()) << list.error().message;
    ASSERT_EQ(list->leaves.size(), 2u);
    EXPECT_EQ(list->total, 2'500'000u);
    EXPECT_EQ(list->find(programs::kSystem, 0), 1u);
    EXPECT_EQ(list->find(programs::kSystem, 1), std::nullopt);
    if (text.back() != '\n') break;
  }
}

TEST(WorkList, SaysWhichLineIsWrong) {
  const auto good = line(programs::kToken, "1", "5");
  const std::string most = "18446744073709551615";
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"", "line 1: not the header"},
           {good, "line 1: not the header"},
           {list_of(""), "line 2: nobody"},
           {list_of(good + "\n"), "line 3: not three columns"},
           {list_of(good + "a,b\n"), "line 3: not three columns"},
           {list_of("0OIl,1,5\n"), "line 2: "},
           {list_of(line(programs::kToken, "1", "-5")), "line 2: a column is no whole number"},
           {list_of(line(programs::kToken, "", "5")), "line 2: a column is no whole number"},
           {list_of(line(programs::kToken, "1", most + "0")),
            "line 2: a column is no whole number"},
           {list_of(good + good), "line 3: this position stands in the list already"},
           {list_of(good + line(programs::kToken, "2", most)), "line 3: the sum goes beyond"}}) {
    const auto list = parse_work_list(text);
    ASSERT_FALSE(list.has_value()) << text;
    EXPECT_EQ(list.error().message.substr(0, says.size()), says);
  }
}

TEST(WorkRoots, AnAnnouncedOneCountsAfterItsDayAndTheNextGrowsFromIt) {
  constexpr std::uint64_t kDay = 86'400;
  swarm::Work work{};
  work.funded = 1'000;
  EXPECT_EQ(active_root(work, {9, 9}).n, 0u);
  work.active = {{}, 1, 100, 1};
  work.pending = {{}, 2, 300, 2};
  work.active_at = 10 * kDay;
  work.active_slot = 50;
  work.last_epoch = 9;
  EXPECT_EQ(active_root(work, {10 * kDay, 51}).n, 1u);
  EXPECT_EQ(active_root(work, {10 * kDay + 1, 50}).n, 1u);
  const TrialClock later{10 * kDay + 1, 51};
  EXPECT_EQ(active_root(work, later).n, 2u);
  EXPECT_EQ(growth_left(work, 50, later), 50u);             // one day's cap
  EXPECT_EQ(growth_left(work, 5'000, later), 700u);         // what is funded beyond 300
  EXPECT_EQ(growth_left(work, 50, {90 * kDay, 51}), 350u);  // seven days at most
  work.funded = 299;
  EXPECT_EQ(growth_left(work, 50, later), 0u);
}

}  // namespace
}  // namespace wardhive::chain
