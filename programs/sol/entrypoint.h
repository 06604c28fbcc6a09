// From the runtime's two pointers to one handler with its accounts and arguments.
//
//   extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
//     return sol::dispatch<sol::On<1, init>, sol::On<2, deposit>>(input, data);
//   }
//   sol::Error deposit(const sol::Context&, const sol::Accounts<3>&, const
//   sol::Args<std::uint64_t>&);
//
// The handler's parameters are its contract: a call with another number of accounts or bytes never
// reaches it (DATA errors), and there is no account list that nobody has counted.
//
//   input  the loader's serialisation, trusted: the runtime wrote it
//   data   second register: the instruction's bytes, after their length and before the program's id
//   cost   about 25 units, 12 per account and one per tag tried: name hot instructions first
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "sol/error.h"
#include "sol/key.h"
#include "sol/raw_account.h"
#include "sol/syscall.h"

namespace sol {

// What every handler is told about its call.
class Context {
 public:
  Context(std::uint8_t* input, const std::uint8_t* data)
      : input_(input), data_(data), program_id_(&load_key(data + load<std::uint64_t>(data - 8))) {}

  const Key& program_id() const { return *program_id_; }
  // The instruction's bytes, tag included.
  const std::uint8_t* data() const { return data_; }
  std::uint64_t data_size() const { return load<std::uint64_t>(data_ - 8); }
  std::uint64_t account_count() const { return load<std::uint64_t>(input_); }
  std::uint8_t* input() const { return input_; }

 private:
  std::uint8_t* input_;
  const std::uint8_t* data_;
  const Key* program_id_;
};

// As the last of Args: any number of further bytes; the handler judges their length.
struct Rest {};

namespace detail {

template <class T>
struct ArgTraits {
  static_assert(Scalar<T> && !std::is_same_v<T, bool>,
                "an argument is an integer, an enum, a Key, a std::array of bytes, or Rest");
  static constexpr std::size_t kSize = sizeof(T);
  using Value = T;
  static T at(const std::uint8_t* data) { return load<T>(data); }
};
template <>
struct ArgTraits<Key> {
  static constexpr std::size_t kSize = 32;
  using Value = const Key&;
  static const Key& at(const std::uint8_t* data) { return load_key(data); }
};
template <std::size_t kBytes>
struct ArgTraits<std::array<std::uint8_t, kBytes>> {
  static constexpr std::size_t kSize = kBytes;
  using Value = const std::array<std::uint8_t, kBytes>&;
  static Value at(const std::uint8_t* data) {
    return *reinterpret_cast<const std::array<std::uint8_t, kBytes>*>(data);
  }
};
template <>
struct ArgTraits<Rest> {
  static constexpr std::size_t kSize = 0;
};

}  // namespace detail

// The arguments behind the tag byte: packed, little endian, no padding.
template <class... T>
class Args {
 public:
  static constexpr std::size_t kSize = (std::size_t{0} + ... + detail::ArgTraits<T>::kSize);
  static constexpr bool kExact = (!std::is_same_v<T, Rest> && ...);

  [[gnu::always_inline]] explicit Args(const Context& context)
      : data_(context.data() + 1), size_(context.data_size() - 1) {}

  template <std::size_t kIndex>
  [[gnu::always_inline]] auto get() const ->
      typename detail::ArgTraits<std::tuple_element_t<kIndex, std::tuple<T...>>>::Value {
    return detail::ArgTraits<std::tuple_element_t<kIndex, std::tuple<T...>>>::at(data_ +
                                                                                 offset<kIndex>());
  }

  // The bytes behind the fixed ones.
  [[gnu::always_inline]] Slice rest() const
    requires(!kExact)
  {
    return {data_ + kSize, size_ - kSize};
  }

 private:
  template <std::size_t kIndex>
  static consteval std::size_t offset() {
    const std::size_t sizes[] = {detail::ArgTraits<T>::kSize...};
    std::size_t at = 0;
    for (std::size_t i = 0; i < kIndex; ++i) at += sizes[i];
    return at;
  }

