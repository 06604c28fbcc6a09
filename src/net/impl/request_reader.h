// Bytes in, requests out: the server's whole grammar, without a socket. One thread.
//
// The loop: feed() while it wants bytes; at Head look at head() and call accept_body() with the
// route's bound; feed() again; at Done take() the request. Bytes after it are kept for the next.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "net/http.h"
#include "net/impl/counters.h"

namespace wardhive::net::detail {

class RequestReader {
 public:
  enum class State {
    WantsHead,  // needs bytes
    Head,       // head() is complete; waits for accept_body()
    WantsBody,  // needs bytes
    Done,       // take()
    Failed,     // failure(): answer it and close; nothing after it can be trusted
  };
  struct Failure {
    Refusal why;
    Response response;
  };

  RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;
  ~RequestReader();

  State state() const { return state_; }
  State feed(std::string_view bytes);
  // True if nothing of the next request has arrived yet.
  bool idle() const { return state_ == State::WantsHead && head_bytes_ == 0 && pending_.empty(); }

  Request& head() { return request_; }
  bool has_body() const { return has_body_; }
  bool wants_continue() const {
    return wants_continue_ && pending_.empty();
  }  // "Expect: 100-continue"
  // Fails with 413 at once if the announced length is above `bytes_max`.
  State accept_body(std::size_t bytes_max);
  std::size_t body_bytes() const;  // received so far

  // The request; then reads on with what has already arrived.
  Request take();
  const Failure& failure() const { return failure_; }

 private:
  struct Parser;  // hides Beast
  State advance();
  State step();
  State read_head();
  State finish_head();
  State fail_with(Refusal why, Response response);
  State malformed(std::string_view what);

  std::unique_ptr<Parser> parser_;
  State state_ = State::WantsHead;
  std::string pending_;         // arrived, not yet understood
  std::size_t head_bytes_ = 0;  // of this request's head, already understood
  Request request_;
  bool has_body_ = false;
  bool wants_continue_ = false;
  Failure failure_{Refusal::Malformed, {}};
};

}  // namespace wardhive::net::detail
