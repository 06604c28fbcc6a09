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

export interface Seat {
  node: Address;
  owner: Address;
  rate: bigint;
  earned: bigint;
  payable: bigint;
  prev: bigint;
  cur: bigint;
  window: bigint;
}
export function decodeSeat(bytes: Uint8Array): Seat {
  expect(bytes, "Seat", 112, []);
  return {
    node: key(bytes, 0),
    owner: key(bytes, 32),
    rate: integer(bytes, 64, 8),
    earned: integer(bytes, 72, 8),
    payable: integer(bytes, 80, 8),
    prev: integer(bytes, 88, 8),
    cur: integer(bytes, 96, 8),
    window: integer(bytes, 104, 8),
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
  treasury: Address;
  bondPerUnit: bigint;
  discountStake: bigint;
  notice: number;
  holdback: number;
  feeBps: number;
  treasuryBps: number;
  discountBps: number;
}
export function decodeConfig(bytes: Uint8Array): Config {
  expect(bytes, "Config", 376, [1, 1]);
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
    treasury: key(bytes, 312),
    bondPerUnit: integer(bytes, 344, 8),
    discountStake: integer(bytes, 352, 8),
    notice: small(bytes, 360, 4),
    holdback: small(bytes, 364, 4),
    feeBps: small(bytes, 368, 2),
    treasuryBps: small(bytes, 370, 2),
    discountBps: small(bytes, 372, 2),
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
  unitsTotal: bigint;
  quarantined: bigint;
  quarantinedAt: bigint;
  frozen: bigint;
  frozenAt: bigint;
  slashed: bigint;
  slashedAt: bigint;
}
export function decodeFleet(bytes: Uint8Array): Fleet {
  expect(bytes, "Fleet", 168, [4, 1]);
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
    unitsTotal: integer(bytes, 112, 8),
    quarantined: integer(bytes, 120, 8),
    quarantinedAt: integer(bytes, 128, 8),
    frozen: integer(bytes, 136, 8),
    frozenAt: integer(bytes, 144, 8),
    slashed: integer(bytes, 152, 8),
    slashedAt: integer(bytes, 160, 8),
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
  recovering: number;
  slashes: number;
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
  lastIncident: bigint;
  frozenAt: bigint;
  slashWindow: number;
  slashCur: number;
  slashPrev: number;
}
export function decodePosition(bytes: Uint8Array): Position {
  expect(bytes, "Position", 248, [6, 1]);
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
    recovering: small(bytes, 97, 1),
    slashes: small(bytes, 100, 4),
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
    lastIncident: integer(bytes, 224, 8),
    frozenAt: integer(bytes, 232, 8),
    slashWindow: small(bytes, 240, 4),
    slashCur: small(bytes, 244, 2),
    slashPrev: small(bytes, 246, 2),
  };
}
export async function findPosition(program: Address, owner: Address, nonce: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["pos", new Writer().key(owner).done(), new Writer().number(nonce, 8).done()] }))[0];
}

export interface Node {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  owner: Address;
  identity: Address;
  position: Address;
  digest: Address;
  price: bigint;
  bond: bigint;
  down: bigint;
  qAt: bigint;
  qUntil: bigint;
  lastIncident: bigint;
  retireAt: bigint;
  attestedUntil: bigint;
  levelEpoch: bigint;
  keySetSeq: bigint;
  keyAt: bigint[];
  units: number;
  attestedUnits: number;
  leased: number;
  level: number;
  acceptStandby: number;
}
export function decodeNode(bytes: Uint8Array): Node {
  expect(bytes, "Node", 328, [7, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    owner: key(bytes, 16),
    identity: key(bytes, 48),
    position: key(bytes, 80),
    digest: key(bytes, 112),
    price: integer(bytes, 144, 8),
    bond: integer(bytes, 152, 8),
    down: integer(bytes, 160, 8),
    qAt: integer(bytes, 168, 8),
    qUntil: integer(bytes, 176, 8),
    lastIncident: integer(bytes, 184, 8),
    retireAt: integer(bytes, 192, 8),
    attestedUntil: integer(bytes, 200, 8),
    levelEpoch: integer(bytes, 208, 8),
    keySetSeq: integer(bytes, 216, 8),
    keyAt: Array.from({ length: 11 }, (_, i) => integer(bytes, 224 + 8 * i, 8)),
    units: small(bytes, 312, 4),
    attestedUnits: small(bytes, 316, 4),
    leased: small(bytes, 320, 4),
    level: small(bytes, 324, 1),
    acceptStandby: small(bytes, 325, 1),
  };
}
export async function findNode(program: Address, identity: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["node", new Writer().key(identity).done()] }))[0];
}

