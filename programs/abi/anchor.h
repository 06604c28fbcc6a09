// swarm_anchor from outside: checkpoints of append-only logs (RFC 9162 Merkle trees). Its accounts,
// instructions, events and errors, for the program, its IDL and its clients.
//
//   numbers   of this program only: tags and errors of swarm_core have nothing to do with them
//   for ever  a layout that changes is a new version beside the old; a retired number stays unused
#pragma once

#include <cstdint>

#include "abi/schema.h"
#include "abi/types.h"

namespace swarm::anchor {

// Of one consistency proof. 29 hashes are enough for 2^28 leaves, and the most that fits into a
// transaction.
inline constexpr std::uint64_t kProofMax = 29;

enum class AccountTag : std::uint8_t { Log = 1 };
enum class InstructionTag : std::uint8_t { OpenLog = 1, Anchor = 2 };
enum class EventTag : std::uint8_t { LogOpened = 1, Anchored = 2 };

// Seeds "log", authority, id. The latest checkpoint of one log. There is no way to close it: a log
// that could begin again at 0 leaves could be rewritten.
struct Log {
  static constexpr AccountTag kTag = AccountTag::Log;
  static constexpr std::uint8_t kVersion = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;  // checkpoints so far
  Key authority;      // who signs them
  Key root;           // of the first `size` leaves; zero while there is no checkpoint
  std::uint64_t id;   // the authority's own number for it
  std::uint64_t size;
  std::uint64_t slot, time;  // of the latest checkpoint, by the cluster's clock
};
inline constexpr Field kLogFields[] = {
    SWARM_FIELD(Log, tag, 0),        SWARM_FIELD(Log, version, 1), SWARM_FIELD(Log, bump, 2),
    SWARM_FIELD(Log, state, 3),      SWARM_FIELD(Log, pad, 4),     SWARM_FIELD(Log, seq, 8),
    SWARM_FIELD(Log, authority, 16), SWARM_FIELD(Log, root, 48),   SWARM_FIELD(Log, id, 80),
    SWARM_FIELD(Log, size, 88),      SWARM_FIELD(Log, slot, 96),   SWARM_FIELD(Log, time, 104),
};
static_assert(covers(kLogFields, sizeof(Log)));

inline constexpr AccountSchema kAccounts[] = {
    {"Log", static_cast<std::uint8_t>(Log::kTag), Log::kVersion, sizeof(Log),
     "\"log\", authority, id", kLogFields},
};

// ---- Instructions

inline constexpr Slot kOpenLogSlots[] = {
    {"payer", kSigner | kWritable},
    {"authority", kSigner},
    {"log", kWritable},
    {"system_program", kPlain},
};
inline constexpr Argument kOpenLogArguments[] = {{"id", Type::U64}};
inline constexpr Slot kAnchorSlots[] = {{"authority", kSigner}, {"log", kWritable}};
inline constexpr Argument kAnchorArguments[] = {
    {"size", Type::U64}, {"root", Type::Key}, {"proof", Type::Rest}};

inline constexpr InstructionSchema kInstructions[] = {
    {"open_log", static_cast<std::uint8_t>(InstructionTag::OpenLog), kOpenLogArguments,
     kOpenLogSlots, Trailing::None, "Opens an empty log of this authority, for ever."},
    {"anchor", static_cast<std::uint8_t>(InstructionTag::Anchor), kAnchorArguments, kAnchorSlots,
     Trailing::None,
     "Takes a checkpoint that is proved to extend the latest one (RFC 9162, 2.1.4.2); the first "
     "needs no proof."},
};

// ---- Events

namespace event {

// seq is the log's: 0 when it is opened, then its checkpoints are numbered without gaps.
struct LogOpened {
  std::uint8_t tag, version;
  std::uint16_t pad;
  std::uint32_t kind;
  std::uint64_t seq, slot;
  std::uint64_t id;
  Key authority;
};
inline constexpr Field kLogOpenedFields[] = {
    SWARM_FIELD(LogOpened, tag, 0), SWARM_FIELD(LogOpened, version, 1),
    SWARM_FIELD(LogOpened, pad, 2), SWARM_FIELD(LogOpened, kind, 4),
    SWARM_FIELD(LogOpened, seq, 8), SWARM_FIELD(LogOpened, slot, 16),
    SWARM_FIELD(LogOpened, id, 24), SWARM_FIELD(LogOpened, authority, 32),
};
static_assert(covers(kLogOpenedFields, sizeof(LogOpened)) && sizeof(LogOpened) <= 64);

// Which log it is, the instruction's accounts say.
struct Anchored {
  std::uint8_t tag, version;
  std::uint16_t pad;
  std::uint32_t kind;
  std::uint64_t seq, slot;
  std::uint64_t size;
  Key root;
};
inline constexpr Field kAnchoredFields[] = {
    SWARM_FIELD(Anchored, tag, 0),   SWARM_FIELD(Anchored, version, 1),
    SWARM_FIELD(Anchored, pad, 2),   SWARM_FIELD(Anchored, kind, 4),
    SWARM_FIELD(Anchored, seq, 8),   SWARM_FIELD(Anchored, slot, 16),
    SWARM_FIELD(Anchored, size, 24), SWARM_FIELD(Anchored, root, 32),
};
static_assert(covers(kAnchoredFields, sizeof(Anchored)) && sizeof(Anchored) <= 64);

}  // namespace event

inline constexpr EventSchema kEvents[] = {
    {"LogOpened", static_cast<std::uint8_t>(EventTag::LogOpened), sizeof(event::LogOpened),
     event::kLogOpenedFields},
    {"Anchored", static_cast<std::uint8_t>(EventTag::Anchored), sizeof(event::Anchored),
     event::kAnchoredFields},
};

// ---- Errors: class x 100 + n; those below n = 20 are the generic checks of sol/error.h.

// X(name, number, what it means and what to do)
#define SWARM_ANCHOR_ERRORS(X)                                                                \
  X(NotLarger, 520, "the log has as many leaves already; anchor a later state of it")         \
  X(BadProof, 1321, "not an extension: the proof does not lead from the stored root to this") \
  X(ProofTooLong, 1322, "more than 29 hashes, or not whole ones")

enum class Fault : std::uint32_t {
#define SWARM_ENUMERATOR(name, number, text) name = number,
  SWARM_ANCHOR_ERRORS(SWARM_ENUMERATOR)
#undef SWARM_ENUMERATOR
};

inline constexpr ErrorSchema kErrors[] = {
#define SWARM_ROW(name, number, text) {#name, number, text},
    SWARM_ANCHOR_ERRORS(SWARM_ROW)
#undef SWARM_ROW
};

}  // namespace swarm::anchor
