#include "ingest/file_tail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr std::size_t kPositionBytes = 80;  // one length always, so that a write replaces all of it

struct Position {
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Position>
void fields(Self& self, V& v) {
  v("inode", self.inode);
  v("offset", self.offset);
}

}  // namespace

Result<std::unique_ptr<FileTail>> FileTail::open(const Path& file, const Path& position_file,
                                                 bool from_start) {
  std::unique_ptr<FileTail> tail(new FileTail(file, position_file));
  WARDHIVE_TRY(tail->watch());
  if (::access(file.c_str(), F_OK) == 0 && ::access(file.c_str(), R_OK) != 0)
    return fail(
        ErrorCode::PermissionDenied,
        fmt::format(
            "{} cannot be read; add the user to the group that may (usually: adduser USER adm)",
            file.string()));
  Position position;
  bool known = false;
  if (const auto text = position_file.empty() ? Result<std::string>(std::string())
                                              : read_file(position_file, 1'000);
      text && !text->empty())
    if (const auto parsed = from_json<Position>(*text)) position = *parsed, known = true;
  tail->reopen(from_start || known);
  struct stat info{};
  if (known && tail->file_ && ::fstat(tail->file_.get(), &info) == 0 &&
      tail->inode_ == position.inode && static_cast<std::uint64_t>(info.st_size) >= position.offset)
    tail->offset_ = position.offset;
  // The rest of a line is none: whoever wrote it chose where it seems to begin.
  char last = '\n';
  if (tail->file_ && tail->offset_ > 0 &&
      ::pread(tail->file_.get(), &last, 1, static_cast<off_t>(tail->offset_ - 1)) == 1)
    tail->cutting_ = last != '\n';
  // From now on a restart reads on from here, also if nothing is written before it.
  if (!known) tail->save_position();
  return tail;
}

// The directory is watched, not only the file: a rotated file comes back as another one.
Status FileTail::watch() {
  inotify_ = Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_) return std::unexpected(system_error(errno, "watch " + path_.string()));
  const auto directory = path_.has_parent_path() ? path_.parent_path() : Path(".");
  if (::inotify_add_watch(inotify_.get(), directory.c_str(),
                          IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY) < 0)
    return std::unexpected(system_error(errno, "watch " + directory.string()));
  return ok();
}

// True if another file than before was opened.
bool FileTail::reopen(bool from_start) {
  Fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info{};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (file_ && info.st_ino == inode_) return false;
  file_ = std::move(file);
  inode_ = info.st_ino;
  offset_ = from_start ? 0 : static_cast<std::uint64_t>(info.st_size);
  partial_.clear();
  cutting_ = false;
  return true;
}

Status FileTail::read(const std::function<void(std::string_view)>& line) {
  std::array<char, 4096> events;
  while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    // Which event it was does not matter: what is there now does.
  }
  const auto before = offset_;
  if (file_) {
    struct stat info{};
    if (::fstat(file_.get(), &info) == 0 &&
        static_cast<std::uint64_t>(info.st_size) < offset_ + partial_.size()) {
      offset_ = 0;  // cut to nothing under us
      partial_.clear();
      cutting_ = false;
    }
    drain(line);
  }
  bool moved = false;
  if (reopen(true)) {
    moved = true;
    drain(line);
  }
  if (moved || offset_ != before) save_position();
  return ok();
}

void FileTail::drain(const std::function<void(std::string_view)>& line) {
  static auto& cut = metrics().counter("ingest_lines_cut_total", "log lines longer than is read");
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const auto count = ::pread(file_.get(), buffer.data(), buffer.size(),
                               static_cast<off_t>(offset_ + partial_.size()));
    if (count <= 0) return;
    partial_.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t start = 0;
    for (auto end = partial_.find('\n'); end != std::string::npos;
         end = partial_.find('\n', start)) {
      if (!std::exchange(cutting_, false)) {
        if (end - start > limits::kLogLineBytesMax) cut.add();
        line(std::string_view(partial_).substr(start,
                                               std::min(end - start, limits::kLogLineBytesMax)));
      }
      start = end + 1;
    }
    partial_.erase(0, start);
    offset_ += start;
    if (partial_.size() > limits::kLogLineBytesMax) {
      if (!std::exchange(cutting_, true)) {
        cut.add();
        line(std::string_view(partial_).substr(0, limits::kLogLineBytesMax));
      }
      offset_ += partial_.size();
      partial_.clear();
    }
  }
}

// No fsync: a killed process loses nothing, and a power cut repeats some lines.
void FileTail::save_position() {
  if (position_file_.empty()) return;
  if (!position_fd_)
    position_fd_ = Fd(::open(position_file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const auto text = fmt::format("{:<{}}", to_json(Position{inode_, offset_}), kPositionBytes);
  if (::pwrite(position_fd_.get(), text.data(), text.size(), 0) !=
      static_cast<ssize_t>(text.size()))
    log::warn("log_position_not_saved", {{"file", position_file_.string()}});
}

LogFollower::LogFollower(std::vector<Path> files, Path state,
                         std::function<void(const Path&, std::string_view)> on_line)
    : files_(std::move(files)), state_(std::move(state)), on_line_(std::move(on_line)) {}

LogFollower::~LogFollower() { stop(); }

void LogFollower::start() {
  for (const auto& file : files_) {
    const auto position =
        state_.empty()
            ? Path()
            : state_ / ("position-" + to_hex(blake2b_128(as_bytes(file.string()))).substr(0, 12));
    auto tail = FileTail::open(file, position, false);
    if (tail)
      tails_.push_back(std::move(*tail));
    else
      log::warn("log_not_followed", {{"file", file.string()}, {"reason", tail.error().message}});
  }
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  thread_ = std::thread([this] { run(); });
}

void LogFollower::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
  tails_.clear();
}

void LogFollower::run() {
  std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
  for (const auto& tail : tails_) polled.push_back({tail->fd(), POLLIN, 0});
  for (;;) {
    for (const auto& tail : tails_)
      if (const auto read =
              tail->read([&](std::string_view line) { on_line_(tail->path(), line); });
          !read)
        log::warn("log_not_read",
                  {{"file", tail->path().string()}, {"reason", read.error().message}});
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
  }
}

}  // namespace wardhive
