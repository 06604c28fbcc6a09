// An op's payload from options and back. The tables here are the order of programs/abi/payloads.h;
// op_test.cc holds them together.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "app/cli/chain/op.h"
#include "app/cli/chain/op_fields.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::OpKind;

constexpr std::array<std::string_view, swarm::kSetKinds> kSets{"guardian", "sentinel", "resolver"};

constexpr OpField kReplaceSet[] = {
    {"set", Unit::Set, 1}, {"threshold", Unit::Number, 1}, {"member", Unit::Members, 0}};
constexpr OpField kSetRole[] = {
    {"role", Unit::Role, 1},        {"min-stake", Unit::Tokens, 8}, {"lock-min", Unit::Seconds, 4},
    {"lock-max", Unit::Seconds, 4}, {"weight-min", Unit::Bps, 2},   {"weight-max", Unit::Bps, 2},
    {"unbond", Unit::Seconds, 4},
};
constexpr OpField kSetLimits[] = {
    {"outflow", Unit::Bps, 2},
    {"sentinel-pause", Unit::Seconds, 4},
    {"outflow-floor", Unit::Tokens, 8},
    {"work-cap", Unit::Tokens, 8},
};
constexpr OpField kSetMarket[] = {
    {"fee", Unit::Bps, 2},
    {"treasury-share", Unit::Bps, 2},
    {"fee-discount", Unit::Bps, 2},
    {"notice", Unit::Seconds, 4},
    {"holdback", Unit::Seconds, 4},
    {"bond", Unit::Tokens, 8},
    {"discount-stake", Unit::Tokens, 8},
    {"treasury", Unit::Address, 32},
};
constexpr OpField kRemoveSentinelKey[] = {{"remove", Unit::Address, 32}};
constexpr OpField kLowerSentinelPause[] = {{"sentinel-pause", Unit::Seconds, 4}};
constexpr OpField kLowerWorkCap[] = {{"work-cap", Unit::Tokens, 8}};

struct Kind {
  std::string_view name;
  OpKind kind;
  std::span<const OpField> fields;
};
constexpr std::array kKinds{
    Kind{"replace-set", OpKind::ReplaceSet, kReplaceSet},
    Kind{"set-role", OpKind::SetRole, kSetRole},
    Kind{"set-limits", OpKind::SetLimits, kSetLimits},
    Kind{"set-market", OpKind::SetMarket, kSetMarket},
    Kind{"remove-sentinel-key", OpKind::RemoveSentinelKey, kRemoveSentinelKey},
    Kind{"lower-sentinel-pause", OpKind::LowerSentinelPause, kLowerSentinelPause},
    Kind{"lower-work-cap", OpKind::LowerWorkCap, kLowerWorkCap}};

const Kind* find(std::uint8_t kind) {
  const auto found = std::ranges::find(kKinds, static_cast<OpKind>(kind), &Kind::kind);
  return found == kKinds.end() ? nullptr : &*found;
}

template <class T>
void append(chain::Bytes& bytes, const T& value) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof(T));
}

// The config's own values in the order of the fields; empty where a kind has none.
chain::Bytes as_it_is(OpKind kind, const swarm::Config& config, std::uint8_t role) {
  chain::Bytes bytes;
  const auto put = [&](const auto&... values) { (append(bytes, values), ...); };
  if (kind == OpKind::SetRole) {
    const auto& rules = config.roles[role];
    put(role, rules.min_stake, rules.lock_min, rules.lock_max, rules.weight_min, rules.weight_max,
        rules.unbond);
  } else if (kind == OpKind::SetLimits) {
    put(config.outflow_bps, config.sentinel_pause, config.outflow_floor, config.work_cap);
  } else if (kind == OpKind::SetMarket) {
    put(config.fee_bps, config.treasury_bps, config.discount_bps, config.notice, config.holdback,
        config.bond_per_unit, config.discount_stake, config.treasury);
  }
  return bytes;
}

std::unexpected<Error> bad(std::string_view option, std::string_view why) {
  return fail(ErrorCode::InvalidInput, fmt::format("--{}: {}", option, why));
}

Result<std::uint64_t> number_of(const OpField& field, const std::string& text, unsigned decimals) {
  if (field.unit == Unit::Set || field.unit == Unit::Role) {
    for (std::uint8_t i = 0; i < 3; ++i)
      if ((field.unit == Unit::Set ? kSets[i] : role_name(i)) == text) return i;
    return bad(field.option, fmt::format("\"{}\" is none of {}", text.substr(0, 40),
                                         field.unit == Unit::Set ? "guardian, sentinel, resolver"
                                                                 : "provider, user, operator"));
  }
  Result<std::uint64_t> number = 0;
  if (field.unit == Unit::Seconds) {
    const auto lasts = whole_seconds(text, "--" + std::string(field.option));
    if (!lasts) return bad(field.option, lasts.error().message);
    number = *lasts;
  } else if (field.unit == Unit::Bps) {
    number = parse_amount(text.ends_with('%') ? text.substr(0, text.size() - 1) : text, 2);
  } else {
    number = parse_amount(text, field.unit == Unit::Tokens ? decimals : 0);
  }
  if (!number) return bad(field.option, number.error().message);
  if (field.width < 8 && *number >> (8 * field.width) != 0)
    return bad(field.option, fmt::format("{} is too large", text.substr(0, 40)));
  return number;
}

Status append_members(chain::Bytes& bytes, const OpOptions& options) {
  if (options.members.empty())
    return bad("member", "name each key of the new set, in order: --member ADDRESS");
  for (const auto& text : options.members) {
    const auto key = Pubkey::parse(text);
    if (!key) return bad("member", key.error().message);
    bytes.insert(bytes.end(), key->bytes.begin(), key->bytes.end());
  }
  return ok();
}

