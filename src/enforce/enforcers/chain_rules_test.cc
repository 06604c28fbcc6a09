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
WantedQuarantine wanted(std::uint64_t seconds = kHourOf) {
  return {.present = true, .seconds = seconds, .version = 77};
}
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
  EXPECT_EQ(next_step(Chain(), wanted(60), kFirst).seconds, 90u);
  EXPECT_EQ(next_step(Chain(), wanted(59), kFirst).kind, Kind::Wait)
      << "the least there is would outlast the order";
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

// Each holder's order is a time on the clock. Stepped each two seconds, as the enforcer does.
TEST(ChainRules, AQuarantineThatWasEnoughIsNotToppedUpAsTimeGoesOn) {
  Chain chain;
  chain.quarantined(2, 3, kHourOf);
  const auto until = chain.now + kHourOf;
  for (; chain.now < chain.node.q_until; chain.now += 2)
    ASSERT_EQ(next_step(chain, wanted(until - chain.now), kFirst).kind, Kind::Holds)
        << chain.node.q_until - chain.now << " s before its end";
}

TEST(ChainRules, TwoHoldersOfDifferentKeysSpendAtMostOneEach) {
  Chain chain;
  const std::uint64_t ends[2] = {chain.now + kHourOf, chain.now + 2 * kHourOf};
  bool held[2] = {};
  unsigned signed_by[2] = {};
  for (; chain.now < ends[1]; chain.now += 2)
    for (std::size_t who = 0; who < 2; ++who) {
      if (chain.now >= ends[who]) continue;
      auto order = wanted(ends[who] - chain.now);
      order.was_held = held[who];
      const auto step = next_step(chain, order, who == 0 ? kFirst : kSecond);
      held[who] |= step.kind == Kind::Holds;
      if (step.kind != Kind::Quarantine) continue;
      ++signed_by[who];
      chain.quarantined(who, 0, step.seconds);
    }
  EXPECT_EQ(signed_by[0], 1u);
  EXPECT_EQ(signed_by[1], 1u);
}

TEST(ChainRules, WhatOthersReleasedIsNotAnsweredWithTheNextKey) {
  Chain chain;
  chain.quarantined(0, 100, kHourOf);
  chain.node.last_incident = chain.node.q_at * swarm::kIncidentsPerSecond + 77;
  chain.node.q_at = chain.node.q_until = chain.now - 10;
  const auto known_by_its_number = next_step(chain, wanted(), kBoth);
  EXPECT_EQ(known_by_its_number.kind, Kind::Over) << "a restart forgets, the chain does not";
  EXPECT_EQ(next_step(chain, wanted(), kSecond).kind, Kind::Over)
      << "another agent's key carried the same order out";
  EXPECT_THAT(known_by_its_number.says, HasSubstr("released on the chain, or over"));
  auto order = wanted();
  order.version = 78;
  EXPECT_EQ(next_step(chain, order, kBoth).kind, Kind::Refuse) << "a release stands for an hour";
  order.was_held = true;
  EXPECT_EQ(next_step(chain, order, kBoth).kind, Kind::Over);
  order.was_held = false;
  chain.now += kHourOf;
  EXPECT_EQ(next_step(chain, order, kBoth).signers, kSecond) << "then another order is another one";
}

TEST(ChainRules, AnothersShorterOneIsEnoughOnlyIfNoKeyHereMayLengthenIt) {
  Chain chain;
  chain.quarantined(2, 3, 300);
  auto order = wanted();
  order.may_sign = false;
  EXPECT_EQ(next_step(chain, order, kFirst).kind, Kind::Wait) << "so that it is asked for again";
  chain.node.key_at[0] = chain.now - kHourOf;
  const auto rests = next_step(chain, wanted(), kFirst);
  EXPECT_EQ(rests.kind, Kind::Holds);
  EXPECT_THAT(rests.says, HasSubstr("shorter than asked for: every sentinel key here"));
}

TEST(ChainRules, NothingIsSignedThatNobodyAsksForAnyMore) {
  Chain chain;
  auto order = wanted();
  order.may_sign = false;
  EXPECT_EQ(next_step(chain, order, kBoth).kind, Kind::Wait);
  chain.quarantined(0, 100, kHourOf);
  auto unwanted = kUnwanted;
  unwanted.may_sign = false;
  EXPECT_EQ(next_step(chain, unwanted, kBoth).kind, Kind::Wait);
}

TEST(ChainRules, AnActOfAnotherKeyInTheSameSecondIsNotTakenForOurs) {
  Chain chain;
  chain.quarantined(2, 100, kHourOf);
  chain.node.key_at[0] = chain.node.q_at;
  EXPECT_EQ(next_step(chain, kUnwanted, kBoth).kind, Kind::Gone);
}

}  // namespace
}  // namespace wardhive
