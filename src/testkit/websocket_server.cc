#include "testkit/websocket_server.h"

#include <fmt/format.h>
#include <poll.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <mutex>
#include <thread>

namespace wardhive {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Socket = beast::websocket::stream<tcp::socket, false>;

}  // namespace

struct WebsocketServer::Peer::Impl {
  Socket socket;
  beast::error_code failed = {};

  bool write(std::string_view text) {
    if (!failed) socket.write(asio::buffer(text.data(), text.size()), failed);
    return !failed;
  }
};

std::optional<std::string> WebsocketServer::Peer::receive() {
  beast::flat_buffer message;
  if (!impl_.failed) impl_.socket.read(message, impl_.failed);
  if (impl_.failed) return {};
  const auto bytes = message.data();
  return std::string(static_cast<const char*>(bytes.data()), bytes.size());
}
bool WebsocketServer::Peer::send(std::string_view text) { return impl_.write(text); }
bool WebsocketServer::Peer::send_in_pieces(std::string_view text) {
  for (std::size_t i = 0; i < text.size() && !impl_.failed; ++i)
    impl_.socket.write_some(i + 1 == text.size(), asio::buffer(text.data() + i, 1), impl_.failed);
  return !impl_.failed;
}
bool WebsocketServer::Peer::send_raw(std::string_view bytes) {
  if (!impl_.failed)
    asio::write(impl_.socket.next_layer(), asio::buffer(bytes.data(), bytes.size()), impl_.failed);
  return !impl_.failed;
}
bool WebsocketServer::Peer::ping() {
  if (!impl_.failed) impl_.socket.ping({}, impl_.failed);
  return !impl_.failed;
}
bool WebsocketServer::Peer::wait(int ms) {
  pollfd readable{impl_.socket.next_layer().native_handle(), POLLIN, 0};
  return ::poll(&readable, 1, ms) > 0;
}
void WebsocketServer::Peer::close(std::uint16_t code, std::string_view reason) {
  if (!impl_.failed)
    impl_.socket.close(
        {beast::websocket::close_code(code), beast::string_view(reason.data(), reason.size())},
        impl_.failed);
}

class WebsocketServer::Impl {
 public:
  Impl(Serve serve, std::string answer)
      : serve_(std::move(serve)),
        answer_(std::move(answer)),
        acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()),
        thread_([this] { run(); }) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      // A shutdown wakes a thread that blocks on it, a close does not.
      ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
      if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    thread_.join();
  }

  std::string url() const { return fmt::format("ws://127.0.0.1:{}/", port_); }
  std::size_t served() const { return served_; }

 private:
  void run() {
    for (;;) {
      beast::error_code failed;
      tcp::socket socket(context_);
      acceptor_.accept(socket, failed);
      const auto handle = socket.native_handle();
      if (failed || !opened(handle)) return;
      Peer::Impl peer{.socket = Socket(std::move(socket))};
      answer_.empty() ? serve(peer) : refuse(peer);
      opened(-1);
    }
  }
  bool opened(int handle) {
    const std::lock_guard lock(mutex_);
    open_ = handle;
    return !stopping_;
  }
  void serve(Peer::Impl& peer) {
    peer.socket.accept(peer.failed);
    if (peer.failed) return;
    ++served_;
    Peer seen(peer);
    serve_(seen);
  }
  void refuse(Peer::Impl& peer) {
    std::string request;
    beast::error_code ignored;
    asio::read_until(peer.socket.next_layer(), asio::dynamic_buffer(request), "\r\n\r\n", ignored);
    asio::write(peer.socket.next_layer(), asio::buffer(answer_), ignored);
  }

  const Serve serve_;
  const std::string answer_;
  asio::io_context context_;
  tcp::acceptor acceptor_;
  const std::uint16_t port_;
  std::atomic<std::size_t> served_{0};
  std::mutex mutex_;
  bool stopping_ = false;  // guarded by mutex_
  int open_ = -1;          // guarded by mutex_
  std::thread thread_;
};

WebsocketServer::WebsocketServer(Serve serve)
    : impl_(std::make_unique<Impl>(std::move(serve), "")) {}
WebsocketServer::WebsocketServer(std::string answer)
    : impl_(std::make_unique<Impl>(Serve(), std::move(answer))) {}
WebsocketServer::~WebsocketServer() = default;
std::string WebsocketServer::url() const { return impl_->url(); }
std::size_t WebsocketServer::served() const { return impl_->served(); }

}  // namespace wardhive
