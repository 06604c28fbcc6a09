// The differential test: programs of ours live random lives natively (programs/host), and the same
// lives in the VM must end each step alike. $WARDHIVE_RECORDERS names the native recorders
// (colon-separated), $WARDHIVE_REPLAY_STEPS how many steps, $WARDHIVE_REPLAY_SEED which.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import { test } from "node:test";
import { comparable, replay } from "../harness/replay.js";
import { FEATURE_SETS } from "../harness/vm.js";

const recorders = (process.env.WARDHIVE_RECORDERS ?? "").split(":").filter(Boolean);
const steps = Number(process.env.WARDHIVE_REPLAY_STEPS ?? 900), seed = process.env.WARDHIVE_REPLAY_SEED ?? "1";

test("there is something to replay", () => assert.ok(recorders.length > 0, "set WARDHIVE_RECORDERS, as ctest does"));

for (const recorder of recorders) {
  const lines = execFileSync(recorder, [seed, String(steps)], { maxBuffer: 1 << 30, encoding: "utf8" }).trim().split("\n");
  for (const features of FEATURE_SETS) {
    test(`${basename(recorder)}: ${steps} steps of seed ${seed} end alike [${features}]`, (context) => {
      const { runs, worked, errors } = replay(lines, features);
      context.diagnostic(`${runs} transactions, ${worked} worked; ${[...errors].sort().map((one) => one.join(": ")).join(", ")}`);
      // A life in which nothing works, or nothing fails, compares little.
      assert.ok(worked * 10 > runs && errors.size > 10, `${worked} of ${runs} worked, ${errors.size} kinds of error`);
    });
  }
  test(`${basename(recorder)}: a difference is noticed`, () => {
    const at = lines.findIndex((line) => line.includes('"error":null') && line.includes('"kind":"run"'));
    const forged = (edit) => { const step = JSON.parse(lines[at]); edit(step); return [...lines.slice(0, at), JSON.stringify(step)]; };
    assert.throws(() => replay(forged((step) => { step.error = "Custom"; step.code = 1; }), "mainnet"), /end differently/);
    assert.throws(() => replay(forged((step) => { step.logs.push("Program log: no"); }), "mainnet"), /end differently/);
    assert.throws(() => replay(forged((step) => { step.after[Object.keys(step.after)[0]] = "00"; }), "mainnet"), /differs/);
    assert.throws(() => replay(['{"kind":"odd"}'], "mainnet"), /unknown kind "odd"/);
  });
}

test("only what both worlds word alike is compared", () => {
  assert.deepEqual(comparable(["Program A invoke [1]", "Program log: mine", "Program B invoke [2]", "Program log: its own",
    "Program B consumed 5 of 9 compute units", "Program B failed: missing", "Program A failed: custom program error: 0x1"]),
  ["Program A invoke [1]", "Program log: mine", "Program B invoke [2]", "Program B failed", "Program A failed: custom program error: 0x1"]);
});
