// swarm_hook under the real Token-2022: transfers that pass, the cap, freezes to the second, and
// swarm_core on a mint with the hook. Nothing of it changes once it is set up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf } from "../harness/client.js";
import { bareHookWorld, CAP, decodeSetUp, execute, EXECUTE, HOOK, hookAccounts, hookWorld, metasBytes, metasOf, METAS_BYTES, MINTER, setUp } from "../harness/hook.js";
import { key, pdaAll } from "../harness/keys.js";
import { loader } from "../harness/loader.js";
import { positionOf, SOURCE } from "../harness/swarm.js";
import { createMint, createTokenAccount, token, TOKEN, TOKEN_2022 } from "../harness/tokens.js";
import { FEATURE_SETS, read, sign, signWrite, SYSTEM, write } from "../harness/vm.js";
import { alice, AT, AUTHORITY, bob, mallory, MIN_STAKE, PROGRAM } from "../harness/world.js";

const ABOVE_CAP = { code: 721 }, FROZEN = { code: 1221 };
const STAKE = 10n * MIN_STAKE;
const hooked = (name, body, make = hookWorld) => { for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(make(features))); };
const notSetUp = (name, body) => hooked(name, body, bareHookWorld);
const refuse = (world, instruction, expected) => world.vm.mustFail(instruction, expected, { by: HOOK });
// Alice has a position 0 of the stake given.
const stake = (world, nonce = 0n, owner = alice) =>
  world.vm.mustWork(world.moving("open_position", { amount: STAKE, nonce }, { owner, position: positionOf(PROGRAM, owner, nonce) }, owner));

// ---- transfers ----

hooked("tokens move, up to the cap and no further", (world) => {
  const before = world.wallet(bob);
  world.vm.mustWork(world.transfer(alice, bob, 1n));
  world.vm.mustWork(world.transfer(alice, bob, CAP));
  refuse(world, world.transfer(alice, bob, CAP + 1n), ABOVE_CAP);
  assert.equal(world.wallet(bob), before + CAP + 1n);
});

hooked("A19 without the hook's accounts, or with others, nothing moves", (world) => {
  const whole = hookAccounts(world.mint, alice);
  for (let at = 0; at < whole.length; at++) {
    const outcome = world.vm.send(world.transfer(alice, bob, 1n, { extra: whole.filter((_, i) => i !== at) }));
    assert.ok(!outcome.ok, `without ${whole[at].address}`);
  }
  // Somebody else's position, who is not frozen, in the place of his own.
  stake(world);
  world.freeze(alice, world.vm.clock.unix + 60n);
  const swapped = [whole[0], read(positionOf(PROGRAM, bob)), whole[2], whole[3]];
  assert.ok(!world.vm.send(world.transfer(alice, bob, 1n, { extra: swapped })).ok);
  // Without the list Token-2022 calls the hook with four accounts.
  refuse(world, world.transfer(alice, bob, 1n, { extra: whole.slice(0, 3) }), { code: 1305 });
  assert.equal(world.wallet(bob), world.wallet(mallory));
});

hooked("a frozen owner moves nothing until the second it ends, and receives meanwhile", (world) => {
  stake(world);
  world.vm.mustWork(world.transfer(alice, bob, 1n));
  const until = world.vm.clock.unix + 60n;
  world.freeze(alice, until);
  refuse(world, world.transfer(alice, bob, 1n), FROZEN);
  world.vm.mustWork(world.transfer(bob, alice, 1n));
  world.vm.setClock({ unix: until - 1n });
  refuse(world, world.transfer(alice, bob, 1n), FROZEN);
  world.vm.setClock({ unix: until });
  world.vm.mustWork(world.transfer(alice, bob, 1n));
});

