#include "monitor/detectors/chain_health.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

const Entity kRpc{EntityKind::Fleet, "rpc"};
const Entity kSolana{EntityKind::Fleet, "solana"};

Settings watching() {
  Settings settings;
  settings.chain.endpoints = {"http://a", "http://b", "http://c"};
  return settings;
}

// The chain source and what it sees, a look a second.
struct Sight : Rig {
  explicit Sight(std::size_t endpoints = 3, Settings s = watching())
      : Rig("chain_health", std::move(s)),
        up(endpoints, 1),
        lag(endpoints, 0),
        took(endpoints, 0.05) {
    look_for(seconds(60));
    EXPECT_TRUE(out.findings.empty());
  }

  void say(std::string_view name, double value, Labels labels = {}) {
    sample(define(name, std::move(labels), Entity{}), value);
  }
  void look() {
    pass(seconds(1));
    for (std::size_t e = 0; e < up.size(); ++e) {
      const Labels labels{{"endpoint", std::string(1, static_cast<char>('a' + e))}};
      say("chain_endpoint_up", up[e], labels);
      say("chain_slot_lag", lag[e], labels);
      say("chain_rpc_latency_seconds", took[e], labels);
    }
    if (std::ranges::any_of(up, [](double u) { return u > 0; })) {
      slot += slots_per_look;
      skipped += skipped_per_look;
      say("chain_slot", std::floor(slot));
      say("chain_skipped_slots_total", std::floor(skipped));
      say("chain_confirmation_seconds", confirmation_s);
    }
    tick();
  }
  void look_for(Duration length) {
    for (const auto end = now + length; now < end;) look();
  }
  // Time until the first finding about it, nullopt after `limit`.
  std::optional<Duration> until(const Entity& subject, FindingPhase phase, Duration limit) {
    const auto began = now;
    const auto said = out.findings.size();
    while (now - began < limit) {
      look();
      for (auto i = said; i < out.findings.size(); ++i)
        if (out.findings[i].subject == subject && out.findings[i].phase == phase)
          return now - began;
    }
    return std::nullopt;
  }

  std::vector<double> up, lag, took;
  double slot = 1'000, skipped = 0, slots_per_look = 2.5, skipped_per_look = 0.1;
  double confirmation_s = 0.8;
};

TEST(ChainHealth, AllEndpointsDownIsBlindAfterFiveSecondsAndOverFifteenAfterOneIsBack) {
  Sight s;
  s.up = {0, 0, 0};
  const auto took = s.until(kRpc, FindingPhase::Raised, minutes(1));
  ASSERT_TRUE(took);
  EXPECT_LE(*took, seconds(7));
  EXPECT_GE(*took, seconds(5));
  const auto& f = s.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::ChainUnwell);
  EXPECT_EQ(f.strength, 80);
  EXPECT_NE(f.evidence.summary.find("none of 3 RPC endpoints is well"), std::string::npos);
  EXPECT_NE(f.evidence.summary.find("authority are not seen"), std::string::npos);
  s.look_for(minutes(5));
  EXPECT_EQ(s.out.findings.size(), 1u) << "said once, and nothing about the cluster";
  s.up = {1, 1, 1};
  const auto over = s.until(kRpc, FindingPhase::Cleared, minutes(1));
  ASSERT_TRUE(over);
  EXPECT_GE(*over, kChainCalm);
  EXPECT_LE(*over, kChainCalm + seconds(2));
}

TEST(ChainHealth, AFailureShorterThanItsTimeIsNotSaid) {
  Sight s;
  for (int i = 0; i < 20; ++i) {
    s.up = {0, 0, 0};
    s.look_for(seconds(4));
    s.up = {1, 1, 1};
    s.look_for(seconds(4));
  }
  EXPECT_TRUE(s.out.findings.empty());
}

TEST(ChainHealth, AWatchThatHangsIsBlindTooAndWithoutAConfigurationNothingIs) {
  Sight s;
  s.quiet(seconds(12));
  EXPECT_EQ(s.raised(), 0u);
  s.quiet(seconds(2));
  ASSERT_EQ(s.raised(), 1u);
  EXPECT_NE(s.out.findings[0].evidence.summary.find("no look at the chain ended"),
            std::string::npos);
  s.restart();
  s.look_for(seconds(20));
  EXPECT_EQ(s.cleared(), 1u);

  Sight off(3, Settings{});
  off.quiet(minutes(10));
  EXPECT_TRUE(off.out.findings.empty());
}

TEST(ChainHealth, OneOfThreeDownIsSaidLateAndALostWitnessIsStronger) {
  Sight s;
  s.up = {1, 0, 1};
  const auto one = s.until(kRpc, FindingPhase::Raised, minutes(11));
  ASSERT_TRUE(one);
  EXPECT_GE(*one, minutes(10));
  EXPECT_EQ(s.out.findings.back().strength, 20);
  s.up = {1, 0, 0};
  const auto unchecked = s.until(kRpc, FindingPhase::Raised, minutes(2));
  ASSERT_TRUE(unchecked);
  EXPECT_GE(*unchecked, minutes(1));
  EXPECT_EQ(s.out.findings.back().strength, 40);
  s.up = {0, 0, 0};
  ASSERT_TRUE(s.until(kRpc, FindingPhase::Raised, minutes(2)));
  EXPECT_EQ(s.out.findings.back().strength, 80);
  s.up = {1, 0, 1};
  s.look_for(minutes(5));
  EXPECT_EQ(s.cleared(), 0u) << "one is still down";
  s.up = {1, 1, 1};
  EXPECT_TRUE(s.until(kRpc, FindingPhase::Cleared, minutes(1)));
}

