// Measurements of compute units. A file under cu/ exports `measurements(features)`, which calls
// measure(name, units) for each thing it measures; cu_gate.js compares them with cu_budget.json.
const measured = new Map();

// Keeps the greatest of a name, over feature sets and repetitions: the budget holds in all of them.
export function measure(name, units) {
  measured.set(name, Math.max(measured.get(name) ?? 0, Number(units)));
}
export const measuredSoFar = () => measured;

// What a budget says about a measurement: null if it is kept, else the reason.
//   budget   compute units committed; 2 % more is too much
//   ceiling  what the design allows, whatever was committed (docs: programs/vm/cu_budget.json)
export const TOLERANCE = 0.02;
export function verdict(units, { budget, ceiling = null } = {}) {
  if (budget === undefined) return "no budget: run with --update and commit it";
  if (units > budget * (1 + TOLERANCE)) return `${((units / budget - 1) * 100).toFixed(1)} % above its budget`;
  if (ceiling !== null && units > ceiling) return `above its ceiling ${ceiling}: needs a decision, not an update`;
  return null;
}

// Names, then columns of numbers aligned to the right; peers as they are.
export function table(rows) {
  const head = ["instruction", "CU", "budget", "change", "ceiling", "", "beside"];
  const text = [head, ...rows.map(({ name, units, entry = {}, failure }) => [name, units === null ? "-" : String(units), String(entry.budget ?? "-"),
    units === null || !entry.budget ? "-" : `${units >= entry.budget ? "+" : ""}${((units / entry.budget - 1) * 100).toFixed(1)} %`,
    String(entry.ceiling ?? "-"), failure ? "FAIL" : "ok", [entry.beside, failure].filter(Boolean).join("; ")])];
  const widths = head.map((_, i) => Math.max(...text.map((row) => row[i].length)));
  return text.map((row) => row.map((cell, i) => (i === 0 || i >= 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd()).join("\n");
}
