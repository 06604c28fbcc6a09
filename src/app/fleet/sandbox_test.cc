#include "app/fleet/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>
#include <iterator>

#include "app/fleet/sandbox_fixture.h"
#include "app/fleet/sockets.h"

namespace wardhive::fleet {
namespace {

using testing::HasSubstr;

std::vector<std::string> own_interfaces() {
  std::vector<std::string> names;
  auto* list = ::if_nameindex();
  for (auto* entry = list; entry != nullptr && entry->if_index != 0; ++entry)
    names.emplace_back(entry->if_name);
  ::if_freenameindex(list);
  return names;
}

std::string own_mounts() {
  std::ifstream in("/proc/self/mounts");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string read_until_end(int fd) {
  std::string text;
  while (read_some(fd, text, system_clock().mono() + kTestWaitMax).value_or(0) > 0) {
  }
  return text;
}

TEST_F(SandboxTest, HostsReachEachOtherAcrossTheRanges) {
  start_part("node-1", "job", {"job", "--node", "node-1"});
  for (const auto* host : {"client", "attacker", "node-1"})
    EXPECT_TRUE(eventually([&] {
      return part(host, {"get", "192.0.2.11:8080", "/healthz"}).code == 0;
    })) << host;
}

TEST_F(SandboxTest, HostsHaveTheirOwnNamesAndAddressesOnly) {
  EXPECT_EQ(shell("node-1", "hostname").out, "node-1\n");
  const auto addresses = shell("attacker", "ip -o -4 addr show scope global").out;
  EXPECT_THAT(addresses, HasSubstr("203.0.113.66/32"));
  EXPECT_EQ(std::ranges::count(addresses, '\n'), 1);
  EXPECT_EQ(shell("attacker", "ip route show default").out, "") << "there must be no way out";
}

TEST_F(SandboxTest, TheMachinesNetworkAndMountsStayAsTheyAre) {
  const auto interfaces = own_interfaces();
  const auto mounts = own_mounts();
  EXPECT_EQ(run("node-1", {"ip", "-o", "link"}).code, 0);
  EXPECT_EQ(own_interfaces(), interfaces);
  sandbox_.reset();
  EXPECT_EQ(own_interfaces(), interfaces);
  EXPECT_EQ(own_mounts(), mounts);
  EXPECT_FALSE(std::filesystem::exists(kWorkDirectory));
}

TEST_F(SandboxTest, TheMachinesFilesCannotBeWrittenInside) {
  for (const auto& note : sandbox_->notes())
    if (note.find("writable") != std::string::npos) GTEST_SKIP() << note;
  for (const auto* directory : {"/", "/tmp", "/var/tmp", WARDHIVE_SOURCE_DIR})
    EXPECT_NE(shell("node-1", fmt::format("touch {}/wardhive-was-here", directory)).code, 0)
        << directory;
  EXPECT_EQ(shell("node-1", "touch here tmp/here /run/here").code, 0);
}

TEST_F(SandboxTest, FilesAreSeenFromBothSides) {
  ASSERT_TRUE(write_file_atomically(sandbox_->outside("fault"), "latency_ms=5\n"));
  EXPECT_EQ(run("node-1", {"cat", Sandbox::inside("fault").string()}).out, "latency_ms=5\n");
  const auto pid = sandbox_->spawn({.host = "node-1", .name = "hello", .argv = {"echo", "hello"}});
  ASSERT_TRUE(pid) << pid.error().message;
  ASSERT_TRUE(sandbox_->wait_exit("hello", kTestWaitMax));
  EXPECT_EQ(file("log/hello.log"), "hello\n");
}

TEST_F(SandboxTest, UnixSocketInsideIsReachedFromOutside) {
  ASSERT_TRUE(sandbox_->spawn(
      {.host = "node-1", .name = "one", .argv = {std::string(kSelf), "serve-one", "unix"}}));
  ASSERT_TRUE(eventually([&] { return file("log/one.log") == "listening\n"; }));
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const auto path = sandbox_->outside("one.sock").string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(read_until_end(fd.get()), "fds= mine=false\n");
}

// The web socket of the demo: opened on the machine's own loopback, served from inside.
TEST_F(SandboxTest, ListeningSocketFromOutsideIsServedInside) {
  const Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);

  const auto pid = sandbox_->spawn({.host = "node-1",
                                    .name = "web",
                                    .argv = {std::string(kSelf), "serve-one", "fd"},
                                    .env = {},
                                    .listen_fds = {listener.get()}});
  ASSERT_TRUE(pid) << pid.error().message;
  const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(read_until_end(client.get()), "fds=1 mine=true\n");
}

TEST_F(SandboxTest, ProcessesInheritNothingElse) {
  const Fd open_here(::open("/dev/null", O_RDONLY));  // on purpose without close-on-exec
  ::setenv("WARDHIVE_TEST_SECRET", "x", 1);
  EXPECT_EQ(
      shell("node-1", "for n in $(seq 0 200); do [ -e /proc/self/fd/$n ] && echo $n; done").out,
      "0\n1\n2\n");
  EXPECT_THAT(shell("node-1", "env").out, testing::Not(HasSubstr("WARDHIVE_TEST_SECRET")));
  ::unsetenv("WARDHIVE_TEST_SECRET");
}

TEST_F(SandboxTest, EndsAreReportedOnceWithCodeOrSignal) {
  ASSERT_TRUE(sandbox_->spawn({.host = "node-1", .name = "seven", .argv = {"sh", "-c", "exit 7"}}));
  const auto seven = sandbox_->wait_exit("seven", kTestWaitMax);
  ASSERT_TRUE(seven);
  EXPECT_EQ(seven->code, 7);
  EXPECT_EQ(seven->signal, 0);

  ASSERT_TRUE(sandbox_->spawn({.host = "node-1", .name = "sleeper", .argv = {"sleep", "1000"}}));
  EXPECT_TRUE(sandbox_->running("sleeper"));
  ASSERT_TRUE(sandbox_->kill("sleeper", SIGKILL));
  const auto sleeper = sandbox_->wait_exit("sleeper", kTestWaitMax);
  ASSERT_TRUE(sleeper);
  EXPECT_EQ(sleeper->signal, SIGKILL);
  EXPECT_EQ(sleeper->code, 137);
  EXPECT_FALSE(sandbox_->running("sleeper"));

  const auto news = sandbox_->take_exits();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].name, "seven");
  EXPECT_EQ(news[1].name, "sleeper");
  EXPECT_TRUE(sandbox_->take_exits().empty());
}

