#include "base/time.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace wardhive {
namespace {

TEST(Time, Rfc3339ReadsWhatItWrites) {
  const auto at = Instant(seconds(1'795'365'655) + nanos(120'000'000));
  EXPECT_EQ(format_rfc3339(at), "2026-11-22T16:40:55.12Z");
  EXPECT_EQ(*parse_rfc3339("2026-11-22T16:40:55.12Z"), at);
  EXPECT_EQ(*parse_rfc3339("2026-11-22T18:40:55.12+02:00"), at);
  EXPECT_EQ(format_rfc3339(Instant{}), "1970-01-01T00:00:00Z");
}

TEST(Time, Rfc3339RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026-11-22T24:00:00Z", "2026-11-22T16:40:55", "2026-11-22T16:40:55.Z",
                           "2026-11-22T16:40:55Zx", "9999-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Time, DurationReadsWhatItWrites) {
  for (const auto* text : {"15s", "1m30s", "250ms", "2h", "7d", "0s"})
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  EXPECT_EQ(*parse_duration("90s"), minutes(1) + seconds(30));
}

TEST(Time, DurationNeedsAUnitAndFits) {
  for (const auto* text : {"", "15", "s", "-5s", "1x", "4000000000d", "1.5s"})
    EXPECT_EQ(parse_duration(text).error().code, ErrorCode::InvalidInput) << text;
}

TEST(Time, SecondsSaturateInsteadOfOverflowing) {
  EXPECT_EQ(from_seconds(1e300), Duration::max());
  EXPECT_EQ(from_seconds(-1e300), Duration::min());
  EXPECT_EQ(from_seconds(std::nan("")), Duration::zero());
}

}  // namespace
}  // namespace wardhive
