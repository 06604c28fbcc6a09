// What others pay for their part of the work, in this VM, beside which ours is quoted.
import { measure } from "../harness/budget.js";
import { key } from "../harness/keys.js";
import { createMint, createTokenAccount, mintTo, TOKEN, token, TOKEN_2022 } from "../harness/tokens.js";
import { instruction, signWrite, SYSTEM, Vm, write } from "../harness/vm.js";
import { join, u32, u64 } from "../harness/bytes.js";

export function measurements(features) {
  const vm = new Vm(features), alice = vm.airdrop(key("alice")), bob = key("bob");
  for (const [name, program] of [["p-token", TOKEN], ["Token-2022", TOKEN_2022]]) {
    const mint = createMint(vm, `mint of ${name}`, { program });
    const from = createTokenAccount(vm, `from ${name}`, mint, alice), to = createTokenAccount(vm, `to ${name}`, mint, bob);
    mintTo(vm, mint, from, 1_000n);
    measure(`peer: ${name} TransferChecked`, vm.mustWork(token.transferChecked(mint, from, to, alice, 1n)).units);
  }
  measure("peer: System transfer", vm.mustWork(instruction(SYSTEM, [signWrite(alice), write(bob)], join(u32(2), u64(1_000_000n)))).units);
}
