// Names of things on the chain: public keys (accounts, programs), block hashes, signatures. Plain
// values, shown in base58. Any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/base58.h"

namespace wardhive::chain {

using Bytes = std::vector<std::uint8_t>;

// N bytes that are written in base58; Tag keeps keys, hashes and signatures apart.
template <std::size_t N, class Tag>
struct Base58Bytes {
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const Base58Bytes&) const = default;
  std::string text() const { return base58_encode(bytes); }
  // InvalidInput, saying what it should be.
  static Result<Base58Bytes> parse(std::string_view text) {
    Base58Bytes value;
    if (auto status = base58_decode(text, value.bytes); !status)
      return fail(ErrorCode::InvalidInput, "\"" + std::string(text.substr(0, 100)) + "\" is no " +
                                               Tag::what + ": " + status.error().message);
    return value;
  }
};

struct PubkeyTag {
  static constexpr const char* what = "address (base58 of 32 bytes)";
};
struct BlockhashTag {
  static constexpr const char* what = "hash (base58 of 32 bytes)";
};
struct SignatureTag {
  static constexpr const char* what = "signature (base58 of 64 bytes)";
};
using Pubkey = Base58Bytes<32, PubkeyTag>;
using Blockhash = Base58Bytes<32, BlockhashTag>;
using Signature = Base58Bytes<64, SignatureTag>;

namespace detail {
void pubkey_constant_is_malformed();  // not constexpr and nowhere defined: ends the compilation
}
// A constant of this source, decoded when it is compiled; what is malformed does not compile.
consteval Pubkey pubkey_constant(std::string_view text) {
  Pubkey key;
  for (const char c : text) {
    auto carry = kBase58Alphabet.find(c);
    if (carry == std::string_view::npos) detail::pubkey_constant_is_malformed();
    for (auto byte = key.bytes.rbegin(); byte != key.bytes.rend(); ++byte) {
      carry += 58u * *byte;
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) detail::pubkey_constant_is_malformed();
  }
  return key;
}

}  // namespace wardhive::chain
