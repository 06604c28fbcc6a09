// The audit chain: makes links, and walks them. store.h says what is hashed.
#pragma once

#include "store/impl/sqlite.h"
#include "store/store.h"

namespace wardhive {

inline constexpr std::string_view kAuditStart =
    "0000000000000000000000000000000000000000000000000000000000000000";
inline constexpr std::string_view kAuditColumns =
    "sequence, at, kind, actor, offset, idx, body_hash, hash";

// From a row of kAuditColumns.
AuditRecord read_audit_record(const Statement& row);

// hex SHA-256(previous || audit_link(record)); `previous` is 64 hex digits.
std::string audit_hash(std::string_view previous, const AuditRecord& record);

// Receipts and commands of the control log are audited beside the journal.
bool is_audited_record(std::string_view kind);
// Who stands behind a log record of such a kind. InvalidInput if `body` is no JSON object.
Result<std::string> audit_actor(std::string_view kind, std::string_view body);

// Writes links behind the last one; one transaction at a time. What it wrote is the head once the
// transaction is committed, see keep() and forget().
class AuditWriter {
 public:
  static Result<AuditWriter> open(Connection& connection);
  Status append(const LogEntry& entry);
  Status append(const JournalRow& row);
  void keep() { kept_ = next_; }
  void forget() { next_ = kept_; }

 private:
  struct Head {
    std::uint64_t sequence = 0;
    std::string hash;
  };
  Status append(Instant at, std::string_view kind, std::string actor, std::uint64_t offset,
                std::uint32_t index, std::string_view body);

  Statement insert_;
  Head kept_, next_;
};

// Checks the chain from `from_sequence` (>= 1) to its end: links, bodies, and, from 1 on, that
// every journal row has its link. Reads in slices, so that a checkpoint is not held up. Corrupt.
Result<AuditReport> walk_audit(Connection& connection, std::uint64_t from_sequence,
                               const AuditProgress& progress,
                               const std::function<void(const AuditRecord&)>& seen = {});

}  // namespace wardhive
