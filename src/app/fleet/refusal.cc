#include "app/fleet/refusal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/file.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kProcFileBytesMax = 64 * 1024;

std::optional<std::int64_t> read_number(const char* path) {
  const auto text = read_file(path, kProcFileBytesMax);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

bool has_seccomp_filter() {
  const auto status = read_file("/proc/self/status", kProcFileBytesMax);
  return status && status->find("\nSeccomp:\t2") != std::string::npos;
}

}  // namespace

Error explain_refusal(const NamespaceFacts& facts) {
  const auto refused = [&](ErrorCode code, std::string_view why) {
    return Error{code, fmt::format("the sandbox could not {}: {}; {}", facts.step,
                                   std::generic_category().message(facts.error), why)};
  };
  const bool denied = facts.error == EPERM || facts.error == EACCES;

  if (facts.max_user_namespaces == 0)
    return refused(ErrorCode::LimitReached,
                   "the sysctl user.max_user_namespaces is 0, so none may be made "
                   "(sudo sysctl -w user.max_user_namespaces=15000)");
  if (facts.max_net_namespaces == 0)
    return refused(ErrorCode::LimitReached,
                   "the sysctl user.max_net_namespaces is 0, so none may be made "
                   "(sudo sysctl -w user.max_net_namespaces=15000)");
  if (facts.error == ENOSPC)
    return refused(
        ErrorCode::LimitReached,
        "the limits user.max_*_namespaces are used up, or this already runs 32 namespaces deep "
        "(raise them with sudo sysctl -w, or start from the host)");
  if (denied && !facts.root && facts.unprivileged_userns_clone == 0)
    return refused(ErrorCode::PermissionDenied,
                   "the sysctl kernel.unprivileged_userns_clone is 0 "
                   "(sudo sysctl -w kernel.unprivileged_userns_clone=1, or run as root)");
  if (denied && !facts.root && facts.apparmor_restrict_unprivileged_userns.value_or(0) != 0)
    return refused(
        ErrorCode::PermissionDenied,
        "AppArmor restricts user namespaces: kernel.apparmor_restrict_unprivileged_userns is 1 "
        "(give this program a profile with 'userns,', or "
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root)");
  if (facts.error == EINVAL || facts.error == ENOSYS)
    return refused(
        ErrorCode::Unsupported,
        "this kernel is built without user, pid or net namespaces (CONFIG_USER_NS, CONFIG_PID_NS, "
        "CONFIG_NET_NS); use a distribution's kernel");
  if (denied && facts.seccomp)
    return refused(ErrorCode::PermissionDenied,
                   "the sysctls allow it, but a seccomp filter is on this process: it seems to run "
                   "in a container "
                   "(start that with --security-opt seccomp=unconfined --security-opt "
                   "apparmor=unconfined, or run "
                   "on the host)");
  if (denied)
    return refused(ErrorCode::PermissionDenied,
                   "sysctls and seccomp allow it, so this runs in a chroot or under a security "
                   "module's policy "
                   "(run it outside; its log, e.g. dmesg, names the rule)");
  return refused(ErrorCode::Unavailable, "no known setting explains it (dmesg may say more)");
}

NamespaceFacts read_namespace_facts(std::string_view step, int error) {
  return {.step = std::string(step),
          .error = error,
          .root = ::geteuid() == 0,
          .seccomp = has_seccomp_filter(),
          .unprivileged_userns_clone = read_number("/proc/sys/kernel/unprivileged_userns_clone"),
          .max_user_namespaces = read_number("/proc/sys/user/max_user_namespaces"),
          .max_net_namespaces = read_number("/proc/sys/user/max_net_namespaces"),
          .apparmor_restrict_unprivileged_userns =
              read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")};
}

}  // namespace wardhive::fleet
