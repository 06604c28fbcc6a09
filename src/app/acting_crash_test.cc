// kill -9 at every point: before and after each question to the chain, each set of records and each
// receipt. The chain here lets two signatures of one act land, so each test is about ours alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/acting_desk.h"

namespace wardhive {
namespace {

using swarm::InstructionTag;

constexpr InstructionTag kTags[] = {InstructionTag::Release, InstructionTag::OpenIncident,
                                    InstructionTag::Breaker};

struct Way {
  const char* name;
  Fate fate;
};
class ActingKilled : public testing::TestWithParam<Way> {
 protected:
  // Three acts at once; what was sent unkept, what has more or less than one effect, what is left.
  static void expect_each_once(ActingDesk& desk, const std::string& when) {
    desk.chain.fate = GetParam().fate;
    for (const auto kind : {ActKind::ReleaseNode, ActKind::OpenIncident, ActKind::Pause})
      desk.order(kind);
    ASSERT_TRUE(desk.start().has_value());
    unsigned most = 0;
    for (unsigned passes = 0; passes < 600 && !desk.done(); ++passes) {
      desk.pass();
      for (const auto tag : kTags) most = std::max(most, desk.chain.effects(tag));
    }
    // Late arrivals would land now.
    for (int i = 0; i < 40; ++i) desk.chain.block();
    for (const auto tag : kTags) {
      EXPECT_EQ(desk.chain.effects(tag), 1u) << when;
    }
    EXPECT_EQ(most, 1u) << when;
    EXPECT_EQ(desk.sent_unkept, 0u) << when;
    for (const auto& proposal : desk.proposals) {
      EXPECT_EQ(proposal.state, ProposalState::Done) << when << ": " << proposal.detail;
      EXPECT_EQ(desk.chain.flights.at(proposal.detail).landed_at == 0, false) << when;
    }
  }
};

TEST_P(ActingKilled, OnceAtAnyPointEachActHasOneEffect) {
  unsigned cuts = 0;
  {
    ActingDesk whole;
    expect_each_once(whole, "not killed");
    cuts = whole.cuts;
  }
  ASSERT_GT(cuts, 60u);
  for (unsigned at = 1; at <= cuts && !HasFailure(); ++at) {
    ActingDesk desk;
    desk.kills = [at](unsigned cut) { return cut == at; };
    expect_each_once(desk, fmt::format("killed at {} of {}", at, cuts));
    EXPECT_EQ(desk.deaths, 1u);
  }
}

// A start asks the endpoint's genesis hash first, and three acts take some thirty cuts to be
// signed: killed more often than that, nothing ever gets out.
TEST_P(ActingKilled, AgainAndAgainEachActHasOneEffect) {
  for (unsigned every : {41u, 53u, 67u}) {
    ActingDesk desk;
    desk.kills = [every](unsigned cut) { return cut % every == 0; };
    expect_each_once(desk, fmt::format("killed at each {}th", every));
    EXPECT_GT(desk.deaths, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, ActingKilled,
                         testing::Values(Way{"Lands", Fate::Lands},
                                         Way{"LandsLate", Fate::LandsLate},
                                         Way{"IsDropped", Fate::IsDropped},
                                         Way{"IsForked", Fate::IsForked}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace wardhive
