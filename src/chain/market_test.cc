#include "chain/market.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "chain/programs.h"

namespace wardhive::chain {
namespace {

// A lease without standbys has accounts in their places all the same. Whatever stands there is
// locked with the rest, and all that a failover waits for is what it moves.
TEST(Failover, LocksNothingThatStakersKeepBusy) {
  const SwarmAddresses addresses(programs::kToken);
  const Rpc nobody(RpcConfig{.url = "http://127.0.0.1:1"});
  KeyedLease lease{addresses.lease(programs::kToken, 0), {}};
  for (std::uint8_t seat = 0; seat < swarm::kSeats; ++seat) {
    lease.lease.seat = seat;
    const auto made = failover_instruction(nobody, addresses, lease);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    for (const auto& account : made->accounts)
      for (const auto& busy : {addresses.pool, addresses.fleet, addresses.work, addresses.config,
                               addresses.stake_vault, addresses.reward_vault})
        EXPECT_NE(account.key, busy) << "seat " << int{seat};
  }
}

}  // namespace
}  // namespace wardhive::chain
