#include "engine/inbox.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/limits.h"

namespace wardhive {
namespace {

Submission of(Record record) {
  Submission submission;
  submission.records.push_back(std::move(record));
  return submission;
}
Submission samples() {
  Submission submission;
  submission.samples.emplace_back();
  return submission;
}

TEST(Inbox, GivesBackInOrderAndAtLeastOneSubmission) {
  Inbox inbox;
  ASSERT_TRUE(inbox.submit(of(Tick{})));
  Submission big;
  big.records.assign(50, Tick{});
  ASSERT_TRUE(inbox.submit(std::move(big)));
  EXPECT_EQ(inbox.take(seconds(1), 10).size(), 1u);
  EXPECT_EQ(inbox.take(seconds(1), 10).at(0).records.size(), 50u)
      << "larger than the bound, but alone";
  EXPECT_EQ(inbox.depth(), 0u);
}

TEST(Inbox, SamplesGiveWayFirstThenEventsNeverReceiptsOrCommands) {
  Inbox inbox;
  for (std::size_t i = 0; i < limits::kPipelineQueueRecordsMax / 2; ++i)
    ASSERT_TRUE(inbox.submit(of(Event{})));
  EXPECT_EQ(inbox.submit(samples()).error().code, ErrorCode::LimitReached);
  EXPECT_TRUE(inbox.submit(of(Event{})));
  while (inbox.submit(of(Event{}))) {
  }
  EXPECT_TRUE(inbox.submit(of(Receipt{})));
  EXPECT_TRUE(inbox.submit(of(Command{})));
}

TEST(Inbox, FullDiskTurnsAwaySamplesOnly) {
  Inbox inbox;
  inbox.refuse_samples(true);
  EXPECT_EQ(inbox.submit(samples()).error().code, ErrorCode::LimitReached);
  EXPECT_TRUE(inbox.submit(of(Event{})));
  inbox.refuse_samples(false);
  EXPECT_TRUE(inbox.submit(samples()));
}

TEST(Inbox, StopWakesTheTakerAndRefusesLater) {
  Inbox inbox;
  std::jthread taker([&] { EXPECT_TRUE(inbox.take(hours(1), 10).empty()); });
  inbox.stop();
  taker.join();
  EXPECT_EQ(inbox.submit(of(Tick{})).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace wardhive
