// The one SQLite file: logs, journal, audit chain, agents and small settings; snapshots beside it.
//
//   thread   commit and trim_log: one thread, the pipeline's, in the order of the log. Everything
//            else: any thread. A read takes one of a few pooled read connections and is never
//            blocked by the writer (WAL); a read that finds all of them in use waits for one.
//   durable  a commit is fsynced, unless its log holds only sample batches and its journal nothing:
//            those survive kill -9, but a power loss may take the last of them
//   cost     a synced commit is one fsync, however many records it holds: group them. open() is
//            independent of the size. Bytes freed by trim_log are used again, not given back.
//   errors   LimitReached: the disk is full, nothing of the call is stored, later calls may
//   succeed.
//            Unsupported: newer layout, both versions named. PermissionDenied: file or directory.
//            Corrupt: not a database, another program's, damaged, or a broken audit chain (names
//            the record, what was found and what was expected). Unavailable: locked, I/O error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/journal.h"

namespace wardhive {

enum class LogStream : std::uint8_t { Control, Samples };

// One offset sequence over both streams, so a replay meets records in the order they were stepped.
struct LogEntry {
  std::uint64_t offset = 0;
  LogStream stream = LogStream::Control;
  Instant at;
  std::string kind;  // record_kind(), or "samples"
  std::string body;  // JSON, or encode_samples()
};

struct JournalRow {
  std::uint64_t offset = 0;  // of the record that caused it
  std::uint32_t index = 0;
  Instant at;
  std::string kind;  // journal_kind()
  std::string id;  // of the noun: "dec-12", "inc-9", an entity for scores; the newest row of an id
                   // is its state
  std::string body;  // JSON
};

// Everything one step caused, or several steps: goes in together or not at all.
struct Commit {
  std::vector<LogEntry> log;        // offsets rise, from next_offset() on; gaps are allowed
  std::vector<JournalRow> journal;  // (offset, index) rise
};

// One link of the audit chain. Every journal row but scores, and every receipt and command of the
// control log, gets one in the same transaction, in the order (offset, log before journal, index):
//
//   hash = hex SHA-256( previous link's hash, 64 hex digits || link )
//   link = {"sequence":1,"at":"2026-11-22T16:40:55.5Z","kind":"decision","actor":"wardhive",
//           "offset":12,"index":0,"body_hash":"9f86..."}     on one line, without white space
//
// The first link's predecessor is 64 zeros. The JSON form of an AuditRecord is the link with "hash"
// as the last key, so `jq -c` and `sha256sum` are enough to verify an export
// (docs/decisions/0004-store.md has the three lines of shell).
struct AuditRecord {
  std::uint64_t sequence = 0;  // from 1, without gaps
  Instant at;
  std::string kind;          // journal_kind() but "score"; "receipt" or "command" stand in the log
  std::string actor;         // command: who commanded; receipt: the agent; else "wardhive"
  std::uint64_t offset = 0;  // where the body stands: log entry, or journal row with `index`
  std::uint32_t index = 0;
  std::string body_hash;  // hex SHA-256 of the body
  std::string hash;       // hex
};
template <class Self, class V>
void audit_link_fields(Self& self, V& v) {
  v("sequence", self.sequence);
  v("at", self.at);
  v("kind", self.kind);
  v("actor", self.actor);
  v("offset", self.offset);
  v("index", self.index);
  v("body_hash", self.body_hash);
}
WARDHIVE_FIELDS(AuditRecord) {
  audit_link_fields(self, v);
  v("hash", self.hash);
}

// The text that is hashed after the predecessor's hash.
std::string audit_link(const AuditRecord& record);

// Records that were cut off at the end, with their journal rows, leave a shorter chain that is
// sound in itself: only a head noted elsewhere shows that. Compare `records` and `head`.
struct AuditReport {
  std::uint64_t records = 0;
  std::string head;  // hash of the last one; 64 zeros if there is none
  Instant first_at, last_at;
  std::uint64_t bodies_checked = 0;
  std::uint64_t bodies_trimmed = 0;  // receipts and commands below the log's first offset
};
WARDHIVE_FIELDS(AuditReport) {
  v("records", self.records);
  v("head", self.head);
  v("first_at", self.first_at);
  v("last_at", self.last_at);
  v("bodies_checked", self.bodies_checked);
  v("bodies_trimmed", self.bodies_trimmed);
}
// Called now and then while the chain is walked.
using AuditProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// Newest first. To turn the page, put the last row's (offset, index) into `before_*`.
struct JournalQuery {
  std::string kind;
  std::string id = {};        // empty: all ids
  bool newest_per_id = true;  // only rows that are their id's state now; false: its past too
  std::uint64_t before_offset = UINT64_MAX;
  std::uint32_t before_index = 0;
  std::size_t limit = 1'000;
};

struct AgentCredential {
  std::string node;
  std::string token_hash;           // hex BLAKE2b-256 of the token
  std::uint64_t last_sequence = 0;  // highest record number stored for this agent
  Instant enrolled_at;
};

class Store {
 public:
  // Opens or creates `directory`/wardhive.db (0600); the directory exists and the caller holds its
  // DirectoryLock. Verifies the last 1,000 audit records, not the whole chain.
  static Result<std::unique_ptr<Store>> open(const Path& directory);
  virtual ~Store() = default;

