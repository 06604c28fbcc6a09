// Whole files, safely: bounded reads, atomic durable writes, a lock on a directory. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace wardhive {

using Path = std::filesystem::path;

// errno as an Error: ENOENT NotFound, EACCES/EPERM PermissionDenied, ENOSPC LimitReached, else
// Unavailable. `what` says what was tried, e.g. "open /var/lib/wardhive/token".
Error system_error(int error_number, std::string_view what);

// LimitReached if the file holds more than `bytes_max`.
Result<std::string> read_file(const Path& path, std::size_t bytes_max);

// Temporary file in the same directory, fsync, rename, fsync of the directory: after a crash the
// file holds the old or the new bytes. `mode` is exact, whatever the umask.
Status write_file_atomically(const Path& path, std::string_view bytes, unsigned mode = 0644);

// A secret's file: PermissionDenied if group or others can read it.
Result<std::string> read_secret_file(const Path& path, std::size_t bytes_max);

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset();
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Holds `directory`/lock exclusively until destroyed (flock, so it dies with the process).
// Conflict, with the other process' pid, if it is held.
class DirectoryLock {
 public:
  static Result<DirectoryLock> acquire(const Path& directory);

 private:
  Fd fd_;
};

}  // namespace wardhive
