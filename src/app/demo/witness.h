// What the outside saw: the client's, the attacker's and the neighbour's own logs, and the kernel's
// counters. Nothing here asks wardhive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/time.h"

namespace wardhive::demo {

struct ClientLine {
  Instant at;
  int status = 0;    // 0: no answer
  std::string node;  // X-Node
  double ms = 0;
};
struct AttemptLine {
  Instant at;
  bool connected = false;
  bool accepted = false;
  std::string outcome;
};

// Lines that are no JSON (one being written) are passed over; at most 64 MB are read.
std::vector<ClientLine> read_client_log(const Path& file);
std::vector<AttemptLine> read_attempt_log(const Path& file);

struct Share {
  std::uint64_t requests = 0;  // all of the window
  std::uint64_t of_node = 0;   // answered by the node
  std::uint64_t failed = 0;    // no answer, or 5xx
  std::uint64_t node_failed = 0;
  double node_ms_median = 0;
  double share() const {
    return requests == 0 ? 0 : static_cast<double>(of_node) / static_cast<double>(requests);
  }
};
Share share_of(const std::vector<ClientLine>& lines, const std::string& node, Instant from,
               Instant to);

// The element for `address` in the JSON of `nft -j list table inet wardhive`.
struct BanInKernel {
  std::uint64_t expires_s = 0;
  std::uint64_t dropped_packets = 0;  // counted by the element's own counter or the table's
};
std::optional<BanInKernel> find_ban(const std::string& nft_json, const std::string& address);

}  // namespace wardhive::demo
