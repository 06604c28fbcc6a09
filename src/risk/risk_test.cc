#include "risk/risk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace wardhive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const Instant kStart = Instant(hours(24 * 365 * 50));
const Entity kAttacker = address("192.0.2.7");
const Entity kJob = node("job-1");

Finding finding(FindingKind kind, const Entity& subject, const Entity& observer,
                std::uint8_t strength = 100) {
  Finding f;
  f.kind = kind;
  f.subject = subject;
  f.observer = observer;
  f.strength = strength;
  f.evidence.summary =
      std::string(name_of(kind)) + " of " + subject.text() + " seen by " + observer.name;
  return f;
}
Finding cleared(Finding f) {
  f.phase = FindingPhase::Cleared;
  return f;
}
Finding burst(const Entity& subject = kAttacker, std::string_view observer = "job-1") {
  return finding(FindingKind::AuthFailureBurst, subject, node(observer));
}

struct Stage {
  explicit Stage(Settings settings = {}, std::size_t entities_max = limits::kEntitiesScoredMax)
      : risk(*Risk::make(settings, entities_max)) {}

  std::vector<Score> feed(Record record) {
    std::vector<Score> out;
    risk->record({++offset, now, std::move(record)}, out);
    return out;
  }
  std::vector<Score> settle(const Entity& subject) {
    std::vector<Score> out;
    risk->settle({subject, now, "inc-1"}, now, out);
    return out;
  }
  // Ticks once a second; what was given out on the way.
  std::vector<Score> pass(Duration time) {
    std::vector<Score> out;
    for (const auto end = now + time; now < end;) {
      now += seconds(1);
      for (auto& score : feed(Tick{})) out.push_back(std::move(score));
    }
    return out;
  }
  int value(const Entity& subject) const {
    const auto score = risk->score(subject, now);
    return score ? score->value : -1;
  }

  std::unique_ptr<Risk> risk;
  Instant now = kStart;
  std::uint64_t offset = 0;
};

const Contribution* part(const Score& score, std::string_view family) {
  for (const auto& c : score.contributions)
    if (c.family == family) return &c;
  return nullptr;
}

TEST(Risk, KnowsNothingOfWhomNobodySpokeAgainst) {
  Stage stage;
  stage.feed(burst());
  EXPECT_FALSE(stage.risk->score(address("192.0.2.8"), stage.now).has_value());
  EXPECT_FALSE(
      stage.risk->score(node("job-1"), stage.now).has_value());  // the reporter is not the reported
}

// The two incidents through the start values, with the thresholds they are made for.
TEST(RiskWalk, BruteForce) {
  const RailSettings rails;
  Stage stage;
  std::printf("brute force, one reporter, strength 100:\n");
  const auto first = stage.feed(burst());
  ASSERT_EQ(first.size(), 1u);
  std::printf("  burst on job-1         %3u  until %s\n", first[0].value,
              format_rfc3339(*first[0].until_below).c_str());
  EXPECT_GE(first[0].value, rails.ban_address_score + 5);  // a node protects itself
  EXPECT_LT(first[0].reporters, rails.fleet_ban_reporters);
  EXPECT_GE(*first[0].until_below - stage.now, rails.expiry_min);
  EXPECT_LE(*first[0].until_below - stage.now, rails.expiry_max);

  const auto second = stage.feed(burst(kAttacker, "job-2"));
  std::printf("  burst on job-2         %3u  until %s\n", second[0].value,
              format_rfc3339(*second[0].until_below).c_str());
  EXPECT_GE(second[0].reporters, rails.fleet_ban_reporters);
  EXPECT_GT(second[0].value, first[0].value);

  for (int hour = 1; hour <= 4; ++hour) {
    stage.pass(hours(1));
    std::printf("  %d h later              %3d\n", hour, stage.value(kAttacker));
  }
  EXPECT_LT(stage.value(kAttacker), 30);
  EXPECT_EQ(stage.value(address("192.0.2.8")), -1);  // the innocent neighbour
}

TEST(RiskWalk, ABurstOfLesserStrengthStillProtectsTheNode) {
  Stage stage;
  EXPECT_GE(
      stage.feed(finding(FindingKind::AuthFailureBurst, kAttacker, node("job-1"), 80))[0].value,
      50);
}