export interface Digest {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  sha256: Address;
  node: Address;
  rentTo: Address;
}
export function decodeDigest(bytes: Uint8Array): Digest {
  expect(bytes, "Digest", 112, [8, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    sha256: key(bytes, 16),
    node: key(bytes, 48),
    rentTo: key(bytes, 80),
  };
}
export async function findDigest(program: Address, sha256: Address): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["dig", new Writer().key(sha256).done()] }))[0];
}

export interface Lease {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  tenant: Address;
  rentTo: Address;
  nonce: bigint;
  escrow: bigint;
  prepaid: bigint;
  paid: bigint;
  refunded: bigint;
  earned: bigint;
  feeCharged: bigint;
  fees: bigint;
  settledTo: bigint;
  settledSlot: bigint;
  downSeen: bigint;
  end: bigint;
  units: number;
  holdback: number;
  feeBps: number;
  reason: number;
  seat: number;
  own: number;
  compensated: number;
  seats: Seat[];
  openedAt: bigint;
}
export function decodeLease(bytes: Uint8Array): Lease {
  expect(bytes, "Lease", 536, [9, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    tenant: key(bytes, 16),
    rentTo: key(bytes, 48),
    nonce: integer(bytes, 80, 8),
    escrow: integer(bytes, 88, 8),
    prepaid: integer(bytes, 96, 8),
    paid: integer(bytes, 104, 8),
    refunded: integer(bytes, 112, 8),
    earned: integer(bytes, 120, 8),
    feeCharged: integer(bytes, 128, 8),
    fees: integer(bytes, 136, 8),
    settledTo: integer(bytes, 144, 8),
    settledSlot: integer(bytes, 152, 8),
    downSeen: integer(bytes, 160, 8),
    end: integer(bytes, 168, 8),
    units: small(bytes, 176, 4),
    holdback: small(bytes, 180, 4),
    feeBps: small(bytes, 184, 2),
    reason: small(bytes, 186, 2),
    seat: small(bytes, 188, 1),
    own: small(bytes, 189, 1),
    compensated: small(bytes, 190, 1),
    seats: Array.from({ length: 3 }, (_, i) => decodeSeat(bytes.subarray(192 + 112 * i, 192 + 112 * i + 112))),
    openedAt: integer(bytes, 528, 8),
  };
}
export async function findLease(program: Address, tenant: Address, nonce: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["lse", new Writer().key(tenant).done(), new Writer().number(nonce, 8).done()] }))[0];
}

export interface Incident {
  tag: number;
  version: number;
  bump: number;
  state: number;
  seq: bigint;
  position: Address;
  owner: Address;
  opener: Address;
  bondPosition: Address;
  node: Address;
  evidence: Address;
  id: bigint;
  base: bigint;
  loss: bigint;
  bond: bigint;
  deadline: bigint;
  deadlineSlot: bigint;
  since: bigint;
  down: bigint;
  gap: bigint;
  executedAt: bigint;
  executedSlot: bigint;
  pot: bigint;
  recoverable: bigint;
  recovered: bigint;
  positionId: bigint;
  slashNumber: number;
  bps: number;
  category: number;
}
export function decodeIncident(bytes: Uint8Array): Incident {
  expect(bytes, "Incident", 336, [10, 1]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    bump: small(bytes, 2, 1),
    state: small(bytes, 3, 1),
    seq: integer(bytes, 8, 8),
    position: key(bytes, 16),
    owner: key(bytes, 48),
    opener: key(bytes, 80),
    bondPosition: key(bytes, 112),
    node: key(bytes, 144),
    evidence: key(bytes, 176),
    id: integer(bytes, 208, 8),
    base: integer(bytes, 216, 8),
    loss: integer(bytes, 224, 8),
    bond: integer(bytes, 232, 8),
    deadline: integer(bytes, 240, 8),
    deadlineSlot: integer(bytes, 248, 8),
    since: integer(bytes, 256, 8),
    down: integer(bytes, 264, 8),
    gap: integer(bytes, 272, 8),
    executedAt: integer(bytes, 280, 8),
    executedSlot: integer(bytes, 288, 8),
    pot: integer(bytes, 296, 8),
    recoverable: integer(bytes, 304, 8),
    recovered: integer(bytes, 312, 8),
    positionId: integer(bytes, 320, 8),
    slashNumber: small(bytes, 328, 4),
    bps: small(bytes, 332, 2),
    category: small(bytes, 334, 1),
  };
}
export async function findIncident(program: Address, id: bigint): Promise<Address> {
  return (await getProgramDerivedAddress({ programAddress: program, seeds: ["inc", new Writer().number(id, 8).done()] }))[0];
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

export interface NodeRegisteredEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  units: bigint;
  price: bigint;
  bond: bigint;
}
export function decodeNodeRegisteredEvent(bytes: Uint8Array): NodeRegisteredEvent {
  expect(bytes, "NodeRegisteredEvent", 48, [16]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    units: integer(bytes, 24, 8),
    price: integer(bytes, 32, 8),
    bond: integer(bytes, 40, 8),
  };
}

