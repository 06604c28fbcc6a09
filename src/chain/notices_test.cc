#include "chain/notices.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/json.h"
#include "testkit/websocket_server.h"

namespace wardhive::chain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Peer = WebsocketServer::Peer;

constexpr auto kSoon = std::chrono::seconds(10);
const std::string kSlot = R"({"jsonrpc":"2.0","method":"slotNotification","params":{}})";
const std::string kAccount = R"({"jsonrpc":"2.0","method":"accountNotification","params":{}})";
const std::string kLogs = R"({"jsonrpc":"2.0","method":"logsNotification","params":{}})";

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}

// What was heard, in order, over threads.
class Ear {
 public:
  Notices::Heard heard() {
    return [this](NoticeKind kind) {
      const std::lock_guard lock(mutex_);
      kinds_.push_back(kind);
      changed_.notify_all();
    };
  }
  // All of it, once it is `count`.
  std::vector<NoticeKind> after(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kSoon, [&] { return kinds_.size() >= count; });
    return kinds_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<NoticeKind> kinds_;
};

std::unique_ptr<Notices> listening(NoticesConfig config, Ear& ear) {
  config.pause_min = millis(1);
  config.pause_max = millis(5);
  auto notices = Notices::make(std::move(config), ear.heard());
  EXPECT_TRUE(notices);
  (*notices)->start();
  return *std::move(notices);
}

