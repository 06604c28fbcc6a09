// Layouts of a provider's nodes.
#pragma once

#include <cstdint>

#include "abi/bounds.h"
#include "abi/schema.h"
#include "abi/tags.h"
#include "abi/types.h"

namespace swarm {

// Seeds "node", identity. One machine of one provider.
struct Node {
  static constexpr AccountTag kTag = AccountTag::Node;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key owner;
  Key identity;                 // the machine's own key
  Key position;                 // whose stake is its bond
  Key digest;                   // of its hardware, as attested; zero before
  std::uint64_t price;          // token units per second and unit
  std::uint64_t bond;           // token units, part of the position's `bonded`
  std::uint64_t down;           // seconds spent in quarantine, without the one that is open
  std::uint64_t q_at, q_until;  // the latest quarantine; open while q_at <= t < q_until
  std::uint64_t last_incident;
  std::uint64_t retire_at;            // serves nobody from then on; 0: not retiring
  std::uint64_t attested_until;       // 0: never attested
  std::uint64_t level_epoch;          // the latest in which the level was raised
  std::uint64_t key_set_seq;          // of the sentinel set that key_at counts by
  std::uint64_t key_at[kSetKeysMax];  // when a sentinel key last quarantined it
  std::uint32_t units;                // capacity, as the owner says
  std::uint32_t attested_units;       // as the sentinels say
  std::uint32_t leased;               // units
  std::uint8_t level;                 // of probation
  std::uint8_t accept_standby;
  std::uint8_t pad2[2];
};
inline constexpr Field kNodeFields[] = {
    SWARM_FIELD(Node, tag, 0),
    SWARM_FIELD(Node, version, 1),
    SWARM_FIELD(Node, bump, 2),
    SWARM_FIELD(Node, state, 3),
    SWARM_FIELD(Node, pad, 4),
    SWARM_FIELD(Node, seq, 8),
    SWARM_FIELD(Node, owner, 16),
    SWARM_FIELD(Node, identity, 48),
    SWARM_FIELD(Node, position, 80),
    SWARM_FIELD(Node, digest, 112),
    SWARM_FIELD(Node, price, 144),
    SWARM_FIELD(Node, bond, 152),
    SWARM_FIELD(Node, down, 160),
    SWARM_FIELD(Node, q_at, 168),
    SWARM_FIELD(Node, q_until, 176),
    SWARM_FIELD(Node, last_incident, 184),
    SWARM_FIELD(Node, retire_at, 192),
    SWARM_FIELD(Node, attested_until, 200),
    SWARM_FIELD(Node, level_epoch, 208),
    SWARM_FIELD(Node, key_set_seq, 216),
    SWARM_FIELD(Node, key_at, 224),
    SWARM_FIELD(Node, units, 312),
    SWARM_FIELD(Node, attested_units, 316),
    SWARM_FIELD(Node, leased, 320),
    SWARM_FIELD(Node, level, 324),
    SWARM_FIELD(Node, accept_standby, 325),
    SWARM_FIELD(Node, pad2, 326),
};
static_assert(covers(kNodeFields, sizeof(Node)));

// Seeds "dig", sha256. Says that this hardware is a node already: one machine cannot be two.
struct Digest {
  static constexpr AccountTag kTag = AccountTag::Digest;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key sha256;
  Key node;
  Key rent_to;
};
inline constexpr Field kDigestFields[] = {
    SWARM_FIELD(Digest, tag, 0),      SWARM_FIELD(Digest, version, 1),
    SWARM_FIELD(Digest, bump, 2),     SWARM_FIELD(Digest, state, 3),
    SWARM_FIELD(Digest, pad, 4),      SWARM_FIELD(Digest, seq, 8),
    SWARM_FIELD(Digest, sha256, 16),  SWARM_FIELD(Digest, node, 48),
    SWARM_FIELD(Digest, rent_to, 80),
};
static_assert(covers(kDigestFields, sizeof(Digest)));

}  // namespace swarm
