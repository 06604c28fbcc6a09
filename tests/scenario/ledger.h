// What the journal says, as an operator reads it: the newest of each noun, and every byte in order.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline.h"

namespace wardhive::scenario {

struct Ledger {
  void take(const Committed& committed);

  // The newest about a subject; nullptr if there is none.
  const Incident* incident(const Entity& subject) const;
  const Decision* decision(const Entity& subject) const;
  // IncidentState::Detected while nothing is known of the subject would lie: false then.
  bool is(const Entity& subject, IncidentState state) const;
  // The states of its newest incident, each once in a row: "containing contained verifying".
  std::string path(const Entity& subject) const;
  const RailCheck* failed_rail(const Entity& subject) const;
  std::size_t pages() const;
  bool noticed(std::string_view part) const;
  std::vector<Action> actions_about(std::string_view key) const;

  std::map<IncidentId, Incident> incidents;
  std::map<DecisionId, Decision> decisions;
  std::map<Entity, Score> scores;
  std::vector<Action> actions;
  std::vector<Notice> notices;
  std::vector<CommandResult> results;
  std::vector<Finding> findings;
  std::string journal;  // encoded, one entry per line
};

}  // namespace wardhive::scenario
