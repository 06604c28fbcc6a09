// Starts a program on one host of the fleet. Inside the sandbox only, from its one thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace wardhive::fleet {

// Descriptors stay the caller's.
struct Start {
  std::string host;                    // becomes its host name
  int net = -1;                        // its network namespace
  std::vector<std::string> argv = {};  // argv[0] as in ProcessSpec
  std::vector<std::string> env = {};   // all of it
  int out = -1;
  int err = -1;
  std::vector<int> listen_fds = {};
};

// Forks, enters the host's network, drops every other descriptor, its own session, work directory
// as its current one; returns the pid once exec has succeeded. NotFound, PermissionDenied or
// Unavailable, naming the step, if it has not; the child is then gone.
Result<int> start_process(const Start& start);

}  // namespace wardhive::fleet
