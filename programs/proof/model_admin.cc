// The model's key sets, work roots, breaker and timelock: D2, D7, D9, D12.
#include <algorithm>
#include <cstring>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;
constexpr Code kShortData = 1303;
constexpr Code kTrailingData = 1304;

// The payload behind its kind; short ones give `fail`.
struct Bytes {
  const std::vector<std::uint8_t>& bytes;
  std::size_t at = 1;
  bool fail = false;

  Int get(std::size_t size) {
    if (bytes.size() - at < size) {
      fail = true;
      return 0;
    }
    Int value = 0;
    for (std::size_t i = size; i-- > 0;) value = (value << 8) | bytes[at + i];
    at += size;
    return value;
  }
  // 0, ShortData or TrailingData.
  Code end() const { return fail ? kShortData : at == bytes.size() ? 0 : kTrailingData; }
};

std::size_t as_index(SetKind kind) { return static_cast<std::size_t>(kind); }

Code check_threshold(std::size_t kind, std::size_t size, std::size_t threshold) {
  const std::size_t least = kind == 0 ? 3 : kind == 1 ? 1 : 2;
  const bool fits =
      size >= least && size <= kSetKeysMax && threshold <= size && threshold <= kThresholdMax;
  const bool enough = kind == 2 ? threshold >= 2 : 2 * threshold > size;
  return fits && enough ? 0 : number(Fault::ThresholdOutOfRange);
}

}  // namespace

Code Model::check(const Signing& signing, const ModelSet& set, std::size_t needed) const {
  if (signing.valid_until < slot) return number(Fault::SignatureExpired);
  if (signing.valid_until - slot > kSignatureSlotsMax) return number(Fault::SignatureTooFarAhead);
  std::size_t signers = 0;
  for (std::size_t bit = 0; bit < 16; ++bit) {
    if ((signing.mask >> bit & 1) == 0) continue;
    if (bit >= set.keys.size()) return number(Fault::NoSuchKey);
    if (!signing.right_keys) return number(Fault::SignerNotInSet);
    ++signers;
  }
  return signers < needed ? number(Fault::NotEnoughSigners) : 0;
}

void Model::promote() {
  if (pending.n == 0 || !passed(active_at, active_slot)) return;
  active = pending;
  pending = {};
}

Code Model::post_root(const Signing& signing, const ModelRoot& root, const Int& size) {
  if (paused(Pause::PostRoot)) return number(Fault::Paused);
  const ModelSet& sentinel = sets[as_index(SetKind::Sentinel)];
  if (const Code code = check(signing, sentinel, sentinel.threshold)) return code;
  const bool matured = pending.n != 0 && passed(active_at, active_slot);
  if (pending.n != 0 && !matured) return number(Fault::RootPending);
  if (root.n != last_n + 1) return number(Fault::WrongRootNumber);
  if (size == 0 || size > kLeavesMax) return number(Fault::OutOfBounds);
  const Int before = matured ? pending.cum_total : active.cum_total;
  const Int epoch = t / kEpochSeconds;
  const Int epochs = std::min(Int(std::max(Int(epoch - last_epoch), Int(0))), Int(kWorkEpochsMax));
  const Int growth = root.cum_total - before;
  if (growth < 0 || growth > std::min(Int(work_cap * epochs), Int(work_funded - before)))
    return number(Fault::WorkCapExceeded);
  promote();
  pending = root;
  active_at = t + kRootDelay;
  active_slot = slot + kRootDelay;
  last_n = root.n;
  prior_epoch = last_epoch;
  last_epoch = std::max(last_epoch, epoch);
  return 0;
}

Code Model::disable_root(const Signing& signing, SetKind kind, const Int& n) {
  if (kind == SetKind::Sentinel) return number(Fault::WrongSet);
  const ModelSet& set = sets[as_index(kind)];
  if (const Code code = check(signing, set, set.threshold)) return code;
  const bool matured = pending.n != 0 && passed(active_at, active_slot);
  if (n == 0 || matured || pending.n != n) return number(Fault::NoPendingRoot);
  pending = {};
  last_epoch = prior_epoch;
  return 0;
}

Code Model::claim_work(std::size_t at, std::size_t leaf, bool proof_is_right) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  if (paused(Pause::Claim)) return number(Fault::Paused);
  const bool matured = pending.n != 0 && passed(active_at, active_slot);
  const ModelRoot& root = matured ? pending : active;
  if (root.n == 0) return number(Fault::NoRoot);
  ModelPosition& position = found->second;
  if (!proof_is_right || leaf >= root.leaves.size() || root.leaves[leaf].position != at ||
      root.leaves[leaf].id != position.id)
    return number(Fault::BadProof);
  const Int x = root.leaves[leaf].cumulative - position.work_claimed;
  if (x <= 0) return number(Fault::NothingNew);
  if (work_claimed + x > root.cum_total) return number(Fault::AboveTotal);
  promote();
  work_claimed += x;
  position.work_claimed += x;
  position.owed += x;
  return 0;
}

