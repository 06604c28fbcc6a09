// Where a trial stands, at both sides of each of its ends.
#include "chain/trial.h"

#include <gtest/gtest.h>

namespace wardhive::chain {
namespace {

constexpr std::uint64_t kDay = 86'400;

swarm::Incident accused() {
  swarm::Incident incident{};
  incident.id = 7;
  incident.loss = 10'001;
  incident.category = static_cast<std::uint8_t>(swarm::Category::Misreport);
  incident.node.words[0] = 1;
  incident.deadline = 1'000;
  incident.deadline_slot = 2'000;
  return incident;
}
swarm::Incident in(swarm::IncidentState state) {
  auto incident = accused();
  incident.state = static_cast<std::uint8_t>(state);
  return incident;
}

TEST(Trial, ADeadlineIsOverByBothClocksOnly) {
  const auto open = in(swarm::IncidentState::Open), disputed = in(swarm::IncidentState::Disputed);
  for (const auto& early : {TrialClock{1'000, 9'000}, {9'000, 2'000}, {0, 0}}) {
    EXPECT_EQ(stage_of(open, early), TrialStage::Disputable);
    EXPECT_EQ(stage_of(disputed, early), TrialStage::Disputed);
  }
  EXPECT_EQ(stage_of(open, {1'001, 2'001}), TrialStage::Undisputed);
  EXPECT_EQ(stage_of(disputed, {1'001, 2'001}), TrialStage::Undecided);
  EXPECT_EQ(stage_of(in(swarm::IncidentState::Upheld), {9'000, 9'000}), TrialStage::Upheld);
  EXPECT_EQ(stage_of(in(swarm::IncidentState::Executed), {0, 0}), TrialStage::Executed);
}

TEST(Trial, WhatIsTakenIsSplitToTheUnit) {
  auto incident = accused();
  auto split = split_of(incident);
  EXPECT_EQ(split.tenants, 3'000u);
  EXPECT_EQ(split.comes_back, 5'000u);
  EXPECT_EQ(split.burned, 2'001u);
  incident.category = static_cast<std::uint8_t>(swarm::Category::Fraud);
  split = split_of(incident);
  EXPECT_EQ(split.comes_back, 0u);
  EXPECT_EQ(split.burned, 7'001u);
  incident.node = {};  // nobody to compensate
  EXPECT_EQ(split_of(incident).tenants, 0u);
  EXPECT_EQ(split_of(incident).burned, 10'001u);
}

TEST(Trial, APartComesBackForEachFullDay) {
  auto incident = in(swarm::IncidentState::Executed);
  incident.executed_at = 100 * kDay;
  incident.executed_slot = 5;
  incident.recoverable = 3'000;
  const auto after = [](std::uint64_t seconds) {
    return TrialClock{100 * kDay + seconds, 5 + 3 * seconds};
  };
  EXPECT_EQ(comes_back_now(incident, after(kDay)), 0u);
  EXPECT_EQ(next_part_at(incident, after(kDay)), 101 * kDay + 1);
  EXPECT_EQ(comes_back_now(incident, after(kDay + 1)), 100u);
  EXPECT_EQ(next_part_at(incident, after(kDay + 1)), 102 * kDay + 1);
  incident.recovered = 100;
  EXPECT_EQ(comes_back_now(incident, after(kDay + 1)), 0u);
  EXPECT_EQ(comes_back_now(incident, after(90 * kDay)), 2'900u);
  EXPECT_EQ(next_part_at(incident, after(90 * kDay)), 0u);
}

TEST(Trial, TenantsHaveThirtyDays) {
  auto incident = in(swarm::IncidentState::Executed);
  incident.executed_at = 50;
  incident.executed_slot = 60;
  EXPECT_EQ(tenants_until(incident), 50 + 30 * kDay);
  EXPECT_FALSE(tenants_are_late(incident, {50 + 30 * kDay, 90 * kDay}));
  EXPECT_FALSE(tenants_are_late(incident, {90 * kDay, 60 + 30 * kDay}));
  EXPECT_TRUE(tenants_are_late(incident, {51 + 30 * kDay, 61 + 30 * kDay}));
}

TEST(Trial, CategoriesHaveTheNamesOfTheCommandLine) {
  EXPECT_EQ(category_name(0), "uptime");
  EXPECT_EQ(category_name(swarm::kCategories - 1), "fraud");
  EXPECT_EQ(category_name(swarm::kCategories), "?");
}

}  // namespace
}  // namespace wardhive::chain
