#include "app/demo/witness.h"

#include <algorithm>

#include "base/json.h"

namespace wardhive::demo {
namespace {

constexpr std::size_t kLogBytesMax = 64 * 1024 * 1024;

template <class Take>
void each_line(const Path& file, Take take) {
  const auto text = read_file(file, kLogBytesMax);
  if (!text) return;
  for (std::size_t pos = 0; pos < text->size();) {
    const auto end = text->find('\n', pos);
    if (end == std::string::npos) return;
    if (const auto json = JsonValue::parse(std::string_view(*text).substr(pos, end - pos));
        json && json->find("at_ns") != nullptr)
      take(*json);
    pos = end + 1;
  }
}

Instant at_of(const JsonValue& json) { return instant_from_ns(json.find("at_ns")->as_int()); }

// Depth-first: nft's JSON nests the element in `elem` objects that differ between versions.
const JsonValue* find_element(const JsonValue& json, const std::string& address) {
  if (json.type() == JsonValue::Type::Object && json.find("val") != nullptr &&
      json.string_or("val", "") == address)
    return &json;
  for (const auto& item : json.items())
    if (const auto* found = find_element(item, address)) return found;
  for (const auto& [key, member] : json.members())
    if (const auto* found = find_element(member, address)) return found;
  return nullptr;
}

}  // namespace

std::vector<ClientLine> read_client_log(const Path& file) {
  std::vector<ClientLine> lines;
  each_line(file, [&](const JsonValue& json) {
    lines.push_back({at_of(json), static_cast<int>(json.number_or("status", 0)),
                     json.string_or("node", ""), json.number_or("ms", 0)});
  });
  return lines;
}

std::vector<AttemptLine> read_attempt_log(const Path& file) {
  std::vector<AttemptLine> lines;
  each_line(file, [&](const JsonValue& json) {
    const auto outcome = json.string_or("outcome", "");
    const auto* accepted = json.find("accepted");
    lines.push_back(
        {at_of(json), outcome == "connected", accepted != nullptr && accepted->as_bool(), outcome});
  });
  return lines;
}

Share share_of(const std::vector<ClientLine>& lines, const std::string& node, Instant from,
               Instant to) {
  Share share;
  std::vector<double> ms;
  for (const auto& line : lines) {
    if (line.at < from || line.at >= to) continue;
    const bool failed = line.status == 0 || line.status >= 500;
    ++share.requests;
    share.failed += failed;
    if (line.node != node) continue;
    ++share.of_node;
    share.node_failed += failed;
    ms.push_back(line.ms);
  }
  if (!ms.empty()) {
    std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2), ms.end());
    share.node_ms_median = ms[ms.size() / 2];
  }
  return share;
}

std::optional<BanInKernel> find_ban(const std::string& nft_json, const std::string& address) {
  const auto json = JsonValue::parse(nft_json);
  if (!json) return std::nullopt;
  const auto* element = find_element(*json, address);
  if (element == nullptr) return std::nullopt;
  BanInKernel ban;
  ban.expires_s =
      static_cast<std::uint64_t>(element->number_or("expires", element->number_or("timeout", 0)));
  if (const auto* counter = element->find("counter"))
    ban.dropped_packets = static_cast<std::uint64_t>(counter->number_or("packets", 0));
  return ban;
}

}  // namespace wardhive::demo
