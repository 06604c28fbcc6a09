// Hostile providers, tenants and sentinels: nodes, leases, quarantine. Named after the list of attacks.
import assert from "node:assert/strict";
import { honest } from "../harness/honest.js";
import { key } from "../harness/keys.js";
import { digestOf, leaseOf, nodeOf, payload, OP, positionOf, ROLE, TARGET } from "../harness/swarm.js";
import { createTokenAccount, mintTo } from "../harness/tokens.js";
import { sign } from "../harness/vm.js";
import { alice, AT, bob, HARDWARE, inWorld, KEYS, MACHINES, mallory, MIN_STAKE, NODES, PRICE, PROGRAM, UNITS, WEALTH } from "../harness/world.js";

const DAY = 86_400, HOUR = 3_600;
const leased = (world, ...args) => { world.serve(0, 1, 2); world.vm.mustWork(world.openLease(...args)); return world; };
const settle = (world) => world.vm.mustWork(world.call("settle", {}, { node: world.lease().seats[world.lease().seat].node }));
const failover = (world, given) => world.call("failover", {}, given);
const close = (world, who, reason, given = {}) => world.call("close_lease", { reason }, { who, tenant: alice, lease: leaseOf(PROGRAM, alice), to: world.wallets[alice.address], ...given });
const payout = (world, seat, owner, given = {}) =>
  world.call("payout", { seat }, { tenant: alice, rent_to: alice, to: world.wallets[owner.address], node: world.lease().seats[world.lease().seat].node, ...given });

// ---- nodes ----

inWorld("A5 nobody makes a node of a machine whose key did not sign, or without the stake for it", (world) => {
  world.open(alice);
  world.vm.mustFail(world.register(0, {}, { owner: alice }), { code: 532 });  // a user's stake
  world.stakeForNodes(bob, 3n * MIN_STAKE);
  world.vm.mustFail(world.register(), { code: 741 });  // four units ask for four minimum stakes
  for (const units of [0, (1 << 20) + 1]) world.vm.mustFail(world.register(0, { units }), { code: 739 });
  for (const price of [0n, (1n << 40n) + 1n]) world.vm.mustFail(world.register(0, { price }), { code: 740 });
  world.vm.mustFail(world.register(0, { units: 3, accept_standby: 2 }), { code: 1323 });
  world.vm.mustWork(world.register(0, { units: 3 }));
  assert.equal(world.position(bob).bonded, 3n * MIN_STAKE);
  world.vm.mustFail(world.register(0, { units: 3 }), { code: 501 });
  // What is bonded cannot leave before its nodes.
  world.vm.wait(31 * DAY);
  world.vm.mustFail(world.call("request_unstake", { amount: 1n }, { owner: bob }), { code: 531 });
});

inWorld("A7 one piece of hardware is one node, and only the sentinels say what it is", (world) => {
  world.serve(0);
  world.stakeForNodes(mallory);
  world.vm.mustWork(world.register(1));
  world.vm.mustFail(world.call("attest_node", { ...attestation(world), mask: 3 }, { payer: bob, node: NODES[1], digest: digestOf(PROGRAM, HARDWARE[0]) }, both), { code: 501 });
  world.vm.mustFail(world.attest(0, { sha256: HARDWARE[1] }), { code: 536 });
  world.vm.mustFail(world.attest(1, {}, [0]), { code: 121 });
  world.vm.mustFail(world.attest(1, { units: UNITS + 1 }), { code: 739 });
  for (const days of [6n, 91n]) world.vm.mustFail(world.attest(1, { until: world.vm.clock.unix + days * 86_400n }), { code: 753 });
  world.vm.mustWork(world.attest(1));
  assert.equal(world.fleet().units_total, BigInt(2 * UNITS));
});
const both = [0, 1].map((i) => sign(KEYS.sentinel[i]));
const attestation = (world) => ({ sha256: HARDWARE[0], units: UNITS, until: world.vm.clock.unix + 30n * 86_400n });

