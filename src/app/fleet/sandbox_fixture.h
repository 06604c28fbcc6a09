// A small fleet for tests. Skips, with the cause, only where the kernel refuses namespaces.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/fleet/sandbox.h"
#include "base/clock.h"

namespace wardhive::fleet {

inline constexpr Duration kTestWaitMax = seconds(20);

// Asked directly, not through the code under test: a fault there must fail, not skip.
inline bool namespaces_refused() {
  const int pid = ::fork();
  if (pid == 0)
    ::_exit(::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) == 0 ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status != 0;
}

template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = system_clock().mono() + kTestWaitMax;
  while (!condition()) {
    if (system_clock().mono() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class SandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    auto sandbox = Sandbox::create({.hosts = {{"node-1", "192.0.2.11"},
                                              {"client", "198.51.100.10"},
                                              {"attacker", "203.0.113.66"},
                                              {"neighbour", "203.0.113.67"}}});
    if (!sandbox && namespaces_refused()) GTEST_SKIP() << sandbox.error().message;
    ASSERT_TRUE(sandbox) << sandbox.error().message;
    sandbox_ = std::move(*sandbox);
  }

  RunResult run(std::string_view host, const std::vector<std::string>& argv) {
    auto result = sandbox_->run(host, argv, kTestWaitMax);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(RunResult{.code = -1, .out = {}, .err = {}});
  }
  RunResult shell(std::string_view host, const std::string& script) {
    return run(host, {"sh", "-c", script});
  }
  RunResult part(std::string_view host, std::vector<std::string> args) {
    args.insert(args.begin(), {std::string(kSelf), "part"});
    return run(host, args);
  }
  void start_part(const std::string& host, const std::string& name, std::vector<std::string> args) {
    args.insert(args.begin(), {std::string(kSelf), "part"});
    const auto pid = sandbox_->spawn({.host = host, .name = name, .argv = args});
    ASSERT_TRUE(pid) << pid.error().message;
  }
  std::string file(std::string_view relative) const {
    return read_file(sandbox_->outside(relative), 16 * 1024 * 1024).value_or("");
  }

  std::unique_ptr<Sandbox> sandbox_;
};

}  // namespace wardhive::fleet
