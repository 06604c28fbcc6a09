#include "app/fleet/witness.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/clock.h"

namespace wardhive::fleet {
namespace {

constexpr Duration kLook = millis(20);

sigset_t stop_set() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const auto set = stop_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool StopSignal::arrived_by(MonoTime deadline) {
  const auto set = stop_set();
  while (!arrived_) {
    const auto left = std::max(Duration::zero(), deadline - system_clock().mono());
    const timespec wait{left / seconds(1), static_cast<long>((left % seconds(1)).count())};
    arrived_ = ::sigtimedwait(&set, nullptr, &wait) > 0;
    if (!arrived_ && errno == EAGAIN) return false;
  }
  return true;
}

bool wait_for_start(const Path& start_file, StopSignal& stop) {
  while (!start_file.empty() && ::access(start_file.c_str(), F_OK) != 0)
    if (stop.arrived_by(system_clock().mono() + kLook)) return false;
  return true;
}

void print_line(std::string line) {
  line.push_back('\n');
  // A reader that is gone leaves nobody to tell.
  (void)!::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace wardhive::fleet