hooked("what a sentinel freezes in swarm_core, for an hour, the hook refuses for that hour", (world) => {
  const { vm } = world, position = positionOf(PROGRAM, alice);
  stake(world);
  vm.mustWork(world.quarantine({ kind: 1, incident: 7n, seconds: 3_600 }, { target: position }));
  const until = vm.clock.unix + 3_600n;
  refuse(world, world.transfer(alice, bob, 1n), FROZEN);
  vm.setClock({ unix: until - 1n });
  refuse(world, world.transfer(alice, bob, 1n), FROZEN);
  vm.setClock({ unix: until });
  vm.mustWork(world.transfer(alice, bob, 1n));
  // And what is released moves at once.
  vm.mustWork(world.quarantine({ kind: 1, incident: 8n, seconds: 3_600 }, { target: position, by: "guardian", places: [0, 1] }));
  refuse(world, world.transfer(alice, bob, 1n), FROZEN);
  vm.mustWork(world.release({ kind: 1, incident: 8n }, { target: position, by: "guardian", places: [0, 1] }));
  vm.mustWork(world.transfer(alice, bob, 1n));
});

hooked("a frozen owner has no way around by a delegate or by another account of his", (world) => {
  stake(world);
  const { vm, mint } = world, second = createTokenAccount(vm, "second wallet of alice", mint, alice);
  vm.mustWork(world.transfer(alice, second, 100n));
  vm.mustWork(token.approve(mint, world.wallets[alice.address], mallory, alice, 1_000n));
  vm.mustWork(world.transfer(alice, bob, 1n, { by: mallory }));
  world.freeze(alice, vm.clock.unix + 60n);
  refuse(world, world.transfer(alice, bob, 1n, { by: mallory }), FROZEN);
  refuse(world, world.transfer(alice, bob, 1n, { from: second }), FROZEN);
  // The delegate's own position is not what Token-2022 resolves.
  assert.ok(!vm.send(world.transfer(alice, bob, 1n, { by: mallory, extra: hookAccounts(mint, mallory) })).ok);
});

hooked("a freeze of another position of the owner's, or of somebody else's, stops nobody", (world) => {
  stake(world);
  stake(world, 1n);
  world.vm.patch(positionOf(PROGRAM, alice, 1n), (data) => { data.writeBigUInt64LE(world.vm.clock.unix + 60n, 216); });
  stake(world, 0n, bob);
  world.freeze(bob, world.vm.clock.unix + 60n);
  world.vm.mustWork(world.transfer(alice, bob, 1n));
  refuse(world, world.transfer(bob, alice, 1n), FROZEN);
});

hooked("lamports sent to where a position would be freeze nobody", (world) => {
  world.vm.put(positionOf(PROGRAM, alice), { lamports: 5n });
  world.vm.mustWork(world.transfer(alice, bob, 1n));
});

hooked("a burn asks nobody: no hook is called", (world) => {
  stake(world);
  world.freeze(alice, world.vm.clock.unix + 60n);
  const { mint, wallets, vm } = world;
  vm.mustWork({ programAddress: TOKEN_2022, accounts: [write(wallets[alice.address]), write(mint), sign(alice)], data: Uint8Array.from([8, 1, 0, 0, 0, 0, 0, 0, 0]) });
});

// ---- swarm_core on such a mint ----

hooked("stake, rewards and the way out, in position 0 and in another", (world) => {
  const { vm } = world;
  for (const nonce of [0n, 1n]) {
    stake(world, nonce);
    const given = { position: positionOf(PROGRAM, alice, nonce) };
    vm.mustWork(world.moving("add_stake", { source: SOURCE.wallet, amount: STAKE }, given, alice));
    vm.mustWork(world.moving("fund", { amount: 1_000_000_000n, seconds: 86_400 }, { payer: bob }, bob));
    vm.wait(10);
    const earned = world.wallet(alice);
    vm.mustWork(world.moving("claim", {}, given, AT.reward_vault));
    assert.ok(world.wallet(alice) > earned);
    vm.mustWork(world.call("request_unstake", { amount: 2n * STAKE }, given));
    vm.wait(5 * 86_400);
    const before = world.wallet(alice);
    vm.mustWork(world.moving("withdraw", { amount: 2n * STAKE }, given, AT.stake_vault));
    assert.equal(world.wallet(alice), before + 2n * STAKE);
  }
});

