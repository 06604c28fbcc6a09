#include "api/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/explain.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr std::size_t kStreamsMax = 64;

net::Response not_found(std::string_view what, std::string_view id) {
  return net::error_response(
      {ErrorCode::NotFound, fmt::format("no {} \"{}\"", what, id.substr(0, 100))});
}

std::size_t limit_of(const net::Request& request) {
  std::size_t limit = 100;
  if (const auto text = request.query("limit"))
    std::from_chars(text->data(), text->data() + text->size(), limit);
  return std::clamp<std::size_t>(limit, 1, 1'000);
}

bool wants_all(const net::Request& request) { return request.query("state") == "all"; }

template <class T>
net::Response one_or_404(const std::optional<T>& noun, std::string_view what, std::string_view id) {
  return noun ? net::Response::json(versioned(to_json(*noun))) : not_found(what, id);
}

Caller caller_of(const net::Request& request) {
  Caller caller;
  caller.peer = request.peer_is_unix ? "unix" : request.peer.text();
  const auto authorization = request.headers.get("authorization").value_or("");
  if (authorization.starts_with("Bearer ")) caller.bearer = authorization.substr(7);
  caller.session = request.cookie("wardhive_session").value_or("");
  const auto host = request.headers.get("host").value_or("");
  caller.host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
  caller.writes = request.method != net::Method::Get && request.method != net::Method::Head;
  caller.write_header = request.headers.get("x-wardhive") == "1";
  return caller;
}

}  // namespace

Api::Api(ApiParts parts) : parts_(std::move(parts)) {
  parts_.view.on_change(
      [this](std::string_view kind, const std::string& json) { broadcast(kind, json); },
      [this] { return listened_.load(); });
}

Api::~Api() { parts_.view.on_change(nullptr, nullptr); }

Identity Api::identify(const net::Request& request) const {
  const auto caller = caller_of(request);
  for (const auto access : {Access::Operator, Access::Agent, Access::Writer})
    if (const auto identity = parts_.door.known(caller, access)) return *identity;
  return {};
}

void Api::add_routes(net::Router& router) {
  router.before([this](const net::Request& request,
                       const net::Route& route) -> std::optional<net::Response> {
    const auto wanted = enum_from_name<Access>(route.access);
    if (!wanted)
      return net::error_response({ErrorCode::Internal, "route " + route.name + " names no access"});
    const auto identity = parts_.door.admit(caller_of(request), *wanted);
    if (identity) return std::nullopt;
    if (identity.error().code != ErrorCode::Conflict) return net::error_response(identity.error());
    auto response = net::error_response(401, "unauthorized", identity.error().message);
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
  });
  add_reads(router);
  add_commands(router);
  add_access(router);
  add_assets(router);
}

