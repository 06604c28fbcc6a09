// Writes a linked program as the ELF file that goes on the chain. Pure; equal programs, equal
// bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "sbfld/link.h"

namespace sbfld {

// With `symbols`, section headers and a symbol table follow the segments, which stay as they are:
// for objdump, and for litesvm's register trace, which needs a .symtab.
std::vector<std::uint8_t> write_image(const Program& program, bool symbols);

}  // namespace sbfld
