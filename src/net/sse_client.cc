#include "net/sse_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "net/impl/transfer.h"

namespace wardhive::net {

class SseClient::Impl {
 public:
  Impl(SseClientConfig config, SseCallbacks callbacks)
      : config_(std::move(config)),
        callbacks_(std::move(callbacks)),
        last_id_(config_.last_event_id),
        transfer_(config_.client),
        thread_([this] { follow(); }) {}

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    transfer_.interrupt();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void follow() {
    auto backoff = config_.backoff_min;
    while (!stopping()) {
      spoke_ = false;
      const auto lost = stream_once();
      if (stopping()) return;
      if (callbacks_.on_lost) callbacks_.on_lost(lost);
      // Only a stream that said something counts as a success: one that opens and ends at once
      // must not be asked again ten times a second.
      if (spoke_) backoff = config_.backoff_min;
      pause(jittered(std::max(backoff, retry_wish_)));
      backoff = std::min(backoff * 2, config_.backoff_max);
    }
  }

  // One connection, from its first byte to its end. There is always a reason why it ended.
  Error stream_once() {
    SseParser parser(last_id_);
    ClientRequest request{.url = config_.url,
                          .headers = config_.headers,
                          .timeout = {},
                          .unix_path = config_.unix_path};
    request.headers.add("Accept", "text/event-stream");
    request.headers.add("Cache-Control", "no-store");
    if (!last_id_.empty()) request.headers.add("Last-Event-ID", last_id_);

    detail::TransferEvents events;
    events.idle_timeout = config_.idle_timeout;
    events.on_head = [this](int status, const Headers& headers) {
      return check_head(status, headers);
    };
    events.on_body = [&](std::string_view bytes) -> Status {
      spoke_ = true;
      const auto fed = parser.feed(bytes, [this](const SseEvent& event) {
        last_id_ = event.id;
        if (callbacks_.on_event && !stopping()) callbacks_.on_event(event);
      });
      if (parser.retry()) retry_wish_ = std::min(*parser.retry(), config_.backoff_max);
      return fed;
    };
    const auto outcome = transfer_.perform(request, events, config_.connect_timeout);
    if (!outcome) return outcome.error();
    return {ErrorCode::Unavailable,
            fmt::format("{}: the server ended the event stream", config_.url)};
  }

  Status check_head(int status, const Headers& headers) {
    if (status != 200) {
      const auto code =
          status == 401 || status == 403 ? ErrorCode::PermissionDenied : ErrorCode::Unavailable;
      return fail(
          code, fmt::format("the event stream was refused with {} {}", status, reason_of(status)));
    }
    const auto type = headers.get("Content-Type").value_or("");
    if (!equal_ignoring_case(type.substr(0, type.find(';')), "text/event-stream"))
      return fail(ErrorCode::Unsupported,
                  fmt::format("expected text/event-stream, found \"{}\"", type));
    if (callbacks_.on_connected) callbacks_.on_connected();
    return ok();
  }

  // Half to all of it, so that a thousand agents do not come back at the same moment.
  Duration jittered(Duration wait) {
    std::uniform_int_distribution<std::int64_t> part(wait.count() / 2, wait.count());
    return Duration(part(random_));
  }

  void pause(Duration wait) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return stopping_; });
  }

  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  const SseClientConfig config_;
  const SseCallbacks callbacks_;
  // The thread's own.
  std::string last_id_;
  Duration retry_wish_ = {};
  bool spoke_ = false;
  std::mt19937_64 random_{std::random_device{}()};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  detail::Transfer transfer_;
  std::thread thread_;
};

SseClient::SseClient(SseClientConfig config, SseCallbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(callbacks))) {}
SseClient::~SseClient() { stop(); }
void SseClient::stop() { impl_->stop(); }

}  // namespace wardhive::net
