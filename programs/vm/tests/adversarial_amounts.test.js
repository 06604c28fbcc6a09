// Hostile amounts and the exactness of rewards. Named after the list of attacks (A34 ...).
import assert from "node:assert/strict";
import { test } from "node:test";
import { honest } from "../harness/honest.js";
import { POSITION, positionOf, PURSE, ROLE, SOURCE } from "../harness/swarm.js";
import { createMint, createTokenAccount, mintTo } from "../harness/tokens.js";
import { FEATURE_SETS } from "../harness/vm.js";
import { alice, AT, bareWorld, bob, inWorld, mallory, MIN_STAKE, PROGRAM } from "../harness/world.js";

const AMOUNT = 10n * MIN_STAKE, MAX = 2n ** 64n - 1n, SUPPLY_MAX = 2n ** 61n;
const each = (name, body) => { for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(features)); };

each("A34 an amount of nothing", (features) => {
  for (const [name, args] of [["open_position", { amount: 0n }], ["add_stake", { amount: 0n, lock: 0 }], ["request_unstake", { amount: 0n }],
    ["withdraw", { amount: 0n }], ["fund", { amount: 0n, seconds: 86_400 }]]) {
    const { world, make } = honest(name, features);
    world.vm.mustFail(make({}, args), { code: 720 });
  }
  const { world, make } = honest("fund", features);
  world.vm.mustFail(make({ purse: AT.work }, { purse: PURSE.work, amount: 0n, seconds: 0 }), { code: 720 });
});

each("A35 an amount of 2^64 - 1", (features) => {
  for (const [name, code] of [["open_position", 722], ["add_stake", 722], ["request_unstake", 736], ["withdraw", 736], ["fund", 722]]) {
    const { world, make } = honest(name, features);
    world.vm.mustFail(make({}, { amount: MAX }), { code });
  }
  const { world, make } = honest("add_stake", features);
  for (const source of [SOURCE.rewards, SOURCE.unbonding]) world.vm.mustFail(make({}, { source, amount: MAX }), source === SOURCE.rewards ? { code: 722 } : { code: 736 });
  world.vm.mustFail(make({}, { source: 3 }), { code: 1323 });
});

each("A36 a supply above 2^61 is refused, and the greatest one overflows nothing", (features) => {
  const world = bareWorld(features), { vm } = world;
  const rich = createMint(vm, "too rich"), hoard = createTokenAccount(vm, "hoard", rich, alice);
  mintTo(vm, rich, hoard, SUPPLY_MAX + 1n);
  vm.mustFail(world.init({}, { mint: rich }), { code: 722 });
});

inWorld("A36 all of 2^61 at stake at four times its weight, for four years, earns what was funded", (world) => {
  const { vm } = world;
  mintTo(vm, world.mint, world.wallets[alice.address], SUPPLY_MAX - 2n * 10n ** 12n - 10n ** 12n);
  const all = world.wallet(alice), lock = 1_460 * 86_400;
  world.open(alice, all, { role: ROLE.operator, lock });
  assert.equal(world.position().weight, 4n * all);
  world.fund(10n ** 12n, 366 * 86_400);
  // One more than 2^61 would be at stake: no principal, whoever's, goes beyond.
  vm.patch(AT.pool, (data) => { data.writeBigUInt64LE(SUPPLY_MAX, 96); });
  vm.mustFail(world.call("open_position", { amount: MIN_STAKE }, { owner: mallory }), { code: 722 });
  vm.mustFail(world.call("add_stake", { amount: 1n }), { code: 722 });
  vm.patch(AT.pool, (data) => { data.writeBigUInt64LE(all, 96); });
  vm.wait(400 * 86_400);
  world.claim();
  assert.ok(10n ** 12n - world.wallet() <= 1n, `${world.wallet()} of 10^12 were paid`);
});

// ---- time ----

inWorld("A37 staking, claiming and unstaking in one transaction is refused", (world) => {
  world.open(bob);
  world.fund(86_400_000n, 86_400);
  const before = world.wallet();
  world.vm.mustFail([world.call("open_position", { amount: AMOUNT }), world.call("claim"), world.call("request_unstake", { amount: AMOUNT })], { code: 822 });
  assert.equal(world.wallet(), before);
});

