// Reads what the program recorded from the history of its address, and once more when a number of a
// sequence is missing. Each event is said once for each time that it was not taken, and then once.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/sources/chain/desk.h"

namespace wardhive {

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
  Status read_transaction(const chain::Signature& signature, std::vector<SequenceGap>& gaps,
                          bool& cut);
  Status backfill(const std::vector<SequenceGap>& gaps, bool cut);
  Status say_events(const chain::ProgramLogs& logs, const chain::Signature& signature,
                    const chain::TransactionRecord& record,
                    const std::function<void(const chain::SwarmEvent&)>& note);

  ChainDesk& desk_;
  const chain::Pubkey program_;
  std::uint64_t failed_ = 0, began_at_ = 0;
};

}  // namespace wardhive
