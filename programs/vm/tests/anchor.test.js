// swarm_anchor in the real machine: checkpoints that extend each other are taken, everything else is
// refused and changes nothing; final once nobody can upgrade it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANCHOR, anchor, anchorVm, auditor, decodeAnchored, decodeLog, logOf, LOG_BYTES, openLog, pathOf, stored, Tree, UPGRADER } from "../harness/anchor.js";
import { addressOf, bytesOf, key, pdaAll } from "../harness/keys.js";
import { deployed, fillBuffer, finalise, loader } from "../harness/loader.js";
import { clientOf } from "../harness/client.js";
import { FEATURE_SETS, instruction, programFile, read, sign, signWrite, SYSTEM, Vm, write } from "../harness/vm.js";

const tree = new Tree(), other = new Tree("another history");
const BAD_PROOF = { code: 1321 }, NOT_LARGER = { code: 520 }, TOO_LONG = { code: 1322 };

// One VM with an open log for each feature set, restored for every test.
const made = new Map();
function opened(features) {
  if (!made.has(features)) {
    const vm = anchorVm(features);
    vm.mustWork(openLog(vm.payer));
    made.set(features, vm.snapshot());
  }
  return new Vm(features, made.get(features));
}
const withLog = (name, body) => { for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(opened(features))); };
const log = (vm) => decodeLog(vm.account(logOf()).data);
const mustExtend = (vm, from, to) => vm.mustWork(anchor(to, tree.upTo(to), tree.proof(from, to)));

withLog("an opened log is empty and its authority's", (vm) => {
  const { data, owner, lamports } = vm.account(logOf());
  assert.equal(data.length, LOG_BYTES);
  assert.equal(owner, ANCHOR.address);
  assert.equal(lamports, vm.rent(LOG_BYTES));
  const { authority, seq, size, id, bump } = log(vm);
  assert.deepEqual({ authority, seq, size, id, bump }, { authority: auditor.address, seq: 0n, size: 0n, id: 0n, bump: 255 });
  const [{ parts: [event] }] = vm.mustWork(openLog(vm.payer, { id: 5n })).events;
  assert.equal(event.length, 64);
  assert.deepEqual([event[0], event.readBigUInt64LE(24), addressOf(event.subarray(32, 64))], [1, 5n, auditor.address]);
});

withLog("every pair of sizes up to 24, and the event says what the account says", (vm) => {
  for (let to = 2; to <= 24; to++) for (let from = 1; from < to; from++) {
    stored(vm, from, tree.upTo(from));
    const before = log(vm).seq;
    vm.wait(1);
    const { events } = mustExtend(vm, from, to), now = log(vm), said = decodeAnchored(events[0].parts[0]);
    assert.deepEqual({ seq: now.seq, size: now.size, root: now.root.toString("hex") }, { seq: before + 1n, size: BigInt(to), root: tree.upTo(to).toString("hex") });
    assert.deepEqual([now.slot, now.time], [vm.clock.slot, vm.clock.unix]);
    assert.deepEqual({ ...said, root: said.root.toString("hex") }, { tag: 2, version: 1, seq: now.seq, slot: now.slot, size: now.size, root: now.root.toString("hex") });
  }
});

withLog("a log that was rewritten, at any size up to 24, is refused", (vm) => {
  for (let to = 2; to <= 24; to++) for (let from = 1; from < to; from++) {
    stored(vm, from, tree.upTo(from));
    vm.mustFail(anchor(to, other.upTo(to), other.proof(from, to)), BAD_PROOF);
    vm.mustFail(anchor(to, other.upTo(to), tree.proof(from, to)), BAD_PROOF);
    vm.mustFail(anchor(to, tree.upTo(to), other.proof(from, to)), BAD_PROOF);
  }
});

withLog("one bit, one hash less, one hash more", (vm) => {
  stored(vm, 11, tree.upTo(11));
  const proof = tree.proof(11, 23), root = tree.upTo(23);
  for (let i = 0; i < proof.length; i++) {
    const bent = proof.map((hash) => Buffer.from(hash));
    bent[i][i] ^= 1 << (i % 8);
    vm.mustFail(anchor(23, root, bent), BAD_PROOF);
    vm.mustFail(anchor(23, root, proof.filter((_, at) => at !== i)), BAD_PROOF);
    vm.mustFail(anchor(23, root, [...proof.slice(0, i), proof[i], ...proof.slice(i)]), BAD_PROOF);
  }
  for (let bit = 0; bit < 256; bit++) {
    const bent = Buffer.from(root);
    bent[bit >> 3] ^= 1 << (bit & 7);
    vm.mustFail(anchor(23, bent, proof), BAD_PROOF);
  }
  mustExtend(vm, 11, 23);
});