Status append_value(chain::Bytes& bytes, const OpField& field, const std::string& text,
                    unsigned decimals) {
  if (field.unit == Unit::Address) {
    const auto key = Pubkey::parse(text);
    if (!key) return bad(field.option, key.error().message);
    bytes.insert(bytes.end(), key->bytes.begin(), key->bytes.end());
    return ok();
  }
  WARDHIVE_ASSIGN(const auto number, number_of(field, text, decimals));
  for (unsigned byte = 0; byte < field.width; ++byte)
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * byte)));
  return ok();
}

// No option of another kind: it would be left out without a word.
Status check_options(const Kind& kind, const OpOptions& options) {
  const auto has = [&](std::string_view option) {
    return std::ranges::find(kind.fields, option, &OpField::option) != kind.fields.end();
  };
  std::string_view stray;
  for (const auto& [option, text] : options.values)
    if (!has(option)) stray = option;
  if (!options.members.empty() && !has("member")) stray = "member";
  if (stray.empty()) return ok();
  std::string own;
  for (const auto& field : kind.fields)
    own += fmt::format("{}--{}", own.empty() ? "" : ", ", field.option);
  return bad(stray, fmt::format("is no option of {}, which has {}", kind.name, own));
}

// 3d, 90m, 61s: what whole_seconds reads.
std::string seconds_text(std::uint64_t seconds) {
  for (const auto& [size, unit] : {std::pair{86'400ull, 'd'}, {3'600ull, 'h'}, {60ull, 'm'}})
    if (seconds != 0 && seconds % size == 0) return fmt::format("{}{}", seconds / size, unit);
  return fmt::format("{}s", seconds);
}

std::string value_text(const OpValue& value, unsigned decimals) {
  switch (value.field->unit) {
    case Unit::Set:
      return std::string(kSets[value.number]);
    case Unit::Role:
      return std::string(role_name(static_cast<std::uint8_t>(value.number)));
    case Unit::Seconds:
      return seconds_text(value.number);
    case Unit::Bps:
      return format_amount(value.number, 2) + "%";
    case Unit::Tokens:
      return format_amount(value.number, decimals);
    case Unit::Number:
      return std::to_string(value.number);
    case Unit::Address:
    case Unit::Members:
      break;
  }
  return value.key.text();
}

}  // namespace

std::vector<std::string> op_kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::string_view op_kind_name(std::uint8_t kind) {
  const auto* found = find(kind);
  return found == nullptr ? "?" : found->name;
}

Result<swarm::OpKind> op_kind_from(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &Kind::name);
  if (found == kKinds.end())
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no kind of change", name.substr(0, 40)));
  return found->kind;
}

Result<chain::Bytes> op_payload(OpKind wanted, const OpOptions& options,
                                const swarm::Config& config) {
  const auto& kind = *find(static_cast<std::uint8_t>(wanted));
  WARDHIVE_TRY(check_options(kind, options));
  std::uint8_t role = 0;
  if (const auto named = options.values.find("role"); named != options.values.end()) {
    WARDHIVE_ASSIGN(const auto number, number_of(kSetRole[0], named->second, config.decimals));
    role = static_cast<std::uint8_t>(number);
  }
  const auto present = as_it_is(wanted, config, role);
  chain::Bytes bytes{static_cast<std::uint8_t>(wanted)};
  for (const auto& field : kind.fields) {
    const auto given = options.values.find(std::string(field.option));
    if (field.unit == Unit::Members) {
      WARDHIVE_TRY(append_members(bytes, options));
    } else if (given != options.values.end()) {
      WARDHIVE_TRY(append_value(bytes, field, given->second, config.decimals));
    } else if (present.empty() || field.unit == Unit::Role) {
      return bad(field.option, fmt::format("is needed for {}", kind.name));
    } else {
      const auto from = present.begin() + static_cast<std::ptrdiff_t>(bytes.size() - 1);
      bytes.insert(bytes.end(), from, from + field.width);
    }
  }
  return bytes;
}

Result<std::vector<OpValue>> op_values(std::span<const std::uint8_t> payload) {
  const auto* kind = payload.empty() ? nullptr : find(payload[0]);
  if (kind == nullptr)
    return fail(ErrorCode::InvalidInput,
                payload.empty() ? std::string("the payload is empty")
                                : fmt::format("the payload begins with {}, which is no kind of "
                                              "change",
                                              payload[0]));
  auto rest = payload.subspan(1);
  const auto wrong_size = [&] {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} bytes are no payload of {}", payload.size(), kind->name));
  };
  std::vector<OpValue> values;
  for (const auto& field : kind->fields) {
    const bool members = field.unit == Unit::Members;
    if (members ? rest.size() % 32 != 0 : rest.size() < field.width) return wrong_size();
    do {
      if (members && rest.empty()) break;
      OpValue value{&field};
      const std::size_t width = members ? 32 : field.width;
      if (width == 32)
        std::memcpy(value.key.bytes.data(), rest.data(), 32);
      else
        std::memcpy(&value.number, rest.data(), width);
      const bool named = field.unit == Unit::Set || field.unit == Unit::Role;
      if (named && value.number > 2) return wrong_size();
      values.push_back(value);
      rest = rest.subspan(width);
    } while (members);
  }
  if (!rest.empty()) return wrong_size();
  return values;
}

Result<std::string> op_arguments(std::span<const std::uint8_t> payload, unsigned decimals) {
  WARDHIVE_ASSIGN(const auto values, op_values(payload));
  std::string text;
  for (const auto& value : values)
    text += fmt::format("{}--{} {}", text.empty() ? "" : " ", value.field->option,
                        value_text(value, decimals));
  return text;
}

}  // namespace wardhive::cli_chain
