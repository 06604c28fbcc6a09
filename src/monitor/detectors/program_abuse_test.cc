#include "monitor/detectors/program_abuse.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

const std::string kProgram = "Stake11111111111111111111111111111111111111";
const std::string kPayer = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2";
const std::string kThief = "4Nd1mYd3yqUCbPv2bZqvj5mRRvXhpeSn5vXaQd4GQvB6";
const std::string kOther = "Vote111111111111111111111111111111111111111";

struct Program : Rig {
  Program() : Rig("program_abuse") {}
  // `writable`, `readonly`: who signed.
  void happens(std::string name, std::string writable = kPayer, std::string readonly = "",
               std::uint64_t behind = 0) {
    record(Event{EventKind::ProgramEvent,
                 chain_account(kProgram),
                 node("controller"),
                 now,
                 {{"name", std::move(name)},
                  {"slot", std::to_string(slot)},
                  {"behind", std::to_string(behind)},
                  {"signature", "sig"},
                  {"writable_signers", std::move(writable)},
                  {"readonly_signers", std::move(readonly)}}});
  }
  void wait(Duration by) {
    pass(by);
    slot += static_cast<std::uint64_t>(by / millis(400));
    tick();
  }
  std::uint64_t slot = 1'000'000;
};

TEST(ProgramAbuse, TwentyRegistrationsInTenMinutesAreABurstSaidOnce) {
  Program p;
  for (int i = 0; i < 19; ++i) p.happens("NodeRegistered");
  EXPECT_EQ(p.raised(), 0u);
  for (int i = 0; i < 100; ++i) p.happens("NodeRegistered");
  ASSERT_EQ(p.raised(), 1u);
  const auto& f = p.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::ProgramBurst);
  EXPECT_EQ(f.subject, chain_account(kProgram));
  EXPECT_NE(f.evidence.summary.find("20 nodes registered of program"), std::string::npos)
      << f.evidence.summary;
  EXPECT_NE(f.evidence.summary.find("propose pause nodes"), std::string::npos);
  p.wait(kAbuseCalm);
  EXPECT_EQ(p.cleared(), 1u);
}

TEST(ProgramAbuse, GrowthTeachesWhatIsUsualAndAWaveOnTopIsStillFound) {
  Program p;
  // One an hour, doubling every two days to 64 an hour: 10 in a window at the end.
  for (int hour = 0; hour < 24 * 12; ++hour) {
    const int count = 1 << (hour / 48);
    for (int i = 0; i < count; ++i) {
      p.happens("NodeRegistered");
      p.wait(hours(1) / count);
    }
  }
  EXPECT_EQ(p.raised(), 0u);
  for (int i = 0; i < 60; ++i) p.happens("NodeRegistered");
  EXPECT_EQ(p.raised(), 1u);
  EXPECT_GT(p.out.findings[0].evidence.expected, 1);
}

TEST(ProgramAbuse, AKeyThatQuarantinesFiveNodesIsNamedAndNotWhoPaid) {
  Program p;
  for (int i = 0; i < 4; ++i) p.happens("Quarantined", kPayer, kThief);
  for (int i = 0; i < 4; ++i) p.happens("Quarantined", kPayer, kOther);
  EXPECT_EQ(p.raised(), 0u) << "one payer, two sentinels: neither is over";
  p.happens("Quarantined", kPayer, kThief);
  ASSERT_EQ(p.raised(), 1u);
  EXPECT_EQ(p.out.findings[0].kind, FindingKind::KeyOveruse);
  EXPECT_EQ(p.out.findings[0].subject, chain_account(kThief));
  EXPECT_NE(p.out.findings[0].evidence.summary.find("--remove "), std::string::npos);
}

TEST(ProgramAbuse, AStolenKeyThatTakesItsTimeIsFoundWithinTheDay) {
  Program p;
  int signed_so_far = 0;
  while (p.raised() == 0 && signed_so_far < 20) {
    p.happens("Quarantined", kThief);
    ++signed_so_far;
    p.wait(minutes(100));
  }
  EXPECT_EQ(signed_so_far, 12);
}

TEST(ProgramAbuse, AnAccuserIsWhoPaysForTheIncidentNotTheQuorumThatSigns) {
  Program p;
  for (int i = 0; i < 3; ++i) p.happens("IncidentOpened", kThief, kOther + "," + kPayer);
  ASSERT_EQ(p.raised(), 1u);
  EXPECT_EQ(p.out.findings[0].subject, chain_account(kThief));
}

TEST(ProgramAbuse, HistoryAndNonsenseAreNoBurst) {
  Program p;
  for (int i = 0; i < 500; ++i) p.happens("NodeRegistered", kPayer, "", kBehindMax + 1);
  for (int i = 0; i < 100; ++i) p.happens("Quarantined", "no key", "\xff,,");
  p.slot = 0;
  p.happens("NodeRegistered");
  EXPECT_EQ(p.raised(), 0u);
}

TEST(ProgramAbuse, FailuresCountFromTheSourceOnlyAndNotFromBeforeItCame) {
  Program p;
  const Labels labels{{"program", kProgram}};
  const auto own = p.define("chain_program_failed_total", labels, Entity{});
  p.sample(own, 5'000);
  p.wait(seconds(1));
  p.sample(own, 5'049);
  EXPECT_EQ(p.raised(), 0u);
  p.wait(seconds(1));
  p.restart();
  p.sample(own, 5'050);
  EXPECT_EQ(p.raised(), 1u);

  Program q;
  const auto forged = q.define("chain_program_failed_total", labels, node("job-1"));
  q.sample(forged, 0);
  q.wait(seconds(1));
  q.sample(forged, 5'000);
  EXPECT_EQ(q.raised(), 0u);
}

TEST(ProgramAbuse, AFullTableRefusesTheNewAndCountsIt) {
  Rig r("program_abuse", {}, MonitorBounds{.sources = 1});
  for (const auto& program : {kProgram, kOther})
    r.record(Event{EventKind::ProgramEvent,
                   chain_account(program),
                   node("controller"),
                   r.now,
                   {{"name", "Settled"}, {"slot", "7"}}});
  EXPECT_EQ(r.monitor->stats().sources_refused, 1u);
}

}  // namespace
}  // namespace wardhive
