// Foreign bytes: what an agent posts (records) and what the samples log holds.
#include "base/check.h"
#include "model/record.h"
#include "model/sample.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto batch = decode_samples(bytes)) WARDHIVE_ASSERT(encode_samples(*batch) == bytes);
  if (size == 0) return 0;
  static constexpr std::string_view kinds[] = {"tick",    "event",          "finding",
                                               "health",  "inventory",      "receipt",
                                               "command", "config_changed", "clock_jumped"};
  const auto kind = kinds[data[0] % std::size(kinds)];
  if (const auto record = decode_record(kind, bytes.substr(1))) {
    // What was understood is said the same way again: nothing drifts from hop to hop.
    const auto json = encode_record(*record);
    const auto again = decode_record(kind, json);
    WARDHIVE_ASSERT(again.has_value() && encode_record(*again) == json);
  }
  return 0;
}
