// Acts on the chain that nothing does by itself: a person proposes one, others approve it, it is
// ordered, and receipts say what became of it.
//
//   persons   server.operators, told apart by the name of their token; where none is named,
//             whoever has the one token there is. Who proposed has approved
//   ordered   once, with the last approval, in enforce mode only, and not more than ten an hour;
//             shadow mode and a withdrawal end the time in which it is signed
//   fenced    by the number of the quarantine or of the case, which no later signature can change
//   receipts  come from this process alone: their agent is the fleet, and an agent's is its node
//   ends      an open one after respond.approvals.expiry; an ordered one by its receipt, or a day
//             after its time, as unknown, if nobody ever says what became of it
#pragma once

#include "respond/commands.h"

namespace wardhive::respond {

Answer propose(Step& s, const Command& command);
Answer approve(Step& s, const Command& command);
// An ordered one is not signed any more; what was signed already goes its way.
Answer withdraw(Step& s, const Command& command);
void stop_orders(Step& s, const std::string& why);
// False if it is about no order.
bool take_order_receipt(Step& s, const Receipt& receipt);
void expire_proposals(Step& s);

}  // namespace wardhive::respond
