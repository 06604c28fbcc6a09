#include "engine/agent_link.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/log.h"

namespace wardhive {
namespace {

constexpr Duration kBackoffMin = millis(100);
constexpr Duration kBackoffMax = seconds(2);

}  // namespace

AgentLink::AgentLink(AgentLinkConfig config, OnDesired on_desired, std::unique_ptr<Spool> spool)
    : config_(std::move(config)),
      on_desired_(std::move(on_desired)),
      boot_(random_hex(8)),
      spool_(std::move(spool)) {}

Result<std::unique_ptr<AgentLink>> AgentLink::start(AgentLinkConfig config, OnDesired on_desired) {
  WARDHIVE_ASSIGN(auto spool, Spool::open(config.state));
  std::unique_ptr<AgentLink> link(
      new AgentLink(std::move(config), std::move(on_desired), std::move(spool)));
  auto* self = link.get();
  net::SseClientConfig listener;
  listener.url = self->config_.url + "/api/v1/agent/desired";
  listener.headers.add("Authorization", "Bearer " + self->config_.credential);
  listener.backoff_max = kBackoffMax;
  net::SseCallbacks callbacks;
  callbacks.on_event = [self](const net::SseEvent& event) {
    auto set = from_json<DesiredSet>(event.data);
    if (!set) return log::warn("desired_not_understood", {{"reason", set.error().message}});
    self->on_desired_(event.event == "full", *set);
  };
  callbacks.on_lost = [](const Error& error) {
    log::warn("controller_stream_lost", {{"reason", error.message}});
  };
  self->listener_ = std::make_unique<net::SseClient>(std::move(listener), std::move(callbacks));
  self->sender_ = std::jthread([self] { self->send_loop(); });
  return link;
}

AgentLink::~AgentLink() { stop(Duration::zero()); }

Status AgentLink::say(AgentMessage message) {
  WARDHIVE_TRY(spool_->add(std::move(message)));
  const std::lock_guard lock(mutex_);
  news_ = true;
  wake_.notify_all();
  return ok();
}

bool AgentLink::connected() const {
  const std::lock_guard lock(mutex_);
  return connected_;
}

void AgentLink::stop(Duration wait) {
  {
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    wake_.notify_all();
    wake_.wait_for(lock, wait, [&] { return spool_->empty(); });
    stopping_ = true;
    wake_.notify_all();
  }
  client_.cancel();
  if (sender_.joinable()) sender_.join();
  listener_.reset();
}

void AgentLink::send_loop() {
  Duration backoff = kBackoffMin;
  for (;;) {
    const bool good = send_once();
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    if (good != connected_)
      log::info(good ? "controller_reached" : "controller_lost", {{"url", config_.url}});
    connected_ = good;
    wake_.notify_all();
    if (good) {
      backoff = kBackoffMin;
      wake_.wait_for(lock, config_.heartbeat, [&] { return news_ || stopping_; });
    } else {
      wake_.wait_for(lock, backoff, [&] { return stopping_; });
      backoff = std::min(backoff * 2, kBackoffMax);
    }
    if (stopping_) return;
  }
}

// One request: what is waiting, or nothing as a heartbeat. True if the controller took it.
bool AgentLink::send_once() {
  {
    const std::lock_guard lock(mutex_);
    news_ = false;
  }
  std::uint64_t last = 0;
  net::ClientRequest request;
  request.method = net::Method::Post;
  request.url = config_.url + "/api/v1/agent/records";
  request.headers = {{"Authorization", "Bearer " + config_.credential},
                     {"Content-Type", "application/json"}};
  request.body = encode_batch(
      boot_, spool_->front(limits::kRecordsPerBatchMax, limits::kHttpBodyBytesMax / 2, last));
  const auto answer = client_.request(request);
  if (!answer) {
    log::debug("records_not_sent", {{"reason", answer.error().message}});
    return false;
  }
  if (answer->status != 200) {
    log::warn("records_refused",
              {{"status", answer->status}, {"answer", answer->body.substr(0, 300)}});
    // A message that is refused as such would block the rest for ever.
    if (answer->status == 400 && last > 0) spool_->acknowledged(last);
    return false;
  }
  const auto json = JsonValue::parse(answer->body);
  if (!json) return false;
  spool_->acknowledged(
      static_cast<std::uint64_t>(std::max(json->number_or("acknowledged", 0), 0.0)));
  if (!spool_->empty()) {
    const std::lock_guard lock(mutex_);
    news_ = true;
  }
  return true;
}

}  // namespace wardhive
