#include "base/result.h"

#include <array>

#include "base/check.h"

namespace wardhive {
namespace {

constexpr std::array<ErrorCodeFacts, 10> kFacts{{
    {ErrorCode::InvalidInput, "invalid_input", 400, 2, false},
    {ErrorCode::NotFound, "not_found", 404, 3, false},
    {ErrorCode::Conflict, "conflict", 409, 1, false},
    {ErrorCode::LimitReached, "limit_reached", 429, 1, true},
    {ErrorCode::PermissionDenied, "permission_denied", 403, 4, false},
    {ErrorCode::Unavailable, "unavailable", 503, 5, true},
    {ErrorCode::Timeout, "timeout", 504, 5, true},
    {ErrorCode::Corrupt, "corrupt", 500, 6, false},
    {ErrorCode::Unsupported, "unsupported", 501, 1, false},
    {ErrorCode::Internal, "internal", 500, 1, false},
}};

}  // namespace

const ErrorCodeFacts& facts(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  WARDHIVE_ASSERT(index < kFacts.size() && kFacts[index].code == code);
  return kFacts[index];
}

}  // namespace wardhive
