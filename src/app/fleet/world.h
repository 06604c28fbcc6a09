// What the first process of a sandbox makes of its fresh namespaces: a read-only host file system,
// files in memory under /run, a /proc of its own, one switch and a network per host.
#pragma once

#include <expected>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace wardhive::fleet {

struct World {
  std::map<std::string, Fd, std::less<>>
      hosts;                       // name -> its network namespace, also /run/netns/NAME
  Fd work;                         // O_PATH of the work directory
  std::vector<std::string> notes;  // what was refused and is done without
};

// A refusal by the system names the step and errno, so that the owner can look for the cause in
// its own settings; with an empty step, `error` says it all.
struct Refusal {
  std::string step;
  int error_number = 0;
  Error error;
};

// `hosts`: "NAME=ADDRESS", checked by the owner. Inside only, once; about 0.1 s for ten hosts.
std::expected<World, Refusal> make_world(std::span<const std::string> hosts);

// Pure. The batches for ip(8): the switch with its cables, and the inside of one host.
std::string switch_commands(std::span<const std::string> host_names);
std::string host_commands(const std::string& address);

}  // namespace wardhive::fleet