inWorld("A38 a stake earns nothing in the slot in which it came", (world) => {
  world.open(bob);
  world.fund(86_400_000n, 86_400);
  world.vm.wait(100);
  world.open(alice, 1_000n * AMOUNT);
  const before = world.wallet();
  world.claim();
  assert.equal(world.wallet(), before);
  assert.equal(world.position().owed, 0n);
});

// What alice gets for `seconds` beside bob's equal stake, if somebody `pokes` each second of some.
function earned(world, seconds, pokes) {
  world.open(alice);
  world.open(bob);
  world.fund(86_400_000n, 86_400, mallory);
  const before = world.wallet();
  for (let second = 1; second <= seconds; second++) {
    world.vm.wait(1);
    if (pokes(second)) world.claim(bob);
  }
  world.claim();
  return world.wallet() - before;
}
for (const [who, pokes] of [["nobody", () => false], ["bob every second", () => true], ["bob sometimes", (second) => second % 7 === 3]])
  inWorld(`A39 a stake of n seconds earns n seconds when it is poked by ${who}`, (world) => {
    const { clock } = world.vm, seconds = 100n, got = earned(world, Number(seconds), pokes);
    assert.ok(500n * seconds - got >= 0n && 500n * seconds - got <= 1n, `${got} of ${500n * seconds}`);  // 1,000 a second for two equals
    assert.equal(world.vm.clock.unix, clock.unix + seconds);
  });

inWorld("A40 what is funded while nobody stakes is paid to those who come, not lost", (world) => {
  world.fund(86_400_000n, 86_400);
  world.vm.wait(50_000);
  world.open(alice);
  const before = world.wallet();
  world.vm.wait(86_400);
  world.claim();
  assert.ok(86_400_000n - (world.wallet() - before) <= 1n);
});

inWorld("A41 one token unit funds no day, and adds to a stream without lowering its rate", (world) => {
  world.vm.mustFail(world.call("fund", { amount: 1n, seconds: 86_400 }, { payer: bob }), { code: 728 });
  world.open(alice);
  world.fund(86_400_000n, 86_400);
  const { end } = world.pool();
  world.fund(1n, 86_400);
  assert.deepEqual([world.pool().total, world.pool().end], [86_400_001n, end]);
  world.vm.mustFail(world.call("fund", { amount: MIN_STAKE, seconds: 86_399 }, { payer: bob }), { code: 727 });
  world.vm.mustFail(world.call("fund", { amount: MIN_STAKE, seconds: 366 * 86_400 + 1 }, { payer: bob }), { code: 727 });
});

// A million of them run natively (programs/proof); these go through the real VM.
inWorld("A42 1,000 claims of one position pay what one claim pays", (world) => {
  world.open(alice);
  world.open(bob);
  world.fund(86_400_000n, 86_400, mallory);
  const before = { alice: world.wallet(), bob: world.wallet(bob) };
  for (let i = 0; i < 1_000; i++) {
    world.vm.wait(1);
    world.claim(alice);
  }
  world.claim(bob);
  const [often, once] = [world.wallet() - before.alice, world.wallet(bob) - before.bob];
  assert.ok(often <= once && once - often <= 1n, `${often} and ${once}`);
});

// ---- gaming the stream and the weight ----

inWorld("A71 a stream cannot be made to pay less a second, by stretching or by dust", (world) => {
  world.open(alice);
  world.fund(86_400_000n, 86_400);
  for (const [amount, seconds] of [[1n, 366 * 86_400], [MIN_STAKE, 366 * 86_400], [86_400_000n, 300 * 86_400]])
    world.vm.mustFail(world.call("fund", { amount, seconds }, { payer: mallory }), { code: 726 });
  world.vm.wait(43_200);
  world.vm.mustFail(world.call("fund", { amount: 1n, seconds: 100 * 86_400 }, { payer: mallory }), { code: 726 });
});

