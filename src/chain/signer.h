// Who signs: keys in this process, or a process of their own that this one asks (`wardhive signer`,
// chain/signer_door.h), so that whoever takes over the controller holds no key and gets nothing
// signed but what that process lets through.
//
//   thread one at a time; a process is asked over a unix socket and may take up to its timeout
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "chain/keypair.h"
#include "chain/transaction.h"

namespace wardhive::chain {

struct SignerKeys {
  std::vector<Pubkey> keys = {};       // in the order they were given
  Pubkey payer = {};                   // of fees
  std::uint64_t fee_lamports_max = 0;  // of priority, for one message
};

class Signer {
 public:
  virtual ~Signer() = default;
  // Unavailable while the process does not answer.
  virtual Result<SignerKeys> keys() = 0;
  // One signature for each of `by`, over these bytes. InvalidInput for a key that is not here,
  // PermissionDenied for what the process does not sign, with its reason.
  virtual Result<std::vector<Signature>> sign(std::span<const std::uint8_t> message,
                                              std::span<const Pubkey> by) = 0;
};

std::unique_ptr<Signer> make_local_signer(std::vector<Keypair> keys, Keypair payer);
// The socket's path. Asks nothing before the first call.
std::unique_ptr<Signer> make_signer_process(Path socket, Duration timeout = seconds(5));

// Where the keys are: a process' socket, or files.
struct SignerFiles {
  Path socket = {};
  std::vector<Path> keys = {};  // of sentinels, one at least; unless there is a socket
  Path payer = {};              // "": the first of them
};
// InvalidInput if there is neither, PermissionDenied for a key file that others may read.
Result<std::unique_ptr<Signer>> open_signer(const SignerFiles& files);

// All signers that the message names must be there. Errors as the signer's; LimitReached if the
// transaction is longer than a packet.
Result<Transaction> sign(Message message, Signer& signer);

}  // namespace wardhive::chain
