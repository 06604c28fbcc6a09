#include "enforce/desired_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "base/limits.h"

namespace wardhive {
namespace {

// An item is about 400 bytes; keys are at most a prefix or a server's name.
constexpr std::size_t kFileBytesMax =
    1'024 * (4 * limits::kBansPerNodeMax + DesiredFile::kLinesSpare);

struct Line {
  std::uint64_t epoch = 0;
  std::optional<StoredItem> item;
};
WARDHIVE_FIELDS(Line) {
  v("epoch", self.epoch);
  v("item", self.item);
}

std::string lines_of(std::uint64_t epoch, std::span<const StoredItem> items) {
  std::string text;
  if (items.empty()) text = to_json(Line{epoch, {}}) + "\n";
  for (const auto& item : items) text += to_json(Line{epoch, item}) + "\n";
  return text;
}

Status write_synced(int fd, std::string_view bytes, const Path& path) {
  const auto what = "write " + path.string();
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error(errno, what));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(fd) != 0) return std::unexpected(system_error(errno, what));
  return ok();
}

}  // namespace

Result<DesiredFile> DesiredFile::open(Path path, Content& content) {
  auto text = read_file(path, kFileBytesMax);
  if (!text && text.error().code != ErrorCode::NotFound) return std::unexpected(text.error());
  std::map<std::pair<std::string, std::string>, StoredItem> items;
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  for (std::size_t number = 1; rest.find('\n') != std::string_view::npos; ++number) {
    const auto end = rest.find('\n');
    auto line = from_json<Line>(rest.substr(0, end));
    if (!line)
      return fail(ErrorCode::Corrupt,
                  fmt::format("{}:{}: {}; move the file away: bans in force stay, and the "
                              "controller sends again what shall hold",
                              path.string(), number, line.error().message));
    content.epoch = std::max(content.epoch, line->epoch);
    if (line->item)
      items.insert_or_assign({line->item->item.control, line->item->item.key},
                             std::move(*line->item));
    rest.remove_prefix(end + 1);
  }
  for (auto& [key, item] : items) content.items.push_back(std::move(item));
  return DesiredFile(std::move(path));
}

Status DesiredFile::append(std::uint64_t epoch, std::span<const StoredItem> items) {
  // After a failed append a part of a line may stand there: only a rewrite makes it whole.
  if (!fd_) return fail(ErrorCode::Unavailable, path_.string() + " must be rewritten first");
  auto status = write_synced(fd_.get(), lines_of(epoch, items), path_);
  if (status)
    lines_ += std::max<std::size_t>(items.size(), 1);
  else
    fd_.reset();
  return status;
}

Status DesiredFile::rewrite(const Content& content) {
  WARDHIVE_TRY(write_file_atomically(path_, lines_of(content.epoch, content.items), 0600));
  fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd_) return std::unexpected(system_error(errno, "open " + path_.string()));
  lines_ = content.items.size();
  return ok();
}

std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id", 64).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace wardhive
