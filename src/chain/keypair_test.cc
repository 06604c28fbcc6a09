// Key files: what is read, what is refused, what is never overwritten.
#include "chain/keypair.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace wardhive::chain {
namespace {

class KeypairFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "keypair-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Path file(const char* name = "id.json") const { return folder_ / name; }

  Path folder_;
};

TEST_F(KeypairFile, IsReadAgainAndOnlyOursToRead) {
  const auto pair = Keypair::generate();
  ASSERT_TRUE(pair.save(file()));
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const auto back = Keypair::load(file());
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->pubkey(), pair.pubkey());
  EXPECT_NE(Keypair::generate().pubkey(), pair.pubkey());
}

TEST_F(KeypairFile, IsNotOverwritten) {
  const auto first = Keypair::generate();
  ASSERT_TRUE(first.save(file()));
  const auto refused = Keypair::generate().save(file());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_EQ(Keypair::load(file())->pubkey(), first.pubkey());
}

TEST_F(KeypairFile, WithOpenPermissionsIsRefusedWithTheRemedy) {
  ASSERT_TRUE(Keypair::generate().save(file()));
  ASSERT_EQ(::chmod(file().c_str(), 0644), 0);
  const auto refused = Keypair::load(file());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::PermissionDenied);
  EXPECT_EQ(refused.error().reason, "open_permissions");
  EXPECT_NE(refused.error().message.find("chmod"), std::string::npos) << refused.error().message;
}

TEST_F(KeypairFile, ThatIsMissingSaysHowToMakeOne) {
  const auto missing = Keypair::load(file());
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_NE(missing.error().message.find("keygen"), std::string::npos);
}

TEST(KeypairText, RefusesWhatIsNoKey) {
  std::string numbers = "0";
  for (int i = 1; i < 64; ++i) numbers += ",0";
  for (const auto& bad :
       {std::string(), std::string("{}"), std::string("[]"), std::string("[1,2,3]"),
        "[" + numbers + ",0]", "[" + numbers + "]",  // the public half is another's
        "[256" + numbers.substr(1) + "]", "[1.5" + numbers.substr(1) + "]"})
    EXPECT_FALSE(Keypair::parse(bad).has_value()) << bad;
}

}  // namespace
}  // namespace wardhive::chain
