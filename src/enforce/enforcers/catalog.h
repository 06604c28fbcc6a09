// Every control that a machine can act with. A new enforcer is four neighbours (header, source,
// test, and its line in catalog.cc with its configuration here).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "enforce/enforcers/chain.h"
#include "enforce/enforcers/haproxy.h"
#include "enforce/enforcers/nftables.h"

namespace wardhive {

struct EnforcerSettings {
  std::optional<NftablesConfig> nftables;
  std::optional<HaproxyConfig> haproxy;
  std::optional<ChainEnforcerConfig> chain;
};

// Those that are configured. InvalidInput for the first that is configured wrongly.
Result<std::vector<std::unique_ptr<Enforcer>>> make_enforcers(const EnforcerSettings& settings);

}  // namespace wardhive
