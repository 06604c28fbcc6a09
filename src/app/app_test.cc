#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "app/demo/network.h"
#include "app/demo/scenario.h"
#include "app/demo/witness.h"
#include "app/embedded.h"
#include "app/inventory.h"
#include "app/replay.h"
#include "config/config.h"

namespace wardhive {
namespace {

TEST(Embedded, PlaybooksAndScenarioParse) {
  const auto playbooks = embedded_playbooks();
  ASSERT_TRUE(playbooks) << playbooks.error().message;
  EXPECT_EQ(playbooks->size(), 7u);
  const auto scenario = demo::parse_scenario(embedded_first_light(), "first-light.yaml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_NE(scenario->find("start_attack"), nullptr);
  EXPECT_LE(scenario->contained_within, seconds(60));
}

TEST(Demo, ControllersConfigurationIsOneThatUpTakes) {
  const auto settings = parse_settings(demo::controller_configuration(), "wardhive.toml");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->respond.mode, Mode::Enforce);
  EXPECT_EQ(settings->nodes.size(), 6u);
}

TEST(Scenario, MistakesAreNamedWithTheirLine) {
  const auto problem = [](std::string_view yaml) {
    return demo::parse_scenario(yaml, "x.yaml").error().message;
  };
  const std::string head = "scenario: s\ncontained_within: 1s\nrestored_within: 1s\nsteps:\n";
  EXPECT_EQ(problem(head + "  - {at: 0s, do: explode}\n"), "x.yaml:5: unknown action `explode`");
  EXPECT_EQ(problem(head + "  - {at: 0s, do: mend_job}\n"),
            "x.yaml:5: mend_job needs `with: {node: ...}`");
  EXPECT_EQ(problem(head + "  - {at: 2s, do: start_client}\n  - {at: 1s, do: start_client}\n"),
            "x.yaml:6: steps must stand in the order of their times");
  EXPECT_EQ(problem(head + "  - {at: 0s, from: restored, do: start_client}\n"),
            "x.yaml:5: `from: restored` needs a break_job and a mend_job before it");
  EXPECT_EQ(problem(head + "  - {at: 0s, do: lose_job, with: {node: job-5}}\n"),
            "x.yaml:5: lose_job needs the scenario's `isolated_within`");
  EXPECT_EQ(problem(head + "  - {at: 0s, needs: luck, do: start_client}\n"),
            "x.yaml:5: `needs: luck`; only `chain` is known");
  EXPECT_NE(problem("scenario: s\nscenario: t\n").find("stands twice"), std::string::npos);
  EXPECT_NE(problem("scenario: [").find("x.yaml:"), std::string::npos);
}

TEST(Scenario, WithoutAChainItsStepsAreLeftOut) {
  auto scenario = demo::parse_scenario(embedded_first_light(), "first-light.yaml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_NE(scenario->find("lose_job"), nullptr);
  const auto all = scenario->steps.size();
  EXPECT_EQ(scenario->leave_chain_out(), 2u);
  EXPECT_EQ(scenario->steps.size(), all - 2);
  EXPECT_EQ(scenario->find("lose_job"), nullptr);
  EXPECT_EQ(scenario->find("break_job")->with.at("node"), "job-4");
}

TEST(Witness, FindsTheBanWhateverTheNesting) {
  const auto* json =
      R"({"nftables":[{"set":{"elem":[{"elem":{"val":"203.0.113.66","timeout":600,"expires":597,"counter":{"packets":12,"bytes":720}}}]}}]})";
  const auto ban = demo::find_ban(json, "203.0.113.66");
  ASSERT_TRUE(ban);
  EXPECT_EQ(ban->expires_s, 597u);
  EXPECT_EQ(ban->dropped_packets, 12u);
  EXPECT_FALSE(demo::find_ban(json, "203.0.113.6"));
  EXPECT_FALSE(demo::find_ban("not json", "203.0.113.66"));
}

Settings three_nodes() {
  Settings settings;
  for (const auto* name : {"a", "b", "c", "d"})
    settings.nodes[name].probe_url = "http://192.0.2.1/";
  return settings;
}
Event hello(const char* controls, const char* addresses) {
  Event event;
  event.kind = EventKind::AgentStarted;
  event.attributes = {{"controls", controls}, {"addresses", addresses}};
  return event;
}

TEST(Inventory, EveryNodeIsProbedByTheControllerAndTwoPeersNeverByItself) {
  InventoryKeeper keeper(three_nodes(), "controller", {});
  for (const auto* name : {"a", "b", "c", "d"}) keeper.agent_started(name, hello("nftables", ""));
  EXPECT_EQ(keeper.probes_of("controller").size(), 4u);
  std::map<std::string, int> looked_at;
  for (const auto* name : {"a", "b", "c", "d"})
    for (const auto& target : keeper.probes_of(name)) {
      EXPECT_NE(target.node, name);
      ++looked_at[target.node];
    }
  for (const auto* name : {"a", "b", "c", "d"}) EXPECT_EQ(looked_at[name], 2) << name;
}

TEST(Inventory, AgentsSayWhatTheyCanAndLoopbackIsNobodysAddress) {
  InventoryKeeper keeper(three_nodes(), "controller", {"192.0.2.254"});
  keeper.agent_started("a", hello("haproxy,nftables", "192.0.2.11,127.0.0.1,nonsense"));
  const auto inventory = keeper.compose();
  const auto a = std::ranges::find(inventory.nodes, "a", &NodeInfo::name);
  ASSERT_NE(a, inventory.nodes.end());
  EXPECT_EQ(a->controls, (std::vector<std::string>{"haproxy", "nftables"}));
  EXPECT_EQ(a->addresses, std::vector<std::string>{"192.0.2.11"});
  const auto self = std::ranges::find(inventory.nodes, "controller", &NodeInfo::name);
  ASSERT_NE(self, inventory.nodes.end());
  EXPECT_FALSE(self->acts) << "the controller's own host is never drained";
  EXPECT_NE(std::ranges::find(inventory.never_touch, "192.0.2.254"), inventory.never_touch.end());
}

// A restarted controller must not hold every ban until each agent has said hello again.
TEST(Inventory, WhatAgentsCanSurvivesARestart) {
  InventoryKeeper before(three_nodes(), "controller", {});
  before.agent_started("a", hello("nftables", "192.0.2.11"));
  InventoryKeeper after(three_nodes(), "controller", {});
  after.remember(before.compose());
  const auto inventory = after.compose();
  EXPECT_EQ(std::ranges::find(inventory.nodes, "a", &NodeInfo::name)->controls,
            std::vector<std::string>{"nftables"});
}

class ReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-replay-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  Result<ReplaySummary> run(const ReplayOptions& options) {
    lines_.clear();
    return replay(
        Settings{}, options, [&](const std::string& line) { lines_.push_back(line); },
        [](double) {});
  }
  Path directory_;
  std::vector<std::string> lines_;
};

TEST_F(ReplayTest, ABurstInALogIsADecisionInShadow) {
  ReplayOptions options;
  options.logs = true;
  options.year = 2026;
  options.file = directory_ / "auth.log";
  std::ofstream log(options.file);
  for (int i = 0; i < 6; ++i)
    log << "Nov 22 16:40:0" << i << " job-1 sshd[" << 100 + i
        << "]: Failed password for root from 203.0.113.66 port " << 4000 + i << " ssh2\n";
  log.close();
  const auto summary = run(options);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->used, 6u);
  EXPECT_GE(summary->findings, 1u);
  const auto decision = std::ranges::find_if(lines_, [](const std::string& l) {
    return l.find(R"("type":"decision")") != std::string::npos;
  });
  ASSERT_NE(decision, lines_.end());
  EXPECT_NE(decision->find(R"("state":"shadow")"), std::string::npos);
}

TEST_F(ReplayTest, ScoresAreOneLinePerRowAndCausal) {
  ReplayOptions options;
  options.scores = true;
  options.file = directory_ / "series.csv";
  const auto write = [&](int rows) {
    std::ofstream csv(options.file);
    csv << "timestamp,value\n";
    for (int i = 0; i < rows; ++i)
      csv << 1'700'000'000 + i * 300 << "," << (i == 150 ? 500 : i % 7) << "\n";
  };
  write(200);
  ASSERT_TRUE(run(options));
  ASSERT_EQ(lines_.size(), 200u);
  const auto whole = lines_;
  write(160);
  ASSERT_TRUE(run(options));
  ASSERT_EQ(lines_.size(), 160u);
  EXPECT_TRUE(std::equal(lines_.begin(), lines_.end(), whole.begin()))
      << "what comes later must not change what was said";
}

}  // namespace
}  // namespace wardhive
