// What a pipeline is after a restart. The stages themselves have their own tests, and so has the
// store; whole lives are in tests/scenario.
#include "app/pipeline.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

namespace wardhive {
namespace {

class Restart : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-pipeline-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    settings_.respond.mode = Mode::Enforce;
    settings_.chain.endpoints = {"http://127.0.0.1:1"};
    settings_.chain.program = "11111111111111111111111111111111";
    settings_.chain.sentinel_keys = {"key.json"};
    settings_.server.operators = {"ada", "olu", "eve"};
    settings_.respond.approvals.pause = 2;
    open();
  }
  void TearDown() override {
    pipeline_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  // As after a kill: no snapshot was written.
  void open() {
    pipeline_.reset();
    store_.reset();
    store_ = *Store::open(folder_);
    PipelineHooks hooks;
    hooks.dispatch = [](const Action&, Instant) {};
    hooks.publish = [this](const Committed& committed) {
      for (const auto& [offset, entry] : committed.journal)
        if (const auto* proposal = std::get_if<Proposal>(&entry)) said_[proposal->id] = *proposal;
    };
    pipeline_ = std::move(Pipeline::open(settings_, {}, store_.get(), std::move(hooks)).value());
  }
  void says(const std::string& who, CommandKind kind, ProposalId id = {}) {
    Command command{kind, who, "", {}, {}, Mode::Shadow, "because"};
    command.proposal = id;
    command.act = {.kind = ActKind::Pause, .parts = {"open-lease"}, .lasts = minutes(30)};
    std::vector<Submission> submissions(1);
    submissions[0].records.emplace_back(std::move(command));
    wall_ += seconds(1);
    mono_ += seconds(1);
    pipeline_->pass(std::move(submissions), wall_, mono_);
  }
  const Proposal& newest() const { return said_.rbegin()->second; }

  Path folder_;
  Settings settings_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::map<ProposalId, Proposal> said_;
  Instant wall_ = instant_from_ns(1'800'000'000LL * 1'000'000'000);
  MonoTime mono_{};
};

TEST_F(Restart, WhatWasOrderedStaysOrderedWhateverTheSettingsSayByNow) {
  says("ada", CommandKind::Propose);
  says("olu", CommandKind::Approve, newest().id);
  ASSERT_EQ(newest().state, ProposalState::Ordered);
  const auto order = newest().order;
  settings_.respond.approvals.pause = 3;
  settings_.server.operators = {"olu", "eve", "max"};
  open();
  ASSERT_EQ(pipeline_->standing_orders().size(), 1u);
  EXPECT_EQ(pipeline_->standing_orders()[0].order, order);
  says("eve", CommandKind::Approve, newest().id);
  EXPECT_EQ(pipeline_->standing_orders().size(), 1u);
  EXPECT_EQ(pipeline_->standing_orders()[0].order, order) << "no second order for one proposal";
}

TEST_F(Restart, WhatIsOpenIsNotOrderedByFewerPersonsBeingAskedForNow) {
  says("ada", CommandKind::Propose);
  ASSERT_EQ(newest().state, ProposalState::Open);
  settings_.respond.approvals.pause = 1;
  open();
  EXPECT_TRUE(pipeline_->standing_orders().empty());
  says("olu", CommandKind::Approve, newest().id);
  EXPECT_EQ(pipeline_->standing_orders().size(), 1u);
}

TEST_F(Restart, WhatHasEndedIsNotOpenAgain) {
  says("ada", CommandKind::Propose);
  says("olu", CommandKind::Withdraw, newest().id);
  ASSERT_EQ(newest().state, ProposalState::Withdrawn);
  settings_.server.operators = {"eve", "max"};
  open();
  says("eve", CommandKind::Approve, newest().id);
  EXPECT_EQ(newest().state, ProposalState::Withdrawn);
  EXPECT_TRUE(pipeline_->standing_orders().empty());
}

}  // namespace
}  // namespace wardhive
