// Bounds that no key can move. Config holds current values inside them; what it starts with is here
// too.
#pragma once

#include <cstdint>

#include "abi/tags.h"

namespace swarm {

inline constexpr std::uint32_t kDay = 86'400;
inline constexpr std::uint32_t kHour = 3'600;

// Time of our own: an epoch is a day of 86,400 s since 1970.
inline constexpr std::uint64_t kEpochSeconds = kDay;

// The mint's supply, so the sum of all principal, is at most this; weights are at most four times.
inline constexpr std::uint64_t kSupplyMax = std::uint64_t{1} << 61;
// Below this total weight the stream stands still: the accumulator stays exact and small.
inline constexpr std::uint64_t kWeightMin = std::uint64_t{1} << 20;
inline constexpr std::uint32_t kBpsOne = 10'000;

// ---- Streams
inline constexpr std::uint64_t kStreamSecondsMin = kDay;
inline constexpr std::uint64_t kStreamSecondsMax = 366ull * kDay;

// ---- Signatures of key sets
inline constexpr std::uint8_t kSetKeysMax = 11;
inline constexpr std::uint8_t kThresholdMax = 7;  // eleven signers do not fit a transaction
inline constexpr std::uint64_t kSignatureSlotsMax = 9'000;

// ---- Outflow of principal, per 24 h
inline constexpr std::uint32_t kOutflowBpsMin = 500;
inline constexpr std::uint32_t kOutflowBpsMax = kBpsOne;
inline constexpr std::uint32_t kOutflowBpsStart = 1'000;
inline constexpr std::uint64_t kOutflowPeriod = kDay;
// What may leave in a day whatever the share, so that the last stakers get out. Large against the
// seconds of a day: rounding the bucket's leak down every second must not hold exits back.
inline constexpr std::uint64_t kOutflowFloorMin = std::uint64_t{1} << 30;

// ---- Breaker
inline constexpr std::uint32_t kSentinelPauseMax = kHour;
inline constexpr std::uint32_t kGuardianPauseMax = 72 * kHour;
inline constexpr std::uint32_t kSentinelBudget = 3 * kHour;  // per 30 d
inline constexpr std::uint32_t kGuardianBudget = 7 * kDay;   // per 30 d
inline constexpr std::uint64_t kPausePeriod = 30ull * kDay;

// ---- Work rewards
inline constexpr std::uint64_t kRootDelay = 24 * kHour;
inline constexpr std::uint64_t kWorkEpochsMax = 7;  // unused cap is kept no longer
inline constexpr std::uint64_t kProofMax = 24;      // hashes
inline constexpr std::uint64_t kLeavesMax = std::uint64_t{1} << kProofMax;

// ---- Timelock
inline constexpr std::uint64_t kOpDelay = 72 * kHour;
inline constexpr std::uint64_t kSetDelay = 7ull * kDay;
inline constexpr std::uint64_t kOpWindow = 7ull * kDay;

// ---- Nodes
inline constexpr std::uint32_t kUnitsMax = 1u << 20;  // of one node
inline constexpr std::uint64_t kPriceMax = std::uint64_t{1}
                                           << 40;  // token units per unit and second
inline constexpr std::uint64_t kBondPerUnitMax = std::uint64_t{1} << 41;  // so a bond is <= 2^61
inline constexpr std::uint64_t kAttestationMin = 7ull * kDay;
inline constexpr std::uint64_t kAttestationMax = 90ull * kDay;
// A node at level n may have 2^n units leased; one level more per clean epoch.
inline constexpr std::uint8_t kLevelMax = 20;

// ---- Leases
inline constexpr std::uint8_t kSeats = 3;  // the node that serves first, and two standbys
inline constexpr std::uint64_t kLeaseSecondsMin = 60;
inline constexpr std::uint64_t kLeaseSecondsMax = 366ull * kDay;
inline constexpr std::uint64_t kPrepaidSecondsMin = kHour;  // or the whole lease, if it is shorter
inline constexpr std::uint16_t kFeeBpsMax = 3'000;
inline constexpr std::uint16_t kFeeBpsStart = 500;
inline constexpr std::uint32_t kNoticeMin = kHour;
inline constexpr std::uint32_t kNoticeMax = 7 * kDay;
inline constexpr std::uint32_t kNoticeStart = kDay;
inline constexpr std::uint32_t kHoldbackMin = kHour;
inline constexpr std::uint32_t kHoldbackMax = 7 * kDay;
inline constexpr std::uint32_t kHoldbackStart = kDay;
// Why a lease was closed, by who closed it.
inline constexpr std::uint16_t kReasonsTenant = 1;
inline constexpr std::uint16_t kReasonsProvider = 10'000;
inline constexpr std::uint16_t kReasonsNetwork = 20'000;

// ---- Quarantine
// Incident numbers rise, and none is larger than the second allows: a key that used up all numbers
// would keep a target from ever being contained again.
inline constexpr std::uint64_t kIncidentsPerSecond = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kQuarantineMin = 60;
inline constexpr std::uint64_t kQuarantineSentinelMax = 24 * kHour;
inline constexpr std::uint64_t kQuarantineGuardianMax = 7ull * kDay;
inline constexpr std::uint64_t kQuarantineBps = 500;  // of all attested units, per 24 h
inline constexpr std::uint64_t kQuarantinePeriod = kDay;
inline constexpr std::uint64_t kKeyRest = 7ull * kDay;     // one sentinel key, one node
inline constexpr std::uint64_t kFreezeRest = 7ull * kDay;  // one position, all sentinel keys
inline constexpr std::uint64_t kFreezesPerDay = 16;        // by sentinels, of all positions

// ---- Incidents
// The most that an accusation of a category may claim, in bps of the stake.
inline constexpr std::uint16_t kCategoryBps[kCategories] = {100, 300, 1'000, 2'000, 5'000};
// Time to dispute, by what is claimed; to resolve; for the tenants to ask for their part.
inline constexpr std::uint16_t kSmallClaimBps = 300;    // and below
inline constexpr std::uint16_t kLargeClaimBps = 2'000;  // and above
inline constexpr std::uint64_t kDisputeSmall = 24 * kHour;
inline constexpr std::uint64_t kDisputeMiddle = 72 * kHour;
inline constexpr std::uint64_t kDisputeLarge = 7ull * kDay;
inline constexpr std::uint64_t kResolveTime = 14ull * kDay;
inline constexpr std::uint64_t kPotTime = 30ull * kDay;
// The opener's bond is this part of what is claimed, and at most the least stake of its role.
inline constexpr std::uint64_t kBondPart = 10;
// What is taken: for the tenants of the node, and what may come back unless it was fraud.
inline constexpr std::uint64_t kPotBps = 3'000;
inline constexpr std::uint64_t kRecoverableBps = 5'000;
inline constexpr std::uint64_t kRecoverEpochs = 30;  // in equal parts
// What may be taken: of one position in two windows, and of all principal in a day.
inline constexpr std::uint64_t kSlashWindow = 30ull * kDay;
inline constexpr std::uint64_t kSlashWindowsBps = 6'000;
inline constexpr std::uint64_t kSlashBps = 200;
inline constexpr std::uint64_t kSlashPeriod = kDay;

// ---- Roles
struct RoleBounds {
  std::uint32_t lock_min, lock_max;      // seconds
  std::uint16_t weight_min, weight_max;  // bps of one
  std::uint32_t unbond_min, unbond_max;  // seconds
};
inline constexpr RoleBounds kRoleBounds[kRoles] = {
    {30 * kDay, 365 * kDay, 10'000, 20'000, 4 * kDay, 14 * kDay},
    {0, 90 * kDay, 5'000, 10'000, 0, 3 * kDay},
    {365 * kDay, 1'460 * kDay, 15'000, 40'000, 4 * kDay, 28 * kDay},
};

}  // namespace swarm
