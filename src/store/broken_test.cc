// Files and directories as they should not be: each says what it found and what to do.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "store/impl/test_store.h"

namespace wardhive {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class BrokenStore : public StoreTest {
 protected:
  // A closed store with some steps in it.
  void SetUp() override {
    StoreTest::SetUp();
    fill(open(), 1, 200);
    store_.reset();
  }
  std::string bytes() const { return *read_file(database_, 1 << 24); }
  void put(std::string_view contents) {
    std::ofstream(database_, std::ios::binary | std::ios::trunc)
        .write(contents.data(), static_cast<std::streamsize>(contents.size()));
  }

  void expect_corrupt(std::string_view says) {
    const auto error = open_error();
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.message, AllOf(HasSubstr(database_.string()), HasSubstr(std::string(says)),
                                     HasSubstr("move it away")));
  }
  // What opening says to an ordinary user.
  std::string refused_to_nobody() {
    return in_child([&]() -> std::string {
      if (::geteuid() == 0 &&
          (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0))
        return "still root";
      const auto opened = Store::open(directory_);
      if (opened) return "opened";
      return fmt::format("{}: {}", facts(opened.error().code).name, opened.error().message);
    });
  }
};

TEST_F(BrokenStore, AnotherFileIsNotADatabase) {
  put(std::string(5'000, 'x'));
  expect_corrupt("is not a SQLite database");
  put("short");
  expect_corrupt("is not a SQLite database");
}

TEST_F(BrokenStore, CutOffDatabaseIsRefused) {
  const auto whole = bytes();
  for (const auto length : {whole.size() / 2, std::size_t{4'096}, whole.size() - 4'096}) {
    put(whole.substr(0, length));
    expect_corrupt("is damaged");
  }
}

// A crash at the very first start, before the tables were there.
TEST_F(BrokenStore, EmptyFileIsANewStore) {
  put("");
  EXPECT_EQ(open().next_offset(), 1u);
}

TEST_F(BrokenStore, AnotherProgramsDatabaseIsLeftAlone) {
  std::filesystem::remove(database_);
  put("");
  tamper("CREATE TABLE guests(name)");
  const auto before = bytes();
  expect_corrupt("another program's database");
  EXPECT_EQ(bytes(), before);
}

TEST_F(BrokenStore, NewerLayoutIsRefusedWithBothVersionsAndLeftAlone) {
  tamper("PRAGMA user_version = 7");
  const auto before = bytes();
  const auto error = open_error();
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.message, AllOf(HasSubstr("layout version 7"), HasSubstr("knows up to 1"),
                                   HasSubstr("run the newer")));
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(verify_audit_file(database_, nullptr).error().code, ErrorCode::Unsupported);
}

// Not through SQL but on the disk: the first bytes of record 150's hash.
TEST_F(BrokenStore, FlippedByteOfAnAuditHashIsFoundAndNamed) {
  const auto record = open().audit(150, 1)->at(0);
  store_.reset();
  for (const auto& hex : {record.hash, record.body_hash}) {
    std::string hash(32, '\0');
    ASSERT_TRUE(from_hex(hex, {reinterpret_cast<std::uint8_t*>(hash.data()), 32}));
    const auto whole = bytes();
    auto flipped = whole;
    flipped[whole.find(hash)] ^= 1;
    put(flipped);
    EXPECT_THAT(open_error().message, HasSubstr("audit record 150 "));
    put(whole);
  }
}

TEST_F(BrokenStore, FlippedByteOfABodyIsFoundAndNamed) {
  auto flipped = bytes();
  const auto body = flipped.find("{\"n\":150}");
  ASSERT_NE(body, std::string::npos);
  flipped[body + 6] ^= 1;
  put(flipped);
  EXPECT_THAT(open_error().message,
              AllOf(HasSubstr("audit record 150 "), HasSubstr("journal row 150-0 has hash")));
}

// Wherever a byte is wrong: an error or the right answer, never a crash or another chain.
TEST_F(BrokenStore, AnyFlippedByteIsSurvived) {
  const auto head = open().verify_audit(nullptr)->head;
  store_.reset();
  const auto whole = bytes();
  std::mt19937_64 random(1);
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    auto flipped = whole;
    // The first pages hold the header and the roots of all trees.
    const auto at = random() % (i % 3 == 0 ? 4'096 : whole.size());
    flipped[at] = static_cast<char>(flipped[at] ^ 1 << random() % 8);
    put(flipped);
    const auto report = verify_audit_file(database_, nullptr);
    if (!report)
      ++refused;
    else
      EXPECT_EQ(report->head, head) << "byte " << at;
    if (const auto store = Store::open(directory_))
      for (const auto* kind : {"decision", "score"}) (void)(*store)->journal({.kind = kind});
  }
  EXPECT_GT(refused, 0);
}

TEST_F(BrokenStore, MissingDirectoryIsNamed) {
  const auto error = Store::open(directory_ / "absent").error();
  EXPECT_EQ(error.code, ErrorCode::NotFound);
  EXPECT_THAT(error.message, HasSubstr((directory_ / "absent" / "wardhive.db").string()));
}

TEST_F(BrokenStore, FileOfAnotherUserIsRefused) {
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(database_.c_str(), 0), 0);
  EXPECT_THAT(refused_to_nobody(),
              AllOf(HasSubstr("permission_denied"), HasSubstr(database_.string()),
                    HasSubstr("must be able to write the file and its directory")));
}

TEST_F(BrokenStore, ReadOnlyDirectoryIsRefused) {
  ASSERT_EQ(::chmod(database_.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0555), 0);
  EXPECT_THAT(refused_to_nobody(),
              AllOf(HasSubstr("permission_denied"), HasSubstr(database_.string()),
                    HasSubstr("must be able to write the file and its directory")));
  std::filesystem::remove(database_);
  EXPECT_THAT(refused_to_nobody(),
              AllOf(HasSubstr("permission_denied"), HasSubstr("must be able to write")));
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
}

}  // namespace
}  // namespace wardhive
