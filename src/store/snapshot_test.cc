#include <gmock/gmock.h>

#include "store/impl/snapshot.h"
#include "store/impl/test_store.h"

namespace wardhive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SnapshotTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    fill(open(), 1, 9);
  }
  Path file(std::string_view name, std::uint64_t offset) const {
    return directory_ / fmt::format("{}.{}.snap", name, offset);
  }
  std::vector<std::string> snapshots() const {
    std::vector<std::string> names;
    for (const auto& it : std::filesystem::directory_iterator(directory_))
      if (it.path().string().find(".snap") != std::string::npos)
        names.push_back(it.path().filename());
    std::ranges::sort(names);
    return names;
  }
  void damage(const Path& path) {
    auto bytes = *read_file(path, 1'000);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    ASSERT_TRUE(write_file_atomically(path, bytes));
  }
};

TEST_F(SnapshotTest, NewestTwoOfANameStay) {
  for (const std::uint64_t offset : {1, 3, 5})
    ASSERT_TRUE(store_->save_snapshot("risk", offset, fmt::format("at {}", offset)));
  ASSERT_TRUE(store_->save_snapshot("risk-2", 2, "another name"));
  EXPECT_THAT(snapshots(), ElementsAre("risk-2.2.snap", "risk.3.snap", "risk.5.snap"));
  EXPECT_EQ(open().load_snapshot("risk", nullptr)->offset, 5u);
  EXPECT_EQ(store_->load_snapshot("risk", nullptr)->bytes, "at 5");
  EXPECT_EQ(store_->load_snapshot("risk-2", nullptr)->bytes, "another name");
  EXPECT_EQ(store_->load_snapshot("monitor", nullptr).error().code, ErrorCode::NotFound);
}

TEST_F(SnapshotTest, BrokenOneIsPassedOverAndNamed) {
  ASSERT_TRUE(store_->save_snapshot("risk", 3, "older"));
  ASSERT_TRUE(store_->save_snapshot("risk", 5, "newer"));
  damage(file("risk", 5));
  std::vector<std::string> passed_over;
  EXPECT_EQ(store_->load_snapshot("risk", &passed_over)->bytes, "older");
  EXPECT_THAT(passed_over,
              ElementsAre(HasSubstr("risk.5.snap: its contents do not have the hash")));
  damage(file("risk", 3));
  EXPECT_EQ(store_->load_snapshot("risk", nullptr).error().code, ErrorCode::NotFound);
}

// An older copy of the database beside newer snapshots: they tell of another history, and once the
// log has grown past them nothing would show it.
TEST_F(SnapshotTest, OneAheadOfTheLogIsPassedOverAndThenRemoved) {
  ASSERT_TRUE(store_->save_snapshot("risk", 5, "ours"));
  ASSERT_TRUE(write_file_atomically(file("risk", 500), encode_snapshot(500, "another history")));
  std::vector<std::string> passed_over;
  EXPECT_EQ(store_->load_snapshot("risk", &passed_over)->bytes, "ours");
  EXPECT_THAT(passed_over, ElementsAre(HasSubstr("risk.500.snap: is ahead of the log")));
  ASSERT_TRUE(store_->save_snapshot("risk", 6, "ours"));
  EXPECT_THAT(snapshots(), ElementsAre("risk.5.snap", "risk.6.snap"));
}

// What a crash between the temporary file and its rename leaves.
TEST_F(SnapshotTest, HalfWrittenOneLeavesTheOldAndIsCleanedUp) {
  ASSERT_TRUE(store_->save_snapshot("risk", 5, "whole"));
  ASSERT_TRUE(write_file_atomically(directory_ / "risk.6.snap.a1B2c3",
                                    encode_snapshot(6, "half").substr(0, 20)));
  EXPECT_EQ(store_->load_snapshot("risk", nullptr)->bytes, "whole");
  EXPECT_EQ(open().load_snapshot("risk", nullptr)->bytes, "whole");
  EXPECT_THAT(snapshots(), ElementsAre("risk.5.snap"));
}

TEST_F(SnapshotTest, NameWithAPathInItIsRefused) {
  for (const auto* name : {"", "../etc", "a/b", "a.b", "A"}) {
    EXPECT_EQ(store_->save_snapshot(name, 1, "x").error().code, ErrorCode::InvalidInput) << name;
    EXPECT_EQ(store_->load_snapshot(name, nullptr).error().code, ErrorCode::InvalidInput) << name;
  }
}

TEST_F(SnapshotTest, RenamedOneIsRefused) {
  ASSERT_TRUE(store_->save_snapshot("risk", 3, "x"));
  std::filesystem::rename(file("risk", 3), file("risk", 4));
  std::vector<std::string> passed_over;
  EXPECT_FALSE(store_->load_snapshot("risk", &passed_over));
  EXPECT_THAT(passed_over, ElementsAre(HasSubstr("holds offset 3, its name says 4")));
}

TEST(SnapshotBytes, AnyCutAndAnyFlippedBitIsFound) {
  const auto bytes = encode_snapshot(77, "payload");
  ASSERT_EQ(decode_snapshot(bytes)->offset, 77u);
  ASSERT_EQ(decode_snapshot(bytes)->bytes, "payload");
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_EQ(decode_snapshot(bytes.substr(0, length)).error().code, ErrorCode::Corrupt);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(decode_snapshot(flipped)) << bit;
  }
}

}  // namespace
}  // namespace wardhive
