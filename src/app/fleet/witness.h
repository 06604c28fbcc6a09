// What the programs that look at the fleet from outside share: they run until a signal and write
// one JSON line per observation to standard output, its time in `at_ns` (ns since the Unix epoch).
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/time.h"

namespace wardhive::fleet {

// Takes SIGTERM and SIGINT out of this thread and those it starts; make it before any thread.
class StopSignal {
 public:
  StopSignal();
  // One thread. Waits until the deadline, or returns true at once when a signal has come (and
  // from then on).
  bool arrived_by(MonoTime deadline);

 private:
  bool arrived_ = false;
};

// Waits for the file to exist; false if the signal came first. An empty path does not wait.
bool wait_for_start(const Path& start_file, StopSignal& stop);

// Any thread. Appends the line end; one write, so lines of several threads do not mix.
void print_line(std::string line);

}  // namespace wardhive::fleet
