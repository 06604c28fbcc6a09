#include "net/impl/request_reader.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/check.h"

namespace wardhive::net::detail {
namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// In the head at the front of `bytes`, as far as it is there.
bool has_bare_line_feed(std::string_view bytes) {
  const auto head = bytes.substr(0, bytes.find("\r\n\r\n"));
  for (auto at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1))
    if (at == 0 || head[at - 1] != '\r') return true;
  return false;
}

}  // namespace

struct RequestReader::Parser {
  http::request_parser<http::string_body> beast;

  Parser() {
    // The body's bound is the route's, known after the head. (1.74 reads "none" as zero here.)
    beast.body_limit(std::numeric_limits<std::uint64_t>::max());
    beast.header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
  }
};

RequestReader::RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::feed(std::string_view bytes) {
  pending_ += bytes;
  return advance();
}

RequestReader::State RequestReader::advance() {
  // Beast would see it only at the end of the head, and wait for that until the deadline.
  if (state_ == State::WantsHead && has_bare_line_feed(pending_))
    return malformed("a line ends without a carriage return");
  while (!pending_.empty() && (state_ == State::WantsHead || state_ == State::WantsBody)) {
    const auto before = pending_.size();
    state_ = step();
    if (pending_.size() == before) break;  // needs more
  }
  // Heads, chunk headers and trailers must become understandable within the bound of a head.
  if (state_ == State::WantsHead && head_bytes_ + pending_.size() > limits::kHttpHeaderBytesMax)
    fail_with(Refusal::HeaderBytes,
              error_response(431, "limit_reached",
                             fmt::format("the request's head is larger than {} bytes",
                                         limits::kHttpHeaderBytesMax)));
  if (state_ == State::WantsBody && pending_.size() > limits::kHttpHeaderBytesMax)
    malformed("a chunk header or trailer is too large");
  return state_;
}

RequestReader::State RequestReader::step() {
  if (!parser_) parser_ = std::make_unique<Parser>();
  auto& beast = parser_->beast;
  const bool in_head = state_ == State::WantsHead;
  boost::beast::error_code error;
  std::size_t used = 0;
  try {
    used = beast.put(boost::asio::buffer(pending_), error);
  } catch (const std::exception&) {  // no memory for the body
    return fail_with(
        Refusal::BodiesTotal,
        error_response(Error{ErrorCode::Unavailable, "no memory for the request's body"}));
  }
  const std::string_view taken = std::string_view(pending_).substr(0, used);
  const bool folded =
      in_head && (taken.find("\r\n ") != taken.npos || taken.find("\r\n\t") != taken.npos);
  if (in_head) head_bytes_ += used;
  pending_.erase(0, used);

  if (error && error != http::error::need_more) {
    if (error == http::error::body_limit)
      return fail_with(Refusal::BodyBytes,
                       error_response(413, "limit_reached",
                                      "the request's body is larger than this route takes"));
    if (error == http::error::header_limit)
      return fail_with(Refusal::HeaderBytes,
                       error_response(431, "limit_reached", "the request's head is too large"));
    return malformed(error.message());
  }
  if (folded) return malformed("a header line is folded");
  if (in_head) return beast.is_header_done() ? finish_head() : State::WantsHead;
  return beast.is_done() ? State::Done : State::WantsBody;
}

// What Beast leaves to the server: everything that two readers of the same bytes could understand
// differently.
RequestReader::State RequestReader::finish_head() {
  auto& beast = parser_->beast;
  const auto& message = beast.get();
  if (head_bytes_ > limits::kHttpHeaderBytesMax)
    return fail_with(Refusal::HeaderBytes,
                     error_response(431, "limit_reached", "the request's head is too large"));

  request_ = Request{};
  std::size_t lines = 0;
  for (const auto& field : message) {
    if (++lines > limits::kHttpHeadersMax)
      return fail_with(Refusal::HeaderLines,
                       error_response(431, "limit_reached",
                                      fmt::format("the request has more than {} header lines",
                                                  limits::kHttpHeadersMax)));
    request_.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  }
  const auto& headers = request_.headers;
  const bool http_1_1 = message.version() == 11;
  const auto hosts = headers.count("Host");
  if (hosts > 1 || (http_1_1 && hosts == 0)) return malformed("exactly one Host line is needed");
  if (headers.count("Content-Length") > 1 ||
      headers.get("Content-Length").value_or("").contains(','))
    return malformed("Content-Length is repeated");
  if (const auto coding = headers.get("Transfer-Encoding")) {
    if (headers.contains("Content-Length"))
      return malformed("Content-Length beside Transfer-Encoding");
    if (!http_1_1) return malformed("Transfer-Encoding in HTTP/1.0");
    if (!equal_ignoring_case(*coding, "chunked") || headers.count("Transfer-Encoding") > 1)
      return fail_with(Refusal::Malformed,
                       error_response(501, "unsupported",
                                      "chunked is the only transfer coding that is understood"));
  }
  if (const auto expect = headers.get("Expect");
      expect && !equal_ignoring_case(*expect, "100-continue"))
    return fail_with(Refusal::Malformed,
                     error_response(417, "unsupported", "only 100-continue can be expected"));

  auto target = parse_target(view(message.target()));
  if (!target) return malformed(target.error().message);
  request_.method = parse_method(view(message.method_string()));
  request_.target = view(message.target());
  request_.path = std::move(target->path);
  request_.query_pairs = std::move(target->query);
  request_.keep_alive = http_1_1 && message.keep_alive();
  has_body_ = !beast.is_done();
  wants_continue_ = has_body_ && http_1_1 && headers.contains("Expect");
  return State::Head;
}

RequestReader::State RequestReader::accept_body(std::size_t bytes_max) {
  WARDHIVE_ASSERT(state_ == State::Head);
  auto& beast = parser_->beast;
  if (beast.content_length().value_or(0) > bytes_max) {
    return fail_with(
        Refusal::BodyBytes,
        error_response(413, "limit_reached",
                       fmt::format("the request's body has {} bytes; this route takes at most {}",
                                   *beast.content_length(), bytes_max)));
  }
  beast.body_limit(bytes_max);
  beast.eager(true);
  state_ = has_body_ ? State::WantsBody : State::Done;
  return advance();
}

std::size_t RequestReader::body_bytes() const {
  return parser_ ? parser_->beast.get().body().size() : 0;
}

Request RequestReader::take() {
  WARDHIVE_ASSERT(state_ == State::Done);
  request_.body = std::move(parser_->beast.get().body());
  parser_.reset();
  Request done = std::exchange(request_, {});
  state_ = State::WantsHead;
  head_bytes_ = 0;
  has_body_ = wants_continue_ = false;
  advance();
  return done;
}

RequestReader::State RequestReader::fail_with(Refusal why, Response response) {
  failure_ = {why, std::move(response)};
  return state_ = State::Failed;
}

RequestReader::State RequestReader::malformed(std::string_view what) {
  return fail_with(
      Refusal::Malformed,
      error_response(400, "invalid_input", fmt::format("the request is malformed: {}", what)));
}

}  // namespace wardhive::net::detail
