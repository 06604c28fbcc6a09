#include "enforce/enforcers/catalog.h"

namespace wardhive {

Result<std::vector<std::unique_ptr<Enforcer>>> make_enforcers(const EnforcerSettings& settings) {
  std::vector<std::unique_ptr<Enforcer>> enforcers;
  const auto add = [&](const auto& config, auto make) -> Status {
    if (!config) return ok();
    WARDHIVE_ASSIGN(auto enforcer, make(*config));
    enforcers.push_back(std::move(enforcer));
    return ok();
  };
  WARDHIVE_TRY(add(settings.nftables, make_nftables));
  WARDHIVE_TRY(add(settings.haproxy, make_haproxy));
  WARDHIVE_TRY(add(settings.chain, [](const ChainEnforcerConfig& config) {
    return make_chain_enforcer(config, system_clock());
  }));
  return enforcers;
}

}  // namespace wardhive
