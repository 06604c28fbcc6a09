// Follows log files: lines as they are written, across rotation and restarts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace wardhive {

// One file. It may be absent yet, be renamed and made anew (logrotate's create), or be cut to
// nothing (copytruncate; what was written between the copy and the cut is lost to everybody).
//
//   starts  at its end when it is first seen, or where an earlier process was (`position_file`);
//           a file that appears later is read from its beginning
//   lines   whole ones without the line break; past limits::kLogLineBytesMax cut and counted in
//           ingest_lines_cut_total. Handed over at least once: a killed process may repeat its last
//   thread  one
class FileTail {
 public:
  // PermissionDenied if it exists and cannot be read, with the way out.
  static Result<std::unique_ptr<FileTail>> open(const Path& file, const Path& position_file,
                                                bool from_start);

  int fd() const { return inotify_.get(); }  // readable when there may be something new
  // All complete lines that are there now; saves the position afterwards.
  Status read(const std::function<void(std::string_view)>& line);
  const Path& path() const { return path_; }

 private:
  FileTail(Path path, Path position_file)
      : path_(std::move(path)), position_file_(std::move(position_file)) {}
  Status watch();
  bool reopen(bool from_start);
  void drain(const std::function<void(std::string_view)>& line);
  void save_position();

  const Path path_, position_file_;
  Fd inotify_, file_, position_fd_;
  std::uint64_t inode_ = 0;
  std::uint64_t offset_ = 0;  // of the first byte not yet handed over
  std::string partial_;
  bool cutting_ = false;  // inside a line whose beginning was handed over or never seen
};

// Several files on one thread.
class LogFollower {
 public:
  // `on_line` comes on the follower's thread. A file that cannot be read is logged with the way
  // out and left alone; the others go on. `state` empty: positions are not kept.
  LogFollower(std::vector<Path> files, Path state,
              std::function<void(const Path&, std::string_view)> on_line);
  ~LogFollower();  // stop()
  void start();
  void stop();

 private:
  void run();

  const std::vector<Path> files_;
  const Path state_;
  const std::function<void(const Path&, std::string_view)> on_line_;
  std::vector<std::unique_ptr<FileTail>> tails_;
  Fd wake_;
  std::thread thread_;
};

}  // namespace wardhive