hooked("a frozen owner stakes nothing from his wallet", (world) => {
  stake(world);
  world.freeze(alice, world.vm.clock.unix + 60n);
  refuse(world, world.moving("open_position", { amount: STAKE, nonce: 1n }, { position: positionOf(PROGRAM, alice, 1n) }, alice), FROZEN);
  refuse(world, world.moving("fund", { amount: STAKE, seconds: 86_400 }, { payer: alice }, alice), FROZEN);
});

// The hook asks about the owner of the source, which is a vault here: no exit is its to stop.
hooked("exits from swarm_core are never the hook's to stop: no cap, no freeze", (world) => {
  const { vm } = world, whole = 3n * CAP;
  stake(world);
  for (const part of [1n, 2n, 3n]) vm.mustWork(world.moving("add_stake", { source: SOURCE.wallet, amount: CAP, lock: 0 }, { nonce: part }, alice));
  refuse(world, world.moving("add_stake", { source: SOURCE.wallet, amount: CAP + 1n }, {}, alice), ABOVE_CAP);
  vm.wait(1);
  vm.mustWork(world.call("request_unstake", { amount: whole }));
  vm.wait(5 * 86_400);
  vm.patch(AT.pool, (data) => { data.writeBigUInt64LE(0n, 112); });   // outflow bucket empty
  vm.patch(AT.config, (data) => { data.writeUInt16LE(10_000, 214); });  // and as large as the pool
  const before = world.wallet(alice);
  vm.mustWork(world.moving("withdraw", { amount: whole }, {}, AT.stake_vault));
  assert.equal(world.wallet(alice), before + whole);
});

hooked("more than the hook may ask for is refused by swarm_core", (world) => {
  const extra = [...hookAccounts(world.mint, alice), ...Array.from({ length: 5 }, (_, i) => read(key(`surplus ${i}`)))];
  world.vm.mustFail(world.call("open_position", { amount: STAKE }, {}, extra), { code: 1306 });
  world.vm.mustWork(world.call("open_position", { amount: STAKE }, {}, extra.slice(0, 8)));
});

// ---- setting up ----

notSetUp("set up: the list as Token-2022's library reads it, and our entry behind it", (world) => {
  const { vm, mint } = world, at = metasOf(mint);
  refuse(world, world.transfer(alice, bob, 1n, { extra: [] }), { error: "MissingAccount" });
  const { events } = vm.mustWork(setUp(vm.payer, mint));
  const { data, lamports, owner } = vm.account(at);
  assert.equal(data.length, METAS_BYTES);
  assert.deepEqual(data, metasBytes(mint));
  assert.deepEqual([lamports, owner], [vm.rent(METAS_BYTES), HOOK.address]);
  assert.deepEqual(decodeSetUp(events[0].parts[0]), { tag: 1, version: 1, seq: 1n, cap: CAP, core: PROGRAM.address });
  vm.mustWork(world.transfer(alice, bob, 1n));
});

notSetUp("A1 A2 A16 only the mint's authority sets it up", ({ vm, mint }) => {
  vm.mustFail(setUp(vm.payer, mint, { authority: mallory }), { code: 120 });
  const whole = setUp(vm.payer, mint);
  vm.mustFail({ ...whole, accounts: whole.accounts.map((one, i) => (i === 1 ? read(MINTER) : one)) }, { code: 101 });
  vm.patch(mint, (data) => { data.writeUInt32LE(0, 0); });  // nobody is
  vm.mustFail(whole, { code: 120 });
});

hooked("A14 once and for ever: nothing sets it up again, changes or closes it", (world) => {
  const { vm, mint } = world;
  vm.mustFail(setUp(vm.payer, mint, { cap: CAP + 1n }), { code: 501 });
  // What the interface calls initialise and update is not there.
  for (const tag of [2, 3, 43, 157, 255]) vm.mustFail({ ...setUp(vm.payer, mint), data: Uint8Array.from([tag, 0, 0, 0, 0, 0, 0, 0]) }, { code: 1302 });
  vm.mustFail(loader.close(HOOK, vm.payer, AUTHORITY), { error: "Immutable" });
});

notSetUp("A15 lamports at the list's address do not stop it", ({ vm, mint }) => {
  vm.put(metasOf(mint), { lamports: 1n });
  vm.mustWork(setUp(vm.payer, mint));
});

