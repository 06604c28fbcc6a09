// up and agent: what runs until it is told to stop.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>

#include "app/agent.h"
#include "app/cli/cli.h"
#include "app/cli/stop_signals.h"
#include "app/controller.h"
#include "app/demo/demo.h"
#include "base/log.h"
#include "config/config.h"
#include "net/listen.h"

namespace wardhive {
namespace {

struct UpState {
  std::string config, state, listen, agent_listen, node, url, profile, mode;
  std::vector<std::string> targets;
  bool no_act = false;
};

std::string host_name() {
  char name[64] = "";
  gethostname(name, sizeof name - 1);
  return valid_node_name(name) ? name : "controller";
}

Result<ControllerOptions> understand(const UpState& state) {
  ControllerOptions options;
  WARDHIVE_ASSIGN(options.settings, load_settings(state.config));
  auto& settings = options.settings;
  if (state.profile == "demo") apply_demo_profile(settings);
  if (!state.listen.empty()) settings.server.listen = state.listen;
  if (!state.agent_listen.empty()) settings.server.agent_listen = state.agent_listen;
  if (!state.mode.empty())
    settings.respond.mode = state.mode == "enforce" ? Mode::Enforce : Mode::Shadow;
  for (const auto& target : state.targets)
    settings.ingest.scrape.push_back(
        {target.find("://") == std::string::npos ? "http://" + target + "/metrics" : target, ""});
  for (const auto* door : {&settings.server.listen, &settings.server.agent_listen}) {
    if (door->empty()) continue;
    WARDHIVE_ASSIGN(const auto address, net::ListenAddress::parse(*door));
    if (address.kind == net::ListenAddress::Kind::Tcp && !address.ip.is_loopback() &&
        !settings.server.allow_plain_http)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{} is beyond loopback and this build speaks plain HTTP only; put a "
                              "TLS proxy in front of 127.0.0.1, "
                              "or say server.allow_plain_http = true",
                              *door));
  }
  options.state = !state.state.empty()             ? Path(state.state)
                  : !settings.server.state.empty() ? Path(settings.server.state)
                                                   : default_state_directory();
  options.self = state.node.empty() ? host_name() : state.node;
  options.public_url = state.url;
  options.enforce_here = !state.no_act;
  options.inherited_fds = net::inherited_listen_fds();
  return options;
}

int up(const UpState& state) {
  const StopSignals signals;
  auto options = understand(state);
  if (!options) return report(options.error(), false);
  const auto directory = options->state;
  auto controller = Controller::open(std::move(*options));
  if (!controller) return report(controller.error(), false);
  if (const auto written = write_file_atomically(directory / "url", (*controller)->url(), 0600);
      !written)
    log::warn("url_not_written", {{"reason", written.error().message}});
  const auto mode = (*controller)->mode();
  print(fmt::format("wardhive {} is up, mode {}{}\n  page    {}\n  state   {}\n  next    {}",
                    WARDHIVE_VERSION, name_of(mode),
                    mode == Mode::Shadow
                        ? " (decides and shows, applies nothing; `wardhive mode enforce` acts)"
                        : "",
                    (*controller)->login_url(), directory.string(),
                    "wardhive status; wardhive token enroll --node NAME"));
  std::fflush(stdout);
  std::thread stopper([&] {
    signals.wait();
    (*controller)->request_stop();
  });
  (*controller)->run();
  ::kill(
      ::getpid(),
      SIGTERM);  // ends the stopper if the pipeline stopped by itself; blocked, so it does no more
  stopper.join();
  print(
      fmt::format("wardhive stopped; {} effect{} in place until {} expire (`wardhive up`, then "
                  "`wardhive release --all` undoes them)",
                  (*controller)->standing_effects(),
                  (*controller)->standing_effects() == 1 ? " stays" : "s stay",
                  (*controller)->standing_effects() == 1 ? "it" : "they"));
  return kExitOk;
}

