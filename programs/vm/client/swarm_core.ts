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

// ---- Types

export interface RoleRules {
  minStake: bigint;
  lockMin: number;
  lockMax: number;
  weightMin: number;
  weightMax: number;
  unbond: number;
}
export function decodeRoleRules(bytes: Uint8Array): RoleRules {
  expect(bytes, "RoleRules", 24, []);
  return {
    minStake: integer(bytes, 0, 8),
    lockMin: small(bytes, 8, 4),
    lockMax: small(bytes, 12, 4),
    weightMin: small(bytes, 16, 2),
    weightMax: small(bytes, 18, 2),
    unbond: small(bytes, 20, 4),
  };
}
export function encodeRoleRules(value: RoleRules): Uint8Array {
  return new Writer().number(value.minStake, 8).number(value.lockMin, 4).number(value.lockMax, 4).number(value.weightMin, 2).number(value.weightMax, 2).number(value.unbond, 4).done();
}

export interface RootRecord {
  root: Address;
  size: bigint;
  cumTotal: bigint;
  n: bigint;
}
export function decodeRootRecord(bytes: Uint8Array): RootRecord {
  expect(bytes, "RootRecord", 56, []);
  return {
    root: key(bytes, 0),
    size: integer(bytes, 32, 8),
    cumTotal: integer(bytes, 40, 8),
    n: integer(bytes, 48, 8),
  };
}

// ---- Accounts

export interface Config {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  mint: Address;
  tokenProgram: Address;
  hook: Address;
  stakeVault: Address;
  rewardVault: Address;
  escrowVault: Address;
  stakeVaultBump: number;
  rewardVaultBump: number;
  escrowVaultBump: number;
  decimals: number;
  hasHook: number;
  sets: number;
  outflowBps: number;
  sentinelPause: number;
  outflowFloor: bigint;
  workCap: bigint;
  roles: RoleRules[];
}
export function decodeConfig(bytes: Uint8Array): Config {
  expect(bytes, "Config", 312, [1, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    mint: key(bytes, 16),
    tokenProgram: key(bytes, 48),
    hook: key(bytes, 80),
    stakeVault: key(bytes, 112),
    rewardVault: key(bytes, 144),
    escrowVault: key(bytes, 176),
    stakeVaultBump: small(bytes, 208, 1),
    rewardVaultBump: small(bytes, 209, 1),
    escrowVaultBump: small(bytes, 210, 1),
    decimals: small(bytes, 211, 1),
    hasHook: small(bytes, 212, 1),
    sets: small(bytes, 213, 1),
    outflowBps: small(bytes, 214, 2),
    sentinelPause: small(bytes, 216, 4),
    outflowFloor: integer(bytes, 224, 8),
    workCap: integer(bytes, 232, 8),
    roles: Array.from({ length: 3 }, (_, i) => decodeRoleRules(bytes.subarray(240 + 24 * i, 240 + 24 * i + 24))),
  };
}
export async function findConfig(program: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["cfg"] }))[0];
}

export interface Set {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  kind: number;
  size: number;
  threshold: number;
  keys: Address[];
}
export function decodeSet(bytes: Uint8Array): Set {
  expect(bytes, "Set", 376, [2, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    kind: small(bytes, 16, 1),
    size: small(bytes, 17, 1),
    threshold: small(bytes, 18, 1),
    keys: Array.from({ length: 11 }, (_, i) => key(bytes, 24 + 32 * i)),
  };
}
export async function findSet(program: Address, kind: number): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["set", new Writer().number(kind, 1).done()] }))[0];
}

export interface Pool {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  acc: bigint;
  carry: bigint;
  weight: bigint;
  total: bigint;
  start: bigint;
  end: bigint;
  emitted: bigint;
  last: bigint;
  lastSlot: bigint;
  principal: bigint;
  nextId: bigint;
  outflow: bigint;
  outflowAt: bigint;
}
export function decodePool(bytes: Uint8Array): Pool {
  expect(bytes, "Pool", 128, [3, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    acc: integer(bytes, 16, 16),
    carry: integer(bytes, 32, 8),
    weight: integer(bytes, 40, 8),
    total: integer(bytes, 48, 8),
    start: integer(bytes, 56, 8),
    end: integer(bytes, 64, 8),
    emitted: integer(bytes, 72, 8),
    last: integer(bytes, 80, 8),
    lastSlot: integer(bytes, 88, 8),
    principal: integer(bytes, 96, 8),
    nextId: integer(bytes, 104, 8),
    outflow: integer(bytes, 112, 8),
    outflowAt: integer(bytes, 120, 8),
  };
}
export async function findPool(program: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["pool"] }))[0];
}

