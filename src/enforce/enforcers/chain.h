// Quarantines nodes on the chain: `quarantine_node`, control "chain". Pay on the node's leases
// stops that second, and each of them is moved to its standby (which anybody may do once the node
// is in quarantine).
//
//   in     key = the node's name; absent means released, which takes as many keys as the sentinels'
//          threshold; with fewer it stays until it ends by itself, and apply() says so each time
//   own    the quarantines that one of our keys signed last; another's is left alone
//   once   nothing is signed twice for one order: what was in force and is so no more (released by
//          others, over) is refused, and so is what no key here may do. An order that nobody
//          repeats for five seconds, or that has run out, is not signed any more (chain_order.h)
//   safe   signed for one cluster (genesis) and a sealed program whose sentinel set has our keys;
//          the same bytes are sent until they land or can't any more, and only then others are
//          signed. There is no journal: a restart reads the node and goes on
//          (docs/decisions/0039-quarantine-without-an-outbox.md)
//   reads  at "confirmed", which is where a receipt's `verified` comes from
//   time   its own thread speaks to the chain. apply() and apply_all() wait for it once: 800 ms for
//   a
//          new order, 100 ms for a repeated one. Unavailable until then, as while the chain does
//          not answer; a later try finds it done
//   limits a sentinel key acts on a node once in seven days, for 24 h at most (D7)
//   thread one, as every enforcer
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "chain/rpc.h"
#include "enforce/enforcer.h"

namespace wardhive {

struct ChainEnforcerConfig {
  std::vector<std::string> endpoints = {};  // RPC URLs
  std::string genesis = {};                 // "": any cluster but mainnet-beta
  std::uint64_t slot_lag_max = 50;
  std::string program = {};              // swarm_core's address
  Path signer = {};                      // socket of a signer process (chain/signer_door.h); or
  std::vector<Path> sentinel_keys = {};  // keys of this process, one at least
  Path payer_key = {};                   // "": the first sentinel key
  std::uint64_t fee_lamports_max = 0;    // of priority, for one transaction
  std::map<std::string, std::string> accounts = {};  // node's name -> its account on the chain
  // In place of HTTP, one per endpoint; for tests.
  std::vector<chain::Asker> askers = {};
};

// InvalidInput for an address that is none, PermissionDenied for a key file that others may read.
// Asks the chain nothing before start(). `clock` must outlive it.
Result<std::unique_ptr<Enforcer>> make_chain_enforcer(ChainEnforcerConfig config,
                                                      const Clock& clock);

}  // namespace wardhive