export interface NodeAttestedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  unitsBefore: bigint;
  unitsAfter: bigint;
  until: bigint;
  level: bigint;
}
export function decodeNodeAttestedEvent(bytes: Uint8Array): NodeAttestedEvent {
  expect(bytes, "NodeAttestedEvent", 56, [17]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    unitsBefore: integer(bytes, 24, 8),
    unitsAfter: integer(bytes, 32, 8),
    until: integer(bytes, 40, 8),
    level: integer(bytes, 48, 8),
  };
}

export interface TermsSetEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  units: bigint;
  priceBefore: bigint;
  priceAfter: bigint;
  bond: bigint;
}
export function decodeTermsSetEvent(bytes: Uint8Array): TermsSetEvent {
  expect(bytes, "TermsSetEvent", 56, [18]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    units: integer(bytes, 24, 8),
    priceBefore: integer(bytes, 32, 8),
    priceAfter: integer(bytes, 40, 8),
    bond: integer(bytes, 48, 8),
  };
}

export interface NodeRetiredEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  retireAt: bigint;
  bond: bigint;
}
export function decodeNodeRetiredEvent(bytes: Uint8Array): NodeRetiredEvent {
  expect(bytes, "NodeRetiredEvent", 40, [19]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    retireAt: integer(bytes, 24, 8),
    bond: integer(bytes, 32, 8),
  };
}

export interface LeaseOpenedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  nonce: bigint;
  rate: bigint;
  units: bigint;
  amount: bigint;
  end: bigint;
}
export function decodeLeaseOpenedEvent(bytes: Uint8Array): LeaseOpenedEvent {
  expect(bytes, "LeaseOpenedEvent", 64, [20]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    nonce: integer(bytes, 24, 8),
    rate: integer(bytes, 32, 8),
    units: integer(bytes, 40, 8),
    amount: integer(bytes, 48, 8),
    end: integer(bytes, 56, 8),
  };
}

export interface ToppedUpEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  escrowBefore: bigint;
  escrowAfter: bigint;
}
export function decodeToppedUpEvent(bytes: Uint8Array): ToppedUpEvent {
  expect(bytes, "ToppedUpEvent", 40, [21]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    escrowBefore: integer(bytes, 24, 8),
    escrowAfter: integer(bytes, 32, 8),
  };
}

export interface SettledEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  paid: bigint;
  escrow: bigint;
  earned: bigint;
  fees: bigint;
}
export function decodeSettledEvent(bytes: Uint8Array): SettledEvent {
  expect(bytes, "SettledEvent", 56, [22]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    paid: integer(bytes, 24, 8),
    escrow: integer(bytes, 32, 8),
    earned: integer(bytes, 40, 8),
    fees: integer(bytes, 48, 8),
  };
}

export interface PaidOutEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  amount: bigint;
  treasury: bigint;
  burned: bigint;
}
export function decodePaidOutEvent(bytes: Uint8Array): PaidOutEvent {
  expect(bytes, "PaidOutEvent", 48, [23]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    amount: integer(bytes, 24, 8),
    treasury: integer(bytes, 32, 8),
    burned: integer(bytes, 40, 8),
  };
}

export interface LeaseClosedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  end: bigint;
  refund: bigint;
  earned: bigint;
}
export function decodeLeaseClosedEvent(bytes: Uint8Array): LeaseClosedEvent {
  expect(bytes, "LeaseClosedEvent", 48, [24]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    end: integer(bytes, 24, 8),
    refund: integer(bytes, 32, 8),
    earned: integer(bytes, 40, 8),
  };
}

export interface FailedOverEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  rateBefore: bigint;
  rateAfter: bigint;
  escrow: bigint;
}
export function decodeFailedOverEvent(bytes: Uint8Array): FailedOverEvent {
  expect(bytes, "FailedOverEvent", 48, [25]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    rateBefore: integer(bytes, 24, 8),
    rateAfter: integer(bytes, 32, 8),
    escrow: integer(bytes, 40, 8),
  };
}

