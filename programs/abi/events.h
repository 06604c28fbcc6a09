// Event records, written by sol_log_data at every change of state: at most 64 bytes. `seq` is that
// of the account written; a gap tells an indexer that logs were cut. State alone suffices to
// rebuild everything.
//
// `kind` is the role, source, purse, mask or op kind that the event is about, else 0.
#pragma once

#include <cstdint>

#include "abi/schema.h"
#include "abi/tags.h"

namespace swarm {

#define SWARM_EVENT_HEAD(name)                     \
  static constexpr EventTag kTag = EventTag::name; \
  std::uint8_t tag, version;                       \
  std::uint16_t pad;                               \
  std::uint32_t kind;                              \
  std::uint64_t seq, slot
#define SWARM_EVENT_HEAD_FIELDS(name)                                                  \
  SWARM_FIELD(name, tag, 0), SWARM_FIELD(name, version, 1), SWARM_FIELD(name, pad, 2), \
      SWARM_FIELD(name, kind, 4), SWARM_FIELD(name, seq, 8), SWARM_FIELD(name, slot, 16)

namespace event {

struct Sealed {
  SWARM_EVENT_HEAD(Sealed);
};
inline constexpr Field kSealedFields[] = {SWARM_EVENT_HEAD_FIELDS(Sealed)};
static_assert(covers(kSealedFields, sizeof(Sealed)) && sizeof(Sealed) <= 64);

struct PositionOpened {
  SWARM_EVENT_HEAD(PositionOpened);
  std::uint64_t id, amount, weight, lock_end;
};
inline constexpr Field kPositionOpenedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(PositionOpened), SWARM_FIELD(PositionOpened, id, 24),
    SWARM_FIELD(PositionOpened, amount, 32), SWARM_FIELD(PositionOpened, weight, 40),
    SWARM_FIELD(PositionOpened, lock_end, 48)};
static_assert(covers(kPositionOpenedFields, sizeof(PositionOpened)) &&
              sizeof(PositionOpened) <= 64);

struct StakeAdded {
  SWARM_EVENT_HEAD(StakeAdded);
  std::uint64_t id, amount_before, amount_after, weight, lock_end;
};
inline constexpr Field kStakeAddedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(StakeAdded),        SWARM_FIELD(StakeAdded, id, 24),
    SWARM_FIELD(StakeAdded, amount_before, 32), SWARM_FIELD(StakeAdded, amount_after, 40),
    SWARM_FIELD(StakeAdded, weight, 48),        SWARM_FIELD(StakeAdded, lock_end, 56)};
static_assert(covers(kStakeAddedFields, sizeof(StakeAdded)) && sizeof(StakeAdded) <= 64);

struct UnstakeRequested {
  SWARM_EVENT_HEAD(UnstakeRequested);
  std::uint64_t id, amount_before, amount_after, unbonding, unbond_end;
};
inline constexpr Field kUnstakeRequestedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(UnstakeRequested),
    SWARM_FIELD(UnstakeRequested, id, 24),
    SWARM_FIELD(UnstakeRequested, amount_before, 32),
    SWARM_FIELD(UnstakeRequested, amount_after, 40),
    SWARM_FIELD(UnstakeRequested, unbonding, 48),
    SWARM_FIELD(UnstakeRequested, unbond_end, 56)};
static_assert(covers(kUnstakeRequestedFields, sizeof(UnstakeRequested)) &&
              sizeof(UnstakeRequested) <= 64);

struct Withdrawn {
  SWARM_EVENT_HEAD(Withdrawn);
  std::uint64_t id, unbonding_before, unbonding_after, outflow;
};
inline constexpr Field kWithdrawnFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Withdrawn), SWARM_FIELD(Withdrawn, id, 24),
    SWARM_FIELD(Withdrawn, unbonding_before, 32), SWARM_FIELD(Withdrawn, unbonding_after, 40),
    SWARM_FIELD(Withdrawn, outflow, 48)};
static_assert(covers(kWithdrawnFields, sizeof(Withdrawn)) && sizeof(Withdrawn) <= 64);

struct Refreshed {
  SWARM_EVENT_HEAD(Refreshed);
  std::uint64_t id, weight_before, weight_after;
};
inline constexpr Field kRefreshedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Refreshed), SWARM_FIELD(Refreshed, id, 24),
    SWARM_FIELD(Refreshed, weight_before, 32), SWARM_FIELD(Refreshed, weight_after, 40)};
static_assert(covers(kRefreshedFields, sizeof(Refreshed)) && sizeof(Refreshed) <= 64);

struct Funded {
  SWARM_EVENT_HEAD(Funded);
  std::uint64_t amount, total_before, total_after, end;
};
inline constexpr Field kFundedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Funded), SWARM_FIELD(Funded, amount, 24),
    SWARM_FIELD(Funded, total_before, 32), SWARM_FIELD(Funded, total_after, 40),
    SWARM_FIELD(Funded, end, 48)};
static_assert(covers(kFundedFields, sizeof(Funded)) && sizeof(Funded) <= 64);

struct Claimed {
  SWARM_EVENT_HEAD(Claimed);
  std::uint64_t id, paid;
};
inline constexpr Field kClaimedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Claimed), SWARM_FIELD(Claimed, id, 24), SWARM_FIELD(Claimed, paid, 32)};
static_assert(covers(kClaimedFields, sizeof(Claimed)) && sizeof(Claimed) <= 64);

