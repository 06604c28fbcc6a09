// chain op queue, cancel, execute, show, list: administrative changes behind their delay.
#include <fmt/format.h>

#include <algorithm>

#include "app/cli/chain/market.h"
#include "app/cli/chain/op.h"
#include "app/cli/chain/whole.h"
#include "base/bytes.h"
#include "base/file.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

constexpr std::size_t kPayloadTextMax = 2 * chain::kPacketBytesMax + 2;

struct OpState : MarketState {
  std::uint64_t number = 0;
  std::string kind;
  OpOptions given;
};

// ---- What all of them read

Result<OpSets> read_sets(const Desk& desk) {
  OpSets sets;
  const auto& at = desk.market.addresses;
  WARDHIVE_ASSIGN(sets.guardian, desk.read<swarm::Set>(at.guardian, "key set"));
  WARDHIVE_ASSIGN(sets.sentinel, desk.read<swarm::Set>(at.sentinel, "key set"));
  WARDHIVE_ASSIGN(sets.resolver, desk.read<swarm::Set>(at.resolver, "key set"));
  return sets;
}

Result<OpShown> read_op(const chain::Rpc& rpc, const Market& market, std::uint64_t number) {
  const auto& at = market.addresses;
  OpShown shown{.key = at.op(number)};
  auto op = chain::read_account<swarm::Op>(rpc, shown.key, at.program, "op");
  if (!op && op.error().code == ErrorCode::NotFound)
    return chain::fault(ErrorCode::NotFound, "no_op",
                        fmt::format("there is no op {} here: it was never queued, or it is "
                                    "executed or cancelled (`wardhive chain op list`)",
                                    number));
  if (!op) return std::unexpected(op.error());
  shown.op = *op;
  WARDHIVE_ASSIGN(shown.guardian,
                  chain::read_account<swarm::Set>(rpc, at.guardian, at.program, "key set"));
  WARDHIVE_ASSIGN(shown.now, chain::trial_clock(rpc));
  return shown;
}

