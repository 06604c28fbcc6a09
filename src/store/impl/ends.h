// Where the log and the journal end: what comes next must rise above it.
#pragma once

#include "store/impl/sqlite.h"
#include "store/store.h"

namespace wardhive {

struct Ends {
  std::uint64_t log_offset = 0;
  Instant log_at;
  std::uint64_t row_offset = 0;
  std::uint32_t row_index = 0;
};

Result<Ends> read_ends(Connection& db);

// Moves `ends` over the commit. InvalidInput if something does not rise; then `ends` is of no use.
Status advance(Ends& ends, const Commit& commit);

}  // namespace wardhive