notSetUp("a cap of nothing", ({ vm, mint }) => vm.mustFail(setUp(vm.payer, mint, { cap: 0n }), { code: 720 }));

notSetUp("A32 A33 mints without this hook, with one that can be changed, or that could harm a holder", ({ vm }) => {
  const made = (label, extensions, more = {}) => createMint(vm, label, { program: TOKEN_2022, authority: MINTER, extensions, ...more });
  const ours = { transferHook: { program: HOOK, authority: null } };
  vm.mustFail(setUp(vm.payer, made("no hook", {})), { code: 920 });
  vm.mustFail(setUp(vm.payer, made("other hook", { transferHook: { program: key("another hook"), authority: null } })), { code: 911 });
  vm.mustFail(setUp(vm.payer, made("changeable hook", { transferHook: { program: HOOK, authority: MINTER } })), { code: 911 });
  vm.mustFail(setUp(vm.payer, made("frozen by somebody", ours, { freeze: MINTER })), { code: 909 });
  for (const hostile of ["transferFee", "closeAuthority", "permanentDelegate", "pausable"])
    vm.mustFail(setUp(vm.payer, made(hostile, { ...ours, [hostile]: {} })), { code: 908 });
  vm.mustFail(setUp(vm.payer, createMint(vm, "plain", { authority: MINTER }), { program: TOKEN }), { code: 920 });
});

notSetUp("A4 A10 A12 A17 A18 A20 A69 A70 other accounts and bytes", ({ vm, mint }) => {
  const whole = setUp(vm.payer, mint), [, worse] = pdaAll(HOOK, ["extra-account-metas", mint]);
  const at = (i, one) => ({ ...whole, accounts: whole.accounts.map((was, j) => (i === j ? one : was)) });
  vm.mustFail(at(2, read(key("no mint"))), { code: 201 });
  vm.mustFail(at(2, read(createTokenAccount(vm, "no mint but an account", mint, alice))), { code: 902 });
  for (const place of [worse.address, metasOf(key("another mint")), key("elsewhere").address])
    vm.mustFail(setUp(vm.payer, mint, { metas: place }), { code: 401 });
  vm.mustFail(at(3, read(metasOf(mint))), { code: 102 });
  vm.mustFail(at(3, signWrite(vm.payer)), { code: 1101 });
  vm.mustFail(setUp(vm.payer, mint, { core: key("not deployed") }), { code: 202 });
  vm.mustFail(at(5, read(TOKEN)), { code: 201 });
  vm.mustFail(at(5, read(PROGRAM)), { code: 1001 });
  vm.mustFail(at(6, read(PROGRAM)), { code: 1001 });
  vm.mustFail({ ...whole, data: whole.data.subarray(0, -1) }, { code: 1303 });
  vm.mustFail({ ...whole, data: Uint8Array.from([...whole.data, 0]) }, { code: 1304 });
  vm.mustFail({ ...whole, accounts: [...whole.accounts, read(SYSTEM)] }, { code: 1306 });
  vm.mustFail({ ...whole, accounts: whole.accounts.slice(0, -1) }, { code: 1305 });
  vm.mustFail({ ...whole, data: new Uint8Array() }, { code: 1301 });
});

// ---- called by itself ----

