// What the program would refuse when an op is executed, by the bounds of programs/abi: a mistake
// is told before the delay and not after it.
#include <fmt/format.h>

#include <algorithm>

#include "app/cli/chain/op.h"
#include "app/cli/chain/op_fields.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::OpKind;

std::unexpected<Error> refused(std::string_view option, std::string_view why) {
  return chain::fault(ErrorCode::InvalidInput, "out_of_bounds",
                      fmt::format("--{}: {}", option, why));
}

class Values {
 public:
  Values(std::vector<OpValue> values, unsigned decimals)
      : values_(std::move(values)), decimals_(decimals) {}

  std::uint64_t number(std::string_view option) const { return find(option).number; }
  const Pubkey& key(std::string_view option) const { return find(option).key; }
  std::vector<Pubkey> members() const {
    std::vector<Pubkey> keys;
    for (const auto& value : values_)
      if (value.field->unit == Unit::Members) keys.push_back(value.key);
    return keys;
  }
  Status within(std::string_view option, std::uint64_t least, std::uint64_t most) const {
    const auto& value = find(option);
    if (value.number >= least && value.number <= most) return ok();
    return refused(option,
                   fmt::format("{} is outside of what the program allows: {} to {}",
                               text(value, value.number), text(value, least), text(value, most)));
  }

 private:
  const OpValue& find(std::string_view option) const {
    return *std::ranges::find_if(
        values_, [&](const OpValue& value) { return value.field->option == option; });
  }
  std::string text(const OpValue& value, std::uint64_t number) const {
    if (value.field->unit == Unit::Bps) return format_amount(number, 2) + " %";
    if (value.field->unit == Unit::Tokens) return format_amount(number, decimals_) + " tokens";
    return fmt::format("{}{}", number, value.field->unit == Unit::Seconds ? " s" : "");
  }

  std::vector<OpValue> values_;
  unsigned decimals_;
};

Status check_role(const Values& values) {
  const auto& bounds = swarm::kRoleBounds[values.number("role")];
  WARDHIVE_TRY(values.within("min-stake", 1, swarm::kSupplyMax));
  WARDHIVE_TRY(values.within("lock-max", bounds.lock_min, bounds.lock_max));
  WARDHIVE_TRY(values.within("lock-min", bounds.lock_min, values.number("lock-max")));
  WARDHIVE_TRY(values.within("weight-max", bounds.weight_min, bounds.weight_max));
  WARDHIVE_TRY(values.within("weight-min", bounds.weight_min, values.number("weight-max")));
  return values.within("unbond", bounds.unbond_min, bounds.unbond_max);
}

Status check_limits(const Values& values) {
  WARDHIVE_TRY(values.within("outflow", swarm::kOutflowBpsMin, swarm::kOutflowBpsMax));
  WARDHIVE_TRY(values.within("sentinel-pause", 0, swarm::kSentinelPauseMax));
  WARDHIVE_TRY(values.within("outflow-floor", swarm::kOutflowFloorMin, swarm::kSupplyMax));
  return values.within("work-cap", 0, swarm::kSupplyMax);
}

Status check_market(const Values& values) {
  WARDHIVE_TRY(values.within("fee", 0, swarm::kFeeBpsMax));
  WARDHIVE_TRY(values.within("treasury-share", 0, swarm::kBpsOne));
  WARDHIVE_TRY(values.within("fee-discount", 0, swarm::kBpsOne));
  WARDHIVE_TRY(values.within("notice", swarm::kNoticeMin, swarm::kNoticeMax));
  WARDHIVE_TRY(values.within("holdback", swarm::kHoldbackMin, swarm::kHoldbackMax));
  WARDHIVE_TRY(values.within("bond", 1, swarm::kBondPerUnitMax));
  WARDHIVE_TRY(values.within("discount-stake", 0, swarm::kSupplyMax));
  if (values.number("treasury-share") != 0 && values.key("treasury") == Pubkey{})
    return refused("treasury", "is needed for a share of the fees");
  return ok();
}

bool has(const swarm::Set& set, const Pubkey& key) {
  for (std::size_t i = 0; i < set.size && i < swarm::kSetKeysMax; ++i)
    if (chain::pubkey_of(set.keys[i]) == key) return true;
  return false;
}

Status check_set(const Values& values, const OpSets& sets) {
  const auto kind = static_cast<swarm::SetKind>(values.number("set"));
  const auto members = values.members();
  const std::size_t least = kind == swarm::SetKind::Guardian   ? 3
                            : kind == swarm::SetKind::Resolver ? 2
                                                               : 1;
  if (members.size() < least || members.size() > swarm::kSetKeysMax)
    return refused("member", fmt::format("{} keys; this set has {} to {}", members.size(), least,
                                         swarm::kSetKeysMax));
  const std::uint64_t majority = kind == swarm::SetKind::Resolver ? 2 : members.size() / 2 + 1;
  WARDHIVE_TRY(values.within("threshold", majority,
                             std::min<std::uint64_t>(members.size(), swarm::kThresholdMax)));
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i] == Pubkey{} || std::ranges::count(members, members[i]) != 1)
      return refused("member", members[i].text() + " is no key or stands twice");
    for (const auto* other : {&sets.guardian, &sets.sentinel, &sets.resolver})
      if (static_cast<swarm::SetKind>(other->kind) != kind && has(*other, members[i]))
        return refused("member", members[i].text() + " is in another set");
  }
  return ok();
}

Status check_removal(const Values& values, const swarm::Set& sentinel) {
  const auto& key = values.key("remove");
  if (!has(sentinel, key)) return refused("remove", key.text() + " is no key of the sentinel set");
  if (sentinel.size == 1)
    return refused("remove", "it is the only sentinel; replace-set names others");
  return ok();
}

// What has no delay may only make a power smaller.
Status check_lower(const Values& values, std::string_view option, std::uint64_t present) {
  if (present == 0) return refused(option, "it is 0 already");
  return values.within(option, 0, present - 1);
}

bool changes_nothing(OpKind kind, std::span<const std::uint8_t> payload,
                     const swarm::Config& config) {
  OpOptions as_it_is;
  if (kind == OpKind::SetRole) as_it_is.values["role"] = role_name(payload[1]);
  if (kind != OpKind::SetRole && kind != OpKind::SetLimits && kind != OpKind::SetMarket)
    return false;
  const auto present = op_payload(kind, as_it_is, config);
  return present && std::ranges::equal(*present, payload);
}

}  // namespace

Status check_op(std::span<const std::uint8_t> payload, const swarm::Config& config,
                const OpSets& sets) {
  WARDHIVE_ASSIGN(auto found, op_values(payload));
  const auto kind = static_cast<OpKind>(payload[0]);
  if (changes_nothing(kind, payload, config))
    return chain::fault(ErrorCode::InvalidInput, "nothing_changes",
                        "all of this is as it is already; name what is to change");
  const Values values(std::move(found), config.decimals);
  switch (kind) {
    case OpKind::ReplaceSet:
      return check_set(values, sets);
    case OpKind::SetRole:
      return check_role(values);
    case OpKind::SetLimits:
      return check_limits(values);
    case OpKind::SetMarket:
      return check_market(values);
    case OpKind::RemoveSentinelKey:
      return check_removal(values, sets.sentinel);
    case OpKind::LowerSentinelPause:
      return check_lower(values, "sentinel-pause", config.sentinel_pause);
    case OpKind::LowerWorkCap:
      break;
  }
  return check_lower(values, "work-cap", config.work_cap);
}

}  // namespace wardhive::cli_chain
