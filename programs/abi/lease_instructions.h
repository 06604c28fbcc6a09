// Arguments and accounts of the instructions for nodes, leases and quarantine; the table is in
// instructions.h. Accounts that an instruction may do without are given as any account when it
// does.
#pragma once

#include "abi/schema.h"
#include "abi/tags.h"

namespace swarm::instruction {

// ---- Nodes

inline constexpr Slot kRegisterNodeSlots[] = {
    {"owner", kSigner | kWritable},
    {"identity", kSigner},
    {"config", kPlain},
    {"fleet", kPlain},
    {"position", kWritable},
    {"node", kWritable},
    {"system_program", kPlain},
};
inline constexpr Argument kRegisterNodeArguments[] = {
    {"units", Type::U32}, {"price", Type::U64}, {"accept_standby", Type::U8}};
inline constexpr Slot kAttestNodeSlots[] = {
    {"payer", kSigner | kWritable}, {"config", kPlain},  {"fleet", kWritable},
    {"sentinel", kPlain},           {"node", kWritable}, {"digest", kWritable},
    {"system_program", kPlain},
};
inline constexpr Argument kAttestNodeArguments[] = {{"sha256", Type::Key},
                                                    {"units", Type::U32},
                                                    {"until", Type::U64},
                                                    {"mask", Type::U16},
                                                    {"valid_until_slot", Type::U64}};
inline constexpr Slot kSetTermsSlots[] = {
    {"owner", kSigner},      {"config", kPlain},  {"fleet", kWritable},
    {"position", kWritable}, {"node", kWritable},
};
inline constexpr Argument kSetTermsArguments[] = {
    {"units", Type::U32}, {"price", Type::U64}, {"accept_standby", Type::U8}};
inline constexpr Slot kRetireNodeSlots[] = {
    {"owner", kSigner},     {"config", kPlain},
    {"fleet", kWritable},   {"position", kWritable},
    {"node", kWritable},    {"digest", kWritable},
    {"rent_to", kWritable}, {"digest_rent_to", kWritable},
};

// ---- Leases

inline constexpr Slot kOpenLeaseSlots[] = {
    {"tenant", kSigner | kWritable},
    {"config", kPlain},
    {"fleet", kPlain},
    {"node", kWritable},
    {"position", kPlain},
    {"standby_1", kPlain},
    {"standby_2", kPlain},
    {"discount", kPlain},
    {"lease", kWritable},
    {"from", kWritable},
    {"escrow_vault", kWritable},
    {"mint", kPlain},
    {"token_program", kPlain},
    {"system_program", kPlain},
};
inline constexpr Argument kOpenLeaseArguments[] = {
    {"nonce", Type::U64},     {"units", Type::U32},    {"seconds", Type::U32},
    {"amount", Type::U64},    {"max_rate", Type::U64}, {"standbys", Type::U8},
    {"discounted", Type::U8},
};
inline constexpr Slot kTopUpSlots[] = {
    {"payer", kSigner}, {"config", kPlain},        {"lease", kWritable},
    {"node", kPlain},   {"from", kWritable},       {"escrow_vault", kWritable},
    {"mint", kPlain},   {"token_program", kPlain},
};
inline constexpr Argument kTopUpArguments[] = {{"amount", Type::U64}};
inline constexpr Slot kSettleSlots[] = {{"lease", kWritable}, {"node", kPlain}};
inline constexpr Slot kPayoutSlots[] = {
    {"config", kPlain},     {"lease", kWritable},    {"node", kPlain},
    {"to", kWritable},      {"treasury", kWritable}, {"escrow_vault", kWritable},
    {"rent_to", kWritable}, {"mint", kWritable},     {"token_program", kPlain},
};
inline constexpr Argument kPayoutArguments[] = {{"seat", Type::U8}};
inline constexpr Slot kCloseLeaseSlots[] = {
    {"who", kSigner},  {"config", kPlain},          {"lease", kWritable}, {"node", kWritable},
    {"to", kWritable}, {"escrow_vault", kWritable}, {"mint", kPlain},     {"token_program", kPlain},
};
inline constexpr Argument kCloseLeaseArguments[] = {{"reason", Type::U16}};
inline constexpr Slot kFailoverSlots[] = {
    {"lease", kWritable},   {"node", kWritable},      {"standby_1", kWritable},
    {"position_1", kPlain}, {"standby_2", kWritable}, {"position_2", kPlain},
};

// ---- Quarantine

inline constexpr Slot kQuarantineSlots[] = {
    {"config", kPlain}, {"fleet", kWritable}, {"set", kPlain}, {"target", kWritable}};
inline constexpr Argument kQuarantineArguments[] = {
    {"kind", Type::U8},    {"incident", Type::U64}, {"seconds", Type::U32},
    {"reason", Type::U16}, {"mask", Type::U16},     {"valid_until_slot", Type::U64}};
inline constexpr Slot kReleaseSlots[] = {
    {"config", kPlain}, {"set", kPlain}, {"target", kWritable}};
inline constexpr Argument kReleaseArguments[] = {{"kind", Type::U8},
                                                 {"incident", Type::U64},
                                                 {"mask", Type::U16},
                                                 {"valid_until_slot", Type::U64}};

}  // namespace swarm::instruction
