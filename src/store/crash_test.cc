// kill -9 and full disks, with real processes and real files.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <random>

#include "store/impl/test_store.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

// Three entries and three rows that belong together.
Commit triple(std::uint64_t first) {
  return {.log = {control(first, "command", R"({"actor":"alice"})"),
                  samples(first + 1, std::string(3'000, 's')),
                  control(first + 2, "receipt", R"({"agent":"node/job-1"})")},
          .journal = {row(first, 0, "decision", "dec-1", fmt::format("{{\"n\":{}}}", first)),
                      row(first + 1, 0, "score", "node/a", "{}"),
                      row(first + 2, 0, "incident", "inc-1", std::string(500, 'i'))}};
}

class KillTest : public StoreTest {
 protected:
  // In the child: commits until it is killed, and says which offset it was told to be safe.
  [[noreturn]] void commit_for_ever(int acknowledgements) {
    auto store = Store::open(directory_);
    if (!store) ::_exit(2);
    for (int round = 1;; ++round) {
      const auto first = (*store)->next_offset(), last = first + 2;
      if (!(*store)->commit(triple(first), {{"job-1", last}})) ::_exit(3);
      if (::write(acknowledgements, &last, sizeof last) != sizeof last) ::_exit(4);
      if (round % 4 == 0 && !(*store)->save_snapshot("risk", last, std::string(20'000, 'r')))
        ::_exit(5);
    }
  }

  // Runs a child and kills it somewhere behind its `acknowledged_min`-th commit; returns the last
  // offset it said.
  std::uint64_t kill_one(std::mt19937_64& random) {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    const auto child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      commit_for_ever(pipe[1]);
    }
    ::close(pipe[1]);
    std::uint64_t last = 0, offset = 0;
    for (auto wanted = random() % 6;
         wanted > 0 && ::read(pipe[0], &offset, sizeof offset) == sizeof offset; --wanted)
      last = offset;
    // Up to two commits' time, so that the kill falls into the midst of one.
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 8'000);
    while (std::chrono::steady_clock::now() < until) {
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "child ended by itself: " << status;
    while (::read(pipe[0], &offset, sizeof offset) == sizeof offset) last = offset;
    ::close(pipe[0]);
    return last;
  }

  void expect_whole(std::uint64_t acknowledged) {
    auto& store = open();
    const auto stored = store.next_offset() - 1;
    EXPECT_GE(stored, acknowledged) << "an acknowledged commit is gone";
    EXPECT_EQ(stored % 3, 0u) << "a part of a commit is there";
    std::uint64_t entries = 0;
    EXPECT_TRUE(store.scan_log(0, [&](const LogEntry&) { return ++entries > 0; }));
    EXPECT_EQ(entries, stored);
    for (const auto* kind : {"decision", "score", "incident"})
      EXPECT_EQ(store.journal({.kind = kind, .newest_per_id = false, .limit = 100'000})->size(),
                stored / 3)
          << kind;
    EXPECT_EQ(store.agents()->at(0).last_sequence, stored);
    const auto report = store.verify_audit(nullptr);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->records, stored / 3 * 4);
    std::vector<std::string> passed_over;
    const auto snapshot = store.load_snapshot("risk", &passed_over);
    if (snapshot) EXPECT_LE(snapshot->offset, stored);
    EXPECT_TRUE(passed_over.empty()) << passed_over[0];
    store_.reset();
  }
};

TEST_F(KillTest, EveryAcknowledgedCommitIsThereAndNoneInPart) {
  ASSERT_TRUE(
      open().put_agent({.node = "job-1", .token_hash = "", .last_sequence = 0, .enrolled_at = {}}));
  store_.reset();
  std::uint64_t acknowledged = 0;
  for (std::uint64_t seed = 0; seed < 50 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    acknowledged = std::max(acknowledged, kill_one(random));
    expect_whole(acknowledged);
  }
  EXPECT_GT(acknowledged, 100u);
}

// Commits until the disk is full, makes room, goes on. Answers "" or what was wrong.
std::string fill_and_go_on(const Path& directory, const std::function<void()>& make_room) {
  auto opened = Store::open(directory);
  if (!opened) return "open: " + opened.error().message;
  auto& store = **opened;
  std::uint64_t commits = 0;
  Status status;
  for (; commits < 10'000; ++commits) {
    status = store.commit(triple(store.next_offset()));
    if (!status) break;
  }
  if (status) return "the disk never got full";
  if (status.error().code != ErrorCode::LimitReached ||
      !status.error().message.contains("bytes free in " + directory.string()))
    return "commit: " + status.error().message;
  if (store.next_offset() != commits * 3 + 1) return "the refused commit moved the log";
  if (const auto again = store.commit(triple(store.next_offset())); again)
    return "it fitted after all";
  // Reading goes on, and what is there is whole.
  const auto full = store.verify_audit(nullptr);
  if (!full) return "verify: " + full.error().message;
  if (full->records != commits * 4) return "a part of the refused commit is in the chain";
  const auto snapshot = store.save_snapshot("risk", 1, std::string(4'000'000, 'r'));
  if (snapshot || (snapshot.error().code != ErrorCode::LimitReached &&
                   snapshot.error().code != ErrorCode::Unavailable))
    return "a snapshot fitted";

  make_room();
  if (const auto after = store.commit(triple(store.next_offset())); !after)
    return "after: " + after.error().message;
  opened->reset();
  opened = Store::open(directory);
  if (!opened) return "open again: " + opened.error().message;
  const auto report = (*opened)->verify_audit(nullptr);
  if (!report) return "verify again: " + report.error().message;
  return report->records == (commits + 1) * 4 ? "" : "records are gone";
}

bool tell(const char* file, std::string_view text) {
  const Fd fd(::open(file, O_WRONLY));
  return ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// A disk of 1 MB, in namespaces of the child's own.
TEST_F(StoreTest, FullDiskStopsCommitsAndNothingElse) {
  const auto filler = directory_ / "filler";
  const auto answer = in_child([&]() -> std::string {
    const auto user = fmt::format("0 {} 1", ::geteuid()),
               group = fmt::format("0 {} 1", ::getegid());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !tell("/proc/self/setgroups", "deny") ||
        !tell("/proc/self/uid_map", user) || !tell("/proc/self/gid_map", group) ||
        ::mount("none", directory_.c_str(), "tmpfs", 0, "size=1m") != 0)
      return "no namespaces";
    if (!write_file_atomically(filler, std::string(300'000, 'f'))) return "no filler";
    return fill_and_go_on(directory_, [&] { std::filesystem::remove(filler); });
  });
  if (answer == "no namespaces")
    GTEST_SKIP()
        << "namespaces are refused here (tsan's own thread is one reason); the next test stands in";
  EXPECT_EQ(answer, "");
}

// A limit on the size of files, which any user may set for itself; so does a quota look.
TEST_F(StoreTest, FileSizeLimitStopsCommitsAndNothingElse) {
  EXPECT_EQ(in_child([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              rlimit limit{};
              ::getrlimit(RLIMIT_FSIZE, &limit);
              limit.rlim_cur = 300'000;
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return fill_and_go_on(directory_, [&] {
                limit.rlim_cur = limit.rlim_max;
                ::setrlimit(RLIMIT_FSIZE, &limit);
              });
            }),
            "");
}

}  // namespace
}  // namespace wardhive
