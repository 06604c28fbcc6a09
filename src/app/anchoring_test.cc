// When people hear that the audit is not anchored any more. What is posted, and what of a changed
// audit is found, tests/e2e/anchor_test.py asks the real program.
#include "app/anchoring.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "chain/programs.h"
#include "testkit/manual_clock.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

class AnchoringTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-anchoring-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    store_ = *Store::open(folder_);
    ASSERT_TRUE(chain::Keypair::generate().save(folder_ / "key.json"));
    ChainSettings settings;
    settings.endpoints = {"http://127.0.0.1:1"};
    settings.anchor_program = chain::programs::kToken.text();
    settings.anchor_key = (folder_ / "key.json").string();
    anchoring_ = std::move(
        Anchoring::make(
            settings, *store_, clock_, [this](const std::string& text) { said_.push_back(text); },
            {[this](std::string_view method, const std::string&) { return answer(method); }})
            .value());
  }
  void TearDown() override {
    anchoring_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  // A chain on which there is no checkpoint yet.
  chain::RpcAttempt answer(std::string_view method) {
    if (!answers_) return {fail(ErrorCode::Unavailable, "connection refused")};
    if (method == "getGenesisHash")
      return {*JsonValue::parse(fmt::format("\"{}\"", chain::programs::kToken.text()))};
    if (method == "getSlot" || method == "getBlockHeight") return {*JsonValue::parse("1000")};
    return {*JsonValue::parse(R"({"context":{"slot":1000},"value":[null]})")};
  }
  void wait(Duration how_long) {
    for (const auto until = clock_.mono() + how_long; clock_.mono() < until;) {
      anchoring_->pass();
      clock_.advance(seconds(1));
    }
  }

  Path folder_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Anchoring> anchoring_;
  bool answers_ = false;
  std::vector<std::string> said_;
};

TEST_F(AnchoringTest, FifteenMinutesWithoutACheckpointAreTold) {
  wait(minutes(15) - seconds(1));
  EXPECT_TRUE(said_.empty()) << said_.front();
  wait(seconds(2));
  ASSERT_EQ(said_.size(), 1u);
  EXPECT_THAT(said_.front(), HasSubstr("has not been anchored for 15m"));
  EXPECT_THAT(said_.front(), HasSubstr("connection refused")) << "and why";
}

TEST_F(AnchoringTest, WhatIsWellAgainIsToldToo) {
  wait(minutes(21));
  ASSERT_EQ(said_.size(), 1u) << "once";
  answers_ = true;
  wait(minutes(2));  // it is tried every minute by now
  EXPECT_EQ(said_.back(), "");
  const auto told = said_.size();
  answers_ = false;
  wait(minutes(12));
  EXPECT_EQ(said_.size(), told) << "the time begins anew";
}

TEST_F(AnchoringTest, AChainThatIsAwayForAWhileIsNobodysTrouble) {
  for (int i = 0; i < 5; ++i) {
    answers_ = false;
    wait(minutes(3));
    answers_ = true;
    wait(minutes(8));
  }
  EXPECT_TRUE(said_.empty()) << said_.front();
}

}  // namespace
}  // namespace wardhive