withLog("sizes that do not grow", (vm) => {
  vm.mustFail(anchor(0, tree.upTo(1)), NOT_LARGER);
  vm.mustWork(anchor(8, tree.upTo(8)));
  for (const size of [0, 1, 7, 8]) vm.mustFail(anchor(size, tree.upTo(8)), NOT_LARGER);
  vm.mustFail(anchor(5, tree.upTo(5), tree.proof(5, 8)), NOT_LARGER);
});

withLog("the first checkpoint takes any root and no proof", (vm) => {
  vm.mustFail(anchor(8, tree.upTo(8), [tree.upTo(1)]), BAD_PROOF);
  vm.mustWork(anchor(8, tree.upTo(8)));
  vm.mustFail(anchor(9, tree.upTo(9)), BAD_PROOF);
});

withLog("29 hashes fit into a transaction; whatever is longer or not whole is refused", (vm) => {
  const { proof, old, root } = pathOf((1n << 28n) - 1n, 1n << 28n);
  assert.equal(proof.length, 29);
  stored(vm, (1n << 28n) - 1n, old);
  const whole = anchor(1n << 28n, root, proof);
  vm.mustFail({ ...whole, data: whole.data.subarray(0, -1) }, TOO_LONG);
  vm.mustFail(anchor(1n << 28n, root, proof.slice(1)), BAD_PROOF);
  vm.mustWork(whole);
  const longer = pathOf((1n << 29n) - 1n, 1n << 29n);
  stored(vm, (1n << 29n) - 1n, longer.old);
  vm.mustFail(anchor(1n << 29n, longer.root, longer.proof), TOO_LONG);
});

// ---- accounts ----

withLog("A1 A2 who has not signed, or is not the log's authority", (vm) => {
  const mallory = key("mallory"), whole = anchor(3, tree.upTo(3));
  vm.mustFail({ ...whole, accounts: [read(auditor), whole.accounts[1]] }, { code: 101 });
  vm.mustFail(anchor(3, tree.upTo(3), [], { authority: mallory, log: logOf() }), { code: 404 });
  const open = openLog(vm.payer, { authority: mallory });
  vm.mustFail({ ...open, accounts: [open.accounts[0], read(mallory), ...open.accounts.slice(2)] }, { code: 101 });
});

withLog("A4 - A9 a log that is none of this program's", (vm) => {
  vm.mustWork(anchor(5, tree.upTo(5)));
  const honest = vm.account(logOf()), forged = key("forged log");
  const cases = [[{ owner: key("another program").address }, 201], [{ owner: SYSTEM }, 201], [{ data: honest.data.subarray(1) }, 303],
    [{ data: Buffer.concat([honest.data, Buffer.alloc(1)]) }, 303], [{ data: Buffer.alloc(0) }, 303],
    [{ data: Buffer.from(honest.data).fill(2, 0, 1) }, 301], [{ data: Buffer.from(honest.data).fill(2, 1, 2) }, 302]];
  for (const [change, code] of cases) {
    vm.put(forged, { ...honest, ...change });
    vm.mustFail(anchor(6, tree.upTo(6), tree.proof(5, 6), { log: forged.address }), { code });
  }
  vm.mustFail(anchor(6, tree.upTo(6), [], { log: key("nothing here").address }), { code: 201 });
});

withLog("A10 - A12 another address than the canonical one of authority and id", (vm) => {
  const [, worse] = pdaAll(ANCHOR, ["log", auditor, 1n]);
  for (const place of [worse.address, logOf(auditor, 2n), logOf(key("mallory"), 1n), key("elsewhere").address])
    vm.mustFail(openLog(vm.payer, { id: 1n, log: place }), { code: 401 });
});

withLog("A14 - A16 a log is opened once, in nobody else's name, and lamports do not stop it", (vm) => {
  vm.mustFail(openLog(vm.payer), { code: 501 });
  vm.put(logOf(auditor, 1n), { lamports: 1n });
  vm.mustWork(openLog(vm.payer, { id: 1n }));
  assert.equal(vm.account(logOf(auditor, 1n)).lamports, vm.rent(LOG_BYTES));
  vm.mustFail(openLog(vm.payer, { authority: key("mallory"), id: 2n, log: logOf(auditor, 2n) }), { code: 401 });
});

