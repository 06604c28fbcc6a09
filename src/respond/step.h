// One step in the making: what it may read, what it changes, and what it gives out. The parts of
// respond are functions over it; nothing in it outlives the step but `state` and the indexes.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/settings.h"
#include "respond/network.h"
#include "respond/respond.h"
#include "respond/state.h"
#include "respond/vantages.h"

namespace wardhive::respond {

using ActionIndex = std::map<ActionId, std::string>;  // newest order of an effect -> its case

struct ClassCount {
  std::size_t nodes = 0;
  std::set<std::string> taken_out;
  std::set<std::string> serving;  // in service and well
};

class Step {
 public:
  Step(const Settings& s, State& st, Network& net, ActionIndex& index, const LoggedRecord& record,
       RespondOutput& o)
      : settings(s),
        state(st),
        network(net),
        by_action(index),
        now(record.at),
        offset(record.offset),
        out(o) {}

  const Settings& settings;
  State& state;
  Network& network;
  ActionIndex& by_action;
  const Instant now;
  const std::uint64_t offset;
  RespondOutput& out;
  std::map<std::string, ClassCount> class_counts;  // worked out when first asked for

  const RailSettings& rails() const { return settings.respond.rails; }
  const RestorationSettings& restoration() const { return settings.respond.restoration; }

  // Worked out when first asked for; stale after forget_vantages().
  const Vantages& vantages();
  void forget_vantages() {
    vantages_.reset();
    class_counts.clear();
  }

  // Offset 0 with index 0 would be "no id".
  IncidentId next_incident() { return {offset, next(incidents_)}; }
  DecisionId next_decision() { return {offset, next(decisions_)}; }
  ActionId next_action() { return {offset, next(actions_)}; }

  // What changed is given out at the end of the step. touch() is enough for an effect.
  void touch(Case& c);
  void touch_decision(Case& c);
  void move(Case& c, IncidentState to, std::string text);  // enter()
  void remark(Case& c, std::string text);                  // note()
  void notify(const Case& c, bool page, std::string text);
  void settle(const Case& c, std::string by);

  // Gives out what was touched and drops the cases in which nothing is left to do.
  void finish();

 private:
  std::uint32_t next(std::uint32_t& counter) const { return offset == 0 ? ++counter : counter++; }

  std::optional<Vantages> vantages_;
  std::vector<std::string> touched_;  // case keys, in order
  std::uint32_t incidents_ = 0;
  std::uint32_t decisions_ = 0;
  std::uint32_t actions_ = 0;
};

// The cases of an entity; at most one per playbook.
std::vector<Case*> cases_of(State& state, const Entity& subject);

}  // namespace wardhive::respond
