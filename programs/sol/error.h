// What an instruction answers: 0 or a number that never changes its meaning.
//
// A number is class x 100 + n and reaches the client as Custom(number). `sol` keeps n < 20 of every
// class for its own generic checks, listed here; a program's own errors start at n = 20. Numbers
// are for ever: a retired one is not given to another meaning.
#pragma once

#include <cstdint>
#include <type_traits>

namespace sol {

enum class Check : std::uint32_t {
  // AUTH: who asks.
  MissingSigner = 101,
  NotWritable = 102,
  // OWNER: which program wrote the account.
  WrongOwner = 201,
  NotAProgram = 202,
  // TYPE: what the account holds.
  WrongTag = 301,
  WrongVersion = 302,
  WrongLength = 303,
  // PDA: which account of its kind it is.
  WrongPda = 401,
  NoBump = 402,
  WrongAddress = 403,
  WrongLink = 404,
  // STATE
  AlreadyExists = 501,
  // MATH
  Overflow = 601,
  Underflow = 602,
  DivideByZero = 603,
  // LIMIT
  TooManySigners = 701,
  TooManyAccounts = 702,
  NotEnoughLamports = 703,
  // TIME
  NegativeTime = 801,
  UnknownRent = 802,
  // TOKEN
  NotATokenAccount = 901,
  NotAMint = 902,
  WrongMint = 903,
  WrongAuthority = 904,
  Frozen = 905,
  HasDelegate = 906,
  HasCloseAuthority = 907,
  ExtensionRefused = 908,
  HasFreezeAuthority = 909,
  WrongDecimals = 910,
  WrongHook = 911,
  // CPI: whom we call.
  WrongProgram = 1001,
  CallFailed = 1002,
  // ALIAS
  Aliased = 1101,
  // DATA: the instruction's own bytes and account list.
  NoInstruction = 1301,
  UnknownInstruction = 1302,
  ShortData = 1303,
  TrailingData = 1304,
  MissingAccounts = 1305,
  SurplusAccounts = 1306,
};

// The outcome of whatever may fail: 0, or an error number of any enum, as
// `Error(Check::WrongOwner)`. An enum and not a class, because LLVM's BPF back end returns no
// aggregate from a function.
enum class [[nodiscard]] Error : std::uint64_t { None = 0 };

inline constexpr Error kOk = Error::None;

// What the entrypoint returns to the runtime.
constexpr std::uint64_t code_of(Error error) { return static_cast<std::uint64_t>(error); }

// A value or an error. Only ever the result of an always-inlined function, so that its two words
// never have to cross a call.
template <class T>
class [[nodiscard]] Result {
 public:
  [[gnu::always_inline]] constexpr Result(Error error) : error_(error), none_() {}  // NOLINT
  template <class E>
    requires(std::is_enum_v<E> && !std::is_same_v<E, Error>)
  [[gnu::always_inline]] constexpr Result(E code)
      : error_(static_cast<Error>(code)), none_() {}                   // NOLINT
  [[gnu::always_inline]] constexpr Result(T value) : value_(value) {}  // NOLINT

  [[gnu::always_inline]] constexpr bool ok() const { return error_ == kOk; }
  [[gnu::always_inline]] constexpr Error error() const { return error_; }
  // Only after ok(); SOL_TRY is the usual way.
  [[gnu::always_inline]] constexpr T take() const { return value_; }

 private:
  Error error_ = kOk;
  union {
    char none_;
    T value_;
  };
};

}  // namespace sol

#define SOL_JOIN_(a, b) a##b
#define SOL_JOIN(a, b) SOL_JOIN_(a, b)

// Leaves the function with the error of `expression` (an Error), if it has one.
#define SOL_CHECK(...) SOL_CHECK_(SOL_JOIN(sol_error_, __COUNTER__), __VA_ARGS__)
#define SOL_CHECK_(name, ...)                                                     \
  do {                                                                            \
    if (const ::sol::Error name = (__VA_ARGS__); name != ::sol::kOk) [[unlikely]] \
      return name;                                                                \
  } while (false)

// The value of `expression` (a Result); leaves the function with its error, if it has one.
#define SOL_TRY(...) SOL_TRY_(SOL_JOIN(sol_result_, __COUNTER__), __VA_ARGS__)
#define SOL_TRY_(name, ...)          \
  __extension__({                    \
    const auto name = (__VA_ARGS__); \
    if (!name.ok()) [[unlikely]]     \
      return name.error();           \
    name.take();                     \
  })
