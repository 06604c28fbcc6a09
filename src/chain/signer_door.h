// A process that holds keys and signs little: the other end of chain/signer.h.
//
//   GET  /v1/keys  {"keys":["base58",...],"payer":"base58"}
//   POST /v1/sign  {"message":"base64","by":["base58",...]} -> {"signatures":["base58",...]}
//
//   signs    a message of nothing but the allowed instructions of one program, about nodes and not
//            about stakes, and of compute budget ones whose fee stays below `fee_lamports_max`; no
//            lookup tables, for what they hold may change; at most `per_minute` messages a minute,
//            whoever asks. An incident only where its own payer is who accuses, a pause only of
//            what a sentinel may stop, for an hour at most, and never its end
//   refuses  403 with the reason; 400 for what is no message or a key that is not here; 429
//   trust    whoever may open the socket may ask: it belongs to its owner alone
//   told     each signature and each refusal is logged, with what was to be signed
//   thread   the server's
#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "abi/program.h"
#include "base/clock.h"
#include "chain/signer.h"
#include "net/router.h"

namespace wardhive::chain {

struct SignerPolicy {
  Pubkey program = {};
  std::set<swarm::InstructionTag> allowed = {};
  Pubkey payer = {};                   // who alone may accuse; SignerDoor sets it
  std::uint64_t fee_lamports_max = 0;  // of priority, for one message
  unsigned per_minute = 20;
  // Base fees and priority of all messages of a day, as long as this process lives.
  std::uint64_t fees_lamports_per_day = 100'000'000;
};

// "quarantine" and so on, by the names of chain's commands. InvalidInput lists those there are.
Result<swarm::InstructionTag> signable(std::string_view name);
// Ok if the policy lets it be signed; PermissionDenied says what not.
Status judge(const Message& message, const SignerPolicy& policy);

class SignerDoor {
 public:
  // `clock` must outlive it.
  SignerDoor(std::vector<Keypair> keys, Keypair payer, SignerPolicy policy, const Clock& clock);
  void add_routes(net::Router& router);

 private:
  net::Response keys();
  net::Response sign(const net::Request& request);
  Result<std::vector<Signature>> signatures(const net::Request& request);
  Status admit(std::uint64_t fees);

  const SignerPolicy policy_;
  const std::unique_ptr<Signer> signer_;
  const Clock& clock_;
  std::mutex mutex_;
  struct Signed {
    MonoTime at;
    std::uint64_t lamports = 0;
  };
  std::vector<Signed> recent_;  // of the last day
};

}  // namespace wardhive::chain
