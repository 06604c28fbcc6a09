// Any bytes as a program: inspected without reading beyond them, and told as text and as JSON.
#include <cstdint>

#include "base/check.h"
#include "base/json.h"
#include "sbfld/inspect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sbfld::Bytes bytes(data, size);
  const sbfld::Inspection found = sbfld::inspect(bytes, sbfld::Cluster::Mainnet);
  WARDHIVE_ASSERT(
      wardhive::JsonValue::parse(sbfld::to_json_text(found, "fuzz.so", bytes)).has_value());
  return 0;
}