export interface Fleet {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  opSeq: bigint;
  sentinelUsed: bigint;
  sentinelAt: bigint;
  guardianUsed: bigint;
  guardianAt: bigint;
  pausedUntil: bigint[];
}
export function decodeFleet(bytes: Uint8Array): Fleet {
  expect(bytes, "Fleet", 112, [4, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    opSeq: integer(bytes, 16, 8),
    sentinelUsed: integer(bytes, 24, 8),
    sentinelAt: integer(bytes, 32, 8),
    guardianUsed: integer(bytes, 40, 8),
    guardianAt: integer(bytes, 48, 8),
    pausedUntil: Array.from({ length: 7 }, (_, i) => integer(bytes, 56 + 8 * i, 8)),
  };
}
export async function findFleet(program: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["flt"] }))[0];
}

export interface Work {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  active: RootRecord;
  pending: RootRecord;
  activeAt: bigint;
  activeSlot: bigint;
  lastN: bigint;
  lastEpoch: bigint;
  priorEpoch: bigint;
  funded: bigint;
  claimed: bigint;
}
export function decodeWork(bytes: Uint8Array): Work {
  expect(bytes, "Work", 184, [5, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    active: decodeRootRecord(bytes.subarray(16, 16 + 56)),
    pending: decodeRootRecord(bytes.subarray(72, 72 + 56)),
    activeAt: integer(bytes, 128, 8),
    activeSlot: integer(bytes, 136, 8),
    lastN: integer(bytes, 144, 8),
    lastEpoch: integer(bytes, 152, 8),
    priorEpoch: integer(bytes, 160, 8),
    funded: integer(bytes, 168, 8),
    claimed: integer(bytes, 176, 8),
  };
}
export async function findWork(program: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["wrk"] }))[0];
}

export interface Position {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  owner: Address;
  rentTo: Address;
  nonce: bigint;
  id: bigint;
  role: number;
  amount: bigint;
  weight: bigint;
  lockEnd: bigint;
  lockSlot: bigint;
  unbonding: bigint;
  unbondEnd: bigint;
  unbondSlot: bigint;
  paid: bigint;
  frac: bigint;
  owed: bigint;
  workClaimed: bigint;
  bonded: bigint;
  atRisk: bigint;
  freezeUntil: bigint;
}
export function decodePosition(bytes: Uint8Array): Position {
  expect(bytes, "Position", 224, [6, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    owner: key(bytes, 16),
    rentTo: key(bytes, 48),
    nonce: integer(bytes, 80, 8),
    id: integer(bytes, 88, 8),
    role: small(bytes, 96, 1),
    amount: integer(bytes, 104, 8),
    weight: integer(bytes, 112, 8),
    lockEnd: integer(bytes, 120, 8),
    lockSlot: integer(bytes, 128, 8),
    unbonding: integer(bytes, 136, 8),
    unbondEnd: integer(bytes, 144, 8),
    unbondSlot: integer(bytes, 152, 8),
    paid: integer(bytes, 160, 16),
    frac: integer(bytes, 176, 8),
    owed: integer(bytes, 184, 8),
    workClaimed: integer(bytes, 192, 8),
    bonded: integer(bytes, 200, 8),
    atRisk: integer(bytes, 208, 8),
    freezeUntil: integer(bytes, 216, 8),
  };
}
export async function findPosition(program: Address, owner: Address, nonce: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["pos", new Writer().key(owner).done(), new Writer().number(nonce, 8).done()] }))[0];
}

export interface Op {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  payloadHash: Address;
  rentTo: Address;
  opSeq: bigint;
  eta: bigint;
  etaSlot: bigint;
  expiry: bigint;
  setSeq: bigint;
  kind: number;
}
export function decodeOp(bytes: Uint8Array): Op {
  expect(bytes, "Op", 128, [11, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    payloadHash: key(bytes, 16),
    rentTo: key(bytes, 48),
    opSeq: integer(bytes, 80, 8),
    eta: integer(bytes, 88, 8),
    etaSlot: integer(bytes, 96, 8),
    expiry: integer(bytes, 104, 8),
    setSeq: integer(bytes, 112, 8),
    kind: small(bytes, 120, 1),
  };
}
export async function findOp(program: Address, opSeq: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["op", new Writer().number(opSeq, 8).done()] }))[0];
}

