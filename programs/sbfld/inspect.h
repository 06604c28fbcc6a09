// Checks the file of a program, whoever made it, against the rules of SBPF v3: those of the loader,
// those of the verifier, and those that neither checks but that a program breaks to its harm.
//
//   in     any bytes
//   out    all findings in the order of the file; none that is no warning means: mainnet loads it
//   cost   O(bytes)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sbfld/audit.h"

namespace sbfld {

struct Inspection {
  std::vector<Finding> findings;
  std::uint64_t rodata_bytes = 0, text_bytes = 0, entry = 0;
  bool security_txt = false;  // holds the markers that explorers look for
  bool sound() const;         // no finding but warnings
};

Inspection inspect(Bytes file, Cluster cluster);

std::string to_text(const Inspection& inspection, const std::string& file);
std::string to_json_text(const Inspection& inspection, const std::string& file, Bytes bytes);

}  // namespace sbfld
