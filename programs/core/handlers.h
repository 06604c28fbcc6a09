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

#undef SWARM_HANDLER

}  // namespace swarm