Result<chain::Bytes> payload_from(const std::string& file) {
  WARDHIVE_ASSIGN(auto text, read_file(file, kPayloadTextMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  chain::Bytes bytes(text.size() / 2);
  if (const auto read = from_hex(text, bytes); !read || bytes.empty())
    return fail(ErrorCode::InvalidInput,
                file + ": expected a payload in hex, as `wardhive chain op queue --payload` wrote");
  return bytes;
}

bool has_options(const OpState& state) {
  return !state.given.values.empty() || !state.given.members.empty();
}

// The payload of an op that is there, from the file or the options; both or none are told.
Result<chain::Bytes> payload_of(const OpState& state, const OpShown& shown, const Market& market) {
  if (state.file.empty() != has_options(state))
    return fail(ErrorCode::InvalidInput,
                "give either --payload FILE or the options that it was queued with");
  chain::Bytes payload;
  if (state.file.empty()) {
    WARDHIVE_ASSIGN(
        payload, op_payload(static_cast<swarm::OpKind>(shown.op.kind), state.given, market.config));
  } else {
    WARDHIVE_ASSIGN(payload, payload_from(state.file));
  }
  const auto hash = sha256(payload), announced = chain::pubkey_of(shown.op.payload_hash).bytes;
  if (hash == announced) return payload;
  const auto says = op_arguments(payload, market.decimals());
  return chain::fault(
      ErrorCode::InvalidInput, "other_payload",
      fmt::format("op {} announced the payload {}; {} is {}: give all options, as queue printed "
                  "them (what is left out is taken from the configuration of now)",
                  shown.op.op_seq, to_hex(announced), says ? *says : says.error().message,
                  to_hex(hash)));
}

struct Told {
  std::string_view did;
  std::string json = "null", text = {};  // the op afterwards
  std::string extra = {};                // of the object, with its commas
};
std::string answer(const OpState& state, const Outcome& outcome, const Told& told) {
  if (state.options.json)
    return fmt::format(
        R"({{"schema_version":1,"command":"{}","dry_run":{},"signature":{},"fee_lamports":{},"compute_unit_limit":{},)"
        R"({}"account":{}}})",
        told.did, !outcome.signature.has_value(),
        outcome.signature ? "\"" + outcome.signature->text() + "\"" : "null", outcome.fee_lamports,
        outcome.units_limit, told.extra, told.json);
  auto text = fmt::format("{}{}; fee {} SOL\n{}", outcome.signature ? "" : "would ", told.did,
                          format_amount(outcome.fee_lamports, 9), told.text);
  if (outcome.signature) text += "\nsigned and confirmed: " + outcome.signature->text();
  return text;
}

// ---- queue

// The op as the simulation left it, or as it is when it was sent.
Result<OpShown> queued(const Desk& desk, const Outcome& outcome, std::uint64_t number) {
  if (outcome.signature) return read_op(desk.session->rpc, desk.market, number);
  OpShown shown{.key = desk.market.addresses.op(number)};
  if (!outcome.after[0]) return fail(ErrorCode::Internal, "the simulation of queue_op shows no op");
  WARDHIVE_ASSIGN(shown.op, chain::decode_account<swarm::Op>(outcome.after[0]->data, "op"));
  WARDHIVE_ASSIGN(shown.guardian, desk.read<swarm::Set>(desk.market.addresses.guardian, "key set"));
  WARDHIVE_ASSIGN(shown.now, chain::trial_clock(desk.session->rpc));
  return shown;
}

// The only copy of another change's bytes is not written over.
Status keep_payload(const Path& path, const chain::Bytes& payload) {
  const auto text = to_hex(payload) + "\n";
  const auto there = read_file(path, kPayloadTextMax);
  if (there && *there == text) return ok();
  if (there || there.error().code != ErrorCode::NotFound)
    return fail(
        ErrorCode::Conflict,
        fmt::format("{} is there and holds something else, perhaps the only copy of another "
                    "change; name another file with --payload",
                    path.string()));
  return write_file_atomically(path, text);
}

Result<std::string> queue(const OpState& state) {
  WARDHIVE_ASSIGN(const auto kind, op_kind_from(state.kind));
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  const auto& market = desk.market;
  WARDHIVE_ASSIGN(const auto sets, read_sets(desk));
  WARDHIVE_ASSIGN(const auto payload, op_payload(kind, state.given, market.config));
  WARDHIVE_TRY(check_op(payload, market.config, sets));
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, swarm::SetKind::Guardian, state.keys));
  WARDHIVE_ASSIGN(const auto fleet, desk.read<swarm::Fleet>(market.addresses.fleet, "fleet"));
  const auto number = fleet.op_seq;
  auto instruction = desk.instruction(InstructionTag::QueueOp);
  instruction.account("payer", desk.signer)
      .account("op", market.addresses.op(number))
      .number("kind", static_cast<std::uint64_t>(kind))
      .key("payload_hash", Pubkey{sha256(payload)});
  signers.sign(instruction);
  // Before it is announced: only its hash is on the chain.
  if (!state.file.empty() && !state.dry_run) WARDHIVE_TRY(keep_payload(state.file, payload));
  WARDHIVE_ASSIGN(
      const auto outcome,
      perform(*desk.session, state.options,
              {{instruction.build()}, signers.pointers(), {market.addresses.op(number)}},
              state.dry_run));
  WARDHIVE_ASSIGN(auto shown, queued(desk, outcome, number));
  WARDHIVE_ASSIGN(shown.arguments, op_arguments(payload, market.decimals()));
  return answer(
      state, outcome,
      {.did = "op queue",
       .json = op_json(shown),
       .text = op_text(shown),
       .extra = fmt::format(R"("payload":"{}","execute":"wardhive chain op execute {} {}",)",
                            to_hex(payload), number, shown.arguments)});
}

// ---- cancel, execute

Result<std::string> close(const OpState& state, const Desk& desk, const OpShown& shown,
                          std::string_view did, Step step) {
  step.watch = {shown.key};
  WARDHIVE_ASSIGN(const auto outcome,
                  perform(*desk.session, state.options, std::move(step), state.dry_run));
  return answer(
      state, outcome,
      {.did = did,
       .text = fmt::format("op {}: {}{}{}, closed", shown.op.op_seq, op_kind_name(shown.op.kind),
                           shown.arguments.empty() ? "" : " ", shown.arguments)});
}

Result<std::string> cancel(const OpState& state) {
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto shown, read_op(desk.session->rpc, desk.market, state.number));
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, swarm::SetKind::Guardian, state.keys,
                                                  op_vetoes(shown.guardian)));
  auto instruction = desk.instruction(InstructionTag::CancelOp);
  instruction.account("op", shown.key).account("rent_to", chain::pubkey_of(shown.op.rent_to));
  signers.sign(instruction);
  return close(state, desk, shown, "op cancel", {{instruction.build()}, signers.pointers()});
}

Status check_stage(const OpShown& shown) {
  const auto conflict = [&](std::string_view reason, std::string_view what) {
    return chain::fault(ErrorCode::Conflict, reason,
                        fmt::format("op {} {}; the chain's clock is {} (slot {})", shown.op.op_seq,
                                    what, date_of(shown.now.seconds), shown.now.slot));
  };
  switch (op_stage(shown.op, shown.guardian, shown.now)) {
    case OpStage::Ready:
      return ok();
    case OpStage::Waiting:
      return conflict("op_not_yet",
                      fmt::format("may be executed after {} (and slot {}, if that is later)",
                                  date_of(shown.op.eta), shown.op.eta_slot));
    case OpStage::Expired:
      return conflict("op_expired", fmt::format("could be executed until {}: queue it again",
                                                date_of(shown.op.expiry)));
    case OpStage::Dead:
      break;
  }
  return conflict("op_dead", "was queued by guardians who are not these any more: queue it again");
}

