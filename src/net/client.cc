#include "net/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "net/impl/transfer.h"

namespace wardhive::net {

// Each running request has a Transfer of its own; idle ones, with their connections, are kept.
class HttpClient::Impl {
 public:
  explicit Impl(ClientConfig config) : config_(std::move(config)) {}

  Result<Response> request(const ClientRequest& request) {
    if (request.timeout <= Duration::zero())
      return fail(ErrorCode::InvalidInput, "a request needs a timeout above zero");
    WARDHIVE_ASSIGN(const auto transfer, borrow());
    Response response;
    detail::TransferEvents events;
    events.on_head = [&](int status, const Headers& headers) {
      response.status = status;
      response.headers = headers;
      return ok();
    };
    events.on_body = [&](std::string_view bytes) -> Status {
      if (response.body.size() + bytes.size() > request.body_bytes_max)
        return fail(ErrorCode::LimitReached,
                    fmt::format("the answer is larger than {} bytes", request.body_bytes_max));
      response.body += bytes;
      return ok();
    };
    const auto outcome = transfer->perform(request, events, request.timeout);
    give_back(transfer);
    if (!outcome) return std::unexpected(outcome.error());
    return response;
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    for (const auto& transfer : running_) transfer->interrupt();
  }

 private:
  using TransferPtr = std::shared_ptr<detail::Transfer>;
  static constexpr std::size_t kIdleTransfersMax = 16;

  Result<TransferPtr> borrow() {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return fail(ErrorCode::Unavailable, "cancelled");
    if (idle_.empty()) idle_.push_back(std::make_shared<detail::Transfer>(config_));
    running_.push_back(std::move(idle_.back()));
    idle_.pop_back();
    return running_.back();
  }

  void give_back(const TransferPtr& transfer) {
    const std::lock_guard lock(mutex_);
    std::erase(running_, transfer);
    if (idle_.size() < kIdleTransfersMax) idle_.push_back(transfer);
  }

  const ClientConfig config_;
  std::mutex mutex_;
  std::vector<TransferPtr> idle_;     // guarded by mutex_
  std::vector<TransferPtr> running_;  // guarded by mutex_
  bool cancelled_ = false;            // guarded by mutex_
};

HttpClient::HttpClient(ClientConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
HttpClient::~HttpClient() { cancel(); }

Result<Response> HttpClient::request(const ClientRequest& request) {
  return impl_->request(request);
}

Result<Response> HttpClient::get(std::string url) {
  return impl_->request({.url = std::move(url)});
}

void HttpClient::cancel() { impl_->cancel(); }

}  // namespace wardhive::net
