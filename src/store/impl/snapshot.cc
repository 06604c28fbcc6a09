#include "store/impl/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "base/bytes.h"
#include "base/limits.h"

namespace wardhive {
namespace {

constexpr std::string_view kMagic = "WHSNAP01";
constexpr std::size_t kHeaderBytes = 8 + 8 + 8;
constexpr std::size_t kHashBytes = sizeof(Hash256);
constexpr std::size_t kKept = 2;
constexpr std::string_view kSuffix = ".snap";

struct File {
  std::uint64_t offset = 0;
  Path path;
};

void append_number(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}
std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

Status check_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed)) return ok();
  return fail(
      ErrorCode::InvalidInput,
      fmt::format("snapshot name \"{}\" must be 1 to 64 of a-z 0-9 _ -", name.substr(0, 64)));
}

// "monitor.000042.snap" -> 42 for the name "monitor".
std::optional<std::uint64_t> offset_of(std::string_view file, std::string_view name) {
  if (!file.starts_with(name) || !file.ends_with(kSuffix)) return std::nullopt;
  file.remove_prefix(name.size());
  file.remove_suffix(std::min(file.size(), kSuffix.size()));
  if (file.size() < 2 || file.front() != '.') return std::nullopt;
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(file.data() + 1, file.data() + file.size(), offset);
  if (error != std::errc() || end != file.data() + file.size()) return std::nullopt;
  return offset;
}

// Newest first.
Result<std::vector<File>> list(const Path& directory, std::string_view name) {
  std::vector<File> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error))
    if (const auto offset = offset_of(it->path().filename().string(), name))
      files.push_back({*offset, it->path()});
  if (error) return std::unexpected(system_error(error.value(), "list " + directory.string()));
  std::ranges::sort(files, std::greater(), &File::offset);
  return files;
}

Result<Store::Snapshot> read(const File& file, std::uint64_t offset_max) {
  if (file.offset > offset_max)
    return fail(ErrorCode::Corrupt,
                fmt::format("is ahead of the log, which ends before {}", offset_max));
  WARDHIVE_ASSIGN(const auto bytes,
                  read_file(file.path, limits::kSnapshotBytesMax + kHeaderBytes + kHashBytes));
  WARDHIVE_ASSIGN(auto snapshot, decode_snapshot(bytes));
  if (snapshot.offset != file.offset)
    return fail(ErrorCode::Corrupt,
                fmt::format("holds offset {}, its name says {}", snapshot.offset, file.offset));
  return snapshot;
}

}  // namespace

std::string encode_snapshot(std::uint64_t offset, std::string_view payload) {
  std::string bytes(kMagic);
  bytes.reserve(kHeaderBytes + payload.size() + kHashBytes);
  append_number(bytes, offset);
  append_number(bytes, payload.size());
  bytes += payload;
  const auto hash = sha256(as_bytes(bytes));
  bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  return bytes;
}

Result<Store::Snapshot> decode_snapshot(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes + kHashBytes)
    return fail(ErrorCode::Corrupt, fmt::format("has {} bytes, expected at least {}", bytes.size(),
                                                kHeaderBytes + kHashBytes));
  if (!bytes.starts_with(kMagic))
    return fail(ErrorCode::Corrupt, fmt::format("does not start with {}", kMagic));
  const auto length = read_number(bytes.substr(16));
  if (length != bytes.size() - kHeaderBytes - kHashBytes)
    return fail(ErrorCode::Corrupt, fmt::format("has {} bytes of contents, its header says {}",
                                                bytes.size() - kHeaderBytes - kHashBytes, length));
  const auto hash = sha256(as_bytes(bytes.substr(0, bytes.size() - kHashBytes)));
  if (std::memcmp(hash.data(), bytes.data() + bytes.size() - kHashBytes, kHashBytes) != 0)
    return fail(ErrorCode::Corrupt, "its contents do not have the hash at its end");
  return Store::Snapshot{read_number(bytes.substr(8)),
                         std::string(bytes.substr(kHeaderBytes, length))};
}

Status save_snapshot_file(const Path& directory, std::string_view name, std::uint64_t offset,
                          std::string_view payload) {
  WARDHIVE_TRY(check_name(name));
  if (payload.size() > limits::kSnapshotBytesMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("snapshot {} has {} bytes; at most {} are kept", name, payload.size(),
                            limits::kSnapshotBytesMax));
  const auto path = directory / fmt::format("{}.{}{}", name, offset, kSuffix);
  WARDHIVE_TRY(write_file_atomically(path, encode_snapshot(offset, payload), 0600));
  WARDHIVE_ASSIGN(const auto files, list(directory, name));
  std::size_t kept = 0;
  for (const auto& file : files) {
    if (file.offset <= offset && ++kept <= kKept) continue;
    std::error_code ignored;  // one file too many does no harm
    std::filesystem::remove(file.path, ignored);
  }
  return ok();
}

Result<Store::Snapshot> load_snapshot_file(const Path& directory, std::string_view name,
                                           std::uint64_t offset_max,
                                           std::vector<std::string>* passed_over) {
  WARDHIVE_TRY(check_name(name));
  WARDHIVE_ASSIGN(const auto files, list(directory, name));
  for (const auto& file : files) {
    auto snapshot = read(file, offset_max);
    if (snapshot) return snapshot;
    if (passed_over != nullptr)
      passed_over->push_back(file.path.string() + ": " + snapshot.error().message);
  }
  return fail(ErrorCode::NotFound,
              fmt::format("{} holds no readable snapshot \"{}\"", directory.string(), name));
}

void remove_snapshot_leftovers(const Path& directory) {
  std::error_code error;
  std::vector<Path> leftovers;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const auto name = it->path().filename().string();
    // NAME.OFFSET.snap.XXXXXX
    if (name.size() > 12 && name.substr(name.size() - 12).starts_with(".snap."))
      leftovers.push_back(it->path());
  }
  for (const auto& path : leftovers) std::filesystem::remove(path, error);
}

}  // namespace wardhive
