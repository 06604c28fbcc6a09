// Addresses that a program owns and nobody has a key for (program derived addresses).
//
//   cost   about 15 us per bump that is tried (one SHA-256, one point decompression); chain_bench
//   limit  16 seeds of 32 bytes, as the chain has it
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "chain/pubkey.h"

namespace wardhive::chain {

using Seed = std::span<const std::uint8_t>;

// Whether the bytes decompress to a point of Curve25519, as the runtime asks it: sub-group, small
// order and canonical form do not matter, and a zero x with its sign bit set counts as a point.
bool is_on_curve(const Pubkey& key);

// InvalidInput if the seeds are too many or too long, or the address is on the curve.
Result<Pubkey> create_program_address(std::span<const Seed> seeds, const Pubkey& program);

struct ProgramAddress {
  Pubkey key;
  std::uint8_t bump = 0;
};
// The canonical one: the highest bump that works. InvalidInput for too many or too long seeds.
Result<ProgramAddress> find_program_address(std::span<const Seed> seeds, const Pubkey& program);

// Where an owner's tokens of a mint are, by convention.
Pubkey associated_token_address(const Pubkey& owner, const Pubkey& mint,
                                const Pubkey& token_program);

}  // namespace wardhive::chain
