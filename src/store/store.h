// The one SQLite file: logs, journal, audit chain, snapshots' place, recent series for charts.
//
//   thread   one writer (the pipeline's thread) for append/commit/trim; readers: any thread, each
//            call on its own pooled read connection, never blocked by the writer (WAL)
//   durable  a commit that holds control records is fsynced (synchronous=FULL); one that holds only
//            sample batches is not: a crash may lose the last of those
//   errors   LimitReached disk full; Unsupported newer user_version (names both versions);
//            Corrupt not a database, failed quick check, broken audit chain (names the record)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  std::string kind;     // journal_kind()
  std::string id;       // of the noun: "dec-12", "inc-9", an entity for scores; the newest row of an id is its state
  std::string body;     // JSON
};

// Everything one step caused: goes in together or not at all.
struct Commit {
  std::vector<LogEntry> log;
  std::vector<JournalRow> journal;  // each but scores also becomes an audit record
};

// One link of the audit chain: hash = SHA-256(previous hash || canonical JSON of the rest).
struct AuditRecord {
  std::uint64_t sequence = 0;  // from 1, without gaps
  Instant at;
  std::string kind;       // decision, action, receipt, command, ...
  std::string actor;      // "wardhive", or who commanded
  std::string body_hash;  // hex SHA-256 of the noun's JSON, which stands in the journal or log
  std::string hash;       // hex
};
struct AuditReport {
  std::uint64_t records = 0;
  std::string head;  // hash of the last one
  Instant first_at, last_at;
};

struct JournalQuery {
  std::string kind;
  std::string id;            // empty: all ids
  bool newest_per_id = true;
  std::uint64_t before_offset = UINT64_MAX;
  std::size_t limit = 1'000;
};

struct AgentCredential {
  std::string node;
  std::string token_hash;  // hex BLAKE2b-256 of the token
  std::uint64_t last_sequence = 0;  // highest record number stored for this agent
  Instant enrolled_at;
};

class Store {
 public:
  // Opens or creates `directory`/wardhive.db (0600). The caller holds the DirectoryLock.
  static Result<std::unique_ptr<Store>> open(const Path& directory);
  virtual ~Store() = default;

  // Writer thread. On an error nothing of it is stored.
  virtual Status commit(const Commit& commit) = 0;
  // Like commit, and also moves agents' acknowledged numbers: the record and its number together.
  virtual Status commit(const Commit& commit, const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged) = 0;
  // Drops log entries below `offset`; journal and audit stay.
  virtual Status trim_log(std::uint64_t offset) = 0;

  virtual std::uint64_t next_offset() const = 0;  // 1 on an empty store
  virtual Instant last_stamp() const = 0;
  // In order of offset; stops early when the visitor returns false.
  virtual Status scan_log(std::uint64_t from_offset, const std::function<bool(const LogEntry&)>& visit) const = 0;
  virtual Result<std::vector<JournalRow>> journal(const JournalQuery& query) const = 0;
  virtual Result<std::vector<AuditRecord>> audit(std::uint64_t from_sequence, std::size_t limit) const = 0;
  // Walks the whole chain and checks every body that is still there against its hash.
  virtual Result<AuditReport> verify_audit(const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) const = 0;

  // Snapshots: files beside the database, temp + fsync + rename, newest two kept.
  virtual Status save_snapshot(std::string_view name, std::uint64_t offset, std::string_view bytes) = 0;
  struct Snapshot { std::uint64_t offset = 0; std::string bytes; };
  // The newest readable one, NotFound if none; a broken one is passed over (logged by the caller through `passed_over`).
  virtual Result<Snapshot> load_snapshot(std::string_view name, std::vector<std::string>* passed_over) const = 0;

  // Agents, tokens and small settings that survive a restart.
  virtual Status put_agent(const AgentCredential& agent) = 0;
  virtual Result<std::vector<AgentCredential>> agents() const = 0;
  virtual Status remove_agent(std::string_view node) = 0;
  virtual Status put_value(std::string_view key, std::string_view value) = 0;
  virtual Result<std::optional<std::string>> value(std::string_view key) const = 0;

  virtual std::uint64_t bytes_on_disk() const = 0;
};

// `audit verify` without opening for writing, so that it works beside a running wardhive or on a copy.
Result<AuditReport> verify_audit_file(const Path& database,
                                      const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

}  // namespace wardhive
