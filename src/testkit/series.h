// Samples and events as probes, gateways and log readers send them.
#pragma once

#include <string_view>

#include "model/record.h"
#include "model/sample.h"

namespace wardhive {

// Adds a sample of what `vantage` sees of node `subject`, and defines its series: looks are said by
// the vantage's own agent, so the series is the vantage's.
void add_look(SampleBatch& batch, Instant at, std::string_view metric, std::string_view subject,
              std::string_view vantage, double value);
// Adds a sample of what `node` says about itself.
void add_own(SampleBatch& batch, Instant at, std::string_view metric, std::string_view node,
             double value);

// A log-in over SSH at `node`, as its agent read it from the log.
Event log_in(EventKind kind, std::string_view from, std::string_view node, std::string_view user,
             Instant at);

}  // namespace wardhive
