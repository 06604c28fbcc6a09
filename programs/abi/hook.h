// swarm_hook from outside: a Token-2022 transfer hook with a cap and with respect for swarm_core's
// freezes. Its account, instructions, event and errors, for the program, its IDL and its clients.
//
//   numbers   of this program only: tags and errors of swarm_core have nothing to do with them
//   for ever  nothing of it can be changed once a mint is set up
#pragma once

#include <cstddef>
#include <cstdint>

#include "abi/schema.h"
#include "abi/types.h"

namespace swarm::hook {

// What Token-2022 calls: SHA-256("spl-transfer-hook-interface:execute"), its first eight bytes,
// then the amount as u64. The first one is the instruction's tag.
inline constexpr std::uint8_t kExecute[8] = {105, 37, 101, 197, 75, 251, 102, 26};
// SHA-256("swarm-hook:config"), its first eight bytes: our own entry behind Token-2022's.
inline constexpr std::uint8_t kConfigMark[8] = {159, 144, 146, 107, 193, 174, 145, 17};

enum class InstructionTag : std::uint8_t { SetUp = 1, Execute = kExecute[0] };
enum class EventTag : std::uint8_t { SetUp = 1 };

// One extra account, as spl-tlv-account-resolution encodes it: kind, 32 bytes, signer, writable.
inline constexpr std::size_t kMetaBytes = 35;

// Seeds "extra-account-metas", mint: the account that Token-2022 looks up what a transfer needs in.
// Two entries of type, length, value: that list, which begins the account by its rules, and ours.
// The list's two first bytes serve as tag and version.
struct Metas {
  static constexpr std::uint8_t kTag = kExecute[0];
  static constexpr std::uint8_t kVersion = kExecute[1];

  std::uint8_t execute[8];
  std::uint32_t list_size;  // bytes that follow: the count and the metas
  std::uint32_t list_count;
  std::uint8_t core_meta[kMetaBytes];      // swarm_core, by its address
  std::uint8_t position_meta[kMetaBytes];  // its "pos", owner of the source account, 0
  std::uint8_t mark[8];
  std::uint8_t config_size[4];  // u32, at an odd address
  std::uint8_t config_version, bump;
  std::uint8_t pad[4];
  std::uint64_t cap;  // token units that one transfer may move
  Key mint;
  Key core;       // swarm_core's address
  Key vaults[3];  // its vaults, to which the cap does not apply
};
inline constexpr Field kMetasFields[] = {
    SWARM_FIELD(Metas, execute, 0),        SWARM_FIELD(Metas, list_size, 8),
    SWARM_FIELD(Metas, list_count, 12),    SWARM_FIELD(Metas, core_meta, 16),
    SWARM_FIELD(Metas, position_meta, 51), SWARM_FIELD(Metas, mark, 86),
    SWARM_FIELD(Metas, config_size, 94),   SWARM_FIELD(Metas, config_version, 98),
    SWARM_FIELD(Metas, bump, 99),          SWARM_FIELD(Metas, pad, 100),
    SWARM_FIELD(Metas, cap, 104),          SWARM_FIELD(Metas, mint, 112),
    SWARM_FIELD(Metas, core, 144),         SWARM_FIELD(Metas, vaults, 176),
};
static_assert(covers(kMetasFields, sizeof(Metas)));
inline constexpr std::uint32_t kListBytes = 4 + 2 * kMetaBytes;
inline constexpr std::uint32_t kConfigBytes = sizeof(Metas) - offsetof(Metas, config_version);

inline constexpr AccountSchema kAccounts[] = {
    {"Metas", Metas::kTag, Metas::kVersion, sizeof(Metas), "\"extra-account-metas\", mint",
     kMetasFields},
};

// ---- Instructions. Execute is Token-2022's to call, and in no table of ours.

inline constexpr Slot kSetUpSlots[] = {
    {"payer", kSigner | kWritable},
    {"mint_authority", kSigner},
    {"mint", kPlain},
    {"metas", kWritable},
    {"core", kPlain},
    {"token_program", kPlain},
    {"system_program", kPlain},
};
inline constexpr Argument kSetUpArguments[] = {{"cap", Type::U64}};
inline constexpr Slot kExecuteSlots[] = {
    {"source", kPlain}, {"mint", kPlain}, {"destination", kPlain}, {"authority", kPlain},
    {"metas", kPlain},  {"core", kPlain}, {"position", kPlain},
};

inline constexpr InstructionSchema kInstructions[] = {
    {"set_up", static_cast<std::uint8_t>(InstructionTag::SetUp), kSetUpArguments, kSetUpSlots,
     Trailing::None,
     "Sets a mint's cap and swarm_core, once and for ever. By the mint authority, of a mint that "
     "has "
     "this hook, nobody who could change it, and no extension that could harm a holder."},
};

// ---- Events

namespace event {

// Of which mint, the instruction's accounts say.
struct SetUp {
  std::uint8_t tag, version;
  std::uint16_t pad;
  std::uint32_t kind;
  std::uint64_t seq, slot;
  std::uint64_t cap;
  Key core;
};
inline constexpr Field kSetUpFields[] = {
    SWARM_FIELD(SetUp, tag, 0),  SWARM_FIELD(SetUp, version, 1), SWARM_FIELD(SetUp, pad, 2),
    SWARM_FIELD(SetUp, kind, 4), SWARM_FIELD(SetUp, seq, 8),     SWARM_FIELD(SetUp, slot, 16),
    SWARM_FIELD(SetUp, cap, 24), SWARM_FIELD(SetUp, core, 32),
};
static_assert(covers(kSetUpFields, sizeof(SetUp)) && sizeof(SetUp) <= 64);

}  // namespace event

inline constexpr EventSchema kEvents[] = {
    {"SetUp", static_cast<std::uint8_t>(EventTag::SetUp), sizeof(event::SetUp),
     event::kSetUpFields},
};

// ---- Errors: class x 100 + n; those below n = 20 are the generic checks of sol/error.h.

// X(name, number, what it means and what to do)
#define SWARM_HOOK_ERRORS(X)                                                 \
  X(NotMintAuthority, 120, "only the mint's authority may set its hook up")  \
  X(CapZero, 720, "a cap of nothing would stop every transfer")              \
  X(AboveCap, 721, "more than one transfer may move; split it")              \
  X(NoHook, 920, "the mint does not have this program as its transfer hook") \
  X(Frozen, 1221, "the owner's position 0 is frozen; wait until its freeze_until is over")

enum class Fault : std::uint32_t {
#define SWARM_ENUMERATOR(name, number, text) name = number,
  SWARM_HOOK_ERRORS(SWARM_ENUMERATOR)
#undef SWARM_ENUMERATOR
};

inline constexpr ErrorSchema kErrors[] = {
#define SWARM_ROW(name, number, text) {#name, number, text},
    SWARM_HOOK_ERRORS(SWARM_ROW)
#undef SWARM_ROW
};

}  // namespace swarm::hook
