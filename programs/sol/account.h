// The only way to an account's data: handles that exist when, and only when, every check was made.
//
//   const auto owner = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kOwner>(), sol::Any{}));
//   const auto pool  = SOL_TRY((sol::open_state<Pool, sol::Write>(
//       accounts.at<kPool>(), context, sol::Singleton{})));
//   const auto mine  = SOL_TRY((sol::open_state<Position, sol::Write>(
//       accounts.at<kPosition>(), context, sol::Linked<&Position::owner>(owner.key()))));
//   mine->amount += amount;
//
// Each open_ function asks for all that makes its kind of account safe. What it cannot know has no
// default: whether you write, and which account of its kind it must be (a rule). Leave one out and
// it does not compile (programs/sol/compile_fail).
//
//   checked      owner, tag and version, exact length, signer, writable, address or link, sharing
//   not checked  what the fields mean: that is the program's business
//   sharing      whoever writes data holds the only handle on it: an account that stands in two
//                named slots or was opened for writing before is refused (ALIAS). Lamport-only
//                handles may share. A trailing account may repeat another: open it for reading only
//                where that does no harm.
//   cost         25 to 35 units for a state account, 5 to 15 for others; Derived adds 1,500
#pragma once

#include <concepts>
#include <cstdint>

#include "sol/bytes.h"
#include "sol/entrypoint.h"
#include "sol/error.h"
#include "sol/handles.h"
#include "sol/key.h"
#include "sol/layout.h"
#include "sol/raw_account.h"
#include "sol/rules.h"

