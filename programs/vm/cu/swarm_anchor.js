// swarm_anchor: a first checkpoint, the worst proof that fits a transaction, and the path of a log of
// a million records.
import { anchor, anchorVm, openLog, pathOf, stored, Tree } from "../harness/anchor.js";
import { measure } from "../harness/budget.js";

export function measurements(features) {
  const vm = anchorVm(features), tree = new Tree();
  measure("open_log", vm.mustWork(openLog(vm.payer)).units);
  measure("anchor, first", vm.mustWork(anchor(5, tree.upTo(5))).units);
  measure("anchor, 1 hash", (stored(vm, 4, tree.upTo(4)), vm.mustWork(anchor(5, tree.upTo(5), tree.proof(4, 5))).units));
  for (const [bits, what] of [[20n, "21 hashes, 39 SHA-256"], [28n, "29 hashes, 55 SHA-256"]]) {
    const m = (1n << bits) - 1n, n = 1n << bits, { proof, old, root } = pathOf(m, n);
    stored(vm, m, old);
    measure(`anchor, ${what}`, vm.mustWork(anchor(n, root, proof)).units);
  }
}
