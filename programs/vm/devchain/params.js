// What a method may be given. Each function returns the checked value or throws -32602 with the
// parameter's name, what was found and what was expected.
import { getBase58Encoder, isAddress } from "@solana/kit";
import { invalidParams } from "./errors.js";

export const COMMITMENTS = ["processed", "confirmed", "finalized"];
const ENCODINGS = ["base58", "base64", "base64+zstd", "jsonParsed"];
export const TRANSACTION_BYTES_MAX = 1232;  // one UDP packet of 1,280 less its headers

const shown = (value) => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
export const wrong = (name, value, expected) => invalidParams(`Invalid param: ${name} is ${shown(value)}; expected ${expected}`);

export function address(value, name = "address") {
  if (typeof value !== "string" || !isAddress(value)) throw wrong(name, value, "a base-58 address of 32 bytes");
  return value;
}

export function signature(value, name = "signature") {
  if (typeof value === "string" && value.length <= 88) {
    try {
      if (getBase58Encoder().encode(value).length === 64) return value;
    } catch { /* not base 58: said below */ }
  }
  throw wrong(name, value, "a base-58 signature of 64 bytes");
}

export function integer(value, name, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  if (!Number.isSafeInteger(value) || value < min || value > max) throw wrong(name, value, `an integer from ${min} to ${max}`);
  return value;
}

export function list(value, name, max) {
  if (!Array.isArray(value)) throw wrong(name, value, "an array");
  if (value.length > max) throw invalidParams(`Too many inputs provided; max ${max}`);
  return value;
}

// A configuration object; absent and null both mean "none given".
export function config(value, name = "config") {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw wrong(name, value, "an object");
  return value;
}

export function oneOf(value, name, choices, fallback) {
  if (value === undefined || value === null) return fallback;
  if (!choices.includes(value)) throw wrong(name, value, choices.join(", "));
  return value;
}

export const boolean = (value, name, fallback = false) => oneOf(value, name, [true, false], fallback);
export const commitment = (from, fallback = "finalized") => oneOf(from.commitment, "commitment", COMMITMENTS, fallback);
export const encoding = (from, fallback = "base64") => oneOf(from.encoding, "encoding", ENCODINGS, fallback);

export function dataSlice(from) {
  const slice = from.dataSlice;
  if (slice === undefined || slice === null) return null;
  config(slice, "dataSlice");
  return { offset: integer(slice.offset, "dataSlice.offset"), length: integer(slice.length, "dataSlice.length") };
}

// Bytes of a transaction or message given as text.
export function bytes(value, name, from, fallback = "base58") {
  const how = oneOf(from.encoding, "encoding", ["base58", "base64"], fallback);
  if (typeof value !== "string") throw wrong(name, value, `${how} text`);
  const charactersMax = how === "base64" ? 1644 : 1683;
  if (value.length > charactersMax)
    throw invalidParams(`${how} encoded ${name} too large: ${value.length} bytes (max: encoded/raw ${charactersMax}/${TRANSACTION_BYTES_MAX})`);
  let raw;
  if (how === "base64") {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) throw invalidParams(`invalid base64 encoding of ${name}`);
    raw = new Uint8Array(Buffer.from(value, "base64"));
  } else {
    try {
      raw = new Uint8Array(getBase58Encoder().encode(value));
    } catch {
      throw invalidParams(`invalid base58 encoding of ${name}`);
    }
  }
  if (raw.length > TRANSACTION_BYTES_MAX)
    throw invalidParams(`decoded ${name} too large: ${raw.length} bytes (max: ${TRANSACTION_BYTES_MAX} bytes)`);
  return raw;
}
