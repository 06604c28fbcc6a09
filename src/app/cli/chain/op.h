// Administrative changes behind their delay (D9): a payload from options and back, what the program
// would say to it, and who may do what next. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/chain/incident.h"

namespace wardhive::cli_chain {

// What was typed, by option; `members` are the keys of a new set.
struct OpOptions {
  std::map<std::string, std::string> values = {};
  std::vector<std::string> members = {};
};
// Every option of every kind, with a sentence.
struct OpOptionHelp {
  const char *option, *what;
};
std::span<const OpOptionHelp> op_options();

std::vector<std::string> op_kind_names();          // "set-limits"
std::string_view op_kind_name(std::uint8_t kind);  // "?" for an unknown one
Result<swarm::OpKind> op_kind_from(std::string_view name);

// The bytes that queue_op announces by their SHA-256 and execute_op wants. A value that is left out
// stays as it is in `config`, where that has one. InvalidInput names the option.
Result<chain::Bytes> op_payload(swarm::OpKind kind, const OpOptions& options,
                                const swarm::Config& config);
// The payload as all of its options, which give the same bytes whatever the config is. InvalidInput
// for bytes that are none.
Result<std::string> op_arguments(std::span<const std::uint8_t> payload, unsigned decimals);

struct OpSets {
  swarm::Set guardian = {}, sentinel = {}, resolver = {};
};
// What the program would refuse when the delay is over (programs/core/execute.cc), told before it
// begins; and a change that changes nothing.
Status check_op(std::span<const std::uint8_t> payload, const swarm::Config& config,
                const OpSets& sets);

enum class OpStage {
  Waiting,  // for its delay
  Ready,    // anyone may execute it
  Expired,  // not executed in time
  Dead,     // the guardians who queued it are not these any more
};
OpStage op_stage(const swarm::Op& op, const swarm::Set& guardian, const chain::TrialClock& now);
std::string_view op_stage_name(OpStage stage);
// Keys that veto one: as many as can keep a threshold from being met, and never one alone.
std::size_t op_vetoes(const swarm::Set& guardian);

// An op as it is told. `arguments` are those of its payload where they are known.
struct OpShown {
  chain::Pubkey key = {};
  swarm::Op op = {};
  swarm::Set guardian = {};
  chain::TrialClock now = {};
  std::string arguments = {};
};
std::vector<NextStep> op_next(const OpShown& shown);
std::string op_json(const OpShown& shown);
std::string op_text(const OpShown& shown);

}  // namespace wardhive::cli_chain
