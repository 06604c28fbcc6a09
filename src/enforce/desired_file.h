// What an agent was told to hold, on disk, so that it outlives the agent and the machine.
//
//   form   JSON lines, mode 0600; each change is appended and synced, the last line of a key
//   counts.
//          A last line without its end was cut off by a crash and never acknowledged: it is
//          dropped.
//   cost   append: one fdatasync, whatever the number of keys; rewritten when mostly outdated
//   limit  kLinesSpare outdated lines beside as many as there are keys
//   thread one
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/desired.h"

namespace wardhive {

struct StoredItem {
  DesiredItem item;     // `expires_in`: the remainder at saved_at
  bool lapsed = false;  // its time was up; what is left of it stays until the controller speaks
  Instant saved_at;     // wall clock
  std::string boot;     // the machine's boot id: within one boot the deadline below is exact
  std::int64_t deadline_ns = 0;  // monotonic clock of that boot
};
WARDHIVE_FIELDS(StoredItem) {
  v("item", self.item);
  v("lapsed", self.lapsed);
  v("saved_at", self.saved_at);
  v("boot", self.boot);
  v("deadline_ns", self.deadline_ns);
}

class DesiredFile {
 public:
  static constexpr std::size_t kLinesSpare = 1'000;

  struct Content {
    std::uint64_t epoch = 0;  // the highest ever seen
    std::vector<StoredItem> items;
  };
  // An absent file is an empty one. Corrupt, with the line and the way out, for a file that we did
  // not write so. The directory must exist. Only reads: a rewrite() comes before the first append.
  static Result<DesiredFile> open(Path path, Content& content);

  // Returns when it is on disk. LimitReached when the disk is full.
  Status append(std::uint64_t epoch, std::span<const StoredItem> items);
  // Replaces everything. Due when is_due(number of items).
  Status rewrite(const Content& content);
  bool is_due(std::size_t items) const { return lines_ > 2 * items + kLinesSpare; }

 private:
  explicit DesiredFile(Path path) : path_(std::move(path)) {}
  Path path_;
  Fd fd_;  // at the end of the file
  std::size_t lines_ = 0;
};

// Of /proc; empty if it cannot be read, which makes every start count as another boot.
std::string boot_id();

}  // namespace wardhive