inWorld("A53 no lease on a node that is not attested, out of service, being retired, full or uncovered", (world) => {
  world.stakeForNodes(bob);
  world.vm.mustWork(world.register());
  world.vm.mustFail(world.openLease(), { code: 535 });
  world.vm.mustWork(world.attest());
  world.vm.mustFail(world.openLease({ units: 2, amount: 2n * PRICE * 86_400n }), { code: 743 });  // level 0: one unit
  world.vm.mustFail(world.openLease({ units: 0 }), { code: 739 });
  world.vm.mustFail(world.openLease({ max_rate: PRICE - 1n }), { code: 742 });
  for (const seconds of [59, 366 * DAY + 1]) world.vm.mustFail(world.openLease({ seconds }), { code: 746 });
  world.vm.mustFail(world.openLease({ amount: PRICE * 3_600n - 1n }), { code: 747 });
  world.vm.mustFail(world.openLease({ standbys: 3 }), { code: 1323 });
  world.vm.mustFail(world.openLease({ discounted: 1 }, { discount: positionOf(PROGRAM, bob) }), { class: "PDA" });
  world.open(alice);
  world.vm.mustFail(world.openLease({ discounted: 1 }), { code: 754 });
  world.vm.patch(positionOf(PROGRAM, bob), (data) => { data.writeBigUInt64LE(97n * MIN_STAKE, 208); });  // at risk
  world.vm.mustFail(world.openLease(), { code: 741 });
  world.vm.patch(positionOf(PROGRAM, bob), (data) => { data.writeBigUInt64LE(0n, 208); });
  world.vm.mustWork(world.quarantine());
  world.vm.mustFail(world.openLease(), { code: 533 });
  world.vm.mustFail(world.call("retire_node", {}, { owner: bob }), { code: 533 });
  world.vm.wait(HOUR + 1);
  world.vm.mustWork(world.openLease());
  world.vm.mustFail(world.openLease({ nonce: 1n }, { lease: leaseOf(PROGRAM, alice, 1n) }), { code: 743 });
  world.vm.mustWork(world.call("retire_node", {}, { owner: bob }));
  world.vm.mustFail(world.openLease({ nonce: 1n }, { lease: leaseOf(PROGRAM, alice, 1n) }), { code: 534 });
  world.vm.mustFail(world.call("retire_node", {}, { owner: bob }), { code: 826 });
  world.vm.wait(DAY + 1);
  world.vm.mustFail(world.call("retire_node", {}, { owner: bob }), { code: 537 });
  world.vm.mustWork(close(world, alice, 1));
  world.vm.mustWork(world.call("retire_node", {}, { owner: bob }));
  assert.equal(world.position(bob).bonded, 0n);
  assert.equal(world.fleet().units_total, 0n);
  assert.equal(world.vm.account(NODES[0]).data.length, 0);
});

inWorld("A22 a node as its own standby, one standby twice, or one that never agreed", (world) => {
  world.serve(0, 1, 2);
  world.vm.mustFail(world.openLease({ standbys: 1 }, { standby_1: NODES[0] }), { class: "ALIAS" });
  world.vm.mustFail(world.openLease({ standbys: 2 }, { standby_2: NODES[1] }), { code: 1120 });
  world.vm.mustWork(world.call("set_terms", { units: UNITS, accept_standby: 0 }, { owner: mallory, node: NODES[2] }));
  world.vm.mustFail(world.openLease({ standbys: 2 }), { code: 744 });
});

// ---- money ----

inWorld("A53 settled twice in a second pays once; a lease pays exactly its seconds and refunds the rest", (world) => {
  leased(world);
  world.vm.wait(1_000);
  settle(world);
  settle(world);
  assert.equal(world.lease().earned, 1_000n * PRICE);
  const before = world.wallet(alice);
  world.vm.mustWork(close(world, alice, 1));
  assert.equal(world.wallet(alice) - before, PRICE * (86_400n - 1_000n));
  world.vm.mustFail(world.call("settle"), { code: 538 });
  // The fee of 5 % is burned, the rest is bob's after its holdback; then nothing is left.
  world.vm.mustWork(payout(world, 0, bob));
  assert.equal(world.wallet(bob), WEALTH - 100n * MIN_STAKE);
  world.vm.wait(2 * DAY);
  world.vm.mustWork(payout(world, 0, bob));
  assert.equal(world.wallet(bob), WEALTH - 100n * MIN_STAKE + 9_500n);
  assert.equal(world.vault("escrow_vault"), 0n);
  assert.equal(world.vm.account(leaseOf(PROGRAM, alice)).data.length, 0);
});

