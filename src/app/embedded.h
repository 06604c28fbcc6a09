// What the binary carries: playbooks and the first-light scenario.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "respond/playbook.h"

namespace wardhive {

// The embedded playbooks, parsed. InvalidInput if one of our own does not parse (a test sees to
// it).
Result<std::vector<Playbook>> embedded_playbooks();
std::string_view embedded_first_light();  // packs/scenarios/first-light.yaml

}  // namespace wardhive
