// The part of ELF64 that BPF objects and SBPF v3 programs use: numbers, and bounds-checked
// little-endian reads. Source: the ELF gABI, LLVM's BPF back end, anza-xyz/sbpf (v3 loader).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sbfld {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t kEhdrSize = 64, kPhdrSize = 56, kShdrSize = 64, kSymSize = 24;
inline constexpr std::size_t kRelSize = 16, kInsnSize = 8;
inline constexpr std::uint16_t kEtRel = 1, kEtDyn = 3, kMachineBpf = 247;
inline constexpr std::uint32_t kFlagsV3 = 3;
inline constexpr std::uint32_t kPtLoad = 1, kPfX = 1, kPfR = 4;
inline constexpr std::uint32_t kShtProgbits = 1, kShtSymtab = 2, kShtStrtab = 3, kShtRela = 4,
                               kShtNobits = 8, kShtRel = 9, kShtInitArray = 14, kShtFiniArray = 15,
                               kShtPreinitArray = 16, kShtGroup = 17, kShtSymtabShndx = 18;
inline constexpr std::uint64_t kShfWrite = 1, kShfAlloc = 2, kShfExec = 4, kShfRetain = 0x200000;
inline constexpr std::uint16_t kShnUndef = 0, kShnLoReserve = 0xff00, kShnAbs = 0xfff1,
                               kShnCommon = 0xfff2;
inline constexpr std::uint8_t kBindLocal = 0, kBindGlobal = 1, kBindWeak = 2;
inline constexpr std::uint8_t kTypeFunc = 2, kTypeSection = 3;
inline constexpr std::uint32_t kRelLddw = 1, kRelAbs64 = 2, kRelAbs32 = 3, kRelCall = 10;

// Where the VM maps a program: read-only data at 0, text above it.
inline constexpr std::uint64_t kTextAddress = 1ULL << 32;
// Bytes before the first object of the read-only segment: in v3 a read through a null pointer
// succeeds, so no object may have address null.
inline constexpr std::size_t kNullPad = 16;
// A file larger than this is refused unread; a Solana account holds at most 10 MiB.
inline constexpr std::size_t kFileMax = 64U << 20;

// `size` (1, 2, 4 or 8) bytes at `at`, little endian. The caller has checked the bounds with
// `fits`.
constexpr std::uint64_t load(Bytes bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}
constexpr void store(std::span<std::uint8_t> bytes, std::size_t at, std::uint64_t value,
                     std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}
// Whether [at, at + size) lies within `bytes`, whatever the sum overflows to.
constexpr bool fits(Bytes bytes, std::uint64_t at, std::uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

// One decoded instruction slot.
struct Insn {
  std::uint8_t op = 0, dst = 0, src = 0;
  std::int16_t off = 0;
  std::int32_t imm = 0;
};
constexpr Insn decode(Bytes text, std::size_t at) {
  return {text[at], static_cast<std::uint8_t>(text[at + 1] & 15),
          static_cast<std::uint8_t>(text[at + 1] >> 4),
          static_cast<std::int16_t>(load(text, at + 2, 2)),
          static_cast<std::int32_t>(load(text, at + 4, 4))};
}
inline constexpr std::uint8_t kOpLddw = 0x18, kOpCall = 0x85, kOpCallx = 0x8d, kOpExit = 0x95,
                              kOpJa = 0x05;

// The NUL-terminated text at `at` of a string table; empty if it does not end within the table.
inline std::string text_at(Bytes table, std::uint64_t at) {
  std::string out;
  while (at < table.size() && table[at] != 0) out += static_cast<char>(table[at++]);
  return at < table.size() ? out : std::string();
}

}  // namespace sbfld
