#include "store/impl/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace wardhive {
namespace {

constexpr std::size_t kSliceRecords = 10'000;

struct Link {
  const AuditRecord& record;
};
template <class V>
void fields(const Link& link, V& v) {
  audit_link_fields(link.record, v);
}

std::string sha256_hex(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

// The hash columns hold bytes: half the size of hex.
std::string from_hex_text(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  const auto status = from_hex(hex, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return status ? bytes : std::string();
}

auto broken(const AuditRecord& record, std::string_view what) {
  return fail(
      ErrorCode::Corrupt,
      fmt::format(
          "audit record {} ({} at {}): {}; the records before it are sound, compare with a copy",
          record.sequence, record.kind, format_rfc3339(record.at), what));
}

// One pass over the chain.
class Walk {
 public:
  static Result<Walk> begin(Connection& connection, std::uint64_t from_sequence) {
    Walk walk;
    walk.connection_ = &connection;
    walk.whole_ = from_sequence <= 1;
    walk.next_ = from_sequence;
    walk.report_.head = kAuditStart;
    const auto columns = [](std::string_view rest) {
      return fmt::format("SELECT {} FROM audit {}", kAuditColumns, rest);
    };
    WARDHIVE_ASSIGN(walk.links_,
                    connection.prepare(columns("WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2")));
    WARDHIVE_ASSIGN(walk.log_body_,
                    connection.prepare("SELECT kind, at, body FROM log WHERE offset = ?1"));
    WARDHIVE_ASSIGN(
        walk.journal_body_,
        connection.prepare("SELECT kind, at, body FROM journal WHERE offset = ?1 AND idx = ?2"));
    if (!walk.whole_) WARDHIVE_TRY(walk.start_behind(from_sequence - 1));
    return walk;
  }

  // Checks one slice; false when it reached the end.
  Result<bool> slice() {
    WARDHIVE_ASSIGN(const auto snapshot, Transaction::begin(*connection_, Transaction::Kind::Read));
    WARDHIVE_ASSIGN(const auto first, connection_->integer("SELECT min(offset) FROM log"));
    log_first_ = static_cast<std::uint64_t>(first);
    links_.bind(next_, kSliceRecords);
    std::size_t count = 0;
    for (;; ++count) {
      WARDHIVE_ASSIGN(const bool row, links_.step());
      if (!row) break;
      WARDHIVE_TRY(check(read_audit_record(links_)));
    }
    links_.reset();
    if (count == kSliceRecords) return true;
    if (whole_) WARDHIVE_TRY(check_nothing_lacks());
    return false;
  }

  AuditReport& report() { return report_; }
  std::function<void(const AuditRecord&)> seen;

 private:
  // The hash before the first record that is checked is taken on trust.
  Status start_behind(std::uint64_t sequence) {
    links_.bind(sequence, 1);
    WARDHIVE_ASSIGN(const bool row, links_.step());
    if (!row || links_.number(0) != sequence)
      return fail(ErrorCode::Corrupt,
                  fmt::format("audit record {} is missing; compare with a copy", sequence));
    report_.head = read_audit_record(links_).hash;
    links_.reset();
    return ok();
  }

  Status check(const AuditRecord& record) {
    if (record.sequence != next_)
      return broken(record, fmt::format("stands where record {} was expected, {} missing", next_,
                                        record.sequence - next_));
    if (const auto expected = audit_hash(report_.head, record); record.hash != expected)
      return broken(
          record, fmt::format("hash is {}, expected {} from its contents and the record before it",
                              record.hash, expected));
    WARDHIVE_TRY(check_body(record));
    if (report_.records == 0) report_.first_at = record.at;
    report_.last_at = record.at;
    report_.head = record.hash;
    if (seen) seen(record);
    ++report_.records;
    ++next_;
    return ok();
  }

  Status check_body(const AuditRecord& record) {
    const bool logged = is_audited_record(record.kind);
    auto& body =
        logged ? log_body_.bind(record.offset) : journal_body_.bind(record.offset, record.index);
    const auto place = [&] {
      return logged ? fmt::format("log entry {}", record.offset)
                    : fmt::format("journal row {}-{}", record.offset, record.index);
    };
    WARDHIVE_ASSIGN(const bool row, body.step());
    if (!row && logged && (log_first_ == 0 || record.offset < log_first_)) {
      ++report_.bodies_trimmed;
      return ok();
    }
    if (!row)
      return broken(record,
                    fmt::format("its {} is gone, and nothing of ours removes one", place()));
    if (body.text(0) != record.kind || body.integer(1) != to_ns(record.at))
      return broken(record, fmt::format("its {} now is of kind {} at {}", place(), body.text(0),
                                        format_rfc3339(instant_from_ns(body.integer(1)))));
    if (const auto found = sha256_hex(body.text(2)); found != record.body_hash)
      return broken(record, fmt::format("the body of its {} has hash {}, expected {}", place(),
                                        found, record.body_hash));
    body.reset();
    if (!logged) ++journal_links_;
    ++report_.bodies_checked;
    return ok();
  }

  // Finds records cut off at the end while their journal rows stand, and rows slipped in.
  Status check_nothing_lacks() {
    WARDHIVE_ASSIGN(const auto rows,
                    connection_->integer("SELECT count(*) FROM journal WHERE kind <> 'score'"));
    if (static_cast<std::uint64_t>(rows) == journal_links_) return ok();
    return fail(
        ErrorCode::Corrupt,
        fmt::format(
            "audit chain ends at record {} with {} journal rows linked, but the journal holds {}: "
            "records were cut off its end, or rows added; compare with a copy",
            report_.records, journal_links_, rows));
  }

  Connection* connection_ = nullptr;
  Statement links_, log_body_, journal_body_;
  bool whole_ = true;
  std::uint64_t next_ = 1;
  std::uint64_t log_first_ = 0;  // 0: the log is empty
  std::uint64_t journal_links_ = 0;
  AuditReport report_;
};

}  // namespace

std::string audit_link(const AuditRecord& record) { return to_json(Link{record}); }

std::string audit_hash(std::string_view previous, const AuditRecord& record) {
  return sha256_hex(std::string(previous) + audit_link(record));
}

AuditRecord read_audit_record(const Statement& row) {
  return {.sequence = row.number(0),
          .at = instant_from_ns(row.integer(1)),
          .kind = std::string(row.text(2)),
          .actor = std::string(row.text(3)),
          .offset = row.number(4),
          .index = static_cast<std::uint32_t>(row.integer(5)),
          .body_hash = to_hex(row.blob(6)),
          .hash = to_hex(row.blob(7))};
}

bool is_audited_record(std::string_view kind) { return kind == "receipt" || kind == "command"; }

Result<std::string> audit_actor(std::string_view kind, std::string_view body) {
  const auto json = JsonValue::parse(body);
  if (!json || json->type() != JsonValue::Type::Object)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} is no JSON object; nothing was stored", kind));
  const auto actor = json->string_or(kind == "command" ? "actor" : "agent", "");
  return actor.empty() ? "unknown" : actor;
}

Result<AuditWriter> AuditWriter::open(Connection& connection) {
  AuditWriter writer;
  WARDHIVE_ASSIGN(writer.insert_,
                  connection.prepare(fmt::format(
                      "INSERT INTO audit({}) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)", kAuditColumns)));
  WARDHIVE_ASSIGN(auto last,
                  connection.prepare(fmt::format(
                      "SELECT {} FROM audit ORDER BY sequence DESC LIMIT 1", kAuditColumns)));
  WARDHIVE_ASSIGN(const bool row, last.step());
  writer.kept_ =
      row ? Head{last.number(0), read_audit_record(last).hash} : Head{0, std::string(kAuditStart)};
  writer.forget();
  return writer;
}

Status AuditWriter::append(const LogEntry& entry) {
  WARDHIVE_ASSIGN(auto actor, audit_actor(entry.kind, entry.body));
  return append(entry.at, entry.kind, std::move(actor), entry.offset, 0, entry.body);
}

Status AuditWriter::append(const JournalRow& row) {
  return append(row.at, row.kind, "wardhive", row.offset, row.index, row.body);
}

Status AuditWriter::append(Instant at, std::string_view kind, std::string actor,
                           std::uint64_t offset, std::uint32_t index, std::string_view body) {
  AuditRecord record{.sequence = next_.sequence + 1,
                     .at = at,
                     .kind = std::string(kind),
                     .actor = std::move(actor),
                     .offset = offset,
                     .index = index,
                     .body_hash = sha256_hex(body),
                     .hash = {}};
  record.hash = audit_hash(next_.hash, record);
  const auto body_hash = from_hex_text(record.body_hash), hash = from_hex_text(record.hash);
  WARDHIVE_TRY(insert_
                   .bind(record.sequence, to_ns(at), kind, record.actor, offset, index,
                         Blob{body_hash}, Blob{hash})
                   .run());
  next_ = {record.sequence, std::move(record.hash)};
  return ok();
}

Result<AuditReport> walk_audit(Connection& connection, std::uint64_t from_sequence,
                               const AuditProgress& progress,
                               const std::function<void(const AuditRecord&)>& seen) {
  WARDHIVE_ASSIGN(const auto last, connection.integer("SELECT max(sequence) FROM audit"));
  const auto all = static_cast<std::uint64_t>(last) + 1 -
                   std::min(from_sequence, static_cast<std::uint64_t>(last) + 1);
  WARDHIVE_ASSIGN(auto walk, Walk::begin(connection, from_sequence));
  walk.seen = seen;
  for (bool more = true; more;) {
    WARDHIVE_ASSIGN(more, walk.slice());
    // The chain may have grown since `all` was asked.
    if (progress) progress(walk.report().records, std::max(all, walk.report().records));
  }
  return std::move(walk.report());
}

}  // namespace wardhive
