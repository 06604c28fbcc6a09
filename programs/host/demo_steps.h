// Bytes as a life of the demo: honest calls, calls with one thing or several bent, time passing and
// accounts changed behind the program's back. The fuzzer and the differential recorder read the
// same language, so a seed of one is a seed of the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "host/demo_play.h"

namespace demo_play {

// Bytes to be used up; zeros once they are.
class Source {
 public:
  explicit Source(std::span<const std::uint8_t> bytes) : left_(bytes) {}
  bool empty() const { return left_.empty(); }
  std::uint8_t byte();
  std::size_t below(std::size_t limit) { return byte() % limit; }
  // Small, large and in between, at the edges more often than not.
  std::uint64_t number();

 private:
  std::span<const std::uint8_t> left_;
};

enum class Step : std::uint8_t { Call, BentCall, Time, Meddling };
struct Done {
  Step step = Step::Call;
  Outcome outcome{};  // of the two calls
};

// Uses up some bytes and does what they say. Meddling breaks the demo's books: what holds without
// it holds no longer, so callers may forbid it.
Done next_step(Play& play, Source& source, bool may_meddle);

}  // namespace demo_play
