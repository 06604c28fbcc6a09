#include "scenario/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/file.h"
#include "base/limits.h"
#include "config/config.h"
#include "respond/playbook.h"
#include "testkit/series.h"

namespace wardhive::scenario {
namespace {

constexpr Duration kProbeEvery = millis(500);
constexpr Duration kHeartbeat = seconds(1);
constexpr Duration kHostEvery = seconds(5);
constexpr auto kController = "controller";
constexpr auto kGateway = "gw-1";

// The world is built by tests and benches only: what cannot be opened ends them, with the reason.
template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::abort();
}

std::vector<std::string> job_names(std::uint32_t count) {
  std::vector<std::string> names;
  for (std::uint32_t i = 1; i <= count; ++i) names.push_back(fmt::format("job-{}", i));
  return names;
}

Submission copy_of(const Submission& submission) {
  return {submission.records, submission.samples, submission.agent, submission.sequence, {}, {}};
}

}  // namespace

Settings enforcing() {
  Settings settings;
  settings.respond.mode = Mode::Enforce;
  return settings;
}

Settings enforcing_demo() {
  auto settings = enforcing();
  apply_demo_profile(settings);
  return settings;
}

std::vector<Playbook> shipped_playbooks() {
  std::vector<Playbook> playbooks;
  for (const auto* name : {"brute-force.yaml", "bad-node.yaml", "authority-change.yaml",
                           "chain-unwell.yaml", "chain-abuse.yaml", "stolen-credential.yaml"}) {
    const auto text = must(
        read_file(Path(WARDHIVE_SOURCE_DIR) / "packs/playbooks" / name, limits::kPlaybookBytesMax));
    playbooks.push_back(must(parse_playbook(text, name)));
  }
  return playbooks;
}

Ledger replay(const Settings& settings, const std::vector<Input>& inputs) {
  Ledger ledger;
  PipelineHooks hooks;
  hooks.publish = [&](const Committed& committed) { ledger.take(committed); };
  const auto pipeline =
      must(Pipeline::open(settings, shipped_playbooks(), nullptr, std::move(hooks)));
  for (const auto& input : inputs) {
    std::vector<Submission> submissions;
    for (const auto& submission : input.submissions) submissions.push_back(copy_of(submission));
    pipeline->pass(std::move(submissions), input.wall, input.mono);
  }
  return ledger;
}

World::World(Options o)
    : gateway(kGateway, job_names(o.nodes)),
      options(std::move(o)),
      requests_per_second(options.requests_per_second),
      jobs(job_names(options.nodes)),
      random_(options.seed) {
  clock.advance(seconds(1));  // 0 means "never" for monotonic times here
  std::vector<std::string> names = jobs;
  names.push_back(kGateway);
  for (const auto& name : names) agents_.try_emplace(name, name), outboxes_[name];
  names.push_back(kController);
  outboxes_[kController];
  for (const auto& name : names) machines_[name];
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    // The controller and the next two of the ring, spread over the interval.
    std::vector<std::string> vantages{kController};
    for (std::size_t k = 1; k <= 2 && k < jobs.size(); ++k)
      vantages.push_back(jobs[(i + k) % jobs.size()]);
    for (const auto& vantage : vantages)
      looks_.push_back({vantage,
                        jobs[i],
                        clock.mono() + millis(static_cast<std::int64_t>(random_() % 500)),
                        {},
                        false,
                        false});
  }
  gateway_due_ = clock.mono() + millis(static_cast<std::int64_t>(random_() % 500));
  open();
  submit({{inventory()}, {}, "", 0, {}, {}});
}

void World::open() {
  ++epoch_;
  if (!options.directory.empty())
    store_ = std::make_unique<FlakyStore>(must(Store::open(options.directory)));
  PipelineHooks hooks;
  hooks.publish = [this](const Committed& committed) { ledger.take(committed); };
  hooks.dispatch = [this](const Action& action, Instant now) {
    if (!agents_.contains(action.agent)) return;
    for (int i = repeats ? 2 : 1; i > 0; --i)
      orders_.push_back(
          {action,
           action.present ? std::max(action.expires_at - now, Duration::zero()) : Duration::zero(),
           epoch_, clock.mono() + delay()});
  };
  pipeline_ =
      must(Pipeline::open(options.settings, shipped_playbooks(), store_.get(), std::move(hooks)));
}

