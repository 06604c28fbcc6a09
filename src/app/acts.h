// Signs privileged acts on the chain: reads what an act is about, refuses what would have no effect
// or another one than was approved, simulates it, signs it. Sends nothing.
//
//   reads   at "confirmed", and never an older state than it has read before
//   keys    as many of the sentinels' as the act takes, the first ones of the set that are here
//   when    nothing is signed once `sign_until` has passed: looked at last right before the keys
//   errors  is_for_good() says which of them ask for no further try
//   thread  one; blocks as chain::Rpc and chain::Signer do
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "chain/newest_slot.h"
#include "chain/signer.h"
#include "chain/swarm.h"
#include "chain/trial.h"
#include "model/proposal.h"

namespace wardhive {

// An order as the outbox keeps it.
struct OrderedAct {
  ChainAct act = {};
  Instant sign_until = {};
  // A signature that was seen on the chain, where what was kept of it is gone: it is followed, and
  // nothing else signed before it can never land.
  std::string landed = {};
};
WARDHIVE_FIELDS(OrderedAct) {
  v("act", self.act);
  v("sign_until", self.sign_until);
  v("landed", self.landed);
}

struct SignedAct {
  chain::Transaction transaction = {};
  std::uint64_t last_valid_height = 0;
};

// The act will not be signed, as things are: what it is about is over or another, too few keys are
// here, the program or the signer refuses it, its time is over. Any other error may pass.
bool is_for_good(const Error& error);

class ActSigner {
 public:
  // `rpc` and `clock` must outlive it. `fee_lamports_max`: of priority, for one transaction
  // (chain::PriorityFee); the signer may allow less. `bond_nonce`: number of the payer's own
  // position that answers for accusations.
  ActSigner(const chain::Rpc& rpc, std::unique_ptr<chain::Signer> signer,
            const chain::Pubkey& program, std::uint64_t fee_lamports_max, std::uint64_t bond_nonce,
            const Clock& clock)
      : rpc_(rpc),
        signer_(std::move(signer)),
        addresses_(program),
        fee_lamports_max_(fee_lamports_max),
        bond_nonce_(bond_nonce),
        clock_(clock) {}

  // `tries`: signatures of this act before that can never land.
  Result<SignedAct> sign(const ChainAct& act, Instant sign_until, unsigned tries = 0);

 private:
  struct View {
    swarm::Set sentinels = {};
    chain::TrialClock now = {};
    std::vector<std::optional<chain::Account>> accounts = {};  // that were asked for
  };
  Status in_time(Instant sign_until) const;
  Result<View> look(std::vector<chain::Pubkey> keys);
  Result<chain::Instruction> release_node(const ChainAct& act);
  Result<chain::Instruction> open_incident(const ChainAct& act);
  Result<chain::Instruction> pause(const ChainAct& act);
  Status add_keys(chain::SwarmInstruction& instruction, const View& view, std::size_t needed) const;

  const chain::Rpc& rpc_;
  const std::unique_ptr<chain::Signer> signer_;
  const chain::SwarmAddresses addresses_;
  const std::uint64_t fee_lamports_max_;
  const std::uint64_t bond_nonce_;
  const Clock& clock_;
  chain::SignerKeys keys_;  // as of this signature
  chain::NewestSlot newest_slot_;
};

}  // namespace wardhive
