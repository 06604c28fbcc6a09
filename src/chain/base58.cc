#include "chain/base58.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace wardhive::chain {
namespace {

constexpr auto kDigits = [] {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < kBase58Alphabet.size(); ++i)
    digits[static_cast<unsigned char>(kBase58Alphabet[i])] = static_cast<std::int8_t>(i);
  return digits;
}();

}  // namespace

std::string base58_encode(std::span<const std::uint8_t> bytes) {
  const auto zeros = static_cast<std::size_t>(
      std::ranges::find_if(bytes, [](std::uint8_t b) { return b != 0; }) - bytes.begin());
  std::vector<std::uint8_t> digits;  // base 58, least significant first
  digits.reserve(bytes.size() * 138 / 100 + 1);
  for (const auto byte : bytes.subspan(zeros)) {
    std::uint32_t carry = byte;
    for (auto& digit : digits) {
      carry += static_cast<std::uint32_t>(digit) << 8;
      digit = static_cast<std::uint8_t>(carry % 58);
      carry /= 58;
    }
    for (; carry != 0; carry /= 58) digits.push_back(static_cast<std::uint8_t>(carry % 58));
  }
  std::string text(zeros, kBase58Alphabet[0]);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
    text += kBase58Alphabet[*digit];
  return text;
}

Status base58_decode(std::string_view text, std::span<std::uint8_t> out) {
  // A bound before any work: more digits than 1.38 per byte, and leading ones, cannot fit.
  const auto wrong_length = [&] {
    return fail(ErrorCode::InvalidInput, fmt::format("base58 text of {} characters is not {} bytes",
                                                     text.size(), out.size()));
  };
  if (text.size() > out.size() * 138 / 100 + 1 || text.size() < out.size()) return wrong_length();
  std::ranges::fill(out, std::uint8_t{0});
  for (const char c : text) {
    const int digit = kDigits[static_cast<unsigned char>(c)];
    if (digit < 0)
      return fail(ErrorCode::InvalidInput, "base58 text has a character outside its alphabet");
    auto carry = static_cast<std::uint32_t>(digit);
    for (auto byte = out.rbegin(); byte != out.rend(); ++byte) {
      carry += 58u * *byte;
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) return wrong_length();
  }
  const auto ones = text.find_first_not_of(kBase58Alphabet[0]);
  const auto zeros = std::ranges::find_if(out, [](std::uint8_t b) { return b != 0; }) - out.begin();
  if ((ones == std::string_view::npos ? text.size() : ones) != static_cast<std::size_t>(zeros))
    return wrong_length();
  return ok();
}

}  // namespace wardhive::chain
