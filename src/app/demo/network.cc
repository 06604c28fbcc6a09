#include "app/demo/network.h"

#include <fmt/format.h>
#include <poll.h>

#include <csignal>

#include "base/clock.h"
#include "base/json.h"
#include "net/client.h"

namespace wardhive::demo {
namespace {

constexpr std::string_view kGateway = "192.0.2.20";
constexpr std::string_view kController = "192.0.2.10";
constexpr int kAgentPort = 8701;

std::string inside(std::string_view relative) { return fleet::Sandbox::inside(relative).string(); }

// Waits for something the sandbox' processes make, without burning a core.
template <class Ready>
bool wait_for(Ready ready, Duration most) {
  const auto deadline = system_clock().mono() + most;
  while (!ready()) {
    if (system_clock().mono() > deadline) return false;
    ::poll(nullptr, 0, 20);
  }
  return true;
}

}  // namespace

std::string Network::job_name(int i) { return fmt::format("job-{}", i); }
std::string Network::address_of(int i) { return fmt::format("192.0.2.{}", 10 + i); }

std::string haproxy_configuration() {
  std::string text = fmt::format(
      "global\n  stats socket {} level admin mode 600\n  maxconn 1000\n"
      "defaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\n  "
      "option redispatch\n  retries 1\n"
      "frontend work\n  bind {}:80\n  default_backend jobs\n"
      "backend jobs\n  balance roundrobin\n  option httpchk GET /healthz\n  default-server check "
      "inter 500ms fall 3 rise 2 weight 100\n",
      inside("haproxy.sock"), kGateway);
  for (int i = 1; i <= kJobNodes; ++i)
    text += fmt::format("  server {} {}:8080\n", Network::job_name(i), Network::address_of(i));
  return text;
}

std::string controller_configuration(const DemoChain* chain) {
  std::string text = fmt::format(
      "profile = \"default\"\n\n[server]\nagent_listen = \"{}:{}\"\nallow_plain_http = true\n\n"
      "[respond]\nmode = \"enforce\"\n\n[ingest]\nown_host = false\nauth_logs = []\n\n",
      kController, kAgentPort);
  if (chain != nullptr) text += chain->settings();
  for (int i = 1; i <= kJobNodes; ++i) {
    text += fmt::format(
        "[nodes.{}]\nclass = \"gpu\"\naddresses = [\"{}\"]\nprobe_url = "
        "\"http://{}:8080/work\"\n",
        Network::job_name(i), Network::address_of(i), Network::address_of(i));
    if (chain != nullptr && (i == kLeasedJob || i == kStandbyJob))
      text += fmt::format("account = \"{}\"\n",
                          i == kLeasedJob ? chain->leased_node() : chain->standby_node());
    text += "\n";
  }
  return text + fmt::format(
                    "[nodes.gateway]\nclass = \"gateway\"\naddresses = [\"{}\"]\nbackends = "
                    "[\"job-1\", \"job-2\", \"job-3\", \"job-4\", \"job-5\"]\n",
                    kGateway);
}

Result<std::unique_ptr<Network>> Network::start(const NetworkOptions& options) {
  std::unique_ptr<Network> network(new Network);
  network->url_ = options.url;
  fleet::FleetSpec spec;
  for (int i = 1; i <= kJobNodes; ++i) spec.hosts.push_back({job_name(i), address_of(i)});
  spec.hosts.push_back({"gateway", std::string(kGateway)});
  spec.hosts.push_back({"controller", std::string(kController)});
  spec.hosts.push_back({"client", "198.51.100.5"});
  spec.hosts.push_back({"attacker", std::string(kAttacker)});
  spec.hosts.push_back({"neighbour", std::string(kNeighbour)});
  spec.reachable = {options.haproxy};
  WARDHIVE_ASSIGN(network->sandbox_, fleet::Sandbox::create(spec));
  if (!options.chain.empty()) {
    WARDHIVE_ASSIGN(network->chain_, DemoChain::start(*network->sandbox_, options.chain));
  }
  WARDHIVE_TRY(network->start_services(options));
  WARDHIVE_TRY(network->start_controller(options));
  return network;
}

Status Network::write(std::string_view relative, std::string_view text) const {
  const auto path = sandbox_->outside(relative);
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  return write_file_atomically(path, text);
}

Status Network::spawn(std::string host, std::string name, std::vector<std::string> argv,
                      std::vector<int> fds) {
  fleet::ProcessSpec process{std::move(host), std::move(name), std::move(argv)};
  process.listen_fds = std::move(fds);
  WARDHIVE_TRY(sandbox_->spawn(process));
  return ok();
}

Status Network::start_services(const NetworkOptions& options) {
  for (int i = 1; i <= kJobNodes; ++i) {
    const auto name = job_name(i);
    WARDHIVE_TRY(write(name + "/auth.log", ""));
    WARDHIVE_TRY(spawn(name, name + "-job",
                       {std::string(fleet::kSelf), "part", "job", "--node", name, "--job",
                        "llm-serve", "--fault-file", inside(name + "/fault")}));
    WARDHIVE_TRY(spawn(name, name + "-sshd",
                       {std::string(fleet::kSelf), "part", "sshd", "--node", name, "--auth-log",
                        inside(name + "/auth.log"), "--account", "nadia:gpu-owner"}));
  }
  WARDHIVE_TRY(write("haproxy.cfg", haproxy_configuration()));
  return spawn("gateway", "haproxy",
               {options.haproxy.string(), "-db", "-f", inside("haproxy.cfg")});
}

Status Network::start_controller(const NetworkOptions& options) {
  WARDHIVE_TRY(write("wardhive.toml", controller_configuration(chain_.get())));
  return spawn("controller", "controller",
               {std::string(fleet::kSelf), "up", "--config", inside("wardhive.toml"), "--state",
                inside("controller"), "--profile", "demo", "--node", "controller", "--url",
                options.url, "--no-act"},
               {options.web_fd});
}

Result<std::string> Network::operator_token() const {
  const auto path = sandbox_->outside("controller/token");
  if (!wait_for([&] { return read_file(path, 256).value_or("").size() == 64; }, seconds(10)))
    return fail(
        ErrorCode::Timeout,
        fmt::format("the controller did not come up; its log says: {}",
                    read_file(sandbox_->outside("log/controller.log"), 4'096).value_or("nothing")));
  return read_file(path, 256);
}

Status Network::start_agents() {
  WARDHIVE_ASSIGN(const auto token, operator_token());
  net::HttpClient client;
  std::vector<std::string> names;
  for (int i = 1; i <= kJobNodes; ++i) names.push_back(job_name(i));
  names.emplace_back("gateway");
  const auto controller = fmt::format("http://{}:{}", kController, kAgentPort);
  for (const auto& name : names) {
    net::ClientRequest request;
    request.method = net::Method::Post;
    request.url = url_ + "/api/v1/tokens/enroll";
    request.headers = {{"Authorization", "Bearer " + token}};
    request.body = fmt::format(R"({{"node":"{}"}})", name);
    WARDHIVE_ASSIGN(const auto answer, client.request(request));
    WARDHIVE_ASSIGN(const auto json, JsonValue::parse(answer.body));
    const auto state = inside(name + "/agent");
    const std::vector<std::string> enroll{std::string(fleet::kSelf),
                                          "agent",
                                          "enroll",
                                          "--controller",
                                          controller,
                                          "--state",
                                          state,
                                          "--node",
                                          name,
                                          "--token",
                                          json.string_or("token", ""),
                                          "--allow-plain-http"};
    WARDHIVE_ASSIGN(const auto enrolled, sandbox_->run(name, enroll, seconds(10)));
    if (enrolled.code != 0)
      return fail(ErrorCode::Unavailable,
                  fmt::format("agent of {} was not enrolled: {}", name, enrolled.err));
    std::vector<std::string> argv{
        std::string(fleet::kSelf), "agent", "--controller", controller, "--state", state,
        "--allow-plain-http"};
    if (name == "gateway")
      argv.insert(argv.end(), {"--haproxy-socket", inside("haproxy.sock"), "--haproxy-backend",
                               "jobs", "--no-nftables", "--auth-log", inside("none")});
    else
      argv.insert(argv.end(), {"--auth-log", inside(name + "/auth.log")});
    WARDHIVE_TRY(spawn(name, name + "-agent", std::move(argv)));
  }
  return ok();
}

Status Network::perform(const Step& step) {
  const auto argument = [&](const char* name, const char* fallback) {
    const auto it = step.with.find(name);
    return it == step.with.end() ? std::string(fallback) : it->second;
  };
  const auto node = argument("node", "");
  const auto target = [&] {
    return fmt::format("{}:22", address_of(node.empty() ? 0 : node.back() - '0'));
  };
  const std::string self(fleet::kSelf);
  if (step.action == "start_client")
    return spawn("client", "client",
                 {self, "part", "client", "--gateway", fmt::format("{}:80", kGateway)});
  if (step.action == "start_neighbour")
    return spawn("neighbour", "neighbour",
                 {self, "part", "attacker", "--target", target(), "--login", "nadia:gpu-ownr",
                  "--login", "nadia:gpu-owner", "--stay", "--rate", "1"});
  if (step.action == "start_attack")
    return spawn("attacker", "attacker",
                 {self, "part", "attacker", "--target", target(), "--login", "root:123456",
                  "--login", "admin:admin", "--login", "ubuntu:ubuntu", "--login", "oracle:oracle",
                  "--rate", argument("rate", "5")});
  if (step.action == "mend_job") {
    std::error_code error;
    std::filesystem::remove(sandbox_->outside(node + "/fault"), error);
    return error
               ? Status(std::unexpected(system_error(error.value(), "remove the fault of " + node)))
               : ok();
  }
  if (step.action == "lose_job") return lose(node);
  std::string fault;
  for (const auto* key : {"latency_ms", "error_percent", "health_fail"})
    if (step.with.contains(key)) fault += fmt::format("{}={}\n", key, step.with.at(key));
  return write(node + "/fault", fault);
}

// Every process of that host at once, as when its power goes.
Status Network::lose(const std::string& node) {
  for (const auto* part : {"job", "agent", "sshd"})
    WARDHIVE_TRY(sandbox_->kill(fmt::format("{}-{}", node, part), SIGKILL));
  return ok();
}

Result<std::string> Network::packet_filter(const std::string& host) {
  const std::vector<std::string> argv{"nft", "-j", "list", "table", "inet", "wardhive"};
  WARDHIVE_ASSIGN(const auto listed, sandbox_->run(host, argv, seconds(5)));
  if (listed.code != 0)
    return fail(ErrorCode::Unavailable, fmt::format("nft on {}: {}", host, listed.err));
  return listed.out;
}

}  // namespace wardhive::demo
