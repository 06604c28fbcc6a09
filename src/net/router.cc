#include "net/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace wardhive::net {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);  // always '/'
  for (;;) {
    const auto end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

char kind_of(std::string_view segment) {
  if (!segment.starts_with('{')) return '0';
  return segment.ends_with("...}") ? '2' : '1';
}

std::string name_in(std::string_view segment) {
  return std::string(segment.substr(1, segment.size() - (kind_of(segment) == '2' ? 5 : 2)));
}

enum class Fit { No, Yes, BadEscape };

// `path` holds the segments as sent: a "%2F" in one of them does not split it.
Fit fit(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
        Pairs& params) {
  params.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char kind = kind_of(pattern[i]);
    if (kind == '2') {
      std::string rest;
      for (std::size_t j = i; j < path.size(); ++j) rest += (j > i ? "/" : "") + path[j];
      auto value = percent_decode(rest);
      if (!value) return Fit::BadEscape;
      params.emplace_back(name_in(pattern[i]), std::move(*value));
      return Fit::Yes;
    }
    if (i >= path.size()) return Fit::No;
    auto value = percent_decode(path[i]);
    if (!value) return Fit::BadEscape;
    if (kind == '0' ? *value != pattern[i] : value->empty()) return Fit::No;
    if (kind == '1') params.emplace_back(name_in(pattern[i]), std::move(*value));
  }
  return path.size() == pattern.size() ? Fit::Yes : Fit::No;
}

// Two patterns of this text match the same paths.
std::string skeleton(const std::vector<std::string>& segments) {
  std::string text;
  for (const auto& segment : segments) {
    const char kind = kind_of(segment);
    text += kind == '0' ? "/" + segment : fmt::format("/{{{}}}", kind);
  }
  return text;
}

Response method_not_allowed(const Request& request, const std::set<std::string_view>& allowed) {
  const auto list = fmt::format("{}", fmt::join(allowed, ", "));
  auto response = error_response(405, "method_not_allowed",
                                 fmt::format("{} is not allowed on {}; allowed: {}",
                                             name_of(request.method), request.path, list));
  response.headers.add("Allow", list);
  return response;
}

}  // namespace

void Router::add(Route route, Handler handler) {
  WARDHIVE_ASSERT(route.pattern.starts_with('/') && handler);
  Entry entry{std::move(route), std::move(handler), {}, {}};
  entry.segments = split_path(entry.route.pattern);
  for (std::size_t i = 0; i < entry.segments.size(); ++i) {
    const auto& segment = entry.segments[i];
    const char kind = kind_of(segment);
    WARDHIVE_ASSERT(kind == '0' || (segment.ends_with('}') && !name_in(segment).empty()));
    WARDHIVE_ASSERT(kind != '2' || i + 1 == entry.segments.size());
    entry.shape += kind;
  }
  for (const auto& other : entries_)
    WARDHIVE_ASSERT(other.route.method != entry.route.method ||
                    skeleton(other.segments) != skeleton(entry.segments));
  const auto place =
      std::upper_bound(entries_.begin(), entries_.end(), entry.shape,
                       [](const std::string& shape, const Entry& e) { return shape < e.shape; });
  entries_.insert(place, std::move(entry));
}

void Router::add(Route route, SyncHandler handler) {
  WARDHIVE_ASSERT(handler != nullptr);
  add(std::move(route),
      Handler([handler = std::move(handler)](const Request& request, Responder responder) {
        responder.send(handler(request));
      }));
}

void Router::before(Hook hook) { hooks_.push_back(std::move(hook)); }

std::expected<Router::Match, Response> Router::match(Request& request) const {
  const auto wanted = request.method == Method::Head ? Method::Get : request.method;
  const auto path = split_path(request.path);
  std::set<std::string_view> allowed;
  for (const auto& entry : entries_) {
    Pairs params;
    const auto how = fit(entry.segments, path, params);
    if (how == Fit::BadEscape)
      return std::unexpected(
          error_response(Error{ErrorCode::InvalidInput, "the path holds a broken percent escape"}));
    if (how == Fit::No) continue;
    if (entry.route.method != wanted) {
      allowed.insert(name_of(entry.route.method));
      if (entry.route.method == Method::Get) allowed.insert(name_of(Method::Head));
      continue;
    }
    request.path_params = std::move(params);
    for (const auto& hook : hooks_)
      if (auto refused = hook(request, entry.route)) return std::unexpected(std::move(*refused));
    return Match{&entry.route, &entry.handler};
  }
  if (!allowed.empty()) return std::unexpected(method_not_allowed(request, allowed));
  return std::unexpected(error_response(
      Error{ErrorCode::NotFound, fmt::format("there is nothing at {}", request.path)}));
}

void Router::dispatch(Request request, Responder responder) const {
  auto body = std::exchange(request.body, {});
  auto found = match(request);
  if (!found) return responder.send(std::move(found.error()));
  if (body.size() > found->route->body_bytes_max)
    return responder.send(error_response(413, "limit_reached", "the request's body is too large"));
  request.body = std::move(body);
  (*found->handler)(request, std::move(responder));
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> list;
  for (const auto& entry : entries_) list.push_back(&entry.route);
  std::sort(list.begin(), list.end(), [](const Route* a, const Route* b) {
    return std::pair(a->pattern, a->method) < std::pair(b->pattern, b->method);
  });
  return list;
}

}  // namespace wardhive::net
