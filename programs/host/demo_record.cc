// demo_record SEED STEPS: random lives of the demo program as JSON lines on standard output, for
// the virtual machine to live them again (programs/vm/tests/replay.test.js).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "host/demo_play.h"
#include "host/demo_steps.h"
#include "host/recorder.h"

namespace {

// Meddling adds up until little works, so that lives are short.
constexpr unsigned long kLifeSteps = 150;

void live(std::mt19937_64& random, unsigned long steps) {
  demo_play::Play play;
  const solhost::Recorder recorder(play.bank, stdout, "sol_demo", play.program);
  play.bank.execute(play.init());
  for (const demo_play::Saver& saver : play.savers) play.bank.execute(play.open_box(saver, 0));
  for (unsigned long i = 0; i < steps; ++i) {
    std::vector<std::uint8_t> bytes(64);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    demo_play::Source source(bytes);
    next_step(play, source, i >= steps / 2);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: demo_record SEED STEPS\n");
    return 2;
  }
  std::mt19937_64 random(std::strtoull(argv[1], nullptr, 10));
  for (unsigned long left = std::strtoul(argv[2], nullptr, 10); left > 0;) {
    const unsigned long steps = std::min(left, kLifeSteps);
    live(random, steps);
    left -= steps;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