withLog("A18 A20 A69 A70 impostors, one account twice, other bytes and numbers of accounts", (vm) => {
  const open = openLog(vm.payer, { id: 1n }), whole = anchor(3, tree.upTo(3));
  vm.mustFail({ ...open, accounts: [...open.accounts.slice(0, 3), read(ANCHOR)] }, { code: 1001 });
  vm.mustFail({ ...open, data: Uint8Array.from([...open.data, 0]) }, { code: 1304 });
  vm.mustFail({ ...open, data: open.data.subarray(0, -1) }, { code: 1303 });
  vm.mustFail({ ...open, accounts: [...open.accounts, read(SYSTEM)] }, { code: 1306 });
  vm.mustFail({ ...open, accounts: open.accounts.slice(0, 3) }, { code: 1305 });
  vm.mustFail({ ...open, accounts: [open.accounts[0], open.accounts[1], signWrite(vm.payer), open.accounts[3]] }, { code: 1101 });
  vm.mustFail({ ...whole, data: whole.data.subarray(0, 40) }, { code: 1303 });
  vm.mustFail({ ...whole, accounts: [...whole.accounts, read(SYSTEM)] }, { code: 1306 });
  vm.mustFail({ ...whole, accounts: whole.accounts.slice(0, 1) }, { code: 1305 });
  vm.mustFail({ ...whole, accounts: [whole.accounts[0], read(logOf())] }, { code: 102 });
  vm.mustFail(instruction(ANCHOR, [], []), { code: 1301 });
  vm.mustFail(instruction(ANCHOR, [], [3]), { code: 1302 });
});

withLog("A27 a clock that goes back stops no audit, one before 1970 does", (vm) => {
  vm.mustWork(anchor(3, tree.upTo(3)));
  vm.setClock({ unix: 5n });
  mustExtend(vm, 3, 4);
  assert.equal(log(vm).time, 5n);
  vm.setClock({ unix: -1n });
  vm.mustFail(anchor(5, tree.upTo(5), tree.proof(4, 5)), { code: 801 });
});

withLog("final: without its upgrade authority nobody changes or closes it, and it serves on", (vm) => {
  const buffer = fillBuffer(vm, "another version", programFile("swarm_anchor"), UPGRADER);
  finalise(vm, ANCHOR, UPGRADER);
  assert.equal(deployed(vm, ANCHOR).authority, null);
  assert.ok(deployed(vm, ANCHOR).file.equals(programFile("swarm_anchor")));
  vm.mustFail(loader.upgrade(ANCHOR, buffer, vm.payer, UPGRADER), { error: "Immutable" });
  vm.mustFail(loader.close(ANCHOR, vm.payer, UPGRADER), { error: "Immutable" });
  vm.mustWork(anchor(3, tree.upTo(3)));
});

// ---- the generated client ----

test("the client makes the same bytes and reads what the program wrote", async () => {
  const client = await clientOf("swarm_anchor"), vm = opened("mainnet");
  assert.equal(await client.findLog(ANCHOR.address, auditor.address, 0n), logOf());
  const byHand = anchor(3, tree.upTo(3), [tree.upTo(1), tree.upTo(2)]);
  const ours = client.anchor(ANCHOR.address, { authority: auditor.address, log: logOf() },
    { size: 3n, root: addressOf(tree.upTo(3)), proof: Buffer.concat([tree.upTo(1), tree.upTo(2)]) });
  assert.deepEqual(Buffer.from(ours.data), Buffer.from(byHand.data));
  assert.deepEqual(ours.accounts.map(({ address, role }) => [address, role]), byHand.accounts.map(({ address, role }) => [address, role]));
  const open = openLog(vm.payer, { id: 9n });
  const oursOpen = client.openLog(ANCHOR.address, { payer: vm.payer.address, authority: auditor.address, log: logOf(auditor, 9n), systemProgram: SYSTEM }, { id: 9n });
  assert.deepEqual(Buffer.from(oursOpen.data), Buffer.from(open.data));
  const [{ parts: [event] }] = vm.mustWork(anchor(3, tree.upTo(3))).events;
  const state = client.decodeLog(vm.account(logOf()).data), said = client.decodeAnchoredEvent(event);
  assert.deepEqual([state.size, state.root, state.seq], [said.size, said.root, said.seq]);
  assert.deepEqual(bytesOf(state.root), tree.upTo(3));
  assert.equal(client.ERRORS[1321][0], "BadProof");
});
