// How an op is told: for people in plain words, for machines with every number.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/chain/op.h"
#include "base/bytes.h"
#include "base/json.h"

namespace wardhive::cli_chain {
namespace {

std::string stage_in_words(const OpShown& shown, OpStage stage) {
  const auto& op = shown.op;
  switch (stage) {
    case OpStage::Waiting:
      return fmt::format(
          "waits until {} (and slot {}, if that is later); the chain's clock is {} "
          "(slot {})",
          date_of(op.eta), op.eta_slot, date_of(shown.now.seconds), shown.now.slot);
    case OpStage::Ready:
      return "may be executed until " + date_of(op.expiry);
    case OpStage::Expired:
      return "expired at " + date_of(op.expiry);
    case OpStage::Dead:
      break;
  }
  return fmt::format("dead: the guardian set has changed since it was queued ({} then, {} now)",
                     op.set_seq, shown.guardian.seq);
}

std::string execute_command(const OpShown& shown) {
  return fmt::format("`wardhive chain op execute {} {}`", shown.op.op_seq,
                     shown.arguments.empty() ? "OPTIONS-OR-PAYLOAD" : shown.arguments);
}

}  // namespace

std::span<const OpOptionHelp> op_options() {
  static constexpr OpOptionHelp kHelp[] = {
      {"set", "replace-set: guardian, sentinel or resolver"},
      {"threshold", "replace-set: keys that must sign"},
      {"remove", "remove-sentinel-key: its address"},
      {"outflow", "set-limits: of all stake, at most this leaves in a day, such as 10%"},
      {"outflow-floor", "set-limits: tokens that may leave in a day whatever the share"},
      {"sentinel-pause", "set-limits, lower-sentinel-pause: the longest pause by a sentinel"},
      {"work-cap", "set-limits, lower-work-cap: tokens a day for work"},
      {"role", "set-role: provider, user or operator"},
      {"min-stake", "set-role: tokens"},
      {"lock-min", "set-role: the shortest lock, such as 30d"},
      {"lock-max", "set-role: the longest lock"},
      {"weight-min", "set-role: weight of the shortest lock, such as 100%"},
      {"weight-max", "set-role: weight of the longest lock"},
      {"unbond", "set-role: from the request to the withdrawal"},
      {"fee", "set-market: of what providers earn"},
      {"treasury-share", "set-market: of the fees; the rest is burned"},
      {"fee-discount", "set-market: of the fee, for tenants with --discount-stake"},
      {"notice", "set-market: from a provider's word to the end of a lease"},
      {"holdback", "set-market: how long what was earned is held back"},
      {"bond", "set-market: tokens of stake for a unit"},
      {"discount-stake", "set-market: tokens"},
      {"treasury", "set-market: address of its token account"},
  };
  return kHelp;
}

OpStage op_stage(const swarm::Op& op, const swarm::Set& guardian, const chain::TrialClock& now) {
  if (op.set_seq != guardian.seq) return OpStage::Dead;
  if (now.seconds > op.expiry) return OpStage::Expired;
  // As the program counts: beyond both, so that a clock that jumps ahead shortens nothing.
  const bool passed = now.seconds > op.eta && now.slot > op.eta_slot;
  return passed ? OpStage::Ready : OpStage::Waiting;
}

std::string_view op_stage_name(OpStage stage) {
  static constexpr std::array<std::string_view, 4> kNames{"waiting", "ready", "expired", "dead"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::size_t op_vetoes(const swarm::Set& guardian) {
  const auto rest = guardian.size >= guardian.threshold ? guardian.size - guardian.threshold : 0;
  return static_cast<std::size_t>(std::max(rest + 1, 2));
}

std::vector<NextStep> op_next(const OpShown& shown) {
  const auto stage = op_stage(shown.op, shown.guardian, shown.now);
  std::vector<NextStep> steps;
  if (stage == OpStage::Waiting)
    steps.push_back(
        {"anyone", fmt::format("may execute it after {} and until {}: {}", date_of(shown.op.eta),
                               date_of(shown.op.expiry), execute_command(shown))});
  if (stage == OpStage::Ready)
    steps.push_back({"anyone", fmt::format("may execute it now, until {}: {}",
                                           date_of(shown.op.expiry), execute_command(shown))});
  const bool over = stage == OpStage::Expired || stage == OpStage::Dead;
  steps.push_back(
      {fmt::format("{} of {} guardians", op_vetoes(shown.guardian), shown.guardian.size),
       fmt::format("may {}: `wardhive chain op cancel {} --key FILE ...`",
                   over ? "close it, which gives its rent back; to make the change it "
                          "is queued again"
                        : "veto it",
                   shown.op.op_seq)});
  return steps;
}

std::string op_json(const OpShown& shown) {
  std::string steps;
  for (const auto& [who, what] : op_next(shown))
    steps += fmt::format(R"({}{{"who":{},"what":{}}})", steps.empty() ? "" : ",", to_json(who),
                         to_json(what));
  const auto& op = shown.op;
  return fmt::format(
      R"({{"schema_version":1,"op":"{}","number":{},"kind":"{}","stage":"{}","payload_sha256":"{}","change":{},)"
      R"("eta":"{}","eta_slot":{},"expires_at":"{}","rent_to":"{}","next":[{}]}})",
      shown.key.text(), op.op_seq, op_kind_name(op.kind),
      op_stage_name(op_stage(op, shown.guardian, shown.now)),
      to_hex(chain::pubkey_of(op.payload_hash).bytes),
      shown.arguments.empty() ? "null" : to_json(shown.arguments), date_of(op.eta), op.eta_slot,
      date_of(op.expiry), chain::pubkey_of(op.rent_to).text(), steps);
}

std::string op_text(const OpShown& shown) {
  const auto& op = shown.op;
  auto text = fmt::format("op {} ({}): {}", op.op_seq, shown.key.text(), op_kind_name(op.kind));
  if (!shown.arguments.empty()) text += " " + shown.arguments;
  text += fmt::format("\n  announced by the SHA-256 of its payload: {}",
                      to_hex(chain::pubkey_of(op.payload_hash).bytes));
  text += "\n  state: " + stage_in_words(shown, op_stage(op, shown.guardian, shown.now));
  for (const auto& [who, what] : op_next(shown)) text += fmt::format("\n  next: {} {}", who, what);
  return text;
}

}  // namespace wardhive::cli_chain
