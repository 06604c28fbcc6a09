#include "base/id.h"

#include <fmt/format.h>

#include <charconv>

namespace wardhive::detail {
namespace {

bool read_number(std::string_view text, auto& value) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;  // one spelling per id
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string format_id(std::string_view prefix, std::uint64_t offset, std::uint32_t index) {
  return index == 0 ? fmt::format("{}-{}", prefix, offset)
                    : fmt::format("{}-{}-{}", prefix, offset, index);
}

Status parse_id(std::string_view prefix, std::string_view text, std::uint64_t& offset,
                std::uint32_t& index) {
  const auto bad = [&] {
    return fail(ErrorCode::InvalidInput,
                fmt::format("id \"{}\" is not understood; expected e.g. {}-1042 or {}-1042-3", text,
                            prefix, prefix));
  };
  if (!text.starts_with(prefix) || text.size() <= prefix.size() || text[prefix.size()] != '-')
    return bad();
  auto numbers = text.substr(prefix.size() + 1);
  const auto dash = numbers.find('-');
  index = 0;
  if (!read_number(numbers.substr(0, dash), offset)) return bad();
  if (dash != std::string_view::npos &&
      (!read_number(numbers.substr(dash + 1), index) || index == 0))
    return bad();
  return ok();
}

}  // namespace wardhive::detail
