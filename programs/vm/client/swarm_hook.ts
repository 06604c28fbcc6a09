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

export interface Metas {
  execute: number[];
  listSize: number;
  listCount: number;
  coreMeta: number[];
  positionMeta: number[];
  mark: number[];
  configSize: number[];
  configVersion: number;
  bump: number;
  cap: bigint;
  mint: Address;
  core: Address;
  vaults: Address[];
}
export function decodeMetas(bytes: Uint8Array): Metas {
  expect(bytes, "Metas", 272, [105, 37]);
  return {
    execute: Array.from({ length: 8 }, (_, i) => small(bytes, 0 + 1 * i, 1)),
    listSize: small(bytes, 8, 4),
    listCount: small(bytes, 12, 4),
    coreMeta: Array.from({ length: 35 }, (_, i) => small(bytes, 16 + 1 * i, 1)),
    positionMeta: Array.from({ length: 35 }, (_, i) => small(bytes, 51 + 1 * i, 1)),
    mark: Array.from({ length: 8 }, (_, i) => small(bytes, 86 + 1 * i, 1)),
    configSize: Array.from({ length: 4 }, (_, i) => small(bytes, 94 + 1 * i, 1)),
    configVersion: small(bytes, 98, 1),
    bump: small(bytes, 99, 1),
    cap: integer(bytes, 104, 8),
    mint: key(bytes, 112),
    core: key(bytes, 144),
    vaults: Array.from({ length: 3 }, (_, i) => key(bytes, 176 + 32 * i)),
  };
}
export async function findMetas(program: Address, mint: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["extra-account-metas", new Writer().key(mint).done()] }))[0];
}

// ---- Events

export interface SetUpEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  cap: bigint;
  core: Address;
}
export function decodeSetUpEvent(bytes: Uint8Array): SetUpEvent {
  expect(bytes, "SetUpEvent", 64, [1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    cap: integer(bytes, 24, 8),
    core: key(bytes, 32),
  };
}

// ---- Instructions

export interface SetUpAccounts {
  payer: Party;
  mintAuthority: Party;
  mint: Address;
  metas: Address;
  core: Address;
  tokenProgram: Address;
  systemProgram: Address;
}
export interface SetUpArguments {
  cap: bigint;
}
/** Sets a mint's cap and swarm_core, once and for ever. By the mint authority, of a mint that has this hook, nobody who could change it, and no extension that could harm a holder. */
export function setUp(program: Address, accounts: SetUpAccounts, args: SetUpArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, true),
      meta(accounts.mintAuthority, true, false),
      meta(accounts.mint, false, false),
      meta(accounts.metas, false, true),
      meta(accounts.core, false, false),
      meta(accounts.tokenProgram, false, false),
      meta(accounts.systemProgram, false, false),
    ],
    data: new Writer().number(1, 1).number(args.cap, 8).done(),
  };
}

// ---- Errors

export const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  120: ["NotMintAuthority", "only the mint's authority may set its hook up"],
  720: ["CapZero", "a cap of nothing would stop every transfer"],
  721: ["AboveCap", "more than one transfer may move; split it"],
  920: ["NoHook", "the mint does not have this program as its transfer hook"],
  1221: ["Frozen", "the owner's position 0 is frozen; wait until its freeze_until is over"],
};
