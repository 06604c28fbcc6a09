// Work rewards: leaves and inclusion proofs (D12; RFC 9162, 2.1.3.2).
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "abi/errors.h"
#include "sol/error.h"
#include "sol/hash.h"
#include "sol/key.h"

namespace swarm {

// SHA-256(0x00 | "WHWK1" | config | position | id | cumulative). Leaves and nodes begin with
// different bytes, so neither can be passed off as the other.
[[gnu::always_inline]] inline void work_leaf(const sol::Key& config, const sol::Key& position,
                                             std::uint64_t id, std::uint64_t cumulative,
                                             sol::Key& leaf) {
  static constexpr char kPrefix[] = "\0WHWK1";
  const sol::Slice parts[] = {sol::slice_of_text(kPrefix), sol::slice_of(config),
                              sol::slice_of(position), sol::slice_of(id),
                              sol::slice_of(cumulative)};
  sol::sha256(parts, leaf);
}

// Whether `proof` (whole hashes, `hashes` of them) leads from `leaf` at `index` to the record's
// root.
[[gnu::noinline]] inline sol::Error check_inclusion(const RootRecord& record, std::uint64_t index,
                                                    const std::uint8_t* proof, std::uint64_t hashes,
                                                    sol::Key& leaf) {
  static constexpr char kNode[] = "\1";
  if (index >= record.size) return sol::Error(Fault::BadProof);
  std::uint64_t node = index;
  std::uint64_t last = record.size - 1;
  // Set up once: a level costs some 155 units, most of it the hash.
  sol::Slice parts[] = {sol::slice_of_text(kNode), {leaf.bytes(), 32}, {leaf.bytes(), 32}};
  for (const std::uint8_t* end = proof + 32 * hashes; proof != end; proof += 32) {
    if (last == 0) return sol::Error(Fault::BadProof);
    const bool right = (node & 1) != 0 || node == last;
    parts[1].data = right ? proof : leaf.bytes();
    parts[2].data = right ? leaf.bytes() : proof;
    sol::sha256(parts, leaf);
    if (right) {
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0 || !(leaf == sol::as_key(record.root))) return sol::Error(Fault::BadProof);
  return sol::kOk;
}

}  // namespace swarm
