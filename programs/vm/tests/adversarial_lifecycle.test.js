// Hostile data, life cycles, sysvars, mints and vaults. Named after the list of attacks (A14 ...).
import assert from "node:assert/strict";
import { test } from "node:test";
import { u64 } from "../harness/bytes.js";
import { honest } from "../harness/honest.js";
import { key } from "../harness/keys.js";
import { deploy, programDataOf } from "../harness/loader.js";
import { INSTRUCTIONS, positionOf, SET, workLeaf } from "../harness/swarm.js";
import { createMint, createTokenAccount, EXTENSIONS, forge, mintTo, TOKEN_2022 } from "../harness/tokens.js";
import { FEATURE_SETS, instruction, programFile, read, signWrite, SYSTEM, write } from "../harness/vm.js";
import { alice, AT, bareWorld, bob, inWorld, KEYS, mallory, MIN_STAKE, PROGRAM, sealedWorld } from "../harness/world.js";

const AMOUNT = 10n * MIN_STAKE;
const each = (name, body) => { for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(features)); };
const everyInstruction = (name, body) => each(name, (features) => {
  for (const one of Object.keys(INSTRUCTIONS)) body(honest(one, features), one);
});
const pay = (from, to, amount) => instruction(SYSTEM, [signWrite(from), write(to)], Buffer.concat([Buffer.from([2, 0, 0, 0]), u64(amount)]));

// ---- DATA ----

// The last argument of these takes what is left, so a byte more is another length of it.
const REST = { init_set: 1304, claim_work: 1322, execute_op: 1320 };
everyInstruction("A69 a byte too many, a byte too few, no data, an unknown tag", ({ world: { vm }, make }, name) => {
  const whole = make(), cut = (data) => ({ ...whole, data });
  vm.mustFail(cut(Buffer.concat([whole.data, Buffer.alloc(1)])), { code: REST[name] ?? 1304 });
  if (whole.data.length > 1) vm.mustFail(cut(whole.data.subarray(0, -1)), name in REST && name !== "claim_work" ? { class: "DATA" } : { code: 1303 });
  vm.mustFail(cut(new Uint8Array()), { code: 1301 });
  for (const tag of [0, 36, 255]) vm.mustFail(cut(Uint8Array.from([tag, ...whole.data.subarray(1)])), { code: 1302 });
});

everyInstruction("A70 an account too many, an account too few", ({ world: { vm }, make }) => {
  const whole = make();
  vm.mustFail({ ...whole, accounts: [...whole.accounts, read(bob)] }, { class: "DATA" });
  vm.mustFail({ ...whole, accounts: whole.accounts.slice(0, -1) }, { class: "DATA" });
});

// ---- STATE ----

each("A14 nothing can be initialised twice", (features) => {
  const setUp = bareWorld(features);
  setUp.vm.mustWork(setUp.init());
  setUp.vm.mustFail(setUp.init({ work_cap: 1n }), { code: 501 });
  setUp.vm.mustWork(setUp.initSet("guardian"));
  setUp.vm.mustFail(setUp.initSet("guardian", 2, KEYS.resolver), { code: 523 });
  setUp.vm.mustFail(setUp.initSet("resolver"), { code: 523 });
  const { world, make } = honest("open_position", features, { fresh: true });
  world.vm.mustWork(make());
  world.vm.mustFail(make(), { code: 501 });
  world.vm.mustFail(world.seal(), { code: 521 });
});

each("A15 lamports sent to an address beforehand do not keep anybody from creating it", (features) => {
  const world = bareWorld(features);
  for (const address of [...Object.values(AT), positionOf(PROGRAM, alice)]) world.vm.mustWork(pay(mallory, address, world.vm.rent(0)));
  world.vm.mustWork(world.init());
  for (const kind of Object.keys(SET)) world.vm.mustWork(world.initSet(kind));
  const sealed = sealedWorld(features);
  sealed.vm.mustWork(pay(mallory, positionOf(PROGRAM, alice), 1_000_000_000n));
  sealed.open(alice);
  assert.equal(sealed.position().amount, AMOUNT);
});

each("A16 only the upgrade authority sets up, whoever comes first", (features) => {
  const world = bareWorld(features);
  world.vm.mustFail(world.init({}, { authority: mallory }), { code: 120 });
  const own = key("my own program");
  deploy(world.vm, own, programFile("features"), mallory);
  world.vm.mustFail(world.init({}, { program: own, program_data: programDataOf(own), authority: mallory }), { class: "PDA" });
  // ProgramData of an own program, with an own authority in it.
  const forged = key("forged program data");
  world.vm.put(forged, { ...world.vm.account(programDataOf(PROGRAM)), lamports: 10n ** 12n });
  world.vm.mustFail(world.init({}, { program_data: forged, authority: mallory }), { class: "PDA" });
  world.vm.mustWork(world.init());
  world.vm.mustFail(world.call("init_set", { kind: 0, threshold: 1, keys: Buffer.alloc(32) }, { authority: mallory }), { code: 120 });
});

