// The program's own error numbers, class x 100 + n, for ever. Numbers below n = 20 are the generic
// checks of sol/error.h.
#pragma once

#include <cstdint>

#include "abi/schema.h"

namespace swarm {

// X(name, number, what it means and what to do)
#define SWARM_ERRORS(X)                                                                          \
  X(NotUpgradeAuthority, 120, "only the program's upgrade authority may set it up")              \
  X(NotEnoughSigners, 121, "fewer signers than the set's threshold")                             \
  X(SignerNotInSet, 122, "a signer is not the key that its bit of the mask names")               \
  X(NoSuchKey, 123, "the mask names a key that the set does not have")                           \
  X(WrongSet, 124, "another key set must sign this")                                             \
  X(MayNotClose, 125,                                                                            \
    "only the tenant or the provider may close a lease that is running and funded")              \
  X(PartyDecides, 126, "the opener or the accused signs the verdict")                            \
  X(NotSealed, 520, "the program is not sealed yet")                                             \
  X(AlreadySealed, 521, "the program is sealed already")                                         \
  X(StillUpgradeable, 522, "the program still has an upgrade authority; remove it first")        \
  X(SetsOutOfOrder, 523, "key sets are made once each: guardian, sentinel, resolver")            \
  X(TicketMatured, 524, "an earlier unstake is ready; withdraw it first")                        \
  X(RootPending, 525, "a work root waits already")                                               \
  X(NoPendingRoot, 526, "no work root of this number waits")                                     \
  X(WrongRootNumber, 527, "work roots are numbered without gaps")                                \
  X(NoRoot, 528, "no work root is active")                                                       \
  X(OpDead, 529, "the guardian set has changed since; queue the change again")                   \
  X(StakeAtRisk, 530, "an open incident claims this stake")                                      \
  X(StakeBonded, 531, "this stake stands for nodes; retire them first")                          \
  X(WrongRole, 532, "only a hardware provider's stake can stand for nodes")                      \
  X(NodeQuarantined, 533, "the node is quarantined")                                             \
  X(NodeRetiring, 534, "the node is being retired")                                              \
  X(NotAttested, 535, "the node is not attested, or no longer")                                  \
  X(OtherHardware, 536,                                                                          \
    "the node was attested with other hardware; retire it and register it anew")                 \
  X(LeasesLeft, 537, "leases still run on the node")                                             \
  X(LeaseOver, 538, "the lease is closed, ended or without funds")                               \
  X(NodeServes, 539, "the node serves: there is nothing to fail over")                           \
  X(AlreadyHandled, 540, "this incident was handled here already")                               \
  X(StaleIncident, 541, "a later incident was handled here already")                             \
  X(NotThisIncident, 542, "another incident, or none, holds it")                                 \
  X(IncidentDecided, 543, "disputed, decided or executed already")                               \
  X(NotDisputed, 544, "not disputed, or decided already")                                        \
  X(NotUpheld, 545, "disputed and not upheld, or executed already")                              \
  X(NotExecuted, 546, "the incident is not executed")                                            \
  X(NothingAtStake, 547, "the accused has no stake that is free to be claimed")                  \
  X(NotOperator, 548, "only a network operator's stake answers for it")                          \
  X(LeaseNotHit, 549, "the lease lost nothing by that node")                                     \
  X(OwnNode, 550, "nobody is compensated for his own node")                                      \
  X(AlreadyCompensated, 551, "the lease was compensated for this node")                          \
  X(NothingToRecover, 552, "nothing comes back yet, nothing is to be burned")                    \
  X(AmountZero, 720, "the amount is zero")                                                       \
  X(BelowMinimum, 721, "less than the role's minimum stake would remain")                        \
  X(SupplyTooLarge, 722, "more than 2^61 token units")                                           \
  X(LockOutOfRange, 723, "the lock is outside the role's range")                                 \
  X(LockShortened, 724, "a lock can only be extended")                                           \
  X(OutflowFull, 725, "today's outflow of the pool is used up; withdraw less, or later")         \
  X(RateWouldFall, 726, "the stream would pay less per second than it does")                     \
  X(DurationOutOfRange, 727, "a stream lasts from 1 to 366 days")                                \
  X(TooLittleForDuration, 728, "less than one token unit per second")                            \
  X(PauseTooLong, 729, "longer than one call may pause")                                         \
  X(PauseBudgetSpent, 730, "the pause budget of 30 days is used up")                             \
  X(PauseRefused, 731, "these keys may not pause that")                                          \
  X(WorkCapExceeded, 732, "the root raises the total beyond the cap or the funds")               \
  X(OutOfBounds, 733, "outside the bounds in the program's code")                                \
  X(ThresholdOutOfRange, 734, "the number of keys or the threshold is not allowed")              \
  X(NotTightening, 735, "an op without delay may only tighten")                                  \
  X(TooMuch, 736, "more than the position has")                                                  \
  X(NothingNew, 737, "the leaf has been claimed already")                                        \
  X(AboveTotal, 738, "more than the root's total")                                               \
  X(UnitsOutOfRange, 739, "the number of units is not allowed")                                  \
  X(PriceOutOfRange, 740, "the price is zero or above 2^40")                                     \
  X(BondNotCovered, 741, "the stake does not cover the bond of its nodes")                       \
  X(RateTooHigh, 742, "the rate is above the most that the tenant pays")                         \
  X(NoRoom, 743, "not so many units are free at the node's level")                               \
  X(NotOptedIn, 744, "a standby does not accept to be one")                                      \
  X(NoStandby, 745, "no standby is eligible")                                                    \
  X(LeaseTimeOutOfRange, 746, "a lease lasts from 60 seconds to 366 days")                       \
  X(TooLittlePrepaid, 747, "less than an hour (or the whole lease) is prepaid")                  \
  X(ReasonOutOfRange, 748, "tenant 1-9,999, provider 10,000-19,999, others 20,000 and above")    \
  X(TtlOutOfRange, 749, "a quarantine lasts from 60 seconds to what these keys may")             \
  X(QuarantineBudgetSpent, 750, "today's budget of quarantined units is used up")                \
  X(KeyAtRest, 751, "this key quarantined this node within 7 days")                              \
  X(FreezeBudgetSpent, 752,                                                                      \
    "today's budget of frozen positions is used up, or this one was frozen within 7 days")       \
  X(AttestationOutOfRange, 753, "an attestation lasts from 7 to 90 days")                        \
  X(NoDiscount, 754, "this position earns no discount on this lease")                            \
  X(ClaimOutOfRange, 755, "the claim is zero or above its category's cap")                       \
  X(AccuserBondNotCovered, 756, "the opener's free stake is below the bond")                     \
  X(SlashCapReached, 757, "above 60 % of the position in two windows; later")                    \
  X(SlashBudgetSpent, 758, "today's budget of slashes is used up; later")                        \
  X(SignatureExpired, 820, "signed for an earlier slot; sign again")                             \
  X(SignatureTooFarAhead, 821, "valid for more than 9,000 slots; sign for fewer")                \
  X(LockNotOver, 822, "the lock is not over")                                                    \
  X(StillUnbonding, 823, "the unbonding time is not over")                                       \
  X(OpNotYet, 824, "the delay of this change is not over")                                       \
  X(OpExpired, 825, "the change was not executed in time; queue it again")                       \
  X(NoticeRunning, 826, "the notice has not run out")                                            \
  X(IncidentAhead, 827, "incident numbers go with the clock: at most seconds x 2^20 + 2^20 - 1") \
  X(DisputeOver, 828, "the time to dispute is over")                                             \
  X(DisputeRunning, 829, "the time to dispute is not over")                                      \
  X(ResolveOver, 830, "too late to resolve: a draw, as anyone may say")                          \
  X(PotOver, 831, "the time to ask for compensation is over")                                    \
  X(Paused, 1220, "paused by the breaker")                                                       \
  X(Frozen, 1221, "this position is frozen")                                                     \
  X(SameNode, 1120, "a node stands twice in a lease")                                            \
  X(SelfAccused, 1121, "the opener accuses himself")                                             \
  X(WrongPayload, 1320, "the payload is not the one that was queued")                            \
  X(BadProof, 1321, "the Merkle proof does not lead to the root")                                \
  X(ProofTooLong, 1322, "more than 24 hashes, or not whole ones")                                \
  X(UnknownKind, 1323, "no such kind")                                                           \
  X(DuplicateKey, 1324, "a key stands in two places")

enum class Fault : std::uint32_t {
#define SWARM_ENUMERATOR(name, number, text) name = number,
  SWARM_ERRORS(SWARM_ENUMERATOR)
#undef SWARM_ENUMERATOR
};

inline constexpr ErrorSchema kErrors[] = {
#define SWARM_ROW(name, number, text) {#name, number, text},
    SWARM_ERRORS(SWARM_ROW)
#undef SWARM_ROW
};

}  // namespace swarm
