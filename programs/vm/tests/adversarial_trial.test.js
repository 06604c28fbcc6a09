// Hostile accusers, accused, resolvers and tenants: incidents from the accusation to the last token
// unit. Named after the list of attacks. Mallory accuses bob, whose node alice has leased.
import assert from "node:assert/strict";
import { CATEGORY, incidentOf, leaseOf, NODE, positionOf, ROLE, VERDICT } from "../harness/swarm.js";
import { alice, AT, bob, CASE, inWorld, KEYS, mallory, MIN_STAKE, NODES, PRICE, PROGRAM } from "../harness/world.js";
import { bytesOf } from "../harness/keys.js";
import { sign } from "../harness/vm.js";

const DAY = 86_400;
const STAKE = 100n * MIN_STAKE, LOSS = STAKE / 10n;  // 10 % of bob's
const BOBS = positionOf(PROGRAM, bob), MALLORYS = positionOf(PROGRAM, mallory);
const executed = (world, args = {}, days = 3) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse(args));
  world.vm.wait(days * DAY + 1);
  world.vm.mustWork(world.crank("execute", args.id));
  return world;
};
// What the stake vault must hold: all stakes, and what incidents keep.
function addsUp(world, ...ids) {
  const kept = ids.reduce((sum, id) => { const { pot, recoverable, recovered } = world.incident(id); return sum + pot + recoverable - recovered; }, 0n);
  assert.equal(world.vault("stake_vault"), world.pool().principal + kept);
}

inWorld("A43 no accusation above its category's cap, of nothing, of oneself, or without a bond", (world) => {
  world.prepareTrial();
  for (const [category, cap] of [[CATEGORY.uptime, 100], [CATEGORY.slaBreach, 300], [CATEGORY.misreport, 1_000], [CATEGORY.negligence, 2_000], [CATEGORY.fraud, 5_000]])
    for (const bps of [0, cap + 1]) world.vm.mustFail(world.accuse({ category, bps }), { code: 755 });
  world.vm.mustFail(world.accuse({ category: 5 }), { code: 1323 });
  world.vm.mustFail(world.accuse({}, { opener: bob, bond_position: BOBS, position: MALLORYS }), { code: 548 });
  const own = world.open(mallory, MIN_STAKE, { nonce: 1n });
  world.vm.mustFail(world.accuse({ on_node: 0 }, { position: own }), { code: 1121 });
  world.vm.patch(MALLORYS, (data) => { data.writeBigUInt64LE(9n * MIN_STAKE + 1n, 208); });
  world.vm.mustFail(world.accuse(), { code: 756 });
  world.vm.patch(MALLORYS, (data) => { data.writeBigUInt64LE(0n, 208); });
  world.vm.patch(BOBS, (data) => { data.writeBigUInt64LE(STAKE, 208); });
  world.vm.mustFail(world.accuse(), { code: 547 });
  world.vm.patch(BOBS, (data) => { data.writeBigUInt64LE(0n, 208); });
  world.vm.mustWork(world.accuse());
  assert.equal(world.position(bob).at_risk, LOSS);
  assert.equal(world.position(mallory).at_risk, MIN_STAKE);  // a tenth, at most the least stake
});

inWorld("A44 at most 60 % of a position in two windows", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse({ category: CATEGORY.fraud, bps: 5_000 }));
  for (const [id, bps] of [[1_001n, 1_000], [1_002n, 1]]) world.vm.mustWork(world.accuse({ id, bps }));
  world.vm.wait(7 * DAY + 1);
  world.vm.mustWork(world.crank("execute"));
  world.vm.wait(DAY);
  world.vm.mustWork(world.crank("execute", 1_001n));
  world.vm.wait(DAY);
  world.vm.mustFail(world.crank("execute", 1_002n), { code: 757 });
  world.vm.wait(60 * DAY);
  world.vm.mustWork(world.crank("execute", 1_002n));
  addsUp(world, CASE, 1_001n, 1_002n);
});

inWorld("A45 all slashes of a day share one budget, and wait for it", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.mustWork(world.accuse({ id: 1_001n }));
  world.vm.wait(3 * DAY + 1);
  world.vm.mustWork(world.crank("execute"));
  world.vm.mustFail(world.crank("execute", 1_001n), { code: 758 });
  world.vm.wait(DAY);  // empty again, though there is less principal now
  world.vm.mustWork(world.crank("execute", 1_001n));
  addsUp(world, CASE, 1_001n);
});

