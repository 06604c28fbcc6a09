// The harness itself, on `features` (the linker's sample) and `sol_demo` (the library's piggy bank).
import assert from "node:assert/strict";
import { test } from "node:test";
import { join, u32, u64 } from "../harness/bytes.js";
import { bytesOf, ground, key, pda, pdaAll } from "../harness/keys.js";
import { deploy, deployed, fillBuffer, finalise, loader, programDataOf } from "../harness/loader.js";
import { balanceOf, createMint, createTokenAccount, EXTENSIONS, forge, mintTo, TOKEN, token, TOKEN_2022 } from "../harness/tokens.js";
import { instruction, programFile, read, sign, signWrite, SYSTEM, underBoth, Vm, write } from "../harness/vm.js";

const sample = programFile("features"), bank = programFile("sol_demo");
const program = key("program under test"), alice = key("alice"), authority = key("upgrade authority");
const call = (data = [0], accounts = []) => instruction(program, accounts, data);

// ---- the real loader ----

underBoth("a deployed program runs, is what was uploaded, and can be upgraded", (vm) => {
  const { slot } = vm.clock;
  deploy(vm, program, sample, vm.airdrop(authority));
  assert.equal(vm.mustFail(call(), { code: 6001 }).logs[1], "Program log: alpha");
  assert.deepEqual(deployed(vm, program).file, sample);
  const next = fillBuffer(vm, "next version", sample, authority);
  vm.mustWork(loader.upgrade(program, next, vm.payer, authority));
  assert.equal(deployed(vm, program).slot, slot + 1n);
});

underBoth("a final program can be neither upgraded, closed nor given away, and runs on", (vm) => {
  deploy(vm, program, sample, vm.airdrop(authority));
  const next = fillBuffer(vm, "next version", sample, authority);
  vm.mustFail(loader.setAuthority(program, alice, null), { error: "IncorrectAuthority" });
  finalise(vm, program, authority);
  assert.equal(deployed(vm, program).authority, null);
  const data = programDataOf(program), watch = [data, program];
  vm.mustFail(loader.upgrade(program, next, vm.payer, authority), { error: "Immutable" }, { watch });
  vm.mustFail(loader.close(program, alice, authority), { error: "Immutable" }, { watch });
  vm.mustFail(loader.setAuthority(program, authority, authority), { error: "Immutable" }, { watch });
  vm.mustFail(call(), { code: 6001 });
});

underBoth("the loader refuses a file that is no program", (vm) => {
  const broken = Buffer.from(sample);
  broken[48] = 4;  // a version of SBPF that no cluster runs
  assert.throws(() => deploy(vm, program, broken, vm.airdrop(authority)), /InvalidAccountData/);
});

// ---- the judge ----