Inventory World::inventory() const {
  Inventory inventory;
  NodeInfo gate{kGateway, "gateway", {"10.0.0.1"}, {"haproxy"}, jobs, true};
  for (std::size_t i = 0; i < jobs.size(); ++i)
    inventory.nodes.push_back({jobs[i],
                               "gpu",
                               {fmt::format("10.0.{}.{}", 1 + i / 250, 1 + i % 250)},
                               {"nftables"},
                               {},
                               true});
  inventory.nodes.push_back(std::move(gate));
  inventory.never_touch = {"127.0.0.0/8", "::1", "10.0.0.0/24"};
  inventory.allow_list = options.allow_list;
  return inventory;
}

Guest& World::guest(Guest guest) {
  guest.next = clock.mono();
  return guests_.emplace_back(std::move(guest));
}

Duration World::delay() {
  return millis(2) + nanos(static_cast<std::int64_t>(
                         chance(random_) * static_cast<double>(options.delay_max.count())));
}

bool World::speaks(const std::string& name) const {
  const auto& machine = machines_.at(name);
  return machine.agent_speaks && machine.frozen_until <= clock.mono();
}

std::map<std::string, Service> World::services() const {
  std::map<std::string, Service> services;
  for (const auto& name : jobs) {
    const auto& machine = machines_.at(name);
    services[name] = machine.service;
    if (machine.frozen_until > clock.mono()) services[name].answers = false;
  }
  return services;
}

void World::say(const std::string& agent, Record record) {
  outboxes_.at(agent).records.push_back(std::move(record));
}

void World::take_receipts(const std::string& agent, std::vector<Receipt> receipts) {
  for (auto& receipt : receipts) {
    if (repeats) say(agent, receipt);
    say(agent, std::move(receipt));
  }
}

void World::act() {
  const auto now = clock.mono();
  for (auto& [name, agent] : agents_)
    take_receipts(name, agent.tick(clock.wall() + machines_.at(name).skew, now));
  std::deque<Order> later;
  for (auto& order : std::exchange(orders_, {})) {
    const auto& name = order.action.agent;
    if (order.arrives > now || !speaks(name)) {
      later.push_back(std::move(order));
      continue;
    }
    const auto& a = order.action;
    const DesiredItem item{a.id,        a.verb,    a.control,   a.key,           a.present,
                           a.share_bps, a.version, order.epoch, order.expires_in};
    take_receipts(name, agents_.at(name).apply(item, clock.wall() + machines_.at(name).skew, now));
  }
  // What was ordered meanwhile comes after what waits.
  std::ranges::move(orders_, std::back_inserter(later));
  orders_ = std::move(later);
}

void World::serve() {
  const auto now = clock.mono();
  const bool reachable = machines_.at(kGateway).sees;
  const auto all = services();
  std::map<std::string, std::uint32_t> shares;
  for (const auto& name : jobs) shares[name] = share_bps(name);
  gateway.serve(requests_per_second * to_seconds(options.step), all, shares, reachable, random_);
  if (now < gateway_due_) return;
  gateway_due_ = now + kProbeEvery;
  gateway.check(all, reachable, options.loss, random_);
  auto batch = gateway.read(clock.wall() + machines_.at(kGateway).skew);
  auto& out = outboxes_.at(kGateway).samples;
  std::ranges::move(batch.defined, std::back_inserter(out.defined));
  std::ranges::move(batch.samples, std::back_inserter(out.samples));
}

void World::begin(Look& look) {
  const auto now = clock.mono();
  const auto& eyes = machines_.at(look.vantage);
  const auto& machine = machines_.at(look.subject);
  // Frozen nodes answer when they thaw; a lost first packet is sent again after the probe's
  // patience.
  const double usual =
      to_seconds(kUsualAnswer) * std::exp(0.3 * std::normal_distribution<>()(random_));
  auto took = from_seconds(usual) +
              from_seconds(to_seconds(machine.service.slower) * (0.9 + 0.2 * chance(random_)));
  if (machine.frozen_until > now) took += machine.frozen_until - now;
  const bool answers = eyes.sees && machine.service.answers && chance(random_) >= options.loss;
  look.under_way = true;
  look.good = answers && took < kPatience && chance(random_) >= machine.service.errs;
  look.ends = now + (answers ? std::min(took, kPatience) : kPatience);
  look.due = now + kProbeEvery;
}

void World::look() {
  const auto now = clock.mono();
  for (auto& look : looks_) {
    if (!speaks(look.vantage)) {
      look.under_way = false;
      continue;
    }
    if (look.under_way && look.ends <= now) {
      look.under_way = false;
      const auto took = look.ends - (look.due - kProbeEvery);
      const auto at = clock.wall() + machines_.at(look.vantage).skew - (now - look.ends);
      auto& out = outboxes_.at(look.vantage).samples;
      add_look(out, at, "probe_success", look.subject, look.vantage, look.good ? 1 : 0);
      if (took < kPatience)
        add_look(out, at, "probe_duration_seconds", look.subject, look.vantage, to_seconds(took));
    }
    if (!look.under_way && look.due <= now) begin(look);
  }
  if (now < host_due_) return;
  host_due_ = now + kHostEvery;
  for (const auto& name : jobs)
    if (speaks(name))
      add_own(outboxes_.at(name).samples, clock.wall() + machines_.at(name).skew, "node_load1",
              name, 1 + 0.1 * std::normal_distribution<>()(random_));
}

