// The compute gate: kept by what was built, and able to fail.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { verdict } from "../harness/budget.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const COMMITTED = JSON.parse(readFileSync(here("../cu_budget.json"), "utf8"));

// Exit code and table of the gate under these budgets.
function gate(budgets, ...more) {
  const folder = mkdtempSync(`${tmpdir()}/cu-`), file = `${folder}/budget.json`;
  writeFileSync(file, JSON.stringify(budgets));
  try {
    return { code: 0, out: execFileSync(process.execPath, [here("../cu_gate.js"), "--budget", file, ...more], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
      written: JSON.parse(readFileSync(file, "utf8")) };
  } catch (error) {
    if (!error.stdout) throw error;
    return { code: error.status, out: error.stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every instruction is within its budget and its ceiling", () => {
  const { code, out } = gate(COMMITTED);
  console.log(out);
  assert.equal(code, 0, `a budget is exceeded; if it must be: programs/vm/node programs/vm/cu_gate.js --update\n${out}`);
});

test("two percent above a budget pass, more does not, and neither does more than the ceiling", () => {
  assert.equal(verdict(1020, { budget: 1000 }), null);
  assert.equal(verdict(900, { budget: 1000, ceiling: 900 }), null);
  assert.match(verdict(1021, { budget: 1000 }), /2\.1 % above/);
  assert.match(verdict(1001, { budget: 1000, ceiling: 1000 }), /ceiling/);
  assert.match(verdict(1, undefined), /no budget/);
});

test("the gate fails with the name of what became dearer, is not budgeted, or is gone", () => {
  const { claim, refresh, ...rest } = COMMITTED;
  const { code, out } = gate({ ...rest, claim: { ...claim, budget: Math.floor(claim.budget / 1.03) }, gone: { budget: 5 } });
  assert.equal(code, 1);
  assert.match(out, /^claim .*FAIL.*above its budget/m);
  assert.match(out, /^refresh .*FAIL.*no budget/m);
  assert.match(out, /^gone .*FAIL.*not measured any more/m);
  assert.match(out, /3 of \d+ FAILED/);
  assert.ok(refresh);
});

test("an update writes what was measured, keeps ceilings and peers, and drops what is gone", () => {
  const { code, written } = gate({ claim: { budget: 1, ceiling: 3000, beside: "somebody 9" }, gone: { budget: 5 } }, "--update");
  assert.equal(code, 0);
  assert.deepEqual(written.claim, { ...written.claim, ceiling: 3000, beside: "somebody 9" });
  assert.ok(written.claim.budget > 1000 && !("gone" in written));
});
