// The compute gate: every measurement of cu/ beside its committed budget. Exit 0 kept, 1 with the
// table when one is exceeded, missing or no longer measured.
//   node cu_gate.js [--update] [--budget FILE]   --update writes what was measured as the new budgets
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measuredSoFar, table, verdict } from "./harness/budget.js";
import { FEATURE_SETS } from "./harness/vm.js";

const { values: given } = parseArgs({ options: { update: { type: "boolean", default: false },
  budget: { type: "string", default: new URL("cu_budget.json", import.meta.url).pathname } } });

for (const file of readdirSync(new URL("cu/", import.meta.url)).filter((name) => name.endsWith(".js")).sort()) {
  const { measurements } = await import(`./cu/${file}`);
  for (const features of FEATURE_SETS) measurements(features);
}

const budgets = JSON.parse(readFileSync(given.budget, "utf8"));
const measured = measuredSoFar();
if (given.update) {
  for (const [name, units] of measured) budgets[name] = { ...budgets[name], budget: units };
  for (const name of Object.keys(budgets)) if (!measured.has(name)) delete budgets[name];
  writeFileSync(given.budget, `{\n${Object.entries(budgets).map(([name, entry]) => `  ${JSON.stringify(name)}: ${JSON.stringify(entry)}`).join(",\n")}\n}\n`);
}
const names = [...new Set([...Object.keys(budgets), ...measured.keys()])];
const rows = names.map((name) => {
  const units = measured.get(name) ?? null;
  return { name, units, entry: budgets[name], failure: units === null ? "is not measured any more: remove it with --update" : verdict(units, budgets[name]) };
});
process.stdout.write(`${table(rows)}\n`);
const failed = rows.filter(({ failure }) => failure);
process.stdout.write(failed.length === 0 ? `cu: ${rows.length} within their budgets\n` : `cu: ${failed.length} of ${rows.length} FAILED\n`);
process.exit(failed.length === 0 ? 0 : 1);
