// Why this machine refuses namespaces to us, in words a person can act on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive::fleet {

// What the machine says about itself when a step was refused. Absent: the setting does not exist
// here (kernel.unprivileged_userns_clone is Debian's and Ubuntu's, apparmor_* is Ubuntu's).
struct NamespaceFacts {
  std::string step;      // what was tried, e.g. "make a user namespace"
  int error = 0;         // its errno
  bool root = false;     // asked as real root
  bool seccomp = false;  // a system call filter is on this process
  std::optional<std::int64_t> unprivileged_userns_clone;
  std::optional<std::int64_t> max_user_namespaces;
  std::optional<std::int64_t> max_net_namespaces;
  std::optional<std::int64_t> apparmor_restrict_unprivileged_userns;
};

// Pure. The most likely cause and its way out; PermissionDenied, LimitReached or Unsupported.
Error explain_refusal(const NamespaceFacts& facts);

// Reads /proc. Any thread.
NamespaceFacts read_namespace_facts(std::string_view step, int error);

}  // namespace wardhive::fleet
