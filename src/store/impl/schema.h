// The layout of wardhive.db.
#pragma once

#include "store/impl/sqlite.h"

namespace wardhive {

// Raised when a table changes; a file with a higher one is refused.
inline constexpr std::int64_t kLayoutVersion = 1;

// Refuses what is not ours or newer than us, without changing a byte of it. Unsupported, Corrupt.
Status check_layout(Connection& connection, const Path& database);

// check_layout, then WAL, then the tables if the file is new.
Status prepare_layout(Connection& connection, const Path& database);

}  // namespace wardhive
