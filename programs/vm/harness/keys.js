// Keys and addresses. Every key comes from a label, so two runs have the same keys, the same bumps
// and the same compute units.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { getAddressDecoder, getAddressEncoder, isAddress, isOffCurveAddress } from "@solana/kit";

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const GRIND_MAX = 4096;
const remembered = new Map();  // base58 is slow, and tests name the same few hundred addresses
const once = (id, make) => { if (!remembered.has(id)) remembered.set(id, make()); return remembered.get(id); };

export const addressOf = (bytes) => getAddressDecoder().decode(bytes);
export const bytesOf = (address) => Buffer.from(once(text(address), () => getAddressEncoder().encode(text(address))));
// An address given as text, a key or anything with `address`.
export const text = (one) => (typeof one === "string" ? one : one.address);

// A key pair: {address, sign(bytes)}.
export const key = (label) => once(`key ${label}`, () => makeKey(label));

function makeKey(label) {
  const seed = createHash("sha256").update(`wardhive test key ${label}`).digest();
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  const address = addressOf(createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32));
  return { address, label, sign: (bytes) => new Uint8Array(sign(null, bytes, secret)) };
}

// A seed of a program-derived address: bytes, a key, an address, a u64 as bigint, or text that is
// no address.
function seedBytes(seed) {
  if (typeof seed === "string") return isAddress(seed) ? bytesOf(seed) : Buffer.from(seed);
  if (typeof seed === "bigint") { const out = Buffer.alloc(8); out.writeBigUInt64LE(seed); return out; }
  return seed instanceof Uint8Array ? Buffer.from(seed) : bytesOf(seed);
}

// The address of `seeds` with this bump, or null if it is on the curve (no program's then).
export function pdaWith(program, seeds, bump) {
  const hash = createHash("sha256");
  for (const seed of seeds) hash.update(seedBytes(seed));
  const address = addressOf(hash.update(Buffer.from([bump])).update(bytesOf(program)).update("ProgramDerivedAddress").digest());
  return isOffCurveAddress(address) ? address : null;
}

// {address, bump} with the highest bump that works: the canonical one.
export const pda = (program, seeds) =>
  once(`${text(program)} ${seeds.map((seed) => seedBytes(seed).toString("hex"))}`, () => pdaAll(program, seeds, 1)[0]);

// All working bumps, best first; [1] is a non-canonical one.
export function pdaAll(program, seeds, count = 2) {
  const found = [];
  for (let bump = 255; bump >= 0 && found.length < count; bump--) {
    const address = pdaWith(program, seeds, bump);
    if (address) found.push({ address, bump });
  }
  return found;
}

// A key for which every address in `lists(key)` (each: [program, seeds]) has bump 255. A search of
// the chain for a bump costs 1,500 CU a step; with these keys a measurement is the program's own.
export function ground(label, lists) {
  for (let i = 0; i < GRIND_MAX; i++) {
    const candidate = key(`${label}#${i}`);
    if (lists(candidate).every(([program, seeds]) => pdaWith(program, seeds, 255))) return candidate;
  }
  throw new Error(`no key "${label}" with bump 255 in ${GRIND_MAX} tries; ask for fewer addresses at once`);
}
