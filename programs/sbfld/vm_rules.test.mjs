// Each rule of `sbfld inspect` beside the real VM: a sound program is loaded and run, then the same
// program with one field changed, and both must say the same. Usage:
//   node vm_rules.test.mjs SBFLD PROGRAM.so      exit 0 passed, 1 failed, 77 skipped (and why)
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [linker, program] = process.argv.slice(2);
const packages = new URL('../vm/node_modules/', import.meta.url);
if (!existsSync(new URL('litesvm/package.json', packages))) {
  console.log('skipped: programs/vm/node_modules lacks litesvm (npm ci --prefix programs/vm)');
  process.exit(77);
}
const require = createRequire(new URL('../vm/package.json', import.meta.url));
const { LiteSVM } = require('litesvm');
const { address, generateKeyPairSigner, pipe, createTransactionMessage, setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash, appendTransactionMessageInstruction,
  signTransactionMessageWithSigners, lamports } = require('@solana/kit');

const folder = mkdtempSync(join(tmpdir(), 'sbfld-'));
const good = readFileSync(program);
const phnum = good.readUInt16LE(56);
const textHeader = 64 + 56 * (phnum - 1);
const text = Number(good.readBigUInt64LE(textHeader + 8));
const entry = text + Number(good.readBigUInt64LE(24) - (1n << 32n));
const id = address('SbfLd11111111111111111111111111111111111111');

const patch = (at, bytes) => { const file = Buffer.from(good); Buffer.from(bytes).copy(file, at); return file; };
const insn = (...bytes) => patch(entry, bytes);

function inspected(file) {
  const path = join(folder, 'p.so');
  writeFileSync(path, file);
  try {
    return JSON.parse(execFileSync(linker, ['inspect', '--json', path], { stdio: ['ignore', 'pipe', 'inherit'] }));
  } catch (error) {
    if (error.status !== 1) throw error;
    return JSON.parse(error.stdout);
  }
}

// What the VM says: 'loaded' and the outcome of one call, or 'refused'.
async function vm(file, data = [0]) {
  const svm = new LiteSVM();
  const payer = await generateKeyPairSigner();
  svm.airdrop(payer.address, lamports(10n ** 10n));
  try { svm.addProgram(id, file); } catch (error) { return { loaded: false, why: String(error) }; }
  const message = pipe(createTransactionMessage({ version: 0 }),
    (m) => setTransactionMessageFeePayerSigner(payer, m),
    (m) => svm.setTransactionMessageLifetimeUsingLatestBlockhash?.(m)
      ?? setTransactionMessageLifetimeUsingBlockhash({ blockhash: svm.latestBlockhash(), lastValidBlockHeight: 0n }, m),
    (m) => appendTransactionMessageInstruction({ programAddress: id, accounts: [], data: new Uint8Array(data) }, m));
  const result = svm.sendTransaction(await signTransactionMessageWithSigners(message));
  const meta = result.meta?.() ?? result;
  return { loaded: true, logs: meta.logs(), text: String(result), units: meta.computeUnitsConsumed() };
}

// [rule, the changed file]: inspect names the rule, the VM refuses to load the file.
const refused = [
  ['class', patch(4, [1])], ['byte-order', patch(5, [2])], ['ident-version', patch(6, [2])],
  ['os-abi', patch(7, [3])], ['ident-padding', patch(9, [1])], ['machine', patch(18, [7, 1])],
  ['sbpf-version', patch(48, [4])], ['header-table', patch(32, [72])],
  ['segment-count', patch(56, [3])], ['header-size', patch(52, [72])],
  ['segment-size', patch(54, [64])], ['segment-type', patch(64, [2])],
  ['segment-flags', patch(textHeader + 4, [5])], ['segment-offset', patch(textHeader + 8, [good[textHeader + 8] + 8])],
  ['segment-address', patch(textHeader + 16, [8])], ['segment-physical', patch(textHeader + 24, [8])],
  ['segment-memory', patch(textHeader + 40, [good[textHeader + 40] ^ 8])],
  ['entry', patch(24, [good[24] + 4])], ['elf-version', patch(20, [2])],
  ['truncated', good.subarray(0, good.length - 8)],
  ['ldsx', insn(0x91, 0x10)], ['atomic', insn(0xdb, 0x21)], ['gotol', insn(0x06, 0)],
  ['bswap', insn(0xd7, 0, 0, 0, 64)], ['frame-pointer-write', insn(0xb7, 0x0a, 0, 0)],
  ['register', insn(0xb7, 0x0b)], ['unknown-opcode', insn(0xff)], ['division-by-zero', insn(0x37, 1, 0, 0, 0, 0, 0, 0)],
  ['shift-width', insn(0x67, 1, 0, 0, 64, 0, 0, 0)], ['byte-swap-width', insn(0xdc, 1, 0, 0, 8, 0, 0, 0)],
  ['jump-out-of-text', insn(0x05, 0, 0xff, 0x7f, 0, 0, 0, 0)],
  ['jump-into-lddw', insn(0x05, 0, 1, 0, 0, 0, 0, 0, 0x18, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['lddw-last', patch(good.length - 8, [0x18, 0, 0, 0, 0, 0, 0, 0])],
  ['lddw-half', insn(0x18, 1, 0, 0, 0, 0, 0, 0, 0xb7, 0, 0, 0, 0, 0, 0, 0)],
  ['segment-multiple', patch(textHeader + 32, [good[textHeader + 32] ^ 4])],
  ['callx-form', insn(0x8d, 0x0a, 0, 0, 0, 0, 0, 0)],
];

let failures = 0;
const check = (name, fine, detail) => {
  if (!fine) failures += 1;
  console.log(`${fine ? 'ok  ' : 'FAIL'} ${name}${fine ? '' : `: ${detail}`}`);
};

const sound = inspected(good);
check('the program is sound', sound.sound && sound.findings.length === 0, JSON.stringify(sound.findings));
// features.cc: what each data byte logs, and the custom error that it returns.
for (const [data, name, error] of [[0, 'alpha', 6001], [1, 'beta.', 4], [9, 'alpha', 422]]) {
  const ran = await vm(good, [data]);
  check(`runs with data ${data}`, ran.loaded && ran.text.includes(`Custom(${error})`) &&
    ran.logs.includes(`Program log: ${name}`), ran.why ?? ran.text);
}
for (const [rule, file] of refused) {
  const rules = inspected(file).findings.map((finding) => finding.rule);
  check(`inspect names ${rule}`, rules.includes(rule), `found ${rules}`);
  const ran = await vm(file);
  check(`the VM refuses ${rule}`, !ran.loaded, `loaded it and ran: ${ran.logs?.join(' | ')}`);
}
// The VM loads these: only the linker and `inspect` stand between them and the chain.
const loaded = [
  ['alu32', insn(0x04, 1)], ['sdiv', insn(0x3f, 0x21, 1, 0)], ['movsx', insn(0xbf, 0x21, 8, 0)],
  ['unknown-syscall', insn(0x85, 0, 0, 0, 1, 2, 3, 4)],
  ['call-kind', insn(0x85, 0x20)],
];
for (const [rule, file] of loaded) {
  const rules = inspected(file).findings.map((finding) => finding.rule);
  check(`inspect names ${rule}`, rules.includes(rule), `found ${rules}`);
  const ran = await vm(file);
  check(`the VM loads ${rule}`, ran.loaded, ran.why);
}
rmSync(folder, { recursive: true });
process.exit(failures ? 1 : 0);
