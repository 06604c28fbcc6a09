#include "engine/agent_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

// How long an agent that was away still learns that something was taken away; after that its
// reconciliation against the full set does the same.
constexpr Duration kTombstoneLife = hours(1);
constexpr std::size_t kProcessesKept = 16;
// So many restarts within a minute are none: somebody hides another process among new names.
constexpr Duration kProcessesPer = minutes(1);
constexpr std::size_t kBootBytesMax = 64;
constexpr Duration kTurnsToldEvery = seconds(1);

std::string acknowledgement(std::uint64_t number) {
  return fmt::format(R"({{"acknowledged":{}}})", number);
}

// Whatever the body claims, it was this node that spoke.
void sign(AgentMessage& message, const Entity& sender) {
  if (auto* event = std::get_if<Event>(&message))
    event->observer = sender;
  else if (auto* receipt = std::get_if<Receipt>(&message))
    receipt->agent = sender;
  else
    for (auto& series : std::get<SampleBatch>(message).defined) series.entity = sender;
}

}  // namespace

AgentHub::AgentHub(Inbox& inbox, const Clock& clock, std::uint64_t epoch, Doors doors)
    : inbox_(inbox), clock_(clock), epoch_(epoch), doors_(std::move(doors)) {}

AgentHub::~AgentHub() {
  const std::lock_guard lock(mutex_);
  for (auto& [node, agent] : agents_) agent.stream.close();
}

void AgentHub::add_routes(net::Router& router) {
  router.add({.name = "agent.records",
              .method = net::Method::Post,
              .pattern = "/api/v1/agent/records",
              .access = "agent"},
             net::Handler([this](const net::Request& request, net::Responder responder) {
               receive(request, std::move(responder));
             }));
  router.add({.name = "agent.desired",
              .method = net::Method::Get,
              .pattern = "/api/v1/agent/desired",
              .access = "agent"},
             net::Handler([this](const net::Request& request, net::Responder responder) {
               listen(request, std::move(responder));
             }));
}

void AgentHub::receive(const net::Request& request, net::Responder responder) {
  static auto& gaps = metrics().counter("engine_agent_gaps_total",
                                        "agent messages lost before they reached the controller");
  const auto node_name = doors_.node_of(request);
  std::optional<Event> shared;
  auto batch = decode_batch(request.body);
  if (!batch) return responder.send(net::error_response(batch.error()));
  // Before the budget: a copy must not hide by using it up.
  {
    const std::lock_guard lock(mutex_);
    shared = heard(node_name, agents_[node_name],
                   {batch->boot.substr(0, kBootBytesMax),
                    request.peer_is_unix ? "a unix socket" : request.peer.text(), clock_.mono()});
  }
  if (shared) doors_.noticed(std::move(*shared));
  if (!doors_.admit(node_name, batch->messages.size()))
    return responder.send(net::error_response(
        {ErrorCode::LimitReached, "more records than guard.records_per_second allows"}));

  Submission submission;
  submission.agent = node_name;
  std::vector<Event> hellos;
  std::uint64_t taken_before = 0;
  std::optional<std::uint64_t> not_stored;
  {
    const std::lock_guard lock(mutex_);
    auto& agent = agents_[node_name];
    taken_before = agent.taken;
    agent.heard = clock_.mono();
    agent.ever_heard = true;
    for (auto& [number, message] : batch->messages) {
      if (number <= agent.taken) continue;
      if (number > agent.taken + 1 && agent.taken > 0) {
        agent.gaps += number - agent.taken - 1;
        gaps.add(number - agent.taken - 1);
      }
      agent.taken = number;
      submission.sequence = number;
      sign(message, node(node_name));
      if (auto* samples = std::get_if<SampleBatch>(&message))
        submission.samples.push_back(std::move(*samples));
      else if (auto* receipt = std::get_if<Receipt>(&message))
        submission.records.emplace_back(std::move(*receipt));
      else {
        auto& event = std::get<Event>(message);
        if (event.kind == EventKind::AgentStarted) hellos.push_back(event);
        submission.records.emplace_back(std::move(event));
      }
    }
    // All of it was taken before but is not stored yet: the sender asks again.
    if (submission.sequence == 0 && agent.taken > agent.stored) not_stored = agent.stored;
  }
  if (not_stored) return responder.send(net::Response::json(acknowledgement(*not_stored)));
  for (const auto& hello : hellos) doors_.started(node_name, hello);

  const auto sequence = submission.sequence;
  auto pending = std::make_shared<net::Responder>(std::move(responder));
  submission.done = [this, node_name, sequence, pending](Result<std::uint64_t> stored) {
    if (!stored) return pending->send(net::error_response(stored.error()));
    std::uint64_t acknowledged = 0;
    {
      const std::lock_guard lock(mutex_);
      auto& agent = agents_[node_name];
      agent.stored = std::max(agent.stored, sequence);
      acknowledged = agent.stored;
    }
    pending->send(net::Response::json(acknowledgement(acknowledged)));
  };
  // A heartbeat is a submission too: the pipeline notes who was heard from.
  if (const auto taken = inbox_.submit(std::move(submission)); !taken) {
    const std::lock_guard lock(mutex_);
    agents_[node_name].taken = taken_before;  // not taken after all: the agent sends it again
    pending->send(net::error_response(taken.error()));
  }
}