inWorld("A46 A47 what is accused cannot leave, and what has left is not taken", (world) => {
  world.open(mallory, 10n * MIN_STAKE, { role: ROLE.operator, lock: 365 * DAY });
  world.open(bob, STAKE);
  world.vm.wait(1);
  world.vm.mustWork(world.call("request_unstake", { amount: STAKE }, { owner: bob }));
  world.vm.mustWork(world.accuse({ on_node: 0 }));
  world.vm.wait(3 * DAY + 1);
  world.vm.mustFail(world.call("withdraw", { amount: STAKE }, { owner: bob }), { code: 530 });
  world.vm.mustWork(world.call("withdraw", { amount: STAKE - LOSS }, { owner: bob }));
  world.vm.mustWork(world.crank("execute"));
  assert.equal(world.position(bob).unbonding, 0n);
  addsUp(world, CASE);
  world.open(alice, STAKE);
  world.vm.wait(1);
  world.vm.mustWork(world.call("request_unstake", { amount: STAKE }));
  world.vm.wait(4 * DAY);
  world.vm.mustWork(world.call("withdraw", { amount: STAKE }));
  world.vm.mustFail(world.accuse({ id: 1_001n, on_node: 0 }, { position: positionOf(PROGRAM, alice) }), { class: "OWNER" });
});

for (const order of ["before", "after"])
  inWorld(`A48 unstaking ${order} the accusation changes nothing about the loss`, (world) => {
    world.open(mallory, 10n * MIN_STAKE, { role: ROLE.operator, lock: 365 * DAY });
    world.open(bob, STAKE);
    world.vm.wait(1);
    const unstake = () => world.vm.mustWork(world.call("request_unstake", { amount: LOSS / 2n }, { owner: bob }));
    if (order === "before") unstake();
    world.vm.mustWork(world.accuse({ on_node: 0 }));
    if (order === "after") unstake();
    world.vm.wait(3 * DAY + 1);
    world.vm.mustWork(world.crank("execute"));
    const { amount, unbonding } = world.position(bob);
    assert.deepEqual([amount, unbonding], [STAKE - LOSS, 0n]);
    addsUp(world, CASE);
  });

inWorld("A50 nobody disputes late, for another, or twice", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.mustFail(world.dispute({ owner: mallory }), { class: "PDA" });
  world.vm.wait(3 * DAY + 1);
  world.vm.mustFail(world.dispute(), { code: 828 });
  world.vm.mustWork(world.accuse({ id: 1_001n }));
  const incident = incidentOf(PROGRAM, 1_001n);
  world.vm.mustWork(world.dispute({ incident }));
  world.vm.mustFail(world.dispute({ incident }), { code: 543 });
});

inWorld("A51 neither who accuses nor who is accused decides", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.mustFail(world.resolve(VERDICT.draw), { code: 544 });
  world.vm.mustWork(world.dispute());
  world.vm.mustFail(world.resolve(VERDICT.uphold, 1_001), { code: 755 });
  for (const party of [mallory, bob]) {
    world.vm.patch(AT.resolver, (data) => { data.set(bytesOf(party), 24); });
    world.vm.mustFail(world.call("resolve", { verdict: VERDICT.draw, bps: 0, mask: 3 }, { position: BOBS, rent_to: mallory }, [sign(party), sign(KEYS.resolver[1])]), { code: 126 });
  }
  const before = world.position(bob).amount;
  world.vm.mustWork(world.resolve(VERDICT.reject, 0, [1, 2]));
  assert.equal(world.position(bob).amount, before + MIN_STAKE);  // the accuser's bond
  assert.equal(world.position(mallory).amount, 9n * MIN_STAKE);
  assert.equal(world.position(bob).at_risk + world.position(mallory).at_risk, 0n);
  addsUp(world);
});

inWorld("A52 nothing is executed before its time, while it is disputed, or twice", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.wait(3 * DAY);
  world.vm.mustFail(world.crank("execute"), { code: 829 });
  world.vm.mustFail(world.crank("recover"), { code: 546 });
  world.vm.mustFail(world.compensate(), { code: 546 });
  world.vm.mustWork(world.dispute());
  world.vm.wait(1);
  world.vm.mustFail(world.crank("execute"), { code: 545 });
  world.vm.mustWork(world.resolve(VERDICT.uphold, 500));
  const supply = world.supply();
  world.vm.mustWork(world.crank("execute"));
  assert.equal(world.position(bob).amount, STAKE - LOSS / 2n);
  assert.equal(supply - world.supply(), LOSS / 10n);  // 30 % for tenants, 50 % may come back, 20 % of the half
  world.vm.mustFail(world.crank("execute"), { code: 545 });
  addsUp(world, CASE);
});

