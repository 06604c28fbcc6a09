// Whether one Merkle tree extends another: RFC 9162, 2.1.4.2, over SHA-256. No state, no clock, no
// account: the chain, the tests and the fuzzer run the same lines.
//
//   what it says  if `before` is the root of some `before.size` leaves and `after` that of some
//                 `after.size` leaves, then the first are the first of the second, or somebody has
//                 found a collision of SHA-256
//   what not      that a root is the root of as many leaves as are claimed: neighbouring sizes can
//                 have a path of the same shape. Who holds the leaves sees that at once, and nobody
//                 gains by it: what was anchored cannot be changed.
//   cost          70 units, 120 a hash that only the new tree takes, 235 one that both take
#pragma once

#include <cstdint>

#include "abi/anchor.h"
#include "sol/error.h"
#include "sol/hash.h"
#include "sol/key.h"

namespace swarm::anchor {

struct Checkpoint {
  std::uint64_t size;  // leaves
  const sol::Key& root;
};

// `proof` is `hashes` whole hashes, from the leaves up. Needs 0 < before.size < after.size.
// BadProof.
[[gnu::noinline]] inline sol::Error check_consistency(const Checkpoint& before,
                                                      const Checkpoint& after,
                                                      const std::uint8_t* proof,
                                                      std::uint64_t hashes) {
  static constexpr char kNode[] = "\1";
  if (hashes == 0) return sol::Error(Fault::BadProof);
  const std::uint8_t* const end = proof + 32 * hashes;
  std::uint64_t node = before.size - 1;
  std::uint64_t last = after.size - 1;
  // The old tree's last complete subtree: that is where both paths begin.
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  // If it is the whole old tree, its root is known and is not sent.
  sol::Key old_hash;
  if (node == 0) {
    old_hash = before.root;
  } else {
    old_hash = sol::load_key(proof);
    proof += 32;
  }
  sol::Key new_hash = old_hash;

  sol::Slice old_parts[] = {sol::slice_of_text(kNode), {}, {old_hash.bytes(), 32}};
  sol::Slice new_parts[] = {sol::slice_of_text(kNode), {}, {}};
  old_parts[1].size = new_parts[1].size = new_parts[2].size = 32;
  for (; proof != end; proof += 32) {
    if (last == 0) return sol::Error(Fault::BadProof);
    const bool left = (node & 1) != 0 || node == last;
    if (left) {
      old_parts[1].data = proof;
      sol::sha256(old_parts, old_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    }
    new_parts[1].data = left ? proof : new_hash.bytes();
    new_parts[2].data = left ? new_hash.bytes() : proof;
    sol::sha256(new_parts, new_hash);
    node >>= 1;
    last >>= 1;
  }
  if (last != 0 || !(old_hash == before.root) || !(new_hash == after.root))
    return sol::Error(Fault::BadProof);
  return sol::kOk;
}

}  // namespace swarm::anchor
