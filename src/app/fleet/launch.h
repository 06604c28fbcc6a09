// Starts the first process of a sandbox: this program again, in new user, net, mount and pid
// namespaces, with the caller's ids mapped so that the caller is root inside.
#pragma once

#include <span>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace wardhive::fleet {

inline constexpr int kControlFd = 3;  // in the launched process

struct Launched {
  int pid = -1;  // the caller's child; SIGKILL ends the whole sandbox
  Fd control;    // its other end is kControlFd inside
};

// Runs /proc/self/exe with `argv` as pid 1 of the new namespaces; it gets SIGKILL when the calling
// thread ends. Other threads may run. The cause and the way out where namespaces are refused.
Result<Launched> launch(std::span<const std::string> argv);

}  // namespace wardhive::fleet
