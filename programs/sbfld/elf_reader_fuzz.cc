// Any bytes as an object: read, linked and written, or refused; what is written is sound.
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "sbfld/image.h"
#include "sbfld/inspect.h"
#include "sbfld/link.h"
#include "sbfld/report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto object = sbfld::read_object("fuzz.o", {data, data + size});
  if (!object) return 0;
  const auto program = sbfld::link({&*object, 1}, {});
  if (!program) return 0;
  WARDHIVE_ASSERT(
      sbfld::inspect(sbfld::write_image(*program, false), sbfld::Cluster::Mainnet).sound());
  sbfld::write_map(*program, {&*object, 1});
  return 0;
}
