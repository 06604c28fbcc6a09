// What the command line and the enforcer both ask about nodes and leases. Any thread; calls block
// as Rpc does.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/lease.h"
#include "chain/swarm.h"

namespace wardhive::chain {

// The chain's own time, seconds since 1970, of a Clock sysvar. Unsupported if it is none.
Result<std::uint64_t> time_of(const std::optional<Account>& clock);
Result<std::uint64_t> chain_time(const Rpc& rpc);

struct KeyedLease {
  Pubkey key = {};
  swarm::Lease lease = {};

  Pubkey seat(std::size_t i) const { return pubkey_of(lease.seats[i].node); }
  Pubkey serving() const;
};
// Open leases that `node` serves now.
Result<std::vector<KeyedLease>> leases_served_by(const Rpc& rpc, const Pubkey& program,
                                                 const Pubkey& node);

// Moves a lease off a node that is quarantined or retired, to the first standby that may serve.
// Anybody may send it, and a second one is refused by the program. Reads the standbys.
Result<Instruction> failover_instruction(const Rpc& rpc, const SwarmAddresses& addresses,
                                         const KeyedLease& lease);

}  // namespace wardhive::chain
