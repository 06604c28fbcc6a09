#include "chain/pda.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/check.h"
#include "chain/programs.h"

namespace wardhive::chain {
namespace {

constexpr std::size_t kSeedsMax = 16;
constexpr std::size_t kSeedBytesMax = 32;

Status check_seeds(std::span<const Seed> seeds, std::size_t seeds_max) {
  if (seeds.size() > seeds_max)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} seeds; at most {} make an address", seeds.size(), seeds_max));
  for (const auto& seed : seeds)
    if (seed.size() > kSeedBytesMax)
      return fail(
          ErrorCode::InvalidInput,
          fmt::format("a seed has {} bytes; at most {} are allowed", seed.size(), kSeedBytesMax));
  return ok();
}

Pubkey hash(std::span<const Seed> seeds, Seed bump, const Pubkey& program) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const auto& seed : seeds) crypto_hash_sha256_update(&state, seed.data(), seed.size());
  crypto_hash_sha256_update(&state, bump.data(), bump.size());
  crypto_hash_sha256_update(&state, program.bytes.data(), program.bytes.size());
  static constexpr std::string_view kMarker = "ProgramDerivedAddress";
  crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(kMarker.data()),
                            kMarker.size());
  Pubkey key;
  crypto_hash_sha256_final(&state, key.bytes.data());
  return key;
}

}  // namespace

bool is_on_curve(const Pubkey& key) {
  // crypto_core_ed25519_is_valid_point() also refuses small order, other sub-groups and
  // non-canonical encodings, which the runtime accepts as points. Adding decompresses both terms
  // and asks nothing else; the other term is the base point.
  static constexpr std::array<std::uint8_t, 32> kBase = [] {
    std::array<std::uint8_t, 32> base{};
    base.fill(0x66);
    base[0] = 0x58;
    return base;
  }();
  std::array<std::uint8_t, 32> sum;
  return crypto_core_ed25519_add(sum.data(), key.bytes.data(), kBase.data()) == 0;
}

Result<Pubkey> create_program_address(std::span<const Seed> seeds, const Pubkey& program) {
  WARDHIVE_TRY(check_seeds(seeds, kSeedsMax));
  const auto key = hash(seeds, {}, program);
  if (is_on_curve(key))
    return fail(ErrorCode::InvalidInput, "these seeds give an address that has a key");
  return key;
}

Result<ProgramAddress> find_program_address(std::span<const Seed> seeds, const Pubkey& program) {
  WARDHIVE_TRY(check_seeds(seeds, kSeedsMax - 1));
  for (int bump = 255; bump >= 0; --bump) {
    const auto byte = static_cast<std::uint8_t>(bump);
    const auto key = hash(seeds, {&byte, 1}, program);
    if (!is_on_curve(key)) return ProgramAddress{key, byte};
  }
  return fail(ErrorCode::InvalidInput, "no bump makes an address of these seeds");  // 2^-256
}

Pubkey associated_token_address(const Pubkey& owner, const Pubkey& mint,
                                const Pubkey& token_program) {
  const std::array<Seed, 3> seeds{owner.bytes, token_program.bytes, mint.bytes};
  const auto found = find_program_address(seeds, programs::kAssociatedToken);
  WARDHIVE_ASSERT(found.has_value());
  return found->key;
}

}  // namespace wardhive::chain
