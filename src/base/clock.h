// Where the rim reads the time. Pure rooms may not include this: their `now` is handed to them.
#pragma once

#include "base/time.h"

namespace wardhive {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant wall() const = 0;   // may jump; the log stamps with it, never backwards
  virtual MonoTime mono() const = 0;  // never jumps
};

// The operating system's clocks. Any thread; lives for ever.
const Clock& system_clock();

}  // namespace wardhive
