// SPL Token and Token-2022: mints and token accounts, bounds-checked, with every question asked
// that has cost others money.
//
//   const auto token = SOL_TRY(sol::open_token_program(accounts.at<kTokenProgram>()));
//   const auto mint  = SOL_TRY(sol::open_mint(accounts.at<kMint>(), token, sol::Is(pool->mint)));
//   const auto vault = SOL_TRY(sol::open_token_account<sol::Write>(
//       accounts.at<kVault>(), token, sol::Is(pool->vault), sol::MintIs(mint.key()),
//       sol::AnyAuthority{}));
//
// A token account's address, mint and authority each have to be named, if only as Any.
#pragma once

#include <concepts>
#include <cstdint>

#include "sol/account.h"
#include "sol/error.h"
#include "sol/key.h"
#include "sol/raw_account.h"

namespace sol {

inline constexpr std::uint64_t kMintBytes = 82;
inline constexpr std::uint64_t kTokenAccountBytes = 165;
inline constexpr std::uint64_t kMultisigBytes = 355;  // never a token account

// Token-2022's TLV extensions, by their number.
enum class Extension : std::uint16_t {
  TransferFeeConfig = 1,
  TransferFeeAmount = 2,
  MintCloseAuthority = 3,
  ConfidentialTransferMint = 4,
  ConfidentialTransferAccount = 5,
  DefaultAccountState = 6,
  ImmutableOwner = 7,
  MemoTransfer = 8,
  NonTransferable = 9,
  InterestBearing = 10,
  CpiGuard = 11,
  PermanentDelegate = 12,
  NonTransferableAccount = 13,
  TransferHook = 14,
  TransferHookAccount = 15,
  ConfidentialTransferFee = 16,
  ConfidentialTransferFeeAmount = 17,
  MetadataPointer = 18,
  TokenMetadata = 19,
  GroupPointer = 20,
  TokenGroup = 21,
  GroupMemberPointer = 22,
  TokenGroupMember = 23,
  ConfidentialMintBurn = 24,
  ScaledUiAmount = 25,
  Pausable = 26,
  PausableAccount = 27,
};

// One entry of the extension list.
struct ExtensionEntry {
  std::uint16_t type;
  Slice value;
};

// Walks the extensions behind byte 165. Steps at most once per four bytes of the account.
class ExtensionWalk {
 public:
  ExtensionWalk(const std::uint8_t* data, std::uint64_t size) : data_(data), size_(size) {}
  // False at the end. NotAMint if an entry leaves the account or rubbish follows the last.
  [[gnu::always_inline]] Error next(ExtensionEntry& entry, bool& found) {
    found = false;
    if (size_ - at_ < 4) return ends_in_zeros();
    const auto type = load<std::uint16_t>(data_ + at_);
    if (type == 0) return ends_in_zeros();
    const auto size = load<std::uint16_t>(data_ + at_ + 2);
    if (size > size_ - at_ - 4) [[unlikely]]
      return Error(Check::NotAMint);
    entry = {type, {data_ + at_ + 4, size}};
    at_ += 4 + std::uint64_t{size};
    found = true;
    return kOk;
  }

 private:
  Error ends_in_zeros() const {
    for (std::uint64_t i = at_; i < size_; ++i) {
      if (data_[i] != 0) return Error(Check::NotAMint);
    }
    return kOk;
  }

  const std::uint8_t* data_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

// ---- The token program: one of the two, and then every account must be owned by that one.

class TokenProgram {
 public:
  const Key& key() const { return raw_->key; }
  bool is_2022() const { return raw_->key == kToken2022Program; }
  operator Program() const { return detail::Access::make<Program>(raw_); }