export interface QuarantinedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  incident: bigint;
  until: bigint;
  units: bigint;
  down: bigint;
  budgetUsed: bigint;
}
export function decodeQuarantinedEvent(bytes: Uint8Array): QuarantinedEvent {
  expect(bytes, "QuarantinedEvent", 64, [26]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    incident: integer(bytes, 24, 8),
    until: integer(bytes, 32, 8),
    units: integer(bytes, 40, 8),
    down: integer(bytes, 48, 8),
    budgetUsed: integer(bytes, 56, 8),
  };
}

export interface ReleasedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  incident: bigint;
  down: bigint;
}
export function decodeReleasedEvent(bytes: Uint8Array): ReleasedEvent {
  expect(bytes, "ReleasedEvent", 40, [27]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    incident: integer(bytes, 24, 8),
    down: integer(bytes, 32, 8),
  };
}

export interface PositionFrozenEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  incident: bigint;
  until: bigint;
}
export function decodePositionFrozenEvent(bytes: Uint8Array): PositionFrozenEvent {
  expect(bytes, "PositionFrozenEvent", 40, [28]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    incident: integer(bytes, 24, 8),
    until: integer(bytes, 32, 8),
  };
}

export interface PositionReleasedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  incident: bigint;
}
export function decodePositionReleasedEvent(bytes: Uint8Array): PositionReleasedEvent {
  expect(bytes, "PositionReleasedEvent", 32, [29]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    incident: integer(bytes, 24, 8),
  };
}

export interface IncidentOpenedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  loss: bigint;
  bond: bigint;
  bps: bigint;
  deadline: bigint;
}
export function decodeIncidentOpenedEvent(bytes: Uint8Array): IncidentOpenedEvent {
  expect(bytes, "IncidentOpenedEvent", 64, [30]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    loss: integer(bytes, 32, 8),
    bond: integer(bytes, 40, 8),
    bps: integer(bytes, 48, 8),
    deadline: integer(bytes, 56, 8),
  };
}

export interface IncidentDisputedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  deadline: bigint;
}
export function decodeIncidentDisputedEvent(bytes: Uint8Array): IncidentDisputedEvent {
  expect(bytes, "IncidentDisputedEvent", 40, [31]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    deadline: integer(bytes, 32, 8),
  };
}

export interface IncidentResolvedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  loss: bigint;
  bond: bigint;
}
export function decodeIncidentResolvedEvent(bytes: Uint8Array): IncidentResolvedEvent {
  expect(bytes, "IncidentResolvedEvent", 48, [32]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    loss: integer(bytes, 32, 8),
    bond: integer(bytes, 40, 8),
  };
}

export interface IncidentExecutedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  loss: bigint;
  pot: bigint;
  recoverable: bigint;
  burned: bigint;
}
export function decodeIncidentExecutedEvent(bytes: Uint8Array): IncidentExecutedEvent {
  expect(bytes, "IncidentExecutedEvent", 64, [33]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    loss: integer(bytes, 32, 8),
    pot: integer(bytes, 40, 8),
    recoverable: integer(bytes, 48, 8),
    burned: integer(bytes, 56, 8),
  };
}

export interface CompensatedEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  amount: bigint;
  pot: bigint;
}
export function decodeCompensatedEvent(bytes: Uint8Array): CompensatedEvent {
  expect(bytes, "CompensatedEvent", 48, [34]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    amount: integer(bytes, 32, 8),
    pot: integer(bytes, 40, 8),
  };
}

export interface RecoveredEvent {
  tag: number;
  version: number;
  kind: number;
  seq: bigint;
  slot: bigint;
  id: bigint;
  amount: bigint;
  recovered: bigint;
  burned: bigint;
}
export function decodeRecoveredEvent(bytes: Uint8Array): RecoveredEvent {
  expect(bytes, "RecoveredEvent", 56, [35]);
  return {
    tag: small(bytes, 0, 1),
    version: small(bytes, 1, 1),
    kind: small(bytes, 4, 4),
    seq: integer(bytes, 8, 8),
    slot: integer(bytes, 16, 8),
    id: integer(bytes, 24, 8),
    amount: integer(bytes, 32, 8),
    recovered: integer(bytes, 40, 8),
    burned: integer(bytes, 48, 8),
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

export interface RegisterNodeAccounts {
  owner: Party;
  identity: Party;
  config: Address;
  fleet: Address;
  position: Address;
  node: Address;
  systemProgram: Address;
}
export interface RegisterNodeArguments {
  units: number;
  price: bigint;
  acceptStandby: number;
}
/** Makes a machine a node: its owner and its own key sign. Its units are bonded by the owner's position. */
export function registerNode(program: Address, accounts: RegisterNodeAccounts, args: RegisterNodeArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, true),
      meta(accounts.identity, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.position, false, true),
      meta(accounts.node, false, true),
      meta(accounts.systemProgram, false, false),
    ],
    data: new Writer().number(18, 1).number(args.units, 4).number(args.price, 8).number(args.acceptStandby, 1).done(),
  };
}