Result<std::string> execute(const OpState& state) {
  WARDHIVE_ASSIGN(const auto desk, open_desk(state));
  WARDHIVE_ASSIGN(auto shown, read_op(desk.session->rpc, desk.market, state.number));
  WARDHIVE_TRY(check_stage(shown));
  WARDHIVE_ASSIGN(const auto payload, payload_of(state, shown, desk.market));
  WARDHIVE_ASSIGN(shown.arguments, op_arguments(payload, desk.market.decimals()));
  const auto instruction = desk.instruction(InstructionTag::ExecuteOp)
                               .account("op", shown.key)
                               .account("rent_to", chain::pubkey_of(shown.op.rent_to))
                               .rest("payload", payload)
                               .build();
  return close(state, desk, shown, "op execute", {{instruction}});
}

// ---- show, list

Result<std::string> show(const OpState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  WARDHIVE_ASSIGN(auto shown, read_op(rpc, market, state.number));
  if (!state.file.empty() || has_options(state)) {
    WARDHIVE_ASSIGN(const auto payload, payload_of(state, shown, market));
    WARDHIVE_ASSIGN(shown.arguments, op_arguments(payload, market.decimals()));
  }
  return state.options.json ? op_json(shown) : op_text(shown);
}

Result<std::string> list(const OpState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  const auto& at = market.addresses;
  const std::vector<chain::Filter> filters{{0, {static_cast<std::uint8_t>(swarm::AccountTag::Op)}}};
  WARDHIVE_ASSIGN(const auto found, rpc.program_accounts(at.program, filters));
  WARDHIVE_ASSIGN(const auto guardian,
                  chain::read_account<swarm::Set>(rpc, at.guardian, at.program, "key set"));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(rpc));
  std::vector<OpShown> all;
  for (const auto& [key, account] : found) {
    WARDHIVE_ASSIGN(const auto op, chain::decode_account<swarm::Op>(account.data, "op"));
    all.push_back({.key = key, .op = op, .guardian = guardian, .now = now});
  }
  std::ranges::sort(all, {}, [](const OpShown& one) { return one.op.op_seq; });
  std::string text;
  for (const auto& one : all) {
    if (!text.empty()) text += state.options.json ? "," : "\n";
    text += state.options.json ? op_json(one) : op_text(one);
  }
  if (state.options.json) return "[" + text + "]";
  return text.empty() ? "no change waits" : text;
}

// ---- the tree

using State = std::shared_ptr<OpState>;

void add_number(CLI::App& command, const State& state) {
  command.add_option("NUMBER", state->number, "of the op")->required()->check(whole());
}
void add_guardians(CLI::App& command, const State& state) {
  command.add_option("--key", state->keys, "key file of a guardian; once for each")->required();
}
void add_change(CLI::App& command, const State& state, const char* payload) {
  command.add_option("--payload", state->file, payload);
  for (const auto& [option, what] : op_options())
    command.add_option_function<std::string>(
        "--" + std::string(option),
        [state, name = std::string(option)](const std::string& text) {
          state->given.values[name] = text;
        },
        what);
  command.add_option("--member", state->given.members,
                     "replace-set: address of a key of the new set; once for each, in order");
}

}  // namespace

void add_op_commands(CLI::App& chain) {
  auto* op = chain.add_subcommand("op", "administrative changes behind their delay (guardians)");
  op->require_subcommand(1);
  const auto fresh = [] { return std::make_shared<OpState>(); };

  auto state = fresh();
  auto* command =
      add_market(*op, "queue", "announce one by the hash of what it says; changes nothing yet",
                 state, queue, true);
  command->add_option("KIND", state->kind, "what is to change")
      ->required()
      ->check(CLI::IsMember(op_kind_names()));
  add_guardians(*command, state);
  add_change(*command, state, "file to keep its bytes in, for execute (hex)");

  state = fresh();
  command = add_market(*op, "cancel", "veto one", state, cancel, true);
  add_number(*command, state);
  add_guardians(*command, state);

  state = fresh();
  command = add_market(*op, "execute", "make the change once its delay is over; anyone may", state,
                       execute, true);
  add_number(*command, state);
  add_change(*command, state, "file that queue kept its bytes in");

  state = fresh();
  command = add_market(*op, "show", "one: what it is, when it may be executed, who may do what",
                       state, show, false);
  add_number(*command, state);
  add_change(*command, state, "file that is said to be what it announced: checked, and shown");

  add_market(*op, "list", "all that wait, are over or dead", fresh(), list, false);
}

}  // namespace wardhive::cli_chain
