// What every handler of the program needs: its accounts and arguments by the names of the schema,
// time, pauses and events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "abi/program.h"
#include "core/rules/moment.h"
#include "sol/account.h"
#include "sol/bytes.h"
#include "sol/entrypoint.h"
#include "sol/error.h"
#include "sol/event.h"
#include "sol/sysvar.h"

namespace swarm {

// ---- Signatures of handlers, from the schema

namespace detail {

template <Type kType>
struct ArgumentType;
template <>
struct ArgumentType<Type::U8> {
  using type = std::uint8_t;
};
template <>
struct ArgumentType<Type::U16> {
  using type = std::uint16_t;
};
template <>
struct ArgumentType<Type::U32> {
  using type = std::uint32_t;
};
template <>
struct ArgumentType<Type::U64> {
  using type = std::uint64_t;
};
template <>
struct ArgumentType<Type::Key> {
  using type = sol::Key;
};
template <>
struct ArgumentType<Type::Rest> {
  using type = sol::Rest;
};

consteval std::size_t trailing_max(Trailing trailing) {
  switch (trailing) {
    case Trailing::None:
      return 0;
    case Trailing::SetSigners:
      return kSetSignersMax;
    case Trailing::HookAccounts:
      return kHookAccountsMax;
  }
  return 0;
}

template <InstructionTag kTag, class Indices>
struct SignatureOf;
template <InstructionTag kTag, std::size_t... kIndex>
struct SignatureOf<kTag, std::index_sequence<kIndex...>> {
  using Args = sol::Args<typename ArgumentType<schema_of(kTag).arguments[kIndex].type>::type...>;
  using Accounts =
      sol::Accounts<schema_of(kTag).slots.size(), trailing_max(schema_of(kTag).trailing)>;
};
template <InstructionTag kTag>
using Signature = SignatureOf<kTag, std::make_index_sequence<schema_of(kTag).arguments.size()>>;

template <InstructionTag kTag>
consteval std::size_t argument(const char* name) {
  const auto arguments = schema_of(kTag).arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (same_text(arguments[i].name, name)) return i;
  }
  this_name_is_not_in_the_list();
  return 0;
}

}  // namespace detail

template <InstructionTag kTag>
using AccountsOf = typename detail::Signature<kTag>::Accounts;
template <InstructionTag kTag>
using ArgsOf = typename detail::Signature<kTag>::Args;

// In a handler that says `constexpr InstructionTag kSelf`: a name that the schema does not have
// does not compile.
#define SWARM_ACCOUNT(name) accounts.template at<::swarm::slot(schema_of(kSelf).slots, #name)>()
#define SWARM_ARGUMENT(name) args.template get<::swarm::detail::argument<kSelf>(#name)>()

// ---- Bytes

[[gnu::always_inline]] inline void assign(Key& to, const sol::Key& from) {
  sol::copy_exact<32>(&to, &from);
}

// ---- Time

[[gnu::always_inline]] inline sol::Error read_moment(Moment& now) {
  sol::Clock clock;
  SOL_CHECK(sol::read_clock(clock));
  now = {static_cast<std::uint64_t>(clock.unix_timestamp), clock.slot};
  return sol::kOk;
}

// ---- Accounts that most handlers read

using ConfigState = sol::State<Config, sol::Read>;

// NotSealed before seal.
[[gnu::always_inline]] inline sol::Result<ConfigState> open_sealed(sol::AccountView view,
                                                                   const sol::Context& context) {
  const ConfigState config =
      SOL_TRY((sol::open_state<Config, sol::Read>(view, context, sol::Singleton{})));
  if (config->state != Config::kSealed) [[unlikely]]
    return Fault::NotSealed;
  return config;
}

template <sol::AccessMode A>
[[gnu::always_inline]] inline sol::Result<sol::State<Fleet, A>> open_fleet(
    sol::AccountView view, const sol::Context& context) {
  return sol::open_state<Fleet, A>(view, context, sol::Singleton{});
}

// Paused if the breaker has stopped this for now.
[[gnu::always_inline]] inline sol::Error check_running(const sol::State<Fleet, sol::Read>& fleet,
                                                       Pause what, const Moment& now) {
  const int bit = __builtin_ctz(static_cast<unsigned>(what));
  return now.t < fleet->paused_until[bit] ? sol::Error(Fault::Paused) : sol::kOk;
}

[[gnu::always_inline]] inline sol::Error check_not_frozen(const Position& position,
                                                          const Moment& now) {
  return now.t < position.freeze_until ? sol::Error(Fault::Frozen) : sol::kOk;
}

// ---- Events

// Counts the account's change and records it.
template <class E, class... N>
[[gnu::always_inline]] inline void emit(std::uint32_t kind, std::uint64_t& seq, const Moment& now,
                                        N... numbers) {
  static_assert(sizeof(E) == 24 + 8 * sizeof...(N), "an event has as many numbers as its schema");
  seq += 1;
  sol::emit(E{static_cast<std::uint8_t>(E::kTag), 1, 0, kind, seq, now.slot, numbers...});
}

}  // namespace swarm
