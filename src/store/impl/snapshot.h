// Snapshot files NAME.OFFSET.snap: the newest two of a name stay. The caller serializes savers of
// one name.
//
//   bytes  "WHSNAP01", offset u64 LE, length u64 LE, payload, SHA-256 of all before it
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "store/store.h"

namespace wardhive {

std::string encode_snapshot(std::uint64_t offset, std::string_view payload);
// Corrupt for anything that encode_snapshot did not write.
Result<Store::Snapshot> decode_snapshot(std::string_view bytes);

// Also removes older and, as they belong to another history, newer ones of that name.
Status save_snapshot_file(const Path& directory, std::string_view name, std::uint64_t offset,
                          std::string_view payload);
// The newest readable one up to `offset_max`; NotFound if none. Others go to `passed_over` (may be
// null).
Result<Store::Snapshot> load_snapshot_file(const Path& directory, std::string_view name,
                                           std::uint64_t offset_max,
                                           std::vector<std::string>* passed_over);
// Temporary files that a crash left behind.
void remove_snapshot_leftovers(const Path& directory);

}  // namespace wardhive
