#include "chain/market.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "chain/programs.h"

namespace wardhive::chain {

Result<std::uint64_t> time_of(const std::optional<Account>& clock) {
  constexpr std::size_t kUnixTime = 32;  // in the Clock sysvar: slot, three words, unix_timestamp
  if (!clock || clock->data.size() < kUnixTime + 8)
    return fail(ErrorCode::Unsupported, "the endpoint does not show the chain's clock");
  std::uint64_t seconds = 0;
  std::memcpy(&seconds, clock->data.data() + kUnixTime, sizeof seconds);
  return seconds;
}

Result<std::uint64_t> chain_time(const Rpc& rpc) {
  WARDHIVE_ASSIGN(const auto clock, rpc.account(programs::kClockSysvar));
  return time_of(clock);
}

Pubkey KeyedLease::serving() const {
  return seat(std::min<std::size_t>(lease.seat, swarm::kSeats - 1));
}

// The serving seat has no fixed place, so each seat is asked for: an endpoint filters by bytes.
Result<std::vector<KeyedLease>> leases_served_by(const Rpc& rpc, const Pubkey& program,
                                                 const Pubkey& node) {
  std::vector<KeyedLease> served;
  for (std::size_t i = 0; i < swarm::kSeats; ++i) {
    const auto offset = offsetof(swarm::Lease, seats) + i * sizeof(swarm::Seat);
    const std::vector<Filter> filters{{0, {static_cast<std::uint8_t>(swarm::AccountTag::Lease)}},
                                      {offset, {node.bytes.begin(), node.bytes.end()}}};
    WARDHIVE_ASSIGN(const auto found, rpc.program_accounts(program, filters));
    for (const auto& [key, account] : found) {
      WARDHIVE_ASSIGN(const auto lease, decode_account<swarm::Lease>(account.data, "lease"));
      if (lease.seat == i && lease.state != swarm::Lease::kClosed) served.push_back({key, lease});
    }
  }
  return served;
}

Result<Instruction> failover_instruction(const Rpc& rpc, const SwarmAddresses& addresses,
                                         const KeyedLease& lease) {
  SwarmInstruction instruction(addresses, swarm::InstructionTag::Failover);
  instruction.account("lease", lease.key).account("node", lease.serving());
  for (std::size_t i = 1; i < swarm::kSeats; ++i) {
    // A seat that served already, or that there is not, is not looked at: any account will do, but
    // none that others keep busy. The System program is never locked for writing.
    auto node = programs::kSystem, position = programs::kSystem;
    if (i > lease.lease.seat && lease.seat(i) != Pubkey{}) {
      node = lease.seat(i);
      const auto standby = read_account<swarm::Node>(rpc, node, addresses.program, "standby");
      if (standby)
        position = pubkey_of(standby->position);
      else if (standby.error().code != ErrorCode::NotFound &&
               standby.error().code != ErrorCode::InvalidInput)
        return std::unexpected(standby.error());
    }
    instruction.account(i == 1 ? "standby_1" : "standby_2", node)
        .account(i == 1 ? "position_1" : "position_2", position);
  }
  return instruction.build();
}

}  // namespace wardhive::chain