std::optional<Event> AgentHub::heard(const std::string& name, Agent& agent, Process process) {
  auto& known = agent.processes;
  if (!known.empty() && known.back().boot == process.boot) {
    known.back() = std::move(process);
    return std::nullopt;
  }
  const auto other = known.empty() ? Process{} : known.back();
  const auto earlier = std::ranges::find(known, process.boot, &Process::boot);
  const auto now = clock_.mono();
  bool again = earlier != known.end();
  if (again) {
    known.erase(earlier);
  } else if (known.size() == kProcessesKept) {
    again = now - known.front().heard < kProcessesPer;
    known.erase(known.begin());
  }
  known.push_back(std::move(process));
  if (!again) return std::nullopt;
  ++agent.turns;
  if (agent.turns_told != MonoTime{} && now - agent.turns_told < kTurnsToldEvery)
    return std::nullopt;
  agent.turns_told = now;
  Event event{EventKind::CredentialShared, node(name), {}, log_now(), {}};
  event.attributes = {{"process", known.back().boot},
                      {"peer", known.back().peer},
                      {"other_process", other.boot},
                      {"other_peer", other.peer},
                      {"turns", std::to_string(std::exchange(agent.turns, 0))}};
  return event;
}

void AgentHub::listen(const net::Request& request, net::Responder responder) {
  const auto node_name = doors_.node_of(request);
  auto stream = responder.start_sse();
  const std::lock_guard lock(mutex_);
  auto& agent = agents_[node_name];
  // One listener per agent: the newer is the one that reconnected.
  agent.stream.close();
  agent.stream = std::move(stream);
  send(agent, "full", full_set(agent));
}

void AgentHub::restore(const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged,
                       std::span<const Action> standing, Instant now) {
  const std::lock_guard lock(mutex_);
  log_at_ = now;
  log_mono_ = clock_.mono();
  for (const auto& [node_name, number] : acknowledged)
    agents_[node_name].taken = agents_[node_name].stored = number;
  for (const auto& action : standing)
    agents_[action.agent].desired[{action.control, action.key}] = action;
}

void AgentHub::dispatch(const Action& action, Instant now) {
  const std::lock_guard lock(mutex_);
  log_at_ = now;
  log_mono_ = clock_.mono();
  auto& agent = agents_[action.agent];
  agent.desired[{action.control, action.key}] = action;
  DesiredSet change;
  change.epoch = epoch_;
  change.items.push_back(item_of(action));
  send(agent, "change", change);
}

void AgentHub::set_protect(std::vector<std::string> prefixes) {
  const std::lock_guard lock(mutex_);
  if (prefixes == protect_) return;
  protect_ = std::move(prefixes);
  for (auto& [name, agent] : agents_) send(agent, "full", full_set(agent));
}

void AgentHub::set_probes(const std::string& node_name, std::vector<ProbeTarget> probes,
                          Duration interval, Duration timeout) {
  const std::lock_guard lock(mutex_);
  probe_interval_ = interval;
  probe_timeout_ = timeout;
  auto& agent = agents_[node_name];
  if (agent.probes == probes) return;
  agent.probes = std::move(probes);
  send(agent, "full", full_set(agent));
}

void AgentHub::forget(const std::string& node_name) {
  const std::lock_guard lock(mutex_);
  const auto it = agents_.find(node_name);
  if (it == agents_.end()) return;
  it->second.stream.close();
  agents_.erase(it);
}

DesiredSet AgentHub::attach_local(const std::string& node_name,
                                  std::function<void(bool full, const DesiredSet&)> change) {
  const std::lock_guard lock(mutex_);
  auto& agent = agents_[node_name];
  agent.local = std::move(change);
  return full_set(agent);
}

std::vector<AgentStatus> AgentHub::agents() const {
  const std::lock_guard lock(mutex_);
  std::vector<AgentStatus> statuses;
  for (const auto& [name, agent] : agents_)
    statuses.push_back({name, agent.local != nullptr || !agent.stream.closed(),
                        agent.ever_heard ? clock_.mono() - agent.heard : Duration::max(),
                        agent.stored, agent.gaps});
  return statuses;
}

Instant AgentHub::log_now() const { return log_at_ + (clock_.mono() - log_mono_); }

DesiredItem AgentHub::item_of(const Action& action) const {
  DesiredItem item{action.id,        action.verb,    action.control, action.key, action.present,
                   action.share_bps, action.version, epoch_,         {}};
  if (action.present && action.expires_at != Instant{})
    item.expires_in = std::max(action.expires_at - log_now(), Duration{1});
  return item;
}

DesiredSet AgentHub::full_set(const Agent& agent) const {
  DesiredSet set{epoch_, {}, protect_, agent.probes, probe_interval_, probe_timeout_};
  const auto now = log_now();
  for (const auto& [key, action] : agent.desired) {
    const bool lapsed = action.expires_at != Instant{} &&
                        action.expires_at + (action.present ? Duration{} : kTombstoneLife) <= now;
    if (!lapsed) set.items.push_back(item_of(action));
  }
  return set;
}

void AgentHub::send(Agent& agent, std::string_view event, const DesiredSet& set) {
  if (agent.local) return agent.local(event == "full", set);
  if (agent.stream.closed()) return;
  if (const auto sent = agent.stream.send(event, to_json(set)); !sent)
    log::warn("desired_not_sent",
              {{"reason", sent.error().message}});  // it reconnects and gets a full set
}

}  // namespace wardhive
