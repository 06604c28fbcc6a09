// What a program says of itself inside its bytes: whom to tell of a hole, and which interface
// description it was built with. Any thread.
//
//   source  github.com/neodyme-labs/solana-security-txt: keys and values in turn, each ending with
//           a zero byte, between two marks
//   limit   64 KiB between the marks
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/result.h"

namespace wardhive::chain {

// NotFound without the marks; InvalidInput for a value without its key, a key that stands
// twice, or control characters.
Result<std::map<std::string, std::string>> read_security_txt(std::span<const std::uint8_t> program);

}  // namespace wardhive::chain
