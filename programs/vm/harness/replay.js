// Lives through what a native Bank wrote down (programs/host/recorder.h) in the real VM and compares
// after each transaction: error, the program's own log lines, and every account that it named.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { getAddressEncoder } from "@solana/kit";
import { u64 } from "./bytes.js";
import { outcomeOf } from "./outcome.js";
import { TOKEN, TOKEN_2022 } from "./tokens.js";
import { programFile, Vm } from "./vm.js";

const encoder = getAddressEncoder();
const known = new Map();
function bytesOf(address) {
  if (!known.has(address)) known.set(address, Buffer.from(encoder.encode(address)));
  return known.get(address);
}

const count = (value) => Buffer.from(value < 128 ? [value] : [value & 127 | 128, value >> 7]);  // compact-u16

// A legacy message by hand: the recorded metas go in as they are, odd ones too, where a client
// library would refuse to.
function transaction(payer, instructions, blockhash) {
  const flags = new Map([[payer, { signer: true, writable: true }]]);
  const mark = (address, signer, writable) => {
    const one = flags.get(address) ?? { signer: false, writable: false };
    flags.set(address, { signer: one.signer || signer, writable: one.writable || writable });
  };
  for (const { program, accounts } of instructions) {
    for (const { address, signer, writable } of accounts) mark(address, signer, writable);
    mark(program, false, false);
  }
  const rank = ({ signer, writable }) => (signer ? 0 : 2) + (writable ? 0 : 1);
  const keys = [...flags.keys()].sort((a, b) => rank(flags.get(a)) - rank(flags.get(b)) || (b === payer) - (a === payer));
  const total = (test) => keys.filter((key) => test(flags.get(key))).length;
  const signers = total((one) => one.signer);
  const messageBytes = Buffer.concat([
    Buffer.from([signers, total((one) => one.signer && !one.writable), total((one) => !one.signer && !one.writable)]),
    count(keys.length), ...keys.map(bytesOf), bytesOf(blockhash), count(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [Buffer.from([keys.indexOf(program)]), count(accounts.length),
      Buffer.from(accounts.map(({ address }) => keys.indexOf(address))), count(data.length), data])]);
  return { messageBytes, signatures: Object.fromEntries(keys.slice(0, signers).map((key) => [key, new Uint8Array(64)])) };
}

// The lines that both worlds word alike: no compute units, nothing that a callee or a token program
// logs itself, no details of how a program died.
export function comparable(logs) {
  const lines = [], stack = [];
  for (const line of logs) {
    const [, program, what] = /^Program (\S+) (invoke \[\d+\]|success|failed: .*|consum.*)$/.exec(line) ?? [];
    if (what?.startsWith("consum")) continue;
    if (what?.startsWith("invoke")) stack.push(program);
    else if (what) stack.pop();
    else if (stack.length > 1 || stack[0] === TOKEN || stack[0] === TOKEN_2022) continue;
    lines.push(what ? line.replace(/failed: (?!custom).*/, "failed") : line);
  }
  return lines;
}

function hashOf(account) {
  if (account.lamports === 0n) return "-";
  return createHash("sha256").update(u64(account.lamports)).update(bytesOf(account.owner)).update(account.data).digest("hex");
}

const parse = ({ program, accounts, data }) => ({ program, data: Buffer.from(data, "hex"),
  accounts: accounts.map((text) => {
    const [address, flags = ""] = text.split(" ");
    return { address, signer: flags.includes("s"), writable: flags.includes("w") };
  }) });

// Replays all lines under one feature set; throws at the first difference. Returns
// {runs, worked, errors: Map of "Custom 101" and the like to how often}.
export function replay(lines, features) {
  let vm;
  const tally = { runs: 0, worked: 0, errors: new Map() };
  lines.forEach((line, index) => {
    const step = JSON.parse(line);
    if (step.kind === "program") {  // a life begins
      vm = new Vm(features);
      vm.svm = vm.svm.withSigverify(false).withBlockhashCheck(false);
      vm.addProgram(step.id, programFile(step.name));
    } else if (step.kind === "put") vm.put(step.key, { lamports: BigInt(step.lamports), owner: step.owner, data: Buffer.from(step.data, "hex") });
    else if (step.kind === "clock") vm.setClock({ slot: BigInt(step.slot), unix: BigInt(step.unix) });
    else if (step.kind === "run") run(vm, step, `line ${index + 1}`, tally);
    else assert.fail(`line ${index + 1}: unknown kind ${JSON.stringify(step.kind)}; expected program, put, clock or run`);
  });
  return tally;
}

function run(vm, step, where, tally) {
  const outcome = outcomeOf(vm.svm.sendTransaction(transaction(vm.payer.address, step.instructions.map(parse), vm.svm.latestBlockhash())));
  const said = (error, code, logs) => ({ error, code: code ?? null, logs: comparable(logs) });
  assert.deepEqual(said(outcome.error, outcome.code, outcome.logs), said(step.error, step.code, step.logs),
    `${where}: the VM and the native runtime end differently (first the VM's)\n${JSON.stringify(step.instructions)}\n` +
    `VM: ${outcome.error} ${outcome.code}\n  ${outcome.logs.join("\n  ")}\nnative: ${step.error} ${step.code}\n  ${step.logs.join("\n  ")}`);
  for (const [address, hash] of Object.entries(step.after)) {
    const account = vm.account(address);
    assert.equal(hashOf(account), hash, `${where}: ${address} differs; the VM has ${account.lamports} lamports, owner ${account.owner}, ` +
      `data ${account.data.toString("hex")}\n${JSON.stringify(step.instructions)}\n  ${step.logs.join("\n  ")}`);
  }
  tally.runs += 1;
  tally.worked += outcome.ok ? 1 : 0;
  if (!outcome.ok) {
    const name = outcome.code === null ? outcome.error : `${outcome.error} ${outcome.code}`;
    tally.errors.set(name, (tally.errors.get(name) ?? 0) + 1);
  }
}
