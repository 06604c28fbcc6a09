// The program behind `wardhive devchain`: options, a ready line, a ledger file on exit.
// The ledger is this machine's own file: SHA-256 (32 bytes), then the state in V8's serialization.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { isAddress } from "@solana/kit";

const USAGE = `usage: devchain [--port N] [--ledger FILE] [--program ID=FILE.so]... [--features mainnet|all]
                [--slot-ms N] [--json]`;

function fail(message, code = 2) {
  process.stderr.write(`devchain: ${message}\n`);
  process.exit(code);
}

function number(text, name, min, max) {
  if (!/^\d+$/.test(text) || Number(text) < min || Number(text) > max) fail(`--${name} is "${text}"; expected ${min} to ${max}\n${USAGE}`);
  return Number(text);
}

function options() {
  try {
    return parseArgs({ options: { port: { type: "string", default: "8899" }, ledger: { type: "string" },
      program: { type: "string", multiple: true, default: [] }, features: { type: "string" },
      "slot-ms": { type: "string", default: "400" }, json: { type: "boolean", default: false } } }).values;
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`);
  }
}

const sum = (bytes) => createHash("sha256").update(bytes).digest();

function readLedger(file) {
  const bytes = readFileSync(file);
  if (bytes.length < 33 || !sum(bytes.subarray(32)).equals(bytes.subarray(0, 32)))
    fail(`${file} is not a whole ledger (its SHA-256 differs); move it away to start anew`, 1);
  return deserialize(bytes.subarray(32));
}

function writeLedger(file, saved) {
  const body = serialize(saved);
  writeFileSync(`${file}.new`, Buffer.concat([sum(body), body]));
  renameSync(`${file}.new`, file);
}

const given = options();
const port = number(given.port, "port", 0, 65_535), slotMs = number(given["slot-ms"], "slot-ms", 10, 60_000);
const features = given.features ?? "mainnet";
if (!["mainnet", "all"].includes(features)) fail(`--features is "${given.features}"; expected mainnet or all\n${USAGE}`);
const { Chain } = await import("./chain.js");
const { serve } = await import("./server.js");

const chain = new Chain({ features, slotMs });
// A ledger keeps the feature set it was saved with unless another is asked for, and no transaction history.
if (given.ledger && existsSync(given.ledger)) chain.load(readLedger(given.ledger));
if (given.features && given.features !== chain.features) chain.setFeatures(given.features);
for (const program of given.program) {
  const [id, file] = program.split("=");
  if (!file || !isAddress(id) || !existsSync(file)) fail(`--program "${program}": expected ADDRESS=FILE.so with a file that exists`);
  try {
    chain.svm.addProgramFromFile(id, file);
  } catch (error) {
    fail(`--program "${program}" does not load: ${error.message}`, 1);
  }
}
const server = await serve(chain, port).catch((error) => fail(`port ${port} of 127.0.0.1: ${error.message}`, 5));
const ticker = setInterval(() => chain.tick(), slotMs);
const url = `http://127.0.0.1:${server.port}`;
process.stdout.write(given.json
  ? `${JSON.stringify({ schema_version: 1, ready: true, rpc: url, websocket: url.replace("http", "ws"), features: chain.features, genesis: chain.genesisHash })}\n`
  : `devchain: ready: RPC ${url}, websocket ${url.replace("http", "ws")} (development only: anyone on this machine may use it)\n`);

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    clearInterval(ticker);
    if (given.ledger) writeLedger(given.ledger, chain.save());
    await server.close();
    process.exit(0);
  });
