// The small programs of the demo's fleet, all in this binary: `wardhive part NAME OPTIONS`.
//   init      the first process of a sandbox (not for people)
//   job       a node's HTTP job service, with a fault file
//   sshd      a listener that writes sshd's log lines
//   attacker  password guessing over real connections; also an ordinary ssh user
//   client    a closed loop of HTTP requests, the outside witness
//   get       one HTTP request, printed
#pragma once

#include <span>
#include <string>

namespace wardhive::fleet {

// `args`: the part's name, then its options. Returns the exit code; 2 for wrong usage, which is
// explained on stderr. `NAME --help` lists the options.
int fleet_part_main(std::span<const std::string> args);

}  // namespace wardhive::fleet
