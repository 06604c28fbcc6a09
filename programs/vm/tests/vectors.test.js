// The vectors that src/chain is tested with are those that kit makes today.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL(".", import.meta.url);

test("tests/vectors/chain.json is what programs/vm/vectors/chain.js prints", () => {
  const fresh = execFileSync(process.execPath, [new URL("../vectors/chain.js", here).pathname], { encoding: "utf8" });
  assert.equal(readFileSync(new URL("../../../tests/vectors/chain.json", here), "utf8"), fresh);
});
