// How deep a program's calls go. Each call takes one fixed frame of 4 KiB; the VM has 64.
// Pure; O(text).
#pragma once

#include <cstdint>
#include <vector>

#include "sbfld/link.h"

namespace sbfld {

inline constexpr std::uint32_t kFramesMax = 64;

struct Depth {
  std::uint32_t frames = 0;  // this function's and its callees' at most; 0 while `recursive`
  bool recursive = false;    // reaches a cycle of calls: the depth depends on the data
  bool pointers =
      false;  // reaches a callx, counted as a call of any function whose address is taken
};

// One for each of program.symbols (nothing for those that are no functions).
std::vector<Depth> stack_depths(const Program& program);

}  // namespace sbfld
