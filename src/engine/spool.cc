#include "engine/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr std::size_t kRewriteBytes = 1024 * 1024;  // an acknowledged file is made anew past this

// {"n":7,...} -> {"n":9,...}
std::string renumbered(const std::string& encoded, std::uint64_t number) {
  return fmt::format("{{\"n\":{}{}", number, encoded.substr(encoded.find(',')));
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const Path& directory) {
  std::unique_ptr<Spool> spool(new Spool(directory / "spool.jsonl"));
  WARDHIVE_TRY(spool->load());
  WARDHIVE_TRY(spool->rewrite());
  return spool;
}

// The first line holds the next number, so that an empty spool still knows where it was.
Status Spool::load() {
  auto bytes = read_file(path_, 2 * limits::kSpoolBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::NotFound) return ok();
  if (!bytes) return std::unexpected(bytes.error());
  for (std::size_t pos = 0; pos < bytes->size();) {
    const auto end = bytes->find('\n', pos);
    if (end == std::string::npos) break;
    auto line = bytes->substr(pos, end - pos);
    pos = end + 1;
    const auto json = JsonValue::parse(line);
    if (!json) continue;
    if (const auto* next = json->find("next"); next != nullptr) {
      next_ = std::max(next_, static_cast<std::uint64_t>(next->as_int()));
    } else if (const auto message = decode_message(*json); message && message->number >= next_) {
      next_ = message->number + 1;
      bytes_ += line.size();
      entries_.push_back({message->number, true, std::move(line)});
    }
  }
  return ok();
}

Status Spool::rewrite() {
  std::string bytes =
      fmt::format("{{\"next\":{}}}\n", entries_.empty() ? next_ : entries_.front().number);
  for (const auto& entry : entries_)
    if (entry.on_disk) bytes += entry.encoded + "\n";
  WARDHIVE_TRY(write_file_atomically(path_, bytes, 0600));
  file_ = Fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file_) return std::unexpected(system_error(errno, "open " + path_.string()));
  file_bytes_ = bytes.size();
  return ok();
}

Status Spool::add(AgentMessage message) {
  static auto& counter = metrics().counter("engine_spool_refused_total",
                                           "messages for which the agent's spool had no room");
  const bool samples = std::holds_alternative<SampleBatch>(message);
  const bool receipt = std::holds_alternative<Receipt>(message);
  const std::lock_guard lock(mutex_);
  if (!receipt && bytes_ >= limits::kSpoolBytesMax / (samples ? 2 : 1)) {
    ++turned_away_;
    counter.add();
    return fail(ErrorCode::LimitReached,
                "the agent's spool is full; the controller has not answered for long");
  }
  Entry entry{next_, !samples, encode_message(next_, message)};
  if (entry.on_disk) {
    const auto line = entry.encoded + "\n";
    const auto written = ::write(file_.get(), line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) {
      // A half line would swallow the next one: end it, the reader drops it.
      if (written > 0) [[maybe_unused]]
        const auto ended = ::write(file_.get(), "\n", 1);
      entry.on_disk = false;  // still sent; only a killed agent would lose it
    } else {
      file_bytes_ += line.size();
    }
  }
  ++next_;
  bytes_ += entry.encoded.size();
  entries_.push_back(std::move(entry));
  return ok();
}

std::vector<std::string> Spool::front(std::size_t count, std::size_t bytes,
                                      std::uint64_t& last) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> taken;
  std::size_t size = 0;
  for (const auto& entry : entries_) {
    if (taken.size() >= count || (!taken.empty() && size + entry.encoded.size() > bytes)) break;
    size += entry.encoded.size();
    taken.push_back(entry.encoded);
    last = entry.number;
  }
  return taken;
}

void Spool::acknowledged(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number >= next_) {
    next_ = number + 1;
    for (auto& entry : entries_) {
      entry.number = next_++;
      entry.encoded = renumbered(entry.encoded, entry.number);
    }
    [[maybe_unused]] const auto status = rewrite();
    return;
  }
  while (!entries_.empty() && entries_.front().number <= number) {
    bytes_ -= entries_.front().encoded.size();
    entries_.pop_front();
  }
  // On an error the old file stays: it holds more than is needed, never less.
  if (file_bytes_ > kRewriteBytes && bytes_ < file_bytes_ / 2) [[maybe_unused]]
    const auto status = rewrite();
}

bool Spool::empty() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

std::uint64_t Spool::turned_away() const {
  const std::lock_guard lock(mutex_);
  return turned_away_;
}

}  // namespace wardhive
