// Was it true? Each step of the scenario is checked against what the outside saw, not against what
// was commanded. Pure but for reading the witnesses' logs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/demo/chain.h"
#include "app/demo/scenario.h"
#include "app/demo/witness.h"
#include "model/journal.h"

namespace wardhive::demo {

struct Check {
  std::string name;
  bool seen = false;
  std::string evidence;  // with the numbers
};
WARDHIVE_FIELDS(Check) {
  v("name", self.name);
  v("seen", self.seen);
  v("evidence", self.evidence);
}

struct Seen {
  Instant started_at;
  Instant now;
  std::vector<ClientLine> client;
  std::vector<AttemptLine> attacker, neighbour;
  std::optional<BanInKernel> ban;  // in the attacked node's packet filter
  std::vector<Incident> incidents;
  std::vector<Decision> decisions;
  std::map<std::string, Instant> steps_at;  // "ACTION NODE": when it was carried out
  // The chain as it answers the ordinary command line. `before`: when the leased node began to slow
  // down; `after`: at the end, with the served seconds credited.
  std::optional<ChainSight> before, after;
  std::optional<Instant> quarantine_seen, failover_seen;  // by this machine's clock

  std::optional<Instant> at(const Step* step) const;  // nullopt for nullptr, or not yet
};

// "break_job job-4": by which `Seen::steps_at` knows it.
std::string name_of_step(const Step& step);
// When an incident first was in `state` (and at `share_bps`, if given).
std::optional<Instant> when(const Incident& incident, IncidentState state,
                            std::optional<std::uint32_t> share_bps = {});
// The first of that playbook about that subject.
const Incident* incident_of(const Seen& seen, std::string_view playbook, const Entity& subject);

std::vector<Check> judge(const Scenario& scenario, const Seen& seen);

}  // namespace wardhive::demo
