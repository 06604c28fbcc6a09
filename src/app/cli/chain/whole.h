// Whole numbers as options: neither cut off, nor wrapped around, nor beyond what an instruction
// holds.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>

namespace wardhive::cli_chain {

// For `->check()`: digits only, from `least` to `most`. CLI11 alone takes "-1" for 2^64 - 1.
inline CLI::Validator whole(std::uint64_t least = 0, std::uint64_t most = UINT64_MAX) {
  return CLI::Validator(
      [least, most](std::string& text) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool fits = error == std::errc() && end == text.data() + text.size() &&
                          number >= least && number <= most;
        return fits ? std::string()
                    : fmt::format("\"{}\": expected a whole number from {} to {}", text, least,
                                  most);
      },
      "");
}

}  // namespace wardhive::cli_chain