TEST(RiskWalk, BadNode) {
  const RailSettings rails;
  Stage stage;
  const auto step = [&](FindingKind kind, std::string_view vantage) {
    const auto score = stage.feed(finding(kind, kJob, node(vantage)))[0];
    std::printf("  %-16s by %-8s %3u\n", std::string(name_of(kind)).c_str(),
                std::string(vantage).c_str(), score.value);
    return score.value;
  };
  std::printf("bad node:\n");
  step(FindingKind::LatencyShift, "gw-1");
  EXPECT_LE(step(FindingKind::ErrorRateShift, "gw-1"),
            rails.drain_node_score - 5);  // one pair of eyes is not enough
  step(FindingKind::LatencyShift, "job-2");
  EXPECT_GE(step(FindingKind::ErrorRateShift, "job-2"), rails.drain_node_score + 5);
  EXPECT_LT(stage.value(kJob), static_cast<int>(rails.isolate_node_score));

  stage.pass(minutes(30));
  EXPECT_GE(stage.value(kJob), static_cast<int>(rails.drain_node_score))
      << "the fault is still there";
  for (const auto* vantage : {"gw-1", "job-2"})
    for (const auto kind : {FindingKind::LatencyShift, FindingKind::ErrorRateShift})
      stage.feed(cleared(finding(kind, kJob, node(vantage))));
  const auto score = *stage.risk->score(kJob, stage.now);
  std::printf("  all cleared            %3u  until %s\n", score.value,
              format_rfc3339(*score.until_below).c_str());
  for (int minute = 5; minute <= 20; minute += 5) {
    stage.pass(minutes(5));
    std::printf("  %2d min later           %3d\n", minute, stage.value(kJob));
  }
  EXPECT_LT(stage.value(kJob), 30);
}

TEST(RiskWalk, ADemoNodeIsUnderTheReleaseThresholdWithin25Seconds) {
  Settings settings;
  apply_demo_profile(settings);
  Stage stage(settings);
  for (const auto* vantage : {"gw-1", "job-2", "job-3", "controller"})
    for (const auto kind :
         {FindingKind::LatencyShift, FindingKind::ErrorRateShift, FindingKind::Unreachable})
      stage.feed(finding(kind, kJob, node(vantage)));
  stage.pass(seconds(40));
  EXPECT_GE(stage.value(kJob), 40);
  for (const auto* vantage : {"gw-1", "job-2", "job-3", "controller"})
    for (const auto kind :
         {FindingKind::LatencyShift, FindingKind::ErrorRateShift, FindingKind::Unreachable})
      stage.feed(cleared(finding(kind, kJob, node(vantage))));
  stage.pass(seconds(25));
  EXPECT_LT(stage.value(kJob), 30);
}

TEST(Risk, OneObserverAloneNeverReachesTheDrainThresholdWhateverItClaims) {
  Stage stage;
  for (int round = 0; round < 100; ++round) {
    for (int kind = 0; kind < 7; ++kind)
      stage.feed(finding(static_cast<FindingKind>(kind), kJob, node("liar")));
    EXPECT_LT(stage.value(kJob), 40);
    stage.pass(seconds(7));
  }
}

TEST(Risk, RepeatsOfOneSignatureCountEverLess) {
  Stage stage;
  const auto claim = [&] {
    return stage.feed(finding(FindingKind::Anomaly, kAttacker, node("a")))[0];
  };
  const auto first = claim(), second = claim(), third = claim();
  const auto gain = [](const Score& to, const Score& from) {
    return to.log_odds_milli - from.log_odds_milli;
  };
  EXPECT_LT(gain(second, first), part(first, "telemetry")->milli);
  EXPECT_LT(gain(third, second), gain(second, first));
  EXPECT_EQ(part(third, "telemetry")->findings, 3u);
  EXPECT_EQ(part(third, "telemetry")->reporters, 1u);
  stage.pass(minutes(11));  // another window: counts in full again
  EXPECT_EQ(part(claim(), "telemetry")->findings, 1u);
}

TEST(Risk, AHeldClaimDoesNotDecayUntilItIsCleared) {
  Stage stage;
  stage.feed(finding(FindingKind::Unreachable, kJob, node("gw-1")));
  const auto held = stage.value(kJob);
  stage.pass(minutes(55));
  EXPECT_EQ(stage.value(kJob), held);
  stage.feed(cleared(finding(FindingKind::Unreachable, kJob, node("gw-1"))));
  EXPECT_EQ(stage.value(kJob), held);  // clearing takes nothing away at once
  stage.pass(minutes(10));
  EXPECT_LT(stage.value(kJob), held);
}

