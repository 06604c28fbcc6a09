// sequence_record SEED STEPS: random sequences of swarm_core as JSON lines on standard output, for
// the virtual machine to live them again (programs/vm/tests/replay.test.js).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "host/recorder.h"
#include "proof/sequence.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: sequence_record SEED STEPS\n");
    return 2;
  }
  constexpr std::uint64_t kSequenceSteps = 300;
  std::mt19937_64 random(std::strtoull(argv[1], nullptr, 10));
  for (std::uint64_t left = std::strtoull(argv[2], nullptr, 10); left > 0;) {
    const std::uint64_t steps = std::min(left, kSequenceSteps);
    left -= steps;
    std::vector<std::uint8_t> bytes(steps * 64);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    swarm::proof::Sequence sequence(bytes);
    const solhost::Recorder recorder(sequence.bank(), stdout, "swarm_core", sequence.program());
    const swarm::proof::SequenceResult result = sequence.run(steps);
    if (!result.failure.empty()) {
      std::fprintf(stderr, "sequence_record: %s\n", result.failure.c_str());
      return 1;
    }
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