  const std::uint8_t* data_;
  std::uint64_t size_;
};

namespace detail {

// Finds `count` accounts. A repeated one becomes the first one's pointer, marked as shared if both
// slots are named: what comes behind those is mostly passed on to another program, and a transfer
// hook may well ask for an account that the handler itself writes.
[[gnu::noinline]] inline void parse_accounts(std::uint8_t* input, RawAccount** accounts,
                                             std::uint64_t count, std::uint64_t named) {
  std::uint8_t* at = input + 8;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto* raw = reinterpret_cast<RawAccount*>(at);
    if (raw->marker == kFresh) [[likely]] {
      accounts[i] = raw;
      at += sizeof(RawAccount) + kGrowthMax + 8 + ((raw->data_size + 7) & ~std::uint64_t{7});
    } else {
      accounts[i] = accounts[raw->marker];
      if (i < named) accounts[i]->marker = kShared;
      at += 8;
    }
  }
}

}  // namespace detail

// The instruction's accounts: kCount named slots, then up to kTrailing more. Only dispatch() makes
// it.
template <std::size_t kCount, std::size_t kTrailing = 0>
class Accounts {
 public:
  static constexpr std::size_t kMin = kCount;
  static constexpr std::size_t kMax = kCount + kTrailing;
  static_assert(kMax <= 64, "a transaction has no room for more");

  // A named slot; an index outside the list does not compile.
  template <std::size_t kIndex>
    requires(kIndex < kCount)
  [[gnu::always_inline]] AccountView at() const {
    return detail::Access::make<AccountView>(raw_[kIndex]);
  }

  [[gnu::always_inline]] std::uint64_t trailing_count() const
    requires(kTrailing > 0)
  {
    return trailing_;
  }
  // MissingAccounts beyond the last.
  [[gnu::always_inline]] Result<AccountView> trailing(std::uint64_t index) const
    requires(kTrailing > 0)
  {
    if (index >= trailing_) [[unlikely]]
      return Check::MissingAccounts;
    return detail::Access::make<AccountView>(raw_[kCount + index]);
  }

 private:
  template <std::uint8_t kTag, auto kHandler>
  friend struct On;
  [[gnu::always_inline]] explicit Accounts(const Context& context)
      : trailing_(context.account_count() - kCount) {
    detail::parse_accounts(context.input(), raw_, context.account_count(), kCount);
  }

  detail::RawAccount* raw_[kMax == 0 ? 1 : kMax];
  std::uint64_t trailing_;
};

// Instruction `kTag` is answered by `kHandler`.
template <std::uint8_t kTag, auto kHandler>
struct On;

template <std::uint8_t kTag, std::size_t kCount, std::size_t kTrailing, class... A,
          Error (*kHandler)(const Context&, const Accounts<kCount, kTrailing>&, const Args<A...>&)>
struct On<kTag, kHandler> {
  static constexpr std::uint8_t kInstruction = kTag;

  [[gnu::noinline]] static std::uint64_t run(const Context& context) {
    using Arguments = Args<A...>;
    const std::uint64_t size = context.data_size() - 1;
    if (size < Arguments::kSize) [[unlikely]]
      return code_of(Error(Check::ShortData));
    if (Arguments::kExact && size > Arguments::kSize) [[unlikely]]
      return code_of(Error(Check::TrailingData));
    const std::uint64_t count = context.account_count();
    if (count < kCount) [[unlikely]]
      return code_of(Error(Check::MissingAccounts));
    if (count > kCount + kTrailing) [[unlikely]]
      return code_of(Error(Check::SurplusAccounts));
    return code_of(kHandler(context, Accounts<kCount, kTrailing>(context), Arguments(context)));
  }
};

namespace detail {

template <class... Ons>
consteval bool tags_differ() {
  const std::uint8_t tags[] = {Ons::kInstruction...};
  for (std::size_t i = 0; i < sizeof...(Ons); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (tags[i] == tags[j]) return false;
    }
  }
  return true;
}

}  // namespace detail

// Runs the handler of the instruction's first byte. Returns what the entrypoint returns.
template <class... Ons>
[[gnu::always_inline]] inline std::uint64_t dispatch(std::uint8_t* input,
                                                     const std::uint8_t* data) {
  static_assert(detail::tags_differ<Ons...>(), "two instructions have the same tag");
  const Context context(input, data);
  if (context.data_size() == 0) [[unlikely]]
    return code_of(Error(Check::NoInstruction));
  std::uint64_t result = code_of(Error(Check::UnknownInstruction));
  const std::uint8_t tag = data[0];
  (void)((tag == Ons::kInstruction ? (result = Ons::run(context), true) : false) || ...);
  return result;
}

}  // namespace sol