export interface AttestNodeAccounts {
  payer: Party;
  config: Address;
  fleet: Address;
  sentinel: Address;
  node: Address;
  digest: Address;
  systemProgram: Address;
}
export interface AttestNodeArguments {
  sha256: Address;
  units: number;
  until: bigint;
  mask: number;
  validUntilSlot: bigint;
}
/** Says that the node is the hardware it claims to be, until a time; raises its level once per clean epoch. Sentinel quorum. The first time makes the marker of the hardware. */
export function attestNode(program: Address, accounts: AttestNodeAccounts, args: AttestNodeArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, true),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.sentinel, false, false),
      meta(accounts.node, false, true),
      meta(accounts.digest, false, true),
      meta(accounts.systemProgram, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(19, 1).key(args.sha256).number(args.units, 4).number(args.until, 8).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface SetTermsAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  position: Address;
  node: Address;
}
export interface SetTermsArguments {
  units: number;
  price: bigint;
  acceptStandby: number;
}
/** Changes a node's units, price and whether it may be a standby. Running leases keep theirs. */
export function setTerms(program: Address, accounts: SetTermsAccounts, args: SetTermsArguments): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.position, false, true),
      meta(accounts.node, false, true),
    ],
    data: new Writer().number(20, 1).number(args.units, 4).number(args.price, 8).number(args.acceptStandby, 1).done(),
  };
}

export interface RetireNodeAccounts {
  owner: Party;
  config: Address;
  fleet: Address;
  position: Address;
  node: Address;
  digest: Address;
  rentTo: Address;
  digestRentTo: Address;
}
/** Ends a node: with leases on it after the notice, else at once. Called again then, it closes the node and frees the bond. */
export function retireNode(program: Address, accounts: RetireNodeAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.position, false, true),
      meta(accounts.node, false, true),
      meta(accounts.digest, false, true),
      meta(accounts.rentTo, false, true),
      meta(accounts.digestRentTo, false, true),
    ],
    data: new Writer().number(21, 1).done(),
  };
}

export interface OpenLeaseAccounts {
  tenant: Party;
  config: Address;
  fleet: Address;
  node: Address;
  position: Address;
  standby1: Address;
  standby2: Address;
  discount: Address;
  lease: Address;
  from: Address;
  escrowVault: Address;
  mint: Address;
  tokenProgram: Address;
  systemProgram: Address;
}
export interface OpenLeaseArguments {
  nonce: bigint;
  units: number;
  seconds: number;
  amount: bigint;
  maxRate: bigint;
  standbys: number;
  discounted: number;
}
/** Leases units of a node for a time and prepays them; up to two standbys at rates fixed now. `discount` is the tenant's own position if discounted = 1. */
export function openLease(program: Address, accounts: OpenLeaseAccounts, args: OpenLeaseArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.tenant, true, true),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.node, false, true),
      meta(accounts.position, false, false),
      meta(accounts.standby1, false, false),
      meta(accounts.standby2, false, false),
      meta(accounts.discount, false, false),
      meta(accounts.lease, false, true),
      meta(accounts.from, false, true),
      meta(accounts.escrowVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      meta(accounts.systemProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(22, 1).number(args.nonce, 8).number(args.units, 4).number(args.seconds, 4).number(args.amount, 8).number(args.maxRate, 8).number(args.standbys, 1).number(args.discounted, 1).done(),
  };
}

export interface TopUpAccounts {
  payer: Party;
  config: Address;
  lease: Address;
  node: Address;
  from: Address;
  escrowVault: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface TopUpArguments {
  amount: bigint;
}
/** Pays more into a lease. Anyone may. */
export function topUp(program: Address, accounts: TopUpAccounts, args: TopUpArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.payer, true, false),
      meta(accounts.config, false, false),
      meta(accounts.lease, false, true),
      meta(accounts.node, false, false),
      meta(accounts.from, false, true),
      meta(accounts.escrowVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(23, 1).number(args.amount, 8).done(),
  };
}

export interface SettleAccounts {
  lease: Address;
  node: Address;
}
/** Credits the node that serves with the seconds it served. Anyone may call it. */
export function settle(program: Address, accounts: SettleAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.lease, false, true),
      meta(accounts.node, false, false),
    ],
    data: new Writer().number(24, 1).done(),
  };
}

