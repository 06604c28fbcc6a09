// Hostile administration, pauses, work roots and signatures of key sets. Named after the list of
// attacks (A60 ...).
import assert from "node:assert/strict";
import { test } from "node:test";
import { honest } from "../harness/honest.js";
import { bytesOf, key } from "../harness/keys.js";
import { finalise, LOADER, programDataOf } from "../harness/loader.js";
import { OP, PAUSE, payload, positionOf, proofOf, ROLE, rootOf, SET, sha256, workLeaf, workNode } from "../harness/swarm.js";
import { FEATURE_SETS, SYSTEM } from "../harness/vm.js";
import { alice, AT, AUTHORITY, bareWorld, bob, inWorld, KEYS, mallory, MIN_STAKE, PROGRAM } from "../harness/world.js";

const HOUR = 3_600, DAY = 86_400;
const each = (name, body) => { for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(features)); };
const LIMITS = { outflowBps: 600, sentinelPause: 60, outflowFloor: 2n ** 31n, workCap: 5n };

// ---- the timelock ----

// Kinds that wait, and how long.
const WAITING = [[OP.setRole, payload.setRole(ROLE.provider, { minStake: 5n, lockMin: 30 * DAY, lockMax: 365 * DAY, weightMin: 10_000, weightMax: 20_000, unbond: 4 * DAY }), 72 * HOUR],
  [OP.setLimits, payload.setLimits(LIMITS), 72 * HOUR],
  [OP.replaceSet, payload.replaceSet(SET.sentinel, 2, ["n0", "n1", "n2"].map((one) => key(`new sentinel ${one}`))), 7 * DAY]];

for (const [kind, bytes, delay] of WAITING) {
  inWorld(`A60 a change of kind ${kind} before its delay is over, by either clock`, (world) => {
    const { vm } = world, { op } = world.queue(kind, bytes);
    vm.mustFail(world.execute(op, bytes), { code: 824 });
    const { slot, unix } = vm.clock;
    vm.setClock({ unix: unix + BigInt(delay), slot: slot + BigInt(delay) });
    vm.mustFail(world.execute(op, bytes), { code: 824 });
    vm.setClock({ unix: unix + BigInt(delay) + 1n, slot: slot + BigInt(delay) });
    vm.mustFail(world.execute(op, bytes), { code: 824 });
    vm.setClock({ slot: slot + BigInt(delay) + 1n });
    vm.mustWork(world.execute(op, bytes));
    assert.equal(vm.account(op).owner, SYSTEM);
    vm.mustFail(world.execute(op, bytes), { class: "OWNER" });  // once
  });
  inWorld(`A61 a change of kind ${kind} after its week`, (world) => {
    const { op } = world.queue(kind, bytes);
    world.vm.wait(delay + 7 * DAY + 1);
    world.vm.mustFail(world.execute(op, bytes), { code: 825 });
  });
}

inWorld("A62 a payload other than the announced one, by a bit, a byte, or its kind", (world) => {
  const bytes = payload.lowerWorkCap(5n), { op } = world.queue(OP.lowerWorkCap, bytes);
  world.vm.wait(1);
  const flipped = Buffer.from(bytes);
  flipped[1] ^= 1;
  for (const one of [flipped, Buffer.concat([bytes, Buffer.alloc(1)]), bytes.subarray(0, -1), Buffer.alloc(0)])
    world.vm.mustFail(world.execute(op, one), { code: 1320 });
  // A quick kind announced, a slow kind's payload behind its hash.
  const slow = payload.setLimits(LIMITS), { op: smuggled } = world.queue(OP.lowerWorkCap, slow);
  world.vm.wait(1);
  world.vm.mustFail(world.execute(smuggled, slow), { code: 1320 });
  world.vm.mustFail(world.signed("queue_op", "guardian", [0, 1], { kind: 8, payload_hash: sha256(bytes) }, { payer: mallory, op: positionOf(PROGRAM, alice) }), { code: 1323 });
});

