#include "net/websocket_client.h"

#include <fmt/format.h>

#include <optional>

#include "net/impl/transfer.h"
#include "net/impl/websocket_session.h"
#include "net/url.h"

namespace wardhive::net {
namespace {

// The URL as libcurl knows it: a websocket begins as HTTP.
Result<Url> http_url(std::string_view text) {
  for (const auto& [ours, http] : {std::pair{"ws://", "http://"}, {"wss://", "https://"}}) {
    if (!text.starts_with(ours)) continue;
    auto url =
        Url::parse(std::string(http) + std::string(text.substr(std::string_view(ours).size())));
    // Of a URL with a password nothing is repeated.
    if (url || text.contains('@')) return url;
  }
  return fail(
      ErrorCode::InvalidInput,
      fmt::format("\"{}\" is not a websocket's URL; expected ws://HOST:PORT/PATH or wss://", text));
}

}  // namespace

Status check_websocket_url(std::string_view url) {
  if (const auto parsed = http_url(url); !parsed) return std::unexpected(parsed.error());
  return ok();
}

class WebsocketClient::Impl {
 public:
  explicit Impl(WebsocketConfig config) : config_(std::move(config)), transfer_(config_.client) {}

  Status open() {
    session_.reset();
    WARDHIVE_ASSIGN(const auto url, http_url(config_.url));
    where_ = url.authority();
    WARDHIVE_TRY(transfer_.connect(url.text(), config_.timeout));
    session_.emplace(transfer_, detail::WebsocketLimits{config_.timeout, config_.idle_timeout,
                                                        config_.message_bytes_max});
    const auto target = url.path + (url.query.empty() ? "" : "?" + url.query);
    return kept(session_->shake_hands(where_, target));
  }
  Status send(std::string_view text) {
    if (!session_) return not_open();
    return kept(session_->send(text));
  }
  Result<std::string> receive() {
    if (!session_) return not_open();
    return kept(session_->receive());
  }
  void cancel() { transfer_.interrupt(); }

 private:
  static std::unexpected<Error> not_open() {
    return fail(ErrorCode::Unavailable, "the websocket is not open");
  }
  // An error ends the session, and names the host.
  template <class T>
  T kept(T outcome) {
    if (outcome) return outcome;
    session_.reset();
    transfer_.close();
    return fail(outcome.error().code, fmt::format("{}: {}", where_, outcome.error().message));
  }

  const WebsocketConfig config_;
  detail::Transfer transfer_;
  std::string where_;
  std::optional<detail::WebsocketSession> session_;
};

WebsocketClient::WebsocketClient(WebsocketConfig config)
    : impl_(std::make_unique<Impl>(std::move(config))) {}
WebsocketClient::~WebsocketClient() = default;

Status WebsocketClient::open() { return impl_->open(); }
Status WebsocketClient::send(std::string_view text) { return impl_->send(text); }
Result<std::string> WebsocketClient::receive() { return impl_->receive(); }
void WebsocketClient::cancel() { impl_->cancel(); }

}  // namespace wardhive::net
