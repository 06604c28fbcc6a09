// Event streams end to end: our server, our client, and raw readers that misbehave.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/impl/counters.h"
#include "net/impl/raw_client.h"
#include "net/server.h"
#include "net/sse_client.h"

namespace wardhive::net {
namespace {

using testing::RawClient;

constexpr std::string_view kGetEvents = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";

// Things that other threads saw, in order.
template <class T>
class Inbox {
 public:
  void put(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    changed_.notify_all();
  }
  T take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !items_.empty(); });
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;  // guarded by mutex_
};

struct Opened {
  SseStream stream;
  std::string last_event_id;
};

class SseTest : public ::testing::Test {
 protected:
  SseTest() {
    router_.add({.name = "events", .pattern = "/events"},
                [this](const Request& request, Responder responder) {
                  opened_.put({responder.start_sse(),
                               std::string(request.headers.get("Last-Event-ID").value_or(""))});
                });
    router_.add({.name = "denied", .pattern = "/denied"}, [](const Request&) {
      return error_response(401, "permission_denied", "a token is needed");
    });
    router_.add({.name = "text", .pattern = "/text"},
                [](const Request&) { return Response::text("no stream"); });
  }
  void serve(ServerConfig config = {}) {
    server_ = std::make_unique<Server>(std::move(config), router_);
    port_ = *server_->listen("main", *ListenAddress::parse("127.0.0.1:0"));
    server_->start();
  }
  std::unique_ptr<SseClient> follow(std::string_view path = "/events",
                                    Duration idle_timeout = seconds(30)) {
    return std::make_unique<SseClient>(
        SseClientConfig{.url = "http://127.0.0.1:" + std::to_string(port_) + std::string(path),
                        .idle_timeout = idle_timeout,
                        .backoff_min = millis(1),
                        .backoff_max = millis(20)},
        SseCallbacks{
            .on_event =
                [this](const SseEvent& e) { events_.put(e.event + "|" + e.data + "|" + e.id); },
            .on_connected = [this] { connected_.put(true); },
            .on_lost = [this](const Error& error) { lost_.put(error); }});
  }