TEST(Risk, AClaimWhoseObserverVanishedLapsesAfterItsHold) {
  Stage stage;
  const auto score = stage.feed(finding(FindingKind::Unreachable, kJob, node("gone")));
  stage.feed(finding(FindingKind::Unreachable, kJob, node("gone-too")));
  const auto until = *stage.risk->score(kJob, stage.now)->until_below;
  EXPECT_GT(until, stage.now + hours(1));
  EXPECT_LT(until, stage.now + hours(2));
  stage.pass(hours(3));
  EXPECT_LT(stage.value(kJob), 10);
}

TEST(Risk, ClearingWhatNobodyClaimedDoesNothing) {
  Stage stage;
  EXPECT_THAT(stage.feed(cleared(burst())), IsEmpty());
  EXPECT_EQ(stage.risk->stats().entities, 0u);
  stage.feed(burst());
  EXPECT_THAT(stage.feed(cleared(burst(kAttacker, "job-2"))), IsEmpty());
}

TEST(Risk, SettledEvidenceIsShownAndWeighsNothing) {
  Stage stage;
  stage.feed(finding(FindingKind::LatencyShift, kJob, node("gw-1")));
  stage.feed(finding(FindingKind::LatencyShift, kJob, node("job-2")));
  const auto settled = stage.settle(kJob);
  ASSERT_EQ(settled.size(), 1u);
  EXPECT_EQ(settled[0].value, 5);  // the base alone
  EXPECT_EQ(settled[0].log_odds_milli, -3'000);
  ASSERT_NE(part(settled[0], "performance"), nullptr);
  EXPECT_EQ(part(settled[0], "performance")->milli, 0);
  EXPECT_THAT(part(settled[0], "performance")->top_evidence, StartsWith("settled: latency_shift"));
  EXPECT_EQ(settled[0].families, 0u);
  EXPECT_EQ(settled[0].reporters, 0u);
  EXPECT_FALSE(settled[0].until_below.has_value());
  EXPECT_THAT(stage.settle(kJob), IsEmpty());  // nothing left to settle

  stage.now += seconds(1);
  const auto again = stage.feed(finding(FindingKind::LatencyShift, kJob, node("gw-1")));
  EXPECT_EQ(part(again[0], "performance")->findings, 1u);
  EXPECT_GT(again[0].value, 5);
}

TEST(Risk, SettlingLeavesWhatWasSaidAfterwards) {
  Stage stage;
  stage.feed(burst());
  const auto up_to = stage.now;
  stage.now += seconds(5);
  stage.feed(burst(kAttacker, "job-2"));
  std::vector<Score> out;
  stage.risk->settle({kAttacker, up_to, "inc-1"}, stage.now, out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].reporters, 1u);
  EXPECT_GE(out[0].value, 50);
}

TEST(Risk, SettlingAStrangerDoesNothing) {
  Stage stage;
  EXPECT_THAT(stage.settle(kAttacker), IsEmpty());
}

TEST(Risk, ExplainsItselfExactly) {
  Stage stage;
  stage.feed(finding(FindingKind::Unreachable, kJob, node("gw-1")));
  stage.feed(finding(FindingKind::ErrorRateShift, kJob, node("job-2")));
  const auto score = stage.feed(finding(FindingKind::Anomaly, kJob, node("controller")))[0];
  std::int32_t sum = 0;
  std::vector<std::string> families;
  for (const auto& c : score.contributions) {
    sum += c.milli;
    families.push_back(c.family);
  }
  EXPECT_EQ(sum, score.log_odds_milli);
  EXPECT_THAT(families, ElementsAre("base", "availability", "performance", "telemetry"));
  EXPECT_EQ(score.families, 3u);
  EXPECT_EQ(score.reporters, 3u);
  EXPECT_FALSE(score.learned_only);
  ASSERT_EQ(score.counterfactuals.size(), 3u);
  for (const auto& c : score.counterfactuals) EXPECT_LT(c.value, score.value);
  EXPECT_EQ(part(score, "performance")->top_evidence,
            "error_rate_shift of node/job-1 seen by job-2");
  EXPECT_EQ(part(score, "performance")->newest, stage.now);
  EXPECT_THAT(score.model, testing::MatchesRegex("wardhive-risk/1@[0-9a-f]+"));
}