// ---- Events

export interface SealedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
}
export function decodeSealedEvent(bytes: Uint8Array): SealedEvent {
  expect(bytes, "SealedEvent", 24, [1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
  };
}

export interface PositionOpenedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  amount: bigint;
  weight: bigint;
  lockEnd: bigint;
}
export function decodePositionOpenedEvent(bytes: Uint8Array): PositionOpenedEvent {
  expect(bytes, "PositionOpenedEvent", 56, [2]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    amount: integer(bytes, 32, 8),
    weight: integer(bytes, 40, 8),
    lockEnd: integer(bytes, 48, 8),
  };
}

export interface StakeAddedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  amountBefore: bigint;
  amountAfter: bigint;
  weight: bigint;
  lockEnd: bigint;
}
export function decodeStakeAddedEvent(bytes: Uint8Array): StakeAddedEvent {
  expect(bytes, "StakeAddedEvent", 64, [3]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    amountBefore: integer(bytes, 32, 8),
    amountAfter: integer(bytes, 40, 8),
    weight: integer(bytes, 48, 8),
    lockEnd: integer(bytes, 56, 8),
  };
}

export interface UnstakeRequestedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  amountBefore: bigint;
  amountAfter: bigint;
  unbonding: bigint;
  unbondEnd: bigint;
}
export function decodeUnstakeRequestedEvent(bytes: Uint8Array): UnstakeRequestedEvent {
  expect(bytes, "UnstakeRequestedEvent", 64, [4]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    amountBefore: integer(bytes, 32, 8),
    amountAfter: integer(bytes, 40, 8),
    unbonding: integer(bytes, 48, 8),
    unbondEnd: integer(bytes, 56, 8),
  };
}

export interface WithdrawnEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  unbondingBefore: bigint;
  unbondingAfter: bigint;
  outflow: bigint;
}
export function decodeWithdrawnEvent(bytes: Uint8Array): WithdrawnEvent {
  expect(bytes, "WithdrawnEvent", 56, [5]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    unbondingBefore: integer(bytes, 32, 8),
    unbondingAfter: integer(bytes, 40, 8),
    outflow: integer(bytes, 48, 8),
  };
}

export interface RefreshedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  weightBefore: bigint;
  weightAfter: bigint;
}
export function decodeRefreshedEvent(bytes: Uint8Array): RefreshedEvent {
  expect(bytes, "RefreshedEvent", 48, [6]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    weightBefore: integer(bytes, 32, 8),
    weightAfter: integer(bytes, 40, 8),
  };
}

export interface FundedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  amount: bigint;
  totalBefore: bigint;
  totalAfter: bigint;
  end: bigint;
}
export function decodeFundedEvent(bytes: Uint8Array): FundedEvent {
  expect(bytes, "FundedEvent", 56, [7]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    amount: integer(bytes, 24, 8),
    totalBefore: integer(bytes, 32, 8),
    totalAfter: integer(bytes, 40, 8),
    end: integer(bytes, 48, 8),
  };
}

export interface ClaimedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  paid: bigint;
}
export function decodeClaimedEvent(bytes: Uint8Array): ClaimedEvent {
  expect(bytes, "ClaimedEvent", 40, [8]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    paid: integer(bytes, 32, 8),
  };
}

export interface RootPostedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  n: bigint;
  size: bigint;
  cumBefore: bigint;
  cumAfter: bigint;
  activeAt: bigint;
}
export function decodeRootPostedEvent(bytes: Uint8Array): RootPostedEvent {
  expect(bytes, "RootPostedEvent", 64, [9]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    n: integer(bytes, 24, 8),
    size: integer(bytes, 32, 8),
    cumBefore: integer(bytes, 40, 8),
    cumAfter: integer(bytes, 48, 8),
    activeAt: integer(bytes, 56, 8),
  };
}

export interface RootDisabledEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  n: bigint;
  cumTotal: bigint;
}
export function decodeRootDisabledEvent(bytes: Uint8Array): RootDisabledEvent {
  expect(bytes, "RootDisabledEvent", 40, [10]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    n: integer(bytes, 24, 8),
    cumTotal: integer(bytes, 32, 8),
  };
}

