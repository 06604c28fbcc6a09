// The list of attacks, and that each has a test of its name: a case that is dropped is missed here.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ATTACKS = {
  A1: "owner, guardian or sentinel has not signed", A2: "the right key, not as a signer", A3: "a threshold met by one key twice",
  A4: "forged under another program", A5: "forged under the System program", A6: "no account, no data",
  A7: "an account of another kind", A8: "another version of the layout", A9: "a byte more or less",
  A10: "a bump that is not canonical", A11: "an address of another owner, mint or kind", A12: "seeds that collide", A13: "an altered stored bump",
  A14: "initialised again", A15: "an address paid beforehand", A16: "initialised first by somebody else",
  A17: "an impostor for the token program", A18: "an impostor for the System program", A19: "another hook program",
  A22: "a node as its own standby", A20: "one account as source and destination", A21: "one account twice",
  A23: "closed and revived", A24: "closed with something in it", A25: "used after it was closed",
  A26: "a forged sysvar", A27: "time that goes back", A28: "time that jumps ahead",
  A29: "a vault or wallet of another mint", A30: "a vault with a delegate or close authority", A31: "a frozen vault", A32: "a mint with hostile extensions", A33: "an unexpected hook",
  A34: "an amount of nothing", A35: "2^64 - 1", A36: "overflow of weight, accumulator or principal",
  A37: "stake, claim and unstake at once", A38: "the same slot", A39: "n seconds earn n seconds",
  A40: "funded while nobody stakes", A41: "funded with one unit", A42: "claimed very often",
  A43: "claimed above the category's cap", A44: "slashed above the cap of two windows", A45: "slashed above the day's budget", A46: "slashed after all has left",
  A47: "withdrawn while at risk", A48: "unstaked before or after the accusation", A49: "frozen", A50: "disputed late", A51: "resolved by a party", A52: "executed early",
  A53: "settled twice, or on a node that may not serve", A54: "paid while in quarantine", A55: "a lease moved where it was not agreed",
  A56: "a standby that is gone", A57: "another's money", A58: "a lease with oneself, a provider without notice", A59: "paid from another node",
  A60: "a change before its time", A61: "a change after its time", A62: "another payload",
  A63: "paused beyond the budget", A64: "the exit blocked",
  A65: "a node as a leaf", A66: "a proof for another root", A67: "claimed twice, or above the total",
  A69: "trailing bytes", A70: "surplus accounts", A71: "the rate lowered", A72: "stake added late in a lock", A73: "a lock extended day by day", A74: "closed, opened and claimed again", A75: "settled every second",
  A76: "quarantined three times between settlements",
  A77: "one guardian vetoes its own removal", A78: "tightening as theft", A79: "sealed before it is final", A80: "a signature used after its slot", A81: "a stolen sentinel key",
  A82: "a tenant of oneself after the slash", A83: "silent resolvers", A84: "all keys lost",
};

const folder = new URL(".", import.meta.url);
const text = readdirSync(folder).filter((name) => name.startsWith("adversarial_")).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");

test("each attack of the list has a test of its name", () => {
  const named = new Set([...text.matchAll(/^.*(?:test|inWorld|each|everySlot|everyInstruction)\(["`]((?:A\d+ )+)/gm)].flatMap(([, ids]) => ids.trim().split(" ")));
  assert.deepEqual(Object.keys(ATTACKS).filter((id) => !named.has(id)), []);
  assert.deepEqual([...named].filter((id) => !(id in ATTACKS)), [], "add it to the list");
});

test("each error number of the program is provoked", () => {
  const header = readFileSync(new URL("../../abi/errors.h", folder), "utf8");
  const numbers = [...header.matchAll(/X\(\w+, (\d+),/g)].map(([, number]) => number);
  assert.ok(numbers.length > 40);
  assert.deepEqual(numbers.filter((number) => !new RegExp(`\\b${number}\\b`).test(text)), []);
});