export interface PayoutAccounts {
  config: Address;
  lease: Address;
  node: Address;
  to: Address;
  treasury: Address;
  escrowVault: Address;
  rentTo: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface PayoutArguments {
  seat: number;
}
/** Pays a seat what has passed its holdback, and the fees. Closes a closed lease when nothing is left in it. Anyone may call it. */
export function payout(program: Address, accounts: PayoutAccounts, args: PayoutArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.lease, false, true),
      meta(accounts.node, false, false),
      meta(accounts.to, false, true),
      meta(accounts.treasury, false, true),
      meta(accounts.escrowVault, false, true),
      meta(accounts.rentTo, false, true),
      meta(accounts.mint, false, true),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(25, 1).number(args.seat, 1).done(),
  };
}

export interface CloseLeaseAccounts {
  who: Party;
  config: Address;
  lease: Address;
  node: Address;
  to: Address;
  escrowVault: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface CloseLeaseArguments {
  reason: number;
}
/** Ends a lease and refunds what is not earned: by the tenant at once, by the provider after the notice, by anyone when it has ended or is unfunded. */
export function closeLease(program: Address, accounts: CloseLeaseAccounts, args: CloseLeaseArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.who, true, false),
      meta(accounts.config, false, false),
      meta(accounts.lease, false, true),
      meta(accounts.node, false, true),
      meta(accounts.to, false, true),
      meta(accounts.escrowVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(26, 1).number(args.reason, 2).done(),
  };
}

export interface FailoverAccounts {
  lease: Address;
  node: Address;
  standby1: Address;
  position1: Address;
  standby2: Address;
  position2: Address;
}
/** Moves a lease from a node that is quarantined or retired to its first eligible standby. Anyone may call it. */
export function failover(program: Address, accounts: FailoverAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.lease, false, true),
      meta(accounts.node, false, true),
      meta(accounts.standby1, false, true),
      meta(accounts.position1, false, false),
      meta(accounts.standby2, false, true),
      meta(accounts.position2, false, false),
    ],
    data: new Writer().number(27, 1).done(),
  };
}

export interface QuarantineAccounts {
  config: Address;
  fleet: Address;
  set: Address;
  target: Address;
}
export interface QuarantineArguments {
  kind: number;
  incident: bigint;
  seconds: number;
  reason: number;
  mask: number;
  validUntilSlot: bigint;
}
/** Takes a node out of service (kind 0) or freezes a position (kind 1) for a time, by incident number. One sentinel key, or the guardian threshold. */
export function quarantine(program: Address, accounts: QuarantineAccounts, args: QuarantineArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.set, false, false),
      meta(accounts.target, false, true),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(28, 1).number(args.kind, 1).number(args.incident, 8).number(args.seconds, 4).number(args.reason, 2).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface ReleaseAccounts {
  config: Address;
  set: Address;
  target: Address;
}
export interface ReleaseArguments {
  kind: number;
  incident: bigint;
  mask: number;
  validUntilSlot: bigint;
}
/** Ends a quarantine before its time: sentinel quorum or guardian threshold. */
export function release(program: Address, accounts: ReleaseAccounts, args: ReleaseArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.set, false, false),
      meta(accounts.target, false, true),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(29, 1).number(args.kind, 1).number(args.incident, 8).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface OpenIncidentAccounts {
  opener: Party;
  config: Address;
  fleet: Address;
  sentinel: Address;
  bondPosition: Address;
  position: Address;
  node: Address;
  incident: Address;
  systemProgram: Address;
}
export interface OpenIncidentArguments {
  id: bigint;
  category: number;
  bps: number;
  onNode: number;
  evidence: Address;
  mask: number;
  validUntilSlot: bigint;
}
/** Accuses a position's owner, or one of its nodes (on_node = 1), and claims bps of the stake. A network operator, whose own stake answers for it, and the sentinel quorum. */
export function openIncident(program: Address, accounts: OpenIncidentAccounts, args: OpenIncidentArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.opener, true, true),
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, false),
      meta(accounts.sentinel, false, false),
      meta(accounts.bondPosition, false, true),
      meta(accounts.position, false, true),
      meta(accounts.node, false, false),
      meta(accounts.incident, false, true),
      meta(accounts.systemProgram, false, false),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(30, 1).number(args.id, 8).number(args.category, 1).number(args.bps, 2).number(args.onNode, 1).key(args.evidence).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface DisputeAccounts {
  owner: Party;
  incident: Address;
}
/** Asks for a verdict, in time. Only the accused. */
export function dispute(program: Address, accounts: DisputeAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.owner, true, false),
      meta(accounts.incident, false, true),
    ],
    data: new Writer().number(31, 1).done(),
  };
}

