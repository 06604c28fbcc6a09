#include "net/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <condition_variable>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/impl/counters.h"
#include "net/impl/raw_client.h"

namespace wardhive::net {
namespace {

using testing::RawClient;

constexpr std::string_view kGetHello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kClosing = "Connection: close\r\n";

std::uint64_t refusals(detail::Refusal why) { return detail::refused(why).value(); }

ListenAddress any_port() { return *ListenAddress::parse("127.0.0.1:0"); }

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    router_.add({.name = "hello", .pattern = "/hello"},
                [](const Request&) { return Response::text("hello"); });
    router_.add(
        {.name = "echo", .method = Method::Post, .pattern = "/echo", .body_bytes_max = 1'000'000},
        [](const Request& request) { return Response::text(request.body); });
    router_.add({.name = "later", .pattern = "/later"},
                [this](const Request&, Responder responder) {
                  const std::lock_guard lock(mutex_);
                  later_.push_back(std::move(responder));
                  changed_.notify_all();
                });
    router_.add({.name = "drop", .pattern = "/drop"}, [](const Request&, Responder) {});
    router_.add({.name = "throw", .pattern = "/throw"},
                [](const Request&) -> Response { throw std::runtime_error("library"); });
    router_.add({.name = "split", .pattern = "/split"}, [](const Request&) {
      return Response{200, {{"X", "a\r\nSet-Cookie: evil"}}, "x"};
    });
  }

