#include "store/store.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/bytes.h"
#include "store/impl/test_store.h"

namespace wardhive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::uint64_t> offsets(const Store& store, std::uint64_t from = 0) {
  std::vector<std::uint64_t> found;
  EXPECT_TRUE(store.scan_log(from, [&](const LogEntry& entry) {
    found.push_back(entry.offset);
    return true;
  }));
  return found;
}
std::vector<std::string> bodies(const Store& store, const JournalQuery& query) {
  std::vector<std::string> found;
  for (const auto& row : store.journal(query).value()) found.push_back(row.body);
  return found;
}

TEST_F(StoreTest, NewStoreIsEmptyAndPrivate) {
  const auto& store = open();
  EXPECT_EQ(store.next_offset(), 1u);
  EXPECT_EQ(*store.first_offset(), 1u);
  EXPECT_EQ(store.last_stamp(), Instant{});
  EXPECT_TRUE(offsets(store).empty());
  EXPECT_EQ(store.verify_audit(nullptr)->records, 0u);
  for (const auto& file : std::filesystem::directory_iterator(directory_))
    EXPECT_EQ(file.status().permissions(), std::filesystem::perms(0600)) << file.path();
}

TEST_F(StoreTest, WhatWasCommittedIsThereAfterReopening) {
  const std::string bytes("\0binary\xff\0", 9);
  ASSERT_TRUE(open().commit({.log = {samples(1, bytes), control(2, "event", "{\"a\":1}")},
                             .journal = {row(2, 0, "incident", "inc-2", "{}"),
                                         row(2, 1, "score", "node/a", "{\"v\":1}")}}));
  const auto& store = open();
  EXPECT_EQ(store.next_offset(), 3u);
  EXPECT_EQ(store.last_stamp(), Instant{} + seconds(2));
  std::vector<LogEntry> log;
  ASSERT_TRUE(store.scan_log(0, [&](const LogEntry& entry) {
    log.push_back(entry);
    return true;
  }));
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[0].stream, LogStream::Samples);
  EXPECT_EQ(log[0].body, bytes);
  EXPECT_EQ(log[1].kind, "event");
  EXPECT_EQ(log[1].at, Instant{} + seconds(2));
  EXPECT_THAT(bodies(store, {.kind = "score"}), ElementsAre("{\"v\":1}"));
}

TEST_F(StoreTest, CommitThatDoesNotRiseIsRefusedWhole) {
  auto& store = open();
  fill(store, 1, 3);
  const auto refused = [&](const Commit& commit) {
    const auto status = store.commit(commit);
    EXPECT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::InvalidInput) << status.error().message;
  };
  refused(step(3));
  refused({.log = {control(4), control(4)}, .journal = {}});
  refused({.log = {control(4)},
           .journal = {row(4, 1, "decision", "d", "{}"), row(4, 0, "decision", "d", "{}")}});
  refused({.log = {control(4)}, .journal = {row(5, 0, "decision", "d", "{}")}});
  auto earlier = control(4);
  earlier.at = Instant{};
  refused({.log = {earlier}, .journal = {}});
  refused({.log = {control(4), control(5, "command", "no json")}, .journal = {}});
  EXPECT_THAT(offsets(store), ElementsAre(1, 2, 3));
  EXPECT_EQ(store.next_offset(), 4u);
  EXPECT_EQ(store.verify_audit(nullptr)->records, 3u);
  fill(store, 4, 4);
  EXPECT_EQ(store.verify_audit(nullptr)->records, 4u);
}

