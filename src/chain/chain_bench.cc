// What the headers of this room claim: addresses, keys and transactions.
#include <benchmark/benchmark.h>

#include <array>

#include "chain/pda.h"
#include "chain/programs.h"

namespace wardhive::chain {
namespace {

void decompress_a_point(benchmark::State& state) {
  auto key = programs::kToken;
  for (auto _ : state) {
    ++key.bytes[0];
    benchmark::DoNotOptimize(is_on_curve(key));
  }
}
BENCHMARK(decompress_a_point);

// Each another owner, so the bumps are those of chance: two on average.
void find_an_address(benchmark::State& state) {
  auto owner = programs::kToken;
  for (auto _ : state) {
    ++owner.bytes[0];
    benchmark::DoNotOptimize(associated_token_address(owner, programs::kSystem, programs::kToken));
  }
}
BENCHMARK(find_an_address);

void write_a_key_in_base58(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(programs::kToken.text());
}
BENCHMARK(write_a_key_in_base58);

void sign_and_encode_a_transfer(benchmark::State& state) {
  const auto payer = Keypair::from_seed({7});
  const std::array instructions{programs::transfer(payer.pubkey(), programs::kToken, 5)};
  const std::array signers{&payer};
  for (auto _ : state) {
    const auto transaction = sign(*compile(payer.pubkey(), instructions, {}), signers);
    benchmark::DoNotOptimize(encode(*transaction));
  }
}
BENCHMARK(sign_and_encode_a_transfer);

}  // namespace
}  // namespace wardhive::chain
