// Which account of its kind it must be, and how it is used: what every open_ function of account.h
// asks its caller to say. A rule is a small object with a check; a program may write more of them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

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

// At least one rule is named on every open_.

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

}  // namespace detail

}  // namespace sol
