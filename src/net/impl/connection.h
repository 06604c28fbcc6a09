// One accepted connection: a coroutine that reads a request, hands it to the router, writes the
// answer, and starts again. I/O thread only, but for what says otherwise.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/impl/exchange.h"
#include "net/impl/request_reader.h"
#include "net/router.h"

namespace wardhive::net::detail {

class ServerCore;

struct Peer {
  IpAddress address;
  bool is_unix = false;
  std::string listener;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  enum class Phase { Idle, Receiving, Answering, Writing, Streaming, Lingering };

  Connection(ServerCore& core, asio::generic::stream_protocol::socket socket, Peer peer);

  asio::awaitable<void> serve();
  void check(MonoTime now);  // deadlines and heartbeats; called every tick
  void close();              // at once; the coroutine ends soon after. Idempotent.

  const Peer& peer() const { return peer_; }
  bool idle() const { return phase_ == Phase::Idle; }
  MonoTime since() const { return since_; }

 private:
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> receive(RequestReader::State wanted);
  asio::awaitable<bool> answer(const Router::Match& match, Request request);
  asio::awaitable<bool> await_answer(std::shared_ptr<Exchange> exchange);
  asio::awaitable<void> stream(std::shared_ptr<SseQueue> queue);
  asio::awaitable<void> watch_for_end(std::shared_ptr<SseQueue> queue);
  asio::awaitable<bool> send(Response response, bool keep_alive, bool head_only);
  asio::awaitable<bool> refuse();
  asio::awaitable<bool> write(std::string_view head, std::string_view body);
  asio::awaitable<void> linger();

  void call_handler(const Router::Match& match, Request request, Responder responder);
  void enter(Phase phase, Duration deadline);
  bool hold_body(std::size_t bytes);  // false if all bodies together are too many
  void wake();
  std::function<void()> waker();  // any thread

  ServerCore& core_;
  asio::generic::stream_protocol::socket socket_;
  asio::steady_timer wake_;  // never expires: cancelled to wake the coroutine
  const Peer peer_;
  RequestReader reader_;
  std::shared_ptr<SseQueue> stream_;
  Phase phase_ = Phase::Idle;
  MonoTime since_;
  MonoTime deadline_;
  MonoTime written_at_;
  bool expired_ = false;
  bool closed_ = false;
  bool overloaded_ = false;     // the last bytes received were too many for all bodies together
  std::size_t held_bytes_ = 0;  // our share of the core's bodies
};

}  // namespace wardhive::net::detail
