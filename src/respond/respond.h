// Decides what to do, and in which order to undo it. A step function over the control log: records
// and the scores they caused in, incidents, decisions and actions out. Nothing here has happened
// when a call returns: the pipeline commits the outputs, then dispatches the actions.
//
//   time    only the record's stamp
//   memory  bounded: limits::kIncidentsOpenMax open incidents, kBansPerNodeMax bans per node
//   replay  the same inputs give the same decisions, and save/load in between changes nothing
//   thread  one
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "model/journal.h"
#include "respond/playbook.h"

namespace wardhive {

// Each noun stands here once per step, as it is after the step.
struct RespondOutput {
  std::vector<Incident> incidents;
  std::vector<Decision> decisions;
  std::vector<Action> actions;
  std::vector<Notice> notices;
  std::vector<CommandResult> results;
  std::vector<Settlement> settlements;
  std::vector<Proposal> proposals;
};

struct RespondStats {
  std::uint64_t incidents_open = 0;
  std::uint64_t incidents_refused = 0;
  std::uint64_t decisions_active = 0;
  std::uint64_t rails_blocked = 0;
  bool storm = false;
};

class Respond {
 public:
  // InvalidInput if two playbooks want the same finding kind, or a setting is out of range.
  static Result<std::unique_ptr<Respond>> make(const Settings& settings,
                                               std::vector<Playbook> playbooks);
  virtual ~Respond() = default;

  // `scores`: what risk gave out for this record. Every kind of record may matter.
  virtual void step(const LoggedRecord& record, std::span<const Score> scores,
                    RespondOutput& out) = 0;

  virtual Mode mode() const = 0;
  // What shall hold now, to fill the agents' desired state after a start: the newest action of each
  // (agent, control, key) whose effect has not ended.
  virtual std::vector<Action> standing_actions() const = 0;
  // Ordered or confirmed, and not final yet: to be handed to who signs after a start.
  virtual std::vector<Proposal> standing_orders() const = 0;
  // After a replay: the journal says who approved what, whatever the settings are by now.
  virtual void set_proposals(std::vector<Proposal> open) = 0;

  virtual std::string save() const = 0;
  virtual Status load(std::string_view snapshot) = 0;
  virtual RespondStats stats() const = 0;
};

}  // namespace wardhive
