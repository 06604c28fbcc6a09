// Every call into the runtime, declared once.
//
//   chain  a call instruction whose immediate is murmur3-32 of the name, hashed by the compiler: no
//          symbol, no relocation, no help from the linker
//   host   an extern "C" function of the same name, which programs/host defines
//
// The costs are those of the mainnet feature set of August 2026.
#pragma once

#include <cstdint>
#include <utility>

namespace sol {

struct Key;

// Bytes that somebody else owns, in the layout that the runtime reads (SolBytes).
struct Slice {
  const std::uint8_t* data;
  std::uint64_t size;
};

// One signer's seeds (SolSignerSeeds).
struct SignerSeeds {
  const Slice* seeds;
  std::uint64_t count;
};

struct CallInstruction;
struct CallAccount;
struct Clock;
struct Rent;

namespace detail {

consteval std::uint32_t murmur3(const char* name) {
  std::uint32_t size = 0;
  while (name[size] != '\0') ++size;
  const auto rotl = [](std::uint32_t x, int by) { return (x << by) | (x >> (32 - by)); };
  const auto byte = [&](std::uint32_t i) {
    return std::uint32_t{static_cast<std::uint8_t>(name[i])};
  };
  const auto mix = [&](std::uint32_t k) { return rotl(k * 0xcc9e2d51, 15) * 0x1b873593; };

  std::uint32_t hash = 0;
  std::uint32_t at = 0;
  for (; at + 4 <= size; at += 4) {
    hash ^= mix(byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24);
    hash = rotl(hash, 13) * 5 + 0xe6546b64;
  }
  std::uint32_t tail = 0;
  for (std::uint32_t i = size; i > at; --i) tail = tail << 8 | byte(i - 1);
  if (at < size) hash ^= mix(tail);
  hash ^= size;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}
static_assert(murmur3("sol_log_") == 544561597);

template <std::uint32_t kHash, class F>
struct Syscall;
template <std::uint32_t kHash, class R, class... A>
struct Syscall<kHash, R(A...)> {
  [[gnu::always_inline]] R operator()(A... arguments) const {
    return reinterpret_cast<R (*)(A...)>(std::uint64_t{kHash})(arguments...);
  }
};

}  // namespace detail

#ifdef __bpf__
#define SOL_SYSCALL(result, name, ...) \
  inline constexpr detail::Syscall<detail::murmur3(#name), result(__VA_ARGS__)> name {}
#else
#define SOL_SYSCALL(result, name, ...) extern "C" result name(__VA_ARGS__)
#endif

// Prefer the typed functions of the neighbouring headers; these check nothing.
namespace syscall {

// Ends the transaction; the caller is charged its whole compute limit.
SOL_SYSCALL(void, abort);
// 100 units at least, or one per byte.
SOL_SYSCALL(std::uint64_t, sol_log_, const std::uint8_t* text, std::uint64_t size);
SOL_SYSCALL(std::uint64_t, sol_log_64_, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
            std::uint64_t);
SOL_SYSCALL(std::uint64_t, sol_log_pubkey, const Key* address);
SOL_SYSCALL(std::uint64_t, sol_log_compute_units_);
// 100 units, 100 per slice and one per byte.
SOL_SYSCALL(std::uint64_t, sol_log_data, const Slice* slices, std::uint64_t count);
// 10 units, or one per 250 bytes.
SOL_SYSCALL(std::uint64_t, sol_memcpy_, std::uint8_t* to, const std::uint8_t* from,
            std::uint64_t size);
SOL_SYSCALL(std::uint64_t, sol_memmove_, std::uint8_t* to, const std::uint8_t* from,
            std::uint64_t size);
SOL_SYSCALL(std::uint64_t, sol_memset_, std::uint8_t* to, std::uint8_t value, std::uint64_t size);
SOL_SYSCALL(std::uint64_t, sol_memcmp_, const std::uint8_t* a, const std::uint8_t* b,
            std::uint64_t size, std::int32_t* order);
// 85 units, and per slice 10 or half a unit per byte.
SOL_SYSCALL(std::uint64_t, sol_sha256, const Slice* slices, std::uint64_t count,
            std::uint8_t* digest);
SOL_SYSCALL(std::uint64_t, sol_keccak256, const Slice* slices, std::uint64_t count,
            std::uint8_t* digest);
// 1500 units; the second 1500 for each bump it tries. Not 0: on the curve, or seeds out of range.
SOL_SYSCALL(std::uint64_t, sol_create_program_address, const Slice* seeds, std::uint64_t count,
            const Key* program, Key* address);
SOL_SYSCALL(std::uint64_t, sol_try_find_program_address, const Slice* seeds, std::uint64_t count,
            const Key* program, Key* address, std::uint8_t* bump);
// About 1000 units and what the callee uses. A callee that fails ends the whole transaction.
SOL_SYSCALL(std::uint64_t, sol_invoke_signed_c, const CallInstruction* instruction,
            const CallAccount* accounts, std::uint64_t account_count, const SignerSeeds* signers,
            std::uint64_t signer_count);
SOL_SYSCALL(std::uint64_t, sol_get_clock_sysvar, Clock* clock);
SOL_SYSCALL(std::uint64_t, sol_get_rent_sysvar, Rent* rent);
SOL_SYSCALL(std::uint64_t, sol_get_stack_height);
SOL_SYSCALL(std::uint64_t, sol_set_return_data, const std::uint8_t* data, std::uint64_t size);
SOL_SYSCALL(std::uint64_t, sol_get_return_data, std::uint8_t* data, std::uint64_t size,
            Key* program);

}  // namespace syscall

}  // namespace sol
