// Calling another program. The typed calls of system.h and token_cpi.h are built on this; a program
// with another callee adds a typed function of its own beside them.
//
// The runtime refuses privileges that the caller does not have, and a callee that fails ends the
// whole transaction: what follows a call may rely on it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/account.h"
#include "sol/error.h"
#include "sol/key.h"
#include "sol/layout.h"
#include "sol/raw_account.h"
#include "sol/syscall.h"

namespace sol {

// The runtime's own layouts (SolAccountMeta, SolInstruction, SolAccountInfo of the C ABI).
struct CallMeta {
  const Key* key;
  bool is_writable;
  bool is_signer;
};
struct CallInstruction {
  const Key* program;
  const CallMeta* metas;
  std::uint64_t meta_count;
  const std::uint8_t* data;
  std::uint64_t data_size;
};
struct CallAccount {
  const Key* key;
  std::uint64_t* lamports;
  std::uint64_t data_size;
  std::uint8_t* data;
  const Key* owner;
  std::uint64_t rent_epoch;
  bool is_signer;
  bool is_writable;
  bool is_executable;
};
SOL_FIELD(CallMeta, is_writable, 8);
SOL_FIELD(CallMeta, is_signer, 9);
SOL_SIZE(CallMeta, 16);
SOL_SIZE(CallInstruction, 40);
SOL_FIELD(CallAccount, is_signer, 48);
SOL_SIZE(CallAccount, 56);

// An account as a callee sees it: any handle or view, and nothing of its data.
class CallRef {
 public:
  template <class Handle>
    requires requires(const Handle& handle) { detail::Access::raw(handle); }
  [[gnu::always_inline]] CallRef(const Handle& handle)  // NOLINT: every handle may be passed on
      : raw_(detail::Access::raw(handle)) {}
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  detail::RawAccount* raw_;
};

// Who signs a call besides those who signed ours: nobody, or program addresses by their seeds.
struct Signers {
  const SignerSeeds* seeds = nullptr;
  std::uint64_t count = 0;
};
inline constexpr Signers kNoSeeds{};

// What a callee may do with an account.
enum class Grant : std::uint8_t { Read = 0, Write = 1, Sign = 2, SignWrite = 3 };

namespace detail {

[[gnu::noinline]] inline void fill_call_account(CallMeta* meta, CallAccount* account,
                                                RawAccount* raw, std::uint64_t grant) {
  meta->key = &raw->key;
  meta->is_writable = (grant & 1) != 0;
  meta->is_signer = (grant & 2) != 0;
  account->key = &raw->key;
  account->lamports = &raw->lamports;
  account->data_size = raw->data_size;
  account->data = raw->data();
  account->owner = &raw->owner;
  account->rent_epoch = 0;  // no longer used by the runtime
  account->is_signer = raw->is_signer != 0;
  account->is_writable = raw->is_writable != 0;
  account->is_executable = raw->is_executable != 0;
}

}  // namespace detail

// One call with up to kAccounts accounts, on the stack (72 bytes each).
template <std::size_t kAccounts>
class Call {
 public:
  static_assert(kAccounts <= 40, "the frame has 4,096 bytes");

  // At most kAccounts times; more are refused by invoke().
  [[gnu::always_inline]] void add(CallRef account, Grant grant) {
    if (count_ < kAccounts) [[likely]] {
      detail::fill_call_account(&metas_[count_], &accounts_[count_], detail::Access::raw(account),
                                static_cast<std::uint64_t>(grant));
    }
    ++count_;
  }

  // Returns only if the callee succeeded, or if nothing was called.
  [[gnu::always_inline]] Error invoke(const Program& program, const std::uint8_t* data,
                                      std::uint64_t size, const Signers& signers) const {
    if (count_ > kAccounts) [[unlikely]]
      return Error(Check::TooManyAccounts);
    const CallInstruction instruction{&program.key(), metas_, count_, data, size};
    return syscall::sol_invoke_signed_c(&instruction, accounts_, count_, signers.seeds,
                                        signers.count) == 0
               ? kOk
               : Error(Check::CallFailed);
  }

 private:
  CallMeta metas_[kAccounts];
  CallAccount accounts_[kAccounts];
  std::uint64_t count_ = 0;
};

}  // namespace sol