TEST(ChainHealth, LagAndSlownessCountOnAWellEndpointAndBetweenTheBoundsNothingChanges) {
  Sight s;
  s.lag = {0, 13, 0};
  EXPECT_TRUE(s.until(kRpc, FindingPhase::Raised, seconds(40)));
  s.lag = {0, 10, 0};
  s.look_for(minutes(5));
  EXPECT_EQ(s.cleared(), 0u) << "10 slots would not raise it, and do not clear it";
  s.lag = {0, 6, 0};
  EXPECT_TRUE(s.until(kRpc, FindingPhase::Cleared, seconds(30)));
  s.took = {0.1, 0.1, 1.2};
  EXPECT_TRUE(s.until(kRpc, FindingPhase::Raised, seconds(40)));
  EXPECT_NE(s.out.findings.back().evidence.summary.find("c answers after 1.2 s"), std::string::npos)
      << s.out.findings.back().evidence.summary;
  s.took = {0.1, 0.1, 0.4};
  EXPECT_TRUE(s.until(kRpc, FindingPhase::Cleared, seconds(30)));
  s.up[1] = 0;
  s.lag = {0, 13, 0};
  s.look_for(minutes(2));
  EXPECT_EQ(s.raised(), 2u) << "who is not asked may lag";
}

TEST(ChainHealth, AClusterThatStandsStillIsSaidAndBlindnessIsNotThat) {
  Sight s;
  s.slots_per_look = 0;
  const auto took = s.until(kSolana, FindingPhase::Raised, minutes(1));
  ASSERT_TRUE(took);
  EXPECT_LE(*took, seconds(14));
  s.slots_per_look = 2.5;
  EXPECT_TRUE(s.until(kSolana, FindingPhase::Cleared, minutes(1)));
  s.up = {0, 0, 0};
  s.look_for(minutes(2));
  s.up = {1, 1, 1};
  s.slot -= 5;  // a fork was given up meanwhile
  s.look_for(minutes(2));
  for (const auto& f : s.out.findings)
    if (f.subject == kSolana) EXPECT_LE(f.at, s.now - minutes(4)) << f.evidence.summary;
}

TEST(ChainHealth, ASlotThatGoesBackIsNamed) {
  Sight s(1);
  const auto highest = std::floor(s.slot);
  s.slot -= 60;
  ASSERT_TRUE(s.until(kSolana, FindingPhase::Raised, minutes(1)));
  const auto& said = s.out.findings.back().evidence.summary;
  EXPECT_NE(said.find(fmt::format("not risen above {:.0f}", highest)), std::string::npos) << said;
  EXPECT_NE(said.find("went back to"), std::string::npos) << said;
}

TEST(ChainHealth, SkippedSlotsAreJudgedBeyondChanceAndRunsOfALeader) {
  Sight s;
  s.skipped_per_look = 0.1 * s.slots_per_look;  // 10 %
  s.look_for(minutes(10));
  EXPECT_EQ(s.raised(), 0u);
  s.skipped_per_look = 0.25 * s.slots_per_look;
  ASSERT_TRUE(s.until(kSolana, FindingPhase::Raised, minutes(5)));
  EXPECT_EQ(s.out.findings.back().strength, 40);
  s.skipped_per_look = 0.07 * s.slots_per_look;
  s.look_for(minutes(10));
  EXPECT_EQ(s.cleared(), 0u) << "7 % would not raise it, and does not clear it";
  s.skipped_per_look = 0.02 * s.slots_per_look;
  EXPECT_TRUE(s.until(kSolana, FindingPhase::Cleared, minutes(6)));
}

TEST(ChainHealth, SlowConfirmationAllowsForTheIntervalItIsSeenWith) {
  Sight s;
  s.confirmation_s = 4.5;
  s.look_for(minutes(2));
  EXPECT_EQ(s.raised(), 0u);
  s.confirmation_s = 5.5;
  EXPECT_TRUE(s.until(kSolana, FindingPhase::Raised, seconds(40)));
  s.confirmation_s = 0.9;
  EXPECT_TRUE(s.until(kSolana, FindingPhase::Cleared, seconds(30)));
}

TEST(ChainHealth, NobodyElseSpeaksForTheSource) {
  Sight s;
  const auto forged = s.define("chain_endpoint_up", {{"endpoint", "z"}}, node("job-1"));
  for (int i = 0; i < 60; ++i) {
    s.sample(forged, 0);
    s.look();
  }
  EXPECT_TRUE(s.out.findings.empty());
}

TEST(ChainHealth, APauseOfOursIsNoOutage) {
  Sight s;
  s.pass(minutes(10));
  s.tick();
  s.look_for(minutes(1));
  s.record(ClockJumped{hours(1)});
  s.look_for(minutes(1));
  EXPECT_TRUE(s.out.findings.empty());
}

}  // namespace
}  // namespace wardhive