test("mustFail fails when it worked, for another reason, in another class, or by another program", () => {
  const vm = new Vm();
  vm.addProgram(program, sample);
  const alien = key("alien");
  assert.throws(() => vm.mustFail(call(), { code: 6002 }), /Custom\(6001\)/);
  assert.throws(() => vm.mustFail(call(), { class: "AUTH" }), /Custom\(6001\)/);
  assert.throws(() => vm.mustFail(call(), { error: "Immutable" }), /Custom\(6001\)/);
  assert.throws(() => vm.mustFail(call(), { code: 6001 }, { by: alien }), /should be .*'s own/);
  assert.throws(() => vm.mustFail(call(), {}), /expect one of/);
  assert.throws(() => vm.mustFail(call(), { class: "AUTHENTICATION" }), /no error class/);
  const empty = vm.airdrop(alice);
  assert.throws(() => vm.mustFail(pay(empty, alien, 1n), { error: "Custom" }), /should have failed/);
});

test("mustFail fails when a refused transaction changed lamports, owner or data, or took more than the fee", () => {
  const vm = new Vm();
  vm.addProgram(program, sample);
  vm.put(alice, { data: Buffer.alloc(8), owner: program });
  const meddle = (change) => {
    vm.send = (...given) => { const outcome = Vm.prototype.send.apply(vm, given); change(); return outcome; };
    return () => vm.mustFail(call([0], [write(alice)]), { code: 6001 });
  };
  assert.throws(meddle(() => vm.airdrop(alice, 1n)), /changed/);
  assert.throws(meddle(() => vm.patch(alice, (data) => { data[7] ^= 1; })), /changed/);
  assert.throws(meddle(() => vm.put(alice, { owner: authority })), /changed/);
  assert.throws(meddle(() => vm.put(vm.payer, { lamports: vm.account(vm.payer).lamports - 1n })), /changed/);
  assert.doesNotThrow(meddle(() => {}));
});

test("a signature that is asked for and not there stops the test, and a false one the transaction", () => {
  const vm = new Vm();
  vm.addProgram(program, sample);
  assert.throws(() => vm.send(call([0], [{ ...sign(alice), key: undefined }])), /must sign/);
  const forger = { ...key("forger"), address: alice.address };
  assert.equal(vm.send(call([0], [sign(forger)])).error, "SignatureFailure");
});

// ---- keys, time, state ----

test("keys come from labels, and ground ones have the best bump everywhere", () => {
  assert.equal(key("alice").address, alice.address);
  const found = ground("saver", (one) => [[program, ["box", one, 0n]], [program, ["vault", one]]]);
  assert.equal(pda(program, ["box", found, 0n]).bump, 255);
  assert.equal(pda(program, ["vault", found.address]).bump, 255);
  const [best, second] = pdaAll(program, ["box", found, 0n]);
  assert.ok(second.bump < best.bump && second.address !== best.address);
});

// kit's own derivation is the witness.
test("addresses are the ones that kit derives", async () => {
  const { address, getProgramDerivedAddress } = await import("@solana/kit");
  for (let i = 0n; i < 20n; i++) {
    const seeds = ["box", bytesOf(alice), u64(i)];
    const [theirs, bump] = await getProgramDerivedAddress({ programAddress: address(program.address), seeds });
    assert.deepEqual(pda(program, ["box", alice, i]), { address: theirs, bump });
  }
});

test("a snapshot brings accounts, programs, clock and the refusal of false signatures back", () => {
  const vm = new Vm("all");
  vm.addProgram(program, sample);
  const saved = vm.snapshot(), { slot, unix } = vm.clock;
  vm.wait(1_000);
  assert.deepEqual(vm.clock, { slot: slot + 2_500n, unix: unix + 1_000n });
  vm.airdrop(alice);
  vm.restore(saved);
  assert.deepEqual(vm.clock, { slot, unix });
  assert.equal(vm.account(alice).lamports, 0n);
  vm.mustFail(call(), { code: 6001 });
  assert.equal(vm.send(call([0], [sign({ ...key("forger"), address: alice.address })])).error, "SignatureFailure");
});

// ---- tokens ----

underBoth("each extension can be had on a mint, and Token-2022 says how large its accounts are", (vm) => {
  for (const name of Object.keys(EXTENSIONS)) {
    const extensions = { [name]: name === "transferHook" ? { program } : {} };
    const mint = createMint(vm, `mint with ${name}`, { program: TOKEN_2022, extensions, freeze: name === "defaultState" ? authority : null });
    assert.equal(vm.account(mint).data.length, 166 + 4 + EXTENSIONS[name].size);
    const account = createTokenAccount(vm, `account of ${name}`, mint, alice);
    assert.equal(vm.account(account).data[108], name === "defaultState" ? 2 : 1);
  }
});

underBoth("tokens move, and a forged account is what it claims to be", (vm) => {
  for (const which of [TOKEN, TOKEN_2022]) {
    const mint = createMint(vm, `mint of ${which}`, { program: which });
    const from = createTokenAccount(vm, `from ${which}`, mint, alice), to = createTokenAccount(vm, `to ${which}`, mint, authority);
    mintTo(vm, mint, from, 100n);
    vm.mustWork(token.transferChecked(mint, from, to, alice, 30n));
    assert.deepEqual([balanceOf(vm, from), balanceOf(vm, to)], [70n, 30n]);
    forge.delegate(vm, from, authority, 50n);
    vm.mustWork(token.transferChecked(mint, from, to, authority, 50n));
    forge.frozen(vm, from);
    vm.mustFail(token.transferChecked(mint, from, to, alice, 1n), { error: "Custom" });
  }
});

// ---- a program of ours, end to end ----

const bankAt = pda(program, ["bank"]).address, vaultAt = pda(program, ["vault"]).address;
const init = (mint) => call([1], [signWrite(alice), write(bankAt), write(vaultAt), read(mint), read(mint.program), read(SYSTEM)]);
const pay = (from, to, amount) => instruction(SYSTEM, [signWrite(from), write(to)], join(u32(2), u64(amount)));

function openBank(vm, mintOptions) {
  vm.addProgram(program, bank);
  vm.airdrop(alice);
  const mint = createMint(vm, "mint", mintOptions);
  vm.mustWork(init(mint));
  const purse = createTokenAccount(vm, "purse", mint, alice);
  mintTo(vm, mint, purse, 1_000n);
  const box = pda(program, ["box", alice, 0n]).address;
  vm.mustWork(call(join([2], u64(0)), [signWrite(alice), write(bankAt), write(box), read(SYSTEM)]));
  const deposit = (amount, signed = sign(alice)) => call(join([3], u64(amount)),
    [signed, write(bankAt), write(box), write(purse), write(vaultAt), read(mint), read(mint.program)]);
  return { mint, purse, box, deposit };
}

for (const which of [TOKEN, TOKEN_2022])
  underBoth(`a deposit arrives and is told as an event, by ${which === TOKEN ? "Token" : "Token-2022"}`, (vm) => {
    const { purse, box, deposit } = openBank(vm, { program: which });
    const { events } = vm.mustWork(deposit(40n));
    assert.equal(balanceOf(vm, vaultAt), 40n);
    assert.equal(balanceOf(vm, purse), 960n);
    assert.deepEqual(events, [{ program: program.address, parts: [join(u64(1), u64(1), u64(40), u64(40))] }]);
    vm.mustFail(deposit(0n), { code: 720 }, { watch: [box, vaultAt] });
    vm.mustFail(deposit(40n, read(alice)), { class: "AUTH" });
    // More than the purse holds: the token program says so, and nothing of ours changed.
    vm.mustFail(deposit(961n), { code: 1 }, { by: which });
  });

underBoth("a mint with any extension that can take tokens away is refused", (vm) => {
  vm.addProgram(program, bank);
  vm.airdrop(alice);
  for (const name of Object.keys(EXTENSIONS).filter((one) => one !== "metadataPointer")) {
    const extensions = { [name]: name === "transferHook" ? { program } : { state: 1 } };
    vm.mustFail(init(createMint(vm, `hostile ${name}`, { program: TOKEN_2022, extensions })), { class: "TOKEN" }, { watch: [bankAt, vaultAt] });
  }
  vm.mustFail(init(createMint(vm, "freezable", { freeze: authority })), { code: 909 });
  vm.mustWork(init(createMint(vm, "with metadata", { program: TOKEN_2022, extensions: { metadataPointer: {} } })));
});

underBoth("the program proves by itself whether it is final", (vm) => {
  const final = () => call([11], [read(program), read(programDataOf(program))]);
  deploy(vm, program, bank, vm.airdrop(authority));
  vm.mustFail(final(), { code: 521 });
  finalise(vm, program, authority);
  vm.mustWork(final());
});
