// One function per instruction; abi/instructions.h says what each does and in which order its
// accounts and arguments come.
#pragma once

#include "core/common.h"

namespace swarm {

#define SWARM_HANDLER(name, tag)                                               \
  sol::Error name(const sol::Context&, const AccountsOf<InstructionTag::tag>&, \
                  const ArgsOf<InstructionTag::tag>&)

SWARM_HANDLER(init, Init);
SWARM_HANDLER(init_set, InitSet);
SWARM_HANDLER(seal, Seal);
SWARM_HANDLER(open_position, OpenPosition);
SWARM_HANDLER(add_stake, AddStake);
SWARM_HANDLER(request_unstake, RequestUnstake);
SWARM_HANDLER(withdraw, Withdraw);
SWARM_HANDLER(refresh, Refresh);
SWARM_HANDLER(fund, Fund);
SWARM_HANDLER(claim, Claim);
SWARM_HANDLER(post_root, PostRoot);
SWARM_HANDLER(disable_root, DisableRoot);
SWARM_HANDLER(claim_work, ClaimWork);
SWARM_HANDLER(breaker, Breaker);
SWARM_HANDLER(queue_op, QueueOp);
SWARM_HANDLER(cancel_op, CancelOp);
SWARM_HANDLER(execute_op, ExecuteOp);
SWARM_HANDLER(register_node, RegisterNode);
SWARM_HANDLER(attest_node, AttestNode);
SWARM_HANDLER(set_terms, SetTerms);
SWARM_HANDLER(retire_node, RetireNode);
SWARM_HANDLER(open_lease, OpenLease);
SWARM_HANDLER(top_up, TopUp);
SWARM_HANDLER(settle, Settle);
SWARM_HANDLER(payout, Payout);
SWARM_HANDLER(close_lease, CloseLease);
SWARM_HANDLER(failover, Failover);
SWARM_HANDLER(quarantine, Quarantine);
SWARM_HANDLER(release, Release);
SWARM_HANDLER(open_incident, OpenIncident);
SWARM_HANDLER(dispute, Dispute);
SWARM_HANDLER(resolve, Resolve);
SWARM_HANDLER(execute, Execute);
SWARM_HANDLER(compensate, Compensate);
SWARM_HANDLER(recover, Recover);

#undef SWARM_HANDLER

}  // namespace swarm