TEST(Notices, AsksForAccountsAndLogsAndHearsOfThemOnly) {
  std::vector<std::string> asked;
  WebsocketServer server([&](Peer& peer) {
    for (int i = 0; i < 4; ++i) asked.push_back(peer.receive().value_or(""));
    for (int i = 1; i <= 4; ++i) peer.send(fmt::format(R"({{"id":{},"result":{}}})", i, 70 + i));
    for (const auto* other :
         {"[", "{}", "\"logsNotification\"", R"({"method":"rootNotification"})"})
      peer.send(other);
    for (const auto& message : {kSlot, kAccount, kSlot, kLogs}) peer.send(message);
    peer.receive();
  });
  Ear ear;
  const auto notices =
      listening({.urls = {server.url()}, .accounts = {key(1), key(2)}, .mentioned = {key(3)}}, ear);
  EXPECT_THAT(ear.after(2), ElementsAre(NoticeKind::Account, NoticeKind::Logs));
  const auto state = notices->state();
  EXPECT_TRUE(state.open);
  EXPECT_EQ(state.problem, "");
  EXPECT_EQ(state.heard, 2u);
  EXPECT_EQ(state.refused, 0u);
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_THAT(asked[0], HasSubstr("slotSubscribe"));
  EXPECT_THAT(asked[1], HasSubstr(R"("accountSubscribe","params":[")" + key(1).text()));
  EXPECT_THAT(asked[2], HasSubstr(key(2).text()));
  EXPECT_THAT(asked[3], HasSubstr(R"("logsSubscribe","params":[{"mentions":[")" + key(3).text()));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto request = JsonValue::parse(asked[i]);
    ASSERT_TRUE(request) << asked[i];
    EXPECT_EQ(request->number_or("id", 0), static_cast<double>(i + 1));
  }
}

TEST(Notices, GoesOnWithTheNextEndpointWhenOneEndsOrRefuses) {
  WebsocketServer refusing(std::string("HTTP/1.1 429 Too Many Requests\r\n\r\n"));
  WebsocketServer ending([](Peer& peer) {
    peer.send(kLogs);
    peer.close(1001, "");
  });
  Ear ear;
  const auto notices =
      listening({.urls = {refusing.url(), ending.url()}, .mentioned = {key(3)}}, ear);
  EXPECT_GE(ear.after(3).size(), 3u) << "it came back again and again";
  EXPECT_GE(ending.served(), 3u);
}

TEST(Notices, SaysWhyNothingIsHeard) {
  WebsocketServer silent([](Peer& peer) {
    while (peer.receive()) continue;
  });
  Ear ear;
  const auto notices =
      listening({.urls = {silent.url()}, .mentioned = {key(3)}, .idle_timeout = millis(20)}, ear);
  while (silent.served() < 3) std::this_thread::yield();
  const auto state = notices->state();
  EXPECT_FALSE(state.open);
  EXPECT_THAT(state.problem, HasSubstr("nothing came in time"));
  EXPECT_EQ(state.heard, 0u);
}

TEST(Notices, WhoSpeaksAndTellsNothingIsLeft) {
  std::atomic<bool> over{false};
  WebsocketServer chatting([&](Peer& peer) {
    while (!over && peer.send("{}")) peer.wait(1);
  });
  WebsocketServer refusing([&](Peer& peer) {
    for (int i = 0; i < 2; ++i) peer.receive();
    peer.send(kSlot);
    peer.send(R"({"id":2,"error":{"code":-32603,"message":"Subscription refused"}})");
    while (peer.receive()) continue;
  });
  WebsocketServer useful([](Peer& peer) {
    peer.send(kLogs);
    while (peer.receive()) continue;
  });
  Ear ear;
  const auto notices = listening({.urls = {chatting.url(), refusing.url(), useful.url()},
                                  .mentioned = {key(3)},
                                  .idle_timeout = seconds(1)},
                                 ear);
  EXPECT_THAT(ear.after(1), ElementsAre(NoticeKind::Logs));
  over = true;
}

TEST(Notices, CountsWhatAnEndpointRefuses) {
  WebsocketServer server([](Peer& peer) {
    for (int i = 0; i < 2; ++i) peer.receive();
    peer.send(R"({"id":2,"error":{"code":-32603,"message":"Subscription refused"}})");
    peer.send(kLogs);
    peer.receive();
  });
  Ear ear;
  const auto notices = listening({.urls = {server.url()}, .mentioned = {key(3)}}, ear);
  ear.after(1);
  EXPECT_EQ(notices->state().refused, 1u);
  EXPECT_TRUE(notices->state().open);
}

TEST(Notices, AsksForNoMoreKeysThanItsLimit) {
  std::size_t accounts = 0, logs = 0;
  bool more = true;
  WebsocketServer server([&](Peer& peer) {
    for (std::size_t i = 0; i <= kNoticeKeysMax; ++i) {
      const auto asked = peer.receive().value_or("");
      accounts += asked.contains("accountSubscribe") ? 1 : 0;
      logs += asked.contains("logsSubscribe") ? 1 : 0;
    }
    more = peer.wait(100);
    peer.send(kLogs);
    peer.receive();
  });
  Ear ear;
  auto notices = listening({.urls = {server.url()},
                            .accounts = std::vector<Pubkey>(kNoticeKeysMax - 5, key(1)),
                            .mentioned = std::vector<Pubkey>(50, key(3))},
                           ear);
  EXPECT_THAT(ear.after(1), ElementsAre(NoticeKind::Logs));
  EXPECT_FALSE(more);
  EXPECT_EQ(accounts, kNoticeKeysMax - 5);
  EXPECT_EQ(logs, 5u);
}

TEST(Notices, StopsWhileItWaits) {
  WebsocketServer server([](Peer& peer) {
    peer.send(kSlot);
    peer.receive();
    peer.receive();
  });
  Ear ear;
  auto open = listening({.urls = {server.url()}, .mentioned = {key(3)}}, ear);
  while (!open->state().open) std::this_thread::yield();
  open->stop();
  open->stop();
  auto pausing = Notices::make({.urls = {"ws://127.0.0.1:1/"}, .pause_min = hours(1)}, ear.heard());
  ASSERT_TRUE(pausing);
  (*pausing)->start();
  while ((*pausing)->state().problem.empty()) std::this_thread::yield();
  EXPECT_THAT((*pausing)->state().problem, HasSubstr("could not connect"));
  (*pausing)->stop();
}

TEST(Notices, RefusesWhatIsNoWebsocket) {
  Ear ear;
  for (const auto& urls :
       {std::vector<std::string>{}, {"http://127.0.0.1:8899"}, {"ws://ok/", "x"}})
    EXPECT_EQ(Notices::make({.urls = urls}, ear.heard()).error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace wardhive::chain
