// Who is accused of what: the raised claims and the newest score of each entity, and whether they
// start an incident.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "respond/step.h"

namespace wardhive::respond {

// Takes a raised or cleared claim in. False if it changes nothing that anybody should look at:
// it began before a person exonerated the entity, or the table is full (counted).
bool take_finding(Step& s, const Finding& finding);
void take_scores(Step& s, std::span<const Score> scores);

// The raised claims of these kinds, strongest first.
std::vector<const Finding*> claims_for(const State& state, const Entity& subject,
                                       const std::vector<FindingKind>& kinds);
const Score* score_of(const State& state, const Entity& subject);

// The entity's claims of these kinds are used up: only what is raised from now on counts.
void drop_claims(Step& s, const Entity& subject, const std::vector<FindingKind>& kinds);
// A person cleared the entity: what began up to now never counts again; nor, of a node, what others
// see of the same fault until the claims that were there are taken back, an hour at most.
void exonerate(Step& s, const Entity& subject);

// Starts and stops the clock of the playbook's `for`; true once score and claims have been there
// for that long. `threshold`: 0 asks for no score.
bool triggered(Step& s, const Entity& subject, const Playbook& book, std::uint8_t threshold);

// Remembers about the entity; the one touched longest ago makes room.
Past& past_of(Step& s, const Entity& subject);

}  // namespace wardhive::respond
