// swarm_anchor from outside: instructions, account and events by hand from programs/abi/anchor.h, and
// Merkle trees by the recursive definitions of RFC 9162 (2.1.1, 2.1.4.1).
import { createHash } from "node:crypto";
import { join, u64 } from "./bytes.js";
import { addressOf, bytesOf, ground, key, pda } from "./keys.js";
import { deploy } from "./loader.js";
import { instruction, programFile, read, sign, signWrite, SYSTEM, Vm, write } from "./vm.js";

export const ANCHOR = key("swarm anchor");
export const UPGRADER = key("upgrade authority of swarm anchor");
// Its log 0 has bump 255.
export const auditor = ground("auditor", (one) => [[ANCHOR, ["log", one, 0n]]]);
export const LOG_BYTES = 112;

export const logOf = (authority = auditor, id = 0n) => pda(ANCHOR, ["log", authority, id]).address;
export const openLog = (payer, { authority = auditor, id = 0n, log = logOf(authority, id) } = {}) =>
  instruction(ANCHOR, [signWrite(payer), sign(authority), write(log), read(SYSTEM)], join([1], u64(id)));
export const anchor = (size, root, proof = [], { authority = auditor, log = logOf(authority) } = {}) =>
  instruction(ANCHOR, [sign(authority), write(log)], join([2], u64(size), root, ...proof));

export const decodeLog = (data) => ({ tag: data[0], version: data[1], bump: data[2], seq: data.readBigUInt64LE(8), authority: addressOf(data.subarray(16, 48)),
  root: data.subarray(48, 80), id: data.readBigUInt64LE(80), size: data.readBigUInt64LE(88), slot: data.readBigUInt64LE(96), time: data.readBigUInt64LE(104) });
export const decodeAnchored = (data) => ({ tag: data[0], version: data[1], seq: data.readBigUInt64LE(8), slot: data.readBigUInt64LE(16),
  size: data.readBigUInt64LE(24), root: data.subarray(32, 64) });

// ---- trees ----

const sha256 = (...parts) => { const hash = createHash("sha256"); for (const part of parts) hash.update(part); return hash.digest(); };
const split = (n) => { let k = 1n; while (k * 2n < n) k *= 2n; return k; };
export const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

// The tree whose leaf i is the text `${salt} i`.
export class Tree {
  #known = new Map();
  constructor(salt = "record") { this.salt = salt; }
  root(begin, end) {
    const id = `${begin} ${end}`;
    if (!this.#known.has(id)) {
      const middle = begin + split(end - begin);
      this.#known.set(id, end - begin === 1n ? sha256(Buffer.from([0]), `${this.salt} ${begin}`) : nodeHash(this.root(begin, middle), this.root(middle, end)));
    }
    return this.#known.get(id);
  }
  upTo(size) { return this.root(0n, BigInt(size)); }
  proof(m, n, begin = 0n, known = true) {
    [m, n] = [BigInt(m), BigInt(n)];
    if (m === n) return known ? [] : [this.root(begin, begin + n)];
    const k = split(n);
    return m <= k ? [...this.proof(m, k, begin, known), this.root(begin + k, begin + n)]
      : [...this.proof(m - k, n - k, begin + k, false), this.root(begin, begin + k)];
  }
}

// A path of sizes m < n in a tree too large to build: hashes from a label, and the roots that they lead to.
export function pathOf(m, n, label = "path") {
  const proof = [], next = () => { proof.push(sha256(`${label} ${proof.length}`)); return proof.at(-1); };
  let old = sha256(`${label} old root`);
  const walk = (from, to, known) => {
    if (from === to) return known ? old : (old = next());
    const k = split(to);
    if (from <= k) { const left = walk(from, k, known); return nodeHash(left, next()); }
    const right = walk(from - k, to - k, false), left = next();
    old = nodeHash(left, old);
    return nodeHash(left, right);
  };
  const root = walk(BigInt(m), BigInt(n), true);
  return { proof, old, root };
}

// ---- worlds ----

// The program deployed by the real loader and still upgradeable by UPGRADER.
export function anchorVm(features) {
  const vm = new Vm(features);
  deploy(vm, ANCHOR, programFile("swarm_anchor"), vm.airdrop(UPGRADER));
  return vm;
}
// Past every rule: the auditor's log 0 holds this checkpoint.
export const stored = (vm, size, root) => vm.patch(logOf(), (data) => { Buffer.from(root).copy(data, 48); data.writeBigUInt64LE(BigInt(size), 88); });
