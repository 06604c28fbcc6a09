// Reads one relocatable object that clang wrote for BPF (ELF64 REL), trusting nothing in it.
//
//   in     the file's bytes; any bytes at all
//   out    its sections, symbols and relocations, each index and offset checked
//   cost   O(bytes)
//   limit  kFileMax bytes
//   error  InvalidInput naming file, place, what was found and what was expected
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sbfld/elf.h"

namespace sbfld {

struct Relocation {
  std::uint64_t offset = 0;  // within the section; the bytes it changes lie within too
  std::uint32_t type = 0;    // kRelLddw, kRelAbs64, kRelCall, or for debug sections any
  std::uint32_t symbol = 0;  // index into Object::symbols
};

struct Section {
  std::string name;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t align = 1;  // a power of two, at most 4096
  std::uint64_t size = 0;
  Bytes bytes;                          // of the file; empty for .bss
  std::vector<Relocation> relocations;  // by offset
  std::uint32_t group = 0;              // 1 + index into Object::groups, 0 if in none

  bool text() const { return (flags & (kShfAlloc | kShfExec)) == (kShfAlloc | kShfExec); }
};

struct Symbol {
  std::string name;
  std::uint8_t bind = 0, type = 0;
  std::uint16_t section = 0;  // index into Object::sections, or kShnUndef, kShnAbs, kShnCommon
  std::uint64_t value = 0, size = 0;
};

struct Object {
  std::string file;                // as given; only for messages
  std::vector<std::uint8_t> data;  // what the spans above look into
  std::vector<Section> sections;
  std::vector<Symbol> symbols;
  std::vector<std::string> groups;  // COMDAT signatures
};

wardhive::Result<Object> read_object(std::string file, std::vector<std::uint8_t> data);

}  // namespace sbfld
