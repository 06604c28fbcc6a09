// The states of an incident and the only ways between them.
//
//   Detected -> Containing -> Contained -> Verifying -> Restoring (10, 50, 100 %) -> Watching ->
//   Resolved Held: a rail blocked it, nothing is in force. Escalated: a person is needed,
//   containment stays.
#pragma once

#include <string>

#include "model/journal.h"

namespace wardhive::respond {

// Restoring to Restoring is the next stage; no other state leads to itself.
bool may_follow(IncidentState from, IncidentState to);

// Adds to the timeline, at most limits::kTimelineMax: the first and the newest entries stay.
void note(Incident& incident, Instant at, std::uint32_t share_bps, std::string text);

// Moves the incident and notes why. A move that may_follow() refuses is our own bug.
void enter(Incident& incident, IncidentState to, Instant at, std::uint32_t share_bps,
           std::string text);

}  // namespace wardhive::respond
