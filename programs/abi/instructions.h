// Instructions: their arguments behind the tag byte (packed, little endian) and their accounts in
// order. Handlers name accounts by these names, so the list here is the list on chain.
#pragma once

#include "abi/incident_instructions.h"
#include "abi/lease_instructions.h"
#include "abi/schema.h"
#include "abi/tags.h"

namespace swarm {

// What every instruction signed by a key set ends with: bit i of the mask stands for key i of the
// set, and the set bits pair with the trailing accounts in order.
#define SWARM_SIGNATURE \
  {"mask", Type::U16}, { "valid_until_slot", Type::U64 }

namespace instruction {

// ---- Setup

inline constexpr Slot kInitSlots[] = {
    {"authority", kSigner | kWritable},
    {"program", kPlain},
    {"program_data", kPlain},
    {"config", kWritable},
    {"pool", kWritable},
    {"fleet", kWritable},
    {"work", kWritable},
    {"stake_vault", kWritable},
    {"reward_vault", kWritable},
    {"escrow_vault", kWritable},
    {"mint", kPlain},
    {"token_program", kPlain},
    {"system_program", kPlain},
};
inline constexpr Argument kInitArguments[] = {
    {"hook", Type::Key},           {"outflow_floor", Type::U64},
    {"work_cap", Type::U64},       {"provider_min_stake", Type::U64},
    {"user_min_stake", Type::U64}, {"operator_min_stake", Type::U64},
};
inline constexpr Slot kInitSetSlots[] = {
    {"authority", kSigner | kWritable},
    {"program", kPlain},
    {"program_data", kPlain},
    {"config", kWritable},
    {"guardian", kWritable},
    {"sentinel", kWritable},
    {"resolver", kWritable},
    {"system_program", kPlain},
};
inline constexpr Argument kInitSetArguments[] = {
    {"kind", Type::U8}, {"threshold", Type::U8}, {"keys", Type::Rest}};
inline constexpr Slot kSealSlots[] = {
    {"program", kPlain},       {"program_data", kPlain}, {"config", kWritable},
    {"guardian", kPlain},      {"sentinel", kPlain},     {"resolver", kPlain},
    {"stake_vault", kPlain},   {"reward_vault", kPlain}, {"escrow_vault", kPlain},
    {"token_program", kPlain},
};

// ---- Stake

inline constexpr Slot kOpenPositionSlots[] = {
    {"owner", kSigner | kWritable},
    {"config", kPlain},
    {"fleet", kPlain},
    {"pool", kWritable},
    {"position", kWritable},
    {"from", kWritable},
    {"stake_vault", kWritable},
    {"mint", kPlain},
    {"token_program", kPlain},
    {"system_program", kPlain},
};
inline constexpr Argument kOpenPositionArguments[] = {
    {"role", Type::U8}, {"nonce", Type::U64}, {"amount", Type::U64}, {"lock", Type::U32}};
inline constexpr Slot kAddStakeSlots[] = {
    {"owner", kSigner},         {"config", kPlain},      {"fleet", kPlain},
    {"pool", kWritable},        {"position", kWritable}, {"from", kWritable},
    {"stake_vault", kWritable}, {"mint", kPlain},        {"token_program", kPlain},
};
inline constexpr Argument kAddStakeArguments[] = {
    {"source", Type::U8}, {"amount", Type::U64}, {"lock", Type::U32}};
inline constexpr Slot kRequestUnstakeSlots[] = {
    {"owner", kSigner}, {"config", kPlain}, {"pool", kWritable}, {"position", kWritable}};
inline constexpr Argument kRequestUnstakeArguments[] = {{"amount", Type::U64}};
inline constexpr Slot kWithdrawSlots[] = {
    {"owner", kSigner},         {"config", kPlain},      {"fleet", kPlain},
    {"pool", kWritable},        {"position", kWritable}, {"to", kWritable},
    {"stake_vault", kWritable}, {"rent_to", kWritable},  {"mint", kPlain},
    {"token_program", kPlain},
};
inline constexpr Argument kWithdrawArguments[] = {{"amount", Type::U64}};
inline constexpr Slot kRefreshSlots[] = {
    {"config", kPlain}, {"pool", kWritable}, {"position", kWritable}};

// ---- Rewards

inline constexpr Slot kFundSlots[] = {
    {"payer", kSigner},          {"config", kPlain}, {"purse", kWritable},      {"from", kWritable},
    {"reward_vault", kWritable}, {"mint", kPlain},   {"token_program", kPlain},
};
inline constexpr Argument kFundArguments[] = {
    {"purse", Type::U8}, {"amount", Type::U64}, {"seconds", Type::U32}};
inline constexpr Slot kClaimSlots[] = {
    {"owner", kSigner},          {"config", kPlain},      {"fleet", kPlain},
    {"pool", kWritable},         {"position", kWritable}, {"to", kWritable},
    {"reward_vault", kWritable}, {"mint", kPlain},        {"token_program", kPlain},
};
inline constexpr Slot kPostRootSlots[] = {
    {"config", kPlain}, {"fleet", kPlain}, {"work", kWritable}, {"sentinel", kPlain}};
inline constexpr Argument kPostRootArguments[] = {{"n", Type::U64},
                                                  {"root", Type::Key},
                                                  {"size", Type::U64},
                                                  {"cum_total", Type::U64},
                                                  SWARM_SIGNATURE};
inline constexpr Slot kDisableRootSlots[] = {{"work", kWritable}, {"set", kPlain}};
inline constexpr Argument kDisableRootArguments[] = {{"n", Type::U64}, SWARM_SIGNATURE};
inline constexpr Slot kClaimWorkSlots[] = {
    {"config", kPlain}, {"fleet", kPlain}, {"work", kWritable}, {"position", kWritable}};
inline constexpr Argument kClaimWorkArguments[] = {
    {"index", Type::U64}, {"cumulative", Type::U64}, {"proof", Type::Rest}};

// ---- Response

inline constexpr Slot kBreakerSlots[] = {{"config", kPlain}, {"fleet", kWritable}, {"set", kPlain}};
inline constexpr Argument kBreakerArguments[] = {
    {"what", Type::U8}, {"seconds", Type::U32}, SWARM_SIGNATURE};

// ---- Admin

inline constexpr Slot kQueueOpSlots[] = {
    {"payer", kSigner | kWritable}, {"config", kPlain}, {"fleet", kWritable},
    {"guardian", kPlain},           {"op", kWritable},  {"system_program", kPlain},
};
inline constexpr Argument kQueueOpArguments[] = {
    {"kind", Type::U8}, {"payload_hash", Type::Key}, SWARM_SIGNATURE};
inline constexpr Slot kCancelOpSlots[] = {
    {"op", kWritable}, {"guardian", kPlain}, {"rent_to", kWritable}};
inline constexpr Argument kCancelOpArguments[] = {SWARM_SIGNATURE};
inline constexpr Slot kExecuteOpSlots[] = {
    {"config", kWritable},   {"op", kWritable},       {"guardian", kWritable},
    {"sentinel", kWritable}, {"resolver", kWritable}, {"rent_to", kWritable},
};
inline constexpr Argument kExecuteOpArguments[] = {{"payload", Type::Rest}};

}  // namespace instruction

#undef SWARM_SIGNATURE

namespace detail {
consteval InstructionSchema row(const char* name, InstructionTag tag,
                                std::span<const Argument> arguments, std::span<const Slot> slots,
                                Trailing trailing, const char* doc) {
  return {name, static_cast<std::uint8_t>(tag), arguments, slots, trailing, doc};
}
}  // namespace detail

inline constexpr InstructionSchema kInstructions[] = {
    detail::row(
        "init", InstructionTag::Init, instruction::kInitArguments, instruction::kInitSlots,
        Trailing::None,
        "Creates the program's accounts and vaults for one mint. Once, by the upgrade authority."),
    detail::row("init_set", InstructionTag::InitSet, instruction::kInitSetArguments,
                instruction::kInitSetSlots, Trailing::None,
                "Creates the next key set: guardian, sentinel, resolver."),
    detail::row(
        "seal", InstructionTag::Seal, {}, instruction::kSealSlots, Trailing::None,
        "Opens the program to users, once nobody can change it any more. Anyone may call it."),
    detail::row("open_position", InstructionTag::OpenPosition, instruction::kOpenPositionArguments,
                instruction::kOpenPositionSlots, Trailing::HookAccounts,
                "Stakes tokens from a wallet in a new position."),
    detail::row(
        "add_stake", InstructionTag::AddStake, instruction::kAddStakeArguments,
        instruction::kAddStakeSlots, Trailing::HookAccounts,
        "Adds stake from the wallet, from rewards or from what is unbonding; lock > 0 extends the "
        "lock to that many seconds from now."),
    detail::row("request_unstake", InstructionTag::RequestUnstake,
                instruction::kRequestUnstakeArguments, instruction::kRequestUnstakeSlots,
                Trailing::None, "Starts unbonding. What is unbonding already starts anew with it."),
    detail::row("withdraw", InstructionTag::Withdraw, instruction::kWithdrawArguments,
                instruction::kWithdrawSlots, Trailing::HookAccounts,
                "Takes out unbonded tokens; closes the position when nothing is left."),
    detail::row("refresh", InstructionTag::Refresh, {}, instruction::kRefreshSlots, Trailing::None,
                "Lowers a position's weight once its lock is over. Anyone may call it."),
    detail::row(
        "fund", InstructionTag::Fund, instruction::kFundArguments, instruction::kFundSlots,
        Trailing::HookAccounts,
        "Pays into the stream (purse 0: accounts' purse is the pool) or for work (purse 1: the "
        "work account). Never lowers the stream's rate."),
    detail::row("claim", InstructionTag::Claim, {}, instruction::kClaimSlots,
                Trailing::HookAccounts, "Pays out the rewards earned so far."),
    detail::row("post_root", InstructionTag::PostRoot, instruction::kPostRootArguments,
                instruction::kPostRootSlots, Trailing::SetSigners,
                "Announces a cumulative Merkle root of work rewards; active after 24 hours. "
                "Sentinel quorum."),
    detail::row("disable_root", InstructionTag::DisableRoot, instruction::kDisableRootArguments,
                instruction::kDisableRootSlots, Trailing::SetSigners,
                "Takes back a root before it is active. Guardian or resolver threshold."),
    detail::row("claim_work", InstructionTag::ClaimWork, instruction::kClaimWorkArguments,
                instruction::kClaimWorkSlots, Trailing::None,
                "Credits what a leaf says beyond what was claimed before. Anyone may call it."),
    detail::row(
        "breaker", InstructionTag::Breaker, instruction::kBreakerArguments,
        instruction::kBreakerSlots, Trailing::SetSigners,
        "Pauses parts of the program for a time; seconds = 0, by the guardian, resumes them."),
    detail::row(
        "queue_op", InstructionTag::QueueOp, instruction::kQueueOpArguments,
        instruction::kQueueOpSlots, Trailing::SetSigners,
        "Announces an administrative change by the hash of its payload. Guardian threshold."),
    detail::row("cancel_op", InstructionTag::CancelOp, instruction::kCancelOpArguments,
                instruction::kCancelOpSlots, Trailing::SetSigners,
                "Vetoes a change: n - threshold + 1 guardian keys, at least 2."),
    detail::row("execute_op", InstructionTag::ExecuteOp, instruction::kExecuteOpArguments,
                instruction::kExecuteOpSlots, Trailing::None,
                "Makes an announced change after its delay. Anyone may call it."),
    detail::row("register_node", InstructionTag::RegisterNode, instruction::kRegisterNodeArguments,
                instruction::kRegisterNodeSlots, Trailing::None,
                "Makes a machine a node: its owner and its own key sign. Its units are bonded by "
                "the owner's position."),
    detail::row(
        "attest_node", InstructionTag::AttestNode, instruction::kAttestNodeArguments,
        instruction::kAttestNodeSlots, Trailing::SetSigners,
        "Says that the node is the hardware it claims to be, until a time; raises its level once "
        "per clean epoch. Sentinel quorum. The first time makes the marker of the hardware."),
    detail::row("set_terms", InstructionTag::SetTerms, instruction::kSetTermsArguments,
                instruction::kSetTermsSlots, Trailing::None,
                "Changes a node's units, price and whether it may be a standby. Running leases "
                "keep theirs."),
    detail::row("retire_node", InstructionTag::RetireNode, {}, instruction::kRetireNodeSlots,
                Trailing::None,
                "Ends a node: with leases on it after the notice, else at once. Called again then, "
                "it closes the node and frees the bond."),
    detail::row("open_lease", InstructionTag::OpenLease, instruction::kOpenLeaseArguments,
                instruction::kOpenLeaseSlots, Trailing::HookAccounts,
                "Leases units of a node for a time and prepays them; up to two standbys at rates "
                "fixed now. `discount` is the tenant's own position if discounted = 1."),
    detail::row("top_up", InstructionTag::TopUp, instruction::kTopUpArguments,
                instruction::kTopUpSlots, Trailing::HookAccounts,
                "Pays more into a lease. Anyone may."),
    detail::row("settle", InstructionTag::Settle, {}, instruction::kSettleSlots, Trailing::None,
                "Credits the node that serves with the seconds it served. Anyone may call it."),
    detail::row("payout", InstructionTag::Payout, instruction::kPayoutArguments,
                instruction::kPayoutSlots, Trailing::HookAccounts,
                "Pays a seat what has passed its holdback, and the fees. Closes a closed lease "
                "when nothing is left in it. Anyone may call it."),
    detail::row("close_lease", InstructionTag::CloseLease, instruction::kCloseLeaseArguments,
                instruction::kCloseLeaseSlots, Trailing::HookAccounts,
                "Ends a lease and refunds what is not earned: by the tenant at once, by the "
                "provider after the notice, by anyone when it has ended or is unfunded."),
    detail::row("failover", InstructionTag::Failover, {}, instruction::kFailoverSlots,
                Trailing::None,
                "Moves a lease from a node that is quarantined or retired to its first eligible "
                "standby. Anyone may call it."),
    detail::row("quarantine", InstructionTag::Quarantine, instruction::kQuarantineArguments,
                instruction::kQuarantineSlots, Trailing::SetSigners,
                "Takes a node out of service (kind 0) or freezes a position (kind 1) for a time, "
                "by incident number. One sentinel key, or the guardian threshold."),
    detail::row("release", InstructionTag::Release, instruction::kReleaseArguments,
                instruction::kReleaseSlots, Trailing::SetSigners,
                "Ends a quarantine before its time: sentinel quorum or guardian threshold."),
    detail::row("open_incident", InstructionTag::OpenIncident, instruction::kOpenIncidentArguments,
                instruction::kOpenIncidentSlots, Trailing::SetSigners,
                "Accuses a position's owner, or one of its nodes (on_node = 1), and claims bps of "
                "the stake. A network operator, whose own stake answers for it, and the sentinel "
                "quorum."),
    detail::row("dispute", InstructionTag::Dispute, {}, instruction::kDisputeSlots, Trailing::None,
                "Asks for a verdict, in time. Only the accused."),
    detail::row("resolve", InstructionTag::Resolve, instruction::kResolveArguments,
                instruction::kResolveSlots, Trailing::SetSigners,
                "Upholds at most what is claimed (verdict 0), rejects (1: the opener's bond goes "
                "to the accused) or lets go (2). Resolver threshold; after its time anyone, with "
                "verdict 2 and no signers."),
    detail::row("execute", InstructionTag::Execute, {}, instruction::kExecuteSlots, Trailing::None,
                "Takes what is upheld or was not disputed in time: unbonding first, then stake. "
                "Anyone may call it."),
    detail::row("compensate", InstructionTag::Compensate, instruction::kCompensateArguments,
                instruction::kCompensateSlots, Trailing::HookAccounts,
                "Pays a lease's tenant for the time in which the slashed node was out of service, "
                "from what was taken. Anyone may call it."),
    detail::row("recover", InstructionTag::Recover, {}, instruction::kRecoverSlots, Trailing::None,
                "Gives back to the accused's stake what has come back so far, burns what is not "
                "asked for in time or forfeited, and closes the incident when nothing is left. "
                "Anyone may call it."),
};

consteval const InstructionSchema& schema_of(InstructionTag tag) {
  for (const InstructionSchema& schema : kInstructions) {
    if (schema.tag == static_cast<std::uint8_t>(tag)) return schema;
  }
  detail::this_name_is_not_in_the_list();
  return kInstructions[0];
}

}  // namespace swarm
