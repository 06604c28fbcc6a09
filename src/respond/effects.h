// Orders to agents: given, repeated until a verified receipt comes, taken back.
//
// An order is (agent, control, key) at a version; the version is the offset of the record that
// changed it, so it only rises. A repeat has the same id and version and a higher attempt. After an
// agent or its actuator comes back it is brought in line from its desired state, which is what
// standing_actions() gives: nothing is ordered anew for that.
#pragma once

#include <string>
#include <vector>

#include "respond/step.h"

namespace wardhive::respond {

// Who would have to act for this plan, by name, and why nobody can if it is empty.
struct Agents {
  std::vector<std::string> names;
  std::string scope;    // as in Decision
  std::string problem;  // empty, or the sentence for the rail "actuator"
  std::string reach;    // how far a ban goes and why, for the rail "reporters"
};
Agents agents_for(Step& s, const Case& c);

// Every agent of the case gets a new order at this step's version; `also` are added first.
void order(Step& s, Case& c, Verb verb, bool present, std::uint32_t share_bps,
           const std::vector<std::string>& also = {});
// Time is up: the agents take the effect away by themselves.
void forget_effects(Step& s, Case& c);

// Repeats unanswered orders when they are due. True if one was given up just now.
bool resend_due(Step& s, Case& c);

// The case whose order was answered; nullptr if the receipt is stale, forged or repeated.
Case* take_receipt(Step& s, const Receipt& receipt);

bool all_confirmed(const Case& c);
bool any_confirmed(const Case& c);
// Agents that have not confirmed, with what they said: "gw-1, gw-2 (nobody answers)".
std::string unconfirmed(const Case& c);

}  // namespace wardhive::respond