const closing = (world) => {
  world.open(alice, AMOUNT);
  world.vm.wait(1);
  world.vm.mustWork(world.call("request_unstake", { amount: AMOUNT }));
  world.vm.wait(5 * 86_400);
  return world.call("withdraw", { amount: AMOUNT });
};
inWorld("A23 a position closed and paid for again in one transaction stays closed", (world) => {
  const position = positionOf(PROGRAM, alice), withdraw = closing(world), revive = pay(mallory, position, 10_000_000n);
  // Used again in the same transaction: all of it fails, the withdrawal too.
  world.vm.mustFail([withdraw, revive, world.call("claim")], { class: "OWNER" });
  world.vm.mustWork([withdraw, revive]);
  assert.deepEqual(world.vm.account(position), { lamports: 10_000_000n, owner: SYSTEM, data: Buffer.alloc(0), executable: false });
});

inWorld("A24 a position is not closed while rewards are owed", (world) => {
  const withdraw = closing(world);
  world.vm.patch(positionOf(PROGRAM, alice), (data) => { data.writeBigUInt64LE(7n, 184); });
  world.vm.mustWork(withdraw);
  assert.equal(world.position().owed, 7n);
  world.vm.mustFail(world.call("withdraw", { amount: 0n }), { code: 720 });
});

inWorld("A25 a closed position cannot be used, and its rent went to its owner", (world) => {
  const withdraw = closing(world), { lamports } = world.vm.account(alice), rent = world.vm.account(positionOf(PROGRAM, alice)).lamports;
  world.vm.mustWork(withdraw);
  assert.equal(world.vm.account(alice).lamports, lamports + rent);
  for (const name of ["claim", "add_stake", "request_unstake", "withdraw"]) world.vm.mustFail(world.call(name, { amount: 1n }), { class: "OWNER" });
  world.vm.mustFail(world.call("refresh"), { class: "OWNER" });
});

inWorld("A74 a position opened again at the same address is another one to a work leaf", (world) => {
  world.vm.mustWork(closing(world));
  world.fundWork(1_000n);
  const position = world.open(alice), { id } = world.position();
  assert.equal(id, 2n);
  world.postRoot(workLeaf(AT.config, position, 1n, 1_000n), 1, 1_000n);
  world.vm.mustFail(world.call("claim_work", { index: 0n, cumulative: 1_000n, proof: [] }), { code: 1321 });
});

// ---- sysvars and time ----

everyInstruction("A26 a sysvar that nobody asked for, true or forged, is refused", ({ world: { vm }, make }) => {
  const forged = key("forged clock");
  vm.put(forged, vm.account("SysvarC1ock11111111111111111111111111111111"));
  const whole = make();
  for (const one of [forged, "SysvarC1ock11111111111111111111111111111111", "SysvarRent111111111111111111111111111111111", "Sysvar1nstructions1111111111111111111111111"])
    vm.mustFail({ ...whole, accounts: [...whole.accounts, read(one)] }, { class: "DATA" });
});

inWorld("A27 a clock before 1970 is refused, and one that goes back earns nothing twice", (world) => {
  world.open(alice, AMOUNT);
  world.fund(86_400_000n, 86_400);
  world.vm.wait(1_000);
  world.claim();
  const { owed } = world.position(), paid = world.wallet(), { slot, unix } = world.vm.clock;
  world.vm.setClock({ unix: unix - 500n });
  world.claim();
  assert.equal(world.wallet(), paid);
  assert.equal(world.pool().last, unix);
  world.vm.setClock({ unix, slot });
  world.claim();
  assert.deepEqual([world.wallet(), world.position().owed], [paid, owed]);
  world.vm.setClock({ unix: -1n });
  world.vm.mustFail(world.call("claim"), { code: 801 });
});

inWorld("A28 a clock that jumps years ahead pays two seconds a slot, and ends no deadline", (world) => {
  world.open(alice, AMOUNT, { role: 0, lock: 30 * 86_400 });
  world.fund(86_400_000n, 86_400);
  const { slot, unix } = world.vm.clock, before = world.wallet(), { end } = world.pool();
  world.vm.setClock({ slot: slot + 10n, unix: unix + 3n * 365n * 86_400n });
  world.claim();
  assert.ok(world.wallet() - before <= 20n * 1_000n && world.wallet() - before >= 20n * 1_000n - 1n, `${world.wallet() - before}`);
  assert.equal(world.pool().end, end + 3n * 365n * 86_400n - 20n);  // the stream's end moved with it
  world.vm.mustFail(world.call("request_unstake", { amount: AMOUNT }), { code: 822 });
  world.vm.mustFail(world.call("refresh"), { code: 822 });
});

