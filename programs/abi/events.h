// Event records, written by sol_log_data at every change of state: at most 64 bytes. `seq` is that
// of the account written; a gap tells an indexer that logs were cut. State alone suffices to
// rebuild everything.
//
// `kind` is the role, source, purse, mask, op kind, seat or reason that the event is about, else 0.
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

// ---- Nodes, leases and quarantine

struct NodeRegistered {
  SWARM_EVENT_HEAD(NodeRegistered);
  std::uint64_t units, price, bond;
};
inline constexpr Field kNodeRegisteredFields[] = {
    SWARM_EVENT_HEAD_FIELDS(NodeRegistered), SWARM_FIELD(NodeRegistered, units, 24),
    SWARM_FIELD(NodeRegistered, price, 32), SWARM_FIELD(NodeRegistered, bond, 40)};
static_assert(covers(kNodeRegisteredFields, sizeof(NodeRegistered)) &&
              sizeof(NodeRegistered) <= 64);

struct NodeAttested {
  SWARM_EVENT_HEAD(NodeAttested);
  std::uint64_t units_before, units_after, until, level;
};
inline constexpr Field kNodeAttestedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(NodeAttested), SWARM_FIELD(NodeAttested, units_before, 24),
    SWARM_FIELD(NodeAttested, units_after, 32), SWARM_FIELD(NodeAttested, until, 40),
    SWARM_FIELD(NodeAttested, level, 48)};
static_assert(covers(kNodeAttestedFields, sizeof(NodeAttested)) && sizeof(NodeAttested) <= 64);

struct TermsSet {
  SWARM_EVENT_HEAD(TermsSet);
  std::uint64_t units, price_before, price_after, bond;
};
inline constexpr Field kTermsSetFields[] = {
    SWARM_EVENT_HEAD_FIELDS(TermsSet), SWARM_FIELD(TermsSet, units, 24),
    SWARM_FIELD(TermsSet, price_before, 32), SWARM_FIELD(TermsSet, price_after, 40),
    SWARM_FIELD(TermsSet, bond, 48)};
static_assert(covers(kTermsSetFields, sizeof(TermsSet)) && sizeof(TermsSet) <= 64);

struct NodeRetired {
  SWARM_EVENT_HEAD(NodeRetired);
  std::uint64_t retire_at, bond;
};
inline constexpr Field kNodeRetiredFields[] = {SWARM_EVENT_HEAD_FIELDS(NodeRetired),
                                               SWARM_FIELD(NodeRetired, retire_at, 24),
                                               SWARM_FIELD(NodeRetired, bond, 32)};
static_assert(covers(kNodeRetiredFields, sizeof(NodeRetired)) && sizeof(NodeRetired) <= 64);

struct LeaseOpened {
  SWARM_EVENT_HEAD(LeaseOpened);
  std::uint64_t nonce, rate, units, amount, end;
};
inline constexpr Field kLeaseOpenedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(LeaseOpened), SWARM_FIELD(LeaseOpened, nonce, 24),
    SWARM_FIELD(LeaseOpened, rate, 32),   SWARM_FIELD(LeaseOpened, units, 40),
    SWARM_FIELD(LeaseOpened, amount, 48), SWARM_FIELD(LeaseOpened, end, 56)};
static_assert(covers(kLeaseOpenedFields, sizeof(LeaseOpened)) && sizeof(LeaseOpened) <= 64);

struct ToppedUp {
  SWARM_EVENT_HEAD(ToppedUp);
  std::uint64_t escrow_before, escrow_after;
};
inline constexpr Field kToppedUpFields[] = {SWARM_EVENT_HEAD_FIELDS(ToppedUp),
                                            SWARM_FIELD(ToppedUp, escrow_before, 24),
                                            SWARM_FIELD(ToppedUp, escrow_after, 32)};
static_assert(covers(kToppedUpFields, sizeof(ToppedUp)) && sizeof(ToppedUp) <= 64);

struct Settled {
  SWARM_EVENT_HEAD(Settled);
  std::uint64_t paid, escrow, earned, fees;
};
inline constexpr Field kSettledFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Settled), SWARM_FIELD(Settled, paid, 24),
    SWARM_FIELD(Settled, escrow, 32), SWARM_FIELD(Settled, earned, 40),
    SWARM_FIELD(Settled, fees, 48)};
static_assert(covers(kSettledFields, sizeof(Settled)) && sizeof(Settled) <= 64);