inWorld("A62 a change dies with the guardian set that announced it", (world) => {
  const { vm } = world, bytes = payload.setLimits(LIMITS), { op } = world.queue(OP.setLimits, bytes);
  const next = ["n0", "n1", "n2"].map((one) => key(`new guardian ${one}`)), replace = payload.replaceSet(SET.guardian, 2, next);
  const { op: replacing } = world.queue(OP.replaceSet, replace);
  vm.wait(7 * DAY + 1);
  vm.mustWork(world.execute(replacing, replace));
  vm.mustFail(world.execute(op, bytes), { code: 529 });
  assert.deepEqual(world.set("guardian").keys, next.map(({ address }) => address));
});

inWorld("A60 values outside the bounds in the code are refused though announced and waited for", (world) => {
  const role = { minStake: 5n, lockMin: 30 * DAY, lockMax: 365 * DAY, weightMin: 10_000, weightMax: 20_000, unbond: 4 * DAY };
  const cases = [[OP.setLimits, payload.setLimits({ ...LIMITS, outflowBps: 499 }), 733], [OP.setLimits, payload.setLimits({ ...LIMITS, outflowBps: 10_001 }), 733],
    [OP.setLimits, payload.setLimits({ ...LIMITS, sentinelPause: HOUR + 1 }), 733], [OP.setLimits, payload.setLimits({ ...LIMITS, outflowFloor: 2n ** 30n - 1n }), 733],
    [OP.setRole, payload.setRole(ROLE.provider, { ...role, weightMax: 20_001 }), 733], [OP.setRole, payload.setRole(ROLE.provider, { ...role, unbond: 14 * DAY + 1 }), 733],
    [OP.setRole, payload.setRole(ROLE.provider, { ...role, unbond: 4 * DAY - 1 }), 733], [OP.setRole, payload.setRole(ROLE.provider, { ...role, minStake: 0n }), 733],
    [OP.setRole, payload.setRole(ROLE.provider, { ...role, lockMin: 366 * DAY }), 733], [OP.setRole, payload.setRole(3, role), 1323],
    [OP.replaceSet, payload.replaceSet(SET.guardian, 1, KEYS.guardian), 734], [OP.replaceSet, payload.replaceSet(SET.guardian, 2, [KEYS.guardian[0], KEYS.guardian[0], mallory]), 1324],
    [OP.replaceSet, payload.replaceSet(SET.guardian, 2, [...KEYS.guardian.slice(0, 2), KEYS.sentinel[0]]), 1324], [OP.replaceSet, payload.replaceSet(3, 2, KEYS.guardian), 1323]];
  const queued = cases.map(([kind, bytes, code]) => ({ ...world.queue(kind, bytes), bytes, code }));
  world.vm.wait(7 * DAY + 1);
  for (const { op, bytes, code } of queued) world.vm.mustFail(world.execute(op, bytes), { code });
});

inWorld("A77 one guardian alone cannot veto his own removal, nor can strangers", (world) => {
  const { vm } = world, bytes = payload.replaceSet(SET.guardian, 2, [...KEYS.guardian.slice(0, 2), key("successor")]);
  const { op } = world.queue(OP.replaceSet, bytes), given = { op, rent_to: mallory };
  vm.mustFail(world.signed("cancel_op", "guardian", [2], {}, given), { code: 121 });
  vm.mustFail(world.signed("cancel_op", "sentinel", [0, 1], {}, { ...given, guardian: AT.sentinel }), { class: "PDA" });
  vm.mustFail(world.signed("cancel_op", "guardian", [1, 2], {}, { op, rent_to: bob }), { class: "PDA" });
  vm.mustWork(world.signed("cancel_op", "guardian", [1, 2], {}, given));
  vm.wait(7 * DAY + 1);
  vm.mustFail(world.execute(op, bytes), { class: "OWNER" });
});

