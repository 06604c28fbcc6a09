// Makes the world agree with what is desired, and looks afterwards whether it does.
//
//   An enforcer owns one control on one machine ("nftables", "haproxy"). apply() is idempotent, and
//   the receipt says `verified` only after reading the effect back. It touches nothing that it does
//   not own (its named table, its backends) and never an address or node on the never-touch list,
//   which is checked again here.
//   thread: one (the agent's actuator thread); calls block for at most a few ms, 1 s when the far
//   side does not answer
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "model/desired.h"

namespace wardhive {

// What is in force right now, read from the kernel or the proxy.
struct Effect {
  std::string key;
  bool present = false;
  std::uint32_t share_bps = 0;
  Duration expires_in{};   // 0: does not expire by itself
  std::uint64_t hits = 0;  // packets dropped by it, where the control counts
};

struct Applied {
  bool verified = false;
  std::string detail;  // what was read back: "in set banned4, expires in 599 s"
  // It was in force by this order and others, who may, have ended it: not to be asked for again.
  bool over = false;
};

// What apply_all takes: an item and the remainder of its time.
struct Wanted {
  DesiredItem item;
  Duration expires_in{};
};

class Enforcer {
 public:
  virtual ~Enforcer() = default;
  virtual std::string_view control() const = 0;
  virtual bool can(Verb verb) const = 0;
  // Others come first when there is work for several.
  virtual bool is_slow() const { return false; }
  // PermissionDenied: never-touch, allow-listed, or the OS refuses (names the missing capability).
  // InvalidInput: key does not parse. Unavailable/Timeout: not now; a later try may succeed.
  // `expires_in` of 0 with present means it stays until taken away; bans refuse that.
  virtual Result<Applied> apply(const DesiredItem& item, Duration expires_in) = 0;
  // The same for many, one result each and in their order. A control with a bulk door overrides it.
  virtual std::vector<Result<Applied>> apply_all(std::span<const Wanted> wanted);
  // Everything of ours that is in force. Repairs objects of ours that somebody else took away; what
  // was in them is then missing from the list.
  virtual Result<std::vector<Effect>> list() = 0;
  // One key, exactly. A list taken while the kernel or the proxy reorganises itself may lack some;
  // ask here before believing that something is gone.
  virtual Result<std::optional<Effect>> look(const std::string& key);
  // The control can be reached and owns its objects (creates its table, finds its backends).
  virtual Status start() = 0;
  // Never-touch and allow-listed prefixes as far as they concern this machine; and the peers of
  // log-ins that stand here now, who are refused with Unavailable: they will go.
  virtual void protect(std::vector<IpPrefix> prefixes, std::vector<IpAddress> logged_in) = 0;
  // Undoes every effect and takes our objects away; start() makes them again.
  virtual Status release_all() = 0;
};

}  // namespace wardhive
