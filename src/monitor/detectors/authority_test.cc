#include "monitor/detectors/authority.h"

#include <gtest/gtest.h>

#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

const Entity kVault = chain_account("7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2");
const Entity kOther = chain_account("Stake11111111111111111111111111111111111111");

Event change(const Entity& account, std::string agreed = "2 of 3") {
  Event event{EventKind::AuthorityChanged, account, node("controller"), kStart, {}};
  event.attributes = {
      {"power", "withdraw"}, {"before", "ours"},
      {"after", "theirs"},   {"says", "\"withdraw\" of stake account V went from ours to theirs"},
      {"slot", "77"},        {"agreed", std::move(agreed)}};
  return event;
}

TEST(AuthorityWatch, IsRaisedAtOnceAndNamesWhoHoldsItNow) {
  Rig r("authority");
  r.record(change(kVault));
  ASSERT_EQ(r.raised(), 1u);
  const auto& f = r.out.findings[0];
  EXPECT_EQ(f.kind, FindingKind::AuthorityChanged);
  EXPECT_EQ(f.subject, kVault);
  EXPECT_EQ(f.observer, node("controller"));
  EXPECT_EQ(f.strength, 100);
  EXPECT_EQ(f.at, kStart);
  EXPECT_NE(f.evidence.summary.find("went from ours to theirs (slot 77, said by 2 of 3)"),
            std::string::npos)
      << f.evidence.summary;
}

TEST(AuthorityWatch, OneEndpointsWordIsWeakerAndNeverWeakensWhatWasSaid) {
  Rig r("authority");
  r.record(change(kVault, ""));
  EXPECT_EQ(r.out.findings[0].strength, 80);
  EXPECT_NE(r.out.findings[0].evidence.summary.find("word of one endpoint"), std::string::npos);
  r.record(change(kVault));
  r.record(change(kVault, ""));
  EXPECT_EQ(r.out.findings[2].strength, 100);
  EXPECT_EQ(r.out.findings[2].evidence.inputs.size(), 3u);
}

TEST(AuthorityWatch, IsClearedLongAfterTheLastChangeAndNotBefore) {
  Settings settings;
  settings.monitor.authority_clear_after = minutes(10);
  Rig r("authority", settings);
  r.record(change(kVault));
  r.quiet(minutes(9));
  r.record(change(kVault));
  r.quiet(minutes(10) - seconds(1));
  EXPECT_EQ(r.cleared(), 0u);
  r.restart();
  r.quiet(seconds(1));
  EXPECT_EQ(r.cleared(), 1u);
  EXPECT_EQ(r.raised(), 2u);
}

TEST(AuthorityWatch, NeighboursAndOtherEventsStayQuiet) {
  Rig r("authority");
  r.record(change(kVault));
  r.event(EventKind::AuthFailed, address("192.0.2.7"), "job-1");
  auto event = change(kOther);
  event.kind = EventKind::ProgramEvent;
  r.record(event);
  event.kind = EventKind::AuthorityChanged;
  event.subject = node("job-1");
  r.record(event);
  EXPECT_EQ(r.out.findings.size(), 1u);
}

TEST(AuthorityWatch, AFullTableRefusesTheNewAndCountsIt) {
  Rig r("authority", {}, MonitorBounds{.sources = 1});
  r.record(change(kVault));
  r.record(change(kOther));
  r.record(change(kVault));
  EXPECT_EQ(r.raised(), 2u);
  EXPECT_EQ(r.monitor->stats().sources_refused, 1u);
}

}  // namespace
}  // namespace wardhive