  // On an error nothing of it is stored. InvalidInput if offsets do not rise.
  virtual Status commit(const Commit& commit) = 0;
  // Like commit, and also moves agents' acknowledged numbers: the record and its number together.
  // A number never goes back; one of an agent that was removed meanwhile is passed over.
  virtual Status commit(const Commit& commit,
                        const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged) = 0;
  // Drops log entries below `offset`, but for the newest entry; journal and audit stay.
  virtual Status trim_log(std::uint64_t offset) = 0;

  virtual std::uint64_t next_offset() const = 0;  // 1 on an empty store
  virtual Instant last_stamp() const = 0;         // epoch on an empty store
  // Of the oldest entry still there; next_offset() if there is none. A snapshot below it cannot be
  // brought up to date by a replay.
  virtual Result<std::uint64_t> first_offset() const = 0;
  // In order of offset; stops early when the visitor returns false.
  virtual Status scan_log(std::uint64_t from_offset,
                          const std::function<bool(const LogEntry&)>& visit) const = 0;
  virtual Result<std::vector<JournalRow>> journal(const JournalQuery& query) const = 0;
  virtual Result<std::vector<AuditRecord>> audit(std::uint64_t from_sequence,
                                                 std::size_t limit) const = 0;
  // Walks the whole chain and checks every body that is still there against its hash, and that no
  // journal row lacks its link. About 10 us of CPU per record with a body of 500 bytes.
  virtual Result<AuditReport> verify_audit(const AuditProgress& progress) const = 0;

  // Snapshots: files beside the database, temp + fsync + rename, newest two kept. What the log
  // holds is made durable first, so no snapshot is ever ahead of its log. `name`: [a-z0-9_-]{1,64}.
  virtual Status save_snapshot(std::string_view name, std::uint64_t offset,
                               std::string_view bytes) = 0;
  struct Snapshot {
    std::uint64_t offset = 0;
    std::string bytes;
  };
  // The newest readable one, NotFound if none; a broken one, or one ahead of the log, is passed
  // over (file and reason go to `passed_over`, which may be null).
  virtual Result<Snapshot> load_snapshot(std::string_view name,
                                         std::vector<std::string>* passed_over) const = 0;

  // Agents, tokens and small settings that survive a restart. put_agent replaces.
  virtual Status put_agent(const AgentCredential& agent) = 0;
  virtual Result<std::vector<AgentCredential>> agents() const = 0;
  virtual Status remove_agent(std::string_view node) = 0;  // NotFound if there is none
  virtual Status put_value(std::string_view key, std::string_view value) = 0;
  virtual Result<std::optional<std::string>> value(std::string_view key) const = 0;

  virtual std::uint64_t bytes_on_disk() const = 0;
};

// `audit verify` without opening for writing, so that it works beside a running wardhive or on a
// copy (which it leaves as it is). NotFound if there is no such file.
// `seen` is given every record that is sound, in order.
Result<AuditReport> verify_audit_file(const Path& database, const AuditProgress& progress,
                                      const std::function<void(const AuditRecord&)>& seen = {});

}  // namespace wardhive