TEST_F(SandboxTest, NameIsFreeAgainAfterTheEnd) {
  const ProcessSpec sleeper{.host = "node-1", .name = "sleeper", .argv = {"sleep", "1000"}};
  ASSERT_TRUE(sandbox_->spawn(sleeper));
  const auto second = sandbox_->spawn(sleeper);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  ASSERT_TRUE(sandbox_->kill("sleeper", SIGTERM));
  ASSERT_TRUE(sandbox_->wait_exit("sleeper", kTestWaitMax));
  EXPECT_TRUE(sandbox_->spawn(sleeper));
}

TEST_F(SandboxTest, WhatCannotBeStartedIsNamed) {
  const auto host = sandbox_->spawn({.host = "node-9", .name = "x", .argv = {"true"}});
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::NotFound);
  EXPECT_THAT(host.error().message, HasSubstr("node-9"));
  const auto program =
      sandbox_->spawn({.host = "node-1", .name = "x", .argv = {"no-such-program"}});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, ErrorCode::NotFound);
  EXPECT_THAT(program.error().message, HasSubstr("run no-such-program on node-1"));
  EXPECT_EQ(sandbox_->spawn({.host = "node-1", .name = "../x", .argv = {"true"}}).error().code,
            ErrorCode::InvalidInput);
  EXPECT_EQ(sandbox_->kill("x", SIGTERM).error().code, ErrorCode::NotFound);
  EXPECT_EQ(sandbox_->wait_exit("x", kTestWaitMax).error().code, ErrorCode::NotFound);
}

