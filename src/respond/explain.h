// The words of a decision: why, what would have changed its mind, how to undo it.
#pragma once

#include "respond/step.h"

namespace wardhive::respond {

// Fills reason, threshold, score, evidence, counterfactual and undo from what is known now.
void explain(const Step& s, Case& c);

// "ban 203.0.113.66 on node/job-1 until ...", for notices and timelines.
std::string what_it_does(const Case& c);

}  // namespace wardhive::respond
