// From instructions to a confirmed transaction: simulated first, the compute limit set from what
// the simulation used, sent again until it is confirmed or its blockhash has expired.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "chain/rpc.h"

namespace wardhive::chain {

// What is offered beside the base fee while others want to write the same accounts: as much as the
// dearest of the last blocks asked of them, so nothing where nobody crowds. What was not included
// offers an eighth of the most the next time, then a quarter, a half and all of it: endpoints know
// only blocks, not who was turned away.
struct PriorityFee {
  std::uint64_t lamports_max = 0;  // of one transaction; 0: nothing is offered
  unsigned tries = 0;              // transactions before this one that were not included
};

struct Plan {
  std::vector<Instruction> instructions = {};
  Pubkey payer = {};
  std::uint64_t unit_price_micro_lamports = 0;  // priority fee as it is; 0: as below
  PriorityFee priority_fee = {};
  std::uint64_t slot_min = 0;  // that it was made from: an endpoint behind it has no say in it
};

struct Prepared {
  Message message = {};  // with its compute limit; blockhash is a fresh one
  std::uint32_t units_limit = 0;
  std::uint64_t last_valid_height = 0;
  Simulation simulation = {};
};

// Simulates with the largest limit, then sets it to what was used x 1.1 (rounded up), and the price
// to what it then may be; an endpoint that names no price stops nothing. Errors as
// Rpc::simulate: what would fail is told before anything is signed. `watch` are accounts whose
// state afterwards is wanted (Simulation::accounts).
Result<Prepared> prepare(const Rpc& rpc, const Plan& plan, std::span<const Pubkey> watch = {});

// A signed transaction that was sent. Nothing else may be signed in its place while it can land.
struct Flight {
  Transaction transaction = {};
  Signature signature = {};
  std::uint64_t last_valid_height = 0;
  unsigned looks = 0;
};
struct FlightLook {
  enum class At { OnItsWay, Landed, Over } at = At::OnItsWay;
  Error why = {};  // Over: the transaction's own error, or Timeout `blockhash_expired`
};
// One look: landed at the configured commitment, or over for good. Sends the same bytes again at
// every fourth look at which nobody has seen it, if `may_send` says so (empty: yes). An error:
// nothing is known, look again.
Result<FlightLook> look_at(const Rpc& rpc, Flight& flight,
                           const std::function<bool()>& may_send = {});

// Sends and waits for the configured commitment; a look every 400 ms. Errors:
// the transaction's own, or Timeout `blockhash_expired` once the chain is past `last_valid_height`
// and the signature is not there, which means that it never will be.
Result<Signature> send_and_confirm(const Rpc& rpc, const Transaction& transaction,
                                   std::uint64_t last_valid_height);
// Waits for a signature that somebody else sent (an airdrop), at most `patience`.
Status await_signature(const Rpc& rpc, const Signature& signature, Duration patience);

// The public clusters by name ("m"/"mainnet-beta", "d"/"devnet", "t"/"testnet", "l"/"localhost"),
// as the `solana` tools know them; anything else must be an http(s) URL.
struct Cluster {
  std::string name = {};  // "" for a URL
  std::string url = {};
  std::string genesis = {};  // "" where any will do
};
Result<Cluster> cluster_of(const std::string& name_or_url);
// Permission to write there: Conflict `wrong_cluster` unless the endpoint's genesis hash is
// `wanted`.
Status check_genesis(const Rpc& rpc, const std::string& wanted);

}  // namespace wardhive::chain
