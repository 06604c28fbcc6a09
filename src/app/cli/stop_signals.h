// Waits for SIGTERM, SIGINT or SIGHUP.
#pragma once

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "base/file.h"

namespace wardhive {

// For what runs until it is told to stop. The signals are blocked in every thread that is
// started later, so this comes first.
class StopSignals {
 public:
  explicit StopSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    fd_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC));
  }
  int wait() const {
    signalfd_siginfo info{};
    while (::read(fd_.get(), &info, sizeof info) != sizeof info) {
    }
    return static_cast<int>(info.ssi_signo);
  }

 private:
  Fd fd_;
};

}  // namespace wardhive