hooked("called by anybody it answers, and changes nothing; what is forged is refused", (world) => {
  const { vm, mint, wallets } = world, source = wallets[alice.address], position = positionOf(PROGRAM, alice);
  stake(world);
  const call = (change = {}) => execute(mint, 1n, { source, position, ...change });
  const before = [metasOf(mint), source.address, position].map((one) => vm.account(one));
  vm.mustWork(call());
  assert.deepEqual([metasOf(mint), source.address, position].map((one) => vm.account(one)), before);
  vm.mustFail(call({ metas: key("nothing") }), { code: 201 });
  vm.mustFail(execute(key("another mint"), 1n, { source, position, metas: metasOf(mint) }), { code: 404 });
  vm.mustFail(call({ source: alice }), { code: 201 });
  // Another owner's position, and another one of his.
  stake(world, 0n, bob);
  stake(world, 1n);
  vm.mustFail(call({ position: positionOf(PROGRAM, bob) }), { code: 404 });
  vm.mustFail(call({ position: positionOf(PROGRAM, alice, 1n) }), { code: 404 });
  const honest = vm.account(position), forged = key("forged position");
  const cases = [[{ owner: key("another program").address }, 201], [{ owner: SYSTEM }, 303], [{ data: honest.data.subarray(1) }, 303],
    [{ data: Buffer.concat([honest.data, Buffer.alloc(1)]) }, 303], [{ data: Buffer.alloc(0) }, 303],
    [{ data: Buffer.from(honest.data).fill(7, 0, 1) }, 301], [{ data: Buffer.from(honest.data).fill(2, 1, 2) }, 302]];
  for (const [change, code] of cases) {
    vm.put(forged, { ...honest, ...change });
    vm.mustFail(call({ position: forged }), { code });
  }
  const list = vm.account(metasOf(mint)), fake = key("forged list");
  for (const [change, code] of [[{ owner: SYSTEM }, 201], [{ data: list.data.subarray(1) }, 303], [{ data: Buffer.from(list.data).fill(0, 0, 1) }, 301],
    [{ data: Buffer.from(list.data).fill(0, 1, 2) }, 302]]) {
    vm.put(fake, { ...list, ...change });
    vm.mustFail(call({ metas: fake }), { code });
  }
});

hooked("A69 A70 other bytes than Execute's, and other numbers of accounts", (world) => {
  const { mint, vm } = world, whole = execute(mint, 1n, { source: world.wallets[alice.address], position: positionOf(PROGRAM, alice) });
  for (let at = 0; at < EXECUTE.length; at++) {
    const bent = Uint8Array.from(whole.data);
    bent[at] ^= 0x80;
    vm.mustFail({ ...whole, data: bent }, { code: 1302 });
  }
  vm.mustFail({ ...whole, data: whole.data.subarray(0, -1) }, { code: 1303 });
  vm.mustFail({ ...whole, data: Uint8Array.from([...whole.data, 0]) }, { code: 1304 });
  vm.mustFail({ ...whole, accounts: whole.accounts.slice(0, 6) }, { code: 1305 });
  vm.mustFail({ ...whole, accounts: [...whole.accounts, read(SYSTEM)] }, { code: 1306 });
});

hooked("A26 A27 the time is the cluster's, and only asked for when there is a freeze", (world) => {
  stake(world);
  world.vm.setClock({ unix: -1n });
  world.vm.mustWork(world.transfer(alice, bob, 1n));
  world.freeze(alice, 5n);
  refuse(world, world.transfer(alice, bob, 1n), { code: 801 });
  world.vm.setClock({ unix: 5n });
  world.vm.mustWork(world.transfer(alice, bob, 1n));
});

// ---- the generated client ----

test("the client makes the same bytes and reads what the program wrote", async () => {
  const client = await clientOf("swarm_hook"), { vm, mint } = bareHookWorld("mainnet");
  const byHand = setUp(vm.payer, mint);
  const ours = client.setUp(HOOK.address, { payer: vm.payer.address, mintAuthority: MINTER.address, mint: mint.address, metas: metasOf(mint), core: PROGRAM.address,
    tokenProgram: TOKEN_2022, systemProgram: SYSTEM }, { cap: CAP });
  assert.deepEqual(Buffer.from(ours.data), Buffer.from(byHand.data));
  assert.deepEqual(ours.accounts.map(({ address, role }) => [address, role]), byHand.accounts.map(({ address, role }) => [address, role]));
  const [{ parts: [event] }] = vm.mustWork(byHand).events;
  assert.equal(await client.findMetas(HOOK.address, mint.address), metasOf(mint));
  const state = client.decodeMetas(vm.account(metasOf(mint)).data);
  assert.deepEqual([state.cap, state.core, state.mint, state.vaults], [CAP, PROGRAM.address, mint.address, [AT.stake_vault, AT.reward_vault, AT.escrow_vault]]);
  assert.equal(client.decodeSetUpEvent(event).core, PROGRAM.address);
  assert.equal(client.ERRORS[1221][0], "Frozen");
});
