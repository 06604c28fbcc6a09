// What a person asked: done or refused, with a sentence, and only once per (actor, key).
#pragma once

#include "respond/step.h"

namespace wardhive::respond {

struct Answer {
  bool accepted = false;
  std::string says;
};

//   revert       takes the effect away now, settles its evidence for good; also dismisses a held or
//                shadow decision
//   hold         renews it over and over and restores nothing by itself
//   release      lets a held one go on; lets automation try again after an escalation or a refusal
//   release_all  takes every effect away; the evidence so far is settled
//   set_mode     shadow: nothing new is put in force, what is in force runs its course
//   allow        vouches for an entity and reverts what is in force against it; disallow takes it
//   back
//   propose, approve, withdraw   see proposals.h
void obey(Step& s, const Command& command);

// The inventory or the vouched-for entities changed: what is protected now is let go.
void release_protected(Step& s);

}  // namespace wardhive::respond
