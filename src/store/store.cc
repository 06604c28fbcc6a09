#include "store/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>

#include "base/metrics.h"
#include "store/impl/audit.h"
#include "store/impl/ends.h"
#include "store/impl/readers.h"
#include "store/impl/schema.h"
#include "store/impl/snapshot.h"
#include "store/impl/sqlite.h"

namespace wardhive {
namespace {

constexpr std::uint64_t kVerifiedAtOpen =
    1'000;                                   // records; milliseconds, and the end is what grows
constexpr std::uint64_t kTrimSlice = 1'000;  // entries per transaction, so that the WAL stays small
constexpr std::uint64_t kScanSlice =
    1'000;  // entries per read snapshot, so that it can be checkpointed

using Acknowledged = std::vector<std::pair<std::string, std::uint64_t>>;

// SQLite makes a new file as the umask says; this one holds token hashes.
Status create_private(const Path& path) {
  const Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd) return ok();
  const int reason = errno;
  auto error = system_error(reason, "open " + path.string());
  if (reason == EROFS) error.code = ErrorCode::PermissionDenied;
  if (error.code == ErrorCode::PermissionDenied)
    error.message +=
        fmt::format("; user {} must be able to write the file and its directory", ::geteuid());
  return std::unexpected(std::move(error));
}

// Every statement of the writer, prepared once.
struct Writes {
  Statement log, journal, newest, acknowledge, trim, put_agent, remove_agent, put_value;

  static Result<Writes> prepare(Connection& db) {
    Writes w;
    WARDHIVE_ASSIGN(w.log, db.prepare("INSERT INTO log VALUES(?1,?2,?3,?4,?5)"));
    WARDHIVE_ASSIGN(w.journal, db.prepare("INSERT INTO journal VALUES(?1,?2,?3,?4,?5,?6)"));
    WARDHIVE_ASSIGN(w.newest, db.prepare("INSERT OR REPLACE INTO newest VALUES(?1,?2,?3,?4)"));
    WARDHIVE_ASSIGN(
        w.acknowledge,
        db.prepare("UPDATE agent SET last_sequence = max(last_sequence, ?2) WHERE node = ?1"));
    // The newest entry stays: next_offset() and last_stamp() must survive a restart.
    WARDHIVE_ASSIGN(
        w.trim,
        db.prepare("DELETE FROM log WHERE offset IN (SELECT offset FROM log WHERE offset < ?1 "
                   "AND offset < (SELECT max(offset) FROM log) ORDER BY offset LIMIT ?2)"));
    WARDHIVE_ASSIGN(w.put_agent, db.prepare("INSERT OR REPLACE INTO agent VALUES(?1,?2,?3,?4)"));
    WARDHIVE_ASSIGN(w.remove_agent, db.prepare("DELETE FROM agent WHERE node = ?1"));
    WARDHIVE_ASSIGN(w.put_value, db.prepare("INSERT OR REPLACE INTO setting VALUES(?1,?2)"));
    return w;
  }
};

// A power loss may take samples, nothing else.
bool may_be_lost(const Commit& commit) {
  return commit.journal.empty() &&
         std::ranges::all_of(
             commit.log, [](LogStream s) { return s == LogStream::Samples; }, &LogEntry::stream);
}

JournalRow read_journal_row(const Statement& row) {
  return {.offset = row.number(0),
          .index = static_cast<std::uint32_t>(row.integer(1)),
          .at = instant_from_ns(row.integer(2)),
          .kind = std::string(row.text(3)),
          .id = std::string(row.text(4)),
          .body = std::string(row.text(5))};
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const Path& directory)
      : directory_(directory), database_(directory / "wardhive.db"), readers_(database_) {}

  Status start() {
    WARDHIVE_TRY(create_private(database_));
    WARDHIVE_ASSIGN(writer_, Connection::open(database_, Connection::Mode::Write));
    WARDHIVE_TRY(prepare_layout(writer_, database_));
    WARDHIVE_TRY(be_durable(true));
    WARDHIVE_ASSIGN(writes_, Writes::prepare(writer_));
    WARDHIVE_ASSIGN(audit_, AuditWriter::open(writer_));
    WARDHIVE_ASSIGN(ends_, read_ends(writer_));
    publish_ends();
    remove_snapshot_leftovers(directory_);
    WARDHIVE_ASSIGN(const auto last, writer_.integer("SELECT max(sequence) FROM audit"));
    const auto records = static_cast<std::uint64_t>(last);
    const auto end =
        walk_audit(writer_, records > kVerifiedAtOpen ? records - kVerifiedAtOpen + 1 : 1, nullptr);
    return end ? ok() : std::unexpected(end.error());
  }

  Status commit(const Commit& commit) override { return this->commit(commit, {}); }

  Status commit(const Commit& commit, const Acknowledged& acknowledged) override {
    const std::scoped_lock lock(mutex_);
    auto ends = ends_;
    WARDHIVE_TRY(advance(ends, commit));
    const auto status = write(commit, acknowledged);
    (status ? commits_ : failures_).add();
    if (!status) {
      audit_.forget();
      return status;
    }
    audit_.keep();
    ends_ = ends;
    publish_ends();
    return ok();
  }

