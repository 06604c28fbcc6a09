#include "store/impl/ends.h"

#include <fmt/format.h>

namespace wardhive {

Result<Ends> read_ends(Connection& db) {
  Ends ends;
  WARDHIVE_ASSIGN(auto log, db.prepare("SELECT offset, at FROM log ORDER BY offset DESC LIMIT 1"));
  WARDHIVE_ASSIGN(const bool entry, log.step());
  if (entry) ends.log_offset = log.number(0), ends.log_at = instant_from_ns(log.integer(1));
  WARDHIVE_ASSIGN(
      auto journal,
      db.prepare("SELECT offset, idx FROM journal ORDER BY offset DESC, idx DESC LIMIT 1"));
  WARDHIVE_ASSIGN(const bool row, journal.step());
  if (row)
    ends.row_offset = journal.number(0),
    ends.row_index = static_cast<std::uint32_t>(journal.integer(1));
  return ends;
}

Status advance(Ends& ends, const Commit& commit) {
  for (const auto& entry : commit.log) {
    if (entry.offset <= ends.log_offset || entry.offset > INT64_MAX)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("log entry {} comes after entry {}; offsets must rise", entry.offset,
                              ends.log_offset));
    if (entry.at < ends.log_at)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("log entry {} is stamped {}, before {} of the entry before it",
                              entry.offset, format_rfc3339(entry.at), format_rfc3339(ends.log_at)));
    ends.log_offset = entry.offset;
    ends.log_at = entry.at;
  }
  for (const auto& row : commit.journal) {
    if (std::pair(row.offset, row.index) <= std::pair(ends.row_offset, ends.row_index) ||
        row.offset > ends.log_offset)
      return fail(
          ErrorCode::InvalidInput,
          fmt::format("journal row {}-{} comes after row {}-{} and log entry {}; rows must rise, "
                      "behind their entry",
                      row.offset, row.index, ends.row_offset, ends.row_index, ends.log_offset));
    ends.row_offset = row.offset;
    ends.row_index = row.index;
  }
  return ok();
}

}  // namespace wardhive