void World::try_log_ins() {
  const auto now = clock.mono();
  for (auto& guest : guests_) {
    if (!guest.active || guest.next > now) continue;
    guest.next = now + guest.every;
    if (agents_.at(guest.node).bans(guest.address)) {
      ++guest.dropped;
      continue;
    }
    ++guest.reached;
    auto event =
        log_in(guest.knows_password ? EventKind::AuthSucceeded : EventKind::AuthFailed,
               guest.address, guest.node, guest.user, clock.wall() + machines_.at(guest.node).skew);
    event.attributes["number"] = fmt::format("{}", ++events_sent);
    say(guest.node, std::move(event));
  }
}

void World::send() {
  const auto now = clock.mono();
  for (auto& [name, out] : outboxes_) {
    const bool something = !out.records.empty() || !out.samples.samples.empty();
    if (!speaks(name) || (!something && (name == kController || now - out.said_at < kHeartbeat)))
      continue;
    out.said_at = now;
    auto message = std::make_unique<Message>();
    message->agent = name == kController ? "" : name;
    message->sequence = message->agent.empty() ? 0 : ++out.sequence;
    message->records = std::exchange(out.records, {});
    if (!out.samples.samples.empty()) message->samples.push_back(std::exchange(out.samples, {}));
    // One connection per agent: what it says arrives in order.
    out.last_arrival = message->arrives =
        std::max(out.last_arrival, name == kController ? now : now + delay());
    wire_.push_back(std::move(message));
  }
}

void World::deliver() {
  std::vector<Submission> submissions = std::exchange(inbox_, {});
  for (auto& message : wire_) {
    if (message->delivered || message->arrives > clock.mono()) continue;
    message->delivered = true;
    submissions.push_back({message->records,
                           message->samples,
                           message->agent,
                           message->sequence,
                           [m = message.get()](Result<std::uint64_t> stored) {
                             (stored ? m->answered : m->refused) = true;
                           },
                           {}});
  }
  if (options.record) {
    auto& input = inputs.emplace_back(Input{{}, clock.wall(), clock.mono()});
    for (const auto& submission : submissions) input.submissions.push_back(copy_of(submission));
  }
  pipeline_->pass(std::move(submissions), clock.wall(), clock.mono());
  // Samples that were turned away are shed; everything else waits for its answer.
  std::erase_if(wire_, [](const auto& m) { return m->answered || m->refused; });
}

void World::step() {
  clock.advance(options.step);
  act();
  serve();
  look();
  try_log_ins();
  send();
  deliver();
}

void World::run(Duration length) {
  for (const auto end = clock.mono() + length; clock.mono() < end;) step();
}

std::optional<Duration> World::until(const Entity& subject, IncidentState state, Duration limit) {
  return until([&] { return ledger.is(subject, state); }, limit);
}

std::optional<Duration> World::until_share(const std::string& node, std::uint32_t bps,
                                           Duration limit) {
  return until([&] { return share_bps(node) == bps; }, limit);
}

CommandResult World::command(CommandKind kind, DecisionId decision, const Entity& entity,
                             Mode mode) {
  const auto before = ledger.results.size();
  submit({{Command{kind, "ada", "", decision, entity, mode, "because"}}, {}, "", 0, {}, {}});
  step();
  return ledger.results.size() > before ? ledger.results.back() : CommandResult{};
}

void World::set_controller_clock_by(Duration by) {
  clock.set_wall_by(by);
  for (auto& [name, machine] : machines_)
    if (name != kController) machine.skew -= by;
}

void World::restart() {
  pipeline_.reset();
  store_.reset();
  orders_.clear();
  open();
  for (auto& message : wire_) message->delivered = false;
  std::map<std::string, std::vector<DesiredItem>> full;
  for (const auto& a : pipeline_->standing_actions())
    full[a.agent].push_back({a.id, a.verb, a.control, a.key, a.present, a.share_bps, a.version,
                             epoch_,
                             a.present ? std::max(a.expires_at - pipeline_->now(), Duration::zero())
                                       : Duration::zero()});
  for (auto& [name, agent] : agents_)
    if (speaks(name)) take_receipts(name, agent.apply_full(full[name], clock.wall(), clock.mono()));
}

}  // namespace wardhive::scenario