void add_up(CLI::App& app) {
  const auto state = std::make_shared<UpState>();
  auto* command =
      app.add_subcommand("up", "watch, score, contain and bring back; starts in shadow mode");
  command->add_option("--config", state->config, "settings (docs/reference/settings.md)");
  command->add_option("--state", state->state, "state directory")->envname("WARDHIVE_STATE");
  command->add_option("--listen", state->listen,
                      "HOST:PORT of API, page and remote-write (127.0.0.1:8700)");
  command->add_option("--agent-listen", state->agent_listen, "HOST:PORT of a door for agents");
  command->add_option("--node", state->node, "name of this host (its host name)");
  command->add_option("--url", state->url, "what to show as the page's address");
  command->add_option("--target", state->targets,
                      "HOST:PORT of a node_exporter to scrape; repeat it");
  command->add_option("--profile", state->profile, "demo: short durations")
      ->check(CLI::IsMember({"default", "demo"}));
  command->add_option("--mode", state->mode, "shadow or enforce, at first start")
      ->check(CLI::IsMember({"shadow", "enforce"}));
  command->add_flag("--no-act", state->no_act, "never touch this host's own packet filter");
  on_chosen(*command, [state] { return up(*state); });
}

int agent(const AgentOptions& options, bool release) {
  const StopSignals signals;
  auto agent = Agent::open(options);
  if (!agent) return report(agent.error(), false);
  if (release) {
    const auto released = (*agent)->release_all();
    if (!released) return report(released.error(), false);
    return print("every effect of this agent is undone; the controller may ask for them again"),
           kExitOk;
  }
  (*agent)->start();
  print(fmt::format("wardhive agent of {} talks to {}", (*agent)->node(), options.url));
  std::fflush(stdout);
  signals.wait();
  (*agent)->stop();
  print("wardhive agent stopped; its effects stay in place until they expire");
  return kExitOk;
}

void add_agent(CLI::App& app) {
  struct State {
    AgentOptions agent;
    std::string token;
    bool release = false;
  };
  const auto state = std::make_shared<State>();
  auto* command = app.add_subcommand(
      "agent", "the part that runs on each node: looks, and acts on what the controller decides");
  auto& options = state->agent;
  const auto shared = [&options](CLI::App& c) {
    c.add_option("--controller", options.url, "http://HOST:PORT")->envname("WARDHIVE_CONTROLLER");
    // No variable here: it would be the controller's too, and two on one host must not share a
    // directory.
    c.add_option("--state", options.state, "state directory");
  };
  shared(*command);
  command->add_option("--auth-log", options.auth_logs,
                      "auth log to follow; repeat it (/var/log/auth.log)");
  command->add_option("--haproxy-socket", options.haproxy_socket,
                      "a gateway: HAProxy's runtime API");
  command->add_option("--haproxy-backend", options.haproxy_backend,
                      "the backend whose servers are the nodes");
  command
      ->add_option("--host-interval", options.own_host_seconds,
                   "seconds between looks at this host")
      ->check(CLI::Range(1, 600));
  command->add_flag("--no-nftables", options.no_nftables,
                    "do not act in this host's packet filter");
  command->add_flag("--allow-plain-http", options.allow_plain_http,
                    "talk to a controller beyond loopback without TLS");
  command->add_flag("--release", state->release,
                    "undo every effect here, then stop; needs no controller");
  auto* enroll = command->add_subcommand(
      "enroll", "gets this node its credential with a one-time token (`wardhive token enroll`)");
  shared(*enroll);
  enroll->add_option("--token", state->token, "one-time token")
      ->required()
      ->envname("WARDHIVE_ENROLL_TOKEN");
  enroll->add_option("--node", options.node, "name of this node (its host name)");
  enroll->add_flag("--allow-plain-http", options.allow_plain_http,
                   "talk to a controller beyond loopback without TLS");
  on_chosen(*command, [state, enroll] {
    if (state->agent.state.empty()) state->agent.state = default_state_directory() / "agent";
    if (!enroll->parsed()) return agent(state->agent, state->release);
    if (state->agent.node.empty()) state->agent.node = host_name();
    const auto enrolled = Agent::enroll(state->agent, state->token);
    if (!enrolled) return report(enrolled.error(), false);
    print(fmt::format("{} is enrolled; start it with `wardhive agent --controller {}`",
                      state->agent.node, state->agent.url));
    return kExitOk;
  });
}

}  // namespace

void add_server_commands(CLI::App& app) {
  add_up(app);
  add_agent(app);
  add_demo_command(app);
}

}  // namespace wardhive
