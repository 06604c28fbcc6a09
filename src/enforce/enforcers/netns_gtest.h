// Runs a test's body in a network namespace of its own; skips the test, with the reason, where
// namespaces are refused.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

#include "enforce/enforcers/netns_for_test.h"

namespace wardhive {

// A child process, because entering a user namespace takes a process without threads.
inline void in_namespace(const std::function<void()>& body) {
  constexpr int kRefused = 77;
  std::fflush(nullptr);
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!enter_namespace()) ::_exit(kRefused);
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kRefused)
    GTEST_SKIP() << "user and network namespaces are refused here "
                    "(kernel.unprivileged_userns_clone, AppArmor or "
                    "seccomp), or iproute2 is missing";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "see the failures above; wait status " << status;
}

}  // namespace wardhive
