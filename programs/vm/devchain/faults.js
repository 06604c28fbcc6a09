// Faults on purpose, and the same ones each time: every choice comes from one seeded generator.
// A rule: {kind, methods?, rate, count?, ...}. Kinds: "rpcError" (code, message), "http429",
// "dropNotice", "lateNotice" (slots), "duplicateNotice". `rate` is in [0, 1]; `count` bounds how
// often the rule strikes; `methods` limits it to these RPC methods or notice names.
import { config, integer, list, oneOf, wrong } from "./params.js";

export const KINDS = ["rpcError", "http429", "dropNotice", "lateNotice", "duplicateNotice"];
const RULES_MAX = 32;

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
    message: typeof rule.message === "string" ? rule.message : "injected fault" };
}

export class Faults {
  constructor() { this.set({}); }

  // Throws -32602 for a bad rule; the old rules stay then.
  set({ seed = 1, rules = [] }) {
    const checked = list(rules, "rules", RULES_MAX).map(checkedRule);
    this.random = generator(integer(seed, "seed"));
    this.rules = checked;
  }

  // The first rule of this kind that strikes `method` now, or null.
  strike(kind, method) {
    for (const rule of this.rules) {
      if (rule.kind !== kind || rule.left === 0 || (rule.methods && !rule.methods.includes(method))) continue;
      if (this.random() >= rule.rate) continue;
      rule.left -= 1;
      rule.struck += 1;
      return rule;
    }
    return null;
  }

  report() { return this.rules.map(({ kind, struck }) => ({ kind, struck })); }
}
