// Reads a node on the chain, signs and sends what brings it in line, and follows it until it has
// landed. One step at a time, each a few questions to the endpoint; never waits for a block.
//   thread one
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "chain/market.h"
#include "chain/newest_slot.h"
#include "chain/rpc.h"
#include "chain/send.h"
#include "chain/signer.h"
#include "enforce/enforcers/chain_rules.h"

namespace wardhive {

// What is on its way. The same bytes are sent again until they land or never can.
struct InFlight {
  chain::Flight flight;
  std::string what;
  std::uint64_t version = 0;  // of the order it was signed for
};

// The moves of a quarantined node's leases. Trouble with them says nothing about the quarantine.
struct LeaseMoves {
  std::optional<InFlight> in_flight;
  unsigned moved = 0;   // since the incident began
  std::string problem;  // why the last look or move failed, "" if it did not
  bool done = false;    // each that can move has been moved, as of the last look
  unsigned failures = 0;
  MonoTime due{};  // when to look again
  std::uint64_t incident = 0;
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
  LeaseMoves leases;

  // Takes up another order; what was found for the one before is no answer to it.
  void take(const WantedQuarantine& other);
  // Nothing more is to come soon.
  bool settled() const;
};

class ChainHand {
 public:
  // `rpc`, `signer` and `clock` must outlive it. `fee_lamports_max`: of priority, for one
  // transaction (chain::PriorityFee); the signer may allow less.
  ChainHand(const chain::Rpc& rpc, chain::Signer& signer, const chain::Pubkey& program,
            std::uint64_t fee_lamports_max, const Clock& clock)
      : rpc_(rpc),
        signer_(signer),
        addresses_(program),
        fee_lamports_max_(fee_lamports_max),
        clock_(clock) {}

  // Asks the signer for its keys first. Conflict if the program is not sealed, PermissionDenied if
  // no key is one of the sentinels'.
  Status check();
  // `still` is asked before each signature and each sending for the order: whether it is one yet.
  // Any thread's lock may be taken in it, none of ours is held.
  // Unavailable or Timeout: nothing is known, try again. What the program says about the task is in
  // the task; any other error is the task's too.
  Status step(ChainTask& task, const std::function<bool()>& still);

 private:
  struct Look {
    NodeOnChain chain;
    SetBits ours;
  };
  Result<std::optional<Look>> look(const ChainTask& task);  // nullopt: there is no such node
  // Empties `flight` when it landed or never will; then the failure, "" for a success.
  Result<std::string> follow(std::optional<InFlight>& flight, const std::function<bool()>& still);
  Status act(ChainTask& task, const NextStep& step, const Look& look,
             const std::function<bool()>& still);
  // Fills `flight`, or says why the program will not have it.
  Result<std::string> send(std::optional<InFlight>& flight, chain::Instruction instruction,
                           std::string what, const std::function<bool()>& still);
  void move_leases(ChainTask& task);
  Status move_one(ChainTask& task);
  SetBits bits_of(const swarm::Set& set) const;

  const chain::Rpc& rpc_;
  chain::Signer& signer_;
  chain::SignerKeys keys_;  // as of the last check
  const chain::SwarmAddresses addresses_;
  const std::uint64_t fee_lamports_max_;
  const Clock& clock_;
  unsigned not_included_ = 0;  // transactions in a row
  chain::NewestSlot newest_slot_;
};

}  // namespace wardhive