// ---- TOKEN ----

for (const [name, given, args] of [["open_position", "from", { amount: AMOUNT }], ["add_stake", "from", { amount: 1n }], ["withdraw", "to", { amount: AMOUNT }],
  ["claim", "to", {}], ["fund", "from", { amount: AMOUNT, seconds: 86_400 }]])
  each(`A29 ${name} with a token account of another mint, a mint, or no token account`, (features) => {
    const { world, make } = honest(name, features, { fresh: true });
    const other = createMint(world.vm, "another mint"), false_ = createTokenAccount(world.vm, "another wallet", other, alice);
    world.vm.mustFail(make({ [given]: false_ }), { code: 903 });
    world.vm.mustFail(make({ [given]: other }), { class: "TOKEN" });
    world.vm.mustFail(make({ [given]: mallory }), { class: "OWNER" });
  });

each("A30 A31 a vault with a delegate, a close authority or frozen is not sealed", (features) => {
  for (const vault of ["stake_vault", "reward_vault", "escrow_vault"])
    for (const [how, code] of [["delegate", 906], ["closeAuthority", 907], ["frozen", 905]]) {
      const { world, make } = honest("seal", features, { fresh: true });
      forge[how](world.vm, AT[vault], mallory);
      world.vm.mustFail(make(), { code });
    }
});

each("A31 nothing goes into or out of a frozen vault or wallet", (features) => {
  for (const [name, slots] of [["open_position", ["from", "stake_vault"]], ["withdraw", ["to", "stake_vault"]], ["claim", ["to", "reward_vault"]], ["fund", ["from", "reward_vault"]]])
    for (const slot of slots) {
      const { world, make, accounts } = honest(name, features, { fresh: true });
      forge.frozen(world.vm, accounts[slot]);
      world.vm.mustFail(make(), { code: 905 });
    }
});

each("A32 A33 a mint that can be frozen, or with an extension that can take, hold or hide tokens", (features) => {
  const world = bareWorld(features, "token-2022"), { vm } = world;
  const withMint = (mint, args = {}) => world.init(args, { mint, token_program: mint.program });
  vm.mustFail(withMint(createMint(vm, "freezable", { program: TOKEN_2022, freeze: mallory })), { code: 909 });
  for (const name of Object.keys(EXTENSIONS).filter((one) => !["metadataPointer", "transferHook"].includes(one)))
    vm.mustFail(withMint(createMint(vm, `hostile ${name}`, { program: TOKEN_2022, extensions: { [name]: { state: 1 } } })), { code: 908 });
  const hook = key("the hook"), hooked = (label, options) => createMint(vm, label, { program: TOKEN_2022, extensions: { transferHook: { authority: null, ...options } } });
  vm.mustFail(withMint(hooked("unexpected hook", { program: hook })), { code: 908 });
  vm.mustFail(withMint(hooked("another hook", { program: key("another") }), { hook }), { code: 911 });
  vm.mustFail(withMint(hooked("hook with an authority", { program: hook, authority: mallory }), { hook }), { code: 911 });
  vm.mustWork(withMint(createMint(vm, "good", { program: TOKEN_2022, extensions: { metadataPointer: {} } })));
});

each("A19 a mint with a hook pays only through that hook", (features) => {
  const world = bareWorld(features, "token-2022"), { vm } = world, hook = key("the hook");
  const mint = createMint(vm, "hooked", { program: TOKEN_2022, extensions: { transferHook: { program: hook, authority: null } } });
  vm.mustWork(world.init({ hook }, { mint }));
  world.mint = mint;
  assert.deepEqual([vm.account(AT.stake_vault).data.length, vm.account(AT.config).data[212]], [171, 1]);
  // The hook is no program here: Token-2022 itself refuses the transfer, whatever else is passed.
  vm.patch(AT.config, (data) => { data[3] = 1; });
  const from = createTokenAccount(vm, "hooked wallet", mint, alice);
  mintTo(vm, mint, from, AMOUNT);
  const impostor = key("impostor");
  vm.addProgram(impostor, programFile("features"));
  for (const [trailing, error] of [[[], "MissingAccount"], [[read(impostor)], "MissingAccount"], [[read(hook)], "UnsupportedProgramId"]])
    assert.equal(vm.mustFail(world.call("open_position", { amount: AMOUNT }, { from }, trailing), { error }).by, TOKEN_2022);
});