const DAYS = 86_400;
inWorld("A72 what is added late in a long lock weighs by the time that is left", (world) => {
  const lock = 365 * DAYS;
  world.open(alice, AMOUNT, { role: ROLE.provider, lock });
  assert.equal(world.position().weight, 2n * AMOUNT);
  world.vm.wait(364 * DAYS);
  world.vm.mustWork(world.call("add_stake", { source: SOURCE.wallet, amount: AMOUNT }));
  // One day left is less than the role's least lock: weight one, not two.
  assert.equal(world.position().weight, 3n * AMOUNT);
  world.vm.mustFail(world.call("add_stake", { amount: AMOUNT, lock: 366 * DAYS }), { code: 723 });
});

inWorld("A73 a lock extended by a day at a time never weighs more than the lock that is left", (world) => {
  world.open(alice, AMOUNT, { role: ROLE.provider, lock: 200 * DAYS });
  const honestWeight = world.position().weight;
  for (let day = 0; day < 40; day++) {
    world.vm.wait(DAYS);
    world.vm.mustWork(world.call("add_stake", { amount: 0n, lock: 200 * DAYS }));
    assert.equal(world.position().weight, honestWeight);
  }
  // Anything shorter than what is left is refused, and so is the same end with less to come.
  world.vm.mustFail(world.call("add_stake", { amount: 0n, lock: 199 * DAYS }), { code: 724 });
  world.vm.wait(100 * DAYS);
  world.vm.mustWork(world.call("add_stake", { amount: 0n, lock: 101 * DAYS }));
  assert.ok(world.position().weight < honestWeight, "the whole position weighs by the new, shorter rest");
});

inWorld("an exit cannot be had early, for more, or past the day's outflow", (world) => {
  const { vm } = world;
  world.open(alice, AMOUNT, { role: ROLE.provider, lock: 30 * DAYS });
  vm.mustFail(world.call("request_unstake", { amount: AMOUNT }), { code: 822 });
  vm.wait(30 * DAYS + 1);
  vm.mustFail(world.call("request_unstake", { amount: AMOUNT - 1n }), { code: 721 });
  vm.mustWork(world.call("request_unstake", { amount: AMOUNT }));
  vm.mustFail(world.call("withdraw", { amount: 1n }), { code: 823 });
  vm.wait(14 * DAYS + 1);
  vm.mustFail(world.call("withdraw", { amount: AMOUNT + 1n }), { code: 736 });
  // The day's outflow is a share of all principal, but at least 2^30.
  vm.patch(AT.pool, (data) => { data.writeBigUInt64LE(2n ** 30n, 112); data.writeBigUInt64LE(vm.clock.unix, 120); });
  vm.mustFail(world.call("withdraw", { amount: AMOUNT }), { code: 725 });
  vm.wait(DAYS);
  vm.mustWork(world.call("withdraw", { amount: AMOUNT }));
});

// What the second half of the program will write into a position already holds its owner back.
each("stake that is bonded, at risk or frozen stays, and a ticket that is ready is not started anew", (features) => {
  const set = (world, field, value) => world.vm.patch(positionOf(PROGRAM, alice), (data) => { data.writeBigUInt64LE(value, POSITION[field]); });
  for (const name of ["claim", "request_unstake", "withdraw"]) {
    const { world, make } = honest(name, features, { fresh: true });
    set(world, "freeze_until", world.vm.clock.unix + 1n);
    world.vm.mustFail(make(), { code: 1221 });
    world.vm.wait(1);
    world.vm.mustWork(make());
  }
  const leaving = honest("request_unstake", features, { fresh: true });
  set(leaving.world, "bonded", 1n);
  leaving.world.vm.mustFail(leaving.make(), { code: 531 });
  const out = honest("withdraw", features, { fresh: true });
  set(out.world, "at_risk", 1n);
  out.world.vm.mustFail(out.make(), { code: 530 });
  const ready = honest("withdraw", features, { fresh: true });
  set(ready.world, "amount", 1n);
  ready.world.vm.mustFail(ready.world.call("request_unstake", { amount: 1n }), { code: 524 });
});

inWorld("there is nothing to claim before the first work root", (world) => {
  world.open(alice);
  world.vm.mustFail(world.call("claim_work", { index: 0n, cumulative: 1n, proof: [] }), { code: 528 });
});
