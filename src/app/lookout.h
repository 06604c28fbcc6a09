// What a machine looks at and acts with: logs, its own host, probes, its gateway; actuators. An
// agent and the controller's own host are the same lookout with another way to say it.
//
//   owner's thread: make, start, stop; desired() any thread
//   effects stay in place when it stops
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "config/settings.h"
#include "enforce/actuator.h"
#include "enforce/enforcers/catalog.h"
#include "enforce/standing_logins.h"
#include "engine/agent_protocol.h"
#include "ingest/file_tail.h"
#include "ingest/own_host.h"
#include "ingest/prober.h"

namespace wardhive {

struct LookoutOptions {
  std::string node;     // observer of events, agent of receipts
  std::string vantage;  // of probes; "controller" for the controller's
  std::vector<std::string> auth_logs;
  bool own_host = true;
  Duration own_host_interval = seconds(5);
  Path state;                  // positions in logs, desired state
  EnforcerSettings enforcers;  // with haproxy: a gateway, and a vantage by its statistics
  Duration gateway_interval = millis(500);
};

class Lookout {
 public:
  using Say = std::function<void(AgentMessage)>;  // any thread
  static Result<std::unique_ptr<Lookout>> make(LookoutOptions options, Say say);
  ~Lookout();  // stop()

  void start();
  void stop();
  // For the actuator's thread; a full set takes the place of everything queued before it.
  void desired(bool full, DesiredSet set);
  void set_probes(std::vector<ProbeTarget> targets, Duration interval, Duration timeout);
  // Says hello: what this machine can act with, and its addresses.
  void say_hello();
  // Undoes every effect here, without a controller. For `agent --release`.
  Status release_all();

 private:
  Lookout(LookoutOptions options, Say say);
  void act_loop();
  void look_loop();
  void act(bool full, const DesiredSet& set);
  void protect_when_due();
  void watch_controls();
  SampleBatch read_gateway(Instant now);
  void say_all(std::vector<Receipt> receipts);

  LookoutOptions options_;
  const Say say_;
  std::unique_ptr<Actuator> actuator_;  // the acting thread's
  std::vector<std::string> working_controls_;
  Prober prober_;
  OwnHost own_host_;
  StandingLogins logins_;
  std::unique_ptr<LogFollower> follower_;
  std::vector<std::string> asked_protect_;
  MonoTime protected_at_{};
  std::uint64_t epoch_ = 0;  // of the controller that spoke last
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<bool, DesiredSet>> queue_;  // guarded by mutex_, as below
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// As text, for the inventory's never-touch list.
std::vector<std::string> own_prefixes();
// `controller`: HOST:PORT whose answers always come in; empty: none. `haproxy_socket`: a gateway's
// runtime API; empty: no gateway. InvalidInput if the controller is no address.
Result<EnforcerSettings> enforcer_settings(bool nftables, const std::string& controller,
                                           const Path& haproxy_socket,
                                           const std::string& haproxy_backend);

// nullopt without sentinel keys: the chain is watched at most.
std::optional<ChainEnforcerConfig> chain_enforcer_settings(const Settings& settings);

}  // namespace wardhive
