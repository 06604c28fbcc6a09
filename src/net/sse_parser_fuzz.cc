// Any bytes, in any pieces: the same events, within the bound.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/sse_parser.h"

namespace {

constexpr std::size_t kEventBytesMax = 200;

std::vector<std::string> parse(std::string_view bytes, std::size_t step) {
  wardhive::net::SseParser parser("start", kEventBytesMax);
  std::vector<std::string> events;
  while (!bytes.empty()) {
    const auto fed = parser.feed(bytes.substr(0, step), [&](const wardhive::net::SseEvent& event) {
      WARDHIVE_ASSERT(event.data.size() <= kEventBytesMax && !event.event.empty());
      WARDHIVE_ASSERT(event.id.find_first_of("\r\n") == std::string::npos);
      events.push_back(event.event + "\n" + event.data + "\n" + event.id);
    });
    if (!fed) break;
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  WARDHIVE_ASSERT(parse(bytes, size + 1) == parse(bytes, 1));
  return 0;
}
