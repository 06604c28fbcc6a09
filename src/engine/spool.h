// What an agent has said and the controller has not yet acknowledged. Events and receipts are on
// disk before they are sent, so a killed agent loses none; samples stay in memory.
//
//   any thread. bounded by limits::kSpoolBytesMax: samples are turned away at half of it, events
//   at the end, receipts never (they are few and small)
//   a power cut may lose what the kernel had not written yet; a killed process loses nothing
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "engine/agent_protocol.h"

namespace wardhive {

class Spool {
 public:
  // Reads what an earlier process left. A line that was cut by its death is dropped.
  static Result<std::unique_ptr<Spool>> open(const Path& directory);

  // Numbers it. LimitReached if there is no room (counted), Unavailable if the disk refuses.
  Status add(AgentMessage message);
  // The oldest messages as encoded, at most `count` and about `bytes`; the highest number in
  // `last`.
  std::vector<std::string> front(std::size_t count, std::size_t bytes, std::uint64_t& last) const;
  // Drops what is stored over there. A number beyond ours means that our own count was lost:
  // numbering goes on from there, and what is left gets new numbers.
  void acknowledged(std::uint64_t number);

  bool empty() const;
  std::uint64_t turned_away() const;

 private:
  struct Entry {
    std::uint64_t number = 0;
    bool on_disk = false;
    std::string encoded;
  };
  explicit Spool(Path file) : path_(std::move(file)) {}
  Status load();
  Status rewrite();  // the file anew, with what is left

  const Path path_;
  mutable std::mutex mutex_;
  Fd file_;  // guarded by mutex_, as all below
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  std::size_t file_bytes_ = 0;
  std::uint64_t next_ = 1;
  std::uint64_t turned_away_ = 0;
};

}  // namespace wardhive
