// A node's agent: a lookout joined to the controller by a link. Outbound only.
//
//   owner's thread: open, start, stop
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/lookout.h"
#include "base/file.h"
#include "base/result.h"
#include "engine/agent_link.h"

namespace wardhive {

struct AgentOptions {
  std::string url;   // of the controller
  Path state;        // credential, spool, desired state, positions in logs
  std::string node;  // when enrolling; later the credential's
  std::vector<std::string> auth_logs{"/var/log/auth.log"};
  Path haproxy_socket;
  std::string haproxy_backend = "jobs";
  int own_host_seconds = 5;
  bool no_nftables = false;
  bool allow_plain_http = false;
};

class Agent {
 public:
  // Trades a one-time token for a credential, kept in `state`/credential (0600). PermissionDenied,
  // Unavailable with the cause; a plain URL beyond loopback is refused unless allowed.
  static Status enroll(const AgentOptions& options, const std::string& token);

  // NotFound if it is not enrolled; Conflict if another agent uses the directory.
  static Result<std::unique_ptr<Agent>> open(AgentOptions options);
  ~Agent();
  void start();
  void stop();  // sends what is left; effects stay in place
  Status release_all();
  const std::string& node() const { return node_; }

 private:
  explicit Agent(AgentOptions options) : options_(std::move(options)) {}

  AgentOptions options_;
  std::string node_, credential_;
  DirectoryLock lock_;
  std::unique_ptr<Lookout> lookout_;
  std::unique_ptr<AgentLink> link_;
};

}  // namespace wardhive
