// What stands beside a program's .so: the map for people, the manifest for machines. Pure; neither
// holds a path or a time, so that two builds of the same sources can be compared.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sbfld/link.h"

namespace sbfld {

inline constexpr const char* kLinkerVersion = "0.1.0";

struct BuildFacts {
  std::string name;      // file name of the program, without folders
  std::string compiler;  // as given by --compiler; empty if unknown
  std::string flags;     // as given by --flags
  Cluster cluster = Cluster::Mainnet;
};

// A line for each symbol: address, size, frames through the call graph, object, name.
std::string write_map(const Program& program, std::span<const Object> objects);
// One JSON object and a line break; docs/reference/sbfld.md lists its fields.
std::string write_manifest(const Program& program, std::span<const Object> objects,
                           const BuildFacts& facts, Bytes image);

}  // namespace sbfld