TEST(Risk, SaysWhenOnlyALearnedDetectorSpeaks) {
  Stage stage;
  EXPECT_TRUE(stage.feed(finding(FindingKind::Anomaly, kJob, node("a")))[0].learned_only);
  EXPECT_FALSE(stage.feed(finding(FindingKind::LatencyShift, kJob, node("a")))[0].learned_only);
}

TEST(Risk, TheModelsNameChangesWithItsWeightsAndNothingElse) {
  Settings weights, port;
  weights.risk.weight_silent_milli += 1;
  port.server.listen = "127.0.0.1:1";
  const auto name = [](const Settings& s) { return Stage(s).feed(burst())[0].model; };
  EXPECT_EQ(name(port), name({}));
  EXPECT_NE(name(weights), name({}));
}

TEST(Risk, FlagsWhoIsVouchedForAndScoresAllTheSame) {
  Stage stage;
  Inventory inventory;
  inventory.allow_list = {"192.0.2.0/24", "job-1", "not a name!"};
  stage.feed(inventory);
  EXPECT_EQ(stage.risk->stats().allow_refused, 1u);
  const auto score = stage.feed(burst())[0];
  EXPECT_TRUE(score.allow_listed);
  EXPECT_GE(score.value, 50);
  EXPECT_FALSE(stage.feed(burst(address("192.0.3.7")))[0].allow_listed);
  EXPECT_TRUE(stage.feed(finding(FindingKind::Silent, kJob, node("controller")))[0].allow_listed);
  stage.feed(Inventory{});  // replaced whole
  EXPECT_FALSE(stage.risk->score(kAttacker, stage.now)->allow_listed);
}

TEST(Risk, APersonAllowsAndTakesItBack) {
  Stage stage;
  Command command;
  command.kind = CommandKind::Allow;
  command.entity = kAttacker;
  EXPECT_THAT(stage.feed(command), IsEmpty());  // nothing known of it yet
  EXPECT_TRUE(stage.feed(burst())[0].allow_listed);
  command.kind = CommandKind::Disallow;
  const auto back = stage.feed(command);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_FALSE(back[0].allow_listed);
}

TEST(Risk, OtherRecordsArePassedOver) {
  Stage stage;
  stage.feed(burst());
  const auto before = stage.risk->save();
  for (const Record& record : {Record(Event{}), Record(Health{}), Record(Receipt{}),
                               Record(Command{}), Record(ConfigChanged{}), Record(ClockJumped{})})
    EXPECT_THAT(stage.feed(record), IsEmpty());
  EXPECT_EQ(stage.risk->save(), before);
}

TEST(Risk, GivesTheScoreAgainForEachPointItFalls) {
  Stage stage;
  auto last = stage.feed(burst())[0].value;
  const auto until = *stage.risk->score(kAttacker, stage.now)->until_below;
  std::optional<Instant> below;
  for (const auto& score : stage.pass(hours(6))) {
    EXPECT_EQ(score.value, last - 1);  // every point, in order
    last = score.value;
    if (last < 30 && !below) below = score.at;
  }
  EXPECT_EQ(last, Risk::kFollowedFrom - 1);  // told when it stops mattering, not further
  ASSERT_TRUE(below.has_value());
  EXPECT_NEAR(to_seconds(*below - until), 0, 1.0);
}

TEST(Risk, ForgetsADayAfterTheLastFinding) {
  Stage stage;
  stage.feed(burst());
  stage.pass(hours(23));
  EXPECT_EQ(stage.value(kAttacker), 12);  // nothing counts any more
  stage.pass(hours(1) + seconds(2));
  EXPECT_EQ(stage.risk->stats().entities, 0u);
}

TEST(Risk, ALongSilenceOfTheLogIsCaughtUpOn) {
  Stage stage;
  for (int i = 0; i < 50; ++i) stage.feed(burst(address("10.0.0." + std::to_string(i))));
  stage.now += hours(24 * 30);
  stage.feed(Tick{});
  EXPECT_EQ(stage.risk->stats().entities, 0u);
}

