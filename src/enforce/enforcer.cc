#include "enforce/enforcer.h"

namespace wardhive {

std::vector<Result<Applied>> Enforcer::apply_all(std::span<const Wanted> wanted) {
  std::vector<Result<Applied>> results;
  results.reserve(wanted.size());
  for (const auto& [item, expires_in] : wanted) results.push_back(apply(item, expires_in));
  return results;
}

}  // namespace wardhive
