// Hex, base64 and hashes. Any thread; no allocation but the result's.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive {

using Hash256 = std::array<std::uint8_t, 32>;
using Hash128 = std::array<std::uint8_t, 16>;

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_hex(std::span<const std::uint8_t> bytes);
// InvalidInput unless `text` is exactly 2 * out.size() hex digits.
Status from_hex(std::string_view text, std::span<std::uint8_t> out);

// RFC 4648 section 4, with padding.
std::string to_base64(std::span<const std::uint8_t> bytes);
// InvalidInput unless all of `text` is canonical base64.
Result<std::string> from_base64(std::string_view text);

Hash256 sha256(std::span<const std::uint8_t> bytes);
Hash128 blake2b_128(std::span<const std::uint8_t> bytes);  // RFC 7693, 16-byte digest
Hash256 blake2b_256(std::span<const std::uint8_t> bytes);

// Constant time in the contents (not the length).
bool equal_secret(std::string_view a, std::string_view b);
// `bytes` random bytes from the OS as hex: tokens, not ids.
std::string random_hex(std::size_t bytes);

}  // namespace wardhive
