// Mints and token accounts as bytes, for tests to put into a Bank and to look at afterwards. The
// layout is SPL Token's (82 and 165 bytes); Token-2022's plain ones are the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/runtime.h"

namespace solhost {

struct MintState {
  std::optional<Key> authority{};
  std::uint64_t supply = 0;
  std::uint8_t decimals = 0;
  bool initialized = true;
  std::optional<Key> freeze_authority{};
};

enum class TokenState : std::uint8_t { Uninitialized = 0, Initialized = 1, Frozen = 2 };

struct TokenAccountState {
  Key mint{};
  Key owner{};
  std::uint64_t amount = 0;
  std::optional<Key> delegate{};
  TokenState state = TokenState::Initialized;
  std::optional<std::uint64_t> native{};  // the rent reserve of a wrapped-lamport account
  std::uint64_t delegated_amount = 0;
  std::optional<Key> close_authority{};
};

std::vector<std::uint8_t> encode(const MintState& mint);
std::vector<std::uint8_t> encode(const TokenAccountState& account);
// Into bytes of the layout's length. Options that are as they were stay so to the byte, as Token
// leaves them.
void encode_into(const MintState& mint, std::span<std::uint8_t> out);
void encode_into(const TokenAccountState& account, std::span<std::uint8_t> out);
// Nothing if the length or the state is none of the layout's.
std::optional<MintState> decode_mint(std::span<const std::uint8_t> data);
std::optional<TokenAccountState> decode_token_account(std::span<const std::uint8_t> data);

// Rent-exempt accounts of that program.
void put_mint(Bank& bank, const Key& key, const MintState& mint,
              const Key& program = sol::kTokenProgram);
void put_token_account(Bank& bank, const Key& key, const TokenAccountState& account,
                       const Key& program = sol::kTokenProgram);
// 0 where there is no token account.
std::uint64_t token_amount(const Bank& bank, const Key& key);

}  // namespace solhost
