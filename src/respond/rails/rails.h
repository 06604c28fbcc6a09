// The rails: what automation may do at most. Every rail that concerns the verb is asked and listed
// with its numbers, whether it blocks or not.
#pragma once

#include <vector>

#include "respond/effects.h"
#include "respond/step.h"

namespace wardhive::respond {

std::vector<RailCheck> check_rails(Step& s, const Case& c, const Agents& agents);
// The first that blocks; nullptr if none does.
const RailCheck* blocking(const std::vector<RailCheck>& rails);

// The two that hold at any time, also for what is in force already: empty, or why it must end.
std::string protected_because(const Step& s, const Entity& subject);

// Looks for storms: many nodes of a class suspect at once. Pages once per storm.
void watch_storms(Step& s);

// A node was taken out of service now.
void count_isolation(Step& s, const Entity& subject);
// How often it was within rails.cycles_window.
std::uint32_t cycles_of(const Step& s, const Entity& subject);
bool taken_out(const State& state, std::string_view node);  // at the gateways or on the chain
bool drained(const State& state, std::string_view node);    // at the gateways

}  // namespace wardhive::respond
