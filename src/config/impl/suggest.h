// What somebody who wrote an unknown key probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wardhive::config {

// "unknown key risk.relase_threshold; did you mean risk.release_threshold?". `section` is "" at the
// top, `known` the keys of that section. Features that this build lacks are called so instead.
std::string unknown_key(std::string_view section, std::string_view key,
                        std::span<const std::string> known);

}  // namespace wardhive::config