namespace sol {

namespace detail {

// Takes the account for writing its data.
[[gnu::always_inline]] inline Error take_for_writing(RawAccount& raw) {
  if (!raw.is_writable) [[unlikely]]
    return Error(Check::NotWritable);
  if (raw.marker != kFresh) [[unlikely]]
    return Error(Check::Aliased);
  raw.marker = kShared;
  return kOk;
}

// All of a state account's checks in one place, so that 35 handlers do not each carry a copy.
// `kind` is tag | version << 8 | size << 32.
[[gnu::noinline]] inline std::uint64_t check_state(const RawAccount* raw, const Key* program,
                                                   std::uint64_t kind) {
  if (raw->owner != *program) [[unlikely]]
    return code_of(Error(Check::WrongOwner));
  if (raw->data_size != kind >> 32) [[unlikely]]
    return code_of(Error(Check::WrongLength));
  if (load<std::uint8_t>(raw->data()) != (kind & 0xff)) [[unlikely]]
    return code_of(Error(Check::WrongTag));
  if (load<std::uint8_t>(raw->data() + 1) != (kind >> 8 & 0xff)) [[unlikely]]
    return code_of(Error(Check::WrongVersion));
  return 0;
}

}  // namespace detail

// ---- Opening

// This program's account of layout T. Errors, in this order: WrongOwner, WrongLength, WrongTag,
// WrongVersion, NotWritable, Aliased, then the rules' in the order given.
template <class T, AccessMode A, class... R>
  requires StateLayout<T> && (sizeof...(R) > 0) && (detail::StateRule<R, T> && ...)
[[gnu::always_inline]] inline Result<State<T, A>> open_state(AccountView view,
                                                             const Context& context,
                                                             const R&... rules) {
  constexpr std::uint64_t kKind = static_cast<std::uint8_t>(T::kTag) |
                                  std::uint64_t{static_cast<std::uint8_t>(T::kVersion)} << 8 |
                                  std::uint64_t{sizeof(T)} << 32;
  detail::RawAccount* raw = detail::Access::raw(view);
  SOL_CHECK(Error(detail::check_state(raw, &context.program_id(), kKind)));
  if constexpr (std::same_as<A, Write>) SOL_CHECK(detail::take_for_writing(*raw));
  SOL_CHECK(detail::check_rules(*raw, *reinterpret_cast<const T*>(raw->data()), rules...));
  return detail::Access::make<State<T, A>>(raw);
}

// Somebody who signed. MissingSigner; NotWritable under Write.
template <AccessMode A, class... R>
  requires(sizeof...(R) > 0) && (detail::AddressRule<R> && ...)
[[gnu::always_inline]] inline Result<Signer<A>> open_signer(AccountView view, const R&... rules) {
  detail::RawAccount* raw = detail::Access::raw(view);
  if (!raw->is_signer) [[unlikely]]
    return Check::MissingSigner;
  if constexpr (std::same_as<A, Write>) {
    if (!raw->is_writable) [[unlikely]]
      return Check::NotWritable;
  }
  SOL_CHECK(detail::check_address(*raw, rules...));
  return detail::Access::make<Signer<A>>(raw);
}

template <class... R>
  requires(sizeof...(R) > 0) && (detail::AddressRule<R> && ...)
[[gnu::always_inline]] inline Result<Recipient> open_recipient(AccountView view,
                                                               const R&... rules) {
  detail::RawAccount* raw = detail::Access::raw(view);
  if (!raw->is_writable) [[unlikely]]
    return Check::NotWritable;
  SOL_CHECK(detail::check_address(*raw, rules...));
  return detail::Access::make<Recipient>(raw);
}

template <class... R>
  requires(sizeof...(R) > 0) && (detail::AddressRule<R> && ...)
[[gnu::always_inline]] inline Result<Address> open_address(AccountView view, const R&... rules) {
  detail::RawAccount* raw = detail::Access::raw(view);
  SOL_CHECK(detail::check_address(*raw, rules...));
  return detail::Access::make<Address>(raw);
}

// WrongProgram at another address, NotAProgram if it cannot be run.
template <KeyLike K>
[[gnu::always_inline]] inline Result<Program> open_program(AccountView view, const K& address) {
  detail::RawAccount* raw = detail::Access::raw(view);
  if (!(raw->key == as_key(address))) [[unlikely]]
    return Check::WrongProgram;
  if (!raw->is_executable) [[unlikely]]
    return Check::NotAProgram;
  return detail::Access::make<Program>(raw);
}

[[gnu::always_inline]] inline Result<Program> open_system_program(AccountView view) {
  return open_program(view, kSystemProgram);
}

// A place for a new account: NotWritable, Aliased, AlreadyExists if it has data or another owner
// than the System program. Lamports sent there beforehand do no harm. Which address it must have is
// said, and checked, by create_state() or create_account().
[[gnu::always_inline]] inline Result<Vacant> open_vacant(AccountView view) {
  detail::RawAccount* raw = detail::Access::raw(view);
  SOL_CHECK(detail::take_for_writing(*raw));
  if (raw->data_size != 0 || !raw->owner.is_zero()) [[unlikely]]
    return Check::AlreadyExists;
  return detail::Access::make<Vacant>(raw);
}

// Another program's account, to be read. WrongOwner unless `owner` wrote it.
template <KeyLike K, class... R>
  requires(sizeof...(R) > 0) && (detail::AddressRule<R> && ...)
[[gnu::always_inline]] inline Result<Foreign> open_foreign(AccountView view, const K& owner,
                                                           const R&... rules) {
  detail::RawAccount* raw = detail::Access::raw(view);
  if (!(raw->owner == as_key(owner))) [[unlikely]]
    return Check::WrongOwner;
  SOL_CHECK(detail::check_address(*raw, rules...));
  return detail::Access::make<Foreign>(raw);
}

// ---- Closing

namespace detail {

[[gnu::noinline]] inline void close_account(RawAccount* raw, RawAccount* to) {
  fill_bytes(raw->data(), 0, raw->data_size);
  // Cannot wrap: all lamports there are fit 64 bits.
  to->lamports += raw->lamports;
  raw->lamports = 0;
  raw->data_size = 0;
  raw->owner = kSystemProgram;
}

}  // namespace detail

// Ends an account in this instruction: data zeroed and of length 0, owner System, lamports to `to`.
// Nothing is left to revive. The handle must not be used afterwards.
template <class T>
[[gnu::always_inline]] inline void close_state(const State<T, Write>& state, const Recipient& to) {
  detail::close_account(detail::Access::raw(state), detail::Access::raw(to));
}

}  // namespace sol
