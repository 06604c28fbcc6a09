// Finds durable nonces that a signer may use: whoever may use one can sign today what lands in a
// year. One that a signer pays for is in its history at once; one that others made for it is found
// by a costly look alone, every `every`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ingest/sources/chain/desk.h"

namespace wardhive {

class SignerWatch {
 public:
  SignerWatch(ChainDesk& desk, std::vector<chain::Pubkey> signers, Duration every)
      : desk_(desk), signers_(std::move(signers)), every_(every) {}

  // Whether one of them signed something, which brings the next costly look forward. A third of
  // them each time; `hurry`: all of them, at most once in three seconds.
  Status look_at_histories(bool hurry);
  // The costly look; nothing if it is not due.
  std::optional<Status> look_for_nonces();

 private:
  Status look_for_nonces_of(const chain::Pubkey& signer);

  ChainDesk& desk_;
  const std::vector<chain::Pubkey> signers_;
  const Duration every_;
  MonoTime due_at_{}, looked_at_{}, hurry_at_{};
  std::map<std::string, chain::Signature> newest_;  // by signer
  std::size_t next_ = 0;
};

}  // namespace wardhive