inWorld("A78 a change without delay can only tighten", (world) => {
  const { vm } = world, { work_cap: cap, sentinel_pause: pause } = world.config();
  const at = (kind, bytes, expected) => {
    const { op } = world.queue(kind, bytes);
    vm.wait(1);
    if (expected) vm.mustFail(world.execute(op, bytes), expected);
    else vm.mustWork(world.execute(op, bytes));
  };
  at(OP.lowerWorkCap, payload.lowerWorkCap(cap), { code: 735 });
  at(OP.lowerWorkCap, payload.lowerWorkCap(cap + 1n), { code: 735 });
  at(OP.lowerSentinelPause, payload.lowerSentinelPause(pause + 1), { code: 735 });
  at(OP.removeSentinelKey, payload.removeSentinelKey(KEYS.guardian[0]), { code: 123 });
  at(OP.removeSentinelKey, Buffer.concat([payload.removeSentinelKey(KEYS.sentinel[0]), bytesOf(KEYS.sentinel[1])]), { class: "DATA" });
  at(OP.removeSentinelKey, payload.removeSentinelKey(KEYS.sentinel[0]));
  const { keys, threshold } = world.set("sentinel");
  assert.deepEqual([keys.length, threshold, keys.includes(KEYS.sentinel[0].address)], [2, 2, false]);  // the quorum did not fall
  at(OP.lowerWorkCap, payload.lowerWorkCap(cap - 1n));
  assert.equal(world.config().work_cap, cap - 1n);
});

// ---- the seal ----

each("A79 an unsealed program serves nobody, and it is sealed only when nobody can change it", (features) => {
  const world = bareWorld(features), { vm } = world;
  vm.mustWork(world.init());
  for (const kind of ["guardian", "sentinel"]) vm.mustWork(world.initSet(kind));
  vm.mustFail(world.call("open_position", { amount: MIN_STAKE }), { code: 520 });
  vm.mustFail(world.call("fund", { amount: MIN_STAKE, seconds: DAY }, { payer: bob }), { code: 520 });
  vm.mustFail(world.seal(), { code: 522 });
  // A ProgramData without authority, but another program's, or made up.
  const forged = key("final program data");
  const data = Buffer.from(vm.account(programDataOf(PROGRAM)).data);
  data[12] = 0;
  vm.put(forged, { owner: LOADER, data });
  vm.mustFail(world.seal({ program_data: forged }), { class: "PDA" });
  vm.put(forged, { owner: mallory, data });
  vm.mustFail(world.seal({ program_data: forged }), { class: "OWNER" });
  const unfinished = vm.snapshot();
  finalise(vm, PROGRAM, AUTHORITY);
  vm.mustFail(world.seal(), { code: 523 });                        // a key set is missing, for ever
  vm.restore(unfinished);
  vm.mustWork(world.initSet("resolver"));
  finalise(vm, PROGRAM, AUTHORITY);
  vm.mustFail(world.call("open_position", { amount: MIN_STAKE }), { code: 520 });
  vm.mustWork(world.seal());
  vm.mustWork(world.call("open_position", { amount: MIN_STAKE }));
});

each("A79 key sets that share a key, are too small, or need too few signers", (features) => {
  const world = bareWorld(features), { vm } = world, [g0, g1, g2] = KEYS.guardian;
  vm.mustWork(world.init());
  for (const [threshold, keys] of [[1, [g0, g1, g2]], [2, [g0, g1]], [4, [g0, g1, g2]], [0, []]]) vm.mustFail(world.initSet("guardian", threshold, keys), { code: 734 });
  for (const keys of [[g0, g1, g0], [g0, g1, SYSTEM]]) vm.mustFail(world.initSet("guardian", 2, keys), { code: 1324 });
  vm.mustWork(world.initSet("guardian"));
  vm.mustFail(world.initSet("sentinel", 2, [...KEYS.sentinel.slice(0, 2), g1]), { code: 1324 });
  vm.mustWork(world.initSet("sentinel"));
  vm.mustFail(world.initSet("resolver", 1, KEYS.resolver), { code: 734 });
});

// ---- signatures of key sets ----