export interface WorkClaimedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  claimedBefore: bigint;
  claimedAfter: bigint;
  owed: bigint;
}
export function decodeWorkClaimedEvent(bytes: Uint8Array): WorkClaimedEvent {
  expect(bytes, "WorkClaimedEvent", 56, [11]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    claimedBefore: integer(bytes, 32, 8),
    claimedAfter: integer(bytes, 40, 8),
    owed: integer(bytes, 48, 8),
  };
}

export interface PausedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  seconds: bigint;
  until: bigint;
  budgetUsed: bigint;
}
export function decodePausedEvent(bytes: Uint8Array): PausedEvent {
  expect(bytes, "PausedEvent", 48, [12]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    seconds: integer(bytes, 24, 8),
    until: integer(bytes, 32, 8),
    budgetUsed: integer(bytes, 40, 8),
  };
}

export interface OpQueuedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  opSeq: bigint;
  eta: bigint;
}
export function decodeOpQueuedEvent(bytes: Uint8Array): OpQueuedEvent {
  expect(bytes, "OpQueuedEvent", 40, [13]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    opSeq: integer(bytes, 24, 8),
    eta: integer(bytes, 32, 8),
  };
}

export interface OpCancelledEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  opSeq: bigint;
}
export function decodeOpCancelledEvent(bytes: Uint8Array): OpCancelledEvent {
  expect(bytes, "OpCancelledEvent", 32, [14]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    opSeq: integer(bytes, 24, 8),
  };
}

export interface OpExecutedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  opSeq: bigint;
}
export function decodeOpExecutedEvent(bytes: Uint8Array): OpExecutedEvent {
  expect(bytes, "OpExecutedEvent", 32, [15]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    opSeq: integer(bytes, 24, 8),
  };
}

// ---- Instructions

export interface InitAccounts {
  authority: Party;
  program: Address;
  programData: Address;
  config: Address;
  pool: Address;
  fleet: Address;
  work: Address;
  stakeVault: Address;
  rewardVault: Address;
  escrowVault: Address;
  mint: Address;
  tokenProgram: Address;
  systemProgram: Address;
}
export interface InitArguments {
  hook: Address;
  outflowFloor: bigint;
  workCap: bigint;
  providerMinStake: bigint;
  userMinStake: bigint;
  operatorMinStake: bigint;
}
/** Creates the program's accounts and vaults for one mint. Once, by the upgrade authority. */
export function init(program: Address, accounts: InitAccounts, args: InitArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.authority, true, true),
      meta(accounts.program, false, false),
      meta(accounts.programData, false, false),
      meta(accounts.config, false, true),
      meta(accounts.pool, false, true),
      meta(accounts.fleet, false, true),
      meta(accounts.work, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.rewardVault, false, true),
      meta(accounts.escrowVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      meta(accounts.systemProgram, false, false),
    ],
    data: new Writer().number(1, 1).key(args.hook).number(args.outflowFloor, 8).number(args.workCap, 8).number(args.providerMinStake, 8).number(args.userMinStake, 8).number(args.operatorMinStake, 8).done(),
  };
}

export interface InitSetAccounts {
  authority: Party;
  program: Address;
  programData: Address;
  config: Address;
  guardian: Address;
  sentinel: Address;
  resolver: Address;
  systemProgram: Address;
}
export interface InitSetArguments {
  kind: number;
  threshold: number;
  keys: Uint8Array;
}
/** Creates the next key set: guardian, sentinel, resolver. */
export function initSet(program: Address, accounts: InitSetAccounts, args: InitSetArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.authority, true, true),
      meta(accounts.program, false, false),
      meta(accounts.programData, false, false),
      meta(accounts.config, false, true),
      meta(accounts.guardian, false, true),
      meta(accounts.sentinel, false, true),
      meta(accounts.resolver, false, true),
      meta(accounts.systemProgram, false, false),
    ],
    data: new Writer().number(2, 1).number(args.kind, 1).number(args.threshold, 1).raw(args.keys).done(),
  };
}