Code Model::breaker(const Signing& signing, SetKind kind, std::uint8_t what, const Int& seconds) {
  if (kind == SetKind::Resolver) return number(Fault::WrongSet);
  const bool guardian = kind == SetKind::Guardian;
  const ModelSet& set = sets[as_index(kind)];
  if (const Code code = check(signing, set, guardian ? set.threshold : 1)) return code;
  if (what == 0 || what >= 128) return number(Fault::UnknownKind);
  if (!guardian && (seconds == 0 || (what & 4) != 0)) return number(Fault::PauseRefused);
  if (seconds > (guardian ? Int(kGuardianPauseMax) : sentinel_pause))
    return number(Fault::PauseTooLong);
  Int& used = guardian ? guardian_used : sentinel_used;
  Int& at = guardian ? guardian_at : sentinel_at;
  const Int budget = guardian ? kGuardianBudget : kSentinelBudget;
  if (!take(used, at, seconds, budget, kPausePeriod, t)) return number(Fault::PauseBudgetSpent);
  for (std::size_t bit = 0; bit < kPauseBits; ++bit) {
    if ((what >> bit & 1) == 0) continue;
    paused_until[bit] = seconds == 0 ? t : std::max(paused_until[bit], Int(t + seconds));
  }
  return 0;
}

Code Model::queue_op(const Signing& signing, std::uint8_t kind, std::vector<std::uint8_t> payload) {
  const ModelSet& guardian = sets[as_index(SetKind::Guardian)];
  if (const Code code = check(signing, guardian, guardian.threshold)) return code;
  if (kind < 1 || kind > 7) return number(Fault::UnknownKind);
  const Int delay = kind == 1 ? Int(kSetDelay) : kind <= 3 || kind == 7 ? Int(kOpDelay) : Int(0);
  ops[op_seq] = {static_cast<OpKind>(kind),  t + delay,    slot + delay,
                 t + delay + Int(kOpWindow), guardian.seq, std::move(payload)};
  op_seq += 1;
  return 0;
}

Code Model::cancel_op(const Signing& signing, std::uint64_t op) {
  if (!ops.contains(op)) return kWrongOwner;
  const ModelSet& guardian = sets[as_index(SetKind::Guardian)];
  const std::size_t needed =
      std::max<std::size_t>(2, guardian.keys.size() - guardian.threshold + 1);
  if (const Code code = check(signing, guardian, needed)) return code;
  ops.erase(op);
  return 0;
}

Code Model::execute_op(std::uint64_t at, const std::vector<std::uint8_t>& payload,
                       const std::map<std::string, std::size_t>& keys_by_bytes) {
  const auto found = ops.find(at);
  if (found == ops.end()) return kWrongOwner;
  const ModelOp& op = found->second;
  if (!passed(op.eta, op.eta_slot)) return number(Fault::OpNotYet);
  if (t > op.expiry) return number(Fault::OpExpired);
  if (op.set_seq != sets[as_index(SetKind::Guardian)].seq) return number(Fault::OpDead);
  if (payload != op.payload) return number(Fault::WrongPayload);
  if (const Code code = apply(op, keys_by_bytes)) return code;
  ops.erase(found);
  return 0;
}

Code Model::replace_set(const std::vector<std::uint8_t>& payload,
                        const std::map<std::string, std::size_t>& keys_by_bytes) {
  if (payload.size() < 3) return kShortData;
  const std::size_t kind = payload[1];
  if (kind >= kSetKinds) return number(Fault::UnknownKind);
  if ((payload.size() - 3) % 32 != 0) return kTrailingData;
  const std::size_t size = (payload.size() - 3) / 32;
  if (const Code code = check_threshold(kind, size, payload[2])) return code;
  ModelSet set{{}, payload[2], sets[kind].seq + 1};
  for (std::size_t i = 0; i < size; ++i) {
    const std::string bytes(payload.begin() + 3 + 32 * i, payload.begin() + 35 + 32 * i);
    if (bytes == std::string(32, '\0')) return number(Fault::DuplicateKey);
    const std::size_t key = keys_by_bytes.at(bytes);
    if (std::ranges::count(set.keys, key) != 0) return number(Fault::DuplicateKey);
    set.keys.push_back(key);
  }
  for (std::size_t other = 0; other < kSetKinds; ++other) {
    if (other == kind) continue;
    for (const std::size_t key : set.keys) {
      if (std::ranges::count(sets[other].keys, key) != 0) return number(Fault::DuplicateKey);
    }
  }
  sets[kind] = set;
  return 0;
}

