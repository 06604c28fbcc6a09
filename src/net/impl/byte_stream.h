// A connection as what speaks over it sees it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace wardhive::net::detail {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // As many bytes as are there, at least one; 0: the other end has closed.
  virtual Result<std::size_t> read_some(std::span<char> into, Duration timeout) = 0;
  virtual Status write_all(std::string_view bytes, Duration timeout) = 0;
};

}  // namespace wardhive::net::detail