export interface SealAccounts {
  program: Address;
  programData: Address;
  config: Address;
  guardian: Address;
  sentinel: Address;
  resolver: Address;
  stakeVault: Address;
  rewardVault: Address;
  escrowVault: Address;
  tokenProgram: Address;
}
/** Opens the program to users, once nobody can change it any more. Anyone may call it. */
export function seal(program: Address, accounts: SealAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.program, false, false),
      meta(accounts.programData, false, false),
      meta(accounts.config, false, true),
      meta(accounts.guardian, false, false),
      meta(accounts.sentinel, false, false),
      meta(accounts.resolver, false, false),
      meta(accounts.stakeVault, false, false),
      meta(accounts.rewardVault, false, false),
      meta(accounts.escrowVault, false, false),
      meta(accounts.tokenProgram, false, false),
    ],
    data: new Writer().number(3, 1).done(),
  };
}

export interface OpenPositionAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  pool: Address;
  position: Address;
  from: Address;
  stakeVault: Address;
  mint: Address;
  tokenProgram: Address;
  systemProgram: Address;
}
export interface OpenPositionArguments {
  role: number;
  nonce: bigint;
  amount: bigint;
  lock: number;
}
/** Stakes tokens from a wallet in a new position. */
export function openPosition(program: Address, accounts: OpenPositionAccounts, args: OpenPositionArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, true),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
      meta(accounts.from, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      meta(accounts.systemProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(4, 1).number(args.role, 1).number(args.nonce, 8).number(args.amount, 8).number(args.lock, 4).done(),
  };
}

export interface AddStakeAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  pool: Address;
  position: Address;
  from: Address;
  stakeVault: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface AddStakeArguments {
  source: number;
  amount: bigint;
  lock: number;
}
/** Adds stake from the wallet, from rewards or from what is unbonding; lock > 0 extends the lock to that many seconds from now. */
export function addStake(program: Address, accounts: AddStakeAccounts, args: AddStakeArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
      meta(accounts.from, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(5, 1).number(args.source, 1).number(args.amount, 8).number(args.lock, 4).done(),
  };
}

export interface RequestUnstakeAccounts {
  owner: Party;
  config: Address;
  pool: Address;
  position: Address;
}
export interface RequestUnstakeArguments {
  amount: bigint;
}
/** Starts unbonding. What is unbonding already starts anew with it. */
export function requestUnstake(program: Address, accounts: RequestUnstakeAccounts, args: RequestUnstakeArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
    ],
    data: new Writer().number(6, 1).number(args.amount, 8).done(),
  };
}

export interface WithdrawAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  pool: Address;
  position: Address;
  to: Address;
  stakeVault: Address;
  rentTo: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface WithdrawArguments {
  amount: bigint;
}
/** Takes out unbonded tokens; closes the position when nothing is left. */
export function withdraw(program: Address, accounts: WithdrawAccounts, args: WithdrawArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
      meta(accounts.to, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.rentTo, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(7, 1).number(args.amount, 8).done(),
  };
}

export interface RefreshAccounts {
  config: Address;
  pool: Address;
  position: Address;
}
/** Lowers a position's weight once its lock is over. Anyone may call it. */
export function refresh(program: Address, accounts: RefreshAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
    ],
    data: new Writer().number(8, 1).done(),
  };
}

export interface FundAccounts {
  payer: Party;
  config: Address;
  purse: Address;
  from: Address;
  rewardVault: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface FundArguments {
  purse: number;
  amount: bigint;
  seconds: number;
}
/** Pays into the stream (purse 0: accounts' purse is the pool) or for work (purse 1: the work account). Never lowers the stream's rate. */
export function fund(program: Address, accounts: FundAccounts, args: FundArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, false),
      meta(accounts.config, false, false),
      meta(accounts.purse, false, true),
      meta(accounts.from, false, true),
      meta(accounts.rewardVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(9, 1).number(args.purse, 1).number(args.amount, 8).number(args.seconds, 4).done(),
  };
}

export interface ClaimAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  pool: Address;
  position: Address;
  to: Address;
  rewardVault: Address;
  mint: Address;
  tokenProgram: Address;
}
/** Pays out the rewards earned so far. */
export function claim(program: Address, accounts: ClaimAccounts, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.position, false, true),
      meta(accounts.to, false, true),
      meta(accounts.rewardVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(10, 1).done(),
  };
}