inWorld("A75 poked every second, a lease pays the same and costs the same fee", (world) => {
  leased(world);
  for (let i = 0; i < 200; i++) { world.vm.wait(1); settle(world); }
  const { earned, fee_charged: fees } = world.lease();
  assert.deepEqual([earned, fees], [200n * PRICE, 100n]);
});

inWorld("A54 A76 time in quarantine is not paid, however often it is settled, extended or lifted", (world) => {
  leased(world);
  world.vm.wait(100);
  world.vm.mustWork(world.quarantine({ seconds: 600 }));
  world.vm.wait(50);
  settle(world);
  assert.equal(world.lease().earned, 100n * PRICE);
  world.vm.wait(1_000);  // lapses by itself after 600
  assert.equal(world.node().q_until - world.node().q_at, 600n);
  world.vm.mustWork(world.quarantine({ incident: 2n }, { by: "guardian", places: [1, 2] }));
  world.vm.wait(30);
  world.vm.mustWork(world.release({ incident: 2n }));
  world.vm.wait(70);
  world.vm.mustWork(world.quarantine({ incident: 3n, seconds: 60 }, { by: "guardian", places: [0, 1] }));
  world.vm.wait(500);
  settle(world);
  assert.equal(world.lease().earned, (100n + 450n + 70n + 440n) * PRICE);
});

inWorld("A55 a lease moves only from a node that does not serve, to the first standby that may, with both shown", (world) => {
  leased(world, { standbys: 2 });
  world.vm.wait(100);
  world.vm.mustFail(failover(world), { code: 539 });
  world.vm.mustWork(world.quarantine());
  world.vm.mustFail(failover(world, { standby_1: NODES[2] }), { class: "PDA" });
  world.vm.mustFail(failover(world, { standby_1: key("nothing") }), { class: "PDA" });
  world.vm.mustWork(world.call("set_terms", { units: UNITS, price: 1_000_000n, accept_standby: 0 }, { owner: mallory, node: NODES[1] }));
  world.vm.wait(100);
  world.vm.mustWork(failover(world));
  const { seat, seats, earned } = world.lease();
  assert.deepEqual([seat, seats[1].rate, earned], [1, PRICE, 100n * PRICE]);  // the rate as agreed, whatever it is now
  assert.deepEqual([world.node(0).leased, world.node(1).leased], [0, 1]);
  world.vm.wait(100);
  settle(world);
  assert.deepEqual(world.lease().seats.map((one) => one.earned), [100n * PRICE, 100n * PRICE, 0n]);
  const fromFirst = { node: NODES[1], standby_1: AT.pool };
  world.vm.mustFail(failover(world, fromFirst), { code: 539 });
  // Nobody is left who could take it: it stays, unpaid and refundable.
  world.vm.mustWork(world.quarantine({}, { by: "guardian", places: [0, 1], target: NODES[1] }));
  world.vm.mustWork(world.quarantine({}, { by: "guardian", places: [0, 1], target: NODES[2] }));
  world.vm.mustFail(failover(world, fromFirst), { code: 745 });
  world.vm.wait(100);
  world.vm.mustWork(close(world, alice, 1, { node: NODES[1] }));
  assert.equal(world.lease().refunded, PRICE * 86_400n - 200n * PRICE);
});

inWorld("A56 a standby that closed its node does not block the next", (world) => {
  leased(world, { standbys: 2 });
  world.vm.mustWork(world.call("retire_node", {}, { owner: mallory, node: NODES[1], digest: digestOf(PROGRAM, HARDWARE[1]) }));
  world.vm.mustWork(world.quarantine());
  world.vm.mustWork(failover(world));
  assert.equal(world.lease().seat, 2);
});

