// The chain's own programs, as far as we call them: their addresses and instructions. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "chain/transaction.h"

namespace wardhive::chain::programs {

inline constexpr Pubkey kSystem = pubkey_constant("11111111111111111111111111111111");
inline constexpr Pubkey kComputeBudget =
    pubkey_constant("ComputeBudget111111111111111111111111111111");
inline constexpr Pubkey kToken = pubkey_constant("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
inline constexpr Pubkey kToken2022 = pubkey_constant("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
inline constexpr Pubkey kAssociatedToken =
    pubkey_constant("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
inline constexpr Pubkey kUpgradeableLoader =
    pubkey_constant("BPFLoaderUpgradeab1e11111111111111111111111");
inline constexpr Pubkey kRentSysvar =
    pubkey_constant("SysvarRent111111111111111111111111111111111");
inline constexpr Pubkey kClockSysvar =
    pubkey_constant("SysvarC1ock11111111111111111111111111111111");

// Compute budget. Blocks are packed by the requested limit, so every transaction of ours says one.
Instruction set_compute_unit_limit(std::uint32_t units);
Instruction set_compute_unit_price(std::uint64_t micro_lamports);

// System. `from` and, for a new account, `account` sign.
Instruction transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports);
Instruction create_account(const Pubkey& from, const Pubkey& account, std::uint64_t lamports,
                           std::uint64_t space, const Pubkey& owner);

// Tokens. Mint and owner may be of either token program.
Instruction create_associated_token(const Pubkey& payer, const Pubkey& owner, const Pubkey& mint,
                                    const Pubkey& token_program);  // succeeds if it is there
Instruction initialize_mint(const Pubkey& mint, std::uint8_t decimals, const Pubkey& authority,
                            const Pubkey& token_program);  // no freeze authority
Instruction mint_to(const Pubkey& mint, const Pubkey& to, const Pubkey& authority,
                    std::uint64_t amount, const Pubkey& token_program);
inline constexpr std::size_t kMintBytes = 82;
inline constexpr std::size_t kTokenAccountBytes = 165;

// The upgradeable loader ("loader-v3"), the only one that lives.
inline constexpr std::size_t kBufferHeaderBytes = 37;
inline constexpr std::size_t kProgramDataHeaderBytes = 45;
inline constexpr std::size_t kProgramBytes = 36;
Pubkey program_data_address(const Pubkey& program);
Instruction initialize_buffer(const Pubkey& buffer, const Pubkey& authority);
Instruction write_buffer(const Pubkey& buffer, const Pubkey& authority, std::uint32_t offset,
                         std::span<const std::uint8_t> bytes);
Instruction deploy(const Pubkey& payer, const Pubkey& program, const Pubkey& buffer,
                   const Pubkey& authority, std::uint64_t bytes_max);
Instruction close_buffer(const Pubkey& buffer, const Pubkey& to, const Pubkey& authority);
// Without `next` the program is immutable from then on.
Instruction set_upgrade_authority(const Pubkey& program, const Pubkey& authority,
                                  const std::optional<Pubkey>& next);

}  // namespace wardhive::chain::programs
