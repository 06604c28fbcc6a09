// A notice makes the source look at once, and that is all it does. Real threads and sockets.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>

#include "ingest/chain_source.h"
#include "testkit/websocket_server.h"

namespace wardhive {
namespace {

constexpr auto kSoon = std::chrono::seconds(10);
constexpr unsigned kAtOnce = 5;  // looks beyond those of the interval; then one a second

std::string notice(std::string_view kind) {
  return fmt::format(R"({{"jsonrpc":"2.0","method":"{}Notification","params":{{}}}})", kind);
}

// A source that would look once an hour, on an endpoint with nothing on it.
class HintTest : public ::testing::Test {
 protected:
  HintTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~HintTest() override {
    source_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start(const std::string& notices) {
    ChainSourceOptions options{.state = folder_, .observer = "controller"};
    options.settings.endpoints = {"http://rpc/"};
    options.settings.notices = {notices};
    options.settings.watch = {"Stake11111111111111111111111111111111111111"};
    options.settings.interval = hours(1);
    options.askers.push_back([this](std::string_view method, const std::string&) {
      if (method == "getMultipleAccounts") looked();
      return chain::RpcAttempt{
          .answer = *JsonValue::parse(method == "getMultipleAccounts"
                                          ? R"({"context":{"slot":7},"value":[null]})"
                                      : method == "getGenesisHash" ? R"("a devchain")"
                                                                   : "7")};
    });
    source_ = ChainSource::make(std::move(options), system_clock(), [](ChainSaid) {
                return true;
              }).value();
    source_->start();
  }
  // Whether it has looked so often, within ten seconds.
  bool has_looked(unsigned times) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kSoon, [&] { return looks_ >= times; });
  }
  unsigned looks() {
    const std::lock_guard lock(mutex_);
    return looks_;
  }
  std::unique_ptr<ChainSource> source_;

 private:
  void looked() {
    const std::lock_guard lock(mutex_);
    ++looks_;
    changed_.notify_all();
  }

  const Path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("chain_hint_{}", ::getpid());
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned looks_ = 0;  // guarded by mutex_
};

TEST_F(HintTest, EachNoticeIsALookWithoutWaitingForTheInterval) {
  WebsocketServer server([&](WebsocketServer::Peer& peer) {
    EXPECT_TRUE(has_looked(1)) << "the first look waits for nobody";
    peer.send(notice("account"));
    EXPECT_TRUE(has_looked(2));
    peer.send(notice("logs"));
    EXPECT_TRUE(has_looked(3));
    peer.send(notice("slot"));
    peer.send("not even JSON");
    peer.send(notice("account"));
    EXPECT_TRUE(has_looked(4));
    while (peer.receive()) continue;
  });
  start(server.url());
  EXPECT_TRUE(has_looked(4));
  source_->stop();
  EXPECT_EQ(looks(), 4u) << "a slot is no reason to look";
}

TEST_F(HintTest, WhoSaysALotDoesNotMakeItAskALot) {
  std::promise<void> heard;
  std::atomic<bool> told{false};
  WebsocketServer server([&](WebsocketServer::Peer& peer) {
    EXPECT_TRUE(has_looked(1));
    for (int i = 0; i < 5'000; ++i) peer.send(notice("logs"));
    EXPECT_TRUE(has_looked(2));
    const auto before = looks();
    peer.send(notice("account"));
    EXPECT_TRUE(has_looked(before + 1)) << "what is beyond the budget comes later and is not lost";
    if (!told.exchange(true)) heard.set_value();
    while (peer.receive()) continue;
  });
  const auto began = system_clock().mono();
  start(server.url());
  EXPECT_EQ(heard.get_future().wait_for(3 * kSoon), std::future_status::ready);
  source_->stop();
  const auto seconds_passed = static_cast<unsigned>(to_seconds(system_clock().mono() - began)) + 1;
  EXPECT_LE(looks(), 1 + kAtOnce + seconds_passed);
}

TEST_F(HintTest, WithoutAnEndpointThatSaysAnythingItLooksAllTheSame) {
  start("ws://127.0.0.1:1/");
  EXPECT_TRUE(has_looked(1));
}

}  // namespace
}  // namespace wardhive
