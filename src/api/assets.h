// The page's files, carried in the binary.
#pragma once

#include <span>
#include <string_view>

namespace wardhive {

struct Asset {
  std::string_view path;  // as in a URL: "/app.js"
  std::string_view type;  // Content-Type
  std::string_view bytes;
};

std::span<const Asset> assets();

}  // namespace wardhive
