#include "net/impl/connection.h"

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "net/impl/counters.h"
#include "net/impl/response_head.h"
#include "net/impl/server_core.h"

namespace wardhive::net::detail {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);
constexpr Duration kNever = hours(24 * 365);
constexpr Duration kLingerDeadline = seconds(1);
constexpr int kLingerReadsMax = 32;

using State = RequestReader::State;

MonoTime now_mono() { return system_clock().mono(); }

}  // namespace

Connection::Connection(ServerCore& core, asio::generic::stream_protocol::socket socket, Peer peer)
    : core_(core),
      socket_(std::move(socket)),
      wake_(core.io, asio::steady_timer::time_point::max()),
      peer_(std::move(peer)) {
  enter(Phase::Idle, core_.config.idle_deadline);
}

asio::awaitable<void> Connection::serve() {
  try {
    while (co_await serve_one()) {
    }
    if (!closed_) co_await linger();
  } catch (const std::exception& exception) {  // no memory, or a hook that threw: this peer only
    log::error("connection_failed", {{"what", exception.what()}});
  }
  close();
}

// One request and its answer; true if the connection goes on.
asio::awaitable<bool> Connection::serve_one() {
  if (reader_.idle())
    enter(Phase::Idle, core_.config.idle_deadline);
  else
    enter(Phase::Receiving, core_.config.request_deadline);
  if (!co_await receive(State::Head)) co_return co_await refuse();

  auto& head = reader_.head();
  head.listener = peer_.listener;
  head.peer = peer_.address;
  head.peer_is_unix = peer_.is_unix;
  const bool head_only = head.method == Method::Head;
  auto match = core_.router.match(head);
  if (!match) {
    // An unread body ends the connection: it is cheaper to reconnect than to read what nobody
    // wants.
    const bool keep_alive = head.keep_alive && !reader_.has_body();
    if (!reader_.has_body() && reader_.accept_body(0) == State::Done) reader_.take();
    co_return co_await send(std::move(match.error()), keep_alive, head_only);
  }
  const bool wants_continue = reader_.wants_continue();
  if (reader_.accept_body(match->route->body_bytes_max) == State::Failed)
    co_return co_await refuse();
  if (wants_continue && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
  if (wants_continue) enter(Phase::Receiving, core_.config.request_deadline);
  if (!co_await receive(State::Done)) co_return co_await refuse();
  const bool keep = co_await answer(*match, reader_.take());
  hold_body(0);
  co_return keep;
}

// Reads until `wanted`; false if it will not be reached: peer gone, deadline, or nonsense.
asio::awaitable<bool> Connection::receive(State wanted) {
  while (reader_.state() != wanted) {
    if (reader_.state() == State::Failed || expired_ || closed_) co_return false;
    co_await socket_.async_wait(asio::socket_base::wait_read, kAwait);
    if (expired_ || closed_) co_return false;
    asio::error_code error;
    const auto bytes = socket_.read_some(asio::buffer(core_.scratch), error);
    if (error == asio::error::would_block) continue;
    if (error) {
      close();
      co_return false;
    }
    // The whole request has one deadline from its first byte: trickling it in gains no time.
    if (phase_ == Phase::Idle) enter(Phase::Receiving, core_.config.request_deadline);
    reader_.feed({core_.scratch.data(), bytes});
    overloaded_ = !hold_body(reader_.body_bytes());
    if (overloaded_) co_return false;
  }
  co_return true;
}

// The answer to what cannot be served, if the peer is still there to read it.
asio::awaitable<bool> Connection::refuse() {
  if (closed_) co_return false;
  if (reader_.state() == State::Failed) {
    refused(reader_.failure().why).add();
    co_return co_await send(reader_.failure().response, false, false);
  }
  if (overloaded_) {
    refused(Refusal::BodiesTotal).add();
    reader_ = RequestReader();  // makes room for the others before this peer has read its answer
    hold_body(0);
    const Error error{ErrorCode::Unavailable, "too many requests are being received; try again"};
    co_return co_await send(error_response(error), false, false);
  }
  if (expired_ && phase_ == Phase::Receiving) {
    refused(Refusal::RequestDeadline).add();
    co_return co_await send(error_response(408, "timeout", "the request did not arrive in time"),
                            false, false);
  }
  close();  // idle for too long: nobody asked anything
  co_return false;
}

asio::awaitable<bool> Connection::answer(const Router::Match& match, Request request) {
  const bool keep_alive = request.keep_alive;
  const bool head_only = request.method == Method::Head;
  auto exchange = std::make_shared<Exchange>(waker());
  enter(Phase::Answering, core_.config.answer_deadline);
  call_handler(match, std::move(request), Responder(exchange));
  if (!co_await await_answer(exchange)) {
    exchange->abandon();
    if (closed_) co_return false;
    refused(Refusal::AnswerDeadline).add();
    co_return co_await send(error_response(Error{ErrorCode::Timeout, "the answer took too long"}),
                            false, head_only);
  }
  auto response = exchange->take_response();
  const auto queue = exchange->stream();
  if (!queue) co_return co_await send(std::move(response), keep_alive, head_only);

  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  const auto text = response_head(
      response,
      {.keep_alive = false, .body_length_known = false, .defaults = &core_.config.default_headers});
  if (!text) refused(Refusal::BadAnswer).add();
  if (text && co_await write(*text, {}) && !head_only) co_await stream(queue);
  exchange->abandon();
  co_return false;
}

void Connection::call_handler(const Router::Match& match, Request request, Responder responder) {
  // A library's exception in a handler must not end the process for everybody: it is our bug, is
  // logged as such, and the dropped Responder answers 500.
  const auto call = [](const Router::Match& m, const Request& r, Responder to) {
    try {
      (*m.handler)(r, std::move(to));
    } catch (const std::exception& exception) {
      log::error("handler_threw", {{"route", m.route->name}, {"what", exception.what()}});
    }
  };
  if (!match.route->blocking) return call(match, request, std::move(responder));
  // The answer is sent by the closure or, if the queue does not take it, by us.
  auto to = std::make_shared<Responder>(std::move(responder));
  const bool taken = core_.workers.submit(
      [match, call, to, r = std::move(request)] { call(match, r, std::move(*to)); });
  if (taken) return;
  refused(Refusal::WorkersBusy).add();
  auto busy = error_response(
      Error{ErrorCode::Unavailable, "too many requests wait for a worker; try again"});
  busy.headers.add("Retry-After", "1");
  to->send(std::move(busy));
}

// False when the deadline passed or the connection was closed first.
asio::awaitable<bool> Connection::await_answer(std::shared_ptr<Exchange> exchange) {
  if (!exchange->wait_from_now()) co_return true;
  while (!exchange->answered()) {
    if (expired_ || closed_) co_return false;
    co_await wake_.async_wait(kAwait);
  }
  co_return !closed_;
}

asio::awaitable<void> Connection::stream(std::shared_ptr<SseQueue> queue) {
  stream_ = queue;
  asio::co_spawn(
      core_.io, [self = shared_from_this(), queue] { return self->watch_for_end(queue); },
      asio::detached);
  for (;;) {
    const auto bytes = queue->take();
    if (!bytes.empty()) {
      if (!co_await write(bytes, {})) break;
      continue;
    }
    if (queue->closed() || closed_) break;
    enter(Phase::Streaming, kNever);
    co_await wake_.async_wait(kAwait);
  }
  stream_.reset();
  queue->close();
}

// A reader of events sends nothing more: bytes or the end of them both end the stream.
asio::awaitable<void> Connection::watch_for_end(std::shared_ptr<SseQueue> queue) {
  co_await socket_.async_wait(asio::socket_base::wait_read, kAwait);
  queue->close();
  if (stream_ == queue) close();
}

asio::awaitable<bool> Connection::send(Response response, bool keep_alive, bool head_only) {
  const HeadOptions options{.keep_alive = keep_alive, .defaults = &core_.config.default_headers};
  auto head = response_head(response, options);
  if (!head) {
    refused(Refusal::BadAnswer).add();
    log::error("answer_could_split", {{"status", response.status}});
    response =
        error_response(Error{ErrorCode::Internal, "the answer held a header that is not allowed"});
    head = response_head(response, {.keep_alive = keep_alive});
  }
  requests_total(response.status).add();
  const bool with_body = !head_only && may_have_body(response.status);
  const bool written = co_await write(*head, with_body ? std::string_view(response.body) : "");
  co_return written&& keep_alive;
}

asio::awaitable<bool> Connection::write(std::string_view head, std::string_view body) {
  if (closed_) co_return false;
  enter(Phase::Writing, core_.config.write_deadline);
  written_at_ = since_;
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  // Usually the kernel takes all of it at once and no wait is needed.
  asio::error_code error;
  const auto written = socket_.write_some(buffers, error);
  if (!error && written == head.size() + body.size()) co_return true;
  if (!error || error == asio::error::would_block) {
    const auto done = error ? 0 : written;
    const auto head_done = std::min(done, head.size());
    buffers = {asio::buffer(head.substr(head_done)), asio::buffer(body.substr(done - head_done))};
    std::tie(error, std::ignore) = co_await asio::async_write(socket_, buffers, kAwait);
  }
  if (expired_) refused(Refusal::WriteDeadline).add();
  if (error || expired_) close();
  co_return !closed_;
}

// Closing with unread input would make the kernel send a reset, which can overtake our answer.
asio::awaitable<void> Connection::linger() {
  enter(Phase::Lingering, kLingerDeadline);
  asio::error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  for (int i = 0; i < kLingerReadsMax && !error && !expired_; ++i) {
    co_await socket_.async_wait(asio::socket_base::wait_read, kAwait);
    if (closed_ || expired_) co_return;
    socket_.read_some(asio::buffer(core_.scratch), error);
  }
}

void Connection::enter(Phase phase, Duration deadline) {
  phase_ = phase;
  since_ = now_mono();
  deadline_ = since_ + deadline;
  expired_ = false;
}

bool Connection::hold_body(std::size_t bytes) {
  if (bytes > held_bytes_ && !core_.hold_body_bytes(bytes - held_bytes_)) return false;
  if (bytes < held_bytes_) core_.release_body_bytes(held_bytes_ - bytes);
  held_bytes_ = bytes;
  return true;
}

void Connection::check(MonoTime now) {
  if (phase_ == Phase::Streaming && stream_ && now - written_at_ >= core_.config.heartbeat_interval)
    (void)stream_->push(":\n\n");
  if (now < deadline_ || expired_) return;
  expired_ = true;
  wake_.cancel();
  asio::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::wake() {
  wake_.cancel();
  // The reader is too slow and a write waits for it: what is queued will never be read.
  if (stream_ && stream_->overflowed()) close();
}

std::function<void()> Connection::waker() {
  return [mailbox = core_.mailbox, weak = weak_from_this()] {
    mailbox->post([weak] {
      if (const auto self = weak.lock()) self->wake();
    });
  };
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  hold_body(0);
  asio::error_code ignored;
  socket_.close(ignored);
  wake_.cancel();
  core_.forget(*this);
}

}  // namespace wardhive::net::detail
