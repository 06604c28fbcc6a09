// Reads a node on the chain, signs and sends what brings it in line, and follows it until it has
// landed. One step at a time, each a few questions to the endpoint; never waits for a block.
//   thread one
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "chain/keypair.h"
#include "chain/market.h"
#include "chain/rpc.h"
#include "enforce/enforcers/chain_rules.h"

namespace wardhive {

struct ChainKeys {
  std::vector<chain::Keypair> sentinels;
  chain::Keypair payer;
};

// What is on its way. The same bytes are sent again until they land or never can.
struct InFlight {
  chain::Transaction transaction;
  chain::Signature signature;
  std::uint64_t last_valid_height = 0;
  unsigned asked = 0;
  std::string what;
  bool moves_lease = false;
};

// A node that somebody asked us about.
struct ChainTask {
  chain::Pubkey account;
  WantedQuarantine wanted;
  std::optional<InFlight> in_flight;
  std::optional<NextStep> outcome;  // Holds, Gone or Refuse, for `wanted`; empty: not there yet
  std::string problem;              // why not yet
  std::uint64_t holds_until = 0;    // chain's clock; 0: no quarantine of anybody holds
  std::uint64_t chain_now = 0;      // of the last look
  unsigned leases_moved = 0;        // since it holds
  unsigned lease_failures = 0;
  bool leases_done = false;
};

class ChainHand {
 public:
  // `rpc` and `keys` must outlive it.
  ChainHand(const chain::Rpc& rpc, const ChainKeys& keys, const chain::Pubkey& program)
      : rpc_(rpc), keys_(keys), addresses_(program) {}

  // Conflict if the program is not sealed, PermissionDenied if no key is one of the sentinels'.
  Status check();
  // Errors are the endpoint's: nothing is known, try again. What the program says about the task
  // is in the task.
  Status step(ChainTask& task);

 private:
  struct Look {
    NodeOnChain chain;
    SetBits ours;
  };
  Result<std::optional<Look>> look(const ChainTask& task);  // nullopt: there is no such node
  Status follow(ChainTask& task);
  Status act(ChainTask& task, const NextStep& step, const Look& look);
  Status send(ChainTask& task, chain::Instruction instruction,
              const std::vector<const chain::Keypair*>& signers, std::string what);
  void failed(ChainTask& task, std::string why);
  Status move_leases(ChainTask& task);
  SetBits bits_of(const swarm::Set& set) const;

  const chain::Rpc& rpc_;
  const ChainKeys& keys_;
  const chain::SwarmAddresses addresses_;
};

}  // namespace wardhive
