#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace wardhive {
namespace {

Status write_all(int fd, std::string_view bytes, std::string_view what) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error(errno, what));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

Result<std::string> read_descriptor(int fd, std::size_t bytes_max, const Path& path) {
  std::string bytes;
  char buffer[16 * 1024];
  for (;;) {
    const auto count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(system_error(errno, "read " + path.string()));
    if (count == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(count) > bytes_max)
      return fail(ErrorCode::LimitReached,
                  fmt::format("{} is longer than {} bytes, the most that is read", path.string(),
                              bytes_max));
    bytes.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

Error system_error(int error_number, std::string_view what) {
  auto code = ErrorCode::Unavailable;
  if (error_number == ENOENT) code = ErrorCode::NotFound;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::PermissionDenied;
  if (error_number == ENOSPC || error_number == EDQUOT) code = ErrorCode::LimitReached;
  return {code, fmt::format("{}: {}", what, std::generic_category().message(error_number))};
}

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::string> read_file(const Path& path, std::size_t bytes_max) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error(errno, "open " + path.string()));
  return read_descriptor(fd.get(), bytes_max, path);
}

Result<std::string> read_secret_file(const Path& path, std::size_t bytes_max) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error(errno, "open " + path.string()));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0)
    return std::unexpected(system_error(errno, "stat " + path.string()));
  if ((info.st_mode & 077) != 0)
    return fail(ErrorCode::PermissionDenied,
                fmt::format("{} holds a secret but has mode {:04o}; expected 0600 (chmod 600 {})",
                            path.string(), info.st_mode & 07777, path.string()));
  return read_descriptor(fd.get(), bytes_max, path);
}

Status write_file_atomically(const Path& path, std::string_view bytes, unsigned mode) {
  auto name = path.string() + ".XXXXXX";
  Fd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return std::unexpected(system_error(errno, "create " + name));
  const auto what = "write " + name;
  auto status = write_all(fd.get(), bytes, what);
  if (status && ::fchmod(fd.get(), mode) != 0) status = std::unexpected(system_error(errno, what));
  if (status && ::fsync(fd.get()) != 0) status = std::unexpected(system_error(errno, what));
  if (status && ::rename(name.c_str(), path.c_str()) != 0)
    status = std::unexpected(system_error(errno, "rename " + name + " to " + path.string()));
  if (!status) {
    ::unlink(name.c_str());
    return status;
  }
  const auto parent = path.has_parent_path() ? path.parent_path() : Path(".");
  const Fd directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0)
    return std::unexpected(system_error(errno, "sync " + parent.string()));
  return ok();
}

Result<DirectoryLock> DirectoryLock::acquire(const Path& directory) {
  const auto path = directory / "lock";
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return std::unexpected(system_error(errno, "open " + path.string()));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto holder = read_descriptor(fd.get(), 64, path).value_or("?");
    return fail(ErrorCode::Conflict, fmt::format("{} is in use by another wardhive (pid {}); stop "
                                                 "it, or choose another --state directory",
                                                 directory.string(), holder));
  }
  const auto pid = fmt::format("{}", ::getpid());
  if (::ftruncate(fd.get(), 0) != 0)
    return std::unexpected(system_error(errno, "truncate " + path.string()));
  WARDHIVE_TRY(write_all(fd.get(), pid, "write " + path.string()));
  DirectoryLock lock;
  lock.fd_ = std::move(fd);
  return lock;
}

}  // namespace wardhive
