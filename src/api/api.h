// The HTTP doors of operators: JSON under /api/v1, a stream of changes, metrics, health, the page.
// Includes no stage: it reads the view and the store, and publishes commands.
//
//   any thread; lives as long as the server
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/view.h"
#include "engine/agent_hub.h"
#include "engine/inbox.h"
#include "guard/door.h"
#include "net/router.h"
#include "store/store.h"

namespace wardhive {

struct ApiParts {
  View& view;
  Inbox& inbox;
  Door& door;
  AgentHub& hub;
  Store& store;
  const Clock& clock;
  std::function<Status(const AgentCredential&)> enroll;  // stores it; may block
  std::string public_url;                                // for log-in links
  // Why no act on the chain can be signed, though keys are named; "" if it can. Empty: it can.
  std::function<std::string()> acts_problem = {};
};

class Api {
 public:
  explicit Api(ApiParts parts);
  ~Api();

  // All routes, and the hook that asks the door about every request.
  void add_routes(net::Router& router);
  // The credential's identity of a request that passed the hook.
  Identity identify(const net::Request& request) const;

 private:
  void add_reads(net::Router& router);
  void add_commands(net::Router& router);
  void add_access(net::Router& router);
  void add_assets(net::Router& router);
  void command(const net::Request& request, net::Responder responder, Command command);
  void broadcast(std::string_view kind, const std::string& json);

  ApiParts parts_;
  std::mutex mutex_;
  std::vector<net::SseStream> streams_;  // guarded by mutex_
  // Whether there are any; read under the view's lock, so not behind ours.
  std::atomic<bool> listened_ = false;
};

}  // namespace wardhive
