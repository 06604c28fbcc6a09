#include <gtest/gtest.h>

#include "base/limits.h"
#include "model/desired.h"
#include "model/journal.h"
#include "model/record.h"
#include "model/sample.h"

namespace wardhive {
namespace {

TEST(Entity, HasOneSpelling) {
  EXPECT_EQ(Entity::parse("address/::ffff:192.0.2.7")->text(), "address/192.0.2.7");
  EXPECT_EQ(Entity::parse("node/job-1")->text(), "node/job-1");
  for (const auto* text : {"job-1", "node/", "node/a b", "node/../x", "address/host", "thing/x"})
    EXPECT_FALSE(Entity::parse(text)) << text;
}

TEST(Series, IdFollowsFromTheLabelsAlone) {
  const auto a = *canonical_labels({{"b", "2"}, {"a", "1"}, {"empty", ""}});
  const auto b = *canonical_labels({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(series_id(a), series_id(b));
  EXPECT_NE(series_id(*canonical_labels({{"a", "1b"}, {"c", "2"}})),
            series_id(*canonical_labels({{"a", "1"}, {"bc", "2"}})));
  EXPECT_EQ(format_series(*canonical_labels({{"__name__", "up"}, {"job", "x"}})), "up{job=\"x\"}");
}

TEST(Series, LooksAtNodesAreOnlyForVantages) {
  EXPECT_TRUE(only_vantages_say("probe_success") && only_vantages_say("gateway_requests_total"));
  EXPECT_FALSE(only_vantages_say("up") || only_vantages_say("node_load1"));
}

TEST(Series, RefusesRepeatedAndTooManyLabels) {
  EXPECT_EQ(canonical_labels({{"a", "1"}, {"a", "2"}}).error().code, ErrorCode::InvalidInput);
  Labels many;
  for (std::size_t i = 0; i <= limits::kLabelsPerSeriesMax; ++i)
    many.emplace_back("l" + std::to_string(i), "v");
  EXPECT_EQ(canonical_labels(many).error().code, ErrorCode::LimitReached);
}

SampleBatch sample_batch() {
  SeriesDefined series{{}, *canonical_labels({{"__name__", "up"}, {"job", "x"}}), node("job-1")};
  series.id = series_id(series.labels);
  return {{series}, {{series.id, instant_from_ns(5), 1.5}, {series.id, instant_from_ns(6), -0.0}}};
}

TEST(Samples, ReadBackWhatWasWritten) {
  EXPECT_EQ(*decode_samples(encode_samples(sample_batch())), sample_batch());
}

TEST(Samples, AnyCutOrLongerInputIsCorrupt) {
  const auto bytes = encode_samples(sample_batch());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_EQ(decode_samples(std::string_view(bytes).substr(0, length)).error().code,
              ErrorCode::Corrupt)
        << length;
  EXPECT_FALSE(decode_samples(bytes + "x"));
}

TEST(Record, EveryKindReadsBack) {
  Finding finding{FindingKind::AuthFailureBurst,
                  FindingPhase::Raised,
                  address("203.0.113.66"),
                  node("job-1"),
                  90,
                  instant_from_ns(7),
                  instant_from_ns(3),
                  {}};
  finding.evidence.inputs.push_back({instant_from_ns(3), "Failed password", "00"});
  Receipt receipt{{4, 1}, node("gw-1"), Outcome::Applied,   true,     3,
                  1,      250,          instant_from_ns(9), "share 0"};
  const std::array<Record, 9> records{
      Tick{},
      Event{EventKind::AuthFailed,
            address("203.0.113.66"),
            node("job-1"),
            instant_from_ns(1),
            {{"user", "root"}}},
      finding,
      Health{node("job-1"), node("gw-1"), instant_from_ns(2), instant_from_ns(1), 5, 1, 40, 250,
             12'000, true},
      Inventory{{{"job-1", "gpu", {"192.0.2.11"}, {"nftables"}, {}, true}}, {"127.0.0.0/8"}, {}},
      receipt,
      Command{CommandKind::Revert, "olu", "k1", {9, 0}, {}, Mode::Shadow, "mistake"},
      ConfigChanged{"d", "demo"},
      ClockJumped{seconds(-300)}};
  for (const auto& record : records) {
    const auto json = encode_record(record);
    const auto again = decode_record(record_kind(record), json);
    ASSERT_TRUE(again) << json << again.error().message;
    EXPECT_EQ(again->index(), record.index());
    EXPECT_EQ(encode_record(*again), json);
  }
}

TEST(Record, RefusesUnknownKindsAndHugeBodies) {
  EXPECT_EQ(decode_record("gossip", "{}").error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(decode_record("finding", R"({"strength":300})").error().message,
            "strength: expected a number within range");
  EXPECT_EQ(decode_record("tick", std::string(limits::kRecordBytesMax + 1, ' ')).error().code,
            ErrorCode::LimitReached);
}

ChainAct pause_of(std::vector<std::string> parts, Duration lasts) {
  return {.kind = ActKind::Pause, .parts = std::move(parts), .lasts = lasts};
}

TEST(ChainAct, OneThatCannotBeMeantIsRefusedByField) {
  const ChainAct release{.target = node("job-1"), .incident = 7};
  EXPECT_TRUE(check_act(release));
  auto bad = release;
  bad.incident = 0;
  EXPECT_TRUE(check_act(bad).error().message.starts_with("incident: "));
  bad = release;
  bad.target = address("192.0.2.1");
  EXPECT_TRUE(check_act(bad).error().message.starts_with("target: "));

  const ChainAct accuse{.kind = ActKind::OpenIncident,
                        .target = node("job-1"),
                        .category = "fraud",
                        .claim_bps = 5'000,
                        .evidence = std::string(64, 'a')};
  EXPECT_TRUE(check_act(accuse));
  bad = accuse;
  bad.category = "rudeness";
  EXPECT_EQ(
      check_act(bad).error().message,
      "category: found \"rudeness\", expected uptime, sla-breach, misreport, negligence, fraud");
  bad = accuse;
  bad.claim_bps = 10'001;
  EXPECT_TRUE(check_act(bad).error().message.starts_with("claim_bps: "));
  bad = accuse;
  bad.evidence.back() = 'A';  // one spelling
  EXPECT_TRUE(check_act(bad).error().message.starts_with("evidence: "));

  EXPECT_TRUE(check_act(pause_of({"open-lease", "nodes"}, hours(1))));
  EXPECT_TRUE(check_act(pause_of({"withdraw"}, hours(1))).error().message.contains("guardians"));
  EXPECT_TRUE(check_act(pause_of({}, hours(1))).error().message.starts_with("parts: "));
  EXPECT_TRUE(check_act(pause_of({"nodes"}, seconds(59))).error().message.starts_with("lasts: "));
  EXPECT_TRUE(check_act(pause_of({"nodes"}, hours(2))).error().message.starts_with("lasts: "));
  EXPECT_TRUE(
      check_act(pause_of({"nodes"}, millis(90'500))).error().message.starts_with("lasts: "));
}

TEST(ChainAct, IsSaidInWords) {
  EXPECT_EQ(words_of({.target = node("job-1"), .incident = 7}), "release job-1 from quarantine 7");
  EXPECT_EQ(words_of(pause_of({"nodes", "claim"}, minutes(30))), "pause nodes, claim for 30m");
}

TEST(Journal, ProposalReadsBack) {
  Proposal proposal{.id = {9, 0},
                    .act = pause_of({"nodes"}, minutes(5)),
                    .reason = "a burst",
                    .approvals = {{"ada", instant_from_ns(5)}},
                    .needed = 2,
                    .state = ProposalState::Ordered,
                    .order = {11, 0}};
  EXPECT_EQ(to_json(*from_json<Proposal>(to_json(proposal))), to_json(proposal));
}

TEST(Journal, DecisionReadsBack) {
  Decision decision;
  decision.id = {12, 0};
  decision.target = node("job-1");
  decision.score.until_below = instant_from_ns(1'000);
  decision.rails = {{"capacity", true, "1 of 1"}};
  EXPECT_EQ(to_json(*from_json<Decision>(to_json(decision))), to_json(decision));
  EXPECT_EQ(journal_kind(JournalEntry(decision)), "decision");
}

}  // namespace
}  // namespace wardhive
