// What is tried: instructions of key holders, and claims by Merkle proof.
#include <algorithm>

#include "host/address.h"
#include "proof/sequence.h"

namespace swarm::proof {

namespace {

Key hash(std::initializer_list<Bytes> parts) {
  std::vector<sol::Slice> slices;
  for (const Bytes& part : parts) slices.push_back({part.data(), part.size()});
  const solhost::Digest digest = solhost::sha256(slices);
  Key key{};
  std::memcpy(&key, digest.data(), 32);
  return key;
}

Bytes bytes_of(const Key& key) { return {key.bytes(), key.bytes() + 32}; }

// RFC 9162, 2.1.1: the largest power of two below n.
std::size_t split_of(std::size_t n) {
  std::size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

Key tree(std::span<const Key> leaves) {
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = split_of(leaves.size());
  return hash({{1}, bytes_of(tree(leaves.first(k))), bytes_of(tree(leaves.subspan(k)))});
}

// RFC 9162, 2.1.3.1.
Bytes path(std::size_t index, std::span<const Key> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = split_of(leaves.size());
  const bool left = index < k;
  Bytes below = left ? path(index, leaves.first(k)) : path(index - k, leaves.subspan(k));
  const Key beside = tree(left ? leaves.subspan(k) : leaves.first(k));
  below.insert(below.end(), beside.bytes(), beside.bytes() + 32);
  return below;
}

}  // namespace

Key Sequence::leaf_hash(const ModelLeaf& leaf) const {
  const Key position =
      leaf.position < kPositions ? world_.position(leaf.position) : world_.owner(leaf.position);
  return hash({{0, 'W', 'H', 'W', 'K', '1'},
               bytes_of(world_.address("config")),
               bytes_of(position),
               Writer().u64(static_cast<std::uint64_t>(leaf.id)),
               Writer().u64(static_cast<std::uint64_t>(leaf.cumulative))});
}

// Usually `usual` of the set's keys, in time; sometimes any mask, any time or any keys.
Sequence::Signers Sequence::sign(SetKind kind, std::size_t usual) {
  const ModelSet& set = model_.sets[static_cast<std::size_t>(kind)];
  Signers made;
  const std::size_t first = choices_.below(set.keys.size());
  for (std::size_t i = 0; i < usual; ++i)
    made.signing.mask =
        static_cast<std::uint16_t>(made.signing.mask | 1u << (first + i) % set.keys.size());
  made.signing.valid_until = model_.slot + 100;
  switch (choices_.below(24)) {
    case 0:
      made.signing.mask = choices_.take<std::uint16_t>();
      break;
    case 1:
      made.signing.mask = choices_.take<std::uint8_t>() & 0x0f;
      break;
    case 2:
      made.signing.valid_until = model_.slot - 1;
      break;
    case 3:
      made.signing.valid_until = model_.slot + kSignatureSlotsMax + choices_.below(2);
      break;
    case 4:
      made.signing.right_keys = false;
      break;
    default:
      break;
  }
  for (std::size_t bit = 0; bit < set.keys.size(); ++bit) {
    if ((made.signing.mask >> bit & 1) == 0) continue;
    made.keys.push_back(made.signing.right_keys ? world_.set_key(set.keys[bit])
                                                : world_.owner(bit));
  }
  return made;
}

Sequence::Planned Sequence::plan_post_root() {
  ModelRoot root;
  root.n = model_.last_n + (choices_.one_in(8) ? 2 : 1);
  Int sum = 0;
  const std::size_t leaves = 1 + choices_.below(9);
  for (std::size_t i = 0; i < leaves; ++i) {
    ModelLeaf leaf{choices_.below(kPositions + 1), 0, 0};
    if (const auto found = model_.positions.find(leaf.position); found != model_.positions.end()) {
      leaf.id = found->second.id;
      leaf.cumulative = found->second.work_claimed;
    }
    const std::uint64_t earned = choices_.take<std::uint32_t>() >> choices_.below(32);
    leaf.cumulative += earned;
    sum += earned;
    root.leaves.push_back(leaf);
  }
  // The sum of what is new is the honest total; sometimes a total that is too small or too large.
  root.cum_total = model_.work_claimed + sum;
  if (choices_.one_in(4)) root.cum_total = choices_.amount(model_.work_funded);
  Int size = leaves;
  if (choices_.one_in(16)) size = choices_.one_in(2) ? Int(0) : Int(kLeavesMax + 1);
  std::vector<Key> hashes;
  for (const ModelLeaf& leaf : root.leaves) hashes.push_back(leaf_hash(leaf));
  const Signers signers =
      sign(SetKind::Sentinel, model_.sets[static_cast<std::size_t>(SetKind::Sentinel)].threshold);
  return {world_.make(InstructionTag::PostRoot, {},
                      Writer()
                          .u64(static_cast<std::uint64_t>(root.n))
                          .key(tree(hashes))
                          .u64(static_cast<std::uint64_t>(size))
                          .u64(static_cast<std::uint64_t>(root.cum_total))
                          .u16(signers.signing.mask)
                          .u64(static_cast<std::uint64_t>(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.post_root(signers.signing, root, size); }};
}

Sequence::Planned Sequence::plan_disable_root() {
  const auto kind = static_cast<SetKind>(choices_.below(kSetKinds));
  const Signers signers = sign(kind, model_.sets[static_cast<std::size_t>(kind)].threshold);
  const Int n = choices_.one_in(4) ? Int(choices_.below(3)) : model_.pending.n;
  return {world_.make(InstructionTag::DisableRoot, {{"set", world_.set(kind)}},
                      Writer()
                          .u64(static_cast<std::uint64_t>(n))
                          .u16(signers.signing.mask)
                          .u64(static_cast<std::uint64_t>(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.disable_root(signers.signing, kind, n); }};
}

Sequence::Planned Sequence::plan_claim_work() {
  const bool matured =
      model_.pending.n != 0 && model_.t > model_.active_at && model_.slot > model_.active_slot;
  const ModelRoot& root = matured ? model_.pending : model_.active;
  if (root.leaves.empty()) {
    const std::size_t at = choices_.below(kPositions);
    return {world_.make(InstructionTag::ClaimWork, {{"position", world_.position(at)}},
                        Writer().u64(0).u64(1)),
            [=, this] { return model_.claim_work(at, 0, false); }};
  }
  const std::size_t leaf = choices_.below(root.leaves.size());
  std::vector<Key> hashes;
  for (const ModelLeaf& each : root.leaves) hashes.push_back(leaf_hash(each));
  Bytes proof = path(leaf, hashes);
  std::uint64_t cumulative = static_cast<std::uint64_t>(root.leaves[leaf].cumulative);
  std::uint64_t index = leaf;
  std::size_t at = root.leaves[leaf].position;
  bool right = true;
  switch (choices_.below(16)) {
    case 0:
      cumulative += 1;
      right = false;
      break;
    case 1:
      index = root.leaves.size() + choices_.below(3);
      right = false;
      break;
    case 2:
      if (proof.empty()) break;
      proof[choices_.below(proof.size())] ^= 1;
      right = false;
      break;
    case 3:
      proof.insert(proof.end(), 32, 7);
      right = false;
      break;
    case 4:
      at = choices_.below(kPositions);
      break;
    default:
      break;
  }
  if (at >= kPositions) at = 0;
  return {world_.make(InstructionTag::ClaimWork, {{"position", world_.position(at)}},
                      Writer().u64(index).u64(cumulative).raw(proof)),
          [=, this] { return model_.claim_work(at, leaf, right); }};
}

Sequence::Planned Sequence::plan_breaker() {
  const auto kind = static_cast<SetKind>(choices_.below(kSetKinds));
  const ModelSet& set = model_.sets[static_cast<std::size_t>(kind)];
  const Signers signers = sign(kind, kind == SetKind::Sentinel ? 1 : set.threshold);
  const auto what = static_cast<std::uint8_t>(choices_.one_in(4) ? choices_.take<std::uint8_t>()
                                                                 : 1u << choices_.below(7));
  static constexpr std::uint32_t kSeconds[] = {0,         1,    600,        kHour,
                                               kHour + 1, kDay, 72 * kHour, 72 * kHour + 1};
  const std::uint32_t seconds = kSeconds[choices_.below(std::size(kSeconds))];
  return {world_.make(InstructionTag::Breaker, {{"set", world_.set(kind)}},
                      Writer()
                          .u8(what)
                          .u32(seconds)
                          .u16(signers.signing.mask)
                          .u64(static_cast<std::uint64_t>(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.breaker(signers.signing, kind, what, seconds); }};
}

Bytes Sequence::make_payload(std::uint8_t kind) {
  Writer writer;
  writer.u8(choices_.one_in(16) ? kind + 1 : kind);
  const ModelSet& sentinel = model_.sets[static_cast<std::size_t>(SetKind::Sentinel)];
  switch (static_cast<OpKind>(kind)) {
    case OpKind::ReplaceSet: {
      const std::size_t size = 1 + choices_.below(6);
      writer.u8(choices_.below(4)).u8(choices_.one_in(3) ? choices_.below(8) : size / 2 + 1);
      for (std::size_t i = 0; i < size; ++i) writer.key(world_.set_key(choices_.below(kSetKeys)));
      break;
    }
    case OpKind::SetRole: {
      const std::size_t role = choices_.below(3);
      const RoleBounds& bounds = kRoleBounds[role];
      writer.u8(role).u64(1 + choices_.take<std::uint32_t>());
      writer.u32(bounds.lock_min + choices_.below(2) * kDay)
          .u32(bounds.lock_max - choices_.below(3) * kDay);
      writer.u16(bounds.weight_min + 10 * choices_.below(100));
      writer.u16(bounds.weight_max - 10 * choices_.below(100));
      writer.u32(bounds.unbond_max - choices_.below(2) * kHour +
                 (choices_.one_in(8) ? 2 * kHour : 0));
      break;
    }
    case OpKind::SetLimits:
      writer.u16(400 + 100 * choices_.below(100)).u32(choices_.below(2) * kHour + 10);
      writer.u64(kOutflowFloorMin * choices_.below(9)).u64(choices_.amount(model_.work_cap * 2));
      break;
    case OpKind::RemoveSentinelKey:
      writer.key(world_.set_key(sentinel.keys[choices_.below(sentinel.keys.size())]));
      break;
    case OpKind::SetMarket:
      writer.u16(choices_.below(34) * 100)
          .u16(choices_.below(102) * 100)
          .u16(100 * choices_.below(102));
      writer.u32(choices_.below(9) * kDay + kHour / 2).u32(kHour * choices_.below(30));
      writer.u64(choices_.amount(1'000'000)).u64(choices_.amount(1'000'000));
      writer.key(choices_.one_in(8) ? Key{} : world_.owner(choices_.below(kOwners)));
      break;
    case OpKind::LowerSentinelPause:
      writer.u32(choices_.amount(model_.sentinel_pause) & 0xffff);
      break;
    case OpKind::LowerWorkCap:
      writer.u64(choices_.amount(model_.work_cap));
      break;
  }
  Bytes made = writer;
  if (choices_.one_in(32)) made.push_back(0);
  return made;
}

Sequence::Planned Sequence::plan_queue_op() {
  const auto kind = static_cast<std::uint8_t>(choices_.one_in(16) ? 8 : 1 + choices_.below(7));
  const Bytes payload = make_payload(kind);
  const Signers signers =
      sign(SetKind::Guardian, model_.sets[static_cast<std::size_t>(SetKind::Guardian)].threshold);
  return {world_.make(InstructionTag::QueueOp,
                      {{"payer", world_.authority}, {"op", world_.op(model_.op_seq)}},
                      Writer()
                          .u8(kind)
                          .key(hash({payload}))
                          .u16(signers.signing.mask)
                          .u64(static_cast<std::uint64_t>(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.queue_op(signers.signing, kind, payload); }};
}

Sequence::Planned Sequence::plan_cancel_op() {
  const std::uint64_t op =
      model_.op_seq - std::min<std::uint64_t>(model_.op_seq, 1 + choices_.below(3));
  const ModelSet& guardian = model_.sets[static_cast<std::size_t>(SetKind::Guardian)];
  const Signers signers =
      sign(SetKind::Guardian, guardian.keys.size() - guardian.threshold + 1 - choices_.below(2));
  return {
      world_.make(InstructionTag::CancelOp, {{"op", world_.op(op)}, {"rent_to", world_.authority}},
                  Writer()
                      .u16(signers.signing.mask)
                      .u64(static_cast<std::uint64_t>(signers.signing.valid_until)),
                  signers.keys),
      [=, this] { return model_.cancel_op(signers.signing, op); }};
}

Sequence::Planned Sequence::plan_execute_op() {
  std::uint64_t op = model_.op_seq - std::min<std::uint64_t>(model_.op_seq, 1 + choices_.below(2));
  if (!model_.ops.empty() && !model_.ops.contains(op)) op = model_.ops.rbegin()->first;
  if (!choices_.one_in(4)) {
    for (const auto& [number, each] : model_.ops) {
      if (model_.t > each.eta && model_.slot > each.eta_slot && model_.t <= each.expiry)
        op = number;
    }
  }
  Bytes payload = model_.ops.contains(op) ? model_.ops.at(op).payload : Bytes{1};
  if (choices_.one_in(16)) payload.back() ^= 1;
  return {world_.make(InstructionTag::ExecuteOp,
                      {{"op", world_.op(op)}, {"rent_to", world_.authority}}, payload),
          [=, this] { return model_.execute_op(op, payload, keys_by_bytes_); }};
}

}  // namespace swarm::proof
