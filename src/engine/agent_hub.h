// The controller's side of its agents: takes their numbered messages, tells them what shall hold.
//
//   any thread; requests come on the server's threads, dispatch() on the pipeline's
//   trust: the node is the credential's. An event's observer, a receipt's agent and the entity of
//   a series are overwritten with it
//   two places: a process names itself at random (boot); one that speaks again after another did is
//          told as CredentialShared, at most once a second for a node
//   delivery: a message is acknowledged after its commit; a number that was taken before is passed
//   over, so a repeat changes nothing. Desired state is replaced per (agent, control, key); who
//   connects gets all of it first
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/agent_protocol.h"
#include "engine/inbox.h"
#include "model/journal.h"
#include "net/router.h"

namespace wardhive {

struct AgentStatus {
  std::string node;
  bool connected = false;  // listens for desired state
  Duration silent_for{};   // since its last message or heartbeat; max() if never
  std::uint64_t acknowledged = 0;
  std::uint64_t gaps = 0;  // messages that were lost before they reached us
};

class AgentHub {
 public:
  struct Doors {
    std::function<std::string(const net::Request&)> node_of;  // of the credential; "" if none
    std::function<bool(const std::string& node, std::uint64_t count)> admit;  // budget of records
    std::function<void(const std::string& node, const Event& started)>
        started;                         // an agent said hello
    std::function<void(Event)> noticed;  // CredentialShared, without an observer
  };
  AgentHub(Inbox& inbox, const Clock& clock, std::uint64_t epoch, Doors doors);
  ~AgentHub();

  // POST /api/v1/agent/records, GET /api/v1/agent/desired.
  void add_routes(net::Router& router);

  // Before the server starts: what was acknowledged, and what stands.
  void restore(const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged,
               std::span<const Action> standing, Instant now);
  void dispatch(const Action& action, Instant now);
  // A change sends a full set to whom it concerns.
  void set_protect(std::vector<std::string> prefixes);
  void set_probes(const std::string& node, std::vector<ProbeTarget> probes, Duration interval,
                  Duration timeout);
  // Ends its stream and forgets its desired state: the credential was withdrawn.
  void forget(const std::string& node);
  // The full set for an agent in this process; `change` gets what follows, on the
  // thread that caused it; it must not call back.
  DesiredSet attach_local(const std::string& node,
                          std::function<void(bool full, const DesiredSet&)> change);

  std::vector<AgentStatus> agents() const;

 private:
  // A process that spoke with an agent's credential.
  struct Process {
    std::string boot;
    std::string peer;
    MonoTime heard{};
  };
  struct Agent {
    std::map<std::pair<std::string, std::string>, Action> desired;  // by (control, key)
    std::vector<ProbeTarget> probes;
    net::SseStream stream;
    std::function<void(bool, const DesiredSet&)> local;
    std::vector<Process> processes;  // the one that spoke last at the end, kProcessesKept at most
    std::uint64_t turns = 0;         // that an earlier one spoke again, since it was told
    MonoTime turns_told{};
    std::uint64_t taken = 0;   // highest number given to the inbox
    std::uint64_t stored = 0;  // highest number committed
    std::uint64_t gaps = 0;
    MonoTime heard{};
    bool ever_heard = false;
  };

  void receive(const net::Request& request, net::Responder responder);
  void listen(const net::Request& request, net::Responder responder);
  // The event that is due if an earlier process speaks again: a restart is never an earlier one.
  std::optional<Event> heard(const std::string& node, Agent& agent, Process process);
  Instant log_now() const;
  DesiredItem item_of(const Action& action) const;
  DesiredSet full_set(const Agent& agent) const;
  void send(Agent& agent, std::string_view event, const DesiredSet& set);

  Inbox& inbox_;
  const Clock& clock_;
  const std::uint64_t epoch_;
  const Doors doors_;
  mutable std::mutex mutex_;
  std::map<std::string, Agent> agents_;  // guarded by mutex_, as all below
  std::vector<std::string> protect_;
  Duration probe_interval_ = millis(500), probe_timeout_ = seconds(1);
  Instant log_at_{};  // log time and the monotonic reading that goes with it
  MonoTime log_mono_{};
};

}  // namespace wardhive
