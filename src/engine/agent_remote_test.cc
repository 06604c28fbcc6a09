// Agent and controller over a real socket: what is acknowledged is stored, nothing is taken twice,
// who connects gets all that shall hold.
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>

#include "engine/agent_hub.h"
#include "engine/agent_link.h"
#include "net/server.h"

namespace wardhive {
namespace {

// Takes what arrives, as the pipeline would; `storing` off leaves senders unanswered.
class FakePipeline {
 public:
  explicit FakePipeline(Inbox& inbox) : inbox_(inbox), thread_([this] { run(); }) {}
  ~FakePipeline() {
    inbox_.stop();
    thread_.join();
  }
  std::vector<std::string> users() {
    const std::lock_guard lock(mutex_);
    return users_;
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, seconds(10), [&] { return users_.size() >= count; });
  }

 private:
  void run() {
    for (;;) {
      auto taken = inbox_.take(seconds(60), 1'000);
      if (taken.empty()) return;
      for (auto& submission : taken) {
        {
          const std::lock_guard lock(mutex_);
          for (const auto& record : submission.records)
            if (const auto* event = std::get_if<Event>(&record))
              users_.push_back(event->observer.name + ":" + event->attributes.at("user"));
          wake_.notify_all();
        }
        if (submission.done) submission.done(1);
      }
    }
  }
  Inbox& inbox_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::string> users_;
  std::thread thread_;
};

class Heard {
 public:
  void operator()(bool full, const DesiredSet& set) {
    const std::lock_guard lock(mutex_);
    sets_.emplace_back(full, set);
    wake_.notify_all();
  }
  std::pair<bool, DesiredSet> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(wake_.wait_for(lock, seconds(10), [&] { return sets_.size() >= count; }));
    return sets_.size() >= count ? sets_[count - 1] : std::pair<bool, DesiredSet>{};
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<bool, DesiredSet>> sets_;
};

class AgentRemote : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-link-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    hub_.add_routes(router_);
    server_ = std::make_unique<net::Server>(net::ServerConfig{}, router_);
    const auto port = server_->listen("agents", *net::ListenAddress::parse("127.0.0.1:0"));
    ASSERT_TRUE(port) << port.error().message;
    server_->start();
    config_ = {"http://127.0.0.1:" + std::to_string(*port), "secret", directory_, seconds(1)};
  }
  void TearDown() override {
    server_->stop();
    std::filesystem::remove_all(directory_);
  }
  static Event event(std::string_view user) {
    Event e;
    e.subject = address("203.0.113.66");
    e.observer = node("somebody-else");
    e.attributes["user"] = user;
    return e;
  }
  static Action ban(std::uint64_t version, bool present = true) {
    Action action;
    action.id = {version, 0};
    action.verb = Verb::BanAddress;
    action.agent = "job-1";
    action.control = "nftables";
    action.key = "203.0.113.66";
    action.present = present;
    action.version = version;
    action.expires_at = Instant(hours(2));
    return action;
  }

  Path directory_;
  Inbox inbox_;
  AgentHub hub_{inbox_,
                system_clock(),
                7,
                {[](const net::Request& r) {
                   return r.headers.get("authorization") == "Bearer secret" ? "job-1" : "";
                 },
                 [](const std::string&, std::uint64_t) { return true; },
                 [](const std::string&, const Event&) {},
                 [this](Event e) {
                   const std::lock_guard lock(noticed_mutex_);
                   noticed_.push_back(std::move(e));
                 }}};
  // As a process of that name that has sent `number` messages.
  void post(const std::string& boot, std::uint64_t number) {
    net::HttpClient client;
    net::ClientRequest request;
    request.method = net::Method::Post;
    request.url = config_.url + "/api/v1/agent/records";
    request.headers = {{"Authorization", "Bearer secret"}};
    request.body = encode_batch(boot, {encode_message(number, event("a"))});
    const auto answer = client.request(request);
    ASSERT_TRUE(answer.has_value());
    ASSERT_EQ(answer->status, 200);
  }
  std::mutex noticed_mutex_;
  std::vector<Event> noticed_;
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  AgentLinkConfig config_;
};