// More than one read snapshot's worth, with a gap.
TEST_F(StoreTest, ScanMeetsEachEntryOnceInOrder) {
  auto& store = open();
  Commit commit;
  for (std::uint64_t offset = 1; offset <= 2'500; ++offset)
    if (offset != 1'500) commit.log.push_back(control(offset));
  ASSERT_TRUE(store.commit(commit));
  const auto found = offsets(store, 400);
  ASSERT_EQ(found.size(), 2'100u);
  EXPECT_EQ(found.front(), 400u);
  EXPECT_EQ(found.back(), 2'500u);
  EXPECT_TRUE(std::ranges::is_sorted(found));
  std::size_t visited = 0;
  ASSERT_TRUE(store.scan_log(0, [&](const LogEntry&) { return ++visited < 10; }));
  EXPECT_EQ(visited, 10u);
}

TEST_F(StoreTest, TrimKeepsWhatIsAboveAndTheNewestEntry) {
  auto& store = open();
  fill(store, 1, 5);
  ASSERT_TRUE(store.trim_log(4));
  EXPECT_THAT(offsets(store), ElementsAre(4, 5));
  EXPECT_EQ(*store.first_offset(), 4u);
  ASSERT_TRUE(store.trim_log(100));
  EXPECT_THAT(offsets(store), ElementsAre(5));
  EXPECT_EQ(open().next_offset(), 6u);
  EXPECT_EQ(store_->journal({.kind = "decision"})->size(), 5u);
  EXPECT_EQ(store_->verify_audit(nullptr)->records, 5u);
}

class JournalTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(open().commit(
        {.log = {control(1), control(2), control(3)},
         .journal = {row(1, 0, "incident", "inc-1", "a1"), row(1, 1, "incident", "inc-2", "b1"),
                     row(2, 0, "decision", "inc-1", "other kind"),
                     row(2, 1, "incident", "inc-1", "a2"), row(3, 0, "incident", "inc-3", "c1"),
                     row(3, 1, "incident", "inc-4", "d1")}}));
  }
};

TEST_F(JournalTest, NewestRowOfAnIdIsItsState) {
  EXPECT_THAT(bodies(*store_, {.kind = "incident"}), ElementsAre("d1", "c1", "a2", "b1"));
  EXPECT_THAT(bodies(*store_, {.kind = "incident", .id = "inc-1"}), ElementsAre("a2"));
  EXPECT_THAT(bodies(*store_, {.kind = "incident", .id = "inc-9"}), ElementsAre());
  EXPECT_THAT(bodies(*store_, {.kind = "notice"}), ElementsAre());
}

TEST_F(JournalTest, PastOfAnIdAndOfAKindCanBeRead) {
  EXPECT_THAT(bodies(*store_, {.kind = "incident", .id = "inc-1", .newest_per_id = false}),
              ElementsAre("a2", "a1"));
  EXPECT_THAT(bodies(*store_, {.kind = "incident", .newest_per_id = false}),
              ElementsAre("d1", "c1", "a2", "b1", "a1"));
}

// Pages cut one offset's rows in two; no row is met twice or missed, and no past state shows up.
TEST_F(JournalTest, PagesJoinWithoutGap) {
  JournalQuery query{.kind = "incident", .limit = 1};
  std::vector<std::string> found;
  for (;;) {
    const auto page = store_->journal(query).value();
    if (page.empty()) break;
    found.push_back(page[0].body);
    query.before_offset = page[0].offset;
    query.before_index = page[0].index;
  }
  EXPECT_THAT(found, ElementsAre("d1", "c1", "a2", "b1"));
}

TEST_F(StoreTest, AcknowledgedNumberRisesWithItsRecordOnly) {
  auto& store = open();
  ASSERT_TRUE(store.put_agent({.node = "job-1",
                               .token_hash = "aa",
                               .last_sequence = 0,
                               .enrolled_at = Instant{} + seconds(9)}));
  ASSERT_TRUE(store.commit(step(1), {{"job-1", 7}, {"removed-meanwhile", 3}}));
  EXPECT_EQ(store.agents()->at(0).last_sequence, 7u);
  ASSERT_TRUE(store.commit(step(2), {{"job-1", 5}}));
  EXPECT_EQ(store.agents()->at(0).last_sequence, 7u);
  EXPECT_FALSE(store.commit(step(2), {{"job-1", 8}}));
  const auto agents = open().agents().value();
  ASSERT_EQ(agents.size(), 1u);
  EXPECT_EQ(agents[0].last_sequence, 7u);
  EXPECT_EQ(agents[0].token_hash, "aa");
  EXPECT_EQ(agents[0].enrolled_at, Instant{} + seconds(9));
}

TEST_F(StoreTest, AgentsAndValuesAreReplacedAndRemoved) {
  auto& store = open();
  ASSERT_TRUE(
      store.put_agent({.node = "b", .token_hash = "1", .last_sequence = 0, .enrolled_at = {}}));
  ASSERT_TRUE(
      store.put_agent({.node = "a", .token_hash = "2", .last_sequence = 0, .enrolled_at = {}}));
  ASSERT_TRUE(
      store.put_agent({.node = "b", .token_hash = "3", .last_sequence = 4, .enrolled_at = {}}));
  ASSERT_EQ(store.agents()->size(), 2u);
  EXPECT_EQ(store.agents()->at(1).token_hash, "3");
  ASSERT_TRUE(store.remove_agent("b"));
  EXPECT_EQ(store.remove_agent("b").error().code, ErrorCode::NotFound);
  EXPECT_EQ(store.agents()->size(), 1u);

  EXPECT_EQ(store.value("mode")->has_value(), false);
  ASSERT_TRUE(store.put_value("mode", "shadow"));
  ASSERT_TRUE(store.put_value("mode", "enforce"));
  ASSERT_TRUE(store.put_value("empty", ""));
  EXPECT_EQ(open().value("mode").value(), "enforce");
  EXPECT_EQ(store_->value("empty").value(), "");
}

// Readers on several threads never see a part of a commit, while the writer is busy.
TEST_F(StoreTest, ReadersSeeWholeCommitsOnly) {
  auto& store = open();
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, failed = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 12; ++i)
    readers.emplace_back([&, i] {  // more than there are read connections
      do {
        const auto rows =
            store.journal({.kind = i % 2 ? "incident" : "decision", .newest_per_id = false});
        if (!rows)
          ++failed;
        else if (rows->size() % 2 != 0)
          ++torn;
        if (!store.value("turn") || store.next_offset() == 0) ++failed;
        if (i == 0 && !store.verify_audit(nullptr)) ++failed;
      } while (!done);
    });
  for (std::uint64_t offset = 1; offset <= 40; ++offset) {
    ASSERT_TRUE(store.commit(
        {.log = {control(offset)},
         .journal = {row(offset, 0, "incident", "inc-1", "{}"),
                     row(offset, 1, "decision", "a", "{}"), row(offset, 2, "decision", "b", "{}"),
                     row(offset, 3, "incident", "inc-2", "{}")}}));
    ASSERT_TRUE(store.put_value("turn", fmt::format("{}", offset)));
    if (offset % 10 == 0) ASSERT_TRUE(store.trim_log(offset));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(failed, 0);
  EXPECT_GT(store.bytes_on_disk(), 10'000u);
}

}  // namespace
}  // namespace wardhive
