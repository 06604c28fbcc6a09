// Foreign bytes: what a process that owns the socket's path answers.
#include "base/check.h"
#include "enforce/enforcers/haproxy_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  if (const auto servers = parse_servers_state(answer))
    WARDHIVE_ASSERT(servers->size() <= size);
  else
    WARDHIVE_ASSERT(servers.error().message.size() < 600);
  if (const auto servers = parse_stat(answer))
    WARDHIVE_ASSERT(servers->size() <= size);
  else
    WARDHIVE_ASSERT(servers.error().message.size() < 600);
  return 0;
}
