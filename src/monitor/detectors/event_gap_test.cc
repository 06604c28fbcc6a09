#include "monitor/detectors/event_gap.h"

#include <gmock/gmock.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

const Entity kEvents{EntityKind::Fleet, "events"};

Event gap(std::string first, std::string last) {
  Event event{EventKind::ProgramEventGap,
              chain_account("Vote111111111111111111111111111111111111111"),
              node("controller"),
              kStart,
              {}};
  event.attributes = {{"sequence", "position 7"},
                      {"first", std::move(first)},
                      {"last", std::move(last)},
                      {"why", "no endpoint lists a transaction with them"}};
  return event;
}

TEST(EventGap, IsSaidOnceWithItsNumbersAndOverWhenNoneComesForALongTime) {
  Rig r("event_gap");
  r.record(gap("5", "6"));
  ASSERT_EQ(r.raised(), 1u);
  const auto f = r.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::ChainUnwell);
  EXPECT_EQ(f.subject, kEvents);
  EXPECT_THAT(f.evidence.summary,
              HasSubstr("numbers 5 to 6 of position 7: no endpoint lists a transaction"));
  for (int i = 0; i < 100; ++i) {
    r.record(gap("9", "9"));
    r.quiet(seconds(7));
  }
  EXPECT_EQ(r.raised(), 1u) << "a hundred gaps are one incident";
  r.restart();
  r.quiet(kGapCalm - seconds(9));
  EXPECT_EQ(r.cleared(), 0u);
  r.quiet(seconds(2));
  ASSERT_EQ(r.cleared(), 1u);
  EXPECT_THAT(r.out.findings.back().evidence.summary, HasSubstr("101 gaps before that"));
  r.record(gap("1", "1"));
  EXPECT_EQ(r.raised(), 2u);
  EXPECT_THAT(r.out.findings.back().evidence.summary, HasSubstr("number 1 of position 7"));
}

TEST(EventGap, NothingElseRaisesItAndStrangeTextIsTamed) {
  Rig r("event_gap");
  auto other = gap("1", "2");
  other.kind = EventKind::ProgramEvent;
  r.record(other);
  r.quiet(minutes(1));
  EXPECT_TRUE(r.out.findings.empty());
  auto strange = gap(std::string(5'000, '\n'), "");
  strange.attributes.erase("why");
  r.record(strange);
  ASSERT_EQ(r.raised(), 1u);
  EXPECT_EQ(r.out.findings[0].evidence.summary.find('\n'), std::string::npos);
  EXPECT_LT(r.out.findings[0].evidence.summary.size(), 400u);
}

}  // namespace
}  // namespace wardhive
