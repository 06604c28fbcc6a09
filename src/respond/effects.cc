#include "respond/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "respond/evidence.h"

namespace wardhive::respond {
namespace {

// Agents count an expiry by their own clock: this much early is still on time.
constexpr Duration kExpirySlack = seconds(5);
constexpr std::size_t kSaidBytesMax = 300;

std::string_view control_of(Verb verb) {
  if (verb == Verb::BanAddress) return "nftables";
  return verb == Verb::QuarantineNode ? "chain" : "haproxy";
}

// One reporter's word acts on that reporter; everywhere needs several.
Agents agents_for_ban(Step& s, const Case& c) {
  Agents agents;
  std::set<std::string> reporters;
  for (const auto* claim : claims_for(s.state, c.incident.subject, c.plan.kinds))
    reporters.insert(claim->observer.name);
  const auto needed = s.rails().fleet_ban_reporters;
  const bool fleet = c.plan.on == PlaybookScope::Fleet && reporters.size() >= needed;
  if (fleet) {
    agents.names = s.network.with_control("nftables");
    agents.scope = "fleet";
  } else {
    for (const auto& name : reporters)
      if (s.network.can_act(name, "nftables")) agents.names.push_back(name);
  }
  agents.reach = fmt::format(
      "{} of {} reporters that a ban on the whole fleet needs: acts on {}", reporters.size(),
      needed, fleet ? std::string("the fleet") : fmt::format("{}", fmt::join(reporters, ", ")));
  if (agents.names.empty())
    agents.problem = fmt::format("no agent with nftables on {}", fmt::join(reporters, ", "));
  return agents;
}

std::string scope_text(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "node/" : ",node/") + name;
  return text;
}

Effect* find_effect(Case& c, std::string_view agent) {
  for (auto& effect : c.effects)
    if (effect.action.agent == agent) return &effect;
  return nullptr;
}

void reissue(Step& s, Case& c, Effect& effect, Verb verb, bool present, std::uint32_t share_bps) {
  auto& action = effect.action;
  if (action.id) s.by_action.erase(action.id);
  action.id = s.next_action();
  action.decision = c.decision.id;
  action.verb = verb;
  action.present = present;
  action.share_bps = share_bps;
  action.version = s.offset;
  action.expires_at = present ? c.decision.expires_at : Instant{};
  action.attempt = 1;
  effect.state = EffectState::Asked;
  effect.sent_at = s.now;
  effect.confirmed_at = {};
  effect.said.clear();
  effect.changed = true;
  s.by_action[action.id] = case_key(c.incident.subject, c.plan.name);
}

}  // namespace

Agents agents_for(Step& s, const Case& c) {
  if (c.plan.verb == Verb::BanAddress) {
    auto agents = agents_for_ban(s, c);
    if (agents.scope.empty()) agents.scope = scope_text(agents.names);
    return agents;
  }
  Agents agents;
  if (c.plan.verb == Verb::QuarantineNode) {
    // All that hold a key: who comes second finds it done.
    agents.names = s.network.with_control("chain");
    agents.scope = scope_text(agents.names);
    if (agents.names.empty())
      agents.problem =
          "nobody here holds a sentinel key that the chain takes (chain.sentinel_keys)";
    return agents;
  }
  agents.names = s.network.gateways_of(c.incident.subject.name);
  agents.scope = scope_text(agents.names);
  if (agents.names.empty())
    agents.problem = fmt::format("no gateway with haproxy carries {}", c.incident.subject.name);
  return agents;
}

void order(Step& s, Case& c, Verb verb, bool present, std::uint32_t share_bps,
           const std::vector<std::string>& also) {
  for (const auto& name : also) {
    if (find_effect(c, name) != nullptr) continue;
    Effect effect;
    effect.action.agent = name;
    effect.action.control = control_of(c.plan.verb);
    effect.action.key = c.incident.subject.name;
    c.effects.push_back(std::move(effect));
  }
  for (auto& effect : c.effects) reissue(s, c, effect, verb, present, share_bps);
  c.decision.version = s.offset;
  c.decision.share_bps = share_bps;
  s.touch_decision(c);
}

