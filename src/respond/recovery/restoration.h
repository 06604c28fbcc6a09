// How a drained node comes back: verified, at 10 %, at 50 %, at 100 %, watched. Each step needs its
// time, fresh Health from enough vantages, enough real requests at the gateways and figures like
// its peers'. No data is not success. Any failure takes it out again, for twice as long as before;
// after restoration.attempts failures a person decides.
#pragma once

#include "respond/step.h"

namespace wardhive::respond {

// Contained, Verifying, Restoring and Watching: goes on where it may.
void restore(Step& s, Case& c);

// Adds what a gateway saw of a node on probation, each window once.
void count_traffic(Step& s, const Health& health);

// The drain ran out and nobody could see the node: it is at 10 % behind the proxy's own check.
void return_lapsed(Step& s, Case& c);

// Contained anew: how long it stays out before it is looked at, doubled with each containment.
Instant hold_down_until(const Step& s, const Case& c);

}  // namespace wardhive::respond
