#include "chain/security_txt.h"

#include <algorithm>
#include <string_view>

namespace wardhive::chain {
namespace {

constexpr std::string_view kBegin{"=======BEGIN SECURITY.TXT V1=======\0", 36};
constexpr std::string_view kEnd = "=======END SECURITY.TXT V1=======";
constexpr std::size_t kBytesMax = 64 * 1024;

// It is shown on terminals: no control characters but the line break.
bool is_fit_to_show(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

}  // namespace

Result<std::map<std::string, std::string>> read_security_txt(
    std::span<const std::uint8_t> program) {
  const std::string_view all(reinterpret_cast<const char*>(program.data()), program.size());
  const auto begin = all.find(kBegin);
  if (begin == std::string_view::npos)
    return fail(ErrorCode::NotFound, "the program has no security.txt");
  auto left = all.substr(begin + kBegin.size());
  const auto end = left.find(kEnd);
  if (end == std::string_view::npos || end > kBytesMax)
    return fail(ErrorCode::InvalidInput, "the program's security.txt has no end");
  left = left.substr(0, end);

  std::map<std::string, std::string> entries;
  const auto next = [&left](std::string_view& text) {
    const auto zero = left.find('\0');
    if (zero == std::string_view::npos) return false;
    text = left.substr(0, zero);
    left.remove_prefix(zero + 1);
    return true;
  };
  while (!left.empty()) {
    std::string_view key, value;
    if (!next(key) || !next(value) || key.empty() || !is_fit_to_show(key) ||
        !is_fit_to_show(value) || !entries.emplace(key, value).second)
      return fail(ErrorCode::InvalidInput,
                  "the program's security.txt is not keys and values in turn, each key once");
  }
  return entries;
}

}  // namespace wardhive::chain
