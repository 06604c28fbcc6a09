// Which handler answers a request: method and path pattern, limits per route, hooks in front.
// Built before the server starts, then only read: any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "net/http.h"
#include "net/responder.h"

namespace wardhive::net {

// Answers through the Responder, now or later. Called on the server's only I/O thread, so it must
// not wait, unless its route is `blocking`.
using Handler = std::function<void(const Request&, Responder)>;
using SyncHandler = std::function<Response(const Request&)>;

struct Route {
  std::string name = {};  // stable, for hooks and logs: "incidents.show"
  Method method = Method::Get;
  // "/api/v1/nodes/{node}": a "{name}" is one segment, a last "{name...}" is the whole rest (which
  // may be empty). A literal segment wins over a name. GET answers HEAD too.
  std::string pattern = {};
  std::string access =
      {};  // what guard wants to know ("operator", "agent", ""); net does not read it
  std::size_t body_bytes_max = limits::kHttpBodyBytesMax;  // 413 before a byte of it is read
  // The handler waits (disk, commit, network): it runs on one of the server's worker threads, and
  // 503 is answered when their queue is full.
  bool blocking = false;
};

class Router {
 public:
  // Looks at head and route before the body is read (`request.body` is empty, `path_params` are
  // filled); a Response ends the request there. In order of registration; I/O thread, must not
  // wait.
  using Hook = std::function<std::optional<Response>(const Request&, const Route&)>;

  // Asserts that the pattern is well formed and that no other route has its method and shape.
  void add(Route route, Handler handler);
  void add(Route route, SyncHandler handler);
  void before(Hook hook);

  struct Match {
    const Route* route;
    const Handler* handler;
  };
  // Finds the route, fills request.path_params, runs the hooks. Else the answer: 404, 405 with
  // Allow, 400 for a broken escape in the path, or a hook's. O(routes).
  std::expected<Match, Response> match(Request& request) const;

  // match() and handler in one, on the calling thread: for tests without a socket.
  void dispatch(Request request, Responder responder) const;

  std::vector<const Route*> routes() const;  // by pattern, for reference pages

 private:
  struct Entry {
    Route route;
    Handler handler;
    std::vector<std::string> segments;
    std::string shape;  // per segment '0' literal, '1' name, '2' rest: sorts the literal first
  };
  std::vector<Entry> entries_;
  std::vector<Hook> hooks_;
};

}  // namespace wardhive::net
