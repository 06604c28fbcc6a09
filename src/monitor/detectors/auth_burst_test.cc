#include <gtest/gtest.h>

#include "base/bytes.h"
#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

const auto kAttacker = address("203.0.113.66");
constexpr auto kFailed = EventKind::AuthFailed;

void fail_log_ins(Rig& rig, int count, Duration every, Entity who = kAttacker) {
  for (int i = 0; i < count; ++i) {
    rig.pass(every);
    rig.event(kFailed, who, "job-1", "u" + std::to_string(i),
              "Failed password for u" + std::to_string(i));
  }
}

TEST(AuthBurst, TheLineThatCompletesTheBurstRaisesIt) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 4, seconds(1));
  EXPECT_TRUE(rig.out.findings.empty());
  fail_log_ins(rig, 1, seconds(1));
  ASSERT_EQ(rig.out.findings.size(), 1u);
  const auto& f = rig.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::AuthFailureBurst);
  EXPECT_EQ(f.subject, kAttacker);
  EXPECT_EQ(f.observer, node("job-1"));
  EXPECT_EQ(f.strength, 80);
  EXPECT_EQ(f.since, kStart + seconds(1));
  EXPECT_EQ(f.evidence.counterfactual, "4 failures within 2m would have been below the bound of 5");
  EXPECT_EQ(
      f.evidence.summary,
      "5 failed log-ins on job-1 by 203.0.113.66 within 4 s, as u0, u1, u2, u3, bound 5 within 2m");
  ASSERT_EQ(f.evidence.inputs.size(), 5u);
  EXPECT_EQ(f.evidence.inputs[0].text, "Failed password for u0");
  EXPECT_EQ(f.evidence.inputs[0].sha256, to_hex(sha256(as_bytes("Failed password for u0"))));
}

TEST(AuthBurst, IsSaidAgainOnlyWhenItsCountDoubled) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 39, millis(100));
  EXPECT_EQ(rig.raised(), 3u) << "at 5, 10 and 20";
  fail_log_ins(rig, 1, millis(100));
  EXPECT_EQ(rig.raised(), 4u);
  EXPECT_EQ(rig.out.findings.back().strength, 100);
  EXPECT_EQ(rig.out.findings.back().evidence.inputs.size(), 8u);
}

TEST(AuthBurst, QuietForTenMinutesClearsItOnce) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 5, seconds(1));
  rig.quiet(minutes(10) - seconds(1));
  EXPECT_EQ(rig.cleared(), 0u);
  rig.quiet(minutes(60));
  EXPECT_EQ(rig.cleared(), 1u);
}

TEST(AuthBurst, ASlowOneIsFoundByTheLongWindow) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 9, minutes(3));
  EXPECT_TRUE(rig.out.findings.empty());
  fail_log_ins(rig, 1, minutes(3));
  EXPECT_EQ(rig.raised(), 1u);
}

TEST(AuthBurst, OneFailureEveryFiveMinutesIsNoBurst) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 1'000, minutes(5));
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(AuthBurst, AMistypedPasswordIsForgivenBySuccess) {
  Rig rig("auth_burst");
  for (int day = 0; day < 5; ++day) {
    fail_log_ins(rig, 4, seconds(1));
    rig.event(EventKind::AuthSucceeded, kAttacker, "job-1");
    rig.pass(hours(1));
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(AuthBurst, AnOwnAccountDoesNotWashAnAttackerClean) {
  Rig rig("auth_burst");
  for (int round = 0; round < 3; ++round) {
    fail_log_ins(rig, 4, seconds(1));
    rig.event(EventKind::AuthSucceeded, kAttacker, "job-1");
  }
  EXPECT_EQ(rig.raised(), 2u) << "the 10th failure within 30 minutes, and the success after it";
}

TEST(AuthBurst, ALogInAfterTheBurstIsSaidAtOnce) {
  Rig rig("auth_burst");
  fail_log_ins(rig, 5, seconds(1));
  rig.event(EventKind::AuthSucceeded, kAttacker, "job-1");
  ASSERT_EQ(rig.raised(), 2u);
  EXPECT_EQ(rig.out.findings[1].strength, 100);
  EXPECT_TRUE(rig.out.findings[1].evidence.summary.ends_with(", and then logged in"));
}

TEST(AuthBurst, FailuresOnTwoNodesAreNotAddedUp) {
  Rig rig("auth_burst");
  for (int i = 0; i < 4; ++i) {
    rig.event(kFailed, kAttacker, "job-1");
    rig.event(kFailed, kAttacker, "job-2");
  }
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(AuthBurst, LinesSpooledForMinutesCountByTheirOwnTime) {
  Rig rig("auth_burst");
  for (int i = 0; i < 5; ++i)
    rig.record(Event{kFailed, kAttacker, node("job-1"), rig.now - minutes(15 - 3 * i), {}});
  EXPECT_TRUE(rig.out.findings.empty());
}

TEST(AuthBurst, ALineWithoutAttributesIsAFailureToo) {
  Rig rig("auth_burst");
  for (int i = 0; i < 5; ++i) rig.record(Event{kFailed, kAttacker, node("job-1"), rig.now, {}});
  EXPECT_EQ(rig.raised(), 1u);
}

// More addresses than the table holds must not make it forget the burst that is on.
TEST(AuthBurst, AFloodOfAddressesEvictsNoBurstAndNoRepeater) {
  Rig rig("auth_burst", {}, {.sources = 100});
  fail_log_ins(rig, 5, millis(1));
  const auto repeater = address("203.0.113.67");
  fail_log_ins(rig, 4, millis(1), repeater);
  for (int i = 0; i < 1'000; ++i)
    rig.event(kFailed, address("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)),
              "job-1");
  EXPECT_EQ(rig.raised(), 1u);
  EXPECT_EQ(rig.monitor->stats().sources_refused, 902u);
  fail_log_ins(rig, 1, millis(1), repeater);
  EXPECT_EQ(rig.raised(), 2u);
  fail_log_ins(rig, 5, millis(1));
  EXPECT_EQ(rig.raised(), 3u) << "the first attacker's count went on to 10";
}

TEST(AuthBurst, LargeBoundsAreCountedInSteps) {
  Settings settings;
  settings.monitor.auth_burst_failures = 1'000;
  settings.monitor.auth_slow_failures = 10'000;
  Rig rig("auth_burst", settings);
  fail_log_ins(rig, 900, millis(10));
  EXPECT_TRUE(rig.out.findings.empty());
  fail_log_ins(rig, 120, millis(10));
  EXPECT_EQ(rig.raised(), 1u);
}

}  // namespace
}  // namespace wardhive
