#include "store/impl/schema.h"

#include <fmt/format.h>

namespace wardhive {
namespace {

constexpr std::int64_t kApplicationId = 0x57485354;  // "WHST", what `file` shows

// journal keeps a rowid: bodies are 1-4 KB, which a WITHOUT ROWID tree would push to overflow
// pages. newest holds, per (kind, id), where its state stands: a list of decisions costs its
// length, not the journal's.
constexpr const char* kTables = R"sql(
CREATE TABLE log(offset INTEGER PRIMARY KEY, stream INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, body ANY NOT NULL) STRICT;
CREATE TABLE journal(offset INTEGER NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(offset, idx)) STRICT;
CREATE INDEX journal_by_kind ON journal(kind, offset, idx);
CREATE INDEX journal_by_id ON journal(kind, id, offset, idx);
CREATE TABLE newest(kind TEXT NOT NULL, id TEXT NOT NULL, offset INTEGER NOT NULL, idx INTEGER NOT NULL,
  PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;
CREATE INDEX newest_by_offset ON newest(kind, offset, idx);
CREATE TABLE audit(sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
  actor TEXT NOT NULL, offset INTEGER NOT NULL, idx INTEGER NOT NULL, body_hash BLOB NOT NULL,
  hash BLOB NOT NULL) STRICT;
CREATE TABLE agent(node TEXT PRIMARY KEY, token_hash TEXT NOT NULL, last_sequence INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL) STRICT;
CREATE TABLE setting(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
)sql";

}  // namespace

Status check_layout(Connection& connection, const Path& database) {
  WARDHIVE_ASSIGN(const auto application, connection.integer("PRAGMA application_id"));
  WARDHIVE_ASSIGN(const auto version, connection.integer("PRAGMA user_version"));
  WARDHIVE_ASSIGN(const auto tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = application == 0 && version == 0 && tables == 0;
  if (!fresh && application != kApplicationId)
    return fail(
        ErrorCode::Corrupt,
        fmt::format("{} is another program's database (application_id {:#x}, expected {:#x}); "
                    "move it away, or choose another state directory",
                    database.string(), application, kApplicationId));
  if (version > kLayoutVersion)
    return fail(
        ErrorCode::Unsupported,
        fmt::format(
            "{} has layout version {}, this wardhive knows up to {}; run the newer wardhive, "
            "or choose another state directory",
            database.string(), version, kLayoutVersion));
  return ok();
}

Status prepare_layout(Connection& connection, const Path& database) {
  WARDHIVE_TRY(check_layout(connection, database));
  // A bounded WAL file: a long read may let it grow, the next checkpoint after it cuts it again.
  WARDHIVE_TRY(
      connection.execute("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864"));
  WARDHIVE_ASSIGN(const auto version, connection.integer("PRAGMA user_version"));
  if (version == kLayoutVersion) return ok();
  WARDHIVE_ASSIGN(auto transaction, Transaction::begin(connection, Transaction::Kind::Write));
  WARDHIVE_TRY(connection.execute(kTables));
  const auto stamp = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                 kApplicationId, kLayoutVersion);
  WARDHIVE_TRY(connection.execute(stamp.c_str()));
  return transaction.commit();
}

}  // namespace wardhive
