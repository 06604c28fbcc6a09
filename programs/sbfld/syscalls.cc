#include "sbfld/syscalls.h"

#include <array>
#include <bit>

namespace sbfld {
namespace {

constexpr auto kSyscalls = std::to_array<Syscall>({
    {"abort", true},
    {"sol_panic_", true},
    {"sol_log_", true},
    {"sol_log_64_", true},
    {"sol_log_pubkey", true},
    {"sol_log_compute_units_", true},
    {"sol_log_data", true},
    {"sol_create_program_address", true},
    {"sol_try_find_program_address", true},
    {"sol_sha256", true},
    {"sol_keccak256", true},
    {"sol_blake3", true},
    {"sol_poseidon", true},
    {"sol_secp256k1_recover", true},
    {"sol_curve_validate_point", true},
    {"sol_curve_group_op", true},
    {"sol_curve_multiscalar_mul", true},
    {"sol_alt_bn128_group_op", true},
    {"sol_alt_bn128_compression", true},
    {"sol_get_clock_sysvar", true},
    {"sol_get_epoch_schedule_sysvar", true},
    {"sol_get_rent_sysvar", true},
    {"sol_get_last_restart_slot", true},
    {"sol_get_epoch_rewards_sysvar", true},
    {"sol_get_sysvar", true},
    {"sol_get_epoch_stake", true},
    {"sol_memcpy_", true},
    {"sol_memmove_", true},
    {"sol_memcmp_", true},
    {"sol_memset_", true},
    {"sol_invoke_signed_c", true},
    {"sol_invoke_signed_rust", true},
    {"sol_set_return_data", true},
    {"sol_get_return_data", true},
    {"sol_get_processed_sibling_instruction", true},
    {"sol_get_stack_height", true},
    {"sol_remaining_compute_units", false},
    {"sol_big_mod_exp", false},
});

}  // namespace

std::span<const Syscall> syscalls() { return kSyscalls; }

std::optional<Cluster> cluster_named(std::string_view name) {
  if (name == "mainnet") return Cluster::Mainnet;
  if (name == "all") return Cluster::All;
  return std::nullopt;
}

std::uint32_t murmur3(std::string_view name) {
  const auto mix = [](std::uint32_t k) { return std::rotl(k * 0xcc9e2d51U, 15) * 0x1b873593U; };
  const auto word = [&](std::size_t at, std::size_t size) {
    std::uint32_t k = 0;
    for (std::size_t i = size; i-- > 0;) k = k << 8 | static_cast<std::uint8_t>(name[at + i]);
    return k;
  };
  std::uint32_t h = 0;
  std::size_t at = 0;
  for (; at + 4 <= name.size(); at += 4) h = std::rotl(h ^ mix(word(at, 4)), 13) * 5 + 0xe6546b64U;
  if (at < name.size()) h ^= mix(word(at, name.size() - at));
  h ^= static_cast<std::uint32_t>(name.size());
  h = (h ^ h >> 16) * 0x85ebca6bU;
  h = (h ^ h >> 13) * 0xc2b2ae35U;
  return h ^ h >> 16;
}

const Syscall* syscall_with(std::uint32_t hash) {
  for (const Syscall& syscall : kSyscalls)
    if (murmur3(syscall.name) == hash) return &syscall;
  return nullptr;
}

}  // namespace sbfld