void Api::add_reads(net::Router& router) {
  auto& view = parts_.view;
  const auto get = [&](std::string name, std::string pattern, net::SyncHandler handler,
                       std::string access = "operator") {
    net::Route route;
    route.name = std::move(name);
    route.pattern = std::move(pattern);
    route.access = std::move(access);
    router.add(std::move(route), std::move(handler));
  };
  get(
      "healthz", "/healthz",
      [&view](const net::Request&) {
        return net::Response::json(view.status().disk_full
                                       ? R"({"status":"degraded","reason":"the disk is full"})"
                                       : R"({"status":"ok"})");
      },
      "public");
  get(
      "metrics", "/metrics",
      [](const net::Request&) {
        auto response = net::Response::text(metrics().render());
        response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
        return response;
      },
      "public");
  get("status", "/api/v1/status", [&view](const net::Request&) {
    return net::Response::json(versioned(to_json(view.status())));
  });
  get("nodes.list", "/api/v1/nodes",
      [&view](const net::Request&) { return net::Response::json(versioned_list(view.nodes())); });
  get("nodes.show", "/api/v1/nodes/{node}", [&view](const net::Request& request) {
    return one_or_404(view.node(request.param("node")), "node", request.param("node"));
  });
  get("agents.list", "/api/v1/agents", [this](const net::Request&) {
    std::string out = "[";
    for (const auto& agent : parts_.hub.agents())
      out += fmt::format(
          R"({}{{"schema_version":{},"node":"{}","connected":{},"silent_for":{},"acknowledged":{},"gaps":{}}})",
          out.size() > 1 ? "," : "", kSchemaVersion, agent.node, agent.connected,
          agent.silent_for == Duration::max() ? "null"
                                              : fmt::format("{:.3f}", to_seconds(agent.silent_for)),
          agent.acknowledged, agent.gaps);
    return net::Response::json(out + "]");
  });
  get("incidents.list", "/api/v1/incidents", [&view](const net::Request& request) {
    return net::Response::json(
        versioned_list(view.incidents(!wants_all(request), limit_of(request))));
  });
  get("incidents.show", "/api/v1/incidents/{id}", [&view](const net::Request& request) {
    const auto id = IncidentId::parse(request.param("id"));
    if (!id) return net::error_response(id.error());
    return one_or_404(view.incident(*id), "incident", request.param("id"));
  });
  get("decisions.list", "/api/v1/decisions", [&view](const net::Request& request) {
    return net::Response::json(
        versioned_list(view.decisions(!wants_all(request), limit_of(request))));
  });
  get("decisions.show", "/api/v1/decisions/{id}", [&view](const net::Request& request) {
    const auto id = DecisionId::parse(request.param("id"));
    if (!id) return net::error_response(id.error());
    return one_or_404(view.decision(*id), "decision", request.param("id"));
  });
  get("decisions.explain", "/api/v1/decisions/{id}/explain", [&view](const net::Request& request) {
    const auto id = DecisionId::parse(request.param("id"));
    if (!id) return net::error_response(id.error());
    const auto decision = view.decision(*id);
    return decision ? net::Response::json(versioned(to_json(explain(*decision))))
                    : not_found("decision", request.param("id"));
  });
  get("proposals.list", "/api/v1/proposals", [&view](const net::Request& request) {
    return net::Response::json(
        versioned_list(view.proposals(!wants_all(request), limit_of(request))));
  });
  get("proposals.show", "/api/v1/proposals/{id}", [&view](const net::Request& request) {
    const auto id = ProposalId::parse(request.param("id"));
    if (!id) return net::error_response(id.error());
    return one_or_404(view.proposal(*id), "proposal", request.param("id"));
  });
  get("scores.list", "/api/v1/scores", [&view](const net::Request& request) {
    return net::Response::json(versioned_list(view.scores(limit_of(request))));
  });
  get("scores.show", "/api/v1/scores/{kind}/{name}", [&view](const net::Request& request) {
    const auto text = fmt::format("{}/{}", request.param("kind"), request.param("name"));
    const auto subject = Entity::parse(text);
    if (!subject) return net::error_response(subject.error());
    return one_or_404(view.score(*subject), "score of", text);
  });
  get("notices.list", "/api/v1/notices", [&view](const net::Request& request) {
    return net::Response::json(versioned_list(view.notices(limit_of(request))));
  });
  net::Route verify{.name = "audit.verify",
                    .method = net::Method::Get,
                    .pattern = "/api/v1/audit/verify",
                    .access = "operator"};
  verify.blocking = true;
  router.add(verify, net::SyncHandler([this](const net::Request&) {
               const auto report = parts_.store.verify_audit([](std::uint64_t, std::uint64_t) {});
               if (!report) return net::error_response(report.error());
               return net::Response::json(
                   fmt::format(R"({{"schema_version":{},"records":{},"head":"{}","intact":true}})",
                               kSchemaVersion, report->records, report->head));
             }));
  router.add({.name = "stream",
              .method = net::Method::Get,
              .pattern = "/api/v1/stream",
              .access = "operator"},
             net::Handler([this](const net::Request&, net::Responder responder) {
               const std::lock_guard lock(mutex_);
               std::erase_if(streams_, [](const net::SseStream& s) { return s.closed(); });
               if (streams_.size() >= kStreamsMax)
                 return responder.send(net::error_response(
                     {ErrorCode::LimitReached, "too many open streams; close one"}));
               auto stream = responder.start_sse();
               listened_ = true;
               stream.send("status", never_is_null(to_json(parts_.view.status())));
               streams_.push_back(std::move(stream));
             }));
}

void Api::broadcast(std::string_view kind, const std::string& json) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const net::SseStream& s) { return s.closed(); });
  listened_ = !streams_.empty();
  for (const auto& stream : streams_) stream.send(kind, json);
}

}  // namespace wardhive
