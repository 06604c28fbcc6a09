// The only way to an account's data: handles that exist when, and only when, every check was made.
//
//   const auto owner = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kOwner>(), sol::Any{}));
//   const auto pool  = SOL_TRY(sol::open_state<Pool, sol::Write>(accounts.at<kPool>(), context,
//   sol::Singleton{})); const auto mine  = SOL_TRY(sol::open_state<Position, sol::Write>(
//       accounts.at<kPosition>(), context, sol::Linked<&Position::owner>(owner.key())));
//   mine->amount += amount;
//
// Each open_ function asks for all that makes its kind of account safe. What it cannot know has no
// default: whether you write, and which account of its kind it must be (a rule). Leave one out and
// it does not compile (programs/sol/compile_fail).
//
//   checked      owner, tag and version, exact length, signer, writable, address or link, sharing
//   not checked  what the fields mean: that is the program's business
//   sharing      whoever writes data holds the only handle on it: an account that stands in two
//   slots
//                or was opened for writing before is refused (ALIAS). Lamport-only handles may
//                share.
//   cost         25 to 35 units for a state account, 5 to 15 for others; Derived adds 1,500
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "sol/bytes.h"
#include "sol/entrypoint.h"
#include "sol/error.h"
#include "sol/key.h"
#include "sol/layout.h"
#include "sol/pda.h"
#include "sol/raw_account.h"

namespace sol {

// How an account is used. Write asks for the writable flag and, where data is reached, for sole
// use.
struct Read {};
struct Write {};

template <class T>
concept AccessMode = std::same_as<T, Read> || std::same_as<T, Write>;

// ---- Rules: which account of its kind it must be. At least one is named on every open_.

// Whichever; say in a comment why that is safe.
struct Any {
  [[gnu::always_inline]] Error check(const detail::RawAccount&) const { return kOk; }
};

// The one at this address.
class Is {
 public:
  template <KeyLike K>
  [[gnu::always_inline]] explicit Is(const K& address) : address_(&as_key(address)) {}
  [[gnu::always_inline]] Error check(const detail::RawAccount& raw) const {
    return raw.key == *address_ ? kOk : Error(Check::WrongAddress);
  }

 private:
  const Key* address_;
};

// The only one of its type that the program ever creates: T says so by kSingleton = true.
struct Singleton {
  template <class T>
  [[gnu::always_inline]] Error check_state(const T&) const {
    static_assert(T::kSingleton, "Singleton asks for a type of which only one account can exist");
    return kOk;
  }
};

// The one whose field says so: an address or an integer that was written when it was created. Safe
// because only this program writes accounts of its type (owner and tag are checked first).
template <auto kField>
class Linked;
template <class T, class F, F T::* kField>
class Linked<kField> {
 public:
  template <class V>
  [[gnu::always_inline]] explicit Linked(const V& value) {
    if constexpr (KeyLike<F>) {
      wanted_ = &as_key(value);
    } else {
      wanted_ = static_cast<F>(value);
    }
  }
  [[gnu::always_inline]] Error check_state(const T& state) const {
    if constexpr (KeyLike<F>) {
      return as_key(state.*kField) == *wanted_ ? kOk : Error(Check::WrongLink);
    } else {
      return state.*kField == wanted_ ? kOk : Error(Check::WrongLink);
    }
  }

 private:
  std::conditional_t<KeyLike<F>, const Key*, F> wanted_;
};

// The one at the program address of these seeds and the bump stored in its header. 1,500 units;
// prefer Linked or Singleton where creation has proved the address already.
template <std::size_t kSeeds>
class Derived {
 public:
  [[gnu::always_inline]] Derived(Seeds<kSeeds>& seeds, const Context& context)
      : seeds_(&seeds), context_(&context) {}
  template <class T>
  [[gnu::always_inline]] Error check_both(const detail::RawAccount& raw, const T&) const {
    seeds_->set_bump(load<std::uint8_t>(raw.data() + offsetof(AccountHeader, bump)));
    Key address;
    SOL_CHECK(seeds_->create(context_->program_id(), address));
    return address == raw.key ? kOk : Error(Check::WrongPda);
  }

