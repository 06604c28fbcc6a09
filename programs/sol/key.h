// Addresses, and integers at any offset of foreign bytes.
//
//   chain  the virtual machine takes unaligned accesses at no extra cost, so everything is read by
//          one typed load (a key in four) where alignment 1 would make LLVM read byte by byte
//   host   alignment 1: instruction data and the program id lie at odd addresses there, and UBSan
//          must agree with what we do
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace sol {

#ifdef __bpf__
#define SOL_KEY_ALIGNMENT
#else
#define SOL_KEY_ALIGNMENT gnu::packed,
#endif

// An address of 32 bytes. Trivial, so that account layouts may hold it.
struct[[SOL_KEY_ALIGNMENT gnu::may_alias]] Key {
  std::uint64_t words[4];

  // Stops at the first word that differs: foreign keys cost about four units.
  [[gnu::always_inline]] friend constexpr bool operator==(const Key& a, const Key& b) {
    return a.words[0] == b.words[0] && a.words[1] == b.words[1] && a.words[2] == b.words[2] &&
           a.words[3] == b.words[3];
  }
  constexpr bool is_zero() const { return (words[0] | words[1] | words[2] | words[3]) == 0; }
  const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(this); }
};
static_assert(sizeof(Key) == 32 && std::is_trivially_copyable_v<Key>);

// Any 32-byte type may stand for an address in a layout (programs/abi has one of its own).
template <class T>
concept KeyLike = sizeof(T) == 32 && std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;

template <KeyLike T>
[[gnu::always_inline]] inline const Key& as_key(const T& value) {
  return reinterpret_cast<const Key&>(value);
}
[[gnu::always_inline]] constexpr const Key& as_key(const Key& value) { return value; }

template <class T>
concept Scalar = std::is_integral_v<T> || std::is_enum_v<T>;

// The little-endian integer at `at`, whatever its alignment. The caller has checked the bounds.
template <Scalar T>
[[gnu::always_inline]] inline T load(const void* at) {
#ifdef __bpf__
  typedef T Aliasing __attribute__((may_alias));
  return *static_cast<const Aliasing*>(at);
#else
  T value;
  __builtin_memcpy(&value, at, sizeof(T));
  return value;
#endif
}

template <Scalar T>
[[gnu::always_inline]] inline void store(void* at, std::type_identity_t<T> value) {
#ifdef __bpf__
  typedef T Aliasing __attribute__((may_alias));
  *static_cast<Aliasing*>(at) = value;
#else
  __builtin_memcpy(at, &value, sizeof(T));
#endif
}

[[gnu::always_inline]] inline const Key& load_key(const void* at) {
  return *static_cast<const Key*>(at);
}

namespace detail {

// Not constexpr: an address that reaches it does not compile, and the compiler names it.
void this_is_not_base58_of_32_bytes();

consteval int base58_digit(char c) {
  constexpr char kAlphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  for (int i = 0; i < 58; ++i) {
    if (kAlphabet[i] == c) return i;
  }
  this_is_not_base58_of_32_bytes();
  return 0;
}

consteval Key key_of(const std::array<std::uint8_t, 32>& bytes) {
  Key key{};
  for (std::size_t i = 0; i < 32; ++i) {
    key.words[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
  }
  return key;
}

}  // namespace detail

// An address as people write it; whatever is not base58 of exactly 32 bytes does not compile.
consteval Key key(const char* base58) {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t zeros = 0;
  while (base58[zeros] == '1') ++zeros;
  for (const char* c = base58; *c != '\0'; ++c) {
    int carry = detail::base58_digit(*c);
    for (std::size_t i = 32; i-- > 0;) {
      carry += 58 * bytes[i];
      bytes[i] = static_cast<std::uint8_t>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) detail::this_is_not_base58_of_32_bytes();
  }
  std::size_t leading = 0;
  while (leading < 32 && bytes[leading] == 0) ++leading;
  if (leading != zeros) detail::this_is_not_base58_of_32_bytes();
  return detail::key_of(bytes);
}

inline constexpr Key kSystemProgram{};
inline constexpr Key kTokenProgram = key("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
inline constexpr Key kToken2022Program = key("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
inline constexpr Key kUpgradeableLoader = key("BPFLoaderUpgradeab1e11111111111111111111111");

}  // namespace sol
