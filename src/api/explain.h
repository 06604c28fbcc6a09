// Why a decision was made, in sentences: from the decision alone, so that it reads the same for
// ever.
#pragma once

#include <string>
#include <vector>

#include "model/journal.h"

namespace wardhive {

struct Explanation {
  std::string what;                   // "ban_address 203.0.113.66 on node/job-1 until ..."
  std::string why;                    // the decision's reason
  std::string score;                  // "61 of 100, threshold 50"
  std::vector<std::string> parts;     // one per family, in log-odds; they sum to the total
  std::vector<std::string> evidence;  // newest findings with detector, numbers and input hashes
  std::vector<std::string> rails;     // each rail that was asked and what it said
  std::string would_have_changed;     // counterfactual
  std::string undo;
  std::string made_by;  // playbook, risk model
};
WARDHIVE_FIELDS(Explanation) {
  v("what", self.what);
  v("why", self.why);
  v("score", self.score);
  v("parts", self.parts);
  v("evidence", self.evidence);
  v("rails", self.rails);
  v("would_have_changed", self.would_have_changed);
  v("undo", self.undo);
  v("made_by", self.made_by);
}

Explanation explain(const Decision& decision);
std::string format_explanation(
    const Explanation& explanation);  // for a terminal, ends in a line break

}  // namespace wardhive
