// How layouts, instructions, events and errors are described, so that one definition makes the
// program, its IDLs and its clients.
//
//   SWARM_FIELD  fixes a field's offset for ever and describes it: a field that moved does not
//   compile covers()     no byte of a layout is undescribed: a field that was forgotten does not
//   compile
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "abi/types.h"

namespace swarm {

// `Rest` is the bytes up to the end, only as an instruction's last argument.
enum class Type : std::uint8_t { U8, U16, U32, U64, U128, Key, RoleRules, RootRecord, Seat, Rest };

struct Field {
  const char* name;
  Type type;
  std::uint16_t offset;
  std::uint16_t size;   // of all elements
  std::uint16_t count;  // more than 1: a fixed array
};

struct AccountSchema {
  const char* name;
  std::uint8_t tag;
  std::uint8_t version;
  std::uint16_t size;
  const char* seeds;
  std::span<const Field> fields;
};

struct Argument {
  const char* name;
  Type type;
};

// Flags of an account in an instruction's list.
inline constexpr std::uint8_t kPlain = 0;
inline constexpr std::uint8_t kWritable = 1;
inline constexpr std::uint8_t kSigner = 2;

struct Slot {
  const char* name;
  std::uint8_t flags;
};

// Accounts behind the named ones.
enum class Trailing : std::uint8_t { None, SetSigners, HookAccounts };
inline constexpr std::uint8_t kSetSignersMax = 11;
inline constexpr std::uint8_t kHookAccountsMax = 8;

struct InstructionSchema {
  const char* name;
  std::uint8_t tag;
  std::span<const Argument> arguments;
  std::span<const Slot> slots;
  Trailing trailing;
  const char* doc;
};

struct EventSchema {
  const char* name;
  std::uint8_t tag;
  std::uint16_t size;
  std::span<const Field> fields;
};

struct ErrorSchema {
  const char* name;
  std::uint32_t number;
  const char* text;
};

template <class T>
struct TypeOf;
template <>
struct TypeOf<std::uint8_t> : std::integral_constant<Type, Type::U8> {};
template <>
struct TypeOf<std::uint16_t> : std::integral_constant<Type, Type::U16> {};
template <>
struct TypeOf<std::uint32_t> : std::integral_constant<Type, Type::U32> {};
template <>
struct TypeOf<std::uint64_t> : std::integral_constant<Type, Type::U64> {};
template <>
struct TypeOf<U128> : std::integral_constant<Type, Type::U128> {};
template <>
struct TypeOf<Key> : std::integral_constant<Type, Type::Key> {};

consteval std::uint16_t size_of(Type type) {
  switch (type) {
    case Type::U8:
      return 1;
    case Type::U16:
      return 2;
    case Type::U32:
      return 4;
    case Type::U64:
      return 8;
    case Type::U128:
      return 16;
    case Type::Key:
      return 32;
    case Type::RoleRules:
      return 24;
    case Type::RootRecord:
      return 56;
    case Type::Seat:
      return 112;
    case Type::Rest:
      return 0;
  }
  return 0;
}

namespace detail {
// Not constexpr: a description that is wrong reaches them, and the compiler names them.
void this_field_has_moved();
void this_name_is_not_in_the_list();
}  // namespace detail

consteval bool same_text(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

template <class F>
consteval Field field(const char* name, std::size_t is_at, std::size_t must_be_at) {
  if (is_at != must_be_at) detail::this_field_has_moved();
  return {name, TypeOf<std::remove_extent_t<F>>::value, static_cast<std::uint16_t>(is_at),
          static_cast<std::uint16_t>(sizeof(F)),
          static_cast<std::uint16_t>(sizeof(F) / sizeof(std::remove_extent_t<F>))};
}

#define SWARM_FIELD(type, name, offset) \
  ::swarm::field<decltype(type::name)>(#name, offsetof(type, name), offset)

// The fields lie one behind the other from 0 to `size`.
consteval bool covers(std::span<const Field> fields, std::size_t size) {
  std::size_t at = 0;
  for (const Field& field : fields) {
    if (field.offset != at) return false;
    at += field.size;
  }
  return at == size;
}

// Index of an account in an instruction's list; a name that is not there does not compile.
consteval std::size_t slot(std::span<const Slot> slots, const char* name) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (same_text(slots[i].name, name)) return i;
  }
  detail::this_name_is_not_in_the_list();
  return 0;
}

consteval std::size_t arguments_size(std::span<const Argument> arguments) {
  std::size_t size = 0;
  for (const Argument& argument : arguments) size += size_of(argument.type);
  return size;
}

}  // namespace swarm
