// Layouts of the program's accounts, little endian, for ever: a change is a new version beside the
// old.
#pragma once

#include <cstdint>

#include "abi/bounds.h"
#include "abi/schema.h"
#include "abi/tags.h"
#include "abi/types.h"

namespace swarm {

// What a role asks for and gives. Inside kRoleBounds.
struct RoleRules {
  std::uint64_t min_stake;  // token units
  std::uint32_t lock_min;   // seconds
  std::uint32_t lock_max;
  std::uint16_t weight_min;  // bps of one, at lock_min
  std::uint16_t weight_max;  // at lock_max
  std::uint32_t unbond;      // seconds
};
static_assert(sizeof(RoleRules) == 24);
template <>
struct TypeOf<RoleRules> : std::integral_constant<Type, Type::RoleRules> {};
inline constexpr Field kRoleRulesFields[] = {
    SWARM_FIELD(RoleRules, min_stake, 0),   SWARM_FIELD(RoleRules, lock_min, 8),
    SWARM_FIELD(RoleRules, lock_max, 12),   SWARM_FIELD(RoleRules, weight_min, 16),
    SWARM_FIELD(RoleRules, weight_max, 18), SWARM_FIELD(RoleRules, unbond, 20),
};
static_assert(covers(kRoleRulesFields, sizeof(RoleRules)));

// Seeds "cfg". `state` is 1 once sealed.
struct Config {
  static constexpr AccountTag kTag = AccountTag::Config;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;
  static constexpr std::uint8_t kSealed = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key mint;
  Key token_program;
  Key hook;          // the mint's transfer hook program; zero without one
  Key stake_vault;   // principal only
  Key reward_vault;  // streams and work
  Key escrow_vault;  // leases
  std::uint8_t stake_vault_bump, reward_vault_bump, escrow_vault_bump;
  std::uint8_t decimals;
  std::uint8_t has_hook;
  std::uint8_t sets;  // made so far
  std::uint16_t outflow_bps;
  std::uint32_t sentinel_pause;  // seconds, one call
  std::uint32_t pad2;
  std::uint64_t outflow_floor;  // token units that may always leave in a day
  std::uint64_t work_cap;       // token units per epoch
  RoleRules roles[kRoles];
  Key treasury;                  // owner of token accounts that get its share of fees; zero: none
  std::uint64_t bond_per_unit;   // token units of stake, per unit of capacity
  std::uint64_t discount_stake;  // a user who has so much locked until his lease ends pays less
  std::uint32_t notice;          // seconds, from a provider's word to the end
  std::uint32_t holdback;        // seconds, of what was earned and is not payable yet
  std::uint16_t fee_bps;         // of what providers earn
  std::uint16_t treasury_bps;    // of fees; the rest is burned
  std::uint16_t discount_bps;    // of the fee
  std::uint16_t pad3;
};
inline constexpr Field kConfigFields[] = {
    SWARM_FIELD(Config, tag, 0),
    SWARM_FIELD(Config, version, 1),
    SWARM_FIELD(Config, bump, 2),
    SWARM_FIELD(Config, state, 3),
    SWARM_FIELD(Config, pad, 4),
    SWARM_FIELD(Config, seq, 8),
    SWARM_FIELD(Config, mint, 16),
    SWARM_FIELD(Config, token_program, 48),
    SWARM_FIELD(Config, hook, 80),
    SWARM_FIELD(Config, stake_vault, 112),
    SWARM_FIELD(Config, reward_vault, 144),
    SWARM_FIELD(Config, escrow_vault, 176),
    SWARM_FIELD(Config, stake_vault_bump, 208),
    SWARM_FIELD(Config, reward_vault_bump, 209),
    SWARM_FIELD(Config, escrow_vault_bump, 210),
    SWARM_FIELD(Config, decimals, 211),
    SWARM_FIELD(Config, has_hook, 212),
    SWARM_FIELD(Config, sets, 213),
    SWARM_FIELD(Config, outflow_bps, 214),
    SWARM_FIELD(Config, sentinel_pause, 216),
    SWARM_FIELD(Config, pad2, 220),
    SWARM_FIELD(Config, outflow_floor, 224),
    SWARM_FIELD(Config, work_cap, 232),
    SWARM_FIELD(Config, roles, 240),
    SWARM_FIELD(Config, treasury, 312),
    SWARM_FIELD(Config, bond_per_unit, 344),
    SWARM_FIELD(Config, discount_stake, 352),
    SWARM_FIELD(Config, notice, 360),
    SWARM_FIELD(Config, holdback, 364),
    SWARM_FIELD(Config, fee_bps, 368),
    SWARM_FIELD(Config, treasury_bps, 370),
    SWARM_FIELD(Config, discount_bps, 372),
    SWARM_FIELD(Config, pad3, 374),
};
static_assert(covers(kConfigFields, sizeof(Config)));

// Seeds "set", kind. `seq` counts its changes: what was signed by an older set is void.
struct Set {
  static constexpr AccountTag kTag = AccountTag::Set;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  std::uint8_t kind;  // SetKind
  std::uint8_t size;  // keys in use
  std::uint8_t
      threshold;  // of a sentinel set: the quorum; one key acts alone where that is allowed
  std::uint8_t pad2;
  std::uint32_t pad3;
  Key keys[kSetKeysMax];
};
inline constexpr Field kSetFields[] = {
    SWARM_FIELD(Set, tag, 0),   SWARM_FIELD(Set, version, 1), SWARM_FIELD(Set, bump, 2),
    SWARM_FIELD(Set, state, 3), SWARM_FIELD(Set, pad, 4),     SWARM_FIELD(Set, seq, 8),
    SWARM_FIELD(Set, kind, 16), SWARM_FIELD(Set, size, 17),   SWARM_FIELD(Set, threshold, 18),
    SWARM_FIELD(Set, pad2, 19), SWARM_FIELD(Set, pad3, 20),   SWARM_FIELD(Set, keys, 24),
};
static_assert(covers(kSetFields, sizeof(Set)));

// Seeds "pool". The stream of rewards and what all positions sum up to.
struct Pool {
  static constexpr AccountTag kTag = AccountTag::Pool;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  U128 acc;                       // token units x 2^64 per unit of weight, modulo 2^128
  std::uint64_t carry;            // token units x 2^64 not yet in acc
  std::uint64_t weight;           // of all positions
  std::uint64_t total;            // of the stream that runs
  std::uint64_t start, end;       // its seconds
  std::uint64_t emitted;          // of total
  std::uint64_t last, last_slot;  // of the latest settlement
  std::uint64_t principal;        // amount + unbonding of all positions
  std::uint64_t next_id;
  std::uint64_t outflow, outflow_at;  // bucket: level, and when it was so
};
inline constexpr Field kPoolFields[] = {
    SWARM_FIELD(Pool, tag, 0),          SWARM_FIELD(Pool, version, 1),
    SWARM_FIELD(Pool, bump, 2),         SWARM_FIELD(Pool, state, 3),
    SWARM_FIELD(Pool, pad, 4),          SWARM_FIELD(Pool, seq, 8),
    SWARM_FIELD(Pool, acc, 16),         SWARM_FIELD(Pool, carry, 32),
    SWARM_FIELD(Pool, weight, 40),      SWARM_FIELD(Pool, total, 48),
    SWARM_FIELD(Pool, start, 56),       SWARM_FIELD(Pool, end, 64),
    SWARM_FIELD(Pool, emitted, 72),     SWARM_FIELD(Pool, last, 80),
    SWARM_FIELD(Pool, last_slot, 88),   SWARM_FIELD(Pool, principal, 96),
    SWARM_FIELD(Pool, next_id, 104),    SWARM_FIELD(Pool, outflow, 112),
    SWARM_FIELD(Pool, outflow_at, 120),
};
static_assert(covers(kPoolFields, sizeof(Pool)));

// Seeds "flt". What response paths write, so that they never wait for the Pool.
struct Fleet {
  static constexpr AccountTag kTag = AccountTag::Fleet;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  std::uint64_t op_seq;                      // ops queued so far
  std::uint64_t sentinel_used, sentinel_at;  // pause budgets: bucket of seconds
  std::uint64_t guardian_used, guardian_at;
  std::uint64_t paused_until[kPauseBits];     // by bit; the second named still counts
  std::uint64_t units_total;                  // attested, of all nodes
  std::uint64_t quarantined, quarantined_at;  // bucket of units
  std::uint64_t frozen, frozen_at;            // bucket of positions frozen by sentinels
  std::uint64_t slashed, slashed_at;          // bucket of token units
};
inline constexpr Field kFleetFields[] = {
    SWARM_FIELD(Fleet, tag, 0),
    SWARM_FIELD(Fleet, version, 1),
    SWARM_FIELD(Fleet, bump, 2),
    SWARM_FIELD(Fleet, state, 3),
    SWARM_FIELD(Fleet, pad, 4),
    SWARM_FIELD(Fleet, seq, 8),
    SWARM_FIELD(Fleet, op_seq, 16),
    SWARM_FIELD(Fleet, sentinel_used, 24),
    SWARM_FIELD(Fleet, sentinel_at, 32),
    SWARM_FIELD(Fleet, guardian_used, 40),
    SWARM_FIELD(Fleet, guardian_at, 48),
    SWARM_FIELD(Fleet, paused_until, 56),
    SWARM_FIELD(Fleet, units_total, 112),
    SWARM_FIELD(Fleet, quarantined, 120),
    SWARM_FIELD(Fleet, quarantined_at, 128),
    SWARM_FIELD(Fleet, frozen, 136),
    SWARM_FIELD(Fleet, frozen_at, 144),
    SWARM_FIELD(Fleet, slashed, 152),
    SWARM_FIELD(Fleet, slashed_at, 160),
};
static_assert(covers(kFleetFields, sizeof(Fleet)));

// A Merkle root over what everybody has earned so far; n = 0 is none.
struct RootRecord {
  Key root;
  std::uint64_t size;       // leaves
  std::uint64_t cum_total;  // token units, sum of all leaves
  std::uint64_t n;
};
static_assert(sizeof(RootRecord) == 56);
template <>
struct TypeOf<RootRecord> : std::integral_constant<Type, Type::RootRecord> {};
inline constexpr Field kRootRecordFields[] = {
    SWARM_FIELD(RootRecord, root, 0),
    SWARM_FIELD(RootRecord, size, 32),
    SWARM_FIELD(RootRecord, cum_total, 40),
    SWARM_FIELD(RootRecord, n, 48),
};
static_assert(covers(kRootRecordFields, sizeof(RootRecord)));

// Seeds "wrk". Rewards for work, by cumulative roots.
struct Work {
  static constexpr AccountTag kTag = AccountTag::Work;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  RootRecord active;
  RootRecord pending;
  std::uint64_t active_at, active_slot;  // after both, pending is the active one
  std::uint64_t last_n;                  // of the roots posted, disabled ones too
  std::uint64_t last_epoch;              // in which the latest root that stands was posted
  std::uint64_t prior_epoch;             // the same before pending: disable_root brings it back
  std::uint64_t funded, claimed;         // token units
};
inline constexpr Field kWorkFields[] = {
    SWARM_FIELD(Work, tag, 0),           SWARM_FIELD(Work, version, 1),
    SWARM_FIELD(Work, bump, 2),          SWARM_FIELD(Work, state, 3),
    SWARM_FIELD(Work, pad, 4),           SWARM_FIELD(Work, seq, 8),
    SWARM_FIELD(Work, active, 16),       SWARM_FIELD(Work, pending, 72),
    SWARM_FIELD(Work, active_at, 128),   SWARM_FIELD(Work, active_slot, 136),
    SWARM_FIELD(Work, last_n, 144),      SWARM_FIELD(Work, last_epoch, 152),
    SWARM_FIELD(Work, prior_epoch, 160), SWARM_FIELD(Work, funded, 168),
    SWARM_FIELD(Work, claimed, 176),
};
static_assert(covers(kWorkFields, sizeof(Work)));

// Seeds "pos", owner, nonce. One stake of one owner.
struct Position {
  static constexpr AccountTag kTag = AccountTag::Position;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key owner;
  Key rent_to;  // gets the lamports when it closes
  std::uint64_t nonce;
  std::uint64_t id;         // never used again
  std::uint8_t role;        // Role
  std::uint8_t recovering;  // 1: an incident holds what may come back, so it stays open
  std::uint8_t pad2[2];
  std::uint32_t slashes;  // executed on it
  std::uint64_t amount;   // token units at stake
  std::uint64_t weight;
  std::uint64_t lock_end, lock_slot;      // over after both
  std::uint64_t unbonding;                // token units on their way out
  std::uint64_t unbond_end, unbond_slot;  // free after both
  U128 paid;                              // Pool.acc up to which it was settled
  std::uint64_t frac;                     // token units x 2^64 owed beyond `owed`
  std::uint64_t owed;                     // token units, rewards not yet paid
  std::uint64_t work_claimed;             // token units, cumulative
  std::uint64_t bonded;                   // of amount: stands for nodes
  std::uint64_t at_risk;                  // of amount + unbonding: claimed by incidents
  std::uint64_t freeze_until;
  std::uint64_t last_incident;          // that froze it
  std::uint64_t frozen_at;              // when a sentinel last did
  std::uint32_t slash_window;           // of 30 days, the one `slash_cur` counts in
  std::uint16_t slash_cur, slash_prev;  // bps slashed in it, and in the one before
};
inline constexpr Field kPositionFields[] = {
    SWARM_FIELD(Position, tag, 0),
    SWARM_FIELD(Position, version, 1),
    SWARM_FIELD(Position, bump, 2),
    SWARM_FIELD(Position, state, 3),
    SWARM_FIELD(Position, pad, 4),
    SWARM_FIELD(Position, seq, 8),
    SWARM_FIELD(Position, owner, 16),
    SWARM_FIELD(Position, rent_to, 48),
    SWARM_FIELD(Position, nonce, 80),
    SWARM_FIELD(Position, id, 88),
    SWARM_FIELD(Position, role, 96),
    SWARM_FIELD(Position, recovering, 97),
    SWARM_FIELD(Position, pad2, 98),
    SWARM_FIELD(Position, slashes, 100),
    SWARM_FIELD(Position, amount, 104),
    SWARM_FIELD(Position, weight, 112),
    SWARM_FIELD(Position, lock_end, 120),
    SWARM_FIELD(Position, lock_slot, 128),
    SWARM_FIELD(Position, unbonding, 136),
    SWARM_FIELD(Position, unbond_end, 144),
    SWARM_FIELD(Position, unbond_slot, 152),
    SWARM_FIELD(Position, paid, 160),
    SWARM_FIELD(Position, frac, 176),
    SWARM_FIELD(Position, owed, 184),
    SWARM_FIELD(Position, work_claimed, 192),
    SWARM_FIELD(Position, bonded, 200),
    SWARM_FIELD(Position, at_risk, 208),
    SWARM_FIELD(Position, freeze_until, 216),
    SWARM_FIELD(Position, last_incident, 224),
    SWARM_FIELD(Position, frozen_at, 232),
    SWARM_FIELD(Position, slash_window, 240),
    SWARM_FIELD(Position, slash_cur, 244),
    SWARM_FIELD(Position, slash_prev, 246),
};
static_assert(covers(kPositionFields, sizeof(Position)));

// Seeds "op", op_seq. An administrative change that waits.
struct Op {
  static constexpr AccountTag kTag = AccountTag::Op;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key payload_hash;  // SHA-256
  Key rent_to;
  std::uint64_t op_seq;
  std::uint64_t eta, eta_slot;  // may be executed after both
  std::uint64_t expiry;         // and not after this second
  std::uint64_t set_seq;        // of the guardian set that queued it
  std::uint8_t kind;            // OpKind
  std::uint8_t pad2[7];
};
inline constexpr Field kOpFields[] = {
    SWARM_FIELD(Op, tag, 0),           SWARM_FIELD(Op, version, 1),   SWARM_FIELD(Op, bump, 2),
    SWARM_FIELD(Op, state, 3),         SWARM_FIELD(Op, pad, 4),       SWARM_FIELD(Op, seq, 8),
    SWARM_FIELD(Op, payload_hash, 16), SWARM_FIELD(Op, rent_to, 48),  SWARM_FIELD(Op, op_seq, 80),
    SWARM_FIELD(Op, eta, 88),          SWARM_FIELD(Op, eta_slot, 96), SWARM_FIELD(Op, expiry, 104),
    SWARM_FIELD(Op, set_seq, 112),     SWARM_FIELD(Op, kind, 120),    SWARM_FIELD(Op, pad2, 121),
};
static_assert(covers(kOpFields, sizeof(Op)));

}  // namespace swarm