 private:
  friend struct detail::Access;
  explicit TokenProgram(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// WrongProgram for anything but Token or Token-2022.
[[gnu::always_inline]] inline Result<TokenProgram> open_token_program(AccountView view) {
  detail::RawAccount* raw = detail::Access::raw(view);
  if (!(raw->key == kTokenProgram) && !(raw->key == kToken2022Program)) [[unlikely]]
    return Check::WrongProgram;
  if (!raw->is_executable) [[unlikely]]
    return Check::NotAProgram;
  return detail::Access::make<TokenProgram>(raw);
}

// ---- Mints

class Mint {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t supply() const { return load<std::uint64_t>(raw_->data() + 36); }
  std::uint8_t decimals() const { return raw_->data()[44]; }
  bool has_mint_authority() const { return load<std::uint32_t>(raw_->data()) != 0; }
  const Key& mint_authority() const { return load_key(raw_->data() + 4); }
  bool has_freeze_authority() const { return load<std::uint32_t>(raw_->data() + 46) != 0; }
  // Empty for a mint without extensions.
  ExtensionWalk extensions() const {
    if (raw_->data_size <= kTokenAccountBytes + 1) return {raw_->data(), 0};
    return {raw_->data() + kTokenAccountBytes + 1, raw_->data_size - kTokenAccountBytes - 1};
  }

 private:
  friend struct detail::Access;
  explicit Mint(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

namespace detail {

inline constexpr std::uint8_t kKindMint = 1;
inline constexpr std::uint8_t kKindTokenAccount = 2;

[[gnu::noinline]] inline std::uint64_t check_mint(const RawAccount* raw, const Key* token_program) {
  if (raw->owner != *token_program) [[unlikely]]
    return code_of(Error(Check::WrongOwner));
  const std::uint64_t size = raw->data_size;
  const bool plain = size == kMintBytes;
  const bool extended = size > kTokenAccountBytes && size != kMultisigBytes &&
                        raw->data()[kTokenAccountBytes] == kKindMint;
  if ((!plain && !extended) || raw->data()[45] != 1) [[unlikely]]
    return code_of(Error(Check::NotAMint));
  return 0;
}

}  // namespace detail

// A mint of this token program that is initialised. WrongOwner, NotAMint.
template <class... R>
  requires(sizeof...(R) > 0) && (detail::AddressRule<R> && ...)
[[gnu::always_inline]] inline Result<Mint> open_mint(AccountView view, const TokenProgram& token,
                                                     const R&... rules) {
  detail::RawAccount* raw = detail::Access::raw(view);
  SOL_CHECK(detail::check_address(*raw, rules...));
  SOL_CHECK(Error(detail::check_mint(raw, &token.key())));
  return detail::Access::make<Mint>(raw);
}

// Whether a pool may be built on a mint: freeze authority none, and of Token-2022's extensions only
// MetadataPointer, TokenMetadata, and TransferHook of `hook` itself with nobody who could change it
// (nullptr: no hook at all). Every other extension can take, block or shrink what was deposited.
// `has_hook` says whether transfers need the hook's trailing accounts. HasFreezeAuthority,
// ExtensionRefused, WrongHook, NotAMint. Once per pool, at creation.
[[gnu::noinline]] inline Error check_mint_is_harmless(const Mint& mint, const Key* hook,
                                                      bool& has_hook) {
  has_hook = false;
  if (mint.has_freeze_authority()) return Error(Check::HasFreezeAuthority);
  ExtensionWalk walk = mint.extensions();
  for (;;) {
    ExtensionEntry entry;
    bool found = false;
    SOL_CHECK(walk.next(entry, found));
    if (!found) return kOk;
    switch (static_cast<Extension>(entry.type)) {
      case Extension::MetadataPointer:
      case Extension::TokenMetadata:
        break;
      case Extension::TransferHook:
        if (hook == nullptr) return Error(Check::ExtensionRefused);
        if (entry.value.size != 64) return Error(Check::NotAMint);
        if (!load_key(entry.value.data).is_zero() || load_key(entry.value.data + 32) != *hook)
          return Error(Check::WrongHook);
        has_hook = true;
        break;
      default:
        return Error(Check::ExtensionRefused);
    }
  }
}

// ---- Token accounts

template <AccessMode A>
class TokenAccount {
 public:
  const Key& key() const { return raw_->key; }
  const Key& mint() const { return load_key(raw_->data()); }
  // The token authority, which Token calls owner; not the account's owning program.
  const Key& authority() const { return load_key(raw_->data() + 32); }
  // As of now: read it again after a call.
  std::uint64_t amount() const { return load<std::uint64_t>(raw_->data() + 64); }
  bool has_delegate() const { return load<std::uint32_t>(raw_->data() + 72) != 0; }
  bool has_close_authority() const { return load<std::uint32_t>(raw_->data() + 129) != 0; }

 private:
  friend struct detail::Access;
  explicit TokenAccount(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

class MintIs {
 public:
  template <KeyLike K>
  [[gnu::always_inline]] explicit MintIs(const K& mint) : mint_(&as_key(mint)) {}
  [[gnu::always_inline]] Error check_mint(const detail::RawAccount& raw) const {
    return load_key(raw.data()) == *mint_ ? kOk : Error(Check::WrongMint);
  }

 private:
  const Key* mint_;
};
// For an account whose address is fixed (its mint never changes), or where TransferChecked
// compares.
struct AnyMint {
  [[gnu::always_inline]] Error check_mint(const detail::RawAccount&) const { return kOk; }
};

class AuthorityIs {
 public:
  template <KeyLike K>
  [[gnu::always_inline]] explicit AuthorityIs(const K& authority)
      : authority_(&as_key(authority)) {}
  [[gnu::always_inline]] Error check_authority(const detail::RawAccount& raw) const {
    return load_key(raw.data() + 32) == *authority_ ? kOk : Error(Check::WrongAuthority);
  }

 private:
  const Key* authority_;
};
struct AnyAuthority {
  [[gnu::always_inline]] Error check_authority(const detail::RawAccount&) const { return kOk; }
};

namespace detail {

template <class R>
concept MintRule = requires(const R& rule, const RawAccount& raw) {
  { rule.check_mint(raw) } -> std::same_as<Error>;
};
template <class R>
concept AuthorityRule = requires(const R& rule, const RawAccount& raw) {
  { rule.check_authority(raw) } -> std::same_as<Error>;
};

[[gnu::noinline]] inline std::uint64_t check_token_account(const RawAccount* raw,
                                                           const Key* token_program) {
  if (raw->owner != *token_program) [[unlikely]]
    return code_of(Error(Check::WrongOwner));
  const std::uint64_t size = raw->data_size;
  const bool plain = size == kTokenAccountBytes;
  const bool extended = size > kTokenAccountBytes && size != kMultisigBytes &&
                        raw->data()[kTokenAccountBytes] == kKindTokenAccount;
  if (!plain && !extended) [[unlikely]]
    return code_of(Error(Check::NotATokenAccount));
  const std::uint8_t state = raw->data()[108];
  if (state == 2) [[unlikely]]
    return code_of(Error(Check::Frozen));
  if (state != 1) [[unlikely]]
    return code_of(Error(Check::NotATokenAccount));
  return 0;
}

}  // namespace detail

// An initialised, unfrozen token account of this token program. WrongAddress, WrongOwner,
// NotATokenAccount, Frozen, WrongMint, WrongAuthority; under Write also NotWritable, Aliased.
template <AccessMode A, detail::AddressRule R, detail::MintRule M, detail::AuthorityRule W>
[[gnu::always_inline]] inline Result<TokenAccount<A>> open_token_account(
    AccountView view, const TokenProgram& token, const R& rule, const M& mint, const W& authority) {
  detail::RawAccount* raw = detail::Access::raw(view);
  SOL_CHECK(rule.check(*raw));
  SOL_CHECK(Error(detail::check_token_account(raw, &token.key())));
  if constexpr (std::same_as<A, Write>) SOL_CHECK(detail::take_for_writing(*raw));
  SOL_CHECK(mint.check_mint(*raw));
  SOL_CHECK(authority.check_authority(*raw));
  return detail::Access::make<TokenAccount<A>>(raw);
}

// Nobody but its authority can move or close it: what a vault must be when it is adopted.
template <AccessMode A>
[[gnu::always_inline]] inline Error check_vault_is_sole(const TokenAccount<A>& vault) {
  if (vault.has_delegate()) return Error(Check::HasDelegate);
  if (vault.has_close_authority()) return Error(Check::HasCloseAuthority);
  return kOk;
}

}  // namespace sol
