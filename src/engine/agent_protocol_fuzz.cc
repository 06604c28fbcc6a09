// Foreign bytes: what an agent posts, and what a controller streams.
#include "base/check.h"
#include "engine/agent_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto batch = decode_batch(bytes)) {
    std::vector<std::string> encoded;
    for (const auto& [number, message] : batch->messages)
      encoded.push_back(encode_message(number, message));
    const auto again = decode_batch(encode_batch(batch->boot, encoded));
    WARDHIVE_ASSERT(again.has_value() && again->messages.size() == batch->messages.size());
  }
  if (const auto set = from_json<DesiredSet>(bytes))
    WARDHIVE_ASSERT(from_json<DesiredSet>(to_json(*set)).has_value());
  return 0;
}
