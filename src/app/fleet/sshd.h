// What sshd looks like from outside and in its log: a banner, password attempts, and the lines of
// OpenSSH 9.2 in syslog form. The wire is not SSH: after the banner each line is an attempt,
// "USER<TAB>PASSWORD", answered with "denied" or "welcome". So the addresses and ports in the log
// are those of real connections, and no password guessing tool is needed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/fleet/sockets.h"
#include "base/file.h"
#include "base/result.h"

namespace wardhive::fleet {

struct SshdOptions {
  std::string node;  // the host name in the log
  std::uint16_t port = 22;
  Path auth_log;  // appended line by line, opened per line: rotation by rename works
  std::map<std::string, std::string, std::less<>> accounts;  // user -> password
  int attempts_max = 6;                                      // per connection, as MaxAuthTries
  std::size_t connections_max = 64;
};

// A user name as the log may show it: printable ASCII kept, blanks too as the real one does (that
// is how a line is forged by an innocent's name), the rest '?'; at most 64 characters.
std::string log_safe_user(std::string_view user);

// Pure. The messages of one attempt, oldest first, without time and host.
std::vector<std::string> attempt_messages(std::string_view user, bool known, bool accepted,
                                          const Endpoint& peer);
// Pure. "Connection closed by invalid user admin 203.0.113.66 port 41022 [preauth]".
std::string closed_message(std::string_view user, bool known, const Endpoint& peer);

// Serves until the process is ended; returns only with an error.
Status run_sshd(const SshdOptions& options);

}  // namespace wardhive::fleet
