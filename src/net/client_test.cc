#include "net/client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "net/impl/counters.h"
#include "net/server.h"

namespace wardhive::net {
namespace {

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() : server_({}, router_) {
    router_.add({.name = "echo", .method = Method::Post, .pattern = "/echo"},
                [](const Request& request) {
                  auto response = Response::text(request.body, 201);
                  response.headers.add(
                      "X-Type", std::string(request.headers.get("Content-Type").value_or("none")));
                  response.headers.add("X-Empty",
                                       request.headers.get("X-Empty") == "" ? "seen" : "missing");
                  return response;
                });
    router_.add({.name = "moved", .pattern = "/moved"},
                [](const Request&) { return Response{302, {{"Location", "/large"}}, ""}; });
    router_.add({.name = "large", .pattern = "/large"},
                [](const Request&) { return Response::text(std::string(1000, 'x')); });
    router_.add({.name = "who", .pattern = "/who"}, [](const Request& request) {
      return Response::text(request.listener + " " +
                            std::string(request.headers.get("Host").value_or("")));
    });
    router_.add({.name = "never", .pattern = "/never"},
                [this](const Request&, Responder responder) {
                  const std::lock_guard lock(mutex_);
                  waiting_.push_back(std::move(responder));
                  changed_.notify_all();
                });
    const auto port = server_.listen("tcp", *ListenAddress::parse("127.0.0.1:0"));
    authority_ = "127.0.0.1:" + std::to_string(*port);
    base_ = "http://" + authority_;
  }
  ~ClientTest() override { server_.stop(); }

  void wait_for_request() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty(); });
  }

  Router router_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> waiting_;  // guarded by mutex_
  Server server_;
  std::string authority_;
  std::string base_;
  HttpClient client_;
};

TEST_F(ClientTest, SendsBodyAndHeadersAndReadsTheAnswer) {
  server_.start();
  const auto response = client_.request({.method = Method::Post,
                                         .url = base_ + "/echo",
                                         .headers = {{"X-Empty", ""}},
                                         .body = "data"});
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "data");
  EXPECT_EQ(response->headers.get("x-type"), "none");  // no content type is invented
  EXPECT_EQ(response->headers.get("x-empty"), "seen");
}

TEST_F(ClientTest, HeadHasHeadersOnly) {
  server_.start();
  const auto response = client_.request({.method = Method::Head, .url = base_ + "/large"});
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->headers.get("Content-Length"), "1000");
  EXPECT_EQ(response->body, "");
}

TEST_F(ClientTest, OneConnectionServesRequestAfterRequest) {
  server_.start();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client_.get(base_ + "/large").has_value());
  EXPECT_EQ(detail::connections_open().value(), 1);
}

TEST_F(ClientTest, RedirectsAreShownNotFollowed) {
  server_.start();
  const auto response = client_.get(base_ + "/moved");
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->headers.get("Location"), "/large");
}

TEST_F(ClientTest, AnAnswerThatIsTooLargeIsCut) {
  server_.start();
  const auto response = client_.request({.url = base_ + "/large", .body_bytes_max = 999});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::LimitReached);
  EXPECT_EQ(response.error().message, authority_ + ": the answer is larger than 999 bytes");
  EXPECT_TRUE(client_.request({.url = base_ + "/large", .body_bytes_max = 1000}).has_value());
}

TEST_F(ClientTest, ErrorsNameHostAndCause) {
  server_.stop();
  const auto refused = client_.get(base_ + "/");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(refused.error().message, "could not connect to " + authority_ + ": connection refused");
  const auto no_socket =
      client_.request({.url = "http://localhost/", .unix_path = "/nonexistent.sock"});
  ASSERT_FALSE(no_socket.has_value());
  EXPECT_TRUE(no_socket.error().message.starts_with("could not connect to /nonexistent.sock: "))
      << no_socket.error().message;
}

TEST_F(ClientTest, ASilentServerIsATimeout) {
  server_.start();
  const auto response = client_.request({.url = base_ + "/never", .timeout = millis(50)});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::Timeout);
  EXPECT_EQ(response.error().message, "no complete answer from " + authority_ + " within 50ms");
}

TEST_F(ClientTest, OtherSchemesAndForgedHeadersNeverLeave) {
  server_.start();
  EXPECT_EQ(client_.get("file:///etc/passwd").error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(client_.get("ftp://127.0.0.1/").error().code, ErrorCode::InvalidInput);
  const auto forged =
      client_.request({.url = base_ + "/large", .headers = {{"X", "a\r\nAuthorization: b"}}});
  EXPECT_EQ(forged.error().code, ErrorCode::InvalidInput);
}

TEST_F(ClientTest, SpeaksOverAUnixSocket) {
  const auto path =
      (std::filesystem::temp_directory_path() / ("client_test." + std::to_string(::getpid())))
          .string();
  ASSERT_TRUE(server_.listen("local", *ListenAddress::parse("unix:" + path)).has_value());
  server_.start();
  const auto response = client_.request({.url = "http://wardhive/who", .unix_path = path});
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "local wardhive");  // Url::text() names the default port, Host does not
}

TEST_F(ClientTest, CancelEndsARunningRequestAndRefusesLaterOnes) {
  server_.start();
  auto running = std::async(std::launch::async, [&] { return client_.get(base_ + "/never"); });
  wait_for_request();
  const auto before = std::chrono::steady_clock::now();
  client_.cancel();
  const auto outcome = running.get();
  EXPECT_LT(std::chrono::steady_clock::now() - before,
            std::chrono::seconds(5));  // not the timeout of 10 s
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().message, authority_ + ": cancelled");
  EXPECT_EQ(client_.get(base_ + "/large").error().code, ErrorCode::Unavailable);
}

TEST_F(ClientTest, ThreadsShareOneClient) {
  server_.start();
  std::vector<std::future<int>> done;
  for (int t = 0; t < 4; ++t)
    done.push_back(std::async(std::launch::async, [&] {
      int good = 0;
      for (int i = 0; i < 25; ++i)
        good += client_.get(base_ + "/large").value_or(Response{}).body.size() == 1000;
      return good;
    }));
  for (auto& one : done) EXPECT_EQ(one.get(), 25);
}

}  // namespace
}  // namespace wardhive::net
