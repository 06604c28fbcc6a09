// Generated from programs/abi by programs/idl/generate.py; don't edit.
//
// Instructions are made by name and handed to @solana/kit as they are; accounts and events are read from
// their bytes. A signer may be given as an address (it is then marked as signing) or as a kit signer.
import {
  type AccountMeta, type AccountSignerMeta, AccountRole, type Address, getAddressDecoder,
  getAddressEncoder, getProgramDerivedAddress, type Instruction, type TransactionSigner,
} from "@solana/kit";

type Party = Address | TransactionSigner;
type Meta = AccountMeta | AccountSignerMeta;

const toAddress = getAddressEncoder();
const fromAddress = getAddressDecoder();

function meta(party: Party, signer: boolean, writable: boolean): Meta {
  const role = signer
    ? writable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER
    : writable ? AccountRole.WRITABLE : AccountRole.READONLY;
  if (typeof party === "string") return { address: party, role };
  return signer ? { address: party.address, role, signer: party } as AccountSignerMeta
    : { address: party.address, role };
}

class Writer {
  private readonly parts: Uint8Array[] = [];
  number(value: number | bigint, size: number): this {
    let rest = BigInt(value);
    if (rest < 0n || rest >> BigInt(8 * size) !== 0n) {
      throw new RangeError(`${value} does not fit ${8 * size} unsigned bits`);
    }
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; ++i, rest >>= 8n) bytes[i] = Number(rest & 255n);
    return this.raw(bytes);
  }
  key(value: Address): this { return this.raw(toAddress.encode(value)); }
  raw(bytes: ArrayLike<number>): this { this.parts.push(Uint8Array.from(bytes)); return this; }
  done(): Uint8Array {
    const all = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) { all.set(part, at); at += part.length; }
    return all;
  }
}

function integer(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size; i-- > 0;) value = value << 8n | BigInt(bytes[at + i]!);
  return value;
}
const small = (bytes: Uint8Array, at: number, size: number) => Number(integer(bytes, at, size));
const key = (bytes: Uint8Array, at: number): Address => fromAddress.decode(bytes.subarray(at, at + 32));
function expect(bytes: Uint8Array, what: string, size: number, head: readonly number[]): void {
  if (bytes.length !== size) throw new RangeError(`${what} has ${size} bytes, these are ${bytes.length}`);
  if (head.some((byte, i) => bytes[i] !== byte)) throw new TypeError(`these bytes are no ${what}`);
}

// ---- Accounts

export interface Log {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  authority: Address;
  root: Address;
  id: bigint;
  size: bigint;
  slot: bigint;
  time: bigint;
}
export function decodeLog(bytes: Uint8Array): Log {
  expect(bytes, "Log", 112, [1, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    authority: key(bytes, 16),
    root: key(bytes, 48),
    id: integer(bytes, 80, 8),
    size: integer(bytes, 88, 8),
    slot: integer(bytes, 96, 8),
    time: integer(bytes, 104, 8),
  };
}
export async function findLog(program: Address, authority: Address, id: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["log", new Writer().key(authority).done(), new Writer().number(id, 8).done()] }))[0];
}

// ---- Events

export interface LogOpenedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  authority: Address;
}
export function decodeLogOpenedEvent(bytes: Uint8Array): LogOpenedEvent {
  expect(bytes, "LogOpenedEvent", 64, [1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    authority: key(bytes, 32),
  };
}

export interface AnchoredEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  size: bigint;
  root: Address;
}
export function decodeAnchoredEvent(bytes: Uint8Array): AnchoredEvent {
  expect(bytes, "AnchoredEvent", 64, [2]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    size: integer(bytes, 24, 8),
    root: key(bytes, 32),
  };
}

// ---- Instructions

export interface OpenLogAccounts {
  payer: Party;
  authority: Party;
  log: Address;
  systemProgram: Address;
}
export interface OpenLogArguments {
  id: bigint;
}
/** Opens an empty log of this authority, for ever. */
export function openLog(program: Address, accounts: OpenLogAccounts, args: OpenLogArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, true),
      meta(accounts.authority, true, false),
      meta(accounts.log, false, true),
      meta(accounts.systemProgram, false, false),
    ],
    data: new Writer().number(1, 1).number(args.id, 8).done(),
  };
}

export interface AnchorAccounts {
  authority: Party;
  log: Address;
}
export interface AnchorArguments {
  size: bigint;
  root: Address;
  proof: Uint8Array;
}
/** Takes a checkpoint that is proved to extend the latest one (RFC 9162, 2.1.4.2); the first needs no proof. */
export function anchor(program: Address, accounts: AnchorAccounts, args: AnchorArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.authority, true, false),
      meta(accounts.log, false, true),
    ],
    data: new Writer().number(2, 1).number(args.size, 8).key(args.root).raw(args.proof).done(),
  };
}

// ---- Errors

export const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  520: ["NotLarger", "the log has as many leaves already; anchor a later state of it"],
  1321: ["BadProof", "not an extension: the proof does not lead from the stored root to this"],
  1322: ["ProofTooLong", "more than 29 hashes, or not whole ones"],
};
