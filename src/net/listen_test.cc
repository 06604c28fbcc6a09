#include "net/listen.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "net/impl/raw_client.h"
#include "net/server.h"

namespace wardhive::net {
namespace {

using testing::RawClient;

ListenAddress any_port() { return *ListenAddress::parse("127.0.0.1:0"); }

class ListenTest : public ::testing::Test {
 protected:
  ListenTest()
      : directory_(std::filesystem::temp_directory_path() /
                   ("net_test." + std::to_string(::getpid()))) {
    std::filesystem::create_directory(directory_);
    router_.add({.name = "who", .pattern = "/who"}, [](const Request& request) {
      return Response::text(request.listener + " " +
                            (request.peer_is_unix ? "unix" : request.peer.text()));
    });
  }
  ~ListenTest() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
  Router router_;
  std::unique_ptr<Server> server_;
};

TEST_F(ListenTest, SeveralDoorsSayByWhichARequestCame) {
  const auto path = (directory_ / "s.sock").string();
  server_ = std::make_unique<Server>(ServerConfig{}, router_);
  const auto port = server_->listen("tcp", any_port());
  ASSERT_TRUE(server_->listen("local", *ListenAddress::parse("unix:" + path)).has_value());
  server_->start();
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  RawClient by_tcp(*port), by_unix(path);
  ASSERT_TRUE(by_tcp.send("GET /who HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(by_unix.send("GET /who HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(by_tcp.read_answer().ends_with("tcp 127.0.0.1"));
  EXPECT_TRUE(by_unix.read_answer().ends_with("local unix"));
  server_->stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ListenTest, AStaleSocketFileIsReplacedButALiveOneAndOtherFilesAreNot) {
  const auto path = (directory_ / "s.sock").string();
  const auto address = *ListenAddress::parse("unix:" + path);
  {
    const auto stale = open_listener(address);
  }  // closed, the file stays
  ASSERT_TRUE(std::filesystem::exists(path));
  const auto live = open_listener(address);
  ASSERT_TRUE(live.has_value()) << live.error().message;
  EXPECT_EQ(open_listener(address).error().code, ErrorCode::Conflict);
  const auto file = (directory_ / "file").string();
  ASSERT_TRUE(write_file_atomically(file, "kept").has_value());
  EXPECT_EQ(open_listener(*ListenAddress::parse("unix:" + file)).error().code, ErrorCode::Conflict);
  EXPECT_EQ(*read_file(file, 100), "kept");
}

TEST_F(ListenTest, AnInheritedDescriptorIsServed) {
  auto opened = open_listener(any_port());
  ASSERT_TRUE(opened.has_value());
  server_ = std::make_unique<Server>(ServerConfig{}, router_);
  const auto port = server_->listen(
      "handed", *ListenAddress::parse("fd:" + std::to_string(opened->socket.release())));
  ASSERT_TRUE(port.has_value());
  EXPECT_EQ(*port, opened->port);
  server_->start();
  RawClient client(*port);
  ASSERT_TRUE(client.send("GET /who HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(client.read_answer().ends_with("handed 127.0.0.1"));
}

TEST_F(ListenTest, ADescriptorThatDoesNotListenIsRefused) {
  const Fd other(::open("/dev/null", O_RDONLY));
  const auto listener = open_listener(*ListenAddress::parse("fd:" + std::to_string(other.get())));
  ASSERT_FALSE(listener.has_value());
  EXPECT_TRUE(listener.error().message.contains("is not a listening socket"));
}

TEST_F(ListenTest, AUsedPortNamesCauseAndWayOut) {
  const auto first = open_listener(any_port());
  const auto port = first->port;
  const auto again = open_listener(*ListenAddress::parse("127.0.0.1:" + std::to_string(port)));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::Conflict);
  EXPECT_EQ(again.error().message, "port " + std::to_string(port) +
                                       " on 127.0.0.1 is in use; choose another with "
                                       "--listen, or stop the other process");
  const auto foreign = open_listener(*ListenAddress::parse("192.0.2.1:80"));
  ASSERT_FALSE(foreign.has_value());
  EXPECT_TRUE(foreign.error().message.contains("is not an address of this machine"))
      << foreign.error().message;
}

TEST(ListenAddress, ReadsItsOwnTextAndRefusesOthers) {
  for (const auto* text : {"127.0.0.1:8700", "[::1]:1", "unix:/run/w.sock", "fd:3", "0.0.0.0:0"})
    EXPECT_EQ(ListenAddress::parse(text)->text(), text);
  EXPECT_EQ(ListenAddress::parse("localhost:80")->text(), "127.0.0.1:80");
  for (const auto* text : {"", "8700", "::1:80", "host:80", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:-1", "unix:", "fd:x", "fd:-1"})
    EXPECT_FALSE(ListenAddress::parse(text).has_value()) << text;
}

TEST(ListenAddress, InheritedDescriptorsAreOursOnlyIfMeantForUs) {
  ::setenv("LISTEN_FDS", "2", 1);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(inherited_listen_fds(), (std::vector<int>{3, 4}));
  ::setenv("LISTEN_PID", "1", 1);
  EXPECT_TRUE(inherited_listen_fds().empty());
  ::unsetenv("LISTEN_FDS");
  ::unsetenv("LISTEN_PID");
  EXPECT_TRUE(inherited_listen_fds().empty());
}

}  // namespace
}  // namespace wardhive::net
