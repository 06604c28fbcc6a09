// Vectors for src/chain made by @solana/kit, an implementation that is not ours. Run:
//   programs/vm/node programs/vm/vectors/chain.js > tests/vectors/chain.json
// The same bytes come out every time: all keys come from labels.
import { createHash } from "node:crypto";
import {
  appendTransactionMessageInstructions, compileTransaction, compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage, getBase58Decoder, getProgramDerivedAddress, getTransactionEncoder, isOffCurveAddress, pipe,
  setTransactionMessageFeePayer, setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import { addressOf, bytesOf, key } from "../harness/keys.js";
import { addresses, build, INSTRUCTIONS, positionOf } from "../harness/swarm.js";
import { instruction, read, sign, signWrite, write } from "../harness/vm.js";

const bytes = (label, size = 32) => {
  let out = Buffer.alloc(0);
  for (let i = 0; out.length < size; i++) out = Buffer.concat([out, createHash("sha256").update(`${label} ${i}`).digest()]);
  return out.subarray(0, size);
};
const hex = (one) => Buffer.from(one).toString("hex");
const count = (n, make) => Array.from({ length: n }, (_, i) => make(i));

// ---- base58, keys, addresses ----

const zeros = (n, rest) => Buffer.concat([Buffer.alloc(n), bytes(`after ${n} zeros`, rest)]);
const base58 = [Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(32), Buffer.from("ff".repeat(32), "hex"), Buffer.from("ff".repeat(64), "hex"),
  ...count(8, (i) => zeros(i, 32 - i)), ...count(4, (i) => bytes(`signature ${i}`, 64))]
  .map((raw) => ({ hex: hex(raw), text: getBase58Decoder().decode(raw) }));

const seedOf = (label) => createHash("sha256").update(`wardhive test key ${label}`).digest();
const keys = count(4, (i) => {
  const label = `vector ${i}`, pair = key(label), message = bytes(`message ${i}`, 17 * i);
  return { seed: hex(seedOf(label)), address: pair.address, message: hex(message), signature: hex(pair.sign(message)) };
});

const curve = count(64, (i) => addressOf(bytes(`curve ${i}`))).map((address) => ({ address, on: !isOffCurveAddress(address) }));

const pdas = [];
for (const seeds of [[], ["cfg"], ["pos", bytesOf(key("owner")), Buffer.alloc(8, 7)], ["set", Buffer.from([2])],
  count(15, (i) => bytes(`seed ${i}`, i)), [bytes("long seed")], ...count(12, (i) => ["node", bytes(`node ${i}`)])]) {
  const program = key("program").address;
  const [address, bump] = await getProgramDerivedAddress({ programAddress: program, seeds });
  pdas.push({ program, seeds: seeds.map((seed) => hex(Buffer.from(seed))), address, bump });
}

// ---- transactions ----

// kit orders keys of one kind as text, the Rust SDK (and we) as bytes: equal where both agree, so
// such keys are taken (and tables list theirs in that order too).
const collator = new Intl.Collator("en", { caseFirst: "lower", ignorePunctuation: false, localeMatcher: "best fit", numeric: false, sensitivity: "variant", usage: "sort" });
const agreeing = (label, n) => {
  const found = [];
  for (let i = 0; found.length < n; i++) {
    const next = key(`${label} ${i}`), last = found.at(-1);
    if (!last || (Buffer.compare(bytesOf(last), bytesOf(next)) < 0 && collator.compare(last.address, next.address) < 0)) found.push(next);
  }
  return found;
};
const signers = agreeing("signer", 2), cosigners = agreeing("cosigner", 2), written = agreeing("written", 3), readOnly = agreeing("read", 3);
const payer = key("payer");
const program = readOnly[0];
const blockhash = { blockhash: addressOf(bytes("blockhash")), lastValidBlockHeight: 1n };

function transaction(name, version, instructions, tables = {}) {
  const message = pipe(createTransactionMessage({ version }), (m) => setTransactionMessageFeePayer(payer.address, m),
    (m) => setTransactionMessageLifetimeUsingBlockhash(blockhash, m), (m) => appendTransactionMessageInstructions(instructions, m),
    (m) => (version === 0 ? compressTransactionMessageUsingAddressLookupTables(m, tables) : m));
  const compiled = compileTransaction(message);
  const known = [payer, ...signers, ...cosigners], used = [];
  const signatures = Object.fromEntries(Object.keys(compiled.signatures).map((address) => {
    const pair = known.find((one) => one.address === address);
    used.push({ seed: hex(seedOf(pair.label)), address });
    return [address, pair.sign(compiled.messageBytes)];
  }));
  return {
    name, version: version === 0 ? "v0" : "legacy", payer: payer.address, blockhash: blockhash.blockhash, signers: used,
    instructions: instructions.map(({ programAddress, accounts = [], data = [] }) => ({ program: programAddress, data: hex(data),
      accounts: accounts.map(({ address, role }) => ({ address, signer: role >= 2, writable: (role & 1) === 1 })) })),
    tables: Object.entries(tables).map(([table, addresses]) => ({ table, addresses })),
    wire: Buffer.from(getTransactionEncoder().encode({ ...compiled, signatures })).toString("base64"),
  };
}

const every = [signWrite(signers[0]), signWrite(signers[1]), sign(cosigners[0]), sign(cosigners[1]), write(written[0]), write(written[1]), read(readOnly[1])];
const table = { [key("table").address]: [written[0].address, readOnly[1].address, readOnly[2].address, written[1].address] };
const transactions = [];
for (const version of ["legacy", 0]) transactions.push(
  transaction("no accounts", version, [instruction(program, [], [])]),
  transaction("every kind of account", version, [instruction(program, every, [1, 2, 3])]),
  transaction("a key in two roles", version, [instruction(program, [read(written[0]), read(readOnly[1])], [9]),
    instruction(program, [write(written[0]), signWrite(payer)], bytes("long data", 300))]),
);
transactions.push(transaction("looked up", 0, [instruction(program, [...every, read(readOnly[2])], [7])], table));

// ---- swarm_core: every instruction, each argument another number ----

const own = addresses(program.address);
const swarmInstructions = Object.entries(INSTRUCTIONS).map(([name, { tag, accounts, args }]) => {
  const given = Object.fromEntries(accounts.map(({ name: slot, signs }) => [slot, signs ? key(slot) : own[slot] ?? key(slot).address]));
  const values = Object.fromEntries(args.map(({ name: arg, type }, i) => [arg,
    type === "key" || type === "rest" ? bytes(`${name} ${arg}`, 32) : BigInt(200 - 7 * i - tag) << BigInt({ u8: 0, u16: 8, u32: 24, u64: 56 }[type])]));
  const built = build(program.address, name, given, values);
  return { name, tag, data: hex(built.data),
    given: Object.fromEntries(Object.entries(given).filter(([slot]) => !own[slot]).map(([slot, one]) => [slot, one.address ?? one])),
    values: args.map(({ name: arg, type }) => ({ name: arg, type, value: typeof values[arg] === "bigint" ? values[arg].toString() : hex(values[arg]) })),
    accounts: built.accounts.map(({ address, role }) => ({ address, signer: role >= 2, writable: (role & 1) === 1 })) };
});
const swarm = { program: program.address, addresses: own, instructions: swarmInstructions,
  positions: [0n, 1n, 2n ** 63n].map((nonce) => ({ owner: payer.address, nonce: nonce.toString(), address: positionOf(program.address, payer, nonce) })) };

process.stdout.write(`${JSON.stringify({ base58, keys, curve, pdas, transactions, swarm }, null, 1)}\n`);