export interface ResolveAccounts {
  config: Address;
  pool: Address;
  resolver: Address;
  incident: Address;
  position: Address;
  bondPosition: Address;
  rentTo: Address;
}
export interface ResolveArguments {
  verdict: number;
  bps: number;
  mask: number;
  validUntilSlot: bigint;
}
/** Upholds at most what is claimed (verdict 0), rejects (1: the opener's bond goes to the accused) or lets go (2). Resolver threshold; after its time anyone, with verdict 2 and no signers. */
export function resolve(program: Address, accounts: ResolveAccounts, args: ResolveArguments, signers: Party[]): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.resolver, false, false),
      meta(accounts.incident, false, true),
      meta(accounts.position, false, true),
      meta(accounts.bondPosition, false, true),
      meta(accounts.rentTo, false, true),
      ...signers.map((signer) => meta(signer, true, false)),
    ],
    data: new Writer().number(32, 1).number(args.verdict, 1).number(args.bps, 2).number(args.mask, 2).number(args.validUntilSlot, 8).done(),
  };
}

export interface ExecuteAccounts {
  config: Address;
  fleet: Address;
  pool: Address;
  incident: Address;
  position: Address;
  bondPosition: Address;
  node: Address;
  stakeVault: Address;
  rentTo: Address;
  mint: Address;
  tokenProgram: Address;
}
/** Takes what is upheld or was not disputed in time: unbonding first, then stake. Anyone may call it. */
export function execute(program: Address, accounts: ExecuteAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.fleet, false, true),
      meta(accounts.pool, false, true),
      meta(accounts.incident, false, true),
      meta(accounts.position, false, true),
      meta(accounts.bondPosition, false, true),
      meta(accounts.node, false, false),
      meta(accounts.stakeVault, false, true),
      meta(accounts.rentTo, false, true),
      meta(accounts.mint, false, true),
      meta(accounts.tokenProgram, false, false),
    ],
    data: new Writer().number(33, 1).done(),
  };
}

export interface CompensateAccounts {
  config: Address;
  incident: Address;
  lease: Address;
  to: Address;
  stakeVault: Address;
  mint: Address;
  tokenProgram: Address;
}
export interface CompensateArguments {
  seat: number;
}
/** Pays a lease's tenant for the time in which the slashed node was out of service, from what was taken. Anyone may call it. */
export function compensate(program: Address, accounts: CompensateAccounts, args: CompensateArguments, hookAccounts: Meta[] = []): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.incident, false, true),
      meta(accounts.lease, false, true),
      meta(accounts.to, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.mint, false, false),
      meta(accounts.tokenProgram, false, false),
      ...hookAccounts,
    ],
    data: new Writer().number(34, 1).number(args.seat, 1).done(),
  };
}

