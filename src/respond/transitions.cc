#include "respond/transitions.h"

#include <algorithm>
#include <initializer_list>

#include "base/check.h"
#include "base/limits.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

std::initializer_list<IncidentState> next_of(IncidentState from) {
  static constexpr auto detected = {Containing, Held, Watching, Resolved, FalsePositive};
  static constexpr auto containing = {Contained, Held, Escalated, Resolved, FalsePositive};
  static constexpr auto contained = {Verifying, Restoring, Escalated, Resolved, FalsePositive};
  static constexpr auto verifying = {Contained, Restoring, Escalated, Resolved, FalsePositive};
  static constexpr auto restoring = {Restoring, Containing, Watching,
                                     Escalated, Resolved,   FalsePositive};
  static constexpr auto watching = {Containing, Held, Resolved, FalsePositive};
  static constexpr auto held = {Detected, Containing, Resolved, FalsePositive};
  static constexpr auto escalated = {Containing, Contained, Resolved, FalsePositive};
  switch (from) {
    case Detected:
      return detected;
    case Containing:
      return containing;
    case Contained:
      return contained;
    case Verifying:
      return verifying;
    case Restoring:
      return restoring;
    case Watching:
      return watching;
    case Held:
      return held;
    case Escalated:
      return escalated;
    case Resolved:
    case FalsePositive:
    case Merged:
      break;
  }
  return {};
}

}  // namespace

bool may_follow(IncidentState from, IncidentState to) {
  const auto next = next_of(from);
  return std::find(next.begin(), next.end(), to) != next.end();
}

void note(Incident& incident, Instant at, std::uint32_t share_bps, std::string text) {
  auto& timeline = incident.timeline;
  if (timeline.size() >= limits::kTimelineMax) timeline.erase(timeline.begin() + 1);
  timeline.push_back({at, incident.state, share_bps, std::move(text)});
}

void enter(Incident& incident, IncidentState to, Instant at, std::uint32_t share_bps,
           std::string text) {
  WARDHIVE_ASSERT(may_follow(incident.state, to));
  incident.state = to;
  if (!is_open(to)) incident.ended_at = at;
  note(incident, at, share_bps, std::move(text));
}

}  // namespace wardhive::respond
