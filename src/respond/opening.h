// From a claim and a score to an incident.
#pragma once

#include <vector>

#include "respond/step.h"

namespace wardhive::respond {

// Opens an incident of this entity for each playbook whose trigger holds and that has none of it,
// and asks at once what may be done. Counts what the table has no room for.
void open_incidents(Step& s, const std::vector<Playbook>& playbooks, const Entity& subject);

}  // namespace wardhive::respond
