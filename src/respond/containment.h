// From the first evidence to a containment that is confirmed from outside.
#pragma once

#include "respond/step.h"

namespace wardhive::respond {

// Detected, Held or Watching: asks the rails and decides. Looks again at once with `fresh` (new
// evidence, another mode), else when the case's next look is due.
void consider(Step& s, Case& c, bool fresh);

// Containing or Escalated: Contained once each agent's effect was read back and, for a drained
// node, each gateway reports a whole window after it without a request. Past its deadline, or when
// an agent never answers, a person is called.
void confirm(Step& s, Case& c);

// Orders the containment that the decision says, at share 0 for a node.
void order_containment(Step& s, Case& c, const std::vector<std::string>& agents);

// Whoever ended a quarantine on the chain may: it is not argued with, and taken back from all.
void ended_by_others(Step& s, Case& c, const std::string& says);

// An agent said no, or never answered.
void on_refused(Step& s, Case& c);
void on_given_up(Step& s, Case& c);

// Nothing is in force and nothing is left to do.
void resolve(Step& s, Case& c, std::string why);

// Ends what the decision holds: agents are told to take it away, and the incident closes.
void undo(Step& s, Case& c, IncidentState end, std::string why);

}  // namespace wardhive::respond
