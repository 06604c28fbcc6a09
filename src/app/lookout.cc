#include "app/lookout.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>

#include "app/inventory.h"
#include "base/limits.h"
#include "base/log.h"
#include "enforce/haproxy_stats.h"
#include "enforce/never_touch.h"
#include "ingest/sshd_log.h"
#include "net/listen.h"

namespace wardhive {
namespace {

constexpr Duration kActTick = millis(500);
constexpr Duration kProtectEvery = seconds(10);
constexpr std::size_t kQueueMax = 1'000;
constexpr std::streamoff kRecallBytes = 1 << 20;  // some 8,000 lines of sshd

Duration local_offset() {
  const auto now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return seconds(local.tm_gmtoff);
}

void put(SampleBatch& batch, Instant now, std::string_view name, std::string_view subject,
         std::string_view vantage, double value) {
  SeriesDefined series;
  series.labels = {{"__name__", std::string(name)},
                   {"subject", std::string(subject)},
                   {"vantage", std::string(vantage)}};
  series.id = series_id(series.labels);
  series.entity = node(vantage);
  batch.samples.push_back({series.id, now, value});
  batch.defined.push_back(std::move(series));
}

// Log-ins that the end of a log tells of, for the follower hands over only what is new.
void recall(StandingLogins& logins, const Path& log, SshdLogParser parser) {
  std::ifstream in(log, std::ios::binary | std::ios::ate);
  if (!in) return;  // the follower says why
  const auto size = static_cast<std::streamoff>(in.tellg());
  in.seekg(std::max<std::streamoff>(size - kRecallBytes, 0));
  const auto now = system_clock().wall();
  for (std::string line; std::getline(in, line);)
    if (const auto event = parser.parse(line, now)) logins.note(*event);
}

}  // namespace

std::vector<std::string> own_prefixes() {
  std::vector<std::string> texts;
  for (const auto& prefix : never_touch_of_this_host()) texts.push_back(prefix.text());
  return texts;
}

Result<EnforcerSettings> enforcer_settings(bool nftables, const std::string& controller,
                                           const Path& haproxy_socket,
                                           const std::string& haproxy_backend) {
  EnforcerSettings settings;
  if (nftables) {
    settings.nftables.emplace();
    if (!controller.empty()) {
      WARDHIVE_ASSIGN(const auto address, net::ListenAddress::parse(controller));
      settings.nftables->channel = NftablesConfig::Channel{address.ip, address.port};
    }
  }
  if (!haproxy_socket.empty())
    settings.haproxy = HaproxyConfig{haproxy_socket, haproxy_backend, seconds(1)};
  return settings;
}

std::optional<ChainEnforcerConfig> chain_enforcer_settings(const Settings& settings) {
  const auto& c = settings.chain;
  if (c.sentinel_keys.empty() && c.signer.empty()) return std::nullopt;
  ChainEnforcerConfig config{.endpoints = c.endpoints,
                             .genesis = c.genesis,
                             .slot_lag_max = c.slot_lag_max,
                             .program = c.program,
                             .signer = c.signer,
                             .sentinel_keys = {c.sentinel_keys.begin(), c.sentinel_keys.end()},
                             .payer_key = c.payer_key,
                             .fee_lamports_max = c.priority_fee_max,
                             .accounts = {}};
  for (const auto& [name, node] : settings.nodes)
    if (!node.account.empty()) config.accounts[name] = node.account;
  return config;
}

Lookout::Lookout(LookoutOptions options, Say say)
    : options_(std::move(options)),
      say_(std::move(say)),
      prober_(options_.vantage, [this](SampleBatch batch) { say_(std::move(batch)); }),
      own_host_(options_.node) {}

Result<std::unique_ptr<Lookout>> Lookout::make(LookoutOptions options, Say say) {
  std::unique_ptr<Lookout> lookout(new Lookout(std::move(options), std::move(say)));
  auto& o = lookout->options_;
  ActuatorConfig config;
  config.file = o.state / "desired.json";
  config.agent = node(o.node);
  WARDHIVE_ASSIGN(auto enforcers, make_enforcers(o.enforcers));
  WARDHIVE_ASSIGN(lookout->actuator_,
                  Actuator::open(std::move(config), std::move(enforcers), system_clock()));
  if (!o.auth_logs.empty()) {
    // One parser for all files: it remembers processes, and those are the host's.
    const SshdLogParser fresh(node(o.node), SyslogTime{0, local_offset()});
    for (const auto& file : o.auth_logs) recall(lookout->logins_, file, fresh);
    const auto parser = std::make_shared<SshdLogParser>(fresh);
    lookout->follower_ = std::make_unique<LogFollower>(
        std::vector<Path>(o.auth_logs.begin(), o.auth_logs.end()), o.state,
        [self = lookout.get(), parser](const Path&, std::string_view line) {
          if (auto event = parser->parse(line, system_clock().wall())) {
            self->logins_.note(*event);
            self->say_(std::move(*event));
          }
        });
  }
  return lookout;
}

Lookout::~Lookout() { stop(); }

void Lookout::start() {
  // Before anything is heard: what shall hold holds again, whoever can be reached.
  say_all(actuator_->start());
  watch_controls();
  threads_.emplace_back([this] { act_loop(); });
  threads_.emplace_back([this] { look_loop(); });
  prober_.start();
  if (follower_) follower_->start();
}

void Lookout::stop() {
  if (threads_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (follower_) follower_->stop();
  prober_.stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Lookout::set_probes(std::vector<ProbeTarget> targets, Duration interval, Duration timeout) {
  prober_.set(std::move(targets), interval, timeout);
}

void Lookout::desired(bool full, DesiredSet set) {
  const std::lock_guard lock(mutex_);
  if (full) queue_.clear();
  // A queue this long means that the actuator hangs; the next full set brings everything.
  if (queue_.size() < kQueueMax) queue_.emplace_back(full, std::move(set));
  wake_.notify_all();
}

void Lookout::say_hello() {
  Event hello;
  hello.kind = EventKind::AgentStarted;
  hello.subject = hello.observer = node(options_.node);
  hello.at = system_clock().wall();
  {
    const std::lock_guard lock(mutex_);
    hello.attributes["controls"] = join_list(working_controls_);
  }
  hello.attributes["version"] = WARDHIVE_VERSION;
  std::string addresses;
  for (const auto& prefix : never_touch_of_this_host())
    if (prefix.is_host() && !prefix.base.is_loopback())
      addresses += (addresses.empty() ? "" : ",") + prefix.text();
  hello.attributes["addresses"] = addresses;
  say_(std::move(hello));
}

void Lookout::act_loop() {
  for (;;) {
    std::deque<std::pair<bool, DesiredSet>> taken;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kActTick, [&] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      taken.swap(queue_);
    }
    for (const auto& [full, set] : taken) act(full, set);
    protect_when_due();
    say_all(actuator_->tick());
    watch_controls();
  }
}

void Lookout::act(bool full, const DesiredSet& set) {
  if (full) {
    asked_protect_ = set.protect;
    protected_at_ = MonoTime{};
    if (std::exchange(epoch_, set.epoch) != set.epoch)
      say_hello();  // a controller that is new to us
    if (options_.vantage != "controller")
      prober_.set(set.probes, set.probe_interval, set.probe_timeout);
  }
  protect_when_due();
  say_all(full ? actuator_->apply_full(set.items, set.epoch) : actuator_->apply(set.items));
}

// Who is logged in comes and goes: a ban that waits for it is tried again by tick().
void Lookout::protect_when_due() {
  const auto now = system_clock().mono();
  if (now - protected_at_ <= kProtectEvery) return;
  protected_at_ = now;
  auto protect = never_touch_of_this_host();
  for (const auto& text : asked_protect_)
    if (const auto prefix = IpPrefix::parse(text)) protect.push_back(*prefix);
  actuator_->protect(protect, logins_.peers_now());
}

// A control that comes or goes changes what the controller can count on.
void Lookout::watch_controls() {
  std::vector<std::string> working;
  for (const auto& control : actuator_->controls()) {
    const bool worked = std::find(working_controls_.begin(), working_controls_.end(),
                                  control.control) != working_controls_.end();
    if (control.works) working.push_back(control.control);
    if (control.works == worked) continue;
    if (control.works) {
      log::info("control_works", {{"control", control.control}});
      continue;
    }
    log::warn("control_lost", {{"control", control.control}, {"reason", control.problem}});
    Event lost;
    lost.kind = EventKind::ActuatorLost;
    lost.subject = lost.observer = node(options_.node);
    lost.at = system_clock().wall();
    lost.attributes = {{"control", control.control}, {"problem", control.problem.substr(0, 300)}};
    say_(std::move(lost));
  }
  {
    const std::lock_guard lock(mutex_);
    if (working == working_controls_) return;
    working_controls_ = std::move(working);
  }
  say_hello();
}

void Lookout::say_all(std::vector<Receipt> receipts) {
  for (auto& receipt : receipts) say_(std::move(receipt));
}

Status Lookout::release_all() {
  std::vector<Receipt> receipts;
  const auto released = actuator_->release_all(receipts);
  say_all(std::move(receipts));
  return released;
}

void Lookout::look_loop() {
  auto next_host = system_clock().mono();
  auto next_gateway = next_host;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool gateway = options_.enforcers.haproxy.has_value();
    const auto wake_at = gateway ? std::min(next_host, next_gateway) : next_host;
    const auto wait = std::clamp<Duration>(wake_at - system_clock().mono(), millis(1), seconds(1));
    wake_.wait_for(lock, wait, [&] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    const auto now = system_clock().mono();
    const auto wall = system_clock().wall();
    if (options_.own_host && now >= next_host) {
      next_host = now + options_.own_host_interval;
      if (auto batch = own_host_.read(wall); !batch.samples.empty()) say_(std::move(batch));
    } else if (now >= next_host) {
      next_host = now + seconds(60);
    }
    if (gateway && now >= next_gateway) {
      next_gateway = now + options_.gateway_interval;
      if (auto batch = read_gateway(wall); !batch.samples.empty()) say_(std::move(batch));
    }
    lock.lock();
  }
}

// The gateway as a vantage: real traffic and its own health check, per backend server. Not
// HAProxy's mean times: they are over the last 1,024 requests, so a drained server keeps its bad
// ones.
SampleBatch Lookout::read_gateway(Instant now) {
  SampleBatch batch;
  const auto servers = read_haproxy_stats(options_.enforcers.haproxy->socket,
                                          options_.enforcers.haproxy->backend, millis(500));
  if (!servers) return batch;  // the actuator says that the gateway does not answer
  for (const auto& server : *servers) {
    put(batch, now, "gateway_check_ok", server.server, options_.vantage, server.check_ok ? 1 : 0);
    put(batch, now, "gateway_requests_total", server.server, options_.vantage,
        static_cast<double>(server.requests_total));
    put(batch, now, "gateway_errors_total", server.server, options_.vantage,
        static_cast<double>(server.errors_total));
  }
  return batch;
}

}  // namespace wardhive