each("A80 what a key set signed is void after its slot, and cannot be signed far ahead", (features) => {
  for (const name of ["post_root", "disable_root", "breaker", "queue_op", "cancel_op"]) {
    const { world, make } = honest(name, features), { slot } = world.vm.clock;
    world.vm.mustFail(make({}, { valid_until_slot: slot - 1n }), { code: 820 });
    world.vm.mustFail(make({}, { valid_until_slot: 0n }), { code: 820 });
    world.vm.mustFail(make({}, { valid_until_slot: slot + 9_001n }), { code: 821 });
    world.vm.mustFail(make({}, { valid_until_slot: 2n ** 64n - 1n }), { code: 821 });
  }
});

// ---- the breaker ----

const breaker = (world, kind, places, what, seconds) => world.signed("breaker", kind, places, { what, seconds });
inWorld("A63 a pause longer than one call may, or than the budget of 30 days", (world) => {
  const { vm } = world;
  vm.mustFail(breaker(world, "sentinel", [0], PAUSE.claim, HOUR + 1), { code: 729 });
  vm.mustFail(breaker(world, "guardian", [0, 1], PAUSE.claim, 72 * HOUR + 1), { code: 729 });
  vm.mustFail(breaker(world, "guardian", [0], PAUSE.claim, HOUR), { code: 121 });
  for (let i = 0; i < 3; i++) vm.mustWork(breaker(world, "sentinel", [i], PAUSE.claim, HOUR));
  vm.mustFail(breaker(world, "sentinel", [0], PAUSE.claim, 1), { code: 730 });
  for (const hours of [72, 72, 24]) vm.mustWork(breaker(world, "guardian", [0, 1], PAUSE.withdraw, hours * HOUR));
  vm.mustFail(breaker(world, "guardian", [0, 2], PAUSE.withdraw, 3), { code: 730 });
  for (const what of [0, 128, 255]) vm.mustFail(breaker(world, "guardian", [0, 1], what, 0), { code: 1323 });
});

inWorld("A64 no sentinel can stop the exit, and a spent budget leaves it open", (world) => {
  const { vm } = world;
  world.open(alice);
  vm.wait(1);
  vm.mustFail(breaker(world, "sentinel", [0], PAUSE.withdraw, 60), { code: 731 });
  vm.mustFail(breaker(world, "sentinel", [0], 127, 60), { code: 731 });
  vm.mustFail(breaker(world, "sentinel", [0], PAUSE.claim, 0), { code: 731 });
  // Everything paused at once: unstaking can still be asked for.
  vm.mustWork(breaker(world, "guardian", [0, 1], 127, 72 * HOUR));
  for (const [name, args] of [["claim", {}], ["add_stake", { amount: 1n }], ["withdraw", { amount: 0n }]]) vm.mustFail(world.call(name, args), { code: 1220 });
  vm.mustWork(world.call("request_unstake", { amount: 10n * MIN_STAKE }));
  vm.wait(72 * HOUR);
  // The whole budget of 30 days in a row, and then the exit is open.
  for (const hours of [72, 24]) {
    vm.mustWork(breaker(world, "guardian", [0, 1], PAUSE.withdraw, hours * HOUR));
    vm.mustFail(world.call("withdraw", { amount: 10n * MIN_STAKE }), { code: 1220 });
    vm.wait(hours * HOUR);
  }
  const before = world.wallet();
  vm.mustWork(world.call("withdraw", { amount: 10n * MIN_STAKE }));
  assert.equal(world.wallet() - before, 10n * MIN_STAKE);
});

// ---- work roots ----

const CUM = [100n, 50n, 70n];
function withTree(world) {
  const owners = [alice, bob, mallory], positions = owners.map((owner) => world.open(owner));
  const leaves = positions.map((position, i) => workLeaf(AT.config, position, BigInt(i + 1), CUM[i]));
  world.fundWork(1_000n);
  world.vm.wait(DAY);
  world.postRoot(rootOf(leaves), leaves.length, 220n);
  const claim = (i, args = {}, given = {}) => world.call("claim_work", { index: BigInt(i), cumulative: CUM[i], proof: Buffer.concat(proofOf(leaves, i)), ...args },
    { position: positions[i], ...given });
  return { leaves, positions, claim };
}