 private:
  Seeds<kSeeds>* seeds_;
  const Context* context_;
};

namespace detail {

template <class R>
concept AddressRule = requires(const R& rule, const RawAccount& raw) {
  { rule.check(raw) } -> std::same_as<Error>;
};
template <class R, class T>
concept StateRule =
    AddressRule<R> || requires(const R& rule, const T& state) { rule.check_state(state); } ||
    requires(const R& rule, const RawAccount& raw, const T& state) { rule.check_both(raw, state); };

template <class R, class T>
[[gnu::always_inline]] inline Error check_rule(const R& rule, const RawAccount& raw,
                                               const T& state) {
  if constexpr (requires { rule.check_both(raw, state); }) {
    return rule.check_both(raw, state);
  } else if constexpr (requires { rule.check_state(state); }) {
    return rule.check_state(state);
  } else {
    return rule.check(raw);
  }
}

template <class T, class... R>
[[gnu::always_inline]] inline Error check_rules(const RawAccount& raw, const T& state,
                                                const R&... rules) {
  Error error = kOk;
  (void)((error = check_rule(rules, raw, state), error == kOk) && ...);
  return error;
}
template <class... R>
[[gnu::always_inline]] inline Error check_address(const RawAccount& raw, const R&... rules) {
  Error error = kOk;
  (void)((error = rules.check(raw), error == kOk) && ...);
  return error;
}

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

// ---- Handles. Each is one pointer, is made by its open_ function only, and ends with the
// instruction.

// An account of this program with layout T. Through Read the fields are constant.
template <class T, AccessMode A>
class State {
 public:
  using Layout = std::conditional_t<std::same_as<A, Write>, T, const T>;

  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }
  Layout* operator->() const { return reinterpret_cast<Layout*>(raw_->data()); }
  Layout& operator*() const { return *reinterpret_cast<Layout*>(raw_->data()); }
  // As stored when the account was created.
  std::uint8_t bump() const { return raw_->data()[offsetof(AccountHeader, bump)]; }
  // Whoever may write may also read.
  operator State<T, Read>() const
    requires std::same_as<A, Write>
  {
    return detail::Access::make<State<T, Read>>(raw_);
  }

 private:
  friend struct detail::Access;
  explicit State(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// Whoever signed: a key, no data.
template <AccessMode A>
class Signer {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Signer(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// A writable account that may be given lamports.
class Recipient {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Recipient(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// An account whose address is all that matters, e.g. the authority of a vault.
class Address {
 public:
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  explicit Address(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// A program that may be called.
class Program {
 public:
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  explicit Program(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// An account without data at an address where one is to be created.
class Vacant {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Vacant(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// Read-only bytes of another program's account. Every access is bounds-checked.
class Foreign {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t size() const { return raw_->data_size; }
  // WrongLength if it does not lie within the account.
  template <Scalar T>
  [[gnu::always_inline]] Result<T> get(std::uint64_t at) const {
    if (raw_->data_size < sizeof(T) || at > raw_->data_size - sizeof(T)) [[unlikely]]
      return Check::WrongLength;
    return load<T>(raw_->data() + at);
  }
  [[gnu::always_inline]] Result<const Key*> get_key(std::uint64_t at) const {
    if (raw_->data_size < 32 || at > raw_->data_size - 32) [[unlikely]]
      return Check::WrongLength;
    return &load_key(raw_->data() + at);
  }
  [[gnu::always_inline]] Result<Slice> get_bytes(std::uint64_t at, std::uint64_t size) const {
    if (at > raw_->data_size || size > raw_->data_size - at) [[unlikely]]
      return Check::WrongLength;
    return Slice{raw_->data() + at, size};
  }

 private:
  friend struct detail::Access;
  explicit Foreign(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

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
