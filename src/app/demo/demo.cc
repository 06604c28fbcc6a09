#include "app/demo/demo.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "api/explain.h"
#include "app/cli/cli.h"
#include "app/demo/network.h"
#include "app/demo/verdict.h"
#include "app/embedded.h"
#include "base/clock.h"
#include "net/client.h"
#include "net/listen.h"
#include "net/sse_client.h"

namespace wardhive {
namespace {

using demo::Check;

struct DemoOptions {
  std::string haproxy, scenario, chain, listen = "127.0.0.1:8700";
  bool exit = false, json = false;
};

constexpr Duration kLookEvery = millis(250);
constexpr Duration kAtHundredFor =
    seconds(6);  // at 100 % the client must be seen to come back, too

Result<Path> find_haproxy(const std::string& named) {
  const char* from_environment = std::getenv("WARDHIVE_HAPROXY");
  const auto wanted = !named.empty() ? named : from_environment != nullptr ? from_environment : "";
  if (!wanted.empty()) {
    if (::access(wanted.c_str(), X_OK) == 0) return std::filesystem::absolute(wanted);
    return fail(ErrorCode::NotFound, fmt::format("{} is no program", wanted));
  }
  for (const auto* path :
       {"/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "build/peers/haproxy/usr/sbin/haproxy"})
    if (::access(path, X_OK) == 0) return std::filesystem::absolute(path);
  return fail(ErrorCode::NotFound,
              "haproxy was not found; run `./dev demo`, which unpacks it from Debian's package, or "
              "name it with --haproxy");
}

// The page's port, or another one if somebody has it.
Result<net::Listener> open_page(const std::string& listen) {
  WARDHIVE_ASSIGN(auto address, net::ListenAddress::parse(listen));
  auto listener = net::open_listener(address);
  if (listener || listener.error().code != ErrorCode::Conflict) return listener;
  address.port = 0;
  return net::open_listener(address);
}

class Demo {
 public:
  explicit Demo(DemoOptions options) : options_(std::move(options)) {}

  int run() {
    started_ = system_clock().mono();
    seen_.started_at = system_clock().wall();
    block_signals();
    if (const auto prepared = prepare(); !prepared) return report(prepared.error(), options_.json);
    while (!over()) look();
    tell_end();
    const bool good = std::ranges::all_of(checks_, &Check::seen) && !checks_.empty();
    if (!options_.exit && !interrupted_) {
      say("", fmt::format("everything stays up: {}  (Ctrl-C ends it and leaves nothing behind)",
                          login_url()));
      while (!interrupted_) wait(seconds(1));
    }
    return good ? kExitOk : kExitFailed;
  }

 private:
  void block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  void wait(Duration most) {
    pollfd polled{signals_.get(), POLLIN, 0};
    if (::poll(&polled, 1, static_cast<int>(most.count() / 1'000'000)) > 0) interrupted_ = true;
  }

  double elapsed() const { return to_seconds(system_clock().mono() - started_); }
  void say(std::string_view who, std::string text) const {
    if (options_.json) return;
    print(fmt::format("[{:5.1f} s] {:<10} {}", elapsed(), who, text));
    std::fflush(stdout);
  }

  Status prepare() {
    const auto text = options_.scenario.empty()
                          ? Result<std::string>(std::string(embedded_first_light()))
                          : read_file(options_.scenario, 1024 * 1024);
    if (!text) return std::unexpected(text.error());
    WARDHIVE_ASSIGN(scenario_, demo::parse_scenario(*text, options_.scenario.empty()
                                                               ? "packs/scenarios/first-light.yaml"
                                                               : options_.scenario));
    if (options_.chain.empty() && scenario_.leave_chain_out() > 0)
      say("demo",
          "two incidents: the third, a leased node lost, is on a chain, and none was given "
          "(--chain); "
          "`./dev demo` makes one where Node and its npm packages are");
    demo::NetworkOptions network;
    network.chain = options_.chain;
    WARDHIVE_ASSIGN(network.haproxy, find_haproxy(options_.haproxy));
    // Opened here, in the host's network, and handed over: so the host's browser reaches a
    // controller that has no way to the host.
    WARDHIVE_ASSIGN(auto page, open_page(options_.listen));
    network.web_fd = page.socket.get();
    url_ = network.url = fmt::format("http://127.0.0.1:{}", page.port);
    say("demo",
        "making a network of 10 hosts in namespaces of its own (profile demo: shorter durations, "
        "the same caps)");
    WARDHIVE_ASSIGN(network_, demo::Network::start(network));
    for (const auto& note : network_->sandbox().notes()) say("demo", note);
    WARDHIVE_ASSIGN(token_, network_->operator_token());
    WARDHIVE_TRY(network_->start_agents());
    follow();
    if (auto* chain = network_->chain())
      say("demo", fmt::format("job-{} is node {} on a chain, leased; its standby is job-{}, {}",
                              demo::kLeasedJob, chain->leased_node(), demo::kStandbyJob,
                              chain->standby_node()));
    say("demo", fmt::format("5 job nodes, gateway with HAProxy, controller, client, attacker, "
                            "neighbour are up; page: {}",
                            login_url()));
    return ok();
  }

  Result<JsonValue> ask(net::Method method, const std::string& path) {
    net::ClientRequest request;
    request.method = method;
    request.url = url_ + path;
    request.headers = {{"Authorization", "Bearer " + token_}};
    request.body_bytes_max = 64 * 1024 * 1024;
    WARDHIVE_ASSIGN(const auto answer, client_.request(request));
    if (answer.status != 200)
      return fail(ErrorCode::Unavailable, fmt::format("{} answered {}", path, answer.status));
    return JsonValue::parse(answer.body);
  }

  std::string login_url() {
    const auto made = ask(net::Method::Post, "/api/v1/tokens/login");
    return made ? made->string_or("url", url_) : url_;
  }

  // Incidents as they move, and what agents report, line by line.
  void follow() {
    net::SseClientConfig config;
    config.url = url_ + "/api/v1/stream";
    config.headers = {{"Authorization", "Bearer " + token_}};
    net::SseCallbacks callbacks;
    callbacks.on_event = [this](const net::SseEvent& event) { changed(event); };
    stream_ = std::make_unique<net::SseClient>(std::move(config), std::move(callbacks));
  }

  void changed(const net::SseEvent& event) {
    const std::lock_guard lock(mutex_);
    if (event.event == "incident") {
      const auto incident = from_json<Incident>(event.data);
      if (!incident || incident->timeline.empty()) return;
      auto& told = told_[incident->id];
      for (; told < incident->timeline.size(); ++told) {
        const auto& entry = incident->timeline[told];
        say(incident->id.text(),
            fmt::format("{} {}: {}", incident->subject.name, name_of(entry.state), entry.text));
      }
    } else if (event.event == "receipt") {
      if (const auto receipt = from_json<Receipt>(event.data))
        say(receipt->agent.name, fmt::format("{} {} in {:.1f} ms: {}", name_of(receipt->outcome),
                                             receipt->verified ? "and verified" : "unverified",
                                             receipt->took_us / 1000.0, receipt->detail));
    }
  }

  // When the first broken node was back at 100 %.
  std::optional<Instant> restored() const {
    const auto* broken = scenario_.find("break_job");
    if (broken == nullptr) return std::nullopt;
    const auto* incident = demo::incident_of(seen_, "bad-node", node(broken->with.at("node")));
    return incident != nullptr ? demo::when(*incident, IncidentState::Restoring, 10'000)
                               : std::nullopt;
  }

  bool over() {
    if (interrupted_) return true;
    const auto now = system_clock().wall();
    const auto* losing = scenario_.find("lose_job");
    const auto lost = seen_.at(losing);
    if (lost) {
      // The standby's first seconds are part of it.
      if (seen_.failover_seen && now >= *seen_.failover_seen + kAtHundredFor) return true;
      return now > *lost + scenario_.isolated_within + seconds(10);
    }
    const auto limit =
        std::max(scenario_.restored_within, scenario_.contained_within) + seconds(10);
    const auto back = restored();
    if (now > seen_.started_at + limit && (losing == nullptr || !back)) return true;
    if (next_step_ < scenario_.steps.size()) return false;
    // Every incident the scenario causes has gone as far as it can be watched here.
    if (scenario_.find("break_job") != nullptr && (!back || now < *back + kAtHundredFor))
      return false;
    const auto* attacked = scenario_.find("start_attack");
    if (attacked == nullptr) return true;
    const auto* brute_force =
        demo::incident_of(seen_, "brute-force", address(std::string(demo::kAttacker)));
    return brute_force != nullptr && demo::when(*brute_force, IncidentState::Contained).has_value();
  }

  bool due(const demo::Step& step) const {
    const auto from =
        step.since == demo::Since::Start ? std::optional(seen_.started_at) : restored();
    return from && system_clock().wall() >= *from + step.at;
  }

  void carry_out(const demo::Step& step) {
    std::string with;
    for (const auto& [key, value] : step.with) with += fmt::format(" {}={}", key, value);
    say("scenario", step.action + with);
    if (auto* chain = network_->chain(); step.needs_chain && chain != nullptr && !seen_.before) {
      auto sight = chain->sight();
      if (sight)
        seen_.before = std::move(*sight);
      else
        say("chain", sight.error().message);
    }
    seen_.steps_at.emplace(demo::name_of_step(step), system_clock().wall());
    if (const auto done = network_->perform(step); !done) say("scenario", done.error().message);
  }

  void look() {
    wait(kLookEvery);
    while (next_step_ < scenario_.steps.size() && due(scenario_.steps[next_step_]))
      carry_out(scenario_.steps[next_step_++]);
    for (const auto& exit : network_->sandbox().take_exits())
      say("sandbox", exit.signal == SIGKILL
                         ? exit.name + " is gone"
                         : fmt::format("{} ended with {}; see its log", exit.name, exit.code));
    if (const auto incidents = ask(net::Method::Get, "/api/v1/incidents?state=all"))
      if (auto parsed = from_json<std::vector<Incident>>(*incidents))
        seen_.incidents = std::move(*parsed);
    // The ban lives in the kernel for its time only: look while the attack runs.
    if (const auto* attacked = scenario_.find("start_attack"))
      if (const auto listed = network_->packet_filter(attacked->with.at("node")))
        if (auto ban = demo::find_ban(*listed, std::string(demo::kAttacker))) seen_.ban = ban;
    if (seen_.before && !seen_.failover_seen) look_at_chain(*network_->chain());
  }

  // As anybody would: by the chain's answers, whatever the controller says.
  void look_at_chain(demo::DemoChain& chain) {
    if (!seen_.quarantine_seen) {
      const auto node = chain.node(chain.leased_node());
      if (!node || !node->quarantined) return;
      seen_.quarantine_seen = system_clock().wall();
      say("chain", fmt::format("node {} is quarantined from {}", node->account,
                               format_rfc3339(node->quarantined_from)));
    }
    const auto lease = chain.lease();
    if (!lease || lease->seat == 0) return;
    seen_.failover_seen = system_clock().wall();
    say("chain",
        fmt::format("lease {} is served by {}", lease->account, lease->seats.at(lease->seat).node));
  }

  void look_at_chain_last(demo::DemoChain& chain) {
    if (const auto settled = chain.settle(); !settled) say("chain", settled.error().message);
    if (auto sight = chain.sight())
      seen_.after = std::move(*sight);
    else
      say("chain", sight.error().message);
  }

  void tell_end() {
    seen_.now = system_clock().wall();
    if (auto* chain = network_->chain(); chain != nullptr && seen_.before)
      look_at_chain_last(*chain);
    seen_.client = demo::read_client_log(network_->client_log());
    seen_.attacker = demo::read_attempt_log(network_->attacker_log());
    seen_.neighbour = demo::read_attempt_log(network_->neighbour_log());
    if (const auto decisions = ask(net::Method::Get, "/api/v1/decisions?state=all"))
      if (auto parsed = from_json<std::vector<Decision>>(*decisions))
        seen_.decisions = std::move(*parsed);
    checks_ = demo::judge(scenario_, seen_);
    const auto audit = ask(net::Method::Get, "/api/v1/audit/verify");
    checks_.push_back({"the audit chain verifies", audit.has_value(),
                       audit ? fmt::format("{} records", audit->number_or("records", 0))
                             : audit.error().message});
    if (options_.json) return print(summary_json());
    for (const auto& decision : seen_.decisions) {
      if (decision.state == DecisionState::Held || decision.verb == Verb::Notify) continue;
      print(fmt::format("\n{}", decision.id.text()));
      print(format_explanation(explain(decision)));
    }
    print("\nseen from outside:");
    for (const auto& check : checks_)
      print(fmt::format("  {} {:<52} {}", check.seen ? "yes" : "NO ", check.name, check.evidence));
    const auto seen = std::ranges::count_if(checks_, &Check::seen);
    print(fmt::format("{} of {} as it should be, {:.1f} s", seen, checks_.size(), elapsed()));
  }

  std::string summary_json() const {
    std::string incidents;
    for (const auto& incident : seen_.incidents) {
      const auto after = [&](std::optional<Instant> at) {
        return at ? fmt::format("{:.3f}", to_seconds(*at - seen_.started_at)) : std::string("null");
      };
      incidents += fmt::format(
          R"({}{{"id":"{}","playbook":"{}","subject":"{}","state":"{}","contained_after":{},"restored_after":{}}})",
          incidents.empty() ? "" : ",", incident.id.text(), incident.playbook,
          incident.subject.text(), name_of(incident.state),
          after(demo::when(incident, IncidentState::Contained)),
          after(demo::when(incident, IncidentState::Restoring, 10'000)));
    }
    std::vector<Explanation> explanations;
    for (const auto& decision : seen_.decisions)
      if (decision.verb != Verb::Notify) explanations.push_back(explain(decision));
    return fmt::format(
        R"({{"schema_version":1,"scenario":"{}","profile":"demo","ok":{},"seconds":{:.3f},"url":"{}","checks":{},"incidents":[{}],"decisions":{}}})",
        scenario_.name, std::ranges::all_of(checks_, &Check::seen), elapsed(), url_,
        to_json(checks_), incidents, to_json(explanations));
  }

  const DemoOptions options_;
  demo::Scenario scenario_;
  std::unique_ptr<demo::Network> network_;
  net::HttpClient client_;
  std::mutex mutex_;
  std::map<IncidentId, std::size_t> told_;  // timeline entries shown; guarded by mutex_
  std::unique_ptr<net::SseClient> stream_;  // stops before what its callbacks use
  demo::Seen seen_;
  std::vector<Check> checks_;
  std::string url_, token_;
  MonoTime started_{};
  Fd signals_;
  std::size_t next_step_ = 0;
  bool interrupted_ = false;
};

}  // namespace

void add_demo_command(CLI::App& app) {
  const auto options = std::make_shared<DemoOptions>();
  auto* command = app.add_subcommand(
      "demo", "real incidents on a network of its own: found, contained, explained, undone");
  command->add_option("--haproxy", options->haproxy, "the haproxy program");
  command->add_option("--scenario", options->scenario,
                      "a scenario file (packs/scenarios); without it first-light");
  command->add_option("--chain", options->chain,
                      "folder of a chain with a leased node (tools/walk --keep): a third incident");
  command->add_option("--listen", options->listen,
                      "HOST:PORT of the page; another port if it is taken");
  command->add_flag("--exit", options->exit,
                    "end after the scenario, with 0 only if all of it was seen from outside");
  command->add_flag("--json", options->json, "one JSON summary instead of lines");
  on_chosen(*command, [options] { return Demo(*options).run(); });
}

}  // namespace wardhive
