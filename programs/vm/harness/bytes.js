// Little-endian bytes, for instruction data.
const make = (size, put) => (value) => { const out = Buffer.alloc(size); out[put](value); return out; };
export const u16 = make(2, "writeUInt16LE"), u32 = make(4, "writeUInt32LE"), f64 = make(8, "writeDoubleLE");
export const u64 = (value) => make(8, "writeBigUInt64LE")(BigInt(value));
export const i64 = (value) => make(8, "writeBigInt64LE")(BigInt(value));
// Parts one after another: buffers, and arrays of single bytes.
export const join = (...parts) => Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.from(part))));