inWorld("A65 an inner node, a leaf of another shape or a wrong path is no leaf", (world) => {
  const { leaves, positions, claim } = withTree(world), { vm } = world;
  const bad = (i, args, given) => vm.mustFail(claim(i, args, given), { code: 1321 });
  bad(0, { proof: leaves[2] });                                         // as if the node of 0 and 1 were a leaf
  bad(0, { proof: Buffer.concat([leaves[1], leaves[2], workNode(leaves[0], leaves[1])]) });
  bad(0, { index: 1n });
  bad(0, { index: 3n });
  bad(0, { index: 2n ** 64n - 1n });
  bad(0, { cumulative: 101n });
  bad(0, { proof: [] });
  bad(0, {}, { position: positions[1] });
  vm.mustFail(claim(0, { proof: Buffer.alloc(31) }), { code: 1322 });
  vm.mustFail(claim(0, { proof: Buffer.alloc(25 * 32) }), { code: 1322 });
  for (const i of [0, 1, 2]) vm.mustWork(claim(i));
  assert.deepEqual([alice, bob, mallory].map((owner) => world.position(owner).owed), CUM);
});

inWorld("A66 a proof for another root, before its day is over, or taken back", (world) => {
  const { claim, positions } = withTree(world), { vm } = world;
  vm.mustWork(claim(0));
  const next = [...positions.keys()].map((i) => workLeaf(AT.config, positions[i], BigInt(i + 1), CUM[i] + 1n));
  const post = { n: 2n, root: rootOf(next), size: 3n, cum_total: 223n };
  vm.mustWork(world.signed("post_root", "sentinel", [0, 2], post));
  const later = (i) => claim(i, { cumulative: CUM[i] + 1n, proof: Buffer.concat(proofOf(next, i)) });
  vm.mustFail(later(1), { code: 1321 });                                // not active yet
  vm.mustFail(world.signed("post_root", "sentinel", [0, 1], { ...post, n: 3n }), { code: 525 });
  vm.mustFail(world.signed("disable_root", "sentinel", [0, 1], { n: 2n }), { code: 124 });
  vm.mustFail(world.signed("disable_root", "resolver", [0, 1], { n: 1n }), { code: 526 });
  vm.mustWork(world.signed("disable_root", "resolver", [0, 1], { n: 2n }));
  vm.wait(DAY + 1);
  vm.mustFail(later(1), { code: 1321 });                                // never became active
  vm.mustFail(world.signed("post_root", "sentinel", [0, 1], post), { code: 527 });
  vm.mustWork(world.signed("post_root", "sentinel", [0, 1], { ...post, n: 3n }));
  vm.wait(DAY + 1);
  vm.mustFail(claim(1), { code: 1321 });                                // the old root's proof
  vm.mustWork(later(1));
  vm.mustFail(world.signed("disable_root", "guardian", [0, 1], { n: 3n }), { code: 526 });  // active
});

inWorld("A67 a leaf claimed twice, leaves above their root's total, a root above the cap or the funds", (world) => {
  const { claim } = withTree(world), { vm } = world;
  vm.mustWork(claim(0));
  vm.mustFail(claim(0), { code: 737 });
  // Leaves that add up to more than the root says pay no more than it says.
  const position = positionOf(PROGRAM, bob), greedy = workLeaf(AT.config, position, 2n, 1_000n);
  world.postRoot(greedy, 1, 221n);
  vm.mustFail(claim(1, { index: 0n, cumulative: 1_000n, proof: [] }), { code: 738 });
  const post = (cum) => world.signed("post_root", "sentinel", [0, 1], { n: 3n, root: sha256([2]), size: 1n, cum_total: cum });
  vm.mustFail(post(1_001n), { code: 732 });                             // funded: 1,000
  vm.mustFail(post(220n), { code: 732 });                               // a total never falls
  world.fundWork(100_000_000_000n);
  vm.mustFail(post(100_000_000_000n), { code: 732 });                   // the cap of the epochs since
  vm.mustFail(world.signed("post_root", "sentinel", [0], { n: 3n, root: sha256([2]), size: 1n, cum_total: 222n }), { code: 121 });
});
