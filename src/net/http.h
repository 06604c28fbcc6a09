// What travels over HTTP/1.1: requests, responses, and the one shape in which errors are told.
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace wardhive::net {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options, Other };

std::string_view name_of(Method method);
Method parse_method(std::string_view text);  // case-sensitive, as HTTP says; Other if unknown

// Case-insensitive comparison of ASCII letters, as header names need.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Header lines in order; names compare without case. O(lines) per look-up: there are few.
class Headers {
 public:
  using Line = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Line> lines) : lines_(lines) {}
  void add(std::string name, std::string value) {
    lines_.emplace_back(std::move(name), std::move(value));
  }
  // The first value of that name; "" is a value too.
  std::optional<std::string_view> get(std::string_view name) const;
  bool contains(std::string_view name) const { return get(name).has_value(); }
  std::size_t count(std::string_view name) const;
  const std::vector<Line>& lines() const { return lines_; }

 private:
  std::vector<Line> lines_;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A request as a handler sees it. Valid for the duration of the handler's call; copy what a later
// answer needs.
struct Request {
  Method method = Method::Get;
  std::string target = {};  // as sent: "/api/v1/nodes/node-7?limit=5"
  std::string path = {};    // before the '?', still percent-encoded
  Pairs query_pairs = {};   // decoded, in order
  Pairs path_params = {};   // decoded; filled by the router from "{name}"
  Headers headers = {};
  std::string body = {};  // "" while `Router::before` hooks run
  bool keep_alive = true;
  std::string listener = {};  // name given to Server::listen
  IpAddress peer = {};        // unspecified (::) for unix sockets
  bool peer_is_unix = false;

  // First value of a query parameter, decoded; nullopt if absent.
  std::optional<std::string_view> query(std::string_view name) const;
  // Value of "{name}" of the route's pattern; "" if the pattern has no such name.
  std::string_view param(std::string_view name) const;
  std::optional<std::string_view> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers = {};  // a name or value with CR, LF or NUL turns the answer into a 500
  std::string body = {};

  static Response json(std::string body, int status = 200);
  static Response text(std::string body, int status = 200);  // text/plain; charset=utf-8
  static Response html(std::string body, int status = 200);
};

// {"error":{"code":"not_found","message":"..."}} with the code's HTTP status.
Response error_response(const Error& error);
// The same shape for what only HTTP knows (405, 413, 431, ...).
Response error_response(int status, std::string_view code, std::string_view message);

std::string_view reason_of(int status);  // "Not Found"; "Unknown" for others

// "%41+b" -> "A+b"; nullopt for a broken escape or an encoded NUL.
std::optional<std::string> percent_decode(std::string_view text);
// Encodes everything but RFC 3986 unreserved characters.
std::string percent_encode(std::string_view text);

// Splits an origin-form target ("/path?query") into path and decoded query ('+' is a space there).
// InvalidInput for any other form or a broken escape in the query.
struct Target {
  std::string path = {};
  Pairs query = {};
};
Result<Target> parse_target(std::string_view target);

}  // namespace wardhive::net
