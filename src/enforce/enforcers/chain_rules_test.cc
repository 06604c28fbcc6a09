#include "enforce/enforcers/chain_rules.h"

#include <gmock/gmock.h>

namespace wardhive {
namespace {

using Kind = NextStep::Kind;
using testing::HasSubstr;

constexpr std::uint64_t kNow = 1'800'000'000;
constexpr std::uint64_t kHourOf = 3'600;

struct Chain : NodeOnChain {
  Chain() {
    now = kNow;
    sentinels.size = 3;
    sentinels.threshold = 2;
    sentinels.seq = node.key_set_seq = 5;
  }
  // By the key at `bit`, `ago` seconds ago, for `lasts`.
  void quarantined(std::size_t bit, std::uint64_t ago, std::uint64_t lasts) {
    node.q_at = now - ago;
    node.q_until = node.q_at + lasts;
    node.key_at[bit] = node.q_at;
    node.last_incident = node.q_at * swarm::kIncidentsPerSecond + 7;
  }
};
WantedQuarantine wanted(std::uint64_t seconds = kHourOf) { return {true, seconds, 77}; }
constexpr WantedQuarantine kUnwanted{.present = false, .seconds = 0, .version = 78};
const SetBits kFirst("001"), kSecond("010"), kBoth("011"), kNone;

TEST(ChainRules, AWellNodeIsQuarantinedByTheFirstKeyAndItsNumberGoesWithTheClock) {
  const auto step = next_step(Chain(), wanted(), kBoth);
  EXPECT_EQ(step.kind, Kind::Quarantine);
  EXPECT_EQ(step.signers, kFirst) << "one key is enough, and the same one each time";
  EXPECT_EQ(step.incident, kNow * swarm::kIncidentsPerSecond + 77);
  EXPECT_EQ(step.seconds, kHourOf + 30) << "ours ends first, whatever the clocks say";
}

TEST(ChainRules, WhatIsInForceIsNotDoneAgainByAnotherKey) {
  Chain chain;
  chain.quarantined(0, 3, kHourOf);
  EXPECT_EQ(next_step(chain, wanted(), kBoth).kind, Kind::Holds);
  EXPECT_EQ(next_step(chain, wanted(10 * kHourOf), kBoth).kind, Kind::Holds)
      << "ours is not lengthened with a second key";
}

TEST(ChainRules, AnothersQuarantineIsEnoughUnlessItIsShorter) {
  Chain chain;
  chain.quarantined(2, 3, kHourOf + 60);
  EXPECT_EQ(next_step(chain, wanted(), kFirst).kind, Kind::Holds);
  chain.quarantined(2, 3, 70);
  EXPECT_EQ(next_step(chain, wanted(), kFirst).kind, Kind::Quarantine);
}

TEST(ChainRules, AKeyThatRestsIsPassedOverAndNoneLeftIsRefusedWithItsDate) {
  Chain chain;
  chain.quarantined(0, 2 * kHourOf, kHourOf);
  EXPECT_EQ(next_step(chain, wanted(), kBoth).signers, kSecond);
  const auto refused = next_step(chain, wanted(), kFirst);
  EXPECT_EQ(refused.kind, Kind::Refuse);
  EXPECT_THAT(refused.says, HasSubstr("the first may again at 2027-01-22T"));
  chain.now = chain.node.key_at[0] + swarm::kKeyRest;
  EXPECT_EQ(next_step(chain, wanted(), kFirst).kind, Kind::Quarantine);
  chain.now -= 1;
  chain.sentinels.seq += 1;  // a changed set counts anew
  EXPECT_EQ(next_step(chain, wanted(), kFirst).kind, Kind::Quarantine);
}

TEST(ChainRules, KeysThatAreNotOfTheSetSignNothing) {
  Chain chain;
  EXPECT_EQ(next_step(chain, wanted(), kNone).kind, Kind::Refuse);
  EXPECT_EQ(next_step(chain, wanted(), SetBits("1000")).kind, Kind::Refuse) << "beyond its size";
}

TEST(ChainRules, TimesAreMadeToFitWhatASentinelMay) {
  EXPECT_EQ(next_step(Chain(), wanted(1), kFirst).seconds, 60u);
  EXPECT_EQ(next_step(Chain(), wanted(1'000'000), kFirst).seconds, 86'400u);
}

TEST(ChainRules, TheNumberIsAboveTheLastAndNeverAheadOfTheClock) {
  Chain chain;
  chain.node.last_incident = kNow * swarm::kIncidentsPerSecond + 500;
  EXPECT_EQ(next_step(chain, wanted(), kFirst).incident, chain.node.last_incident + 1);
  chain.node.last_incident = (kNow + 1) * swarm::kIncidentsPerSecond - 1;
  EXPECT_EQ(next_step(chain, wanted(), kFirst).kind, Kind::Wait);
}

TEST(ChainRules, AReleaseNeedsTheThresholdAndNamesTheIncident) {
  Chain chain;
  chain.quarantined(1, 10, kHourOf);
  const auto one = next_step(chain, kUnwanted, kSecond);
  EXPECT_EQ(one.kind, Kind::Wait);
  EXPECT_THAT(one.says, HasSubstr("a release needs 2 sentinel keys and 1 are here; it ends by"));
  const auto two = next_step(chain, kUnwanted, SetBits("110"));
  EXPECT_EQ(two.kind, Kind::Release);
  EXPECT_EQ(two.signers, SetBits("110"));
  EXPECT_EQ(two.incident, chain.node.last_incident);
}

TEST(ChainRules, AnothersQuarantineIsNeverReleased) {
  Chain chain;
  chain.quarantined(0, 100, kHourOf);
  chain.quarantined(2, 10, kHourOf);  // a later act of somebody else
  const auto step = next_step(chain, kUnwanted, kBoth);
  EXPECT_EQ(step.kind, Kind::Gone);
  EXPECT_THAT(step.says, HasSubstr("somebody else's"));
}

TEST(ChainRules, WhatEndsWithinAMinuteIsLeftToEnd) {
  Chain chain;
  chain.quarantined(0, kHourOf - 60, kHourOf);
  EXPECT_EQ(next_step(chain, kUnwanted, kBoth).kind, Kind::Wait);
  chain.now = chain.node.q_until;
  EXPECT_EQ(next_step(chain, kUnwanted, kBoth).kind, Kind::Gone);
}

}  // namespace
}  // namespace wardhive