inWorld("A57 A58 A59 strangers cannot close, choose who is paid, or pay from another node", (world) => {
  leased(world);
  world.vm.wait(100);
  world.vm.mustFail(close(world, mallory, 20_000), { code: 125 });
  world.vm.mustFail(close(world, alice, 10_000), { code: 748 });
  world.vm.mustFail(close(world, bob, 1), { code: 748 });
  world.vm.mustFail(close(world, alice, 1, { to: world.wallets[mallory.address] }), { class: "TOKEN" });
  world.vm.mustFail(world.call("settle", {}, { node: NODES[1] }), { class: "PDA" });
  world.vm.mustFail(payout(world, 1, mallory), { code: 1323 });
  settle(world);
  world.vm.wait(3 * DAY);
  world.vm.mustFail(payout(world, 0, alice), { class: "TOKEN" });
  world.vm.mustFail(world.call("top_up", { amount: 1n }, { payer: mallory, lease: leaseOf(PROGRAM, alice) }), { code: 538 });
  world.vm.mustWork(close(world, mallory, 20_000));  // it has ended: anybody's to close, the tenant's to keep
  // A lease with oneself is marked: it earns no work rewards.
  world.vm.mustWork(world.openLease({ nonce: 1n }, { tenant: bob, lease: leaseOf(PROGRAM, bob, 1n) }));
  assert.equal(world.lease(bob, 1n).own, 1);
});

inWorld("A58 a provider cannot leave its tenant without notice", (world) => {
  leased(world, { seconds: 10 * DAY, amount: PRICE * 864_000n });
  world.vm.wait(100);
  world.vm.mustWork(close(world, bob, 10_001));
  assert.equal(world.lease().end, world.vm.clock.unix + BigInt(DAY));
  world.vm.wait(DAY - 10);
  world.vm.mustWork(close(world, bob, 10_001));  // no nearer
  world.vm.wait(11);
  world.vm.mustWork(close(world, bob, 10_001));
  assert.equal(world.lease().earned, PRICE * BigInt(DAY + 100));
});

// ---- quarantine ----

inWorld("A81 one stolen sentinel key takes out a twentieth of all units a day, and each node once a week", (world) => {
  world.serve(0, 1, 2);
  for (const seconds of [59, DAY + 1]) world.vm.mustFail(world.quarantine({ seconds }), { code: 749 });
  world.vm.mustFail(world.quarantine({ reason: 19_999 }), { code: 748 });
  world.vm.mustFail(world.quarantine({ kind: 2 }), { code: 1323 });
  world.vm.mustFail(world.quarantine({}, { by: "resolver", places: [0, 1] }), { code: 124 });
  world.vm.mustFail(world.quarantine({ incident: (1n << 64n) - 1n }), { code: 827 });  // no number could follow
  world.vm.mustWork(world.quarantine({ incident: 5n }));  // an empty bucket admits one larger node
  world.vm.mustFail(world.quarantine({ incident: 5n }), { code: 540 });
  world.vm.mustFail(world.quarantine({ incident: 4n }), { code: 541 });
  world.vm.mustFail(world.quarantine({ incident: 6n }, { target: NODES[1] }), { code: 750 });
  world.vm.wait(DAY + 1);
  world.vm.mustFail(world.quarantine({ incident: 6n }), { code: 751 });
  world.vm.mustWork(world.quarantine({ incident: 6n }, { target: NODES[1] }));
  // The guardians are not bound by it.
  world.vm.mustWork(world.quarantine({ incident: 7n }, { by: "guardian", places: [0, 1], target: NODES[2] }));
  world.vm.mustFail(world.release({ incident: 7n }, { places: [0], target: NODES[2] }), { code: 121 });
  world.vm.mustFail(world.release({ incident: 6n }, { target: NODES[2] }), { code: 542 });
  world.vm.mustWork(world.release({ incident: 7n }, { target: NODES[2] }));
  world.vm.mustFail(world.release({ incident: 7n }, { target: NODES[2] }), { code: 542 });
});

inWorld("A81 a wave of fakes costs no budget: what was never attested can always be shut out", (world) => {
  world.serve(0);
  world.stakeForNodes(mallory);
  for (const i of [1, 2]) world.vm.mustWork(world.register(i));
  world.vm.mustWork(world.quarantine());  // the day's budget
  for (const i of [1, 2]) world.vm.mustWork(world.quarantine({}, { target: NODES[i] }));
  world.vm.mustFail(world.attest(1), { code: 533 });
});

