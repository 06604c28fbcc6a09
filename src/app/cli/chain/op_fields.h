// A payload taken apart: what op_payload.cc and op_check.cc share.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/pubkey.h"

namespace wardhive::cli_chain {

enum class Unit : std::uint8_t { Bps, Seconds, Tokens, Number, Set, Role, Address, Members };

struct OpField {
  std::string_view option;
  Unit unit;
  std::uint8_t width;  // bytes; 0: keys up to the end
};
struct OpValue {
  const OpField* field = nullptr;
  std::uint64_t number = 0;
  chain::Pubkey key = {};
};
// In the payload's order, one for each member. InvalidInput for bytes that are no payload.
Result<std::vector<OpValue>> op_values(std::span<const std::uint8_t> payload);

}  // namespace wardhive::cli_chain