export interface PostRootAccounts {
  config: Address;
  fleet: Address;
  work: Address;
  sentinel: Address;
}
export interface PostRootArguments {
  n: bigint;
  root: Address;
  size: bigint;
  cumTotal: bigint;
  mask: number;
  validUntilSlot: bigint;
}
/** Announces a cumulative Merkle root of work rewards; active after 24 hours. Sentinel quorum. */
export function postRoot(program: Address, accounts: PostRootAccounts, args: PostRootArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.work, false, true),
      meta(accounts.sentinel, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(11, 1).number(args.n, 8).key(args.root).number(args.size, 8).number(args.cumTotal, 8).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface DisableRootAccounts {
  work: Address;
  set: Address;
}
export interface DisableRootArguments {
  n: bigint;
  mask: number;
  validUntilSlot: bigint;
}
/** Takes back a root before it is active. Guardian or resolver threshold. */
export function disableRoot(program: Address, accounts: DisableRootAccounts, args: DisableRootArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.work, false, true),
      meta(accounts.set, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(12, 1).number(args.n, 8).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface ClaimWorkAccounts {
  config: Address;
  fleet: Address;
  work: Address;
  position: Address;
}
export interface ClaimWorkArguments {
  index: bigint;
  cumulative: bigint;
  proof: Uint8Array;
}
/** Credits what a leaf says beyond what was claimed before. Anyone may call it. */
export function claimWork(program: Address, accounts: ClaimWorkAccounts, args: ClaimWorkArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.work, false, true),
      meta(accounts.position, false, true),
    ],
    data: new Writer().number(13, 1).number(args.index, 8).number(args.cumulative, 8).raw(args.proof).done(),
  };
}

export interface BreakerAccounts {
  config: Address;
  fleet: Address;
  set: Address;
}
export interface BreakerArguments {
  what: number;
  seconds: number;
  mask: number;
  validUntilSlot: bigint;
}
/** Pauses parts of the program for a time; seconds = 0, by the guardian, resumes them. */
export function breaker(program: Address, accounts: BreakerAccounts, args: BreakerArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.set, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(14, 1).number(args.what, 1).number(args.seconds, 4).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface QueueOpAccounts {
  payer: Party;
  config: Address;
  fleet: Address;
  guardian: Address;
  op: Address;
  systemProgram: Address;
}
export interface QueueOpArguments {
  kind: number;
  payloadHash: Address;
  mask: number;
  validUntilSlot: bigint;
}
/** Announces an administrative change by the hash of its payload. Guardian threshold. */
export function queueOp(program: Address, accounts: QueueOpAccounts, args: QueueOpArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, true),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.guardian, false, false),
      meta(accounts.op, false, true),
      meta(accounts.systemProgram, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(15, 1).number(args.kind, 1).key(args.payloadHash).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface CancelOpAccounts {
  op: Address;
  guardian: Address;
  rentTo: Address;
}
export interface CancelOpArguments {
  mask: number;
  validUntilSlot: bigint;
}
/** Vetoes a change: n - threshold + 1 guardian keys, at least 2. */
export function cancelOp(program: Address, accounts: CancelOpAccounts, args: CancelOpArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.op, false, true),
      meta(accounts.guardian, false, false),
      meta(accounts.rentTo, false, true),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(16, 1).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface ExecuteOpAccounts {
  config: Address;
  op: Address;
  guardian: Address;
  sentinel: Address;
  resolver: Address;
  rentTo: Address;
}
export interface ExecuteOpArguments {
  payload: Uint8Array;
}
/** Makes an announced change after its delay. Anyone may call it. */
export function executeOp(program: Address, accounts: ExecuteOpAccounts, args: ExecuteOpArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, true),
      meta(accounts.op, false, true),
      meta(accounts.guardian, false, true),
      meta(accounts.sentinel, false, true),
      meta(accounts.resolver, false, true),
      meta(accounts.rentTo, false, true),
    ],
    data: new Writer().number(17, 1).raw(args.payload).done(),
  };
}

// ---- Payloads of ops

/** What an op of kind 1 announces by its SHA-256 and executes. */
export function replaceSetPayload(set: number, threshold: number, keys: Uint8Array): Uint8Array {
  return new Writer().number(1, 1).number(set, 1).number(threshold, 1).raw(keys).done();
}

/** What an op of kind 2 announces by its SHA-256 and executes. */
export function setRolePayload(role: number, rules: RoleRules): Uint8Array {
  return new Writer().number(2, 1).number(role, 1).raw(encodeRoleRules(rules)).done();
}

