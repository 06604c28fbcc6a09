// Source lines for messages, from the .debug_line of an object made with -g. Our own small reader
// of DWARF 5 (what clang 19 writes), so that a message needs no tool beside the linker.
#pragma once

#include <cstdint>
#include <string>

#include "sbfld/object.h"

namespace sbfld {

// "rules.cc:42" for the instruction at `offset` of text section `section`; empty if the object was
// made without -g, or its line table is another version or damaged. O(.debug_line); for messages.
std::string source_line(const Object& object, std::uint32_t section, std::uint64_t offset);

}  // namespace sbfld