struct RootPosted {
  SWARM_EVENT_HEAD(RootPosted);
  std::uint64_t n, size, cum_before, cum_after, active_at;
};
inline constexpr Field kRootPostedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(RootPosted),    SWARM_FIELD(RootPosted, n, 24),
    SWARM_FIELD(RootPosted, size, 32),      SWARM_FIELD(RootPosted, cum_before, 40),
    SWARM_FIELD(RootPosted, cum_after, 48), SWARM_FIELD(RootPosted, active_at, 56)};
static_assert(covers(kRootPostedFields, sizeof(RootPosted)) && sizeof(RootPosted) <= 64);

struct RootDisabled {
  SWARM_EVENT_HEAD(RootDisabled);
  std::uint64_t n, cum_total;
};
inline constexpr Field kRootDisabledFields[] = {SWARM_EVENT_HEAD_FIELDS(RootDisabled),
                                                SWARM_FIELD(RootDisabled, n, 24),
                                                SWARM_FIELD(RootDisabled, cum_total, 32)};
static_assert(covers(kRootDisabledFields, sizeof(RootDisabled)) && sizeof(RootDisabled) <= 64);

struct WorkClaimed {
  SWARM_EVENT_HEAD(WorkClaimed);
  std::uint64_t id, claimed_before, claimed_after, owed;
};
inline constexpr Field kWorkClaimedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(WorkClaimed), SWARM_FIELD(WorkClaimed, id, 24),
    SWARM_FIELD(WorkClaimed, claimed_before, 32), SWARM_FIELD(WorkClaimed, claimed_after, 40),
    SWARM_FIELD(WorkClaimed, owed, 48)};
static_assert(covers(kWorkClaimedFields, sizeof(WorkClaimed)) && sizeof(WorkClaimed) <= 64);

struct Paused {
  SWARM_EVENT_HEAD(Paused);
  std::uint64_t seconds, until, budget_used;
};
inline constexpr Field kPausedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Paused), SWARM_FIELD(Paused, seconds, 24),
    SWARM_FIELD(Paused, until, 32), SWARM_FIELD(Paused, budget_used, 40)};
static_assert(covers(kPausedFields, sizeof(Paused)) && sizeof(Paused) <= 64);

struct OpQueued {
  SWARM_EVENT_HEAD(OpQueued);
  std::uint64_t op_seq, eta;
};
inline constexpr Field kOpQueuedFields[] = {SWARM_EVENT_HEAD_FIELDS(OpQueued),
                                            SWARM_FIELD(OpQueued, op_seq, 24),
                                            SWARM_FIELD(OpQueued, eta, 32)};
static_assert(covers(kOpQueuedFields, sizeof(OpQueued)) && sizeof(OpQueued) <= 64);

struct OpCancelled {
  SWARM_EVENT_HEAD(OpCancelled);
  std::uint64_t op_seq;
};
inline constexpr Field kOpCancelledFields[] = {SWARM_EVENT_HEAD_FIELDS(OpCancelled),
                                               SWARM_FIELD(OpCancelled, op_seq, 24)};
static_assert(covers(kOpCancelledFields, sizeof(OpCancelled)) && sizeof(OpCancelled) <= 64);

struct OpExecuted {
  SWARM_EVENT_HEAD(OpExecuted);
  std::uint64_t op_seq;
};
inline constexpr Field kOpExecutedFields[] = {SWARM_EVENT_HEAD_FIELDS(OpExecuted),
                                              SWARM_FIELD(OpExecuted, op_seq, 24)};
static_assert(covers(kOpExecutedFields, sizeof(OpExecuted)) && sizeof(OpExecuted) <= 64);

}  // namespace event

#undef SWARM_EVENT_HEAD
#undef SWARM_EVENT_HEAD_FIELDS

namespace detail {
template <class E>
consteval EventSchema event_row(const char* name, std::span<const Field> fields) {
  return {name, static_cast<std::uint8_t>(E::kTag), sizeof(E), fields};
}
}  // namespace detail

inline constexpr EventSchema kEvents[] = {
    detail::event_row<event::Sealed>("Sealed", event::kSealedFields),
    detail::event_row<event::PositionOpened>("PositionOpened", event::kPositionOpenedFields),
    detail::event_row<event::StakeAdded>("StakeAdded", event::kStakeAddedFields),
    detail::event_row<event::UnstakeRequested>("UnstakeRequested", event::kUnstakeRequestedFields),
    detail::event_row<event::Withdrawn>("Withdrawn", event::kWithdrawnFields),
    detail::event_row<event::Refreshed>("Refreshed", event::kRefreshedFields),
    detail::event_row<event::Funded>("Funded", event::kFundedFields),
    detail::event_row<event::Claimed>("Claimed", event::kClaimedFields),
    detail::event_row<event::RootPosted>("RootPosted", event::kRootPostedFields),
    detail::event_row<event::RootDisabled>("RootDisabled", event::kRootDisabledFields),
    detail::event_row<event::WorkClaimed>("WorkClaimed", event::kWorkClaimedFields),
    detail::event_row<event::Paused>("Paused", event::kPausedFields),
    detail::event_row<event::OpQueued>("OpQueued", event::kOpQueuedFields),
    detail::event_row<event::OpCancelled>("OpCancelled", event::kOpCancelledFields),
    detail::event_row<event::OpExecuted>("OpExecuted", event::kOpExecutedFields),
};

}  // namespace swarm