void forget_effects(Step& s, Case& c) {
  for (const auto& effect : c.effects) s.by_action.erase(effect.action.id);
  c.effects.clear();
  s.touch(c);
}

bool resend_due(Step& s, Case& c) {
  bool given_up = false;
  for (auto& effect : c.effects) {
    if (effect.state != EffectState::Asked ||
        s.now - effect.sent_at < s.settings.respond.action_retry)
      continue;
    s.touch(c);
    if (effect.action.attempt >= s.settings.respond.action_attempts) {
      effect.state = EffectState::GivenUp;
      given_up = true;
      continue;
    }
    ++effect.action.attempt;
    effect.sent_at = s.now;
    effect.changed = true;
  }
  return given_up;
}

namespace {

// The order stands, and so does the agent's own trying; told once for each reason.
void not_yet(Step& s, Case& c, Effect& effect, const Receipt& receipt) {
  auto said = receipt.detail.substr(0, kSaidBytesMax);
  if (effect.state != EffectState::Asked || receipt.outcome != Outcome::Failed || said.empty() ||
      said == effect.said)
    return;
  effect.said = std::move(said);
  if (is_open(c.incident.state))
    s.remark(c, fmt::format("{} could not do it yet and tries again: {}", effect.action.agent,
                            effect.said));
  s.touch(c);
}

}  // namespace

Case* take_receipt(Step& s, const Receipt& receipt) {
  const auto key = s.by_action.find(receipt.action);
  if (key == s.by_action.end()) return nullptr;
  auto& c = s.state.cases.at(key->second);
  auto& effect = *std::find_if(c.effects.begin(), c.effects.end(),
                               [&](const Effect& e) { return e.action.id == receipt.action; });
  const auto& action = effect.action;
  if (receipt.agent != node(action.agent) || receipt.version != action.version) return nullptr;

  const bool gone = receipt.outcome == Outcome::Removed || receipt.outcome == Outcome::Expired;
  const bool on_chain = action.verb == Verb::QuarantineNode && action.present && receipt.verified;
  if (on_chain && receipt.outcome == Outcome::Applied)
    past_of(s, c.incident.subject).quarantined_at = s.now;  // a key is spent
  if (on_chain && receipt.outcome == Outcome::Removed) {
    effect.said = receipt.detail.substr(0, kSaidBytesMax);
    s.touch(c);
    return &c;
  }
  if (receipt.outcome == Outcome::Refused && effect.state != EffectState::Confirmed) {
    if (effect.state == EffectState::Refused) return nullptr;
    effect.state = EffectState::Refused;
    effect.said = receipt.detail.substr(0, kSaidBytesMax);
  } else if (action.present && gone && effect.state == EffectState::Confirmed &&
             s.now + kExpirySlack < action.expires_at) {
    effect.state = EffectState::Asked;  // lost before its time: asked again when due
    effect.sent_at = s.now;
    effect.confirmed_at = {};
  } else if (receipt.verified && effect.state != EffectState::Confirmed &&
             (receipt.outcome == Outcome::Applied || (gone && !action.present))) {
    effect.state = EffectState::Confirmed;
    effect.confirmed_at = s.now;
    effect.counted_to = s.now;
    effect.said.clear();
  } else {
    not_yet(s, c, effect, receipt);  // asked again when due; or said before
    return nullptr;
  }
  s.touch(c);
  return &c;
}

bool all_confirmed(const Case& c) {
  return std::all_of(c.effects.begin(), c.effects.end(),
                     [](const Effect& e) { return e.state == EffectState::Confirmed; });
}

bool any_confirmed(const Case& c) {
  return std::any_of(c.effects.begin(), c.effects.end(),
                     [](const Effect& e) { return e.state == EffectState::Confirmed; });
}

std::string unconfirmed(const Case& c) {
  std::string names;
  for (const auto& effect : c.effects)
    if (effect.state != EffectState::Confirmed)
      names += (names.empty() ? "" : ", ") + effect.action.agent +
               (effect.said.empty() ? "" : " (" + effect.said + ")");
  return names;
}

}  // namespace wardhive::respond
