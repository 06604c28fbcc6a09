// How a trial on the chain is told: for people in plain words, for machines with every number.
#pragma once

#include <string>
#include <vector>

#include "app/cli/chain/stake.h"
#include "chain/trial.h"

namespace wardhive::cli_chain {

// What may happen next, and who may make it happen.
struct NextStep {
  std::string who, what;
};
std::vector<NextStep> next_steps(const Market& market, const swarm::Incident& incident,
                                 const chain::TrialClock& now);

// `now` decides the stage and what comes next.
std::string incident_json(const Market& market, const chain::Pubkey& key,
                          const swarm::Incident& incident, const chain::TrialClock& now);
std::string incident_text(const Market& market, const chain::Pubkey& key,
                          const swarm::Incident& incident, const chain::TrialClock& now);
// One line, for lists.
std::string incident_line(const Market& market, const swarm::Incident& incident,
                          const chain::TrialClock& now);

// "2.5" or "2.5%" of a stake, in bps. InvalidInput for 0, more than 100, or more decimals.
Result<std::uint16_t> claim_in_bps(const std::string& text);
// Hex, of one or the other. InvalidInput if both or none are given.
Result<std::string> evidence_digest(const std::string& sha256, const std::string& file);
void add_incident_open(CLI::App& incident);

}  // namespace wardhive::cli_chain
