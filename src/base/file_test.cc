#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wardhive {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  Path directory_;
};

TEST_F(FileTest, AtomicWriteReplacesAndLeavesNoTemporary) {
  const auto path = directory_ / "state";
  ASSERT_TRUE(write_file_atomically(path, "old", 0600));
  ASSERT_TRUE(write_file_atomically(path, "new", 0600));
  EXPECT_EQ(*read_file(path, 100), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
  struct stat info{};
  ::stat(path.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(FileTest, ReadIsBounded) {
  ASSERT_TRUE(write_file_atomically(directory_ / "long", std::string(101, 'x')));
  EXPECT_EQ(read_file(directory_ / "long", 100).error().code, ErrorCode::LimitReached);
  EXPECT_EQ(read_file(directory_ / "absent", 100).error().code, ErrorCode::NotFound);
}

TEST_F(FileTest, SecretThatOthersCanReadIsRefused) {
  ASSERT_TRUE(write_file_atomically(directory_ / "token", "secret", 0644));
  EXPECT_EQ(read_secret_file(directory_ / "token", 100).error().code, ErrorCode::PermissionDenied);
  ASSERT_TRUE(write_file_atomically(directory_ / "token", "secret", 0600));
  EXPECT_EQ(*read_secret_file(directory_ / "token", 100), "secret");
}

TEST_F(FileTest, SecondHolderOfADirectoryIsRefusedUntilTheFirstIsGone) {
  {
    const auto first = DirectoryLock::acquire(directory_);
    ASSERT_TRUE(first);
    const auto second = DirectoryLock::acquire(directory_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_TRUE(DirectoryLock::acquire(directory_));
}

}  // namespace
}  // namespace wardhive