  Inbox<Opened> opened_;
  Inbox<std::string> events_;
  Inbox<bool> connected_;
  Inbox<Error> lost_;
  Router router_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

TEST_F(SseTest, DeliversEventsInOrderWithNamesLinesAndIds) {
  serve();
  const auto client = follow();
  const auto stream = opened_.take().stream;
  ASSERT_TRUE(stream.send("full", "a\nb\r\n\nc", "1").has_value());
  ASSERT_TRUE(stream.send("", "plain").has_value());
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(stream.send("n", std::to_string(i), std::to_string(i)).has_value());
  EXPECT_EQ(events_.take(), "full|a\nb\n\nc|1");
  EXPECT_EQ(events_.take(), "message|plain|1");
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(events_.take(), "n|" + std::to_string(i) + "|" + std::to_string(i));
}

TEST_F(SseTest, EventsSentInsideTheHandlerArriveToo) {
  router_.add({.name = "greeting", .pattern = "/greeting"},
              [this](const Request&, Responder responder) {
                auto stream = responder.start_sse({{"X-Stream", "1"}});
                EXPECT_TRUE(stream.send("hello", "now").has_value());
                opened_.put({stream, ""});
              });
  serve();
  RawClient reader(port_);
  ASSERT_TRUE(reader.send("GET /greeting HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto head = reader.read_to("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(head.contains("Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(head.contains("X-Stream: 1\r\n"));
  EXPECT_FALSE(head.contains("Content-Length"));
  EXPECT_EQ(reader.read_to("\n\n"), "event: hello\ndata: now\n\n");
}

TEST_F(SseTest, AStreamCannotBeForgedThroughItsFields) {
  serve();
  const auto client = follow();
  const auto stream = opened_.take().stream;
  EXPECT_EQ(stream.send("a\ndata: x", "d").error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(stream.send("a", "d", "1\r\n\r\n").error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(stream.comment("a\n\ndata: x\n\n").error().code, ErrorCode::InvalidInput);
  EXPECT_FALSE(stream.closed());
}

TEST_F(SseTest, TheServerSendsHeartbeats) {
  serve({.heartbeat_interval = millis(20)});
  RawClient reader(port_);
  ASSERT_TRUE(reader.send(kGetEvents));
  const auto opened = opened_.take();
  reader.read_to("\r\n\r\n");
  EXPECT_EQ(reader.read_to("\n\n"), ":\n\n");
  EXPECT_EQ(reader.read_to("\n\n"), ":\n\n");
}

TEST_F(SseTest, AReaderThatLeavesClosesItsStream) {
  serve();
  auto reader = std::make_unique<RawClient>(port_);
  ASSERT_TRUE(reader->send(kGetEvents));
  const auto stream = opened_.take().stream;
  std::promise<void> closed;
  stream.on_close([&] { closed.set_value(); });
  reader.reset();
  closed.get_future().wait();
  EXPECT_TRUE(stream.closed());
  EXPECT_EQ(stream.send("x", "y").error().code, ErrorCode::Unavailable);
  std::promise<void> at_once;
  stream.on_close([&] { at_once.set_value(); });
  at_once.get_future().wait();
}

TEST_F(SseTest, ASlowReaderIsCutAndCountedAndOthersAreNot) {
  const auto before = detail::refused(detail::Refusal::SseSlowReader).value();
  serve();
  RawClient slow(port_, 4096);
  ASSERT_TRUE(slow.send(kGetEvents));
  const auto slow_stream = opened_.take().stream;
  const auto client = follow();
  const auto good_stream = opened_.take().stream;
  const std::string data(64 * 1024, 'x');
  Status outcome = ok();
  for (int i = 0; i < 10'000 && outcome; ++i) {
    outcome = slow_stream.send("x", data);
    ASSERT_TRUE(good_stream.send("n", std::to_string(i)).has_value());
    ASSERT_EQ(events_.take(), "n|" + std::to_string(i) + "|");
  }
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::LimitReached);
  EXPECT_TRUE(slow_stream.closed());
  EXPECT_FALSE(good_stream.closed());
  slow.read_to_end();
  EXPECT_TRUE(slow.closed());
  EXPECT_EQ(detail::refused(detail::Refusal::SseSlowReader).value(), before + 1);
}

TEST_F(SseTest, TheStreamEndsWithItsLastHandleAfterWhatWasQueued) {
  serve();
  RawClient reader(port_);
  ASSERT_TRUE(reader.send(kGetEvents));
  {
    const auto opened = opened_.take();
    const auto copy = opened.stream;
    ASSERT_TRUE(copy.send("last", "word").has_value());
  }
  const auto all = reader.read_to_end();
  EXPECT_TRUE(all.ends_with("event: last\ndata: word\n\n")) << all;
  EXPECT_TRUE(reader.closed());
}

TEST_F(SseTest, TheClientReconnectsWithTheLastId) {
  serve();
  const auto client = follow();
  {
    const auto first = opened_.take();
    EXPECT_EQ(first.last_event_id, "");
    ASSERT_TRUE(first.stream.send("e", "d", "41").has_value());
  }
  EXPECT_TRUE(lost_.take().message.ends_with("the server ended the event stream"));
  const auto second = opened_.take();
  EXPECT_EQ(second.last_event_id, "41");
  ASSERT_TRUE(second.stream.send("e", "no id").has_value());
  EXPECT_EQ(events_.take(), "e|d|41");
  EXPECT_EQ(events_.take(), "e|no id|41");
}

TEST_F(SseTest, TheClientComesBackAfterTheServerDid) {
  serve();
  const auto address = *ListenAddress::parse("127.0.0.1:" + std::to_string(port_));
  const auto client = follow();
  opened_.take();
  connected_.take();
  server_->stop();
  while (!lost_.take().message.ends_with("connection refused")) {
  }
  server_ = std::make_unique<Server>(ServerConfig{}, router_);
  ASSERT_TRUE(server_->listen("main", address).has_value());
  server_->start();
  connected_.take();
  ASSERT_TRUE(opened_.take().stream.send("back", "again").has_value());
  EXPECT_EQ(events_.take(), "back|again|");
}

TEST_F(SseTest, ASilentStreamIsADeadOne) {
  serve({.heartbeat_interval = hours(1)});
  const auto client = follow("/events", millis(50));
  const auto first = opened_.take();  // held: the server would keep it open
  const auto error = lost_.take();
  EXPECT_EQ(error.code, ErrorCode::Timeout);
  EXPECT_TRUE(error.message.ends_with("nothing was heard for 50ms")) << error.message;
  opened_.take();
}

TEST_F(SseTest, RefusalsAndOtherContentAreToldAndTriedAgain) {
  serve();
  const auto denied = follow("/denied");
  for (int i = 0; i < 2; ++i) {
    const auto error = lost_.take();
    EXPECT_EQ(error.code, ErrorCode::PermissionDenied);
    EXPECT_TRUE(error.message.contains("401 Unauthorized")) << error.message;
  }
  denied->stop();
  const auto text = follow("/text");
  for (auto error = lost_.take(); error.code != ErrorCode::Unsupported; error = lost_.take()) {
  }
}

TEST_F(SseTest, StopReturnsPromptlyWhileConnectedAndWhileWaiting) {
  serve();
  const auto client = follow();
  const auto opened = opened_.take();
  connected_.take();
  const auto before = std::chrono::steady_clock::now();
  client->stop();
  SseClient waiting(
      {.url = "http://127.0.0.1:" + std::to_string(port_) + "/denied", .backoff_min = seconds(5)},
      {.on_lost = [this](const Error& error) { lost_.put(error); }});
  lost_.take();
  waiting.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before,
            std::chrono::milliseconds(1500));  // sanitizers are slow
  std::promise<void> closed;
  opened.stream.on_close([&] { closed.set_value(); });
  closed.get_future().wait();
}

TEST_F(SseTest, StoppingTheServerClosesItsStreams) {
  serve();
  RawClient reader(port_);
  ASSERT_TRUE(reader.send(kGetEvents));
  const auto stream = opened_.take().stream;
  server_->stop();
  EXPECT_TRUE(stream.closed());
  EXPECT_EQ(stream.send("x", "y").error().code, ErrorCode::Unavailable);
}

TEST_F(SseTest, AStreamOpenedAfterTheAnswerDeadlineIsClosed) {
  Inbox<std::shared_ptr<Responder>> later;
  router_.add({.name = "later", .pattern = "/later"}, [&](const Request&, Responder responder) {
    later.put(std::make_shared<Responder>(std::move(responder)));
  });
  serve({.answer_deadline = millis(40)});
  RawClient reader(port_);
  ASSERT_TRUE(reader.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(reader.read_answer().starts_with("HTTP/1.1 504 "));
  EXPECT_TRUE(later.take()->start_sse().closed());
}

}  // namespace
}  // namespace wardhive::net
