// What a native execution costs: one transaction each, demo program, logs off as in fuzzers.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "host/demo_play.h"

namespace {

// A call that finds no handler's work to do: the runtime alone.
void nothing(benchmark::State& state) {
  demo_play::Play play;
  play.bank.record_logs(false);
  const auto call = play.nothing();
  for (auto _ : state) WARDHIVE_ASSERT(play.bank.execute(call).ok());
}
BENCHMARK(nothing);

// Seven accounts, books written, one TransferChecked by CPI, one event.
void deposit(benchmark::State& state) {
  demo_play::Play play;
  play.bank.record_logs(state.range(0) != 0);
  play.settle();
  const auto there = play.deposit(play.savers[0], 5);
  const auto back = play.withdraw(play.savers[0], 5);
  for (auto _ : state) {
    WARDHIVE_ASSERT(play.bank.execute(there).ok());
    WARDHIVE_ASSERT(play.bank.execute(back).ok());
  }
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(deposit)->Arg(0)->Arg(1)->ArgName("logs");

// The same refused by Token, in the middle of the call.
void refused_deposit(benchmark::State& state) {
  demo_play::Play play;
  play.bank.record_logs(false);
  play.settle();
  const auto call = play.deposit(play.savers[0], demo_play::kWalletTokens + 1);
  for (auto _ : state) WARDHIVE_ASSERT(!play.bank.execute(call).ok());
}
BENCHMARK(refused_deposit);

void reset(benchmark::State& state) {
  demo_play::Play play;
  play.settle();
  demo_play::Bank settled;
  settled.reset_to(play.bank);
  for (auto _ : state) play.bank.reset_to(settled);
}
BENCHMARK(reset);

}  // namespace
