#include "respond/recovery/expiry.h"

#include <fmt/format.h>

#include <algorithm>

#include "respond/effects.h"
#include "respond/evidence.h"
#include "respond/explain.h"
#include "respond/rails/rails.h"
#include "respond/recovery/restoration.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

// Not lengthened, and its key is spent for a week: long enough for a person to come.
constexpr Duration kQuarantineLeast = hours(1);
constexpr Duration kQuarantineMost = hours(24);  // what the program lets one sentinel key do

bool quarter_left(const Step& s, const Case& c) {
  return c.decision.expires_at - s.now < (c.decision.expires_at - c.renewed_at) / 4;
}

void renew(Step& s, Case& c, Instant until, const std::vector<std::string>& also, std::string why) {
  c.decision.expires_at = until;
  c.renewed_at = s.now;
  const bool node = takes_out_node(c.plan.verb);
  const auto verb = node && c.decision.share_bps != 0 ? Verb::SetNodeShare : c.plan.verb;
  order(s, c, verb, true, c.decision.share_bps, also);
  s.remark(c, std::move(why));
}

// A ban, or a quarantine on the chain: both end by themselves where they hold.
void expire_effect(Step& s, Case& c) {
  const bool ban = c.plan.verb == Verb::BanAddress;
  if (ban) ++past_of(s, c.incident.subject).bans;
  forget_effects(s, c);
  c.decision.state = DecisionState::Expired;
  c.decision.ended_at = s.now;
  s.touch_decision(c);
  // What led to a ban was answered; only what comes from now on may lead here again. A node that is
  // still away when its quarantine ends is away: others act on the same claims.
  if (ban) drop_claims(s, c.incident.subject, c.plan.kinds);
  s.move(c, Resolved, ban ? "the ban expired" : "the quarantine on the chain expired");
}

// New evidence is asked like the first: it must pass the threshold and the rails.
void extend_ban(Step& s, Case& c) {
  const auto* score = score_of(s.state, c.incident.subject);
  if (score == nullptr || score->value < c.plan.threshold) return;
  const auto agents = agents_for(s, c);
  auto rails = check_rails(s, c, agents);
  if (blocking(rails) != nullptr) return;
  const bool wider =
      std::any_of(agents.names.begin(), agents.names.end(), [&](const std::string& name) {
        return std::none_of(c.effects.begin(), c.effects.end(),
                            [&](const Effect& e) { return e.action.agent == name; });
      });
  const auto until = std::max(expiry_for(s, c), c.decision.expires_at);
  const bool due = s.now - c.renewed_at >= (c.decision.expires_at - c.renewed_at) / 4;
  if (!wider && (until == c.decision.expires_at || !due)) return;
  if (wider) c.decision.scope = agents.scope;
  c.decision.rails = std::move(rails);
  explain(s, c);
  renew(s, c, until, agents.names,
        fmt::format("new evidence: {} until {}", what_it_does(c), format_rfc3339(until)));
}

bool keep_until_expiry(Step& s, Case& c, bool fresh) {
  if (s.now >= c.decision.expires_at) {
    expire_effect(s, c);
    return false;
  }
  // A sentinel key acts on a node once in seven days: its quarantine is not lengthened.
  if (fresh && c.plan.verb == Verb::BanAddress &&
      !claims_for(s.state, c.incident.subject, c.plan.kinds).empty())
    extend_ban(s, c);
  return true;
}

// Somebody sees the node, or is about to do something about it.
bool drain_has_reason(Step& s, const Case& c) {
  const auto verdict = s.vantages().of(c.incident.subject.name, c.plan.kinds);
  return c.incident.state != Contained || verdict.claiming > 0 || s.now < c.not_before ||
         verdict.looking >= s.rails().vantages_min;
}

bool keep_drain(Step& s, Case& c) {
  if (c.decision.share_bps == kWholeShare || !quarter_left(s, c)) return true;
  if (drain_has_reason(s, c)) {
    renew(s, c, s.now + s.rails().expiry_min, {}, "renewed: it is still needed");
    return true;
  }
  if (s.now < c.decision.expires_at) return true;
  return_lapsed(s, c);
  return false;
}

}  // namespace

Instant expiry_for(const Step& s, const Case& c) {
  const auto& rails = s.rails();
  const auto* score = score_of(s.state, c.incident.subject);
  Duration wanted =
      score != nullptr && score->until_below ? *score->until_below - s.now : rails.expiry_max;
  const auto past = s.state.pasts.find(c.incident.subject.text());
  if (c.plan.verb == Verb::BanAddress && past != s.state.pasts.end()) {
    Duration least = rails.expiry_min;
    for (std::uint32_t ban = 0; ban < past->second.bans && least < rails.expiry_max; ++ban)
      least *= 4;
    wanted = std::max(wanted, least);
  }
  auto most = rails.expiry_max;
  if (c.plan.verb == Verb::QuarantineNode) {
    wanted = std::max(wanted, kQuarantineLeast);
    most = std::min(most, kQuarantineMost);
  }
  return s.now + std::clamp(wanted, rails.expiry_min, most);
}

bool keep_alive(Step& s, Case& c, bool fresh) {
  if (c.decision.kept) {
    if (quarter_left(s, c) && c.decision.share_bps != kWholeShare)
      renew(s, c, s.now + s.rails().expiry_max, {}, "renewed: a person holds it");
    return true;
  }
  return takes_out_node(c.plan.verb) ? keep_drain(s, c) : keep_until_expiry(s, c, fresh);
}

}  // namespace wardhive::respond
