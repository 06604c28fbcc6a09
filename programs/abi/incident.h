// Layout of an accusation and its trial.
#pragma once

#include <cstdint>

#include "abi/schema.h"
#include "abi/tags.h"
#include "abi/types.h"

namespace swarm {

// Seeds "inc", id. From the accusation until nothing of what was taken is left here. `state` is an
// IncidentState. The lamports go back to the opener, who paid them.
struct Incident {
  static constexpr AccountTag kTag = AccountTag::Incident;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key position;                           // the accused
  Key owner;                              // of that
  Key opener;                             // who accuses
  Key bond_position;                      // whose stake answers for it
  Key node;                               // zero: the accusation is not about one
  Key evidence;                           // hash of what is kept off chain
  std::uint64_t id;                       // of the case, as monitors number it
  std::uint64_t base;                     // token units that could be claimed at opening
  std::uint64_t loss;                     // token units claimed of them; the position's `at_risk`
  std::uint64_t bond;                     // token units, `at_risk` of the opener's; 0 once free
  std::uint64_t deadline, deadline_slot;  // to dispute; once disputed, to resolve. Over after both
  std::uint64_t since;                    // second in which the node went out of service
  std::uint64_t down;                     // the node's seconds out of service before that
  std::uint64_t gap;                      // and since, up to the execution
  std::uint64_t executed_at, executed_slot;
  std::uint64_t pot;           // token units, left for tenants
  std::uint64_t recoverable;   // token units that may come back in all
  std::uint64_t recovered;     // of them, so far
  std::uint64_t position_id;   // the accused's, in case its address is used anew
  std::uint32_t slash_number;  // the position's `slashes` when it was executed
  std::uint16_t bps;           // of base
  std::uint8_t category;       // Category
  std::uint8_t pad2;
};
inline constexpr Field kIncidentFields[] = {
    SWARM_FIELD(Incident, tag, 0),
    SWARM_FIELD(Incident, version, 1),
    SWARM_FIELD(Incident, bump, 2),
    SWARM_FIELD(Incident, state, 3),
    SWARM_FIELD(Incident, pad, 4),
    SWARM_FIELD(Incident, seq, 8),
    SWARM_FIELD(Incident, position, 16),
    SWARM_FIELD(Incident, owner, 48),
    SWARM_FIELD(Incident, opener, 80),
    SWARM_FIELD(Incident, bond_position, 112),
    SWARM_FIELD(Incident, node, 144),
    SWARM_FIELD(Incident, evidence, 176),
    SWARM_FIELD(Incident, id, 208),
    SWARM_FIELD(Incident, base, 216),
    SWARM_FIELD(Incident, loss, 224),
    SWARM_FIELD(Incident, bond, 232),
    SWARM_FIELD(Incident, deadline, 240),
    SWARM_FIELD(Incident, deadline_slot, 248),
    SWARM_FIELD(Incident, since, 256),
    SWARM_FIELD(Incident, down, 264),
    SWARM_FIELD(Incident, gap, 272),
    SWARM_FIELD(Incident, executed_at, 280),
    SWARM_FIELD(Incident, executed_slot, 288),
    SWARM_FIELD(Incident, pot, 296),
    SWARM_FIELD(Incident, recoverable, 304),
    SWARM_FIELD(Incident, recovered, 312),
    SWARM_FIELD(Incident, position_id, 320),
    SWARM_FIELD(Incident, slash_number, 328),
    SWARM_FIELD(Incident, bps, 332),
    SWARM_FIELD(Incident, category, 334),
    SWARM_FIELD(Incident, pad2, 335),
};
static_assert(covers(kIncidentFields, sizeof(Incident)));

}  // namespace swarm
