#include "respond/playbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace wardhive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string shipped(const std::string& name) {
  std::ifstream in(std::string(WARDHIVE_SOURCE_DIR) + "/packs/playbooks/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::string kGood =
    "name: a\n"
    "version: 1\n"
    "severity: attack\n"
    "trigger:\n"
    "  kind: auth_failure_burst\n"
    "steps:\n"
    "  - do: ban_address\n"
    "    on: reporter\n"
    "recovery: expire\n";

// The good one with a part of it replaced.
std::string with(const std::string& old_text, const std::string& new_text) {
  auto yaml = kGood;
  const auto at = yaml.find(old_text);
  EXPECT_NE(at, std::string::npos);
  return yaml.replace(at, old_text.size(), new_text);
}

std::string refusal(const std::string& yaml) {
  const auto book = parse_playbook(yaml, "p.yaml");
  EXPECT_FALSE(book.has_value()) << yaml;
  return book ? "" : book.error().message;
}

TEST(Playbook, ShippedOnesSayWhatTheyDo) {
  const auto brute = parse_playbook(shipped("brute-force.yaml"), "brute-force.yaml");
  ASSERT_TRUE(brute.has_value()) << brute.error().message;
  EXPECT_THAT(brute->kinds, ElementsAre(FindingKind::AuthFailureBurst));
  EXPECT_EQ(brute->steps.front().verb, Verb::BanAddress);
  EXPECT_EQ(brute->steps.front().on, PlaybookScope::Reporter);
  EXPECT_EQ(brute->recovery, Recovery::Expire);

  const auto bad = parse_playbook(shipped("bad-node.yaml"), "bad-node.yaml");
  ASSERT_TRUE(bad.has_value()) << bad.error().message;
  EXPECT_THAT(bad->kinds, ElementsAre(FindingKind::Silent, FindingKind::Unreachable,
                                      FindingKind::LatencyShift, FindingKind::ErrorRateShift));
  EXPECT_EQ(bad->steps.front().verb, Verb::DrainNode);
  EXPECT_EQ(bad->hold, seconds(1));
  EXPECT_EQ(bad->recovery, Recovery::Staged);
  EXPECT_NE(bad->digest, brute->digest);
}

TEST(Playbook, RefusesARepeatedKeyWithItsLine) {
  EXPECT_EQ(refusal(with("severity: attack\n", "severity: attack\nname: b\n")),
            "p.yaml:4: key \"name\" stands twice in playbook");
  EXPECT_THAT(
      refusal(with("  kind: auth_failure_burst\n", "  kind: auth_failure_burst\n  kind: silent\n")),
      StartsWith("p.yaml:6: key \"kind\" stands twice"));
}

TEST(Playbook, RefusesAnUnknownKeyAndNamesTheKnownOnes) {
  EXPECT_EQ(refusal(with("    on: reporter\n", "    on: reporter\n    when: 'score > 3'\n")),
            "p.yaml:9: unknown key \"when\" in step; known: do, on");
}

TEST(Playbook, RefusesAnAbsentKey) {
  EXPECT_THAT(refusal(with("recovery: expire\n", "")), HasSubstr("no key \"recovery\""));
  EXPECT_THAT(refusal(with("  kind: auth_failure_burst\n", "  min_score: 5\n")),
              HasSubstr("no key \"kind\""));
  EXPECT_THAT(refusal(with("    on: reporter\n", "")), HasSubstr("ban_address needs \"on\""));
}

TEST(Playbook, RefusesAVerbThatDoesNotFitItsTrigger) {
  EXPECT_THAT(refusal(with("kind: auth_failure_burst", "kind: silent")),
              HasSubstr("ban_address needs a finding about an address"));
  EXPECT_THAT(
      refusal(with("do: ban_address\n    on: reporter", "do: drain_node\n    on: gateways")),
      HasSubstr("drain_node needs a finding about a node"));
  EXPECT_THAT(refusal(with("on: reporter", "on: gateways")), HasSubstr("reporter or fleet"));
  EXPECT_THAT(
      refusal(with("do: ban_address\n    on: reporter", "do: set_node_share\n    on: gateways")),
      HasSubstr("set_node_share is no step"));
}

TEST(Playbook, RefusesARecoveryThatDoesNotFit) {
  EXPECT_THAT(refusal(with("recovery: expire", "recovery: staged")),
              HasSubstr("staged needs a step drain_node"));
  EXPECT_THAT(refusal("name: a\nversion: 1\nseverity: breach\ntrigger: {kind: silent}\n"
                      "steps: [{do: drain_node, on: gateways}]\nrecovery: expire\n"),
              HasSubstr("needs recovery: staged"));
}

TEST(Playbook, RefusesValuesOutOfRange) {
  EXPECT_THAT(refusal(with("version: 1", "version: 0")), HasSubstr("p.yaml:2: version is 0"));
  EXPECT_THAT(refusal(with("attack", "terrible")),
              HasSubstr("severity \"terrible\" is not one of"));
  EXPECT_THAT(refusal(with("  kind:", "  for: 2h\n  kind:")), HasSubstr("for is 2h"));
  EXPECT_THAT(refusal(with("  kind:", "  min_score: 101\n  kind:")), HasSubstr("min_score is 101"));
  EXPECT_THAT(refusal(with("name: a", "name: a b")), HasSubstr("name must be"));
}

TEST(Playbook, RefusesWhatIsNoYamlOrMoreThanOne) {
  EXPECT_THAT(refusal("name: [a\n"), StartsWith("p.yaml:"));
  EXPECT_THAT(refusal(""), HasSubstr("p.yaml:1:"));
  EXPECT_THAT(refusal(kGood + "---\n" + kGood), HasSubstr("more follows the first document"));
  EXPECT_THAT(refusal(kGood + "}\n"), StartsWith("p.yaml:"));
  EXPECT_THAT(refusal(","), StartsWith("p.yaml:"));
  EXPECT_THAT(refusal(std::string(100'000, ' ')), HasSubstr("at most"));
  EXPECT_THAT(refusal(std::string(20'000, '[')), StartsWith("p.yaml:"));
}

TEST(Playbook, RefusesASecondContainingStep) {
  EXPECT_THAT(refusal(with("recovery", "  - do: ban_address\n    on: fleet\nrecovery")),
              HasSubstr("second containing step"));
}

TEST(Playbook, DeadlinesAreTheMissions) {
  EXPECT_EQ(deadline_of("attack"), seconds(30));
  EXPECT_EQ(deadline_of("breach"), minutes(1));
  EXPECT_EQ(deadline_of("policy"), minutes(5));
  EXPECT_EQ(deadline_of("suspicious"), minutes(15));
}

}  // namespace
}  // namespace wardhive
