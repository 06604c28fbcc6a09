// What is left when the owner of a sandbox dies: nothing.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/fleet/sandbox_fixture.h"

namespace wardhive::fleet {
namespace {

Path pid_namespace_of(int pid) {
  std::error_code error;
  return std::filesystem::read_symlink(fmt::format("/proc/{}/ns/pid", pid), error);
}

// Seen from outside: every process of the pid namespace that `pid` is in.
std::vector<int> neighbours_of(int pid) {
  std::vector<int> pids;
  const auto wanted = pid_namespace_of(pid);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const int other = std::atoi(entry.path().filename().c_str());
    if (other > 0 && pid_namespace_of(other) == wanted) pids.push_back(other);
  }
  return pids;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has_child(int pid) {
  return text_of(fmt::format("/proc/{0}/task/{0}/children", pid)).size() > 1;
}

// Forks an owner that makes a fleet with two processes, says so on the pipe, and lives on.
struct Owner {
  int pid = -1;
  Fd says;
};
Owner fork_owner() {
  int pipe[2] = {-1, -1};
  if (::pipe2(pipe, O_CLOEXEC) != 0) return {};
  const int pid = ::fork();
  if (pid != 0) {
    ::close(pipe[1]);
    return {pid, Fd(pipe[0])};
  }
  ::close(pipe[0]);
  const auto sandbox =
      Sandbox::create({.hosts = {{"node-1", "192.0.2.11"}, {"node-2", "192.0.2.12"}}});
  if (!sandbox) ::_exit(1);
  for (const auto* host : {"node-1", "node-2"})
    if (!(*sandbox)->spawn({.host = host, .name = host, .argv = {"sh", "-c", "sleep 1000 & wait"}}))
      ::_exit(2);
  const int init = (*sandbox)->init_pid();
  if (::write(pipe[1], &init, sizeof init) != sizeof init) ::_exit(3);
  for (;;) ::pause();
}

class OwnerDeath : public testing::Test {
 protected:
  void SetUp() override {
    if (namespaces_refused()) GTEST_SKIP() << "namespaces are refused here";
    // Whatever outlives its owner becomes our child, so that waiting for children finds it.
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    mounts_ = text_of("/proc/self/mounts");
    devices_ = interfaces();
  }
  void TearDown() override { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }

  static std::string interfaces() {
    std::string names;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net"))
      names += entry.path().filename().string() + " ";
    return names;
  }

  // Blocks until no child is left: a survivor hangs this test into its time limit.
  void expect_nothing_left() {
    int status = 0;
    while (::waitpid(-1, &status, 0) > 0 || errno == EINTR) {
    }
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(text_of("/proc/self/mounts"), mounts_);
    EXPECT_EQ(interfaces(), devices_);
    EXPECT_FALSE(std::filesystem::exists(kWorkDirectory));
  }

  std::string mounts_;
  std::string devices_;
};

TEST_F(OwnerDeath, KillMinusNineLeavesNothing) {
  const auto owner = fork_owner();
  int init = 0;
  ASSERT_EQ(::read(owner.says.get(), &init, sizeof init), static_cast<ssize_t>(sizeof init));
  const auto pids = neighbours_of(init);
  EXPECT_GE(pids.size(), 3u) << "init and the two hosts' programs";
  std::vector<Fd> alive;
  for (const int pid : pids)
    alive.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));

  ASSERT_EQ(::kill(owner.pid, SIGKILL), 0);
  for (const auto& fd : alive) {
    if (!fd) continue;  // had ended before it was opened
    pollfd ended{fd.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 20'000), 1) << "a process of the sandbox outlives its owner";
  }
  expect_nothing_left();
}

// The moments at which pdeath signals get lost: before the child asked for one, and while it
// changes its credentials and executes.
TEST_F(OwnerDeath, KilledInTheMiddleOfTheStartLeavesNothing) {
  for (int round = 0; round < 20; ++round) {
    const auto owner = fork_owner();
    ASSERT_TRUE(eventually([&] { return has_child(owner.pid); }));
    for (int looks = 0; looks < round * 40; ++looks)
      has_child(owner.pid);  // a later moment each time
    ASSERT_EQ(::kill(owner.pid, SIGKILL), 0);
    expect_nothing_left();
  }
}

int run_as_nobody(std::vector<std::string> command) {
  command.insert(command.begin(),
                 {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"});
  std::vector<char*> argv;
  for (auto& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  int pid = 0;
  if (::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) return -1;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The same battery as somebody without any privilege.
TEST(OrdinaryUser, PassesTheSameTests) {
  if (::geteuid() != 0) GTEST_SKIP() << "this is already an ordinary user";
  if (namespaces_refused()) GTEST_SKIP() << "namespaces are refused here";
  const auto self = std::filesystem::canonical("/proc/self/exe").string();
  if (run_as_nobody({"test", "-x", self}) != 0) GTEST_SKIP() << "user nobody cannot reach " << self;
  EXPECT_EQ(run_as_nobody({self, "--gtest_brief=1"}), 0);
}

}  // namespace
}  // namespace wardhive::fleet