export interface RecoverAccounts {
  config: Address;
  pool: Address;
  incident: Address;
  position: Address;
  stakeVault: Address;
  rentTo: Address;
  mint: Address;
  tokenProgram: Address;
}
/** Gives back to the accused's stake what has come back so far, burns what is not asked for in time or forfeited, and closes the incident when nothing is left. Anyone may call it. */
export function recover(program: Address, accounts: RecoverAccounts): Instruction {
  return {
    programAddress: program,
    accounts: [
      meta(accounts.config, false, false),
      meta(accounts.pool, false, true),
      meta(accounts.incident, false, true),
      meta(accounts.position, false, true),
      meta(accounts.stakeVault, false, true),
      meta(accounts.rentTo, false, true),
      meta(accounts.mint, false, true),
      meta(accounts.tokenProgram, false, false),
    ],
    data: new Writer().number(35, 1).done(),
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

/** What an op of kind 7 announces by its SHA-256 and executes. */
export function setMarketPayload(feeBps: number, treasuryBps: number, discountBps: number, notice: number, holdback: number, bondPerUnit: bigint, discountStake: bigint, treasury: Address): Uint8Array {
  return new Writer().number(7, 1).number(feeBps, 2).number(treasuryBps, 2).number(discountBps, 2).number(notice, 4).number(holdback, 4).number(bondPerUnit, 8).number(discountStake, 8).key(treasury).done();
}

// ---- Errors

export const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  120: ["NotUpgradeAuthority", "only the program's upgrade authority may set it up"],
  121: ["NotEnoughSigners", "fewer signers than the set's threshold"],
  122: ["SignerNotInSet", "a signer is not the key that its bit of the mask names"],
  123: ["NoSuchKey", "the mask names a key that the set does not have"],
  124: ["WrongSet", "another key set must sign this"],
  125: ["MayNotClose", "only the tenant or the provider may close a lease that is running and funded"],
  126: ["PartyDecides", "the opener or the accused signs the verdict"],
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
  532: ["WrongRole", "only a hardware provider's stake can stand for nodes"],
  533: ["NodeQuarantined", "the node is quarantined"],
  534: ["NodeRetiring", "the node is being retired"],
  535: ["NotAttested", "the node is not attested, or no longer"],
  536: ["OtherHardware", "the node was attested with other hardware; retire it and register it anew"],
  537: ["LeasesLeft", "leases still run on the node"],
  538: ["LeaseOver", "the lease is closed, ended or without funds"],
  539: ["NodeServes", "the node serves: there is nothing to fail over"],
  540: ["AlreadyHandled", "this incident was handled here already"],
  541: ["StaleIncident", "a later incident was handled here already"],
  542: ["NotThisIncident", "another incident, or none, holds it"],
  543: ["IncidentDecided", "disputed, decided or executed already"],
  544: ["NotDisputed", "not disputed, or decided already"],
  545: ["NotUpheld", "disputed and not upheld, or executed already"],
  546: ["NotExecuted", "the incident is not executed"],
  547: ["NothingAtStake", "the accused has no stake that is free to be claimed"],
  548: ["NotOperator", "only a network operator's stake answers for it"],
  549: ["LeaseNotHit", "the lease lost nothing by that node"],
  550: ["OwnNode", "nobody is compensated for his own node"],
  551: ["AlreadyCompensated", "the lease was compensated for this node"],
  552: ["NothingToRecover", "nothing comes back yet, nothing is to be burned"],
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
  739: ["UnitsOutOfRange", "the number of units is not allowed"],
  740: ["PriceOutOfRange", "the price is zero or above 2^40"],
  741: ["BondNotCovered", "the stake does not cover the bond of its nodes"],
  742: ["RateTooHigh", "the rate is above the most that the tenant pays"],
  743: ["NoRoom", "not so many units are free at the node's level"],
  744: ["NotOptedIn", "a standby does not accept to be one"],
  745: ["NoStandby", "no standby is eligible"],
  746: ["LeaseTimeOutOfRange", "a lease lasts from 60 seconds to 366 days"],
  747: ["TooLittlePrepaid", "less than an hour (or the whole lease) is prepaid"],
  748: ["ReasonOutOfRange", "tenant 1-9,999, provider 10,000-19,999, others 20,000 and above"],
  749: ["TtlOutOfRange", "a quarantine lasts from 60 seconds to what these keys may"],
  750: ["QuarantineBudgetSpent", "today's budget of quarantined units is used up"],
  751: ["KeyAtRest", "this key quarantined this node within 7 days"],
  752: ["FreezeBudgetSpent", "today's budget of frozen positions is used up, or this one was frozen within 7 days"],
  753: ["AttestationOutOfRange", "an attestation lasts from 7 to 90 days"],
  754: ["NoDiscount", "this position earns no discount on this lease"],
  755: ["ClaimOutOfRange", "the claim is zero or above its category's cap"],
  756: ["AccuserBondNotCovered", "the opener's free stake is below the bond"],
  757: ["SlashCapReached", "above 60 % of the position in two windows; later"],
  758: ["SlashBudgetSpent", "today's budget of slashes is used up; later"],
  820: ["SignatureExpired", "signed for an earlier slot; sign again"],
  821: ["SignatureTooFarAhead", "valid for more than 9,000 slots; sign for fewer"],
  822: ["LockNotOver", "the lock is not over"],
  823: ["StillUnbonding", "the unbonding time is not over"],
  824: ["OpNotYet", "the delay of this change is not over"],
  825: ["OpExpired", "the change was not executed in time; queue it again"],
  826: ["NoticeRunning", "the notice has not run out"],
  827: ["IncidentAhead", "incident numbers go with the clock: at most seconds x 2^20 + 2^20 - 1"],
  828: ["DisputeOver", "the time to dispute is over"],
  829: ["DisputeRunning", "the time to dispute is not over"],
  830: ["ResolveOver", "too late to resolve: a draw, as anyone may say"],
  831: ["PotOver", "the time to ask for compensation is over"],
  1220: ["Paused", "paused by the breaker"],
  1221: ["Frozen", "this position is frozen"],
  1120: ["SameNode", "a node stands twice in a lease"],
  1121: ["SelfAccused", "the opener accuses himself"],
  1320: ["WrongPayload", "the payload is not the one that was queued"],
  1321: ["BadProof", "the Merkle proof does not lead to the root"],
  1322: ["ProofTooLong", "more than 24 hashes, or not whole ones"],
  1323: ["UnknownKind", "no such kind"],
  1324: ["DuplicateKey", "a key stands in two places"],
};