Code Model::set_market(const std::vector<std::uint8_t>& payload) {
  constexpr std::size_t kNumbers = 1 + 2 + 2 + 2 + 4 + 4 + 8 + 8;
  if (payload.size() < kNumbers) return kShortData;
  if (payload.size() != kNumbers + 32) return kTrailingData;
  Bytes bytes{payload};
  ModelMarket made;
  made.fee_bps = bytes.get(2);
  made.treasury_bps = bytes.get(2);
  made.discount_bps = bytes.get(2);
  made.notice = bytes.get(4);
  made.holdback = bytes.get(4);
  made.bond_per_unit = bytes.get(8);
  made.discount_stake = bytes.get(8);
  made.treasury.assign(payload.begin() + kNumbers, payload.end());
  if (made.fee_bps > kFeeBpsMax || made.treasury_bps > kBpsOne || made.discount_bps > kBpsOne ||
      made.notice < kNoticeMin || made.notice > kNoticeMax || made.holdback < kHoldbackMin ||
      made.holdback > kHoldbackMax || made.bond_per_unit < 1 ||
      made.bond_per_unit > kBondPerUnitMax || made.discount_stake > kSupplyMax ||
      (made.treasury_bps > 0 && made.treasury == std::string(32, '\0')))
    return number(Fault::OutOfBounds);
  market = made;
  return 0;
}

Code Model::apply(const ModelOp& op, const std::map<std::string, std::size_t>& keys_by_bytes) {
  if (op.payload.empty()) return kShortData;
  if (op.payload[0] != static_cast<std::uint8_t>(op.kind)) return number(Fault::WrongPayload);
  Bytes bytes{op.payload};
  const auto lower = [&](std::size_t size, Int& value) -> Code {
    const Int wanted = bytes.get(size);
    if (const Code code = bytes.end()) return code;
    if (wanted >= value) return number(Fault::NotTightening);
    value = wanted;
    return 0;
  };
  switch (op.kind) {
    case OpKind::ReplaceSet:
      return replace_set(op.payload, keys_by_bytes);
    case OpKind::SetRole: {
      const Int role = bytes.get(1);
      if (!bytes.fail && role >= kRoles) return number(Fault::UnknownKind);
      const Int min = bytes.get(8), lock_min = bytes.get(4), lock_max = bytes.get(4),
                weight_min = bytes.get(2), weight_max = bytes.get(2), unbond = bytes.get(4);
      if (const Code code = bytes.end()) return code;
      const RoleBounds& bounds = kRoleBounds[static_cast<std::size_t>(role)];
      if (min < 1 || min > kSupplyMax || lock_min < bounds.lock_min || lock_min > lock_max ||
          lock_max > bounds.lock_max || weight_min < bounds.weight_min || weight_min > weight_max ||
          weight_max > bounds.weight_max || unbond < bounds.unbond_min ||
          unbond > bounds.unbond_max)
        return number(Fault::OutOfBounds);
      roles[static_cast<std::size_t>(role)] = {min,        lock_min,   lock_max,
                                               weight_min, weight_max, unbond};
      return 0;
    }
    case OpKind::SetLimits: {
      const Int bps = bytes.get(2), pause = bytes.get(4), floor = bytes.get(8), cap = bytes.get(8);
      if (const Code code = bytes.end()) return code;
      if (bps < kOutflowBpsMin || bps > kOutflowBpsMax || pause > kSentinelPauseMax ||
          floor < kOutflowFloorMin || floor > kSupplyMax || cap > kSupplyMax)
        return number(Fault::OutOfBounds);
      outflow_bps = bps;
      sentinel_pause = pause;
      outflow_floor = floor;
      work_cap = cap;
      return 0;
    }
    case OpKind::RemoveSentinelKey: {
      if (op.payload.size() != 33) return kShortData;
      ModelSet& sentinel = sets[as_index(SetKind::Sentinel)];
      const auto key = keys_by_bytes.find(std::string(op.payload.begin() + 1, op.payload.end()));
      const auto found = key == keys_by_bytes.end() ? sentinel.keys.end()
                                                    : std::ranges::find(sentinel.keys, key->second);
      if (found == sentinel.keys.end()) return number(Fault::NoSuchKey);
      if (sentinel.keys.size() == 1) return number(Fault::ThresholdOutOfRange);
      *found = sentinel.keys.back();
      sentinel.keys.pop_back();
      sentinel.seq += 1;
      return 0;
    }
    case OpKind::SetMarket:
      return set_market(op.payload);
    case OpKind::LowerSentinelPause:
      return lower(4, sentinel_pause);
    case OpKind::LowerWorkCap:
      return lower(8, work_cap);
  }
  return number(Fault::UnknownKind);
}

}  // namespace swarm::proof
