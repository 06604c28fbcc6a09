// Making an announced change: what was announced, no earlier, no later, and inside the bounds.
#include "core/handlers.h"
#include "core/sets.h"
#include "sol/hash.h"

namespace swarm {

namespace {

using ConfigWrite = sol::State<Config, sol::Write>;
using SetWrite = sol::State<Set, sol::Write>;

// The payload, read from the front; what is left over at the end is an error.
class Reader {
 public:
  explicit Reader(const sol::Slice& bytes) : bytes_(bytes) {}
  template <class T>
  [[gnu::always_inline]] sol::Result<T> get() {
    if (bytes_.size < sizeof(T)) return sol::Check::ShortData;
    const T value = sol::load<T>(bytes_.data);
    bytes_ = {bytes_.data + sizeof(T), bytes_.size - sizeof(T)};
    return value;
  }
  sol::Slice rest() const { return bytes_; }
  [[gnu::always_inline]] sol::Error end() const {
    return bytes_.size == 0 ? sol::kOk : sol::Error(sol::Check::TrailingData);
  }

 private:
  sol::Slice bytes_;
};

struct Sets {
  const SetWrite* sets[kSetKinds];
};

sol::Error replace_set(Reader reader, const Sets& sets) {
  const std::uint8_t kind = SOL_TRY(reader.get<std::uint8_t>());
  const std::uint8_t threshold = SOL_TRY(reader.get<std::uint8_t>());
  if (kind >= kSetKinds) return sol::Error(Fault::UnknownKind);
  const sol::Slice bytes = reader.rest();
  if (bytes.size % 32 != 0) return sol::Error(sol::Check::TrailingData);
  const KeyList list{reinterpret_cast<const sol::Key*>(bytes.data), bytes.size / 32};
  SOL_CHECK(check_threshold(kind, list.size, threshold));
  SOL_CHECK(check_distinct(list));
  for (std::uint8_t other = 0; other < kSetKinds; ++other) {
    if (other != kind) SOL_CHECK(check_disjoint(list, **sets.sets[other]));
  }
  Set& set = **sets.sets[kind];
  for (std::uint64_t i = 0; i < kSetKeysMax; ++i) {
    if (i < list.size) {
      assign(set.keys[i], list.keys[i]);
    } else {
      set.keys[i] = {};
    }
  }
  set.size = static_cast<std::uint8_t>(list.size);
  set.threshold = threshold;
  set.seq += 1;
  return sol::kOk;
}

sol::Error set_role(Reader reader, Config& config) {
  const std::uint8_t role = SOL_TRY(reader.get<std::uint8_t>());
  if (role >= kRoles) return sol::Error(Fault::UnknownKind);
  RoleRules rules{};
  rules.min_stake = SOL_TRY(reader.get<std::uint64_t>());
  rules.lock_min = SOL_TRY(reader.get<std::uint32_t>());
  rules.lock_max = SOL_TRY(reader.get<std::uint32_t>());
  rules.weight_min = SOL_TRY(reader.get<std::uint16_t>());
  rules.weight_max = SOL_TRY(reader.get<std::uint16_t>());
  rules.unbond = SOL_TRY(reader.get<std::uint32_t>());
  SOL_CHECK(reader.end());
  const RoleBounds& bounds = kRoleBounds[role];
  const bool inside = rules.min_stake >= 1 && rules.min_stake <= kSupplyMax &&
                      rules.lock_min >= bounds.lock_min && rules.lock_min <= rules.lock_max &&
                      rules.lock_max <= bounds.lock_max && rules.weight_min >= bounds.weight_min &&
                      rules.weight_min <= rules.weight_max &&
                      rules.weight_max <= bounds.weight_max && rules.unbond >= bounds.unbond_min &&
                      rules.unbond <= bounds.unbond_max;
  if (!inside) return sol::Error(Fault::OutOfBounds);
  config.roles[role] = rules;
  return sol::kOk;
}

sol::Error set_limits(Reader reader, Config& config) {
  const auto outflow_bps = SOL_TRY(reader.get<std::uint16_t>());
  const auto sentinel_pause = SOL_TRY(reader.get<std::uint32_t>());
  const auto outflow_floor = SOL_TRY(reader.get<std::uint64_t>());
  const auto work_cap = SOL_TRY(reader.get<std::uint64_t>());
  SOL_CHECK(reader.end());
  if (outflow_bps < kOutflowBpsMin || outflow_bps > kOutflowBpsMax ||
      sentinel_pause > kSentinelPauseMax || outflow_floor < kOutflowFloorMin ||
      outflow_floor > kSupplyMax || work_cap > kSupplyMax)
    return sol::Error(Fault::OutOfBounds);
  config.outflow_bps = outflow_bps;
  config.sentinel_pause = sentinel_pause;
  config.outflow_floor = outflow_floor;
  config.work_cap = work_cap;
  return sol::kOk;
}

sol::Error set_market(Reader reader, Config& config) {
  const auto fee_bps = SOL_TRY(reader.get<std::uint16_t>());
  const auto treasury_bps = SOL_TRY(reader.get<std::uint16_t>());
  const auto discount_bps = SOL_TRY(reader.get<std::uint16_t>());
  const auto notice = SOL_TRY(reader.get<std::uint32_t>());
  const auto holdback = SOL_TRY(reader.get<std::uint32_t>());
  const auto bond_per_unit = SOL_TRY(reader.get<std::uint64_t>());
  const auto discount_stake = SOL_TRY(reader.get<std::uint64_t>());
  if (reader.rest().size != sizeof(Key)) return sol::Error(sol::Check::TrailingData);
  const sol::Key& treasury = sol::load_key(reader.rest().data);
  // Without a treasury all of the fee is burned; a share for nobody would keep payouts from
  // working.
  const bool inside = fee_bps <= kFeeBpsMax && treasury_bps <= kBpsOne && discount_bps <= kBpsOne &&
                      notice >= kNoticeMin && notice <= kNoticeMax && holdback >= kHoldbackMin &&
                      holdback <= kHoldbackMax && bond_per_unit >= 1 &&
                      bond_per_unit <= kBondPerUnitMax && discount_stake <= kSupplyMax &&
                      (treasury_bps == 0 || !treasury.is_zero());
  if (!inside) return sol::Error(Fault::OutOfBounds);
  config.fee_bps = fee_bps;
  config.treasury_bps = treasury_bps;
  config.discount_bps = discount_bps;
  config.notice = notice;
  config.holdback = holdback;
  config.bond_per_unit = bond_per_unit;
  config.discount_stake = discount_stake;
  assign(config.treasury, treasury);
  return sol::kOk;
}

// The threshold stays, even above the number of keys: taking keys away must not let fewer of them
// decide. What then needs more keys than there are waits for replace_set.
sol::Error remove_sentinel_key(Reader reader, Set& sentinel) {
  if (reader.rest().size != sizeof(Key)) return sol::Error(sol::Check::ShortData);
  const sol::Key& key = sol::load_key(reader.rest().data);
  for (std::uint8_t i = 0; i < sentinel.size && i < kSetKeysMax; ++i) {
    if (!(sol::as_key(sentinel.keys[i]) == key)) continue;
    if (sentinel.size == 1) return sol::Error(Fault::ThresholdOutOfRange);
    const std::uint8_t last = sentinel.size - 1;
    sentinel.keys[i] = sentinel.keys[last];
    sentinel.keys[last] = {};
    sentinel.size = last;
    sentinel.seq += 1;
    return sol::kOk;
  }
  return sol::Error(Fault::NoSuchKey);
}

// What needs no delay can only make the keys' powers smaller.
template <class T>
[[gnu::always_inline]] inline sol::Error lower(Reader reader, T& value) {
  const T lower = SOL_TRY(reader.get<T>());
  SOL_CHECK(reader.end());
  if (lower >= value) return sol::Error(Fault::NotTightening);
  value = lower;
  return sol::kOk;
}

[[gnu::noinline]] sol::Error apply(const sol::Slice& payload, std::uint8_t kind, Config& config,
                                   const Sets& sets) {
  Reader reader(payload);
  if (SOL_TRY(reader.get<std::uint8_t>()) != kind) return sol::Error(Fault::WrongPayload);
  switch (static_cast<OpKind>(kind)) {
    case OpKind::ReplaceSet:
      return replace_set(reader, sets);
    case OpKind::SetRole:
      return set_role(reader, config);
    case OpKind::SetLimits:
      return set_limits(reader, config);
    case OpKind::SetMarket:
      return set_market(reader, config);
    case OpKind::RemoveSentinelKey:
      return remove_sentinel_key(reader, **sets.sets[static_cast<std::uint8_t>(SetKind::Sentinel)]);
    case OpKind::LowerSentinelPause:
      return lower(reader, config.sentinel_pause);
    case OpKind::LowerWorkCap:
      return lower(reader, config.work_cap);
  }
  return sol::Error(Fault::UnknownKind);
}

[[gnu::always_inline]] inline sol::Result<SetWrite> open_set_for_writing(
    sol::AccountView view, const sol::Context& context, SetKind kind) {
  return sol::open_state<Set, sol::Write>(view, context,
                                          sol::Linked<&Set::kind>(static_cast<std::uint8_t>(kind)));
}

}  // namespace

sol::Error execute_op(const sol::Context& context,
                      const AccountsOf<InstructionTag::ExecuteOp>& accounts,
                      const ArgsOf<InstructionTag::ExecuteOp>& args) {
  constexpr InstructionTag kSelf = InstructionTag::ExecuteOp;
  const ConfigWrite config = SOL_TRY(
      (sol::open_state<Config, sol::Write>(SWARM_ACCOUNT(config), context, sol::Singleton{})));
  // Any op whose time has come; it says itself what may be done.
  const auto op =
      SOL_TRY((sol::open_state<Op, sol::Write>(SWARM_ACCOUNT(op), context, sol::Any{})));
  const auto guardian =
      SOL_TRY(open_set_for_writing(SWARM_ACCOUNT(guardian), context, SetKind::Guardian));
  const auto sentinel =
      SOL_TRY(open_set_for_writing(SWARM_ACCOUNT(sentinel), context, SetKind::Sentinel));
  const auto resolver =
      SOL_TRY(open_set_for_writing(SWARM_ACCOUNT(resolver), context, SetKind::Resolver));
  const auto rent_to = SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(op->rent_to)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (!passed(op->eta, op->eta_slot, now)) return sol::Error(Fault::OpNotYet);
  if (now.t > op->expiry) return sol::Error(Fault::OpExpired);
  if (op->set_seq != guardian->seq) return sol::Error(Fault::OpDead);

  const sol::Slice payload = args.rest();
  const sol::Slice parts[] = {payload};
  sol::Key hash;
  sol::sha256(parts, hash);
  if (!(hash == sol::as_key(op->payload_hash))) return sol::Error(Fault::WrongPayload);
  SOL_CHECK(apply(payload, op->kind, *config, {{&guardian, &sentinel, &resolver}}));
  config->seq += 1;
  emit<event::OpExecuted>(op->kind, op->seq, now, op->op_seq);
  sol::close_state(op, rent_to);
  return sol::kOk;
}

}  // namespace swarm
