// Arguments and accounts of the instructions of the trial; the table is in instructions.h. Accounts
// that an instruction may do without are given as any account when it does.
#pragma once

#include "abi/schema.h"
#include "abi/tags.h"

namespace swarm::instruction {

inline constexpr Slot kOpenIncidentSlots[] = {
    {"opener", kSigner | kWritable},
    {"config", kPlain},
    {"fleet", kPlain},
    {"sentinel", kPlain},
    {"bond_position", kWritable},
    {"position", kWritable},
    {"node", kPlain},
    {"incident", kWritable},
    {"system_program", kPlain},
};
inline constexpr Argument kOpenIncidentArguments[] = {{"id", Type::U64},
                                                      {"category", Type::U8},
                                                      {"bps", Type::U16},
                                                      {"on_node", Type::U8},
                                                      {"evidence", Type::Key},
                                                      {"mask", Type::U16},
                                                      {"valid_until_slot", Type::U64}};
inline constexpr Slot kDisputeSlots[] = {{"owner", kSigner}, {"incident", kWritable}};
inline constexpr Slot kResolveSlots[] = {
    {"config", kPlain},      {"pool", kWritable},     {"resolver", kPlain},
    {"incident", kWritable}, {"position", kWritable}, {"bond_position", kWritable},
    {"rent_to", kWritable},
};
inline constexpr Argument kResolveArguments[] = {{"verdict", Type::U8},
                                                 {"bps", Type::U16},
                                                 {"mask", Type::U16},
                                                 {"valid_until_slot", Type::U64}};
inline constexpr Slot kExecuteSlots[] = {
    {"config", kPlain},      {"fleet", kWritable},       {"pool", kWritable},
    {"incident", kWritable}, {"position", kWritable},    {"bond_position", kWritable},
    {"node", kPlain},        {"stake_vault", kWritable}, {"rent_to", kWritable},
    {"mint", kWritable},     {"token_program", kPlain},
};
inline constexpr Slot kCompensateSlots[] = {
    {"config", kPlain},        {"incident", kWritable},    {"lease", kWritable},
    {"to", kWritable},         {"stake_vault", kWritable}, {"mint", kPlain},
    {"token_program", kPlain},
};
inline constexpr Argument kCompensateArguments[] = {{"seat", Type::U8}};
inline constexpr Slot kRecoverSlots[] = {
    {"config", kPlain},      {"pool", kWritable},        {"incident", kWritable},
    {"position", kWritable}, {"stake_vault", kWritable}, {"rent_to", kWritable},
    {"mint", kWritable},     {"token_program", kPlain},
};

}  // namespace swarm::instruction
