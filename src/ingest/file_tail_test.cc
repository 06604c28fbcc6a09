#include "ingest/file_tail.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>

#include "base/limits.h"
#include "base/metrics.h"
#include "ingest/impl/test_directory.h"

namespace wardhive {
namespace {

using Lines = std::vector<std::string>;

class Tail : public ::testing::Test {
 protected:
  void open(bool from_start = false, const Path& position = {}) {
    tail_ = *FileTail::open(directory_ / "log", position, from_start);
  }
  Lines read() {
    Lines lines;
    EXPECT_TRUE(tail_->read([&](std::string_view line) { lines.emplace_back(line); }));
    return lines;
  }
  void rotate() { std::filesystem::rename(directory_ / "log", directory_ / "log.1"); }

  testing::TestDirectory directory_;
  std::unique_ptr<FileTail> tail_;
};

TEST_F(Tail, StartsAtTheEndUnlessToldOtherwise) {
  directory_.write("log", "old\n");
  open();
  directory_.append("log", "new\nnewer\n");
  EXPECT_EQ(read(), (Lines{"new", "newer"}));
  EXPECT_EQ(read(), Lines{}) << "each line once";
  open(true);
  EXPECT_EQ(read(), (Lines{"old", "new", "newer"}));
}

TEST_F(Tail, WakesWhenSomethingWasWritten) {
  directory_.write("log", "");
  open();
  pollfd polled{tail_->fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&polled, 1, 0), 0);
  directory_.append("log", "new\n");
  EXPECT_EQ(::poll(&polled, 1, 10'000), 1);
  EXPECT_EQ(read(), Lines{"new"});
  EXPECT_EQ(::poll(&polled, 1, 0), 0) << "what was read wakes nobody again";
}

TEST_F(Tail, APartialLineWaitsForItsEnd) {
  directory_.write("log", "");
  open();
  directory_.append("log", "be");
  EXPECT_EQ(read(), Lines{});
  directory_.append("log", "gun\nnext");
  EXPECT_EQ(read(), Lines{"begun"});
}

TEST_F(Tail, RotationByRenameLosesAndRepeatsNothing) {
  directory_.write("log", "");
  open();
  directory_.append("log", "before\n");
  rotate();
  directory_.append("log.1", "late writer\n");
  directory_.write("log", "after\n");
  EXPECT_EQ(read(), (Lines{"before", "late writer", "after"}));
  rotate();
  EXPECT_EQ(read(), Lines{}) << "no file for a while";
  directory_.write("log", "again\n");
  EXPECT_EQ(read(), Lines{"again"});
}

TEST_F(Tail, CutToNothingIsReadFromItsStart) {
  directory_.write("log", "");
  open();
  directory_.append("log", "a longer line\nand a part");
  EXPECT_EQ(read(), Lines{"a longer line"});
  directory_.write("log", "short\n");
  EXPECT_EQ(read(), Lines{"short"});
}

TEST_F(Tail, AnAbsentFileIsReadFromItsStartOnceItIsThere) {
  open();
  EXPECT_EQ(read(), Lines{});
  directory_.write("log", "first\n");
  EXPECT_EQ(read(), Lines{"first"});
  EXPECT_FALSE(FileTail::open(directory_ / "no/such/directory/log", {}, false));
}

TEST_F(Tail, ARestartGoesOnWhereItWas) {
  const auto position = directory_ / "position";
  directory_.write("log", "old\n");
  open(false, position);
  directory_.append("log", "read\npart");
  EXPECT_EQ(read(), Lines{"read"});
  tail_.reset();
  directory_.append("log", "ly\nmissed\n");
  open(false, position);
  EXPECT_EQ(read(), (Lines{"partly", "missed"}));
  open(false, position);
  EXPECT_EQ(read(), Lines{}) << "each line once";
}

TEST_F(Tail, ARestartAfterRotationReadsTheNewFileFromItsStart) {
  const auto position = directory_ / "position";
  directory_.write("log", "");
  open(false, position);
  directory_.append("log", "read\n");
  EXPECT_EQ(read(), Lines{"read"});
  tail_.reset();
  rotate();
  directory_.write("log", "new file\n");
  open(false, position);
  EXPECT_EQ(read(), Lines{"new file"});
}

TEST_F(Tail, ABrokenPositionStartsAtTheEnd) {
  const auto position = directory_.write("position", "{\"inode\":");
  directory_.write("log", "old\n");
  open(false, position);
  directory_.append("log", "new\n");
  EXPECT_EQ(read(), Lines{"new"});
}

TEST_F(Tail, ALongLineIsCutAndCountedOnce) {
  auto& cut = metrics().counter("ingest_lines_cut_total", "log lines longer than is read");
  const auto before = cut.value();
  const std::string most(limits::kLogLineBytesMax, 'a');
  directory_.write("log", "");
  open();
  directory_.append("log",
                    most + "\n" + most + "b\n" + std::string(100'000, 'a') + " forged\nnext\n");
  EXPECT_EQ(read(), (Lines{most, most, most, "next"}));
  EXPECT_EQ(cut.value() - before, 2u);
}

// An attacker who can make a line long must not choose where the next one begins.
TEST_F(Tail, TheRestOfALineIsNoLineAfterARestart) {
  const auto position = directory_ / "position";
  directory_.write("log", "");
  open(false, position);
  directory_.append("log", std::string(100'000, 'a'));
  EXPECT_EQ(read().size(), 1u);
  open(false, position);
  directory_.append("log", "forged\nnext\n");
  EXPECT_EQ(read(), Lines{"next"});

  directory_.append("log", "begun ");
  open();
  directory_.append("log", "forged\nnext\n");
  EXPECT_EQ(read(), Lines{"next"});
}

TEST(Follower, FollowsSeveralFilesAndKeepsItsPlace) {
  testing::TestDirectory directory;
  std::mutex mutex;
  std::condition_variable came;
  Lines lines;
  const auto follow = [&] {
    return std::make_unique<LogFollower>(
        std::vector<Path>{directory / "a", directory / "b", directory / "none/c"}, directory / "",
        [&](const Path& path, std::string_view line) {
          const std::lock_guard lock(mutex);
          lines.push_back(path.filename().string() + ":" + std::string(line));
          came.notify_all();
        });
  };
  const auto wait_for = [&](const std::string& line) {
    std::unique_lock lock(mutex);
    return came.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::find(lines.begin(), lines.end(), line) != lines.end();
    });
  };
  directory.write("a", "old\n");
  auto follower = follow();
  follower->start();
  directory.append("a", "1\n");
  EXPECT_TRUE(wait_for("a:1"));
  directory.write("b", "2\n");
  EXPECT_TRUE(wait_for("b:2"));
  follower->stop();
  directory.append("a", "3\n");
  follower = follow();
  follower->start();
  EXPECT_TRUE(wait_for("a:3"));
  follower.reset();
  EXPECT_EQ(lines, (Lines{"a:1", "b:2", "a:3"}));
}

}  // namespace
}  // namespace wardhive
