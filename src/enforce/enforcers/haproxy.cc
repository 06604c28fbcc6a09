#include "enforce/enforcers/haproxy.h"

#include <fmt/format.h>

#include <algorithm>

#include "enforce/enforcers/haproxy_socket.h"
#include "enforce/enforcers/haproxy_text.h"

namespace wardhive {
namespace {

constexpr std::uint32_t kFull = 10'000;
constexpr std::uint32_t kBaseWeightMin = 10;

std::uint32_t weight_of(std::uint32_t share_bps, std::uint32_t base_weight) {
  return (share_bps * base_weight + kFull / 2) / kFull;
}

std::uint32_t share_of(const ServerState& server) {
  if (server.drained || server.weight == 0) return 0;
  return (server.weight * kFull + server.base_weight / 2) / server.base_weight;
}

class Haproxy final : public Enforcer {
 public:
  explicit Haproxy(HaproxyConfig config) : config_(std::move(config)) {}

  std::string_view control() const override { return "haproxy"; }
  bool can(Verb verb) const override {
    return verb == Verb::DrainNode || verb == Verb::SetNodeShare;
  }
  Status start() override;
  // Its keys are the gateway's own nodes by name. Their addresses may well be on the list of those
  // that nobody bans.
  void protect(std::vector<IpPrefix>, std::vector<IpAddress>) override {}
  Result<Applied> apply(const DesiredItem& item, Duration expires_in) override;
  Result<std::vector<Effect>> list() override;
  Status release_all() override;

 private:
  // Runs `commands`, each ending in ';', then reads back all servers.
  Result<std::vector<ServerState>> servers(std::string commands = {}) const;
  Result<Applied> set_share(const ServerState& server, std::uint32_t share_bps) const;
  Status check_weight(const ServerState& server) const;

  HaproxyConfig config_;
};

Result<std::vector<ServerState>> Haproxy::servers(std::string commands) const {
  commands += "show servers state " + config_.backend;
  WARDHIVE_ASSIGN(const auto answer, ask_haproxy(config_.socket, commands, config_.timeout));
  auto servers = parse_servers_state(answer);
  if (!servers) servers.error().message += fmt::format(" (backend {})", config_.backend);
  return servers;
}

Status Haproxy::check_weight(const ServerState& server) const {
  if (server.base_weight >= kBaseWeightMin) return ok();
  return fail(
      ErrorCode::InvalidInput,
      fmt::format(
          "haproxy server {}/{} is configured with weight {}, so a share of 10 % would round to no "
          "traffic; give it `weight 100`",
          config_.backend, server.name, server.base_weight));
}

Status Haproxy::start() {
  WARDHIVE_ASSIGN(const auto found, servers());
  if (found.empty())
    return fail(ErrorCode::NotFound, "haproxy backend " + config_.backend + " has no server");
  for (const auto& server : found) WARDHIVE_TRY(check_weight(server));
  return ok();
}

Result<Applied> Haproxy::apply(const DesiredItem& item, Duration) {
  if (!can(item.verb))
    return fail(
        ErrorCode::Unsupported,
        fmt::format("haproxy cannot {}; it can drain_node and set_node_share", name_of(item.verb)));
  if (!is_haproxy_name(item.key))
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no name of a haproxy server", item.key.substr(0, 64)));
  if (item.share_bps > kFull)
    return fail(ErrorCode::InvalidInput, fmt::format("share of {} is {} bps; expected 0 to 10000",
                                                     item.key, item.share_bps));
  WARDHIVE_ASSIGN(const auto found, servers());
  const auto server = std::ranges::find(found, item.key, &ServerState::name);
  if (server == found.end()) {
    // A node that left the backend gets no traffic through it: nothing to take back.
    if (!item.present)
      return Applied{true, fmt::format("backend {} has no server {}", config_.backend, item.key)};
    return fail(ErrorCode::NotFound,
                fmt::format("haproxy backend {} has no server {}", config_.backend, item.key));
  }
  return set_share(*server, item.present ? item.share_bps : kFull);
}

Result<Applied> Haproxy::set_share(const ServerState& server, std::uint32_t share_bps) const {
  const auto name = config_.backend + "/" + server.name;
  if (server.maintenance) {
    if (share_bps == 0) return Applied{true, name + " is in maintenance, so it gets no traffic"};
    return fail(ErrorCode::Conflict,
                name + " is in maintenance by another hand; end that first (set server " + name +
                    " state ready)");
  }
  WARDHIVE_TRY(check_weight(server));
  const auto weight = weight_of(share_bps, server.base_weight);
  if (share_bps > 0 && weight == 0)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} has weight {}, too little for a share of {} bps", name,
                            server.base_weight, share_bps));
  // In the order that never lets through more than either end: stop before the weight changes,
  // and the new weight before it starts.
  const auto stop = fmt::format("set server {} state drain;", name);
  const auto weigh = fmt::format("set server {} weight {};", name, weight);
  const auto go = fmt::format("set server {} state ready;", name);
  WARDHIVE_ASSIGN(const auto after, servers(share_bps == 0 ? stop + weigh : weigh + go));
  const auto now = std::ranges::find(after, server.name, &ServerState::name);
  if (now == after.end()) return fail(ErrorCode::NotFound, "haproxy lost server " + name);
  return Applied{
      now->weight == weight && now->drained == (share_bps == 0) && !now->maintenance,
      fmt::format("{} {}, weight {} of {}{}", name, now->drained ? "drained" : "ready", now->weight,
                  now->base_weight, now->running ? "" : ", its health check fails")};
}

Result<std::vector<Effect>> Haproxy::list() {
  WARDHIVE_ASSIGN(const auto found, servers());
  std::vector<Effect> effects;
  for (const auto& server : found) {
    if (server.maintenance || server.base_weight == 0) continue;
    const auto share = share_of(server);
    if (share != kFull)
      effects.push_back({.key = server.name, .present = true, .share_bps = share});
  }
  return effects;
}

Status Haproxy::release_all() {
  WARDHIVE_ASSIGN(const auto found, servers());
  for (const auto& server : found)
    if (!server.maintenance && share_of(server) != kFull) WARDHIVE_TRY(set_share(server, kFull));
  return ok();
}

}  // namespace

Result<std::unique_ptr<Enforcer>> make_haproxy(HaproxyConfig config) {
  if (!is_haproxy_name(config.backend))
    return fail(ErrorCode::InvalidInput,
                fmt::format("haproxy backend \"{}\": expected letters, digits and - _ . :",
                            config.backend));
  return std::make_unique<Haproxy>(std::move(config));
}

Result<std::vector<HaproxyServer>> read_haproxy_stats(const Path& socket,
                                                      const std::string& backend,
                                                      Duration timeout) {
  if (!is_haproxy_name(backend))
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no name of a haproxy backend", backend));
  constexpr auto kServers = 4;  // of the kinds of rows: neither frontends nor the backend's sum
  WARDHIVE_ASSIGN(
      const auto answer,
      ask_haproxy(socket, fmt::format("show stat {} {} -1", backend, kServers), timeout));
  auto servers = parse_stat(answer);
  if (!servers) servers.error().message += fmt::format(" (backend {})", backend);
  return servers;
}

}  // namespace wardhive
