// Foreign bytes: the log of sshd, in which strangers choose the user names.
#include "base/address.h"
#include "base/check.h"
#include "ingest/sshd_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  SshdLogParser parser(node("gate"), {.year = size % 2 == 0 ? 0 : 2026, .utc_offset = {}});
  const auto now = instant_from_ns(1'795'000'000'000'000'000);
  for (std::string_view rest(reinterpret_cast<const char*>(data), size); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto event = parser.parse(line, now);
    if (!event) continue;
    // Whatever it read, the address stands in the line and is one.
    const auto origin = IpAddress::parse(event->subject.name);
    WARDHIVE_ASSERT(origin && origin->text() == event->subject.name);
    for (const auto& [name, value] : event->attributes)
      for (const char c : value) WARDHIVE_ASSERT(static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  }
  return 0;
}
