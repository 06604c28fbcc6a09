// Joins BPF objects into the two segments of an SBPF v3 program: resolves names (COMDAT, weak),
// keeps only what `entrypoint` reaches, lays it out in the order of the objects and their sections,
// and applies the three relocations. Pure: the same objects in the same order give the same bytes.
//
//   in     objects of read_object; they outlive the Program
//   out    segments, entry, symbols; every finding of audit_text as an error
//   cost   O(bytes + relocations * log symbols)
//   error  InvalidInput; one line for each problem, with object, function and, from -g, source line
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sbfld/object.h"
#include "sbfld/syscalls.h"

namespace sbfld {

struct LinkOptions {
  Cluster cluster = Cluster::Mainnet;
};

struct Placed {
  std::uint32_t object = 0, section = 0;
  std::uint64_t address = 0, size = 0;
};

struct PlacedSymbol {
  std::string name;
  std::uint64_t address = 0, size = 0;
  bool function = false, global = false;
  bool address_taken = false;  // reachable through a pointer (callx)
  std::uint32_t object = 0;
};

struct Program {
  std::vector<std::uint8_t> rodata, text;  // rodata may be empty: then the segment is left out
  std::uint64_t entry = 0;                 // address of `entrypoint`
  std::vector<Placed> placed;              // by address within rodata, then text
  std::vector<PlacedSymbol> symbols;       // by address, then name
  std::vector<std::string> syscalls;       // called, sorted
};

wardhive::Result<Program> link(std::span<const Object> objects, const LinkOptions& options);

}  // namespace sbfld
