// Base58 with Bitcoin's alphabet, as Solana writes keys, signatures and hashes. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive::chain {

inline constexpr std::string_view kBase58Alphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// O(n^2), meant for the 32 and 64 bytes that occur: keys and signatures.
std::string base58_encode(std::span<const std::uint8_t> bytes);

// Exactly out.size() bytes. InvalidInput for a character outside the alphabet or another length;
// the same bytes have one text only, so what decodes encodes to the same text again.
Status base58_decode(std::string_view text, std::span<std::uint8_t> out);

}  // namespace wardhive::chain
