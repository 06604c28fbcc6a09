// Every effect ends by itself. What is needed longer is renewed while there is a reason to.
#pragma once

#include "respond/step.h"

namespace wardhive::respond {

// now + clamp(until_below - now, expiry_min, expiry_max); without until_below expiry_max. A banned
// address that comes back is banned at least 4 times as long as before; a quarantine on the chain
// lasts an hour at least.
Instant expiry_for(const Step& s, const Case& c);

// A decision in force: renews it or lets it lapse. False if it lapsed.
//   ban    renewed by claims raised after it (`fresh`), at most each quarter of its life, and when
//          another node reports the address; else it expires and the incident is resolved
//   quarantine (on the chain)  expires, never lengthened; then the incident is resolved, and what
//          still speaks against the node may open another one
//   drain  renewed while vantages speak against the node, while it is being verified, restored or
//          held down, and while a person is waited for; else (nobody can see it) it lapses to 10 %
//   kept   renewed to expiry_max over and over
bool keep_alive(Step& s, Case& c, bool fresh);

}  // namespace wardhive::respond
