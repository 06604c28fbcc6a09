// Websocket subscriptions of one connection: who is told what, at which commitment level.
import { accountJson } from "./encode.js";
import { internal, RpcError } from "./errors.js";
import { accountFilter } from "./filters.js";
import { withContext } from "./methods.js";
import * as take from "./params.js";
import { isAt } from "./transactions.js";

const SUBSCRIPTIONS_MAX = 100;
let lastId = 0;

function mentions(given) {
  if (given === "all" || given === "allWithVotes") return () => true;
  const [wanted] = take.list(take.config(given, "filter").mentions, "mentions", 1);
  take.address(wanted, "mentions[0]");
  return ({ keys }) => keys.includes(wanted);
}

// What each kind watches: `look(record)` yields the values to tell about one executed transaction.
const kinds = {
  account(chain, [address, given]) {
    const from = take.config(given), read = (one) => chain.account(one), options = { encoding: take.encoding(from), slice: take.dataSlice(from), read };
    take.address(address);
    return { from, look: ({ changes }) => changes.filter((one) => one.address === address)
      .map(({ account }) => accountJson(account, options) ?? { lamports: 0, data: ["", "base64"], owner: "11111111111111111111111111111111",
        executable: false, rentEpoch: 0, space: 0 }) };
  },
  program(chain, [program, given]) {
    const from = take.config(given), read = (one) => chain.account(one), options = { encoding: take.encoding(from), slice: take.dataSlice(from), read };
    const passes = accountFilter(from.filters);
    take.address(program);
    return { from, look: ({ changes }) => changes.filter(({ account }) => account?.programAddress === program && passes(account))
      .map(({ address, account }) => ({ pubkey: address, account: accountJson(account, options) })) };
  },
  logs(chain, [filter, given]) {
    const passes = mentions(filter);
    return { from: take.config(given), look: (record) => (record.signature && passes(record)
      ? [{ signature: record.signature, err: record.err, logs: record.logs }] : []) };
  },
  signature(chain, [signature, given]) {
    take.signature(signature);
    return { from: take.config(given), once: true, signature,
      look: (record) => (record.signature === signature ? [{ err: record.err }] : []) };
  },
};

export class Subscriptions {
  // `write(text-able object)` sends to the client.
  constructor(chain, faults, write) {
    Object.assign(this, { chain, faults, write, open: new Map(), late: [] });
    this.listeners = {
      slot: (now) => this.#slot(now),
      executed: (record) => this.#tell("processed", [record]),
      level: (commitment, slot) => this.#tell(commitment, chain.journal.find((one) => one.slot === slot)?.records ?? []),
    };
    for (const [name, listener] of Object.entries(this.listeners)) chain.on(name, listener);
  }

  close() { for (const [name, listener] of Object.entries(this.listeners)) this.chain.off(name, listener); }

  // A websocket request; throws RpcError.
  call(method, params) {
    const [, kind, action] = /^(account|program|logs|signature|slot|root)(Subscribe|Unsubscribe)$/.exec(method) ?? [];
    if (!kind) throw new RpcError(-32601, "Method not found");
    if (action === "Unsubscribe") {
      if (!this.open.delete(params[0])) throw new RpcError(-32602, "Invalid subscription id.");
      return true;
    }
    if (this.open.size >= SUBSCRIPTIONS_MAX) throw internal("Internal Error: Subscription refused. Node subscription limit reached");
    const watch = kinds[kind]?.(this.chain, params) ?? {};
    const id = ++lastId;
    const entry = { id, kind, ...watch, commitment: take.commitment(watch.from ?? {}) };
    this.open.set(id, entry);
    const known = entry.signature && this.chain.history.get(entry.signature);
    if (known && isAt(this.chain, known, entry.commitment)) queueMicrotask(() => this.#tellOne(entry, known));
    return id;
  }

  #slot({ slot, parent, root }) {
    const due = this.late.filter((one) => one.slot <= slot);
    this.late = this.late.filter((one) => one.slot > slot);
    for (const { notice } of due) this.write(notice);
    for (const entry of this.open.values()) {
      if (entry.kind === "slot") this.#notify(entry, { slot, parent, root });
      if (entry.kind === "root") this.#notify(entry, root);
    }
  }

  #tell(commitment, records) {
    for (const record of records)
      for (const entry of [...this.open.values()])
        if (entry.look && entry.commitment === commitment) this.#tellOne(entry, record);
  }

  #tellOne(entry, record) {
    if (!this.open.has(entry.id)) return;
    for (const value of entry.look(record)) {
      if (entry.once) this.open.delete(entry.id);
      this.#notify(entry, withContext(record.slot, value));
    }
  }

  #notify({ id, kind }, result) {
    const method = `${kind}Notification`;
    const notice = { jsonrpc: "2.0", method, params: { result, subscription: id } };
    if (this.faults.strike("dropNotice", method)) return;
    const late = this.faults.strike("lateNotice", method);
    if (late) this.late.push({ slot: this.chain.slot + BigInt(late.slots), notice });
    else this.write(notice);
    if (this.faults.strike("duplicateNotice", method)) this.write(notice);
  }
}
