#include "chain/notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/json.h"
#include "net/websocket_client.h"

namespace wardhive::chain {
namespace {

constexpr int kHeartbeat = 1;  // the id of its subscription; the others count on from it

std::string request(int id, std::string_view method, const std::string& params) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                     params);
}

// In the order in which they are asked for.
std::vector<std::string> subscriptions(const NoticesConfig& config) {
  std::vector<std::string> asked{request(kHeartbeat, "slotSubscribe", "[]")};
  const auto add = [&](std::string_view method, const std::string& params) {
    if (asked.size() <= kNoticeKeysMax)
      asked.push_back(request(kHeartbeat + static_cast<int>(asked.size()), method, params));
  };
  for (const auto& key : config.accounts)
    add("accountSubscribe", fmt::format(R"(["{}",{{"commitment":"confirmed","encoding":"base64",)"
                                        R"("dataSlice":{{"offset":0,"length":0}}}}])",
                                        key.text()));
  for (const auto& key : config.mentioned)
    add("logsSubscribe",
        fmt::format(R"([{{"mentions":["{}"]}},{{"commitment":"confirmed"}}])", key.text()));
  return asked;
}

}  // namespace

NoticeKind notice_kind(std::string_view message) {
  const auto said = JsonValue::parse(message);
  if (!said) return NoticeKind::Other;
  const auto method = said->string_or("method", "");
  if (method == "accountNotification") return NoticeKind::Account;
  if (method == "logsNotification") return NoticeKind::Logs;
  if (method == "slotNotification") return NoticeKind::Slot;
  if (said->find("error") != nullptr) return NoticeKind::Refused;
  return said->find("result") != nullptr ? NoticeKind::Subscribed : NoticeKind::Other;
}

class Notices::Impl {
 public:
  Impl(NoticesConfig config, Heard heard)
      : config_(std::move(config)), heard_(std::move(heard)), asked_(subscriptions(config_)) {
    for (const auto& url : config_.urls)
      sockets_.push_back(std::make_unique<net::WebsocketClient>(
          net::WebsocketConfig{.url = url,
                               .idle_timeout = config_.idle_timeout,
                               .client = {.proxy_from_environment = true}}));
  }

  void start() {
    thread_ = std::thread([this] { follow(); });
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (const auto& socket : sockets_) socket->cancel();
    if (thread_.joinable()) thread_.join();
  }
  NoticesState state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  void follow() {
    auto pause = config_.pause_min;
    for (std::size_t turn = 0;; ++turn) {
      const auto lost = listen(*sockets_[turn % sockets_.size()]);
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      // Who speaks and refuses all is not asked again at once.
      if (std::exchange(state_.open, false) && lost.code != ErrorCode::LimitReached)
        pause = config_.pause_min;
      state_.problem = lost.message;
      changed_.wait_for(lock, jittered(pause), [this] { return stopping_; });
      if (stopping_) return;
      pause = std::min(pause * 2, config_.pause_max);
    }
  }

  // One connection, to its end. There is always a reason why it ended.
  Error listen(net::WebsocketClient& socket) {
    {
      const std::lock_guard lock(mutex_);
      state_.refused = 0;
    }
    if (const auto opened = socket.open(); !opened) return opened.error();
    for (const auto& request : asked_)
      if (const auto sent = socket.send(request); !sent) return sent.error();
    for (auto useful_at = system_clock().mono();;) {
      const auto message = socket.receive();
      if (!message) return message.error();
      const auto kind = notice_kind(*message);
      const auto now = system_clock().mono();
      if (tells(kind)) useful_at = now;
      if (now - useful_at > config_.idle_timeout)
        return {ErrorCode::Timeout, "it speaks, and announces no slot"};
      // Nothing but slots is of no use; another endpoint may have more to say.
      if (note(kind) + 1 >= asked_.size() && asked_.size() > 1 && sockets_.size() > 1)
        return {ErrorCode::LimitReached, "it refused every subscription"};
    }
  }

  static bool tells(NoticeKind kind) {
    return kind == NoticeKind::Account || kind == NoticeKind::Logs || kind == NoticeKind::Slot;
  }

  // How many subscriptions were refused so far.
  std::size_t note(NoticeKind kind) {
    const bool change = tells(kind) && kind != NoticeKind::Slot;
    std::size_t refused = 0;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return 0;
      state_.heard += change ? 1 : 0;
      state_.refused += kind == NoticeKind::Refused ? 1 : 0;
      refused = state_.refused;
      // An endpoint that only answers what it was asked is none that tells something.
      if (tells(kind)) {
        state_.open = true;
        state_.problem.clear();
      }
    }
    if (change) heard_(kind);
    return refused;
  }

  Duration jittered(Duration pause) {
    return Duration(
        std::uniform_int_distribution<std::int64_t>(pause.count() / 2, pause.count())(random_));
  }

  const NoticesConfig config_;
  const Heard heard_;
  const std::vector<std::string> asked_;
  std::vector<std::unique_ptr<net::WebsocketClient>> sockets_;  // by URL
  std::mt19937_64 random_{std::random_device{}()};              // the thread's own

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  NoticesState state_;     // guarded by mutex_
  std::thread thread_;
};

Notices::Notices(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Notices::~Notices() { stop(); }

Result<std::unique_ptr<Notices>> Notices::make(NoticesConfig config, Heard heard) {
  if (config.urls.empty()) return fail(ErrorCode::InvalidInput, "no websocket's URL was given");
  for (const auto& url : config.urls) WARDHIVE_TRY(net::check_websocket_url(url));
  return std::unique_ptr<Notices>(
      new Notices(std::make_unique<Impl>(std::move(config), std::move(heard))));
}

void Notices::start() { impl_->start(); }
void Notices::stop() { impl_->stop(); }
NoticesState Notices::state() const { return impl_->state(); }

}  // namespace wardhive::chain
