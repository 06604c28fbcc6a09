#include "app/agent.h"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>

#include "base/log.h"
#include "net/client.h"
#include "net/listen.h"
#include "net/url.h"

namespace wardhive {
namespace {

struct Credential {
  std::string node, credential;
};
WARDHIVE_FIELDS(Credential) {
  v("node", self.node);
  v("credential", self.credential);
}

// HOST:PORT of the controller, if the host is an address; a name has no entry in the packet filter.
std::string address_of(const net::Url& url) {
  const auto ip = IpAddress::parse(url.host);
  return ip ? fmt::format("{}:{}", ip->is_v4() ? ip->text() : "[" + ip->text() + "]", url.port)
            : std::string();
}

// A credential must not travel where others can read it.
Result<net::Url> check_url(const AgentOptions& options) {
  if (options.url.empty())
    return fail(ErrorCode::InvalidInput,
                "no controller is named; say --controller http://HOST:PORT");
  WARDHIVE_ASSIGN(auto url, net::Url::parse(options.url));
  const auto ip = IpAddress::parse(url.host);
  const bool local = url.host == "localhost" || (ip && ip->is_loopback());
  if (url.scheme == "http" && !local && !options.allow_plain_http)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} is beyond loopback without TLS; use https://, or say "
                            "--allow-plain-http on a network you trust",
                            options.url));
  return url;
}

Status make_state(const Path& state) {
  std::error_code error;
  std::filesystem::create_directories(state, error);
  if (error)
    return std::unexpected(system_error(error.value(), "make state directory " + state.string()));
  std::filesystem::permissions(state, std::filesystem::perms::owner_all, error);
  return ok();
}

}  // namespace

Status Agent::enroll(const AgentOptions& options, const std::string& token) {
  WARDHIVE_TRY(check_url(options));
  if (!valid_node_name(options.node))
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("node name \"{}\" must be 1 to 63 of letters, digits, dot, dash, underscore",
                    options.node));
  WARDHIVE_TRY(make_state(options.state));
  net::HttpClient client;
  net::ClientRequest request;
  request.method = net::Method::Post;
  request.url = options.url + "/api/v1/agent/enroll";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = fmt::format(R"({{"node":{},"token":{}}})", to_json(options.node), to_json(token));
  WARDHIVE_ASSIGN(const auto answer, client.request(request));
  WARDHIVE_ASSIGN(const auto json, JsonValue::parse(answer.body));
  if (answer.status != 200) {
    const auto* error = json.find("error");
    return fail(answer.status == 403 ? ErrorCode::PermissionDenied : ErrorCode::Unavailable,
                error != nullptr ? error->string_or("message", "")
                                 : fmt::format("{} answered {}", request.url, answer.status));
  }
  WARDHIVE_ASSIGN(const auto credential, from_json<Credential>(json));
  return write_file_atomically(options.state / "credential", to_json(credential), 0600);
}

Result<std::unique_ptr<Agent>> Agent::open(AgentOptions options) {
  WARDHIVE_ASSIGN(const auto url, check_url(options));
  std::unique_ptr<Agent> agent(new Agent(std::move(options)));
  auto& o = agent->options_;
  const auto text = read_secret_file(o.state / "credential", 4'096);
  if (!text && text.error().code == ErrorCode::NotFound)
    return fail(
        ErrorCode::NotFound,
        fmt::format(
            "no credential in {}; run `wardhive agent enroll --controller {} --token ...` first",
            o.state.string(), o.url));
  if (!text) return std::unexpected(text.error());
  WARDHIVE_ASSIGN(const auto credential, from_json<Credential>(*text));
  WARDHIVE_ASSIGN(agent->lock_, DirectoryLock::acquire(o.state));
  agent->node_ = credential.node;
  agent->credential_ = credential.credential;

  LookoutOptions lookout;
  lookout.node = lookout.vantage = credential.node;
  lookout.auth_logs = o.auth_logs;
  lookout.own_host_interval = seconds(o.own_host_seconds);
  lookout.state = o.state;
  WARDHIVE_ASSIGN(lookout.enforcers, enforcer_settings(!o.no_nftables, address_of(url),
                                                       o.haproxy_socket, o.haproxy_backend));
  WARDHIVE_ASSIGN(agent->lookout_,
                  Lookout::make(std::move(lookout), [self = agent.get()](AgentMessage message) {
                    if (!self->link_) return;
                    // What the spool has no room for is counted there.
                    [[maybe_unused]] const auto said = self->link_->say(std::move(message));
                  }));
  return agent;
}

Agent::~Agent() { stop(); }

void Agent::start() {
  AgentLinkConfig config{options_.url, credential_, options_.state, seconds(1)};
  auto link = AgentLink::start(std::move(config), [this](bool full, const DesiredSet& set) {
    lookout_->desired(full, set);
  });
  if (!link) {
    // Without a spool there is no talking, but what holds here must go on holding.
    log::error("spool_not_opened", {{"reason", link.error().message}});
  } else {
    link_ = std::move(*link);
  }
  lookout_->start();
  lookout_->say_hello();
}

void Agent::stop() {
  if (!lookout_) return;
  if (link_) {
    Event stopping;
    stopping.kind = EventKind::AgentStopping;
    stopping.subject = stopping.observer = wardhive::node(node_);
    stopping.at = system_clock().wall();
    [[maybe_unused]] const auto said = link_->say(std::move(stopping));
  }
  lookout_->stop();
  if (link_) link_->stop();
  lookout_.reset();
}

Status Agent::release_all() { return lookout_->release_all(); }

}  // namespace wardhive
