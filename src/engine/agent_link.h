// The agent's side: sends what it saw and did, hears what shall hold. Outbound only.
//
//   any thread says; callbacks come on the link's own thread and must not block for long
//   sends at once, gathers what comes meanwhile, and at least every second (the heartbeat)
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "engine/spool.h"
#include "net/client.h"
#include "net/sse_client.h"

namespace wardhive {

struct AgentLinkConfig {
  std::string url;  // http://192.0.2.10:8700
  std::string credential;
  Path state;  // directory of the spool
  Duration heartbeat = seconds(1);
};

class AgentLink {
 public:
  // `full`: everything that shall hold; otherwise what changed.
  using OnDesired = std::function<void(bool full, const DesiredSet&)>;

  static Result<std::unique_ptr<AgentLink>> start(AgentLinkConfig config, OnDesired on_desired);
  ~AgentLink();  // stop()

  Status say(AgentMessage message);
  // Sends what is left for at most `wait`, then ends both connections.
  void stop(Duration wait = seconds(2));
  bool connected() const;

 private:
  AgentLink(AgentLinkConfig config, OnDesired on_desired, std::unique_ptr<Spool> spool);
  void send_loop();
  bool send_once();

  const AgentLinkConfig config_;
  const OnDesired on_desired_;
  const std::string boot_;
  std::unique_ptr<Spool> spool_;
  net::HttpClient client_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool news_ = false;  // guarded by mutex_, as all below
  bool stopping_ = false;
  bool connected_ = false;
  std::unique_ptr<net::SseClient> listener_;
  std::jthread sender_;
};

}  // namespace wardhive
