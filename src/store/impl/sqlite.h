// SQLite with owners and Results; <sqlite3.h> stays in sqlite.cc. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wardhive {

struct Blob {
  std::string_view bytes;
};

// Prepared once, run often. Views that a column returns die with the next step.
class Statement {
 public:
  Statement() = default;

  // Starts afresh: parameter 1, 2, ... in order. Texts and blobs must live until the last step.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int position = 0;
    (put(++position, values), ...);
    return *this;
  }
  Result<bool> step();  // true: there is a row
  Status run();         // to the end, and ready for the next bind
  void reset();         // lets go of the read snapshot

  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;  // of a blob, too
  std::span<const std::uint8_t> blob(int column) const { return as_bytes(text(column)); }

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  void put(int position, std::int64_t value);
  // SQLite's integers end at 2^63: a larger bound means the same, "no bound".
  void put(int position, std::uint64_t value);
  void put(int position, std::uint32_t value) { put(position, std::int64_t{value}); }
  void put(int position, int value) { put(position, std::int64_t{value}); }
  void put(int position, std::string_view text);
  void put(int position, Blob blob);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_error_ = 0;
};

class Connection {
 public:
  enum class Mode {
    Write,
    Read,
    Frozen,  // no other process has it open: read without making -wal and -shm files beside it
  };
  Connection() = default;
  static Result<Connection> open(const Path& database, Mode mode);

  Result<Statement> prepare(std::string_view sql);
  Status execute(const char* sql);  // one or more statements, rows passed over
  // The single number a PRAGMA or an aggregate answers; 0 for NULL.
  Result<std::int64_t> integer(std::string_view sql);
  int changes() const;  // rows that the last statement changed

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// BEGIN ... commit(); rolls back if it is destroyed before.
class Transaction {
 public:
  enum class Kind { Read, Write };
  static Result<Transaction> begin(Connection& connection, Kind kind);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace wardhive
