// The state as bytes. What is loaded may come from a damaged file: every contradiction that the
// steps rely on not being there is looked for here.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "respond/state.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

constexpr std::uint32_t kVersion = 1;

struct Snapshot {
  std::uint32_t version = 0;
  State state;
};
WARDHIVE_FIELDS(Snapshot) {
  v("version", self.version);
  v("state", self.state);
}

// Walks every time in the state: sums and differences of those it accepts fit 64 bits.
class TimeCheck {
 public:
  template <class T>
  void operator()(std::string_view, const T& value) {
    look(value);
  }
  bool ok() const { return ok_; }

 private:
  template <class T>
  void look(const T& value) {
    if constexpr (std::same_as<T, Instant>) {
      ok_ = ok_ && to_ns(value) >= 0 && to_ns(value) < kEnd;
    } else if constexpr (requires { value.has_value(); }) {
      if (value) look(*value);
    } else if constexpr (requires { typename T::mapped_type; }) {
      for (const auto& [key, mapped] : value) look(mapped);
    } else if constexpr (std::convertible_to<const T&, std::string_view> || Texted<T>) {
    } else if constexpr (requires {
                           value.begin();
                           value.end();
                         }) {
      for (const auto& item : value) look(item);
    } else if constexpr (std::is_class_v<T> && !std::same_as<T, Duration>) {
      fields(value, *this);
    }
  }

  static constexpr std::int64_t kEnd = days_from_civil(2200, 1, 1) * 86'400 * 1'000'000'000;
  bool ok_ = true;
};

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::Corrupt, fmt::format("respond snapshot: {}", what));
}

bool states_agree(const Case& c) {
  const auto state = c.incident.state;
  const bool forced = in_force(c);
  switch (state) {
    case Containing:
    case Contained:
    case Escalated:
      return forced && !c.effects.empty();
    case Verifying:
    case Restoring:
      return forced && !c.effects.empty() && c.plan.recovery == Recovery::Staged;
    case Held:
      return c.decision.id && c.decision.state == DecisionState::Held && c.effects.empty();
    case Detected:
      return (!c.decision.id || c.decision.state == DecisionState::Shadow) && c.effects.empty();
    case Watching:
      return !forced && c.effects.empty();
    case Resolved:
    case FalsePositive:
      return !forced;
    case Merged:
      return false;
  }
  return false;
}

Status check_case(const std::string& key, const Case& c, std::set<ActionId>& actions) {
  if (key != case_key(c.incident.subject, c.plan.name))
    return corrupt("a case under another's key");
  if (!states_agree(c))
    return corrupt(fmt::format("{} contradicts its decision", c.incident.id.text()));
  if (c.plan.verb == Verb::SetNodeShare ||
      takes_out_node(c.plan.verb) != (c.plan.recovery == Recovery::Staged))
    return corrupt(fmt::format("{} has a plan that no playbook gives", c.incident.id.text()));
  if (stops_node(c.plan.verb) && c.incident.subject.kind != EntityKind::Node)
    return corrupt("a node's plan about no node");
  if (c.decision.id && c.decision.target != c.incident.subject)
    return corrupt("a decision about somebody else");
  if (c.incident.timeline.size() > limits::kTimelineMax ||
      c.decision.evidence.size() > limits::kEvidencePerDecisionMax)
    return corrupt("a list beyond its bound");
  for (const auto& effect : c.effects)
    if (!effect.action.id || !actions.insert(effect.action.id).second)
      return corrupt("two effects with one action");
  return ok();
}

Status check_tables(const State& state) {
  const auto too_many = [](std::string_view what) {
    return fail(ErrorCode::LimitReached, fmt::format("respond snapshot: too many {}", what));
  };
  if (state.inventory.nodes.size() > limits::kNodesMax || state.views.size() > limits::kNodesMax)
    return too_many("nodes");
  if (state.cases.size() > limits::kIncidentsOpenMax) return too_many("incidents");
  if (state.suspects.size() > limits::kSuspectsMax) return too_many("suspects");
  if (state.pasts.size() > limits::kPastsMax) return too_many("pasts");
  if (state.vouched.size() > limits::kVouchedMax) return too_many("vouched entities");
  if (state.proposals.size() > limits::kProposalsMax) return too_many("proposals");
  for (const auto& proposal : state.proposals)
    if (!proposal.id || !is_open(proposal.state) ||
        (proposal.state == ProposalState::Open) == static_cast<bool>(proposal.order))
      return corrupt("a proposal that contradicts itself");
  if (state.answered.size() > limits::kCommandsRememberedMax) return too_many("commands");
  for (const auto& [node, observers] : state.views)
    if (observers.size() > limits::kVantagesPerNodeMax) return too_many("vantages of a node");
  for (const auto& [key, suspect] : state.suspects) {
    if (suspect.claims.size() > limits::kClaimsPerSuspectMax) return too_many("claims");
    if (suspect.claims.empty()) return corrupt("a suspect without a claim");
    for (const auto& claim : suspect.claims)
      if (claim.subject.text() != key) return corrupt("a claim under another's key");
  }
  return ok();
}

}  // namespace

std::string save_state(const State& state) {
  JsonWriter writer;
  writer.put(Snapshot{kVersion, state});
  return writer.take();
}

Result<State> load_state(std::string_view snapshot) {
  const auto json = JsonValue::parse(snapshot);
  if (!json) return corrupt(json.error().message);
  if (json->type() != JsonValue::Type::Object) return corrupt("not an object");
  if (const auto version = json->number_or("version", 0); version != kVersion)
    return fail(
        ErrorCode::Unsupported,
        fmt::format("respond snapshot: version {}; this build reads {}", version, kVersion));
  auto read = from_json<Snapshot>(*json);
  if (!read) return corrupt(read.error().message);
  auto& state = read->state;

  TimeCheck times;
  times("", state);
  if (!times.ok()) return corrupt("a time before 1970 or after 2200");
  WARDHIVE_TRY(check_tables(state));
  std::set<ActionId> actions;
  for (const auto& [key, c] : state.cases) WARDHIVE_TRY(check_case(key, c, actions));
  if (actions.size() > limits::kEffectsMax) return corrupt("too many effects");
  return std::move(state);
}

}  // namespace wardhive::respond
