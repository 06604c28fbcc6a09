// The chain: litesvm, plus what a cluster adds to a VM: slots that pass, blockhashes that expire,
// commitment levels that lag, a history, and slots that can be rolled back until they are final.
//
//   state   litesvm holds the newest ("processed") state. Each slot that is not yet final keeps what
//           its accounts were before it, so older levels are read, and slots undone, from there.
//   time    only tick(), warp() and rollback() move it; one slot is `slotMs` of chain time.
//   limits  HISTORY_MAX transactions remembered; the oldest are forgotten first.
import { EventEmitter } from "node:events";
import { getBase58Decoder } from "@solana/kit";
import { Clock, FailedTransactionMetadata, FeatureSet, LiteSVM } from "litesvm";
import { transactionError, wasExecuted } from "./errors.js";
import { accountKeys, nonceAccount } from "./transaction.js";

const BLOCKHASH_SLOTS = 150n;   // how long a validator accepts one
const HISTORY_MAX = 20_000;
const NONCE_HASH_AT = 40;       // u32 version, u32 state, 32 authority, then the stored hash

// A new VM. `features`: "mainnet" (litesvm's snapshot of it) or "all" gates on.
export function newVm(features = "mainnet") {
  const svm = features === "all"
    ? LiteSVM.default().withFeatureSet(FeatureSet.allEnabled()).withBuiltins().withLamports(10n ** 18n).withSysvars()
      .withPrecompiles().withDefaultPrograms().withNativeMints().withSigverify(true)
    : new LiteSVM();
  return svm;
}

const copied = (account) => (account.exists ? { ...account, data: Uint8Array.from(account.data) } : null);
const same = (a, b) => a === b || (a && b && a.lamports === b.lamports && a.programAddress === b.programAddress &&
  a.executable === b.executable && Buffer.compare(a.data, b.data) === 0);

export class Chain extends EventEmitter {
  // Emits "slot" (slot, parent, root), "executed" (record, processed level) and
  // "level" (commitment, slot) when a slot reaches confirmed or finalized.
  constructor({ features = "mainnet", slotMs = 400, confirmedLag = 1, finalizedLag = 32, unixMs = Date.now() } = {}) {
    super();
    this.setMaxListeners(0);
    const svm = newVm(features);
    Object.assign(this, { features, slotMs, confirmedLag: BigInt(confirmedLag), finalizedLag: BigInt(finalizedLag), unixMs });
    this.#adopt(svm);
    this.slot = svm.getClock().slot;
    this.base = this.slot;
    this.genesisHash = svm.latestBlockhash();
    this.hashes = [];
    this.history = new Map();   // signature -> record
    this.journal = [];          // one entry per slot that is not final: {slot, unixMs, before, records}
    this.#open();
  }

  // The queue of blockhashes and the search for duplicates are ours: litesvm knows only one hash.
  #adopt(svm) { this.svm = svm.withBlockhashCheck(false).withTransactionHistory(0n); }

  // Other feature gates from now on, "mainnet" or "all"; accounts and programs stay. litesvm decides
  // what a program may call when it loads, so it is saved and loaded again.
  setFeatures(features) {
    this.svm.withFeatureSet(features === "all" ? FeatureSet.allEnabled() : new FeatureSet());
    this.#adopt(LiteSVM.fromBytes(this.svm.toBytes()));
    this.features = features;
  }

