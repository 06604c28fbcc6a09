#include "enforce/enforcer.h"

#include <algorithm>

namespace wardhive {

std::vector<Result<Applied>> Enforcer::apply_all(std::span<const Wanted> wanted) {
  std::vector<Result<Applied>> results;
  results.reserve(wanted.size());
  for (const auto& [item, expires_in] : wanted) results.push_back(apply(item, expires_in));
  return results;
}

Result<std::optional<Effect>> Enforcer::look(const std::string& key) {
  WARDHIVE_ASSIGN(const auto effects, list());
  const auto found = std::ranges::find(effects, key, &Effect::key);
  if (found == effects.end()) return std::nullopt;
  return *found;
}

}  // namespace wardhive
