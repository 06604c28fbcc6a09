// Numbers that never change their meaning. A retired one is not given to another.
#pragma once

#include <cstdint>

namespace swarm {

// First byte of every account of the program; the second is the layout's version.
enum class AccountTag : std::uint8_t {
  Config = 1,
  Set = 2,
  Pool = 3,
  Fleet = 4,
  Work = 5,
  Position = 6,
  Node = 7,
  Digest = 8,
  Lease = 9,
  Incident = 10,
  Op = 11,
};

// First byte of every instruction.
enum class InstructionTag : std::uint8_t {
  Init = 1,
  InitSet = 2,
  Seal = 3,
  OpenPosition = 4,
  AddStake = 5,
  RequestUnstake = 6,
  Withdraw = 7,
  Refresh = 8,
  Fund = 9,
  Claim = 10,
  PostRoot = 11,
  DisableRoot = 12,
  ClaimWork = 13,
  Breaker = 14,
  QueueOp = 15,
  CancelOp = 16,
  ExecuteOp = 17,
  RegisterNode = 18,
  AttestNode = 19,
  SetTerms = 20,
  RetireNode = 21,
  OpenLease = 22,
  TopUp = 23,
  Settle = 24,
  Payout = 25,
  CloseLease = 26,
  Failover = 27,
  Quarantine = 28,
  Release = 29,
  OpenIncident = 30,
  Dispute = 31,
  Resolve = 32,
  Execute = 33,
  Compensate = 34,
  Recover = 35,
};

// First byte of every event record.
enum class EventTag : std::uint8_t {
  Sealed = 1,
  PositionOpened = 2,
  StakeAdded = 3,
  UnstakeRequested = 4,
  Withdrawn = 5,
  Refreshed = 6,
  Funded = 7,
  Claimed = 8,
  RootPosted = 9,
  RootDisabled = 10,
  WorkClaimed = 11,
  Paused = 12,
  OpQueued = 13,
  OpCancelled = 14,
  OpExecuted = 15,
  NodeRegistered = 16,
  NodeAttested = 17,
  TermsSet = 18,
  NodeRetired = 19,
  LeaseOpened = 20,
  ToppedUp = 21,
  Settled = 22,
  PaidOut = 23,
  LeaseClosed = 24,
  FailedOver = 25,
  Quarantined = 26,
  Released = 27,
  PositionFrozen = 28,
  PositionReleased = 29,
  IncidentOpened = 30,
  IncidentDisputed = 31,
  IncidentResolved = 32,
  IncidentExecuted = 33,
  Compensated = 34,
  Recovered = 35,
};

enum class SetKind : std::uint8_t { Guardian = 0, Sentinel = 1, Resolver = 2 };
inline constexpr std::uint8_t kSetKinds = 3;

enum class Role : std::uint8_t { HardwareProvider = 0, PlatformUser = 1, NetworkOperator = 2 };
inline constexpr std::uint8_t kRoles = 3;

// Where added stake comes from.
enum class Source : std::uint8_t { Wallet = 0, Rewards = 1, Unbonding = 2 };

// What is funded.
enum class Purse : std::uint8_t { Stream = 0, Work = 1 };

// What is quarantined: a node serves nobody, a position moves nothing.
enum class Target : std::uint8_t { Node = 0, Position = 1 };

// What somebody is accused of; each has a cap (bounds.h).
enum class Category : std::uint8_t {
  Uptime = 0,
  SlaBreach = 1,
  Misreport = 2,
  Negligence = 3,
  Fraud = 4,
};
inline constexpr std::uint8_t kCategories = 5;

// Of an incident. One that ends without a slash is closed at once.
enum class IncidentState : std::uint8_t { Open = 0, Disputed = 1, Upheld = 2, Executed = 3 };

// Of the resolvers; what they do not decide in time is a draw.
enum class Verdict : std::uint8_t { Uphold = 0, Reject = 1, Draw = 2 };

// What the breaker can stop; bits of a mask. Never stopped: request_unstake, and all that only lets
// time run out.
enum class Pause : std::uint8_t {
  StakeIn = 1,
  Claim = 2,
  Withdraw = 4,
  Nodes = 8,
  OpenLease = 16,
  PostRoot = 32,
  Incident = 64,
};
inline constexpr std::uint8_t kPauseBits = 7;

enum class OpKind : std::uint8_t {
  ReplaceSet = 1,          // 7 days
  SetRole = 2,             // 72 hours
  SetLimits = 3,           // 72 hours
  RemoveSentinelKey = 4,   // at once
  LowerSentinelPause = 5,  // at once
  LowerWorkCap = 6,        // at once
  SetMarket = 7,           // 72 hours
};

}  // namespace swarm
