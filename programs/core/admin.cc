// Announcing and vetoing administrative changes (D9); execute.cc makes them.
#include "core/handlers.h"
#include "core/sets.h"
#include "sol/system.h"

namespace swarm {

namespace {

// Delay of a kind, in seconds; UnknownKind.
[[gnu::always_inline]] inline sol::Result<std::uint64_t> delay_of(std::uint8_t kind) {
  switch (static_cast<OpKind>(kind)) {
    case OpKind::ReplaceSet:
      return kSetDelay;
    case OpKind::SetRole:
    case OpKind::SetLimits:
    case OpKind::SetMarket:
      return kOpDelay;
    case OpKind::RemoveSentinelKey:
    case OpKind::LowerSentinelPause:
    case OpKind::LowerWorkCap:
      return std::uint64_t{0};
  }
  return Fault::UnknownKind;
}

}  // namespace

sol::Error queue_op(const sol::Context& context,
                    const AccountsOf<InstructionTag::QueueOp>& accounts,
                    const ArgsOf<InstructionTag::QueueOp>& args) {
  constexpr InstructionTag kSelf = InstructionTag::QueueOp;
  const auto payer = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(payer), sol::Any{}));
  SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto guardian = SOL_TRY(open_set(SWARM_ACCOUNT(guardian), context, SetKind::Guardian));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_signature(
      guardian, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), guardian->threshold},
      accounts, now));
  const std::uint8_t kind = SWARM_ARGUMENT(kind);
  const std::uint64_t delay = SOL_TRY(delay_of(kind));

  const std::uint64_t number = fleet->op_seq;
  sol::Seeds seeds("op", number);
  const auto op = SOL_TRY(sol::create_state<Op>(SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(op))),
                                                {context, payer, system}, seeds));
  fleet->op_seq = number + 1;
  fleet->seq += 1;
  assign(op->payload_hash, SWARM_ARGUMENT(payload_hash));
  assign(op->rent_to, payer.key());
  op->op_seq = number;
  op->eta = now.t + delay;
  op->eta_slot = now.slot + delay;
  op->expiry = op->eta + kOpWindow;
  op->set_seq = guardian->seq;
  op->kind = kind;
  emit<event::OpQueued>(kind, op->seq, now, number, op->eta);
  return sol::kOk;
}

sol::Error cancel_op(const sol::Context& context,
                     const AccountsOf<InstructionTag::CancelOp>& accounts,
                     const ArgsOf<InstructionTag::CancelOp>& args) {
  constexpr InstructionTag kSelf = InstructionTag::CancelOp;
  // Any op: they are all the guardians'.
  const auto op =
      SOL_TRY((sol::open_state<Op, sol::Write>(SWARM_ACCOUNT(op), context, sol::Any{})));
  const auto guardian = SOL_TRY(open_set(SWARM_ACCOUNT(guardian), context, SetKind::Guardian));
  const auto rent_to = SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(op->rent_to)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  // As many as can keep a threshold from being met; never one alone, who would veto his own
  // removal.
  std::uint64_t needed = guardian->size - guardian->threshold + 1;
  if (needed < 2) needed = 2;
  SOL_CHECK(check_signature(
      guardian, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), needed}, accounts, now));
  emit<event::OpCancelled>(op->kind, op->seq, now, op->op_seq);
  sol::close_state(op, rent_to);
  return sol::kOk;
}

}  // namespace swarm
