// Base64, as log lines carry bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace solhost {

std::string to_base64(std::span<const std::uint8_t> bytes);

}  // namespace solhost
