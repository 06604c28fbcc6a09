#include "net/websocket_client.h"

#include <fmt/format.h>

// Beast's asynchronous half brings compile time and is not used.
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "net/impl/transfer.h"
#include "net/url.h"

namespace wardhive::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t kFirstLineMax = 80;

// What Beast calls a SyncStream, over a connection of libcurl's. Beast knows error codes only: ours
// is kept beside, it says more.
class Stream {
 public:
  using executor_type = asio::io_context::executor_type;

  Stream(detail::Transfer& transfer, asio::io_context& context)
      : transfer_(transfer), context_(context) {}

  executor_type get_executor() { return context_.get_executor(); }
  void wait_at_most(Duration read, Duration write) {
    read_timeout_ = read;
    write_timeout_ = write;
  }
  std::optional<Error>& error() { return error_; }
  const std::string& first_line() const { return first_line_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, beast::error_code& code) {
    for (const asio::mutable_buffer buffer : beast::buffers_range_ref(buffers)) {
      if (buffer.size() == 0) continue;
      const auto got =
          transfer_.read_some({static_cast<char*>(buffer.data()), buffer.size()}, read_timeout_);
      if (!got) return failed(got.error(), code);
      note_first_line({static_cast<const char*>(buffer.data()), *got});
      code = *got == 0 ? beast::error_code(asio::error::eof) : beast::error_code();
      return *got;
    }
    code = {};
    return 0;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, beast::error_code& code) {
    code = {};
    std::size_t bytes = 0;
    for (const asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
      const auto sent = transfer_.write_all(
          {static_cast<const char*>(buffer.data()), buffer.size()}, write_timeout_);
      if (!sent) return failed(sent.error(), code);
      bytes += buffer.size();
    }
    return bytes;
  }
  // Beast's concept asks for those that throw, too; nothing calls them.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    beast::error_code code;
    return read_some(buffers, code);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    beast::error_code code;
    return write_some(buffers, code);
  }

  // Beast calls it at the end of a connection; who closes the socket is libcurl.
  friend void teardown(beast::role_type, Stream&, beast::error_code& code) { code = {}; }

 private:
  // Beast tells nothing of an answer that it did not like.
  void note_first_line(std::string_view bytes) {
    for (const char c : bytes) {
      if (first_line_ended_ || first_line_.size() == kFirstLineMax) return;
      first_line_ended_ = c == '\r' || c == '\n';
      if (!first_line_ended_) first_line_ += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  std::size_t failed(const Error& error, beast::error_code& code) {
    error_ = error;
    code = asio::error::connection_aborted;
    return 0;
  }

  detail::Transfer& transfer_;
  asio::io_context& context_;
  Duration read_timeout_{}, write_timeout_{};
  std::optional<Error> error_;
  std::string first_line_;
  bool first_line_ended_ = false;
};

// The URL as libcurl knows it: a websocket begins as HTTP.
Result<Url> http_url(std::string_view text) {
  for (const auto& [ours, http] : {std::pair{"ws://", "http://"}, {"wss://", "https://"}})
    if (text.starts_with(ours))
      return Url::parse(std::string(http) +
                        std::string(text.substr(std::string_view(ours).size())));
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
    socket_.reset();
    WARDHIVE_ASSIGN(const auto url, http_url(config_.url));
    where_ = url.authority();
    WARDHIVE_TRY(transfer_.connect(url.text(), config_.timeout));
    auto& socket = socket_.emplace(transfer_, context_);
    socket.read_message_max(config_.message_bytes_max);
    socket.next_layer().wait_at_most(config_.timeout, config_.timeout);
    beast::error_code code;
    socket.handshake(where_, url.path + (url.query.empty() ? "" : "?" + url.query), code);
    if (code && !socket.next_layer().error())
      return over(ErrorCode::Unavailable,
                  fmt::format("no websocket, it answered \"{}\": {}",
                              socket.next_layer().first_line(), code.message()));
    if (code) return over(code);
    socket.next_layer().wait_at_most(config_.idle_timeout, config_.timeout);
    return ok();
  }

  Status send(std::string_view text) {
    if (!socket_) return fail(ErrorCode::Unavailable, "the websocket is not open");
    beast::error_code code;
    socket_->text(true);
    socket_->write(asio::buffer(text.data(), text.size()), code);
    if (code) return over(code);
    return ok();
  }

  Result<std::string> receive() {
    if (!socket_) return fail(ErrorCode::Unavailable, "the websocket is not open");
    beast::error_code code;
    beast::flat_buffer message;
    socket_->read(message, code);
    if (code == websocket::error::message_too_big)
      return over(ErrorCode::LimitReached,
                  fmt::format("a message is larger than {} bytes", config_.message_bytes_max));
    if (code) return over(code);
    const auto bytes = message.data();
    return std::string(static_cast<const char*>(bytes.data()), bytes.size());
  }

  void cancel() { transfer_.interrupt(); }

 private:
  using Socket = websocket::stream<Stream, false>;

  std::unexpected<Error> over(beast::error_code code) {
    auto& error = socket_->next_layer().error();
    if (error) return over(error->code, error->message);
    if (code == websocket::error::closed) {
      const auto& reason = socket_->reason();
      return over(ErrorCode::Unavailable,
                  fmt::format("it closed with {} \"{}\"", static_cast<unsigned>(reason.code),
                              std::string_view(reason.reason.data(), reason.reason.size())));
    }
    return over(ErrorCode::Unavailable, code.message());
  }
  std::unexpected<Error> over(ErrorCode code, std::string why) {
    socket_.reset();
    return fail(code, fmt::format("{}: {}", where_, why));
  }

  const WebsocketConfig config_;
  detail::Transfer transfer_;
  asio::io_context context_;  // never run; Beast wants one
  std::string where_;
  std::optional<Socket> socket_;
};

WebsocketClient::WebsocketClient(WebsocketConfig config)
    : impl_(std::make_unique<Impl>(std::move(config))) {}
WebsocketClient::~WebsocketClient() = default;

Status WebsocketClient::open() { return impl_->open(); }
Status WebsocketClient::send(std::string_view text) { return impl_->send(text); }
Result<std::string> WebsocketClient::receive() { return impl_->receive(); }
void WebsocketClient::cancel() { impl_->cancel(); }

}  // namespace wardhive::net
