#include "base/result.h"

#include <gtest/gtest.h>

#include "base/check.h"

namespace wardhive {
namespace {

TEST(Result, EachCodeHasItsRow) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
    const auto& row = facts(static_cast<ErrorCode>(i));
    EXPECT_GE(row.http_status, 400);
    EXPECT_GE(row.exit_code, 1) << row.name;
  }
}

Status leaves_early(Result<int> in, int& out) {
  WARDHIVE_ASSIGN(out, std::move(in));
  return ok();
}

TEST(Result, AssignLeavesWithTheError) {
  int out = 0;
  EXPECT_TRUE(leaves_early(7, out));
  EXPECT_EQ(out, 7);
  EXPECT_EQ(leaves_early(fail(ErrorCode::Timeout, "late"), out).error().message, "late");
  EXPECT_EQ(out, 7);
}

TEST(CheckDeathTest, AssertionStopsTheProcessAndSaysWhere) {
  EXPECT_DEATH(WARDHIVE_ASSERT(1 == 2), "result_test.cc:.*1 == 2");
}

}  // namespace
}  // namespace wardhive
