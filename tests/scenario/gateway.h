// The gateway's proxy and the clients in front of it: a steady stream of requests, shared among the
// nodes by weight, on connections that are tried elsewhere when a node does not take them.
//
//   health  each node is checked every 500 ms: 3 failures take it out of the rotation, 2 good ones
//           bring it back
//   thread  one
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/sample.h"

namespace wardhive::scenario {

using Random = std::mt19937_64;
double chance(Random& random);  // [0, 1)

// A node as those see it who ask it something.
struct Service {
  bool answers = true;
  Duration slower{};  // on top of its usual 4 ms
  double errs = 0;    // share of its answers that are errors
};
inline constexpr Duration kUsualAnswer = millis(4);
inline constexpr Duration kPatience = seconds(1);  // of probes and checks

class Gateway {
 public:
  Gateway(std::string name, std::vector<std::string> nodes);

  // `share_bps`: the weight that the agent holds, per node; `reachable` is false while the gateway
  // itself is cut off.
  void serve(double requests, const std::map<std::string, Service>& services,
             const std::map<std::string, std::uint32_t>& share_bps, bool reachable, Random& random);
  void check(const std::map<std::string, Service>& services, bool reachable, double loss,
             Random& random);
  // What its agent reads from the proxy.
  SampleBatch read(Instant at) const;

  std::uint64_t requests_to(const std::string& node) const { return backends_.at(node).requests; }
  std::uint64_t errors_of(const std::string& node) const { return backends_.at(node).errors; }
  std::uint64_t client_requests() const { return client_requests_; }
  std::uint64_t client_failures() const { return client_failures_; }

 private:
  struct Backend {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    bool up = true;
    std::uint32_t good_run = 0;
    std::uint32_t failed_run = 0;
    double credit = 0;  // smooth weighted round robin
  };
  Backend* next(const std::map<std::string, std::uint32_t>& share_bps, std::string* name);

  const std::string name_;
  std::map<std::string, Backend> backends_;
  double owed_ = 0;  // requests, below 1
  std::uint64_t client_requests_ = 0;
  std::uint64_t client_failures_ = 0;
};

}  // namespace wardhive::scenario
