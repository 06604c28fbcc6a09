// Random walks: what must hold whatever is claimed, cleared, settled, in whatever order.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "risk/risk.h"

namespace wardhive {
namespace {

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t bound) { return random() % bound; }

Entity some_subject(Random& random) {
  const auto i = std::to_string(below(random, 12));
  return below(random, 2) == 0 ? node("job-" + i) : address("192.0.2." + i);
}
Finding some_finding(Random& random) {
  Finding f;
  f.kind = static_cast<FindingKind>(below(random, 7));
  f.phase = below(random, 3) == 0 ? FindingPhase::Cleared : FindingPhase::Raised;
  f.subject = some_subject(random);
  f.observer = node("watch-" + std::to_string(below(random, 5)));
  f.strength = static_cast<std::uint8_t>(1 + below(random, 100));
  f.at = Instant(Duration(static_cast<std::int64_t>(random())));  // what a sender says: anything
  f.evidence.summary = "claim " + std::to_string(below(random, 1'000));
  return f;
}

// One input of a walk; time moves by up to a minute, now and then by hours.
struct Walk {
  explicit Walk(std::uint64_t seed) : random(seed) {}

  void step(Risk& risk, std::vector<Score>& out) {
    now += below(random, 50) == 0 ? seconds(static_cast<std::int64_t>(below(random, 20'000)))
                                  : millis(static_cast<std::int64_t>(below(random, 60'000)));
    ++offset;
    switch (below(random, 10)) {
      case 0:
        return risk.settle({some_subject(random),
                            now - seconds(static_cast<std::int64_t>(below(random, 60))), "inc-1"},
                           now, out);
      case 1:
      case 2:
      case 3:
        return risk.record({offset, now, Tick{}}, out);
      default:
        return risk.record({offset, now, some_finding(random)}, out);
    }
  }

  Random random;
  Instant now = Instant(hours(24 * 365 * 56));
  std::uint64_t offset = 0;
};

void expect_consistent(const Score& score) {
  std::int32_t sum = 0;
  for (const auto& c : score.contributions) sum += c.milli;
  ASSERT_EQ(sum, score.log_odds_milli);
  ASSERT_EQ(score.value, std::lround(100 / (1 + std::exp(-score.log_odds_milli / 1e3))));
  for (const auto& c : score.counterfactuals) ASSERT_LE(c.value, score.value);
  ASSERT_EQ(score.until_below.has_value(), score.value >= 30);
  ASSERT_EQ(score.families == 0,
            score.reporters == 0 && score.log_odds_milli == score.contributions[0].milli);
}

TEST(RiskProperty, EveryScoreSumsExactlyAndFallsMonotonelyUntilItSaidItWould) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Walk walk(seed);
    auto risk = *Risk::make({});
    std::vector<Score> out;
    for (int i = 0; i < 300; ++i) {
      out.clear();
      walk.step(*risk, out);
      for (const auto& score : out) {
        expect_consistent(score);
        // Left alone it only falls, and crosses the release threshold when it said.
        auto last = score.log_odds_milli;
        for (int hour = 1; hour <= 40; hour += 3) {
          const auto later = risk->score(score.subject, walk.now + hours(hour));
          ASSERT_LE(later->log_odds_milli, last);
          last = later->log_odds_milli;
        }
        if (!score.until_below) continue;
        ASSERT_LT(risk->score(score.subject, *score.until_below)->value, 30);
        ASSERT_GE(risk->score(score.subject, *score.until_below - millis(2))->value, 30);
      }
    }
  }
}

TEST(RiskProperty, SavingAndLoadingMidwayChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Walk through(seed), broken(seed);
    auto risk = *Risk::make({}, 10), other = *Risk::make({}, 10);
    std::string said, said_other;
    for (int i = 0; i < 300; ++i) {
      std::vector<Score> out, out_other;
      through.step(*risk, out);
      broken.step(*other, out_other);
      ASSERT_EQ(to_json(out), to_json(out_other)) << "seed " << seed << " step " << i;
      if (i % 37 != 0) continue;
      const auto bytes = other->save();
      other = *Risk::make({}, 10);
      const auto loaded = other->load(bytes);
      ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
      ASSERT_EQ(other->save(), bytes);
      ASSERT_EQ(bytes, risk->save());
    }
  }
}

// A look is due before the change it waits for: what was given out is never more than a tick old.
TEST(RiskProperty, NoChangeOfAFollowedScoreIsMissedByATick) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Walk walk(seed);
    auto risk = *Risk::make({});
    std::map<Entity, int> given, a_second_ago;
    for (std::uint64_t second = 1; second <= 3'000; ++second) {
      std::vector<Score> out;
      if (second % 200 == 1) risk->record({second, walk.now, some_finding(walk.random)}, out);
      walk.now += seconds(1);
      risk->record({second, walk.now, Tick{}}, out);
      for (const auto& score : out) given[score.subject] = score.value;
      for (const auto& [subject, value] : given) {
        const int now = risk->score(subject, walk.now)->value;
        if (value >= Risk::kFollowedFrom && value != now)
          ASSERT_EQ(value, a_second_ago[subject]) << subject.text() << " seed " << seed;
        a_second_ago[subject] = now;
      }
    }
  }
}

TEST(RiskProperty, TheOrderOfSimultaneousObserversDoesNotMatter) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Finding> findings;
    for (int i = 0; i < 6; ++i) {
      auto f = some_finding(random);
      f.subject = node("job-1");
      f.observer = node("watch-" + std::to_string(i));
      f.phase = FindingPhase::Raised;
      findings.push_back(f);
    }
    const Instant now(hours(1));
    const auto score_of = [&] {
      auto risk = *Risk::make({});
      std::vector<Score> out;
      for (const auto& f : findings) risk->record({1, now, f}, out);
      return out.back().log_odds_milli;
    };
    const auto forward = score_of();
    std::shuffle(findings.begin(), findings.end(), random);
    ASSERT_NEAR(score_of(), forward, 1);
  }
}

TEST(RiskProperty, EvidenceAgainstOneEntityNeverTouchesAnother) {
  Walk walk(3);
  auto risk = *Risk::make({});
  std::vector<Score> out;
  risk->record({1, walk.now, some_finding(walk.random)}, out);
  Finding lone;
  lone.kind = FindingKind::Unreachable;
  lone.subject = node("bystander");
  lone.observer = node("watch-1");
  lone.strength = 80;
  risk->record({2, walk.now, lone}, out);
  auto alone = *Risk::make({});
  std::vector<Score> ignored;
  alone->record({2, walk.now, lone}, ignored);
  for (int i = 0; i < 500; ++i) walk.step(*risk, out);
  const auto a = risk->score(lone.subject, walk.now), b = alone->score(lone.subject, walk.now);
  if (a) EXPECT_EQ(to_json(*a), to_json(*b));
}

}  // namespace
}  // namespace wardhive