inWorld("A49 A81 a frozen position moves nothing and loses nothing; freezes have a budget and exits stay open", (world) => {
  const position = world.open(alice);
  world.vm.wait(10);
  const freeze = (given = {}) => world.quarantine({ kind: TARGET.position, incident: 1n, ...given.args }, { target: given.target ?? position, by: given.by ?? "sentinel", places: given.places ?? [0] });
  world.vm.mustWork(freeze());
  const before = world.position();
  world.vm.mustFail(world.call("request_unstake", { amount: 1n }), { code: 1221 });
  world.vm.mustFail(world.call("claim"), { code: 1221 });
  world.vm.mustFail(freeze({ args: { incident: 2n }, places: [1] }), { code: 752 });  // once a week, whichever key
  world.vm.mustWork(world.release({ kind: TARGET.position }, { target: position }));
  assert.equal(world.position().amount, before.amount);
  world.vm.mustWork(world.call("request_unstake", { amount: before.amount }));
  world.vm.mustFail(world.release({ kind: TARGET.position }, { target: position }), { code: 542 });
  // Sixteen a day, then no more, whatever keys there are.
  let frozen = 1;
  for (let nonce = 1n; nonce < 18n; nonce++) {
    const target = world.open(bob, MIN_STAKE, { nonce });
    const outcome = world.vm.send(freeze({ target }));
    if (outcome.ok) frozen += 1; else assert.equal(outcome.code, 752);
  }
  assert.equal(frozen, 16);
});

inWorld("A62 the market's terms stay inside their bounds, and running leases keep theirs", (world) => {
  leased(world);
  const bad = [{ feeBps: 3_001 }, { treasuryBps: 10_001 }, { treasuryBps: 1 }, { notice: 3_599 }, { holdback: 0 }, { bondPerUnit: 0n }, { discountBps: 10_001 }];
  for (const changes of bad) {
    const bytes = payload.setMarket(changes), { op } = world.queue(OP.setMarket, bytes);
    world.vm.wait(4 * DAY);
    world.vm.mustFail(world.execute(op, bytes), { code: 733 });
  }
  world.setMarket({ feeBps: 3_000, holdback: HOUR });
  assert.equal(world.lease().fee_bps, 500);
});

// ---- the end of all keys ----

inWorld("A84 with every key of every set lost, everybody gets out with what is theirs", (world) => {
  const { vm } = world;
  leased(world);
  world.open(alice);
  world.fund(100n * MIN_STAKE, 30 * DAY);
  vm.wait(1_000);
  vm.mustWork(world.quarantine());
  vm.mustWork(world.signed("breaker", "guardian", [0, 1], { what: 127, seconds: 72 * HOUR }));
  // From here on nobody signs for a set.
  vm.mustWork(world.call("request_unstake", { amount: 10n * MIN_STAKE }));
  vm.mustFail(world.call("claim"), { code: 1220 });
  vm.wait(HOUR + 1);  // the quarantine has lapsed: its node serves, and is paid, again
  settle(world);
  const { earned } = world.lease();
  vm.wait(10);
  settle(world);
  assert.equal(world.lease().earned - earned, 10n * PRICE);
  assert.equal(world.lease().earned < 2_000n * PRICE, true);
  const before = world.wallet(alice);
  vm.mustWork(close(world, alice, 1));
  const refunded = world.wallet(alice) - before;
  assert.equal(refunded, PRICE * 86_400n - world.lease().earned);
  vm.wait(72 * HOUR);  // and so has the pause
  world.claim();
  const claimed = world.wallet(alice) - before - refunded;
  assert.equal(claimed > 0n, true);
  vm.mustWork(world.call("withdraw", { amount: 10n * MIN_STAKE }));
  assert.equal(world.wallet(alice) - before - refunded - claimed, 10n * MIN_STAKE);
  const owned = world.wallet(bob);
  vm.mustWork(payout(world, 0, bob));
  assert.equal(world.wallet(bob) > owned, true);
  assert.equal(world.vault("escrow_vault"), 0n);
  // A provider's node ends, and then his stake does.
  vm.wait(31 * DAY);
  vm.mustWork(world.call("retire_node", {}, { owner: bob }));
  vm.mustWork(world.call("request_unstake", { amount: 100n * MIN_STAKE }, { owner: bob }));
  vm.wait(31 * DAY);
  const staked = world.wallet(bob);
  vm.mustWork(world.call("withdraw", { amount: 100n * MIN_STAKE }, { owner: bob, to: world.wallets[bob.address] }));
  assert.equal(world.wallet(bob) - staked, 100n * MIN_STAKE);
});
