// Reads what the program recorded from the history of its address. When a number of a sequence is
// missing, the whole history is read again, at each of kGapLooks looks, as an endpoint may list
// late what it knows; then it is said that something is missing. Each event is said until it is
// taken.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/sources/chain/desk.h"

namespace wardhive {

inline constexpr std::uint32_t kGapLooks =
    5;  // also for a transaction that is listed and not known

class EventReader {
 public:
  EventReader(ChainDesk& desk, const chain::Pubkey& program) : desk_(desk), program_(program) {}

  // What is new: oldest first, as much as one pass may take; the rest at the next one.
  Status read();
  // Transactions that named the program and failed, since the first look.
  std::uint64_t failed() const { return failed_; }

 private:
  Result<std::vector<chain::SignatureInfo>> unread(bool whole_history);
  void note_failed(const chain::SignatureInfo& info);
  Status read_fresh();
  Status read_transaction(const chain::Signature& signature);
  bool given_up(const chain::Signature& signature, const Error& why);
  Status fill_gaps();
  bool say_gap(const SequenceGap& gap);

  ChainDesk& desk_;
  const chain::Pubkey program_;
  std::uint64_t failed_ = 0, began_at_ = 0;
  chain::Signature unknown_ = {};  // the last that was listed and not known
  std::uint32_t looks_ = 0;        // at it
};

}  // namespace wardhive