inWorld("A81 one stolen sentinel key accuses nobody", (world) => {
  world.prepareTrial();
  world.vm.mustFail(world.accuse({}, {}, [0]), { code: 121 });
});

inWorld("A82 a provider who is his own tenant gets back at most 30 % of a slash", (world) => {
  executed(world, { category: CATEGORY.fraud, bps: 5_000 }, 7);
  const { loss, pot } = world.incident(), before = world.wallet(alice);
  assert.ok(10n * pot <= 3n * loss);
  assert.equal(world.incident().recoverable, 0n);
  // A tenant's part: the day out of service, or half of what the node earned in its one day.
  world.vm.mustWork(world.compensate());
  assert.equal(world.wallet(alice) - before, PRICE * BigInt(DAY) / 2n);
  world.vm.mustFail(world.compensate(), { code: 551 });
  addsUp(world, CASE);
  // A lease that is the accused's own, and one that began after the node went out of service.
  const lease = leaseOf(PROGRAM, alice), data = Buffer.from(world.vm.account(lease).data);
  world.vm.patch(lease, (bytes) => { bytes[190] = 0; bytes.set(bytesOf(bob), 16); });
  world.vm.mustFail(world.compensate({}, { to: world.wallets[bob.address] }), { code: 550 });
  world.vm.patch(lease, (bytes) => { data.copy(bytes); bytes[190] = 0; bytes.writeBigUInt64LE(world.incident().since + 1n, 528); });
  world.vm.mustFail(world.compensate(), { code: 549 });
});

inWorld("A82 a node cannot be closed to leave its tenants without evidence", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.mustWork(world.call("close_lease", { reason: 1 }, { who: alice, tenant: alice, to: world.wallets[alice.address] }));
  world.vm.wait(DAY + 1);
  world.vm.mustFail(world.call("retire_node", {}, { owner: bob }), { code: 530 });
  world.vm.wait(2 * DAY + 1);
  world.vm.mustWork(world.crank("execute"));
  assert.equal(world.incident().gap, BigInt(DAY));
  assert.equal(world.vm.account(NODES[0]).data.readBigUInt64LE(NODE.q_at), world.incident().since);
  world.vm.mustWork(world.call("retire_node", {}, { owner: bob }));
});

inWorld("A82 what comes back comes in parts, only without another slash; the rest is burned", (world) => {
  executed(world);
  const supply = world.supply();
  world.vm.mustFail(world.crank("recover"), { code: 552 });
  world.vm.wait(10 * DAY + 1);
  world.vm.mustWork(world.crank("recover"));
  assert.equal(world.position(bob).amount, STAKE - LOSS + LOSS / 6n);  // a third of the half
  world.vm.mustWork(world.accuse({ id: 1_001n, category: CATEGORY.uptime, bps: 1 }));
  world.vm.wait(21 * DAY);
  world.vm.mustFail(world.compensate(), { code: 831 });
  world.vm.mustWork(world.crank("execute", 1_001n));
  const burned = supply - world.supply();
  world.vm.mustWork(world.crank("recover"));
  assert.equal(supply - world.supply() - burned, LOSS * 3n / 10n + LOSS / 2n - LOSS / 6n);
  assert.equal(world.vm.account(incidentOf(PROGRAM, CASE)).data.length, 0);
  addsUp(world, 1_001n);
});

inWorld("A83 A84 without resolvers, or any key at all, every claim ends", (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.mustWork(world.accuse({ id: 1_001n, on_node: 0 }));
  world.vm.mustWork(world.dispute());
  world.vm.wait(14 * DAY);
  world.vm.mustFail(world.resolve(VERDICT.draw, 0, []), { code: 121 });
  world.vm.wait(1);
  world.vm.mustFail(world.resolve(VERDICT.uphold, 500), { code: 830 });
  world.vm.mustWork(world.resolve(VERDICT.draw, 0, []));
  world.vm.mustWork(world.crank("execute", 1_001n));
  assert.equal(world.position(bob).at_risk + world.position(mallory).at_risk, 0n);
  world.vm.wait(31 * DAY);
  world.vm.mustWork(world.crank("recover", 1_001n));
  for (const id of [CASE, 1_001n]) assert.equal(world.vm.account(incidentOf(PROGRAM, id)).data.length, 0);
  addsUp(world);
});
