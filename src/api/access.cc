// Log-in of browsers, enrolment of agents.
#include <fmt/format.h>

#include "api/api.h"
#include "api/assets.h"
#include "base/bytes.h"
#include "base/log.h"

namespace wardhive {
namespace {

net::Response done() {
  return net::Response::json(fmt::format(R"({{"schema_version":{}}})", kSchemaVersion));
}

}  // namespace

void Api::add_access(net::Router& router) {
  const auto post = [&](std::string name, std::string pattern, std::string access,
                        net::SyncHandler handler) {
    router.add({.name = std::move(name),
                .method = net::Method::Post,
                .pattern = std::move(pattern),
                .access = std::move(access)},
               std::move(handler));
  };
  post("login", "/api/v1/login", "public", [this](const net::Request& request) {
    const auto body = JsonValue::parse(request.body);
    if (!body) return net::error_response(body.error());
    const auto session = parts_.door.open_session(body->string_or("code", ""));
    if (!session) return net::error_response(session.error());
    auto response = done();
    response.headers.add(
        "Set-Cookie",
        fmt::format("wardhive_session={}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200",
                    *session));
    return response;
  });
  post("logout", "/api/v1/logout", "public", [this](const net::Request& request) {
    parts_.door.close_session(request.cookie("wardhive_session").value_or(""));
    auto response = done();
    response.headers.add("Set-Cookie",
                         "wardhive_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    return response;
  });
  post("tokens.login", "/api/v1/tokens/login", "operator", [this](const net::Request& request) {
    return net::Response::json(fmt::format(R"({{"schema_version":{},"url":"{}/#{}"}})",
                                           kSchemaVersion, parts_.public_url,
                                           parts_.door.make_login_code(identify(request).name)));
  });
  post("tokens.enroll", "/api/v1/tokens/enroll", "operator", [this](const net::Request& request) {
    const auto body = JsonValue::parse(request.body.empty() ? "{}" : request.body);
    if (!body) return net::error_response(body.error());
    const auto name = body->string_or("node", "");
    if (!name.empty() && !valid_node_name(name))
      return net::error_response(
          {ErrorCode::InvalidInput,
           "node must be 1 to 63 of letters, digits, dot, dash, underscore"});
    return net::Response::json(
        fmt::format(R"({{"schema_version":{},"token":"{}","expires_in":3600}})", kSchemaVersion,
                    parts_.door.make_enrolment_token(name)));
  });
  net::Route enroll{.name = "agent.enroll",
                    .method = net::Method::Post,
                    .pattern = "/api/v1/agent/enroll",
                    .access = "public"};
  enroll.blocking = true;  // stores the credential
  router.add(
      enroll, net::SyncHandler([this](const net::Request& request) {
        const auto body = JsonValue::parse(request.body);
        if (!body) return net::error_response(body.error());
        const auto name = body->string_or("node", "");
        if (!valid_node_name(name))
          return net::error_response(
              {ErrorCode::InvalidInput,
               "node must be 1 to 63 of letters, digits, dot, dash, underscore"});
        if (const auto used = parts_.door.use_enrolment_token(body->string_or("token", ""), name);
            !used)
          return net::error_response(used.error());
        const auto secret = random_hex(32);
        const AgentCredential credential{name, token_hash(secret), 0, parts_.clock.wall()};
        if (const auto stored = parts_.enroll(credential); !stored)
          return net::error_response(stored.error());
        log::info("agent_enrolled", {{"node", name}, {"from", request.peer.text()}});
        return net::Response::json(
            fmt::format(R"({{"schema_version":{},"node":"{}","credential":"{}"}})", kSchemaVersion,
                        name, secret));
      }));
}

void Api::add_assets(net::Router& router) {
  for (const auto& asset : assets()) {
    net::Route route;
    route.name = "page" + std::string(asset.path);
    route.pattern = asset.path;
    route.access = "public";  // the page holds nothing; what it shows needs a log-in
    router.add(route, net::SyncHandler([&asset](const net::Request&) {
                 net::Response response;
                 response.headers = {
                     {"Content-Type", std::string(asset.type)},
                     {"Content-Security-Policy",
                      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                      "connect-src 'self'; "
                      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cache-Control", "no-cache"}};
                 response.body = asset.bytes;
                 return response;
               }));
  }
}

}  // namespace wardhive