  #open() {
    this.svm.expireBlockhash();
    this.hashes.push({ hash: this.svm.latestBlockhash(), slot: this.slot });
    if (this.hashes.length > 2 * Number(BLOCKHASH_SLOTS)) this.hashes.shift();
    this.journal.push({ slot: this.slot, unixMs: this.unixMs, before: new Map(), records: [] });
    this.#setClock();
  }

  #setClock() {
    const schedule = this.svm.getEpochSchedule();
    const epoch = this.slot < schedule.firstNormalSlot ? 0n
      : (this.slot - schedule.firstNormalSlot) / schedule.slotsPerEpoch + schedule.firstNormalEpoch;
    const unix = BigInt(Math.floor(this.unixMs / 1000));
    this.svm.setClock(new Clock(this.slot, unix, epoch, epoch + 1n, unix));
    this.epoch = epoch;
  }

  slotAt(commitment) {
    const lag = { processed: 0n, confirmed: this.confirmedLag, finalized: this.finalizedLag }[commitment];
    return this.slot - lag < this.base ? this.base : this.slot - lag;
  }

  get blockHeight() { return this.slot - this.base; }

  // One slot passes (or `slots`, at once: the skipped ones have no block).
  tick(slots = 1n, milliseconds = Number(slots) * this.slotMs) {
    const parent = this.slot;
    const reached = { confirmed: this.slotAt("confirmed"), finalized: this.slotAt("finalized") };
    this.slot += slots;
    this.unixMs += milliseconds;
    this.#open();
    this.emit("slot", { slot: this.slot, parent, root: this.slotAt("finalized") });
    for (const level of ["confirmed", "finalized"]) {
      const now = this.slotAt(level);
      for (const { slot } of this.journal)
        if (slot > reached[level] && slot <= now) this.emit("level", level, slot);
    }
    const root = this.slotAt("finalized");
    this.journal = this.journal.filter(({ slot }) => slot > root);
  }

  // Undoes the newest `count` slots and all that happened in them; the new newest stays open.
  // False, and nothing happens, if one of them is final or would be.
  rollback(count) {
    const target = this.slot - BigInt(count);
    const keep = this.journal.find(({ slot }) => slot === target);
    if (!keep || target < this.slotAt("finalized")) return false;
    const changes = [];
    while (this.journal.at(-1).slot > target) {
      const entry = this.journal.pop();
      for (const [address, account] of entry.before) {
        this.#put(address, account);
        changes.push({ address, account });
      }
      for (const { signature } of entry.records) this.history.delete(signature);
    }
    this.hashes = this.hashes.filter(({ slot }) => slot <= target);
    this.slot = target;
    this.unixMs = keep.unixMs;
    this.#setClock();
    this.emit("executed", { signature: null, slot: target, changes, keys: [], logs: [], err: null });
    return true;
  }

  #put(address, account) {
    this.svm.setAccount(account ?? { address, data: new Uint8Array(), executable: false, lamports: 0n,
      programAddress: "11111111111111111111111111111111", space: 0n });
  }

  // An account at a commitment level, or null.
  account(address, commitment = "processed") {
    const limit = this.slotAt(commitment);
    for (const { slot, before } of this.journal)
      if (slot > limit && before.has(address)) return before.get(address);
    return copied(this.svm.getAccount(address));
  }

  programAccounts(owner, commitment = "processed") {
    const limit = this.slotAt(commitment);
    const found = new Map(this.svm.getProgramAccounts(owner).map((account) => [account.address, account]));
    for (const { slot, before } of [...this.journal].reverse()) {
      if (slot <= limit) break;
      for (const [address, account] of before)
        if (account?.programAddress === owner) found.set(address, account);
        else found.delete(address);
    }
    return [...found.values()];
  }

  // The block of a slot: {hash, slot, parent (its block, or undefined), records}; undefined if there is
  // none: skipped, forgotten, or not there yet.
  block(slot) {
    const at = this.hashes.findIndex((one) => one.slot === slot);
    return at < 0 ? undefined : { ...this.hashes[at], parent: this.hashes[at - 1],
      records: [...this.history.values()].filter((one) => one.slot === slot) };
  }

  blockhashAt(commitment) {
    const limit = this.slotAt(commitment);
    return this.hashes.findLast(({ slot }) => slot <= limit) ?? this.hashes[0];
  }

  isBlockhashValid(hash, commitment = "processed") {
    const known = this.hashes.find((one) => one.hash === hash);
    return known !== undefined && known.slot <= this.slotAt(commitment) && this.slot - known.slot <= BLOCKHASH_SLOTS;
  }

  // Writes an account past every rule, as part of the open slot (development only).
  setAccount(address, account) {
    this.#remember(address, copied(this.svm.getAccount(address)));
    this.#put(address, account);
    this.#record({ signature: null, changes: [{ address, account }], keys: [address], logs: [], err: null });
  }

  #remember(address, account) {
    const { before } = this.journal.at(-1);
    if (!before.has(address)) before.set(address, account);
  }

  #record(record) {
    Object.assign(record, { slot: this.slot, blockTime: Math.floor(this.unixMs / 1000) });
    this.journal.at(-1).records.push(record);
    if (record.signature) {
      this.history.set(record.signature, record);
      if (this.history.size > HISTORY_MAX) this.history.delete(this.history.keys().next().value);
    }
    this.emit("executed", record);
    return record;
  }

  // Why a transaction may not run now, as the RPC names it, or null.
  #refusal({ message, signature }) {
    if (this.history.has(signature)) return "AlreadyProcessed";
    if (this.isBlockhashValid(message.lifetimeToken)) return null;
    const nonce = nonceAccount(message);
    const stored = nonce && this.account(nonce);
    const hash = stored?.data.length === 80 && getBase58Decoder().decode(stored.data.subarray(NONCE_HASH_AT, NONCE_HASH_AT + 32));
    return hash === message.lifetimeToken ? null : "BlockhashNotFound";
  }

  // Runs it in the open slot. {err, record}: record only if it was executed (it is in the block then).
  send(decoded) {
    const refusal = this.#refusal(decoded);
    if (refusal) return { err: refusal, record: null };
    const { keys, writable, loaded } = accountKeys(decoded.message, (address) => this.account(address));
    const before = new Map(keys.map((address) => [address, copied(this.svm.getAccount(address))]));
    const result = this.svm.sendTransaction(decoded.transaction);
    const failed = result instanceof FailedTransactionMetadata;
    const err = failed ? transactionError(result.err()) : null;
    if (failed && !wasExecuted(err)) return { err, record: null };
    const after = new Map(keys.map((address) => [address, copied(this.svm.getAccount(address))]));
    const changes = [];
    for (const address of writable) {
      if (same(before.get(address), after.get(address))) continue;
      this.#remember(address, before.get(address));
      changes.push({ address, account: after.get(address) });
    }
    const meta = failed ? result.meta() : result;
    return { err, record: this.#record({ signature: decoded.signature, decoded, err, keys, loaded, changes,
      logs: meta.logs(), units: meta.computeUnitsConsumed(), meta, before, after }) };
  }

  simulate(decoded, { replaceBlockhash = false, sigVerify = true } = {}) {
    const refusal = replaceBlockhash ? null : this.#refusal(decoded);
    if (refusal) return { err: refusal, logs: [], units: 0n, accounts: new Map(), meta: null };
    this.svm.withSigverify(sigVerify);
    try {
      const result = this.svm.simulateTransaction(decoded.transaction);
      const failed = result instanceof FailedTransactionMetadata;
      const meta = result.meta();
      return { err: failed ? transactionError(result.err()) : null, logs: meta.logs(), units: meta.computeUnitsConsumed(), meta,
        accounts: new Map(failed ? [] : result.postAccounts().map((account) => [account.address, account])) };
    } finally {
      this.svm.withSigverify(true);
    }
  }

  // Everything, as bytes of litesvm plus plain values. What was not final is final afterwards.
  save() {
    return { svm: this.svm.toBytes(), features: this.features, slot: this.slot, base: this.base, unixMs: this.unixMs,
      genesisHash: this.genesisHash, hashes: [...this.hashes] };
  }

  load(saved) {
    this.#adopt(LiteSVM.fromBytes(saved.svm));
    Object.assign(this, { features: saved.features, slot: saved.slot, base: saved.base, unixMs: saved.unixMs, genesisHash: saved.genesisHash,
      hashes: [...saved.hashes], journal: [], history: new Map() });
    this.journal.push({ slot: this.slot, unixMs: this.unixMs, before: new Map(), records: [] });
    this.#setClock();
  }
}
