// Looks at each instruction of a text segment for what the VM's verifier refuses and for what it
// accepts but runs otherwise than LLVM meant (ALU32: v3 sign-extends 32-bit results that LLVM takes
// for zero-extended). Pure; O(text).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sbfld/elf.h"
#include "sbfld/syscalls.h"

namespace sbfld {

struct Finding {
  std::string_view rule;  // stable: docs/reference/sbfld.md lists them
  std::uint64_t at = 0;   // offset within text, or within the file for findings of `inspect`
  std::string what;       // what was found, what was expected, what to do
  bool warning = false;   // the VM takes it, and it works; but it deserves a look
};

// `text` is a whole number of instructions. Jumps and calls must stay within it.
std::vector<Finding> audit_text(Bytes text, Cluster cluster);

}  // namespace sbfld
