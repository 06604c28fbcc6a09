// Steered sequences: 512 operations at most, so that what fails is short.
#include <cstdio>
#include <cstdlib>

#include "proof/sequence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  swarm::proof::Sequence sequence({data, size});
  const auto result = sequence.run(512);
  if (!result.failure.empty()) {
    std::fprintf(stderr, "%s\n", result.failure.c_str());
    std::abort();
  }
  return 0;
}