struct PaidOut {
  SWARM_EVENT_HEAD(PaidOut);
  std::uint64_t amount, treasury, burned;
};
inline constexpr Field kPaidOutFields[] = {
    SWARM_EVENT_HEAD_FIELDS(PaidOut), SWARM_FIELD(PaidOut, amount, 24),
    SWARM_FIELD(PaidOut, treasury, 32), SWARM_FIELD(PaidOut, burned, 40)};
static_assert(covers(kPaidOutFields, sizeof(PaidOut)) && sizeof(PaidOut) <= 64);

struct LeaseClosed {
  SWARM_EVENT_HEAD(LeaseClosed);
  std::uint64_t end, refund, earned;
};
inline constexpr Field kLeaseClosedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(LeaseClosed), SWARM_FIELD(LeaseClosed, end, 24),
    SWARM_FIELD(LeaseClosed, refund, 32), SWARM_FIELD(LeaseClosed, earned, 40)};
static_assert(covers(kLeaseClosedFields, sizeof(LeaseClosed)) && sizeof(LeaseClosed) <= 64);

struct FailedOver {
  SWARM_EVENT_HEAD(FailedOver);
  std::uint64_t rate_before, rate_after, escrow;
};
inline constexpr Field kFailedOverFields[] = {
    SWARM_EVENT_HEAD_FIELDS(FailedOver), SWARM_FIELD(FailedOver, rate_before, 24),
    SWARM_FIELD(FailedOver, rate_after, 32), SWARM_FIELD(FailedOver, escrow, 40)};
static_assert(covers(kFailedOverFields, sizeof(FailedOver)) && sizeof(FailedOver) <= 64);

struct Quarantined {
  SWARM_EVENT_HEAD(Quarantined);
  std::uint64_t incident, until, units, down, budget_used;
};
inline constexpr Field kQuarantinedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Quarantined), SWARM_FIELD(Quarantined, incident, 24),
    SWARM_FIELD(Quarantined, until, 32),  SWARM_FIELD(Quarantined, units, 40),
    SWARM_FIELD(Quarantined, down, 48),   SWARM_FIELD(Quarantined, budget_used, 56)};
static_assert(covers(kQuarantinedFields, sizeof(Quarantined)) && sizeof(Quarantined) <= 64);

struct Released {
  SWARM_EVENT_HEAD(Released);
  std::uint64_t incident, down;
};
inline constexpr Field kReleasedFields[] = {SWARM_EVENT_HEAD_FIELDS(Released),
                                            SWARM_FIELD(Released, incident, 24),
                                            SWARM_FIELD(Released, down, 32)};
static_assert(covers(kReleasedFields, sizeof(Released)) && sizeof(Released) <= 64);

struct PositionFrozen {
  SWARM_EVENT_HEAD(PositionFrozen);
  std::uint64_t incident, until;
};
inline constexpr Field kPositionFrozenFields[] = {SWARM_EVENT_HEAD_FIELDS(PositionFrozen),
                                                  SWARM_FIELD(PositionFrozen, incident, 24),
                                                  SWARM_FIELD(PositionFrozen, until, 32)};
static_assert(covers(kPositionFrozenFields, sizeof(PositionFrozen)) &&
              sizeof(PositionFrozen) <= 64);

struct PositionReleased {
  SWARM_EVENT_HEAD(PositionReleased);
  std::uint64_t incident;
};
inline constexpr Field kPositionReleasedFields[] = {SWARM_EVENT_HEAD_FIELDS(PositionReleased),
                                                    SWARM_FIELD(PositionReleased, incident, 24)};
static_assert(covers(kPositionReleasedFields, sizeof(PositionReleased)) &&
              sizeof(PositionReleased) <= 64);

// ---- Incidents. `kind` is the category, verdict or seat.

struct IncidentOpened {
  SWARM_EVENT_HEAD(IncidentOpened);
  std::uint64_t id, loss, bond, bps, deadline;
};
inline constexpr Field kIncidentOpenedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(IncidentOpened), SWARM_FIELD(IncidentOpened, id, 24),
    SWARM_FIELD(IncidentOpened, loss, 32),   SWARM_FIELD(IncidentOpened, bond, 40),
    SWARM_FIELD(IncidentOpened, bps, 48),    SWARM_FIELD(IncidentOpened, deadline, 56)};
static_assert(covers(kIncidentOpenedFields, sizeof(IncidentOpened)) &&
              sizeof(IncidentOpened) <= 64);

struct IncidentDisputed {
  SWARM_EVENT_HEAD(IncidentDisputed);
  std::uint64_t id, deadline;
};
inline constexpr Field kIncidentDisputedFields[] = {SWARM_EVENT_HEAD_FIELDS(IncidentDisputed),
                                                    SWARM_FIELD(IncidentDisputed, id, 24),
                                                    SWARM_FIELD(IncidentDisputed, deadline, 32)};
