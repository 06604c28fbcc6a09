#include "engine/spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace wardhive {
namespace {

class SpoolTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-spool-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  static Event event(std::string_view user) {
    Event e;
    e.subject = address("203.0.113.66");
    e.observer = node("job-1");
    e.attributes["user"] = user;
    return e;
  }
  static std::vector<std::uint64_t> numbers(const Spool& spool) {
    std::uint64_t last = 0;
    std::vector<std::uint64_t> found;
    for (const auto& text : spool.front(1'000, 1 << 20, last))
      found.push_back(decode_message(*JsonValue::parse(text))->number);
    return found;
  }
  Path directory_;
};

TEST_F(SpoolTest, WhatWasNotAcknowledgedSurvivesTheProcess) {
  {
    const auto spool = *Spool::open(directory_);
    for (const auto* user : {"a", "b", "c"}) ASSERT_TRUE(spool->add(event(user)));
    spool->acknowledged(1);
  }
  const auto spool = *Spool::open(directory_);
  EXPECT_EQ(numbers(*spool), (std::vector<std::uint64_t>{1, 2, 3}))
      << "the controller passes over what it has";
  spool->acknowledged(3);
  ASSERT_TRUE(spool->add(event("d")));
  EXPECT_EQ(numbers(*spool), (std::vector<std::uint64_t>{4})) << "numbers never repeat";
}

TEST_F(SpoolTest, SamplesStayInMemory) {
  {
    const auto spool = *Spool::open(directory_);
    ASSERT_TRUE(spool->add(SampleBatch{}));
    ASSERT_TRUE(spool->add(event("a")));
  }
  EXPECT_EQ(numbers(**Spool::open(directory_)), (std::vector<std::uint64_t>{2}));
}

TEST_F(SpoolTest, ALineCutByDeathIsDroppedAndTheRestStays) {
  {
    ASSERT_TRUE((*Spool::open(directory_))->add(event("a")));
  }
  std::ofstream(directory_ / "spool.jsonl", std::ios::app) << R"({"n":2,"kind":"eve)";
  const auto spool = *Spool::open(directory_);
  EXPECT_EQ(numbers(*spool), (std::vector<std::uint64_t>{1}));
  ASSERT_TRUE(spool->add(event("b")));
  EXPECT_EQ(numbers(**Spool::open(directory_)), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(SpoolTest, ALostCountGoesOnBehindTheControllers) {
  const auto spool = *Spool::open(directory_);
  ASSERT_TRUE(spool->add(event("a")));
  spool->acknowledged(500);
  EXPECT_EQ(numbers(*spool), (std::vector<std::uint64_t>{501}))
      << "number 1 was somebody's before: it is said again under a new one";
  spool->acknowledged(501);
  EXPECT_TRUE(spool->empty());
}

}  // namespace
}  // namespace wardhive
