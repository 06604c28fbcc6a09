// The demo's chain: the development chain on one host of the sandbox, from a ledger on which a node
// is leased and has a standby (what `tools/walk --keep` leaves of docs/guide/leasing.md); and what
// the ordinary command line says of it. Wardhive's controller is never asked.
//
//   thread  the sandbox's
//   cost    one process per question, about 20 ms
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/fleet/sandbox.h"
#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive::demo {

// Times are the chain's, in whole seconds; amounts are the token's smallest units.
struct NodeOnChain {
  std::string account;
  bool quarantined = false;
  Instant quarantined_from;  // of the last quarantine, even if it is over
};
struct SeatOnChain {
  std::string node;
  std::uint64_t rate = 0;  // a second
  std::uint64_t earned = 0;
};
struct LeaseOnChain {
  std::string account;
  std::size_t seat = 0;  // which of `seats` serves
  Instant settled_to;
  std::uint64_t prepaid = 0, earned = 0, refunded = 0, escrow = 0;
  std::vector<SeatOnChain> seats;
};
struct ChainSight {
  std::vector<NodeOnChain> nodes;
  LeaseOnChain lease;
  std::map<std::string, std::uint64_t> staked;  // position -> units

  const NodeOnChain* find(const std::string& account) const;
};

// Pure. Of `wardhive chain node|lease ... --json`; InvalidInput names what is absent.
Result<NodeOnChain> parse_node_on_chain(const JsonValue& json);
Result<LeaseOnChain> parse_lease_on_chain(const JsonValue& json);

class DemoChain {
 public:
  // `folder` has chain.ledger, sentinel.json, tenant.json and swarm_core-keypair.json; they are
  // copied into the sandbox. About a second. NotFound, InvalidInput or Unavailable say what to do.
  static Result<std::unique_ptr<DemoChain>> start(fleet::Sandbox& sandbox, const Path& folder);

  const std::string& leased_node() const { return leased_; }
  const std::string& standby_node() const { return standby_; }
  // The table [chain] of the controller's settings.
  std::string settings() const;

  Result<NodeOnChain> node(const std::string& account);
  Result<LeaseOnChain> lease();
  Result<ChainSight> sight();
  // The tenant has the served seconds credited, as anybody may.
  Status settle();

 private:
  explicit DemoChain(fleet::Sandbox& sandbox) : sandbox_(sandbox) {}
  Status copy(const Path& folder);
  Status wait_ready();
  Status find_lease();
  Result<JsonValue> ask(std::vector<std::string> command);

  fleet::Sandbox& sandbox_;
  std::string program_, genesis_, lease_, leased_, standby_;
};

}  // namespace wardhive::demo
