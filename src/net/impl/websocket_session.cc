#include "net/impl/websocket_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "base/clock.h"

namespace wardhive::net::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t kFirstLineMax = 80;

// What Beast calls a SyncStream, over a connection of ours. Beast knows error codes only: ours
// is kept beside, it says more.
class Stream {
 public:
  using executor_type = asio::io_context::executor_type;

  Stream(ByteStream& bytes, asio::io_context& context) : bytes_(bytes), context_(context) {}

  executor_type get_executor() { return context_.get_executor(); }
  // For all that follows together: an other end that gives a byte now and then is silent too.
  void wait_at_most(Duration timeout) { until_ = system_clock().mono() + timeout; }
  std::optional<Error>& error() { return error_; }
  const std::string& first_line() const { return first_line_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, beast::error_code& code) {
    // Who sends without an end, and no message, would never be waited for.
    if (left() == Duration::zero())
      return failed({ErrorCode::Timeout, "nothing came in time"}, code);
    for (const asio::mutable_buffer buffer : beast::buffers_range_ref(buffers)) {
      if (buffer.size() == 0) continue;
      const auto got = bytes_.read_some({static_cast<char*>(buffer.data()), buffer.size()}, left());
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
    std::string bytes;  // in one piece: what is sent after an answer that ends it would be an error
    for (const asio::const_buffer buffer : beast::buffers_range_ref(buffers))
      bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
    const auto sent = bytes_.write_all(bytes, left());
    return sent ? bytes.size() : failed(sent.error(), code);
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
  Duration left() const { return std::max(until_ - system_clock().mono(), Duration::zero()); }
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

  ByteStream& bytes_;
  asio::io_context& context_;
  MonoTime until_{};
  std::optional<Error> error_;
  std::string first_line_;
  bool first_line_ended_ = false;
};

using Socket = websocket::stream<Stream, false>;

// Why it is over.
std::unexpected<Error> over(Socket& socket, beast::error_code code) {
  if (auto& error = socket.next_layer().error()) return std::unexpected(*error);
  if (code != websocket::error::closed) return fail(ErrorCode::Unavailable, code.message());
  const auto& said = socket.reason();
  return fail(ErrorCode::Unavailable,
              fmt::format("it closed with {} \"{}\"", static_cast<unsigned>(said.code),
                          std::string_view(said.reason.data(), said.reason.size())));
}

}  // namespace

struct WebsocketSession::Impl {
  WebsocketLimits limits;
  asio::io_context context;  // never run; Beast wants one
  Socket socket;

  Impl(ByteStream& bytes, WebsocketLimits given) : limits(given), socket(bytes, context) {}
};

WebsocketSession::WebsocketSession(ByteStream& bytes, WebsocketLimits limits)
    : impl_(std::make_unique<Impl>(bytes, limits)) {}
WebsocketSession::~WebsocketSession() = default;

Status WebsocketSession::shake_hands(const std::string& host, const std::string& target) {
  auto& [limits, context, socket] = *impl_;
  socket.read_message_max(limits.message_bytes_max);
  socket.next_layer().wait_at_most(limits.timeout);
  beast::error_code code;
  socket.handshake(host, target, code);
  if (code && !socket.next_layer().error())
    return fail(ErrorCode::Unavailable,
                fmt::format("no websocket, it answered \"{}\": {}",
                            socket.next_layer().first_line(), code.message()));
  if (code) return over(socket, code);
  return ok();
}

Status WebsocketSession::send(std::string_view text) {
  beast::error_code code;
  impl_->socket.next_layer().wait_at_most(impl_->limits.timeout);
  impl_->socket.text(true);
  impl_->socket.write(asio::buffer(text.data(), text.size()), code);
  if (code) return over(impl_->socket, code);
  return ok();
}

Result<std::string> WebsocketSession::receive() {
  beast::error_code code;
  beast::flat_buffer message;
  impl_->socket.next_layer().wait_at_most(impl_->limits.idle_timeout);
  impl_->socket.read(message, code);
  if (code == websocket::error::message_too_big)
    return fail(ErrorCode::LimitReached,
                fmt::format("a message is larger than {} bytes", impl_->limits.message_bytes_max));
  if (code) return over(impl_->socket, code);
  const auto bytes = message.data();
  return std::string(static_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace wardhive::net::detail
