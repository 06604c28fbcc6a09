#include "store/impl/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace wardhive {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

std::uint64_t bytes_free(const Path& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  return error ? 0 : space.available;
}

// What SQLite says, as one of our codes with the file, the cause and the way out.
Error sqlite_error(sqlite3* database, int code, const Path& path) {
  const int last = errno;  // of the call that failed: SQLite 3.40 forgets to note it for a COMMIT
  const int noted = database == nullptr ? 0 : sqlite3_system_errno(database);
  const int system = noted == 0 && (code & 0xff) == SQLITE_IOERR ? last : noted;
  const auto reason = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  const auto name = path.string();
  const bool no_room = system == ENOSPC || system == EDQUOT || system == EFBIG;
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL || (primary == SQLITE_IOERR && no_room)) {
    const auto directory = path.has_parent_path() ? path.parent_path() : Path(".");
    return {ErrorCode::LimitReached,
            fmt::format("{}: no room to write ({} bytes free in {}{}); nothing was stored, free "
                        "some space there",
                        name, bytes_free(directory), directory.string(),
                        system == 0 ? "" : ", " + std::generic_category().message(system))};
  }
  switch (primary) {
    case SQLITE_NOTADB:
      return {
          ErrorCode::Corrupt,
          fmt::format(
              "{} is not a SQLite database; restore it from a copy, or move it away to start empty",
              name)};
    case SQLITE_CORRUPT:
      return {
          ErrorCode::Corrupt,
          fmt::format("{} is damaged ({}); restore it from a copy, or move it away to start empty",
                      name, reason)};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return {ErrorCode::PermissionDenied,
              fmt::format("{} cannot be opened ({}{}); user {} must be able to write the file and "
                          "its directory",
                          name, reason,
                          system == 0 ? "" : ": " + std::generic_category().message(system),
                          ::geteuid())};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::Unavailable,
              fmt::format("{} is locked by another process for more than {} s (fuser {} names it)",
                          name, kBusyTimeoutMs / 1'000, name)};
    case SQLITE_IOERR:
      return {ErrorCode::Unavailable,
              fmt::format("{}: {} ({}){}; see the kernel's log for the disk", name, reason, code,
                          system == 0 ? "" : ", " + std::generic_category().message(system))};
    case SQLITE_NOMEM:
      return {ErrorCode::Unavailable, fmt::format("{}: out of memory", name)};
    case SQLITE_TOOBIG:
      return {ErrorCode::LimitReached,
              fmt::format("{}: a value is longer than SQLite takes", name)};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::Conflict, fmt::format("{}: {}", name, reason)};
    default:
      return {ErrorCode::Internal, fmt::format("{}: {} (sqlite code {})", name, reason, code)};
  }
}

Error sqlite_error(sqlite3* database, int code) {
  const char* path = sqlite3_db_filename(database, "main");
  return sqlite_error(database, code, path == nullptr ? "" : path);
}

// file:/... with what a URI gives a meaning to escaped.
std::string frozen_uri(const Path& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string())
    uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned>(c))
                                            : std::string(1, c);
  return uri + "?immutable=1";
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Statement::reset() {
  sqlite3_reset(handle_.get());
  bind_error_ = SQLITE_OK;
}

void Statement::put(int position, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_.get(), position, value); code != SQLITE_OK)
    bind_error_ = code;
}
void Statement::put(int position, std::uint64_t value) {
  put(position, static_cast<std::int64_t>(std::min(value, std::uint64_t{INT64_MAX})));
}
void Statement::put(int position, std::string_view text) {
  const int code =
      sqlite3_bind_text64(handle_.get(), position, text.data() == nullptr ? "" : text.data(),
                          text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
}
void Statement::put(int position, Blob blob) {
  const int code = sqlite3_bind_blob64(handle_.get(), position,
                                       blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                                       blob.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) bind_error_ = code;
}

Result<bool> Statement::step() {
  auto* database = sqlite3_db_handle(handle_.get());
  if (bind_error_ != SQLITE_OK) return std::unexpected(sqlite_error(database, bind_error_));
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto error = sqlite_error(database, sqlite3_extended_errcode(database));
  reset();
  return std::unexpected(std::move(error));
}

Status Statement::run() {
  for (;;) {
    WARDHIVE_ASSIGN(const bool row, step());
    if (!row) break;
  }
  reset();
  return ok();
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<Connection> Connection::open(const Path& database, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::Write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (mode == Mode::Frozen) flags |= SQLITE_OPEN_URI;
  const auto name = mode == Mode::Frozen ? frozen_uri(database) : database.string();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  Connection connection;
  connection.handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle, code, database));
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_.get(), code));
  Statement statement;
  statement.handle_.reset(handle);
  return statement;
}

Status Connection::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_.get(), code));
  return ok();
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
  WARDHIVE_ASSIGN(auto statement, prepare(sql));
  WARDHIVE_ASSIGN(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

int Connection::changes() const { return sqlite3_changes(handle_.get()); }

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  WARDHIVE_TRY(connection.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A full disk may have rolled back already; then this fails, and nothing is lost by it.
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

Status Transaction::commit() {
  WARDHIVE_TRY(connection_->execute("COMMIT"));
  connection_ = nullptr;
  return ok();
}

}  // namespace wardhive
