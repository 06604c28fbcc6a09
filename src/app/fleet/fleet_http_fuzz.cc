// The job service reads requests, and the client answers, from the fleet's network.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/fleet/http_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto head = wardhive::fleet::parse_http_head({reinterpret_cast<const char*>(data), size});
  if (!head) return 0;
  if (head->first.empty() || head->second.empty() ||
      head->headers.size() > wardhive::fleet::kHttpHeadersMax ||
      head->content_length > wardhive::fleet::kHttpMessageBodyBytesMax)
    std::abort();
  for (const auto& [name, value] : head->headers)
    if (name.empty() || head->header(name).size() > size) std::abort();
  return 0;
}
