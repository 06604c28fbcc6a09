#include "app/fleet/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace wardhive::fleet {
namespace {

constexpr std::string_view kEmptyLine = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text,
                             [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

Status take_length(HttpHead& head, std::string_view value, bool& seen) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || end != value.data() + value.size() ||
      (seen && length != head.content_length))
    return fail(ErrorCode::InvalidInput, "http: content-length is not one number");
  if (length > kHttpMessageBodyBytesMax)
    return fail(ErrorCode::LimitReached, fmt::format("http: body of {} bytes; at most {} are read",
                                                     length, kHttpMessageBodyBytesMax));
  head.content_length = length;
  seen = true;
  return ok();
}

Status take_header(HttpHead& head, std::string_view line, bool& length_seen) {
  if (head.headers.size() >= kHttpHeadersMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("http: more than {} headers", kHttpHeadersMax));
  const auto colon = line.find(':');
  // Also refuses a folded line and a blank before the colon, the roots of request smuggling.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return fail(ErrorCode::InvalidInput, "http: a header line is not \"name: value\"");
  auto name = lower(line.substr(0, colon));
  const auto value = trim(line.substr(colon + 1));
  if (name == "transfer-encoding")
    return fail(ErrorCode::Unsupported, "http: transfer encodings are not read here");
  if (name == "content-length") WARDHIVE_TRY(take_length(head, value, length_seen));
  if (name == "connection" && lower(value) == "close") head.keep_alive = false;
  head.headers.emplace_back(std::move(name), std::string(value));
  return ok();
}

Status take_start(HttpHead& head, std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || first == 0 || second == first + 1)
    return fail(ErrorCode::InvalidInput, "http: the first line is not three words");
  head.first = line.substr(0, first);
  head.second = line.substr(first + 1, second - first - 1);
  head.third = line.substr(second + 1);
  const auto& version = head.first.starts_with("HTTP/") ? head.first : head.third;
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return fail(ErrorCode::InvalidInput, "http: the version is not HTTP/1.1 or HTTP/1.0");
  head.keep_alive = version == "HTTP/1.1";
  return ok();
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

Error broken(int error) {
  return error == ETIMEDOUT
             ? Error{ErrorCode::Timeout, "http: no answer in time"}
             : Error{ErrorCode::Unavailable, system_error(error, "http connection").message};
}

}  // namespace

std::string_view HttpHead::header(std::string_view lower_case_name) const {
  const auto found =
      std::ranges::find(headers, lower_case_name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Result<HttpHead> parse_http_head(std::string_view text) {
  if (text.size() > kHttpHeadBytesMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("http: head is longer than {} bytes", kHttpHeadBytesMax));
  if (!text.ends_with(kEmptyLine))
    return fail(ErrorCode::InvalidInput, "http: head does not end with an empty line");
  text.remove_suffix(2);
  HttpHead head;
  bool length_seen = false;
  for (bool start = true; !text.empty(); start = false) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    if (has_control(line))
      return fail(ErrorCode::InvalidInput, "http: a control character in the head");
    WARDHIVE_TRY(start ? take_start(head, line) : take_header(head, line, length_seen));
    text.remove_prefix(end + 2);
  }
  return head;
}

Result<std::optional<HttpMessage>> read_http(int fd, std::string& buffer, MonoTime deadline) {
  std::size_t end = 0;
  while ((end = buffer.find(kEmptyLine)) == std::string::npos) {
    if (buffer.size() > kHttpHeadBytesMax)
      return fail(ErrorCode::LimitReached,
                  fmt::format("http: head is longer than {} bytes", kHttpHeadBytesMax));
    const auto count = read_some(fd, buffer, deadline);
    if (!count) return std::unexpected(broken(count.error()));
    if (*count == 0 && buffer.empty()) return std::nullopt;
    if (*count == 0) return std::unexpected(broken(ECONNRESET));
  }
  end += kEmptyLine.size();
  HttpMessage message;
  WARDHIVE_ASSIGN(message.head, parse_http_head(std::string_view(buffer).substr(0, end)));
  while (buffer.size() - end < message.head.content_length) {
    const auto count = read_some(fd, buffer, deadline);
    if (!count) return std::unexpected(broken(count.error()));
    if (*count == 0) return std::unexpected(broken(ECONNRESET));
  }
  message.body = buffer.substr(end, message.head.content_length);
  buffer.erase(0, end + message.head.content_length);
  return message;
}

std::string http_response(int status, std::string_view type, std::string_view body,
                          std::string_view headers) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status,
                     reason_of(status), type, body.size(), headers, body);
}

std::string http_get(std::string_view host, std::string_view target) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target, host);
}

}  // namespace wardhive::fleet
