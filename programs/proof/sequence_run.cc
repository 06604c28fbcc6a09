// sequence_run [--operations N] [--seed S] [--answers]: N random operations, 2,000 to a sequence,
// each compared with the model. What docs/figures.md quotes; the test runs a short one with a fixed
// seed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "proof/sequence.h"

namespace {

using swarm::proof::Sequence;
using swarm::proof::SequenceResult;

const char* name_of(std::uint8_t tag) {
  for (const swarm::InstructionSchema& row : swarm::kInstructions) {
    if (row.tag == tag) return row.name;
  }
  return "?";
}

const char* name_of(swarm::proof::Code code) {
  if (code == 0) return "done";
  for (const swarm::ErrorSchema& row : swarm::kErrors) {
    if (row.number == code) return row.name;
  }
  return "";
}

SequenceResult play(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> bytes(128'000);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return Sequence(bytes).run(2'000);
}

void print_answers(const SequenceResult& sum) {
  for (const auto& [key, count] : sum.answers) {
    std::printf("%-16s %4u %-20s %10llu\n", name_of(key.first), key.second, name_of(key.second),
                static_cast<unsigned long long>(count));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t operations = 100'000;
  std::uint64_t seed = 1;
  bool answers = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--answers") {
      answers = true;
    } else if ((word == "--operations" || word == "--seed") && i + 1 < argc) {
      (word == "--seed" ? seed : operations) = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: sequence_run [--operations N] [--seed S] [--answers]\n");
      return 2;
    }
  }
  const auto start = std::chrono::steady_clock::now();
  SequenceResult sum;
  for (; sum.operations < operations; ++seed) {
    const SequenceResult result = play(seed);
    if (!result.failure.empty()) {
      std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(seed),
                   result.failure.c_str());
      return 1;
    }
    sum.operations += result.operations;
    sum.succeeded += result.succeeded;
    sum.hostile += result.hostile;
    for (const auto& [key, count] : result.answers) sum.answers[key] += count;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (answers) print_answers(sum);
  std::printf(
      "%llu operations: %llu succeeded, %llu falsified, all as the model says; %.1f s, "
      "%.0f operations/s\n",
      static_cast<unsigned long long>(sum.operations),
      static_cast<unsigned long long>(sum.succeeded), static_cast<unsigned long long>(sum.hostile),
      seconds, static_cast<double>(sum.operations) / seconds);
  return 0;
}
