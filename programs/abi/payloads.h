// What an op's payload says: the kind, then these, packed and little endian. Its SHA-256 is what
// queue_op announces; execute_op is given the bytes.
#pragma once

#include "abi/schema.h"
#include "abi/tags.h"

namespace swarm {

namespace payload {

inline constexpr Argument kReplaceSet[] = {
    {"kind", Type::U8}, {"set", Type::U8}, {"threshold", Type::U8}, {"keys", Type::Rest}};
inline constexpr Argument kSetRole[] = {
    {"kind", Type::U8}, {"role", Type::U8}, {"rules", Type::RoleRules}};
inline constexpr Argument kSetLimits[] = {{"kind", Type::U8},
                                          {"outflow_bps", Type::U16},
                                          {"sentinel_pause", Type::U32},
                                          {"outflow_floor", Type::U64},
                                          {"work_cap", Type::U64}};
inline constexpr Argument kRemoveSentinelKey[] = {{"kind", Type::U8}, {"key", Type::Key}};
inline constexpr Argument kLowerSentinelPause[] = {{"kind", Type::U8}, {"seconds", Type::U32}};
inline constexpr Argument kSetMarket[] = {
    {"kind", Type::U8},           {"fee_bps", Type::U16},        {"treasury_bps", Type::U16},
    {"discount_bps", Type::U16},  {"notice", Type::U32},         {"holdback", Type::U32},
    {"bond_per_unit", Type::U64}, {"discount_stake", Type::U64}, {"treasury", Type::Key}};
inline constexpr Argument kLowerWorkCap[] = {{"kind", Type::U8}, {"work_cap", Type::U64}};

}  // namespace payload

struct PayloadSchema {
  const char* name;
  std::uint8_t kind;
  std::span<const Argument> arguments;
};

inline constexpr PayloadSchema kPayloads[] = {
    {"replace_set", static_cast<std::uint8_t>(OpKind::ReplaceSet), payload::kReplaceSet},
    {"set_role", static_cast<std::uint8_t>(OpKind::SetRole), payload::kSetRole},
    {"set_limits", static_cast<std::uint8_t>(OpKind::SetLimits), payload::kSetLimits},
    {"remove_sentinel_key", static_cast<std::uint8_t>(OpKind::RemoveSentinelKey),
     payload::kRemoveSentinelKey},
    {"lower_sentinel_pause", static_cast<std::uint8_t>(OpKind::LowerSentinelPause),
     payload::kLowerSentinelPause},
    {"lower_work_cap", static_cast<std::uint8_t>(OpKind::LowerWorkCap), payload::kLowerWorkCap},
    {"set_market", static_cast<std::uint8_t>(OpKind::SetMarket), payload::kSetMarket},
};

}  // namespace swarm
