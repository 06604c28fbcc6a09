// The VM as tests use it: every step is synchronous, every key comes from a label, signatures are
// real and checked. The fee payer is an account of its own, so that whatever else a transaction
// names must be as before when it failed.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import * as kit from "@solana/kit";
import { Clock, LiteSVM } from "litesvm";
import { newVm } from "../devchain/chain.js";
import { key, text } from "./keys.js";
import { CLASSES, describe, outcomeOf } from "./outcome.js";

export const FEATURE_SETS = ["mainnet", "all"];
export const SYSTEM = "11111111111111111111111111111111";
export const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111";
export const START = { unix: 1_800_000_000n, slot: 1_000n };
const FEE_PER_SIGNATURE = 5000n;
const SLOT_MS = 400n;

// Accounts of an instruction; a signer is a key, anything else may be text.
export const read = (one) => ({ address: text(one), role: kit.AccountRole.READONLY });
export const write = (one) => ({ address: text(one), role: kit.AccountRole.WRITABLE });
export const sign = (one) => ({ address: text(one), role: kit.AccountRole.READONLY_SIGNER, key: one });
export const signWrite = (one) => ({ address: text(one), role: kit.AccountRole.WRITABLE_SIGNER, key: one });
export const instruction = (program, accounts, data = []) =>
  ({ programAddress: text(program), accounts, data: Uint8Array.from(data) });

// The largest instruction limit, for tests that need room.
export function unitLimit(units) {
  const data = Buffer.alloc(5);
  data[0] = 2;
  data.writeUInt32LE(units, 1);
  return instruction(COMPUTE_BUDGET, [], data);
}

// The bytes of a program of the build: of $WARDHIVE_PROGRAMS (ctest sets it), else of the first
// build directory that has it. Throws with the remedy.
export function programFile(name) {
  const built = (preset) => fileURLToPath(new URL(`../../../build/${preset}/programs`, import.meta.url));
  const folders = process.env.WARDHIVE_PROGRAMS ? [process.env.WARDHIVE_PROGRAMS] : [built("release"), built("dev")];
  const folder = folders.find((one) => existsSync(`${one}/${name}.so`));
  if (!folder) throw new Error(`no ${name}.so in ${folders.join(" or ")}; build the target program_${name}, or set WARDHIVE_PROGRAMS`);
  return readFileSync(`${folder}/${name}.so`);
}

// Registers `body(vm)` as one test under each feature set, each in a VM of its own.
export function underBoth(name, body) {
  for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(new Vm(features)));
}

const same = (a, b) => a.lamports === b.lamports && a.owner === b.owner && a.data.equals(b.data);

export class Vm {
  // With `snapshot`, what another Vm saved; else a new chain with a rich fee payer.
  constructor(features = "mainnet", snapshot = null) {
    this.features = features;
    this.payer = key("fee payer");
    if (snapshot) return this.restore(snapshot);
    this.#take(newVm(features));
    this.airdrop(this.payer, 1_000_000_000_000n);
    this.setClock(START);
  }

  #take(svm) { this.svm = svm.withTransactionHistory(0n); }  // equal transactions may be sent again

  // ---- time ----
  get clock() {
    const { slot, unixTimestamp } = this.svm.getClock();
    return { slot, unix: unixTimestamp };
  }

  // Either or both; time may go back, as the worst validator's does.
  setClock({ slot = this.clock.slot, unix = this.clock.unix }) {
    const schedule = this.svm.getEpochSchedule();
    const epoch = slot < schedule.firstNormalSlot ? 0n
      : (slot - schedule.firstNormalSlot) / schedule.slotsPerEpoch + schedule.firstNormalEpoch;
    this.svm.setClock(new Clock(slot, unix, epoch, epoch + 1n, unix));
  }

  // Time passes at the cluster's pace: 400 ms a slot.
  wait(seconds) {
    const { slot, unix } = this.clock;
    this.setClock({ slot: slot + (BigInt(seconds) * 1000n + SLOT_MS - 1n) / SLOT_MS, unix: unix + BigInt(seconds) });
  }

  // ---- accounts ----
  // {lamports, owner, data}; an absent account is {0n, SYSTEM, empty}.
  account(one) {
    const found = this.svm.getAccount(text(one));
    return found.exists ? { lamports: found.lamports, owner: found.programAddress, data: Buffer.from(found.data), executable: found.executable }
      : { lamports: 0n, owner: SYSTEM, data: Buffer.alloc(0), executable: false };
  }

  // Writes past every rule; what is not given stays. Lamports are raised to what rent asks for.
  put(one, change) {
    const now = { ...this.account(one), ...change };
    const data = Uint8Array.from(now.data);
    const rent = this.rent(data.length);
    const lamports = change.lamports ?? (now.lamports > rent ? now.lamports : rent);
    this.svm.setAccount({ address: text(one), data, executable: now.executable, lamports, programAddress: text(now.owner), space: BigInt(data.length) });
  }

