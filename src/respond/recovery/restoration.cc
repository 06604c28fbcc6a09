#include "respond/recovery/restoration.h"

#include <fmt/format.h>

#include <algorithm>

#include "respond/containment.h"
#include "respond/effects.h"
#include "respond/evidence.h"
#include "respond/rails/rails.h"
#include "respond/recovery/expiry.h"
#include "respond/recovery/peers.h"

namespace wardhive::respond {
namespace {

using enum IncidentState;

constexpr std::uint32_t kTenth = 1'000;
constexpr std::uint32_t kHalf = 5'000;
constexpr std::uint32_t kStarvedAfterStages = 4;

Verdict verdict_of(Step& s, const Case& c) {
  return s.vantages().of(c.incident.subject.name, c.plan.kinds);
}

bool verified_well(const Step& s, const Verdict& verdict) {
  return verdict.looking >= s.rails().vantages_min && verdict.all_well();
}

std::string seen_text(const Verdict& verdict) {
  return fmt::format("{} of {} vantages see it well, {} speak against it{}", verdict.healthy,
                     verdict.looking, verdict.claiming,
                     verdict.silent ? ", and its agent is silent" : "");
}

void set_share(Step& s, Case& c, std::uint32_t share_bps, std::string why) {
  c.stage = {};
  c.healthy_since = {};
  c.renewed_at = s.now;
  c.decision.expires_at = s.now + s.rails().expiry_min;
  // At 100 % nothing is held any more: the agent's entry goes away.
  order(s, c, Verb::SetNodeShare, share_bps != kWholeShare, share_bps);
  s.move(c, Restoring, std::move(why));
}

void take_out_again(Step& s, Case& c, const std::string& why) {
  ++c.failures;
  c.stage = {};
  c.renewed_at = s.now;
  c.decision.expires_at = expiry_for(s, c);
  c.contain_by = s.now + deadline_of(c.plan.severity);
  c.not_before = hold_down_until(s, c);
  order_containment(s, c, {});
  s.move(c, Containing,
         fmt::format("restoration {} of {} failed: {}; out again, next try not before {}",
                     c.failures, s.restoration().attempts, why, format_rfc3339(c.not_before)));
}

void begin_verification(Step& s, Case& c) {
  if (s.now < c.not_before) return;
  const auto verdict = verdict_of(s, c);
  if (!verified_well(s, verdict)) return;
  c.healthy_since = s.now;
  s.move(c, Verifying,
         fmt::format("{}; it must stay so for {}", seen_text(verdict),
                     format_duration(s.restoration().verify_for)));
}

void verify(Step& s, Case& c) {
  const auto verdict = verdict_of(s, c);
  if (!verified_well(s, verdict)) {
    c.healthy_since = {};
    c.not_before = std::max(c.not_before,
                            s.now + std::min(s.restoration().backoff, s.restoration().verify_for));
    return s.move(c, Contained, fmt::format("not verified: {}", seen_text(verdict)));
  }
  if (s.now - c.healthy_since < s.restoration().verify_for) return;
  s.settle(c, c.incident.id.text());
  set_share(s, c, kTenth,
            fmt::format("healthy for {}, its evidence is settled: back at 10 %",
                        format_duration(s.restoration().verify_for)));
}

// The last order reached every gateway: the node is whole again.
void arrive(Step& s, Case& c) {
  forget_effects(s, c);
  c.decision.state = DecisionState::Completed;
  c.decision.ended_at = s.now;
  s.touch_decision(c);
  s.move(c, Watching,
         fmt::format("at 100 %, watched for {}", format_duration(s.restoration().watch)));
}

void promote(Step& s, Case& c, const std::string& why) {
  const bool tenth = c.decision.share_bps == kTenth;
  set_share(s, c, tenth ? kHalf : kWholeShare,
            fmt::format("{}: on to {} %", why, tenth ? 50 : 100));
}

void tell_starved(Step& s, Case& c) {
  c.stage.starved_told = true;
  const auto text = fmt::format("{} stays at {} %: {} of {} requests seen, too few to judge",
                                c.incident.subject.name, c.decision.share_bps / 100,
                                c.stage.requests, s.restoration().requests_min);
  s.notify(c, false, text);
  s.remark(c, text);
}

// 10 or 50 %.
void prove(Step& s, Case& c) {
  const auto verdict = verdict_of(s, c);
  if (verdict.claiming > 0 || verdict.silent) return take_out_again(s, c, seen_text(verdict));
  if (c.decision.kept || !all_confirmed(c)) return;
  if (c.stage.began == Instant{}) c.stage.began = s.now;

  const auto length =
      c.decision.share_bps == kTenth ? s.restoration().stage_10 : s.restoration().stage_50;
  const auto passed = s.now - c.stage.began;
  if (passed < length) return;
  if (c.stage.requests < s.restoration().requests_min) {
    if (passed >= length * kStarvedAfterStages && !c.stage.starved_told) tell_starved(s, c);
    return;
  }
  const auto comparison = compare_with_peers(s, c);
  if (comparison.known && !comparison.passed) return take_out_again(s, c, comparison.says);
  if (comparison.known && verified_well(s, verdict)) promote(s, c, comparison.says);
}

void watch(Step& s, Case& c) {
  const auto verdict = verdict_of(s, c);
  if (verdict.claiming > 0 || verdict.silent) {
    c.entered_at = s.now;  // the watch begins again
    return verdict.claiming >= s.rails().vantages_agree ? consider(s, c, false) : void();
  }
  if (s.now - c.entered_at >= s.restoration().watch) resolve(s, c, "nothing came back");
}

}  // namespace

void restore(Step& s, Case& c) {
  if (c.plan.recovery != Recovery::Staged) return;
  switch (c.incident.state) {
    case Contained:
      return c.decision.kept ? void() : begin_verification(s, c);
    case Verifying:
      return c.decision.kept ? void() : verify(s, c);
    case Restoring:
      return c.decision.share_bps == kWholeShare ? (all_confirmed(c) ? arrive(s, c) : void())
                                                 : prove(s, c);
    case Watching:
      return watch(s, c);
    default:
      return;
  }
}

void count_traffic(Step& s, const Health& health) {
  for (auto* c : cases_of(s.state, health.subject)) {
    if (c->incident.state != Restoring || c->stage.began == Instant{}) continue;
    const auto effect = std::find_if(c->effects.begin(), c->effects.end(), [&](const Effect& e) {
      return e.action.agent == health.observer.name;
    });
    if (effect == c->effects.end()) continue;
    const auto from = health.at - s.settings.monitor.health_window;
    if (from < std::max(effect->counted_to, c->stage.began)) continue;
    effect->counted_to = health.at;
    c->stage.requests += health.requests;
    c->stage.error_bps_sum += std::uint64_t{health.requests} * health.error_bps;
    c->stage.p99_us_sum += std::uint64_t{health.requests} * health.p99_us;
  }
}

void return_lapsed(Step& s, Case& c) {
  set_share(
      s, c, kTenth,
      "the drain ran out and too few vantages see the node: at 10 %, no further until they do");
}

Instant hold_down_until(const Step& s, const Case& c) {
  const auto times = (c.incident.cycles > 0 ? c.incident.cycles - 1 : 0) + c.failures;
  if (times == 0) return s.now;
  Duration wait = s.restoration().backoff;
  for (std::uint32_t i = 1; i < times && wait < s.rails().expiry_max; ++i) wait *= 2;
  return s.now + std::min(wait, s.rails().expiry_max);
}

}  // namespace wardhive::respond