static_assert(covers(kIncidentDisputedFields, sizeof(IncidentDisputed)) &&
              sizeof(IncidentDisputed) <= 64);

struct IncidentResolved {
  SWARM_EVENT_HEAD(IncidentResolved);
  std::uint64_t id, loss, bond;
};
inline constexpr Field kIncidentResolvedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(IncidentResolved), SWARM_FIELD(IncidentResolved, id, 24),
    SWARM_FIELD(IncidentResolved, loss, 32), SWARM_FIELD(IncidentResolved, bond, 40)};
static_assert(covers(kIncidentResolvedFields, sizeof(IncidentResolved)) &&
              sizeof(IncidentResolved) <= 64);

struct IncidentExecuted {
  SWARM_EVENT_HEAD(IncidentExecuted);
  std::uint64_t id, loss, pot, recoverable, burned;
};
inline constexpr Field kIncidentExecutedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(IncidentExecuted),      SWARM_FIELD(IncidentExecuted, id, 24),
    SWARM_FIELD(IncidentExecuted, loss, 32),        SWARM_FIELD(IncidentExecuted, pot, 40),
    SWARM_FIELD(IncidentExecuted, recoverable, 48), SWARM_FIELD(IncidentExecuted, burned, 56)};
static_assert(covers(kIncidentExecutedFields, sizeof(IncidentExecuted)) &&
              sizeof(IncidentExecuted) <= 64);

struct Compensated {
  SWARM_EVENT_HEAD(Compensated);
  std::uint64_t id, amount, pot;
};
inline constexpr Field kCompensatedFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Compensated), SWARM_FIELD(Compensated, id, 24),
    SWARM_FIELD(Compensated, amount, 32), SWARM_FIELD(Compensated, pot, 40)};
static_assert(covers(kCompensatedFields, sizeof(Compensated)) && sizeof(Compensated) <= 64);

struct Recovered {
  SWARM_EVENT_HEAD(Recovered);
  std::uint64_t id, amount, recovered, burned;
};
inline constexpr Field kRecoveredFields[] = {
    SWARM_EVENT_HEAD_FIELDS(Recovered), SWARM_FIELD(Recovered, id, 24),
    SWARM_FIELD(Recovered, amount, 32), SWARM_FIELD(Recovered, recovered, 40),
    SWARM_FIELD(Recovered, burned, 48)};
static_assert(covers(kRecoveredFields, sizeof(Recovered)) && sizeof(Recovered) <= 64);

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
    detail::event_row<event::NodeRegistered>("NodeRegistered", event::kNodeRegisteredFields),
    detail::event_row<event::NodeAttested>("NodeAttested", event::kNodeAttestedFields),
    detail::event_row<event::TermsSet>("TermsSet", event::kTermsSetFields),
    detail::event_row<event::NodeRetired>("NodeRetired", event::kNodeRetiredFields),
    detail::event_row<event::LeaseOpened>("LeaseOpened", event::kLeaseOpenedFields),
    detail::event_row<event::ToppedUp>("ToppedUp", event::kToppedUpFields),
    detail::event_row<event::Settled>("Settled", event::kSettledFields),
    detail::event_row<event::PaidOut>("PaidOut", event::kPaidOutFields),
    detail::event_row<event::LeaseClosed>("LeaseClosed", event::kLeaseClosedFields),
    detail::event_row<event::FailedOver>("FailedOver", event::kFailedOverFields),
    detail::event_row<event::Quarantined>("Quarantined", event::kQuarantinedFields),
    detail::event_row<event::Released>("Released", event::kReleasedFields),
    detail::event_row<event::PositionFrozen>("PositionFrozen", event::kPositionFrozenFields),
    detail::event_row<event::PositionReleased>("PositionReleased", event::kPositionReleasedFields),
    detail::event_row<event::IncidentOpened>("IncidentOpened", event::kIncidentOpenedFields),
    detail::event_row<event::IncidentDisputed>("IncidentDisputed", event::kIncidentDisputedFields),
    detail::event_row<event::IncidentResolved>("IncidentResolved", event::kIncidentResolvedFields),
    detail::event_row<event::IncidentExecuted>("IncidentExecuted", event::kIncidentExecutedFields),
    detail::event_row<event::Compensated>("Compensated", event::kCompensatedFields),
    detail::event_row<event::Recovered>("Recovered", event::kRecoveredFields),
};

}  // namespace swarm
