// A generated TypeScript client, compiled strictly beside the packages that it imports, and loaded.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export async function clientOf(program) {
  const source = fileURLToPath(new URL(`../client/${program}.ts`, import.meta.url));
  const options = { strict: true, noUncheckedIndexedAccess: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: true, noEmit: true };
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([source], options));
  assert.deepEqual(problems.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n")), []);
  const folder = new URL("../node_modules/.cache/wardhive/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${program}.mjs`, folder);
  writeFileSync(file, ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions: { ...options, module: ts.ModuleKind.ESNext } }).outputText);
  return import(file);
}
