#include "net/impl/server_core.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "net/impl/counters.h"
#include "net/impl/response_head.h"

namespace wardhive::net::detail {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);
constexpr int kAcceptsPerTurn = 64;  // then the connections get their turn

Peer peer_of(const sockaddr_storage& storage, const std::string& listener) {
  Peer peer{{}, false, listener};
  if (storage.ss_family == AF_INET) {
    peer.address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::memcpy(peer.address.bytes.data() + 12,
                &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
  } else if (storage.ss_family == AF_INET6) {
    std::memcpy(peer.address.bytes.data(),
                &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
  } else {
    peer.is_unix = true;
  }
  return peer;
}

// Who counts as one source: an IPv6 subscriber holds a whole /64.
IpAddress source_of(const IpAddress& address) {
  IpAddress source = address;
  if (!address.is_v4()) std::fill(source.bytes.begin() + 8, source.bytes.end(), std::uint8_t{0});
  return source;
}

// Best effort, without waiting: the peer is one too many.
void refuse_connection(const Fd& socket, Refusal why, int status, std::string_view message) {
  refused(why).add();
  auto response = error_response(status, "limit_reached", message);
  response.headers.add("Retry-After", "1");
  const auto text = response_head(response, {.keep_alive = false}).value_or("") + response.body;
  char unread[4096];
  (void)::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(socket.get(), SHUT_WR);
  (void)::recv(socket.get(), unread, sizeof unread,
               MSG_DONTWAIT);  // else the close may reset our answer away
}

Duration tick_of(const ServerConfig& config) {
  const auto shortest =
      std::min({config.request_deadline, config.answer_deadline, config.write_deadline,
                config.idle_deadline, config.heartbeat_interval});
  return std::clamp(shortest / 4, Duration(millis(5)), Duration(millis(250)));
}

}  // namespace

ServerCore::ServerCore(ServerConfig server_config, const Router& server_router)
    : config(std::move(server_config)),
      router(server_router),
      workers(config.workers, limits::kHttpWorkQueueMax) {}

ServerCore::~ServerCore() {
  workers.stop();
  mailbox->close();
  for (const auto& listener : listeners_)
    if (!listener->unlink_path.empty()) ::unlink(listener->unlink_path.c_str());
}

void ServerCore::add_listener(std::string name, Listener listener) {
  listeners_.push_back(std::make_unique<OpenListener>(
      OpenListener{std::move(name), std::move(listener.unlink_path),
                   asio::posix::stream_descriptor(io, listener.socket.release())}));
}

void ServerCore::run() {
  for (const auto& listener : listeners_)
    asio::co_spawn(io, accept_from(*listener), asio::detached);
  asio::co_spawn(io, tick(), asio::detached);
  io.run();  // returns when close_all() has ended every coroutine
}

void ServerCore::shut_down() {
  mailbox->post([this] { close_all(); });
}

void ServerCore::close_all() {
  stopping_ = true;
  ticker_.cancel();
  accept_pause_.cancel();
  asio::error_code ignored;
  for (const auto& listener : listeners_) listener->socket.close(ignored);
  const auto connections = connections_;  // close() takes itself out of the set
  for (const auto& connection : connections) connection->close();
}

asio::awaitable<void> ServerCore::tick() {
  while (!stopping_) {
    ticker_.expires_after(tick_of(config));
    co_await ticker_.async_wait(kAwait);
    const auto now = system_clock().mono();
    for (const auto& connection : connections_) connection->check(now);
  }
}

asio::awaitable<void> ServerCore::accept_from(OpenListener& listener) {
  while (!stopping_) {
    co_await listener.socket.async_wait(asio::posix::descriptor_base::wait_read, kAwait);
    int accepted = 0;
    while (!stopping_ && accepted < kAcceptsPerTurn && accept_one(listener)) ++accepted;
    if (stopping_ || accepted > 0 ||
        (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM))
      continue;
    // Out of descriptors: one idle connection gives way, else the backlog waits a moment.
    refused(Refusal::FileDescriptors).add();
    if (evict_longest_idle()) continue;
    accept_pause_.expires_after(millis(50));
    co_await accept_pause_.async_wait(kAwait);
  }
}

// False with errno if there is nothing to accept or it cannot be accepted.
bool ServerCore::accept_one(OpenListener& listener) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  Fd socket(::accept4(listener.socket.native_handle(), reinterpret_cast<sockaddr*>(&storage),
                      &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return errno == ECONNABORTED || errno == EINTR;
  if (storage.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  admit(std::move(socket), peer_of(storage, listener.name));
  return true;
}

void ServerCore::admit(Fd socket, Peer peer) {
  const bool counted =
      !peer.is_unix && (config.limit_loopback_addresses || !peer.address.is_loopback());
  const auto source = source_of(peer.address);
  if (counted && per_address_.contains(source) &&
      per_address_[source] >= config.connections_per_address_max)
    return refuse_connection(socket, Refusal::ConnectionsPerAddress, 429,
                             "too many connections from your address");
  if (connections_.size() >= config.connections_max && !evict_longest_idle())
    return refuse_connection(socket, Refusal::ConnectionsMax, 503, "all connections are taken");

  const int family = peer.is_unix ? AF_UNIX : peer.address.is_v4() ? AF_INET : AF_INET6;
  asio::generic::stream_protocol::socket stream(io);
  asio::error_code error;
  stream.assign(asio::generic::stream_protocol(family, 0), socket.get(), error);
  if (error) return;  // epoll has no room; `socket` closes it
  socket.release();
  stream.non_blocking(true, error);
  auto connection = std::make_shared<Connection>(*this, std::move(stream), std::move(peer));
  connections_.insert(connection);
  if (!connection->peer().is_unix) ++per_address_[source];
  connections_open().set(static_cast<double>(connections_.size()));
  // The closure keeps the connection alive until its coroutine has begun to do so itself.
  asio::co_spawn(io, [connection] { return connection->serve(); }, asio::detached);
}

bool ServerCore::evict_longest_idle() {
  std::shared_ptr<Connection> longest;
  for (const auto& connection : connections_)
    if (connection->idle() && (!longest || connection->since() < longest->since()))
      longest = connection;
  if (!longest) return false;
  connections_evicted().add();
  longest->close();
  return true;
}

void ServerCore::forget(Connection& connection) {
  if (!connection.peer().is_unix) {
    const auto found = per_address_.find(source_of(connection.peer().address));
    if (found != per_address_.end() && --found->second == 0) per_address_.erase(found);
  }
  connections_.erase(connection.shared_from_this());
  connections_open().set(static_cast<double>(connections_.size()));
}

bool ServerCore::hold_body_bytes(std::size_t bytes) {
  if (body_bytes_ + bytes > config.bodies_bytes_max) return false;
  body_bytes_ += bytes;
  return true;
}

}  // namespace wardhive::net::detail
