#include "ingest/own_host.h"

#include <sys/statvfs.h>

#include <array>
#include <charconv>
#include <vector>

namespace wardhive {
namespace {

constexpr std::size_t kSeriesHere = 1'000;
constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr Duration kDefineAgain = minutes(1);

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  while (true) {
    const auto start = line.find_first_not_of(" \t:");
    if (start == std::string_view::npos) return found;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(" \t:"), line.size());
    found.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

template <class Visit>
void each_line(const Path& path, Visit visit) {
  const auto text = read_file(path, kFileBytesMax);
  if (!text) return;
  for (std::size_t pos = 0; pos < text->size();) {
    const auto end = std::min(text->find('\n', pos), text->size());
    visit(words(std::string_view(*text).substr(pos, end - pos)));
    pos = end + 1;
  }
}

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

OwnHost::OwnHost(std::string node, Path proc) : node_(std::move(node)), proc_(std::move(proc)) {}

SampleBatch OwnHost::read(Instant now) {
  define_all_ = now - defined_at_ > kDefineAgain;
  if (define_all_) defined_at_ = now;
  SampleBatch batch;
  read_cpu(batch, now);
  read_memory(batch, now);
  read_load(batch, now);
  read_network(batch, now);
  read_disks(batch, now);
  read_filesystem(batch, now);
  return batch;
}

void OwnHost::put(SampleBatch& batch, Instant now, std::string_view name, double value,
                  std::string_view label_name, std::string_view label_value,
                  std::string_view second_name, std::string_view second_value) {
  std::string key(name);
  for (const auto part : {label_value, second_value}) key += '\0' + std::string(part);
  auto it = series_.find(key);
  const bool fresh = it == series_.end();
  if (fresh) {
    if (series_.size() >= kSeriesHere) return;
    Labels labels{{"__name__", std::string(name)}, {"instance", node_}};
    if (!label_name.empty()) labels.emplace_back(label_name, label_value);
    if (!second_name.empty()) labels.emplace_back(second_name, second_value);
    auto canonical = canonical_labels(std::move(labels));
    if (!canonical) return;
    const auto id = series_id(*canonical);
    it = series_.emplace(std::move(key), SeriesDefined{id, std::move(*canonical), node(node_)})
             .first;
  }
  if (fresh || define_all_) batch.defined.push_back(it->second);
  batch.samples.push_back({it->second.id, now, value});
}

void OwnHost::read_cpu(SampleBatch& batch, Instant now) {
  static constexpr std::array<std::string_view, 8> modes{"user",   "nice", "system",  "idle",
                                                         "iowait", "irq",  "softirq", "steal"};
  constexpr double kTicksPerSecond = 100;  // USER_HZ, fixed by the kernel's interface
  each_line(proc_ / "stat", [&](const std::vector<std::string_view>& line) {
    if (line.size() >= 2 && line[0] == "btime")
      put(batch, now, "node_boot_time_seconds", number(line[1]));
    if (line.size() < 9 || !line[0].starts_with("cpu") || line[0] == "cpu") return;
    for (std::size_t i = 0; i < modes.size(); ++i)
      put(batch, now, "node_cpu_seconds_total", number(line[i + 1]) / kTicksPerSecond, "cpu",
          line[0].substr(3), "mode", modes[i]);
  });
}

void OwnHost::read_memory(SampleBatch& batch, Instant now) {
  each_line(proc_ / "meminfo", [&](const std::vector<std::string_view>& line) {
    if (line.size() < 2) return;
    for (const std::string_view wanted : {"MemTotal", "MemFree", "MemAvailable", "SwapFree"})
      if (line[0] == wanted)
        put(batch, now, "node_memory_" + std::string(wanted) + "_bytes", number(line[1]) * 1024);
  });
}

void OwnHost::read_load(SampleBatch& batch, Instant now) {
  each_line(proc_ / "loadavg", [&](const std::vector<std::string_view>& line) {
    if (line.size() < 3) return;
    put(batch, now, "node_load1", number(line[0]));
    put(batch, now, "node_load5", number(line[1]));
    put(batch, now, "node_load15", number(line[2]));
  });
}

void OwnHost::read_network(SampleBatch& batch, Instant now) {
  each_line(proc_ / "net/dev", [&](const std::vector<std::string_view>& line) {
    if (line.size() < 17 || line[0] == "lo" || line[0] == "face") return;
    put(batch, now, "node_network_receive_bytes_total", number(line[1]), "device", line[0]);
    put(batch, now, "node_network_receive_errs_total", number(line[3]), "device", line[0]);
    put(batch, now, "node_network_transmit_bytes_total", number(line[9]), "device", line[0]);
    put(batch, now, "node_network_transmit_errs_total", number(line[11]), "device", line[0]);
  });
}

void OwnHost::read_disks(SampleBatch& batch, Instant now) {
  constexpr double kSectorBytes = 512;  // the unit of /proc/diskstats, whatever the disk's own
  each_line(proc_ / "diskstats", [&](const std::vector<std::string_view>& line) {
    if (line.size() < 13 || line[2].starts_with("loop") || line[2].starts_with("ram")) return;
    put(batch, now, "node_disk_read_bytes_total", number(line[5]) * kSectorBytes, "device",
        line[2]);
    put(batch, now, "node_disk_written_bytes_total", number(line[9]) * kSectorBytes, "device",
        line[2]);
    put(batch, now, "node_disk_io_time_seconds_total", number(line[12]) / 1000, "device", line[2]);
  });
}

void OwnHost::read_filesystem(SampleBatch& batch, Instant now) {
  struct statvfs info{};
  if (::statvfs("/", &info) != 0) return;
  put(batch, now, "node_filesystem_size_bytes",
      static_cast<double>(info.f_blocks) * static_cast<double>(info.f_frsize), "mountpoint", "/");
  put(batch, now, "node_filesystem_avail_bytes",
      static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize), "mountpoint", "/");
}

}  // namespace wardhive
