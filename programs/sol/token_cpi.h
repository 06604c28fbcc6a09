// Moving tokens, burning them, and creating vaults.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/cpi.h"
#include "sol/error.h"
#include "sol/system.h"
#include "sol/token.h"

namespace sol {

// Accounts that a mint with a transfer hook needs behind the usual four.
inline constexpr std::size_t kHookAccountsMax = 8;

struct TokenTransfer {
  const TokenAccount<Write>& from;
  const Mint& mint;
  const TokenAccount<Write>& to;
  CallRef authority;  // signs: as one of our signers, or by `signers` below
  std::uint64_t amount;
};

namespace detail {

enum class TokenInstruction : std::uint8_t {
  TransferChecked = 12,
  BurnChecked = 15,
  InitializeAccount3 = 18
};

// The ten bytes of TransferChecked and BurnChecked, in words as the machine likes them.
struct CheckedAmount {
  std::uint64_t words[2];
  [[gnu::always_inline]] CheckedAmount(TokenInstruction instruction, std::uint64_t amount,
                                       std::uint8_t decimals) {
    auto* bytes = reinterpret_cast<std::uint8_t*>(words);
    bytes[0] = static_cast<std::uint8_t>(instruction);
    store<std::uint64_t>(bytes + 1, amount);
    bytes[9] = decimals;
  }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(words); }
  static constexpr std::uint64_t kSize = 10;
};

[[gnu::noinline]] inline Error transfer_checked(const TokenProgram& token,
                                                const TokenTransfer& transfer,
                                                const Signers& signers) {
  Call<4> call;
  call.add(transfer.from, Grant::Write);
  call.add(transfer.mint, Grant::Read);
  call.add(transfer.to, Grant::Write);
  call.add(transfer.authority, Grant::Sign);
  const CheckedAmount data(TokenInstruction::TransferChecked, transfer.amount,
                           transfer.mint.decimals());
  return call.invoke(token, data.data(), CheckedAmount::kSize, signers);
}

}  // namespace detail

// TransferChecked. `signers` holds the authority's seeds when it is a program address, else
// kNoSeeds. About 1,250 units with p-token, of which 105 are its own.
[[gnu::always_inline]] inline Error transfer_checked(const TokenProgram& token,
                                                     const TokenTransfer& transfer,
                                                     const Signers& signers) {
  return detail::transfer_checked(token, transfer, signers);
}

// The same for a mint whose hook needs the accounts behind the instruction's named ones, all of
// them, in their order; each is passed on with the privileges it came with.
template <std::size_t kCount, std::size_t kTrailing>
  requires(kTrailing <= kHookAccountsMax)
[[gnu::noinline]] inline Error transfer_checked_with_hook(
    const TokenProgram& token, const TokenTransfer& transfer, const Signers& signers,
    const Accounts<kCount, kTrailing>& accounts) {
  Call<4 + kTrailing> call;
  call.add(transfer.from, Grant::Write);
  call.add(transfer.mint, Grant::Read);
  call.add(transfer.to, Grant::Write);
  call.add(transfer.authority, Grant::Sign);
  for (std::uint64_t i = 0; i < accounts.trailing_count(); ++i) {
    const AccountView view = SOL_TRY(accounts.trailing(i));
    // Never a signature: a hook has no use for one, and could spend it.
    call.add(view, detail::Access::raw(view)->is_writable ? Grant::Write : Grant::Read);
  }
  const detail::CheckedAmount data(detail::TokenInstruction::TransferChecked, transfer.amount,
                                   transfer.mint.decimals());
  return call.invoke(token, data.data(), detail::CheckedAmount::kSize, signers);
}

struct TokenBurn {
  const TokenAccount<Write>& from;
  CallRef mint;  // writable
  CallRef authority;
  std::uint64_t amount;
  std::uint8_t decimals;
};

[[gnu::noinline]] inline Error burn_checked(const TokenProgram& token, const TokenBurn& burn,
                                            const Signers& signers) {
  Call<3> call;
  call.add(burn.from, Grant::Write);
  call.add(burn.mint, Grant::Write);
  call.add(burn.authority, Grant::Sign);
  const detail::CheckedAmount data(detail::TokenInstruction::BurnChecked, burn.amount,
                                   burn.decimals);
  return call.invoke(token, data.data(), detail::CheckedAmount::kSize, signers);
}

// Creates a token account at the canonical address of `seeds` with `authority` over it. `size` is
// kTokenAccountBytes, or more where the mint's extensions ask for it (a hook adds 6: 171).
template <std::size_t kSeeds>
[[gnu::always_inline]] inline Error create_token_account(const Vacant& place,
                                                         const Creation& creation,
                                                         const TokenProgram& token,
                                                         const Mint& mint, const Key& authority,
                                                         Seeds<kSeeds>& seeds, std::uint64_t size) {
  SOL_CHECK(create_account(place, creation, seeds, token.key(), size));
  std::uint64_t data[5];
  auto* bytes = reinterpret_cast<std::uint8_t*>(data);
  bytes[0] = static_cast<std::uint8_t>(detail::TokenInstruction::InitializeAccount3);
  copy_exact<32>(bytes + 1, &authority);
  Call<2> call;
  call.add(place, Grant::Write);
  call.add(mint, Grant::Read);
  return call.invoke(token, bytes, 33, kNoSeeds);
}

}  // namespace sol
