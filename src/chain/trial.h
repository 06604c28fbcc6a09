// Where a trial on the chain stands and what may follow, by the program's own rules
// (programs/core/rules). Pure, any thread; trial_clock() blocks as Rpc does.
#pragma once

#include <cstdint>
#include <string_view>

#include "abi/incident.h"
#include "chain/rpc.h"

namespace wardhive::chain {

// The chain's clock as the program counts deadlines: one is over when both are beyond it.
struct TrialClock {
  std::uint64_t seconds = 0;  // since 1970
  std::uint64_t slot = 0;
};
// Unsupported if the endpoint does not show the Clock sysvar.
Result<TrialClock> trial_clock(const Rpc& rpc);

enum class TrialStage {
  Disputable,  // accused; the accused may object
  Undisputed,  // nobody objected in time: anyone may execute
  Disputed,    // the resolvers decide
  Undecided,   // they did not in time: anyone may end it as a draw
  Upheld,      // anyone may execute
  Executed,    // the stake is taken; parts of it wait for tenants or come back
};
TrialStage stage_of(const swarm::Incident& incident, const TrialClock& now);
std::string_view name_of(TrialStage stage);             // "disputable"
std::string_view category_name(std::uint8_t category);  // "sla-breach"; "?" for an unknown one

// Where the claim goes, in token units; the three are all of `incident.loss`.
struct TrialSplit {
  std::uint64_t tenants = 0;     // of the node, at most
  std::uint64_t comes_back = 0;  // to the accused, over 30 days, if not slashed again
  std::uint64_t burned = 0;
};
TrialSplit split_of(const swarm::Incident& incident);

// Of an executed one: what recover() would put back now, and until when tenants may ask.
std::uint64_t comes_back_now(const swarm::Incident& incident, const TrialClock& now);
// Seconds since 1970 at which the next part comes back; 0 if all parts are due already.
std::uint64_t next_part_at(const swarm::Incident& incident, const TrialClock& now);
std::uint64_t tenants_until(const swarm::Incident& incident);
bool tenants_are_late(const swarm::Incident& incident, const TrialClock& now);

}  // namespace wardhive::chain
