// A score with its reasons, in full.
#pragma once

#include "model/journal.h"
#include "risk/scoring/claims.h"

namespace wardhive::scoring {

// Everything but `allow_listed`. Cost: some microseconds, mostly the search for `until_below`.
Score explain(const Entity& subject, const Claims& claims, const Weights& weights, Ns now);

}  // namespace wardhive::scoring
