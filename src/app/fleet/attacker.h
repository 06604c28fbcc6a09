// Guesses passwords at an sshd part over real TCP connections, one attempt per connection and one
// at a time; with the right login it is an ordinary user instead. Each attempt is a JSON line:
//   {"at_ns","outcome","user","accepted","port","ms"}
// at_ns when it began, port its own, ms until the outcome. Outcomes: "connected" (banner and answer
// came), "refused", "timeout", "reset", "unreachable". The last line is
//   {"summary":true,"attempts","connected","accepted","refused","timeout","reset","unreachable"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/fleet/sockets.h"
#include "base/result.h"

namespace wardhive::fleet {

struct Login {
  std::string user;
  std::string password;
};

struct AttackerOptions {
  Endpoint target;
  std::vector<Login> logins;  // in this order, again and again; never empty
  bool stay_at_last = false;  // repeat the last login instead of starting over
  double attempts_per_second = 5;
  std::uint64_t attempts_max = 0;  // 0: until a signal
  int connect_timeout_ms = 300;
  int answer_timeout_ms = 1000;
  Path start_file;  // waits for it to exist; empty: starts at once
};

// The errno of a connection as an outcome; 0 is "connected".
std::string_view outcome_of(int error);

// Until SIGTERM, SIGINT or attempts_max. Call it before any thread is started.
Status run_attacker(const AttackerOptions& options);

}  // namespace wardhive::fleet
