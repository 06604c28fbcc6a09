// `wardhive demo`: plays a scenario on a network of its own, shows it live, and says at the end
// what was seen from outside.
#pragma once

#include <CLI/CLI.hpp>

namespace wardhive {

void add_demo_command(CLI::App& app);

}  // namespace wardhive
