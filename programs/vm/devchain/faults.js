// Faults on purpose, and the same ones each time: every choice comes from one seeded generator.
// A rule: {kind, methods?, rate, count?, ...}. Kinds: "rpcError" (code, message), "http429",
// "dropNotice", "lateNotice" (slots), "duplicateNotice", "congested" (accounts). `rate` is in [0, 1];
// `count` bounds how often the rule strikes; `methods` limits it to these RPC methods or notice names.
import { address, config, integer, list, oneOf, wrong } from "./params.js";

export const KINDS = ["rpcError", "http429", "dropNotice", "lateNotice", "duplicateNotice", "congested"];
const RULES_MAX = 32;
const ACCOUNTS_MAX = 64;
const LOST_MAX = 20_000;  // transactions that are remembered; the oldest are forgotten first

// mulberry32: small, seeded, and good enough to pick victims.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// The accounts that everybody wants to write: "congested" means nothing without one, the others have none. `price` is
// what others offer there, in micro-lamports a compute unit; without it no offer wins.
function checkedPrice({ kind, price }, name) {
  if (price === undefined) return Infinity;
  if (kind !== "congested") throw wrong(`${name}.price`, price, `none with ${kind}`);
  return integer(price, `${name}.price`, { min: 1, max: 10 ** 12 });
}

function checkedAccounts({ kind, accounts }, name) {
  if (kind !== "congested") {
    if (accounts !== undefined) throw wrong(`${name}.accounts`, accounts, `none with ${kind}`);
    return null;
  }
  const checked = list(accounts, `${name}.accounts`, ACCOUNTS_MAX).map((one, at) => address(one, `${name}.accounts[${at}]`));
  if (checked.length === 0) throw wrong(`${name}.accounts`, accounts, `1 to ${ACCOUNTS_MAX} addresses`);
  return new Set(checked);
}

function checkedRule(rule, index) {
  const name = `rules[${index}]`;
  config(rule, name);
  const rate = rule.rate ?? 1;
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) throw wrong(`${name}.rate`, rate, "a number from 0 to 1");
  return { kind: oneOf(rule.kind, `${name}.kind`, KINDS) ?? (() => { throw wrong(`${name}.kind`, rule.kind, KINDS.join(", ")); })(),
    rate, left: rule.count === undefined ? Infinity : integer(rule.count, `${name}.count`), struck: 0,
    methods: rule.methods === undefined ? null : list(rule.methods, `${name}.methods`, 64),
    slots: integer(rule.slots ?? 1, `${name}.slots`, { min: 1, max: 1000 }),
    code: rule.code === undefined ? -32603 : integer(rule.code, `${name}.code`, { min: -99_999, max: 99_999 }),
    message: typeof rule.message === "string" ? rule.message : "injected fault",
    accounts: checkedAccounts(rule, name), price: checkedPrice(rule, name) };
}

export class Faults {
  constructor() { this.set({}); }

  // Throws -32602 for a bad rule; the old rules stay then.
  set({ seed = 1, rules = [] }) {
    const checked = list(rules, "rules", RULES_MAX).map(checkedRule);
    this.random = generator(integer(seed, "seed"));
    this.rules = checked;
    this.lost = new Set();
  }

  // The first rule of this kind that strikes `method` (a sent transaction: that writes `accounts` and offers
  // `price`) now, or null.
  strike(kind, method, accounts = [], price = 0) {
    for (const rule of this.rules) {
      if (rule.kind !== kind || rule.left === 0 || (rule.methods && !rule.methods.includes(method))) continue;
      if (rule.accounts && (price >= rule.price || !accounts.some((one) => rule.accounts.has(one)))) continue;
      if (this.random() >= rule.rate) continue;
      rule.left -= 1;
      rule.struck += 1;
      return rule;
    }
    return null;
  }

  // Whether this transaction loses every auction for an account that it writes. Its lot is drawn once: sending the
  // same bytes again wins nothing until other rules are set.
  losesAuctions(signature, writable, price) {
    if (this.lost.has(signature)) return true;
    if (!this.strike("congested", "sendTransaction", writable, price)) return false;
    this.lost.add(signature);
    if (this.lost.size > LOST_MAX) this.lost.delete(this.lost.values().next().value);
    return true;
  }

  // What blocks ask of those who write these accounts, micro-lamports a unit; a crowd without a price names none.
  priceOf(accounts) {
    const asked = this.rules.filter((rule) => rule.left > 0 && rule.rate > 0 && Number.isFinite(rule.price)
      && accounts.some((one) => rule.accounts.has(one)));
    return Math.max(0, ...asked.map((rule) => rule.price));
  }

  report() { return this.rules.map(({ kind, struck }) => ({ kind, struck })); }
}