TEST_F(AgentRemote, EventsArriveOnceUnderTheCredentialsName) {
  FakePipeline pipeline(inbox_);
  auto link = *AgentLink::start(config_, [](bool, const DesiredSet&) {});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(link->say(event(std::to_string(i))));
  ASSERT_TRUE(pipeline.wait_for(100));
  link->stop();
  const auto users = pipeline.users();
  ASSERT_EQ(users.size(), 100u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(users[static_cast<std::size_t>(i)], "job-1:" + std::to_string(i));
  EXPECT_EQ(hub_.agents().at(0).acknowledged, 100u);
}

TEST_F(AgentRemote, ProcessesThatFollowOneAnotherAreRestarts) {
  FakePipeline pipeline(inbox_);
  std::uint64_t number = 0;
  for (const auto* boot : {"a", "a", "b", "b", "c", "d", "e", "f", "f"}) post(boot, ++number);
  EXPECT_TRUE(noticed_.empty());
}

TEST_F(AgentRemote, ACopyDoesNotHideAmongNewNames) {
  FakePipeline pipeline(inbox_);
  for (int i = 0; i < 20; ++i) post("boot " + std::to_string(i), 1 + static_cast<unsigned>(i));
  EXPECT_FALSE(noticed_.empty()) << "nothing restarts so often";
}

TEST_F(AgentRemote, OneThatSpeaksAgainAfterAnotherIsTold) {
  FakePipeline pipeline(inbox_);
  post("a", 1);
  post("b", 2);
  ASSERT_TRUE(noticed_.empty());
  post("a", 2);
  ASSERT_EQ(noticed_.size(), 1u);
  EXPECT_EQ(noticed_[0].kind, EventKind::CredentialShared);
  EXPECT_EQ(noticed_[0].subject, node("job-1"));
  EXPECT_EQ(noticed_[0].attributes.at("process"), "a");
  EXPECT_EQ(noticed_[0].attributes.at("other_process"), "b");
  EXPECT_EQ(noticed_[0].attributes.at("peer"), "127.0.0.1");
  for (int i = 0; i < 20; ++i) post(i % 2 == 0 ? "b" : "a", 3);
  EXPECT_LE(noticed_.size(), 3u) << "at most once a second";
}

TEST_F(AgentRemote, ARepeatedBatchIsAcknowledgedAndNotTakenTwice) {
  FakePipeline pipeline(inbox_);
  net::HttpClient client;
  net::ClientRequest request;
  request.method = net::Method::Post;
  request.url = config_.url + "/api/v1/agent/records";
  request.headers = {{"Authorization", "Bearer secret"}};
  request.body =
      encode_batch("boot", {encode_message(1, event("a")), encode_message(2, event("b"))});
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.request(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, R"({"acknowledged":2})");
  }
  EXPECT_EQ(pipeline.users().size(), 2u);
}

TEST_F(AgentRemote, WhoConnectsGetsAllThatHoldsThenChanges) {
  FakePipeline pipeline(inbox_);
  hub_.restore({}, std::vector<Action>{ban(5)}, Instant(hours(1)));
  Heard heard;
  auto link = *AgentLink::start(config_, std::ref(heard));
  const auto [full, set] = heard.wait_for(1);
  EXPECT_TRUE(full);
  ASSERT_EQ(set.items.size(), 1u);
  EXPECT_EQ(set.epoch, 7u);
  EXPECT_EQ(set.items[0].version, 5u);
  EXPECT_GT(set.items[0].expires_in, minutes(59));
  hub_.dispatch(ban(6, false), Instant(hours(1)));
  const auto [again, change] = heard.wait_for(2);
  EXPECT_FALSE(again);
  EXPECT_FALSE(change.items.at(0).present);
  link->stop();
}

TEST_F(AgentRemote, WhatWasSaidWhileTheControllerWasAwayArrivesLater) {
  server_->stop();
  auto link = *AgentLink::start(config_, [](bool, const DesiredSet&) {});
  ASSERT_TRUE(link->say(event("early")));
  FakePipeline pipeline(inbox_);
  server_ = std::make_unique<net::Server>(net::ServerConfig{}, router_);
  ASSERT_TRUE(server_->listen("agents", *net::ListenAddress::parse(config_.url.substr(7))));
  server_->start();
  EXPECT_TRUE(pipeline.wait_for(1));
  link->stop();
}

TEST_F(AgentRemote, OtherKindsAndFallingNumbersAreRefusedWithThePlace) {
  EXPECT_EQ(decode_batch(R"({"records":[{"n":1,"kind":"command","body":{}}]})").error().message,
            "records[0]: kind \"command\" is not for agents; expected event, receipt or samples");
  const auto repeated =
      encode_batch("b", {encode_message(2, event("a")), encode_message(2, event("a"))});
  EXPECT_EQ(decode_batch(repeated).error().message, "records[1]: number 2 does not rise");
  // What only the controller sees, a node that was taken over must not invent.
  for (const auto kind : {EventKind::AuthorityChanged, EventKind::ProgramEvent,
                          EventKind::ProgramEventGap, EventKind::CredentialShared}) {
    auto invented = event("a");
    invented.kind = kind;
    const auto refused = decode_batch(encode_batch("boot", {encode_message(1, invented)}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("is not an agent's to tell"), std::string::npos);
  }
  EXPECT_FALSE(decode_batch("{}"));
  EXPECT_FALSE(decode_batch(R"({"records":[{"n":1,"kind":"samples","body":"!!"}]})"));
}

}  // namespace
}  // namespace wardhive
