// Each instruction of swarm_core as an honest caller sends it, p-token beneath, at addresses of bump
// 255: a search for a bump costs 1,500 units a step and says nothing about the program.
import { measure } from "../harness/budget.js";
import { honest } from "../harness/honest.js";
import { bytesOf } from "../harness/keys.js";
import { INSTRUCTIONS, positionOf, rootOf, sha256, SOURCE, VERDICT, workLeaf } from "../harness/swarm.js";
import { alice, AT, bob, MIN_STAKE, PROGRAM, sealedWorld } from "../harness/world.js";

const AMOUNT = 10n * MIN_STAKE;
const DEPTHS = [10, 20];

export function measurements(features) {
  for (const name of Object.keys(INSTRUCTIONS)) {
    const { world, make } = honest(name, features, { fresh: true });
    measure(name, world.vm.mustWork(make()).units);
  }
  // The way of an alarm: one sentinel key. The case above is two guardian keys.
  const { world } = honest("breaker", features, { fresh: true });
  measure("breaker by a sentinel", world.vm.mustWork(world.signed("breaker", "sentinel", [0], { what: 1, seconds: 60 })).units);
  compound(features);
  extend(features);
  closing(features);
  for (const depth of DEPTHS) claimWork(features, depth);
  market(features);
  trial(features);
}

// Beside the dearest ways above: a rejected accusation, with the node's outage, that burns and gives back.
function trial(features) {
  for (const [name, verdict, bps] of [["upheld", VERDICT.uphold, 500], ["a draw", VERDICT.draw, 0]]) {
    const { world } = honest("resolve", features, { fresh: true });
    measure(`resolve, ${name}`, world.vm.mustWork(world.resolve(verdict, bps)).units);
  }
  const { world } = honest("compensate", features, { fresh: true });
  world.vm.wait(86_401);
  measure("recover, without burning", world.vm.mustWork(world.crank("recover")).units);
}

// What is usual, beside the dearest ways above: a lease without standbys or discount, fees that are
// burned whole, a first standby that serves.
function market(features) {
  const world = sealedWorld(features).serve(0, 1, 2);
  measure("open_lease without standbys", world.vm.mustWork(world.openLease()).units);
  world.vm.wait(10_000);
  world.vm.mustWork(world.call("settle"));
  world.vm.wait(2 * 86_400);
  measure("payout, fees burned", world.vm.mustWork(world.call("payout", { seat: 0 }, { to: world.wallets[bob.address] })).units);
  const other = sealedWorld(features).serve(0, 1, 2);
  other.vm.mustWork(other.openLease({ standbys: 2 }));
  other.vm.mustWork(other.quarantine());
  measure("failover to the first standby", other.vm.mustWork(other.call("failover")).units);
  measure("quarantine of a position", other.vm.mustWork(other.quarantine({ kind: 1, incident: 9n }, { target: positionOf(PROGRAM, bob) })).units);
}

function compound(features) {
  const { world } = honest("claim", features, { fresh: true });
  const give = world.call("add_stake", { source: SOURCE.rewards, amount: MIN_STAKE / 100n }, { from: AT.reward_vault });
  measure("add_stake from rewards", world.vm.mustWork(give).units);
}
function extend(features) {
  const { world } = honest("request_unstake", features, { fresh: true });
  measure("add_stake: longer lock", world.vm.mustWork(world.call("add_stake", { amount: 0n, lock: 86_400 })).units);
}
// A withdrawal that leaves nothing behind also closes the position.
function closing(features) {
  const world = sealedWorld(features);
  world.open(alice, AMOUNT);
  world.vm.wait(1);
  world.vm.mustWork(world.call("request_unstake", { amount: AMOUNT }));
  world.vm.wait(5 * 86_400);
  measure("withdraw and close", world.vm.mustWork(world.call("withdraw", { amount: AMOUNT })).units);
}
function claimWork(features, depth) {
  const world = sealedWorld(features), position = world.open(alice, AMOUNT);
  world.fundWork(1_000n);
  world.vm.wait(86_400);
  // A whole tree of 2^depth leaves of which only the path of the first two matters.
  const leaves = [workLeaf(AT.config, position, 1n, 500n), workLeaf(AT.config, world.open(bob), 2n, 500n)], rest = [];
  let root = rootOf(leaves);
  for (let level = 1; level < depth; level++) {
    rest.push(sha256(Buffer.from([level]), bytesOf(position)));
    root = rootOf([root, rest.at(-1)]);
  }
  world.postRoot(root, 2 ** depth, 1_000n);
  const claim = (index, owner) => world.vm.mustWork(world.call("claim_work", { index: BigInt(index), cumulative: 500n, proof: Buffer.concat([leaves[1 - index], ...rest]) },
    { position: positionOf(PROGRAM, owner) })).units;
  measure(`claim_work, ${depth} levels, first of its root`, claim(0, alice));
  measure(`claim_work, ${depth} levels`, claim(1, bob));
}