  std::uint16_t serve(ServerConfig config = {}) {
    server_ = std::make_unique<Server>(std::move(config), router_);
    const auto port = server_->listen("main", any_port());
    server_->start();
    return *port;
  }
  // The oldest request to /later; waits until it is there.
  Responder next_later() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !later_.empty(); });
    auto responder = std::move(later_.front());
    later_.erase(later_.begin());
    return responder;
  }

  Router router_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> later_;  // guarded by mutex_
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  RawClient client(serve());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(kGetHello));
    const auto answer = client.read_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("Content-Length: 5\r\n\r\nhello")) << answer;
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(serve());
  ASSERT_TRUE(
      client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\nPOST /echo HTTP/1.1\r\nHost: "
                  "h\r\nContent-Length: 3\r\n\r\nabc"
                  "GET /nope HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.0\r\n\r\n"));
  next_later().send(Response::text("first"));
  EXPECT_TRUE(client.read_answer().ends_with("first"));
  EXPECT_TRUE(client.read_answer().ends_with("abc"));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 404 "));
  const auto last = client.read_to_end();
  EXPECT_TRUE(last.ends_with("hello"));
  EXPECT_TRUE(last.contains(kClosing));
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, HeadHasTheLengthButNoBody) {
  RawClient client(serve());
  ASSERT_TRUE(client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(client.read_answer(false).contains("Content-Length: 5\r\n"));
  ASSERT_TRUE(client.send(kGetHello));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200 "));  // no stray body in between
}

TEST_F(ServerTest, ASlowHandlerDoesNotHoldUpOthers) {
  const auto port = serve();
  RawClient slow(port);
  ASSERT_TRUE(slow.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  auto responder = next_later();
  RawClient quick(port);
  ASSERT_TRUE(quick.send(kGetHello));
  EXPECT_TRUE(quick.read_answer().ends_with("hello"));
  std::thread([&] { responder.send(Response::text("from a thread")); }).join();
  EXPECT_TRUE(slow.read_answer().ends_with("from a thread"));
}

TEST_F(ServerTest, ADroppedOrThrowingHandlerAnswers500) {
  RawClient client(serve());
  for (const auto* path : {"/drop", "/throw"}) {
    ASSERT_TRUE(client.send(std::string("GET ") + path + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 500 ")) << path;
  }
}

TEST_F(ServerTest, AHookThatThrowsEndsItsConnectionOnly) {
  router_.before([](const Request& request, const Route&) -> std::optional<Response> {
    if (request.headers.contains("X-Throw")) throw std::runtime_error("library");
    return std::nullopt;
  });
  const auto port = serve();
  RawClient client(port), other(port);
  ASSERT_TRUE(client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Throw: 1\r\n\r\n"));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.closed());
  ASSERT_TRUE(other.send(kGetHello));
  EXPECT_TRUE(other.read_answer().ends_with("hello"));
}

// Six bodies that lack their last byte, where four are the bound.
TEST_F(ServerTest, AllBodiesTogetherAreBounded) {
  constexpr std::size_t kBody = 100'000;
  const auto before = refusals(detail::Refusal::BodiesTotal);
  const auto port = serve({.bodies_bytes_max = 4 * kBody});
  const std::string part =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" +
      std::string(kBody - 1, 'b');
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(port));
    ASSERT_TRUE(clients.back()->send(part));
  }
  RawClient quick(port);  // requests without a body are served all the time
  while (refusals(detail::Refusal::BodiesTotal) == before) {
    ASSERT_TRUE(quick.send(kGetHello));
    ASSERT_TRUE(quick.read_answer().ends_with("hello"));
  }
  int served = 0, refused = 0;
  for (const auto& client : clients) {
    client->send("b");
    (client->read_answer().starts_with("HTTP/1.1 200 ") ? served : refused)++;
  }
  EXPECT_GE(served, 1);  // those that were within the bound
  EXPECT_GE(refused, 1);
}

TEST_F(ServerTest, AHeaderThatWouldSplitTheAnswerBecomes500) {
  RawClient client(serve());
  ASSERT_TRUE(client.send("GET /split HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto answer = client.read_answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(answer.contains("evil"));
}

TEST_F(ServerTest, RefusesALargeBodyBeforeItIsSent) {
  const auto before = refusals(detail::Refusal::BodyBytes);
  RawClient client(serve());
  ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n"));
  const auto answer = client.read_answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_TRUE(answer.contains(kClosing));
  EXPECT_TRUE(answer.contains("10000000 bytes; this route takes at most 1000000"));
  client.finish_sending();
  client.read_to_end();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refusals(detail::Refusal::BodyBytes), before + 1);
}

TEST_F(ServerTest, AnEarlyRefusalReachesAClientThatIsStillSending) {
  RawClient client(serve());
  ASSERT_TRUE(client.send("POST /nope HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n"));
  client.send(std::string(500'000, 'x'));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 404 "));
}

TEST_F(ServerTest, ContinueIsSaidOnlyForAnAcceptableBody) {
  RawClient client(serve());
  ASSERT_TRUE(client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send("ok"));
  EXPECT_TRUE(client.read_answer().ends_with("ok"));
  ASSERT_TRUE(client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n"));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, LargeBodiesPassBothWays) {
  RawClient client(serve());
  const std::string body(1'000'000, 'y');
  std::thread sender([&] {
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\n" +
                body + "\r\n0\r\n\r\n");
  });
  const auto answer = client.read_answer();
  sender.join();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
}

TEST_F(ServerTest, MalformedRequestsGet400AndTheConnectionEnds) {
  const auto before = refusals(detail::Refusal::Malformed);
  const auto port = serve();
  const std::vector<std::string> table{
      "GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
      "GET /hello HTTP/1.1\nHost: h\n\n",
      "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n",
      "nonsense\r\n\r\n",
  };
  for (const auto& bytes : table) {
    RawClient client(port);
    ASSERT_TRUE(client.send(bytes + std::string(kGetHello)));  // what follows must not be served
    client.finish_sending();
    const auto answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << bytes << answer;
    EXPECT_FALSE(answer.contains("200 OK")) << bytes;
    EXPECT_TRUE(client.closed()) << bytes;
  }
  EXPECT_EQ(refusals(detail::Refusal::Malformed), before + table.size());
}

TEST_F(ServerTest, AHeadThatIsTooLargeGets431) {
  RawClient client(serve());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(200'000, 'a'));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 431 "));
}

TEST_F(ServerTest, ARequestThatTricklesInIsCutByItsDeadline) {
  const auto before = refusals(detail::Refusal::RequestDeadline);
  RawClient client(serve({.request_deadline = millis(40)}));
  ASSERT_TRUE(client.send("GET /hello HTTP/1.1\r\nHo"));
  const auto answer = client.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refusals(detail::Refusal::RequestDeadline), before + 1);
}

TEST_F(ServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  RawClient client(serve({.idle_deadline = millis(40)}));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, AnAnswerThatNeverComesBecomes504) {
  RawClient client(serve({.answer_deadline = millis(40)}));
  ASSERT_TRUE(client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 504 "));
  next_later().send(Response::text("too late"));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, APeerThatDoesNotReadItsAnswerIsCut) {
  const auto before = refusals(detail::Refusal::WriteDeadline);
  router_.add({.name = "large", .pattern = "/large"},
              [](const Request&) { return Response::text(std::string(32 << 20, 'z')); });
  const auto port = serve({.write_deadline = millis(40)});
  RawClient client(port, 4096);
  ASSERT_TRUE(client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n"));
  RawClient other(port);
  while (refusals(detail::Refusal::WriteDeadline) == before) {  // each turn waits for an answer
    ASSERT_TRUE(other.send(kGetHello));
    ASSERT_TRUE(other.read_answer().ends_with("hello"));
  }
  EXPECT_LT(client.read_to_end().size(), std::size_t{32} << 20);
}

TEST_F(ServerTest, ALongIdleConnectionGivesWayWhenAllAreTaken) {
  const auto port = serve({.connections_max = 2});
  RawClient first(port);
  ASSERT_TRUE(first.send(kGetHello));
  first.read_answer();
  RawClient second(port);
  ASSERT_TRUE(second.send(kGetHello));
  second.read_answer();
  RawClient third(port);
  ASSERT_TRUE(third.send(kGetHello));
  EXPECT_TRUE(third.read_answer().ends_with("hello"));
  EXPECT_EQ(first.read_to_end(), "");
  EXPECT_TRUE(first.closed());
  ASSERT_TRUE(second.send(kGetHello));
  EXPECT_TRUE(second.read_answer().ends_with("hello"));
}

TEST_F(ServerTest, WhenAllConnectionsWorkANewOneGets503) {
  const auto before = refusals(detail::Refusal::ConnectionsMax);
  const auto port = serve({.connections_max = 1});
  RawClient busy(port);
  ASSERT_TRUE(busy.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  auto responder = next_later();
  RawClient refused(port);
  EXPECT_TRUE(refused.read_answer().starts_with("HTTP/1.1 503 "));
  responder.send(Response::text("done"));
  EXPECT_TRUE(busy.read_answer().ends_with("done"));
  EXPECT_EQ(refusals(detail::Refusal::ConnectionsMax), before + 1);
}

TEST_F(ServerTest, OneAddressCannotTakeAllConnections) {
  const auto port = serve({.connections_per_address_max = 2, .limit_loopback_addresses = true});
  std::optional<RawClient> first(std::in_place, port);
  RawClient second(port);
  ASSERT_TRUE(second.send(kGetHello));
  second.read_answer();
  EXPECT_TRUE(RawClient(port).read_answer().starts_with("HTTP/1.1 429 "));
  first.reset();  // its place becomes free as soon as the server sees it go
  for (std::string answer; !answer.ends_with("hello");) {
    RawClient third(port);
    third.send(kGetHello);
    answer = third.read_answer();
  }
  ASSERT_TRUE(second.send(kGetHello));
  EXPECT_TRUE(second.read_answer().ends_with("hello"));
}

TEST_F(ServerTest, AThousandIdleConnectionsDoNotStopANewOne) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2'100)
    GTEST_SKIP() << "needs 2,100 file descriptors, may open " << files.rlim_cur;
  const auto port = serve();
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 1'000; ++i) idle.push_back(std::make_unique<RawClient>(port));
  RawClient client(port);
  ASSERT_TRUE(client.send(kGetHello));
  EXPECT_TRUE(client.read_answer().ends_with("hello"));
}

TEST_F(ServerTest, BlockingHandlersRunOnWorkersAndTheirQueueIsBounded) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::latch running(1);
  router_.add({.name = "wait", .pattern = "/wait", .blocking = true}, [&](const Request&) {
    running.count_down();
    released.wait();
    return Response::text("waited");
  });
  router_.add({.name = "next", .pattern = "/next", .blocking = true},
              [&](const Request&) { return Response::text("next"); });
  const auto before = refusals(detail::Refusal::WorkersBusy);
  const auto port = serve({.workers = 1});
  RawClient waiting(port);
  ASSERT_TRUE(waiting.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"));
  running.wait();
  std::vector<std::unique_ptr<RawClient>> queued;
  for (std::size_t i = 0; i < limits::kHttpWorkQueueMax + 1; ++i) {
    queued.push_back(std::make_unique<RawClient>(port));
    ASSERT_TRUE(queued.back()->send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
  RawClient quick(port);  // the I/O thread is free all the time
  while (refusals(detail::Refusal::WorkersBusy) == before) {
    ASSERT_TRUE(quick.send(kGetHello));
    ASSERT_TRUE(quick.read_answer().ends_with("hello"));
  }
  release.set_value();
  EXPECT_TRUE(waiting.read_answer().ends_with("waited"));
  int served = 0, busy = 0;
  for (const auto& client : queued)
    (client->read_answer().starts_with("HTTP/1.1 200 ") ? served : busy)++;
  EXPECT_EQ(busy, 1);
  EXPECT_EQ(served, static_cast<int>(limits::kHttpWorkQueueMax));
}

TEST_F(ServerTest, StopEndsRequestsInFlightAndLateAnswersGoNowhere) {
  const auto port = serve();
  RawClient waiting(port), idle(port);
  ASSERT_TRUE(waiting.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  auto responder = next_later();
  server_->stop();
  EXPECT_EQ(waiting.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_FALSE(RawClient(port).connected());
  server_.reset();
  responder.send(Response::text("too late"));
}

TEST_F(ServerTest, StopUnderLoadLeavesNothingRunning) {
  for (int round = 0; round < 10; ++round) {
    const auto port = serve();
    std::vector<std::thread> clients;
    std::latch warm(4);
    for (int i = 0; i < 4; ++i)
      clients.emplace_back([&] {
        RawClient client(port);
        bool first = true;
        while (client.send(kGetHello) && client.read_answer().ends_with("hello"))
          if (std::exchange(first, false)) warm.count_down();
      });
    warm.wait();
    server_->stop();
    for (auto& client : clients) client.join();
  }
}

TEST_F(ServerTest, RunServesOnTheCallersThread) {
  server_ = std::make_unique<Server>(ServerConfig{}, router_);
  const auto port = *server_->listen("main", any_port());
  std::thread owner([&] { server_->run(); });
  RawClient client(port);
  ASSERT_TRUE(client.send(kGetHello));
  EXPECT_TRUE(client.read_answer().ends_with("hello"));
  server_->stop();
  owner.join();
}

}  // namespace
}  // namespace wardhive::net