/** What an op of kind 3 announces by its SHA-256 and executes. */
export function setLimitsPayload(outflowBps: number, sentinelPause: number, outflowFloor: bigint, workCap: bigint): Uint8Array {
  return new Writer().number(3, 1).number(outflowBps, 2).number(sentinelPause, 4).number(outflowFloor, 8).number(workCap, 8).done();
}

/** What an op of kind 4 announces by its SHA-256 and executes. */
export function removeSentinelKeyPayload(key: Address): Uint8Array {
  return new Writer().number(4, 1).key(key).done();
}

/** What an op of kind 5 announces by its SHA-256 and executes. */
export function lowerSentinelPausePayload(seconds: number): Uint8Array {
  return new Writer().number(5, 1).number(seconds, 4).done();
}

/** What an op of kind 6 announces by its SHA-256 and executes. */
export function lowerWorkCapPayload(workCap: bigint): Uint8Array {
  return new Writer().number(6, 1).number(workCap, 8).done();
}

// ---- Errors

export const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  120: ["NotUpgradeAuthority", "only the program's upgrade authority may set it up"],
  121: ["NotEnoughSigners", "fewer signers than the set's threshold"],
  122: ["SignerNotInSet", "a signer is not the key that its bit of the mask names"],
  123: ["NoSuchKey", "the mask names a key that the set does not have"],
  124: ["WrongSet", "another key set must sign this"],
  520: ["NotSealed", "the program is not sealed yet"],
  521: ["AlreadySealed", "the program is sealed already"],
  522: ["StillUpgradeable", "the program still has an upgrade authority; remove it first"],
  523: ["SetsOutOfOrder", "key sets are made once each: guardian, sentinel, resolver"],
  524: ["TicketMatured", "an earlier unstake is ready; withdraw it first"],
  525: ["RootPending", "a work root waits already"],
  526: ["NoPendingRoot", "no work root of this number waits"],
  527: ["WrongRootNumber", "work roots are numbered without gaps"],
  528: ["NoRoot", "no work root is active"],
  529: ["OpDead", "the guardian set has changed since; queue the change again"],
  530: ["StakeAtRisk", "an open incident claims this stake"],
  531: ["StakeBonded", "this stake stands for nodes; retire them first"],
  720: ["AmountZero", "the amount is zero"],
  721: ["BelowMinimum", "less than the role's minimum stake would remain"],
  722: ["SupplyTooLarge", "more than 2^61 token units"],
  723: ["LockOutOfRange", "the lock is outside the role's range"],
  724: ["LockShortened", "a lock can only be extended"],
  725: ["OutflowFull", "today's outflow of the pool is used up; withdraw less, or later"],
  726: ["RateWouldFall", "the stream would pay less per second than it does"],
  727: ["DurationOutOfRange", "a stream lasts from 1 to 366 days"],
  728: ["TooLittleForDuration", "less than one token unit per second"],
  729: ["PauseTooLong", "longer than one call may pause"],
  730: ["PauseBudgetSpent", "the pause budget of 30 days is used up"],
  731: ["PauseRefused", "these keys may not pause that"],
  732: ["WorkCapExceeded", "the root raises the total beyond the cap or the funds"],
  733: ["OutOfBounds", "outside the bounds in the program's code"],
  734: ["ThresholdOutOfRange", "the number of keys or the threshold is not allowed"],
  735: ["NotTightening", "an op without delay may only tighten"],
  736: ["TooMuch", "more than the position has"],
  737: ["NothingNew", "the leaf has been claimed already"],
  738: ["AboveTotal", "more than the root's total"],
  820: ["SignatureExpired", "signed for an earlier slot; sign again"],
  821: ["SignatureTooFarAhead", "valid for more than 9,000 slots; sign for fewer"],
  822: ["LockNotOver", "the lock is not over"],
  823: ["StillUnbonding", "the unbonding time is not over"],
  824: ["OpNotYet", "the delay of this change is not over"],
  825: ["OpExpired", "the change was not executed in time; queue it again"],
  1220: ["Paused", "paused by the breaker"],
  1221: ["Frozen", "this position is frozen"],
  1320: ["WrongPayload", "the payload is not the one that was queued"],
  1321: ["BadProof", "the Merkle proof does not lead to the root"],
  1322: ["ProofTooLong", "more than 24 hashes, or not whole ones"],
  1323: ["UnknownKind", "no such kind"],
  1324: ["DuplicateKey", "a key stands in two places"],
};
