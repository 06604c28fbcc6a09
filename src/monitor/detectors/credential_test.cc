#include "monitor/detectors/credential.h"

#include <gmock/gmock.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

const Entity kJob = node("job-1");

Event turn(std::string count = "1", Entity observer = node("controller")) {
  Event event{EventKind::CredentialShared, kJob, std::move(observer), kStart, {}};
  event.attributes = {{"process", "a1"},
                      {"peer", "192.0.2.1"},
                      {"other_process", "b2"},
                      {"other_peer", "203.0.113.9"},
                      {"turns", std::move(count)}};
  return event;
}

TEST(CredentialWatch, FiveTurnsWithinAMinuteNameBothPlacesAndTheRemedy) {
  Rig r("credential");
  for (int i = 0; i < 2; ++i) {
    r.record(turn("2"));
    EXPECT_EQ(r.raised(), 0u) << "a late request of a process that is gone is not a thief";
    r.pass(seconds(20));
  }
  r.record(turn());
  ASSERT_EQ(r.raised(), 1u);
  const auto& f = r.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::CredentialShared);
  EXPECT_EQ(f.subject, kJob);
  EXPECT_EQ(f.observer, node("controller"));
  EXPECT_THAT(f.evidence.summary,
              HasSubstr("5 times within 1m: process a1 at 192.0.2.1, after process b2 at "
                        "203.0.113.9"));
  EXPECT_THAT(f.evidence.summary, HasSubstr("wardhive token enroll --node job-1"));
  EXPECT_EQ(f.evidence.inputs.size(), 3u);
}

TEST(CredentialWatch, TurnsThatWereCountedTogetherCount) {
  Rig r("credential");
  r.record(turn("9"));
  EXPECT_EQ(r.raised(), 1u);
  EXPECT_EQ(r.out.findings[0].evidence.observed, 9);
}

TEST(CredentialWatch, SlowTurnsAreNone) {
  Rig r("credential");
  for (int i = 0; i < 20; ++i) {
    r.record(turn());
    r.quiet(seconds(16));
  }
  EXPECT_EQ(r.raised(), 0u);
}

TEST(CredentialWatch, IsRepeatedOnceAMinuteAndClearedAfterTheLast) {
  Settings settings;
  settings.monitor.auth_clear_after = minutes(5);
  Rig r("credential", settings);
  for (int second = 0; second < 120; ++second) {
    r.record(turn());
    r.quiet(seconds(1));
  }
  EXPECT_EQ(r.raised(), 2u);
  r.restart();
  r.quiet(minutes(5) - seconds(2));
  EXPECT_EQ(r.cleared(), 0u);
  r.quiet(seconds(2));
  EXPECT_EQ(r.cleared(), 1u);
}

TEST(CredentialWatch, AnAgentCannotSayItOfItself) {
  Rig r("credential");
  for (int i = 0; i < 9; ++i) r.record(turn("1", kJob));
  EXPECT_EQ(r.raised(), 0u);
}

TEST(CredentialWatch, StrangeTextIsTamed) {
  Rig r("credential");
  auto event = turn("1000000000000");
  event.attributes["process"] = std::string(500, '\n');
  event.attributes.erase("peer");
  r.record(event);
  ASSERT_EQ(r.raised(), 1u);
  EXPECT_EQ(r.out.findings[0].evidence.summary.find('\n'), std::string::npos);
  EXPECT_LT(r.out.findings[0].evidence.summary.size(), 600u);
}

}  // namespace
}  // namespace wardhive