  Status trim_log(std::uint64_t offset) override {
    for (;;) {
      // Others may write between two slices.
      const std::scoped_lock lock(mutex_);
      WARDHIVE_TRY(be_durable(false));
      WARDHIVE_TRY(writes_.trim.bind(offset, kTrimSlice).run());
      if (writer_.changes() == 0) return ok();
    }
  }

  std::uint64_t next_offset() const override {
    return next_offset_.load(std::memory_order_acquire);
  }
  Instant last_stamp() const override {
    return instant_from_ns(last_stamp_ns_.load(std::memory_order_acquire));
  }

  Result<std::uint64_t> first_offset() const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(const auto first, reader->integer("SELECT min(offset) FROM log"));
    return first == 0 ? next_offset() : static_cast<std::uint64_t>(first);
  }

  Status scan_log(std::uint64_t from_offset,
                  const std::function<bool(const LogEntry&)>& visit) const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(
        auto entries,
        reader->prepare("SELECT offset, stream, at, kind, body FROM log WHERE offset >= ?1 "
                        "ORDER BY offset LIMIT ?2"));
    for (std::uint64_t count = kScanSlice; count == kScanSlice;) {
      entries.bind(from_offset, kScanSlice);
      for (count = 0;; ++count) {
        WARDHIVE_ASSIGN(const bool row, entries.step());
        if (!row) break;
        const LogEntry entry{
            .offset = entries.number(0),
            .stream = entries.integer(1) == 0 ? LogStream::Control : LogStream::Samples,
            .at = instant_from_ns(entries.integer(2)),
            .kind = std::string(entries.text(3)),
            .body = std::string(entries.text(4))};
        if (!visit(entry)) return ok();
        from_offset = entry.offset + 1;
      }
    }
    return ok();
  }

  Result<std::vector<JournalRow>> journal(const JournalQuery& query) const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(
        auto rows,
        reader->prepare(fmt::format(
            "SELECT j.offset, j.idx, j.at, j.kind, j.id, j.body FROM {} k CROSS JOIN journal j "
            "ON j.offset = k.offset AND j.idx = k.idx WHERE k.kind = ?1 AND {} = ?5 "
            "AND (k.offset, k.idx) < (?2, ?3) ORDER BY k.offset DESC, k.idx DESC LIMIT ?4",
            query.newest_per_id ? "newest" : "journal", query.id.empty() ? "''" : "k.id")));
    rows.bind(query.kind, query.before_offset, query.before_index, query.limit, query.id);
    std::vector<JournalRow> found;
    for (;;) {
      WARDHIVE_ASSIGN(const bool row, rows.step());
      if (!row) return found;
      found.push_back(read_journal_row(rows));
    }
  }

  Result<std::vector<AuditRecord>> audit(std::uint64_t from_sequence,
                                         std::size_t limit) const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(auto rows,
                    reader->prepare(fmt::format(
                        "SELECT {} FROM audit WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2",
                        kAuditColumns)));
    rows.bind(from_sequence, limit);
    std::vector<AuditRecord> found;
    for (;;) {
      WARDHIVE_ASSIGN(const bool row, rows.step());
      if (!row) return found;
      found.push_back(read_audit_record(rows));
    }
  }

  Result<AuditReport> verify_audit(const AuditProgress& progress) const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    return walk_audit(*reader, 1, progress);
  }

  Status save_snapshot(std::string_view name, std::uint64_t offset,
                       std::string_view bytes) override {
    const std::scoped_lock lock(snapshot_mutex_);
    WARDHIVE_TRY(sync_log());
    return save_snapshot_file(directory_, name, offset, bytes);
  }

  Result<Snapshot> load_snapshot(std::string_view name,
                                 std::vector<std::string>* passed_over) const override {
    return load_snapshot_file(directory_, name, next_offset(), passed_over);
  }

  Status put_agent(const AgentCredential& agent) override {
    const std::scoped_lock lock(mutex_);
    WARDHIVE_TRY(be_durable(true));
    return writes_.put_agent
        .bind(agent.node, agent.token_hash, agent.last_sequence, to_ns(agent.enrolled_at))
        .run();
  }

  Result<std::vector<AgentCredential>> agents() const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(
        auto rows,
        reader->prepare(
            "SELECT node, token_hash, last_sequence, enrolled_at FROM agent ORDER BY node"));
    std::vector<AgentCredential> found;
    for (;;) {
      WARDHIVE_ASSIGN(const bool row, rows.step());
      if (!row) return found;
      found.push_back({.node = std::string(rows.text(0)),
                       .token_hash = std::string(rows.text(1)),
                       .last_sequence = rows.number(2),
                       .enrolled_at = instant_from_ns(rows.integer(3))});
    }
  }

  Status remove_agent(std::string_view node) override {
    const std::scoped_lock lock(mutex_);
    WARDHIVE_TRY(be_durable(true));
    WARDHIVE_TRY(writes_.remove_agent.bind(node).run());
    if (writer_.changes() == 0)
      return fail(ErrorCode::NotFound, fmt::format("no agent \"{}\" is enrolled", node));
    return ok();
  }

  Status put_value(std::string_view key, std::string_view value) override {
    const std::scoped_lock lock(mutex_);
    WARDHIVE_TRY(be_durable(true));
    return writes_.put_value.bind(key, value).run();
  }

  Result<std::optional<std::string>> value(std::string_view key) const override {
    WARDHIVE_ASSIGN(const auto reader, readers_.take());
    WARDHIVE_ASSIGN(auto rows, reader->prepare("SELECT value FROM setting WHERE key = ?1"));
    rows.bind(key);
    WARDHIVE_ASSIGN(const bool row, rows.step());
    return row ? std::optional(std::string(rows.text(0))) : std::nullopt;
  }

  std::uint64_t bytes_on_disk() const override {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator it(directory_, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code gone;
      const auto size = it->file_size(gone);
      if (!gone) bytes += size;
    }
    return bytes;
  }

 private:
  // mutex_ is held.
  Status write(const Commit& commit, const Acknowledged& acknowledged) {
    WARDHIVE_TRY(be_durable(!may_be_lost(commit)));
    WARDHIVE_ASSIGN(auto transaction, Transaction::begin(writer_, Transaction::Kind::Write));
    auto row = commit.journal.begin();
    const auto write_rows_below = [&](std::uint64_t offset) -> Status {
      for (; row != commit.journal.end() && row->offset < offset; ++row)
        WARDHIVE_TRY(write_row(*row));
      return ok();
    };
    for (const auto& entry : commit.log) {
      WARDHIVE_TRY(write_rows_below(entry.offset));
      WARDHIVE_TRY(write_entry(entry));
    }
    WARDHIVE_TRY(write_rows_below(UINT64_MAX));
    for (const auto& [node, sequence] : acknowledged)
      WARDHIVE_TRY(writes_.acknowledge.bind(node, sequence).run());
    return transaction.commit();
  }

  Status write_entry(const LogEntry& entry) {
    const bool control = entry.stream == LogStream::Control;
    // Text where it is text, so that `sqlite3 wardhive.db` can look into it.
    if (control)
      WARDHIVE_TRY(
          writes_.log.bind(entry.offset, 0, to_ns(entry.at), entry.kind, entry.body).run());
    else
      WARDHIVE_TRY(
          writes_.log.bind(entry.offset, 1, to_ns(entry.at), entry.kind, Blob{entry.body}).run());
    return control && is_audited_record(entry.kind) ? audit_.append(entry) : ok();
  }

  Status write_row(const JournalRow& row) {
    WARDHIVE_TRY(
        writes_.journal.bind(row.offset, row.index, to_ns(row.at), row.kind, row.id, row.body)
            .run());
    WARDHIVE_TRY(writes_.newest.bind(row.kind, row.id, row.offset, row.index).run());
    return row.kind == "score" ? ok() : audit_.append(row);
  }

  Status be_durable(bool durable) {
    if (durable_ == durable) return ok();
    WARDHIVE_TRY(
        writer_.execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
    durable_ = durable;
    return ok();
  }

  // Sample batches that were committed without a sync.
  Status sync_log() const {
    const auto path = database_.string() + "-wal";
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fdatasync(fd.get()) != 0)
      return std::unexpected(system_error(errno, "sync " + path));
    return ok();
  }

  void publish_ends() {
    next_offset_.store(ends_.log_offset + 1, std::memory_order_release);
    last_stamp_ns_.store(to_ns(ends_.log_at), std::memory_order_release);
  }

  const Path directory_, database_;
  Counter& commits_ = metrics().counter("store_commits_total", "Commits stored");
  Counter& failures_ = metrics().counter("store_commit_failures_total",
                                         "Commits refused by the disk or the database");

  std::mutex mutex_;
  Connection writer_;  // guarded by mutex_, like all down to ends_
  Writes writes_;
  AuditWriter audit_;
  std::optional<bool> durable_;
  Ends ends_;

  std::mutex snapshot_mutex_;  // savers, one after another
  std::atomic<std::uint64_t> next_offset_{1};
  std::atomic<std::int64_t> last_stamp_ns_{0};
  mutable ReaderPool readers_;
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Path& directory) {
  auto store = std::make_unique<SqliteStore>(directory);
  WARDHIVE_TRY(store->start());
  return store;
}

Result<AuditReport> verify_audit_file(const Path& database, const AuditProgress& progress,
                                      const std::function<void(const AuditRecord&)>& seen) {
  std::error_code error;
  if (!std::filesystem::exists(database, error))
    return fail(ErrorCode::NotFound, fmt::format("there is no {}", database.string()));
  // A -wal file beside it: somebody has it open, or a crash left committed records in there.
  const auto wal = std::filesystem::file_size(database.string() + "-wal", error);
  const bool frozen = error || wal == 0;
  WARDHIVE_ASSIGN(auto connection, Connection::open(database, frozen ? Connection::Mode::Frozen
                                                                     : Connection::Mode::Read));
  WARDHIVE_TRY(check_layout(connection, database));
  return walk_audit(connection, 1, progress, seen);
}

}  // namespace wardhive
