// The demo's network: five job nodes, a gateway with HAProxy, a controller (and a chain on
// its loopback, if wanted), a client, an attacker
// and an innocent neighbour, each a host of the sandbox with real processes.
//
//   thread  one, the sandbox's
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/demo/chain.h"
#include "app/demo/scenario.h"
#include "app/fleet/sandbox.h"
#include "base/file.h"
#include "base/result.h"

namespace wardhive::demo {

inline constexpr std::string_view kAttacker = "203.0.113.66";
inline constexpr std::string_view kNeighbour = "203.0.113.67";
inline constexpr int kJobNodes = 5;
inline constexpr int kLeasedJob = 5, kStandbyJob = 3;  // the chain's two nodes

struct NetworkOptions {
  Path haproxy;     // the program
  int web_fd = -1;  // listening socket of the host's network, handed to the controller
  std::string url;  // by which people reach it
  Path chain;       // folder with the chain's ledger and keys (DemoChain); empty: no chain
};

class Network {
 public:
  // Hosts, job services, sshd listeners, HAProxy and the controller; about half a second, one more
  // with a chain.
  static Result<std::unique_ptr<Network>> start(const NetworkOptions& options);

  // Enrols and starts the six agents, through the controller's own door.
  Status start_agents();
  // Carries out a scenario's step.
  Status perform(const Step& step);

  // For this process, which is the operator: the token of the controller's state directory.
  Result<std::string> operator_token() const;
  Path client_log() const { return sandbox_->outside("log/client.log"); }
  Path attacker_log() const { return sandbox_->outside("log/attacker.log"); }
  Path neighbour_log() const { return sandbox_->outside("log/neighbour.log"); }
  // `nft -j list table inet wardhive` on that host.
  Result<std::string> packet_filter(const std::string& host);
  fleet::Sandbox& sandbox() { return *sandbox_; }
  DemoChain* chain() { return chain_.get(); }  // nullptr without one

  static std::string job_name(int i);    // "job-1"
  static std::string address_of(int i);  // "192.0.2.11"

 private:
  Network() = default;
  Status start_services(const NetworkOptions& options);
  Status start_controller(const NetworkOptions& options);
  Status write(std::string_view relative, std::string_view text) const;
  Status lose(const std::string& node);
  Status spawn(std::string host, std::string name, std::vector<std::string> argv,
               std::vector<int> fds = {});

  std::unique_ptr<fleet::Sandbox> sandbox_;
  std::unique_ptr<DemoChain> chain_;
  std::string url_;
};

// Texts of the two configuration files, so that a person can read what runs.
std::string haproxy_configuration();
// `chain`: nullptr without one; else job-5 is its leased node and job-3 the standby.
std::string controller_configuration(const DemoChain* chain = nullptr);

}  // namespace wardhive::demo