TEST_F(SandboxTest, RunSeparatesOutputsAndReturnsTheCode) {
  const auto result = shell("node-1", "echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(sandbox_->take_exits().empty()) << "ends of run() are its own";
}

TEST_F(SandboxTest, RunIsBoundedInTimeAndOutput) {
  const std::string slow[] = {"sleep", "1000"};
  const auto late = sandbox_->run("node-1", slow, millis(50));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::Timeout);
  const std::string endless[] = {"yes"};
  const auto long_one = sandbox_->run("node-1", endless, kTestWaitMax);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, ErrorCode::LimitReached);
  EXPECT_EQ(shell("node-1", "true").code, 0) << "the sandbox goes on";
}

// A terminal sends it to the whole foreground group; the demo wants to end things in order.
TEST_F(SandboxTest, InterruptFromTheTerminalDoesNotReachInside) {
  ASSERT_EQ(::kill(sandbox_->init_pid(), SIGINT), 0);
  ASSERT_EQ(::kill(sandbox_->init_pid(), SIGTERM), 0);
  EXPECT_EQ(shell("node-1", "true").code, 0);
  EXPECT_EQ(shell("node-1", "ps -o pid=,pgid= -p $$ | awk '{ exit $1 != $2 }'").code, 0)
      << "its own group";
}

TEST_F(SandboxTest, AfterItsEndEverythingFailsAndNothingHangs) {
  ASSERT_EQ(::kill(sandbox_->init_pid(), SIGKILL), 0);
  const std::string argv[] = {"true"};
  EXPECT_FALSE(sandbox_->run("node-1", argv, kTestWaitMax));
  EXPECT_FALSE(sandbox_->spawn({.host = "node-1", .name = "x", .argv = {"true"}}));
  EXPECT_TRUE(sandbox_->take_exits().empty());
}

TEST(SandboxSpec, BadOnesAreRefusedBeforeAnythingIsMade) {
  const auto refuse = [](const FleetSpec& spec) {
    const auto sandbox = Sandbox::create(spec);
    ASSERT_FALSE(sandbox);
    EXPECT_EQ(sandbox.error().code, ErrorCode::InvalidInput) << sandbox.error().message;
  };
  refuse({.hosts = {}});
  refuse({.hosts = {{"Node 1", "192.0.2.1"}}});
  refuse({.hosts = {{"node-1", "10.0.0.1"}}});
  refuse({.hosts = {{"node-1", "192.0.2.1\nlink del eth0"}}});
  refuse({.hosts = {{"node-1", "192.0.2.1"}, {"node-1", "192.0.2.2"}}});
  refuse({.hosts = {{"node-1", "192.0.2.1"}, {"node-2", "192.0.2.1"}}});
  refuse({.hosts = std::vector<HostSpec>(kHostsMax + 1, {"node-1", "192.0.2.1"})});
}

// Real root keeps its reach inside: a clone in somebody's 0700 home still runs.
TEST(SandboxAsRoot, ReadsWhatOnlyAnotherUserMayRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  if (namespaces_refused()) GTEST_SKIP() << "namespaces are refused here";
  auto home = (std::filesystem::temp_directory_path() / "wardhive-home-XXXXXX").string();
  ASSERT_NE(::mkdtemp(home.data()), nullptr);
  const auto path = Path(home) / "haproxy";
  ASSERT_TRUE(write_file_atomically(path, "x", 0600));
  const bool given =
      ::chown(path.c_str(), 1000, 1000) == 0 && ::chown(home.c_str(), 1000, 1000) == 0;
  const auto sandbox = Sandbox::create({.hosts = {{"node-1", "192.0.2.1"}}, .reachable = {path}});
  std::filesystem::remove_all(home);
  if (!given) GTEST_SKIP() << "this root may not give files away";
  EXPECT_TRUE(sandbox) << sandbox.error().message;
}

}  // namespace
}  // namespace wardhive::fleet
