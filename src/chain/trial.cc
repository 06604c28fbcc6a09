#include "chain/trial.h"

#include <array>
#include <cstring>

#include "chain/market.h"
#include "chain/programs.h"
#include "core/rules/moment.h"
#include "core/rules/slash.h"

namespace wardhive::chain {
namespace {

swarm::Moment moment_of(const TrialClock& now) { return {now.seconds, now.slot}; }

}  // namespace

Result<TrialClock> trial_clock(const Rpc& rpc) {
  WARDHIVE_ASSIGN(const auto clock, rpc.account(programs::kClockSysvar));
  TrialClock now;
  WARDHIVE_ASSIGN(now.seconds, time_of(clock));  // refuses what is too short for a slot as well
  std::memcpy(&now.slot, clock->data.data(), sizeof now.slot);
  return now;
}

TrialStage stage_of(const swarm::Incident& incident, const TrialClock& now) {
  const bool over = swarm::passed(incident.deadline, incident.deadline_slot, moment_of(now));
  switch (static_cast<swarm::IncidentState>(incident.state)) {
    case swarm::IncidentState::Open:
      return over ? TrialStage::Undisputed : TrialStage::Disputable;
    case swarm::IncidentState::Disputed:
      return over ? TrialStage::Undecided : TrialStage::Disputed;
    case swarm::IncidentState::Upheld:
      return TrialStage::Upheld;
    case swarm::IncidentState::Executed:
      break;
  }
  return TrialStage::Executed;
}

std::string_view name_of(TrialStage stage) {
  static constexpr std::array<std::string_view, 6> kNames{"disputable", "undisputed", "disputed",
                                                          "undecided",  "upheld",     "executed"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::string_view category_name(std::uint8_t category) {
  static constexpr std::array<std::string_view, swarm::kCategories> kNames{
      "uptime", "sla-breach", "misreport", "negligence", "fraud"};
  return category < kNames.size() ? kNames[category] : "?";
}

TrialSplit split_of(const swarm::Incident& incident) {
  auto copy = incident;
  const bool on_node = incident.node != swarm::Key{};
  TrialSplit split;
  split.burned = swarm::split_loss(copy, on_node);
  split.tenants = copy.pot;
  split.comes_back = copy.recoverable;
  return split;
}

std::uint64_t comes_back_now(const swarm::Incident& incident, const TrialClock& now) {
  auto due = swarm::recovered_by(incident, moment_of(now));
  const auto sum = due.ok() ? due.take() : 0;
  return sum > incident.recovered ? sum - incident.recovered : 0;
}

std::uint64_t next_part_at(const swarm::Incident& incident, const TrialClock& now) {
  const auto elapsed = now.seconds > incident.executed_at ? now.seconds - incident.executed_at : 0;
  const auto parts = elapsed == 0 ? 0 : (elapsed - 1) / swarm::kEpochSeconds;
  if (parts >= swarm::kRecoverEpochs) return 0;
  return incident.executed_at + (parts + 1) * swarm::kEpochSeconds + 1;
}

std::uint64_t tenants_until(const swarm::Incident& incident) {
  return incident.executed_at + swarm::kPotTime;
}

bool tenants_are_late(const swarm::Incident& incident, const TrialClock& now) {
  return swarm::passed(tenants_until(incident), incident.executed_slot + swarm::kPotTime,
                       moment_of(now));
}

}  // namespace wardhive::chain