TEST(Risk, TimeNeverGoesBack) {
  Stage stage;
  stage.feed(burst());
  const auto value = stage.value(kAttacker);
  stage.now = Instant();
  stage.feed(Tick{});
  EXPECT_EQ(stage.value(kAttacker), value);
  EXPECT_EQ(stage.risk->score(kAttacker, Instant::min())->at, kStart);
  EXPECT_GE(stage.feed(burst(address("192.0.2.9")))[0].at, kStart);
  EXPECT_EQ(stage.risk->score(kAttacker, Instant::max())->value,
            12);  // the far future holds nothing against it
}

TEST(Risk, RanksTheHighestFirst) {
  Stage stage;
  stage.feed(finding(FindingKind::Anomaly, kJob, node("a")));
  stage.feed(burst());
  stage.feed(finding(FindingKind::Unreachable, node("job-2"), node("a")));
  std::vector<Entity> subjects;
  for (const auto& score : stage.risk->top(2, stage.now)) subjects.push_back(score.subject);
  EXPECT_THAT(subjects, ElementsAre(kAttacker, node("job-2")));
  EXPECT_EQ(stage.risk->top(10, stage.now).size(), 3u);
  EXPECT_THAT(stage.risk->top(0, stage.now), IsEmpty());
}

TEST(Risk, DropsTheLowestAndOldestWhenFull) {
  Stage stage({}, 4);
  stage.feed(burst());
  stage.feed(finding(FindingKind::Anomaly, node("low-old"), node("a")));
  stage.feed(finding(FindingKind::Anomaly, node("low-new"), node("a")));
  stage.feed(burst(address("192.0.2.9")));
  stage.feed(burst(address("192.0.2.10")));
  EXPECT_EQ(stage.value(node("low-old")), -1);
  EXPECT_NE(stage.value(node("low-new")), -1);
  stage.feed(burst(address("192.0.2.11")));
  EXPECT_EQ(stage.value(node("low-new")), -1);
  EXPECT_NE(stage.value(kAttacker), -1);  // dangerous ones stay while there are others
  EXPECT_EQ(stage.risk->stats().entities, 4u);
  EXPECT_EQ(stage.risk->stats().entities_dropped, 2u);
}

TEST(Risk, KeepsTheStrongestClaimsOfAnEntity) {
  Stage stage;
  for (std::size_t i = 0; i < limits::kClaimsPerEntityMax; ++i)
    stage.feed(finding(FindingKind::Anomaly, kJob, node("n" + std::to_string(i)), 50));
  EXPECT_THAT(stage.feed(finding(FindingKind::Anomaly, kJob, node("weak"), 10)), IsEmpty());
  const auto score = stage.feed(finding(FindingKind::Unreachable, kJob, node("strong")));
  ASSERT_EQ(score.size(), 1u);
  EXPECT_EQ(part(score[0], "availability")->reporters, 1u);
  EXPECT_EQ(stage.risk->stats().claims_dropped, 2u);
}

TEST(Risk, CutsALongSummaryBetweenCharacters) {
  Stage stage;
  auto f = burst();
  f.evidence.summary = std::string(159, 'a') + "ü" + std::string(100'000, 'b');
  EXPECT_EQ(part(stage.feed(f)[0], "auth_abuse")->top_evidence, std::string(159, 'a') + "...");
}

TEST(Risk, RefusesSettingsOutOfRange) {
  Settings settings;
  settings.risk.reliability_bps = 10'001;
  EXPECT_EQ(Risk::make(settings).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(Risk::make({}, 0).error().code, ErrorCode::InvalidInput);
}

TEST(Risk, SavesAndLoadsAtTheEndOfTime) {
  Stage stage;
  stage.now = Instant::max();
  stage.feed(burst());
  stage.feed(finding(FindingKind::Silent, kJob, node("controller")));
  stage.feed(Tick{});
  const auto bytes = stage.risk->save();
  const auto loaded = stage.risk->load(bytes);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(stage.risk->save(), bytes);
}

TEST(Risk, RefusesASnapshotThatIsNotItsOwnAndKeepsWhatItHas) {
  Stage stage;
  stage.feed(burst());
  const auto good = stage.risk->save();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(stage.risk->load(good.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(stage.risk->load(good + "x").has_value());
  auto newer = good;
  newer[4] = 2;
  EXPECT_EQ(stage.risk->load(newer).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(stage.risk->save(), good);
  EXPECT_TRUE(stage.risk->load(good).has_value());
  EXPECT_EQ(stage.risk->save(), good);
}

}  // namespace
}  // namespace wardhive