  // Changes an account's bytes in place: patch(address, (data) => { data[0] = 9; }).
  patch(one, edit) {
    const { data } = this.account(one);
    this.put(one, { data: edit(data) ?? data });
  }

  rent(bytes) { return this.svm.minimumBalanceForRentExemption(BigInt(bytes)); }

  airdrop(one, lamports = 10_000_000_000n) {
    this.put(one, { lamports: this.account(one).lamports + lamports });
    return one;
  }

  // ---- programs ----
  // The quick way: the file under an address, by the loader whose programs are final. The real way
  // is loader.js.
  addProgram(program, bytes) { this.svm.addProgram(text(program), bytes); }

  // ---- state of the whole VM ----
  snapshot() { return this.svm.toBytes(); }                          // about 1 ms, 1.4 MB
  restore(bytes) { this.#take(LiteSVM.fromBytes(bytes)); return this; }  // about 25 ms

  // ---- transactions ----
  // Each of `keys` signs beside those that the instructions name with sign() and signWrite().
  #transaction(instructions, payer) {
    const keys = new Map([[payer.address, payer]]);
    for (const { accounts } of instructions) for (const { address, key: one } of accounts) if (one) keys.set(address, one);
    const message = kit.pipe(kit.createTransactionMessage({ version: 0 }),
      (m) => kit.setTransactionMessageFeePayer(payer.address, m),
      (m) => kit.setTransactionMessageLifetimeUsingBlockhash({ blockhash: this.svm.latestBlockhash(), lastValidBlockHeight: 2n ** 62n }, m),
      (m) => kit.appendTransactionMessageInstructions(instructions.map(({ accounts, ...rest }) =>
        ({ ...rest, accounts: accounts.map(({ address, role }) => ({ address, role })) })), m));
    const compiled = kit.compileTransaction(message);
    const signatures = Object.fromEntries(Object.keys(compiled.signatures).map((address) => {
      const one = keys.get(address);
      assert.ok(one?.sign, `${address} must sign, and no key for it was given`);
      return [address, one.sign(compiled.messageBytes)];
    }));
    return { ...compiled, signatures };
  }

  // Sends one transaction; instructions are one or a list. See outcome.js for what comes back.
  send(instructions, { payer = this.payer } = {}) {
    return outcomeOf(this.svm.sendTransaction(this.#transaction([instructions].flat(), payer)));
  }

  mustWork(instructions, options) {
    const outcome = this.send(instructions, options);
    assert.ok(outcome.ok, `should have worked: ${describe(outcome)}`);
    return outcome;
  }

  // Must fail, in the way expected, and leave every account it names (and those of `watch`) as it
  // was; only the fee payer has paid the fee. `expected` is {class} (a name of CLASSES), {code}, or
  // {error} (the runtime's name). `by` is the program that must have said so: that of the last
  // instruction, unless named.
  mustFail(instructions, expected, { payer = this.payer, watch = [], by } = {}) {
    const list = [instructions].flat();
    const named = new Set([...list.flatMap(({ accounts }) => accounts.map(({ address }) => address)), ...watch.map(text), payer.address]);
    const before = new Map([...named].map((address) => [address, this.account(address)]));
    const outcome = this.send(list, { payer });
    assert.ok(!outcome.ok, `should have failed with ${JSON.stringify(expected)}: ${describe(outcome)}`);
    checkError(outcome, expected, by === undefined ? list.at(-1).programAddress : text(by));
    for (const [address, then] of before) {
      const now = this.account(address);
      if (address === payer.address) now.lamports += then.lamports - now.lamports === feeOf(list, payer) ? then.lamports - now.lamports : 0n;
      assert.ok(same(then, now), `a refused transaction changed ${address}: ${then.lamports} lamports of ${then.owner}, ` +
        `${then.data.length} bytes, became ${now.lamports} of ${now.owner}, ${now.data.length} bytes`);
    }
    return outcome;
  }
}

function feeOf(instructions, payer) {
  const signers = new Set(instructions.flatMap(({ accounts }) => accounts.filter((one) => one.key).map(({ address }) => address)));
  return FEE_PER_SIGNATURE * BigInt(signers.add(payer.address).size);
}

function checkError(outcome, expected, by) {
  const asked = ["class", "code", "error"].filter((one) => one in expected);
  assert.equal(asked.length, 1, "expect one of {class}, {code}, {error}");
  if (expected.class !== undefined) assert.ok(expected.class in CLASSES, `no error class ${expected.class}`);
  assert.equal(outcome[asked[0]], expected[asked[0]], `should have failed with ${JSON.stringify(expected)}: ${describe(outcome)}`);
  // The same number from a program that was called would be luck, not a check.
  if (expected.error === undefined) assert.equal(outcome.by, by, `the error should be ${by}'s own: ${describe(outcome)}`);
}
